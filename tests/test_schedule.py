"""The clock looks in our tables; it holds nothing itself."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import is_dead, release, renew, take, this_process
from db.models import Delivery, Run
from db.session import open_engine, writing
from tests.conftest import ROOT
from tests.mail_cases import make_agenda, make_call, make_reader
from tracker.schedule import last_round


@pytest.mark.parametrize(
    ("now", "round_"),
    [
        (datetime(2026, 5, 29, 5, 0, tzinfo=UTC), datetime(2026, 5, 29, 5, 0, tzinfo=UTC)),
        (datetime(2026, 5, 29, 4, 59, tzinfo=UTC), datetime(2026, 5, 28, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_round_is_never_in_the_hour_the_clocks_change(now: datetime, round_: datetime) -> None:
    assert last_round(now) == round_


def test_a_lease_passes_on_with_a_higher_number_and_the_old_holder_is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:1") == 1
        assert take(session, "x", "elsewhere:2") is None
        release(session, "x", 1)
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:2") == 2
        assert renew(session, "x", 1) is False
        assert renew(session, "x", 2) is True


def test_a_lease_of_a_dead_process_of_this_machine_is_taken_at_once(engine: Engine) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    holder = f"{this_process().rpartition(':')[0]}:{gone.pid}"
    assert is_dead(holder)
    assert not is_dead(this_process())
    with writing(engine) as session:
        assert take(session, "x", holder) == 1
        assert take(session, "x", "me:1") == 2


@pytest.mark.slow
def test_the_clock_plans_and_sends_by_itself_and_stops_cleanly(database_url: str, tmp_path: Path) -> None:
    """Two schedulers on one database: one mail. SIGTERM ends both within seconds."""
    engine = open_engine(database_url)
    now = datetime.now(UTC)
    make_agenda(engine)
    make_call(engine, now, closes=now.date().replace(year=now.year + 1))
    make_reader(engine, now)
    settings = _settings(database_url, tmp_path)
    assert _two_until_mail("schedule", settings, tmp_path / "mail") == [0, 0]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with writing(engine) as session:
        assert len(session.exec(select(Delivery)).all()) == 1
        assert session.exec(select(Run).where(Run.job == "digest:first")).one().outcome == "planned"
    engine.dispose()


@pytest.mark.slow
def test_workers_empty_the_outbox_beside_each_other_and_stop_cleanly(database_url: str, tmp_path: Path) -> None:
    engine = open_engine(database_url)
    now = datetime.now(UTC)
    make_agenda(engine)
    make_call(engine, now, closes=now.date().replace(year=now.year + 1))
    make_reader(engine, now)
    settings = _settings(database_url, tmp_path)
    subprocess.run([sys.executable, "-m", "tracker", "plan"], env=settings, check=True, timeout=60)
    assert not list((tmp_path / "mail").glob("*.eml"))
    assert _two_until_mail("worker", settings, tmp_path / "mail") == [0, 0]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with writing(engine) as session:
        assert [mail.state for mail in session.exec(select(Delivery)).all()] == ["accepted"]
    engine.dispose()


def _settings(database_url: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ, "PYTHONPATH": str(ROOT), "KANSENRADAR_DATABASE_URL": database_url,
        "KANSENRADAR_DATA_DIR": str(folder / "data"), "KANSENRADAR_MAIL_URL": f"file:{folder / 'mail'}",
        "KANSENRADAR_SOURCES_OFF": _all_sources(),
    }  # fmt: skip


def _two_until_mail(command: str, settings: dict[str, str], box: Path) -> list[int]:
    """Run a command twice until a mail is there and a little longer; how both ended after SIGTERM."""
    running = [subprocess.Popen([sys.executable, "-m", "tracker", command], env=settings) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not list(box.glob("*.eml")):
            time.sleep(0.5)
        time.sleep(3)
    finally:
        for one in running:
            one.send_signal(signal.SIGTERM)
        codes = [one.wait(30) for one in running]
    return codes


def _all_sources() -> str:
    from scrapers.sources import names

    return ",".join(names())
