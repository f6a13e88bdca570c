"""A simulated year of the portal's index: it stores what it must, mails what is new once, and doubles nothing."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.calls.test_forty_days import recorded_days
from tests.make.seasons import live, seasons


@pytest.mark.parametrize(
    ("days", "every"),
    [
        pytest.param(40, 4, marks=pytest.mark.slow),
        pytest.param(365, 3, marks=pytest.mark.prove),
    ],
)
@pytest.mark.one_database
def test_a_year_of_the_recording_doubles_nothing_and_grows_by_what_is_new(
    engine: Engine, tmp_path: Path, days: int, every: int
) -> None:
    year = live(engine, seasons(list(recorded_days()), days), every, tmp_path / "kansenradar.db")
    print(year)
    assert year.doubled == []
    assert year.told > 0
    assert year.calls > 0
    assert max(year.sizes, default=0) < 60  # MiB, snapshots of the answers included
