"""A source that falls silent is noticed; one that fails is left alone for a while."""

from datetime import datetime, timedelta

import pytest

from db.models import Crawl
from scrapers.crawled import Crawled, Unreadable
from tests.make.crawls import make_crawled, make_listing
from tracker.calls.completeness import History, judge
from tracker.calls.floods import is_flood_of_changes, is_flood_of_new
from tracker.sources.health import clock_is_wrong, resting_until, source_health

DAY = timedelta(days=1)


def crawls(now: datetime, news: list[int], complete: bool = True, **fields: object) -> list[Crawl]:
    """One a day, the last one today; newest first."""
    days = [now - DAY * age for age in range(len(news))]
    return [
        Crawl(
            **{"source": "x", "started_at": d, "finished_at": d, "complete": complete, "seen": 100, "new": n, **fields}
        )
        for d, n in zip(days, reversed(news), strict=True)
    ]


def test_a_source_with_news_now_and_then_is_well(now: datetime) -> None:
    assert source_health("x", crawls(now, [100, 2, 0, 1, 0, 0, 3, 0, 0]), now).state == "ok"


def test_an_improbable_silence_is_an_alarm(now: datetime) -> None:
    found = source_health("x", crawls(now, [100, *[3] * 10, *[0] * 5]), now)
    assert (found.state, found.error) == ("silent", "nothing new for 5 days, where 3.0 a day is usual")


def test_a_source_that_never_had_news_is_not_silent(now: datetime) -> None:
    assert source_health("x", crawls(now, [100, *[0] * 30]), now).state == "ok"


def test_states(now: datetime) -> None:
    assert source_health("x", [], now).state == "never"
    assert source_health("x", crawls(now, [1]), now + 4 * DAY).state == "overdue"
    failed = crawls(now, [0], complete=False, why="page 1: HTTP 500")
    assert source_health("x", failed, now).state == "incomplete"
    assert source_health("x", failed + crawls(now - DAY, [1]), now).error == "page 1: HTTP 500"


def test_a_failing_source_rests_longer_and_longer_but_never_more_than_a_day(now: datetime) -> None:
    rests = [resting_until(crawls(now, [0] * n, complete=False)) for n in (2, 3, 4, 5, 50)]
    assert rests == [None, *(now + timedelta(hours=h) for h in (1, 2, 4, 24))]
    assert resting_until(crawls(now, [1]) + crawls(now - DAY, [0] * 9, complete=False)) is None


def test_one_wrong_clock_out_there_is_not_ours(now: datetime) -> None:
    assert clock_is_wrong([*crawls(now, [1], skew_seconds=9e6), *crawls(now, [1, 1], skew_seconds=2)], now) is None
    assert clock_is_wrong([*crawls(now, [1], skew_seconds=9e6), *crawls(now, [1], skew_seconds=2)], now) is None
    assert clock_is_wrong(crawls(now, [1, 1, 1], skew_seconds=-7200), now) == -7200


def test_what_a_wrong_clock_noted_says_no_more_than_that_it_is_later_now(now: datetime) -> None:
    """A year ahead by mistake, asked a source, and set right again: an hour later, and two hours too far back."""
    asked = crawls(now + 365 * DAY, [1], skew_seconds=365 * DAY.total_seconds())
    assert clock_is_wrong(asked, now + 365 * DAY) == 365 * DAY.total_seconds()
    assert clock_is_wrong(asked, now + timedelta(hours=1)) is None
    assert clock_is_wrong(asked, now - timedelta(hours=2)) == -7200


@pytest.mark.parametrize(
    ("seen", "history", "complete", "why"),
    [
        (100, [], True, ""),
        (0, [], False, "saw nothing"),
        (70, [100] * 5, True, ""),
        (69, [100] * 5, False, "saw 69 where 100 were expected"),
        (60, [100, 50, 60, 70, 80], True, ""),
        (50, [1, 1, 1, 1, 1, 900, 900, 900, 900], True, ""),
    ],
)
def test_a_catalogue_is_complete(now: datetime, seen: int, history: list[int], complete: bool, why: str) -> None:
    judgement = judge(make_crawled([make_listing(n) for n in range(seen)], now), History(history))
    assert judgement.complete == complete
    assert why in judgement.why


@pytest.mark.parametrize(("rows", "unreadable", "complete"), [(98, 2, True), (97, 3, False), (0, 1, False)])
def test_up_to_two_per_cent_unreadable_is_complete_with_remarks(
    now: datetime, rows: int, unreadable: int, complete: bool
) -> None:
    bad = tuple(Unreadable(f"row {n}", "no title") for n in range(unreadable))
    judgement = judge(make_crawled([make_listing(n) for n in range(rows)], now, unreadable=bad), History())
    assert judgement.complete == complete
    assert "unreadable" in judgement.why


def test_a_stream_may_be_empty(now: datetime) -> None:
    empty = Crawled(source="s", kind="stream", started_at=now, finished_at=now)  # type: ignore[arg-type]
    assert judge(empty, History([50])).complete


@pytest.mark.parametrize("days", [0, 1, 2, 7])
def test_more_than_twenty_or_three_times_what_is_usual_is_a_flood(now: datetime, days: int) -> None:
    last = now - days * DAY
    assert is_flood_of_new(21, History([100], [], last), now)
    assert not is_flood_of_new(20, History([100], [], last), now)
    assert not is_flood_of_new(24, History([100], [8, 8, 8], last), now)
    assert is_flood_of_new(25, History([100], [8, 8, 8], last), now)


def test_weeks_without_crawls_bring_weeks_of_news(now: datetime) -> None:
    past = History(seen=[100], new=[], last_complete=now - 10 * DAY)
    assert not is_flood_of_new(200, past, now)
    assert is_flood_of_new(201, past, now)
    assert not is_flood_of_new(5000, History(), now)


def test_a_handful_of_changes_is_no_flood(now: datetime) -> None:
    past = History([10], [], now)
    assert not is_flood_of_changes(4, 5, past)
    assert is_flood_of_changes(31, 100, past)
    assert not is_flood_of_changes(30, 100, past)
