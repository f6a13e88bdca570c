"""A source that fails is left alone for a while, one that asks for patience gets it, and nobody asks it twice at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from db import leases
from db.models import Crawl
from db.queries import first_complete, last_crawls
from db.session import reading, writing
from notifications.alerts import standing_alerts
from scrapers.crawled import Crawled, Unreadable
from scrapers.sources import names
from tests.make.crawls import make_crawled, make_listing
from tests.make.scripted import SEARCH, Played, playing, portal, topic
from tracker.clock import Clock
from tracker.operations.scheduler import Scheduler
from tracker.operations.upkeep import findings
from tracker.settings import Settings
from tracker.sources.coverage import coverage
from tracker.sources.health import resting_until
from tracker.sources.rounds import CrawlReport, crawl_sources, store
from tracker.watch.look import Watched
from tracker.watch.machine import Machine

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHERS = tuple(name for name in names() if name not in ("eu_portal", "rvo"))


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers[SEARCH] = portal([topic(1)])
        yield server


def outcome(engine: Engine, server: Played, now: datetime) -> CrawlReport:
    settings = Settings(source_roots={"eu_portal": server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    [found] = crawl_sources(engine, settings, ["eu_portal"], now, True, lambda _: None)
    return found


def due(engine: Engine, now: datetime, jumped: bool = False) -> list[str]:
    """What the clock would crawl now; both sources that are on."""
    scheduler = Scheduler(Settings(sources_off=OTHERS), engine, Clock(now), print)
    scheduler.skew.doubted_at = now if jumped else None
    return scheduler.due_sources()


def fails(engine: Engine, now: datetime, **fields: object) -> None:
    store(engine, make_crawled([], now, stopped="page 1: HTTP 500", started_at=now, **fields), now)


@pytest.mark.slow
def test_a_source_that_asks_for_an_hour_gets_it_across_runs(engine: Engine, server: Played, now: datetime) -> None:
    server.answers[SEARCH] = lambda call: call.send("busy", 503, Retry_After="3600")
    assert outcome(engine, server, now).why == "page 1: HTTP 503, and asks to come back in 3600 seconds"
    asked = len(server.asked)
    server.answers[SEARCH] = portal([topic(1)])
    refused = outcome(engine, server, now + HOUR / 2)
    assert (refused.complete, refused.why.partition(" until ")[0]) == (False, "not asked: it wants to be left alone")
    assert len(server.asked) == asked
    assert outcome(engine, server, now + HOUR + timedelta(minutes=1)).complete


@pytest.mark.slow
def test_a_list_that_moved_for_good_is_read_and_told_to_a_person(engine: Engine, server: Played, now: datetime) -> None:
    server.answers["/rss"] = lambda call: call.send("", 301, Location=f"{server.url}/new")
    feed = '<rss version="2.0"><channel><title>F</title></channel></rss>'
    server.answers["/new"] = lambda call: call.send(feed, kind="application/rss+xml")
    settings = Settings(source_roots={"bekendmakingen": server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    [found] = crawl_sources(engine, settings, ["bekendmakingen"], now, True, lambda _: None)
    assert found.complete
    with reading(engine) as session:
        [alert] = standing_alerts(session)
    assert alert.line == f"bekendmakingen is voorgoed verhuisd: {server.url}/rss -> {server.url}/new"
    assert any("has moved for good" in finding.said for finding in findings(engine, now, Watched(Machine())))


@pytest.mark.slow
def test_a_list_that_moved_to_another_host_is_not_followed_and_said_where_to(
    engine: Engine, server: Played, now: datetime
) -> None:
    server.answers["/rss"] = lambda call: call.send("", 301, Location="https://elders.example/rss?x=1")
    settings = Settings(source_roots={"bekendmakingen": server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    [found] = crawl_sources(engine, settings, ["bekendmakingen"], now, True, lambda _: None)
    assert not found.complete, found.why
    with reading(engine) as session:
        rows = {row.name: row.as_json() for row in coverage(session, settings, now)}
    assert str(rows["bekendmakingen"]["moved"]).endswith("/rss -> https://elders.example/rss")


def test_the_clock_leaves_a_failing_source_alone_and_then_tries_once(engine: Engine, now: datetime) -> None:
    began = now - 2 * DAY
    for attempt in range(8):
        fails(engine, began + attempt * HOUR)
    store(engine, make_crawled([make_listing()], began, started_at=began), began)
    with reading(engine) as session:
        until = resting_until(last_crawls(session)["rvo"])
    assert until is None, "a complete crawl ends the rest"
    for attempt in range(8):
        fails(engine, began + DAY + attempt * HOUR)
    last = began + DAY + 7 * HOUR
    assert "rvo" not in due(engine, last + 23 * HOUR)
    assert "rvo" not in due(engine, last + 23 * HOUR, jumped=True)
    assert due(engine, last + 25 * HOUR) == ["eu_portal", "rvo"]
    fails(engine, last + 25 * HOUR)
    assert "rvo" not in due(engine, last + 48 * HOUR)


def test_the_clock_waits_as_long_as_a_source_asked(engine: Engine, now: datetime) -> None:
    fails(engine, now - DAY, come_back_at=now + HOUR)
    assert "rvo" not in due(engine, now)
    assert "rvo" in due(engine, now + 2 * HOUR)


def test_after_a_week_down_each_source_is_due_once(engine: Engine, now: datetime) -> None:
    store(engine, make_crawled([make_listing()], now - 7 * DAY, started_at=now - 7 * DAY), now - 7 * DAY)
    assert due(engine, now) == ["eu_portal", "rvo"]
    store(engine, make_crawled([make_listing()], now, started_at=now), now)
    assert due(engine, now + timedelta(minutes=1)) == ["eu_portal"]


def test_a_crawl_by_hand_beside_the_clocks_is_refused(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        epoch = leases.take(session, "crawl rvo", "elsewhere:1")
    [found] = crawl_sources(engine, Settings(), ["rvo"], now, True, lambda _: None)
    assert (found.complete, found.why) == (False, "another process is crawling it now")
    with writing(engine) as session:
        leases.release(session, "crawl rvo", epoch or 0)
        assert last_crawls(session) == {}


def test_what_a_crawl_says_of_itself_is_kept(engine: Engine, now: datetime) -> None:
    crawled = make_crawled([make_listing()], now, moved="a -> b", come_back_at=now + HOUR)
    assert isinstance(crawled, Crawled)
    store(engine, crawled, now)
    with reading(engine) as session:
        [crawl] = last_crawls(session)["rvo"]
    assert (crawl.moved, crawl.come_back_at) == ("a -> b", now + HOUR)


def test_the_last_crawls_of_each_source_are_found_whatever_others_did_since(engine: Engine, now: datetime) -> None:
    """Source by source: a rare one is not lost behind hundreds of crawls of a busy one."""
    with writing(engine) as session:
        for number in range(200):
            source = "zeldzaam" if number in (3, 5) else "druk"
            at = now + timedelta(hours=number)
            complete = number not in (0, 3)
            session.add(
                Crawl(source=source, started_at=at, finished_at=at, complete=complete, new=number, why=str(number))
            )
            session.flush()
    with reading(engine) as session:
        past, first = last_crawls(session), first_complete(session)
        few = last_crawls(session, 3)
    assert [crawl.new for crawl in past["zeldzaam"]] == [5, 3]
    assert [crawl.new for crawl in past["druk"]] == list(range(199, 139, -1))
    assert [crawl.new for crawl in few["druk"]] == [199, 198, 197]
    assert first == {"zeldzaam": now + timedelta(hours=5), "druk": now + timedelta(hours=1)}
    assert past["druk"][0].finished_at.tzinfo is not None
    assert (past["druk"][0].lost, past["druk"][0].why) == ([], "199")


def test_a_field_is_not_back_because_nothing_could_be_read(engine: Engine, now: datetime) -> None:
    """Its end is mailed as "the field is back, or somebody decided": a crawl that is not whole shows neither."""
    whole = [make_listing(n, budget="1000000") for n in range(12)]
    unreadable = tuple(Unreadable(f"row {n}", "a result without identity") for n in range(12))
    for day, listings, rows in ((0, whole, ()), (1, [make_listing(n) for n in range(12)], ()), (2, [], unreadable)):
        store(engine, make_crawled(listings, now + day * DAY, unreadable=rows), now + day * DAY)
    with reading(engine) as session:
        assert [alert.key for alert in standing_alerts(session)] == ["different:rvo"]
    store(engine, make_crawled(whole, now + 3 * DAY), now + 3 * DAY)
    with reading(engine) as session:
        assert standing_alerts(session) == []
