"""The call that is kept by hand: there as long as its page is."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.vocabulary import Allocation, DeadlineKind, Instrument, Status
from scrapers.recordings import replay
from scrapers.sources.elena import CHECKED, PAGE, Elena, by_hand
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/elena"


def test_the_one_call_is_open_all_along_and_its_percentage_is_asked() -> None:
    crawled = replay(Elena, RECORDING)
    (call,) = crawled.listings
    assert (crawled.stopped, call.external_id, call.instrument) == ("", "elena", Instrument.TECHNICAL_ASSISTANCE)
    assert ([d.kind for d in call.deadlines], call.source_word) == ([DeadlineKind.ROLLING], Status.OPEN)
    assert (call.allocation, call.rate) == (Allocation.FIRST_COME, None)
    assert call.review[0].startswith("met de hand bijgehouden")
    assert [(question.field.value, question.readings) for question in call.questions] == [("rate", ("90",))]


@pytest.mark.parametrize("body", ["<!doctype html><html><h1>Page not found</h1></html>", "", "{}"])
def test_a_page_about_something_else_is_told_and_takes_nothing_away(body: str, tmp_path: Path) -> None:
    crawled = replay(Elena, recorded(tmp_path, {Elena.root + PAGE: ("text/html; charset=utf-8", body)}))
    assert crawled.listings == ()
    assert "is no page about ELENA any more" in crawled.stopped


def test_a_clock_before_the_day_it_was_kept_names_no_day_of_the_future() -> None:
    assert "laatst bijgewerkt op 30-11-2026" in by_hand(CHECKED)
    assert not any(sign.isdigit() for sign in by_hand(CHECKED - timedelta(days=1)))
