"""When a source last named a call is known to the crawl, also where nothing is written of what is as before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from db.last_seen import last_seen
from db.migrate import alembic_config, upgrade
from db.models import Call, Sighting
from db.session import writing
from db.status import PAST_YET_OPEN, remark_of
from scrapers.crawled import Unreadable
from scrapers.listing import Listing
from tests.make.crawls import closes, make_crawled, make_listing, store
from tracker.calls.ingest import ingest
from tracker.calls.records import records

DAY = timedelta(days=1)


def seen(session: Session) -> dict[str, datetime]:
    session.expire_all()
    sightings = session.exec(select(Sighting)).all()
    moments = last_seen(session, sightings)
    return {sighting.external_id: moments[sighting.id] for sighting in sightings}


@contextmanager
def rows_written(engine: Engine) -> Iterator[list[int]]:
    """How many rows of calls and sightings each statement changes."""
    counts: list[int] = []

    def note(_connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("UPDATE call ", "UPDATE sighting ")):
            counts.append(cursor.rowcount)  # type: ignore[attr-defined]

    event.listen(engine, "after_cursor_execute", note)
    yield counts
    event.remove(engine, "after_cursor_execute", note)


def test_a_crawl_that_changes_nothing_writes_no_call_and_no_sighting(
    engine: Engine, session: Session, now: datetime
) -> None:
    listings = [make_listing(n) for n in range(5)]
    store(session, listings, now)
    with rows_written(engine) as written:
        store(session, listings, now + DAY)
    assert sum(written) == 0
    assert set(seen(session).values()) == {now + DAY}


def test_what_a_crawl_leaves_out_keeps_its_moment_until_it_is_back(session: Session, now: datetime) -> None:
    one, rest = make_listing(1), [make_listing(n) for n in range(2, 6)]
    store(session, [one, *rest], now)
    for day in (1, 2, 3):
        store(session, rest, now + day * DAY)
        assert seen(session) == {"1": now, **dict.fromkeys("2345", now + day * DAY)}
    store(session, [one, *rest], now + 4 * DAY)
    assert set(seen(session).values()) == {now + 4 * DAY}


def test_a_row_that_could_not_be_read_was_not_seen(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 103)]
    store(session, [make_listing(1), *rest], now)
    store(session, rest, now + DAY, unreadable=(Unreadable("row 1", "no title", external_id="1"),))
    assert (seen(session)["1"], seen(session)["2"]) == (now, now + DAY)


@pytest.mark.parametrize(
    ("after", "listings"), [("page 1: HTTP 500", []), ("page 2: HTTP 500", [make_listing(2)])], ids=["nothing", "half"]
)
def test_a_crawl_that_was_broken_off_has_seen_what_it_read(
    session: Session, now: datetime, after: str, listings: list[Listing]
) -> None:
    store(session, [make_listing(1), make_listing(2)], now)
    store(session, listings, now + DAY, stopped=after)
    assert seen(session) == {"1": now, "2": now + DAY if listings else now}
    store(session, [], now + 2 * DAY, unchanged=True)  # neither had missed a whole list
    assert set(seen(session).values()) == {now + 2 * DAY}


def test_unchanged_by_the_source_s_own_word_does_not_see_what_its_list_had_left_out(
    session: Session, now: datetime
) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    store(session, [make_listing(1), *rest], now)
    store(session, rest, now + DAY)
    store(session, [], now + 2 * DAY, unchanged=True)
    assert seen(session) == {"1": now, **dict.fromkeys("2345", now + 2 * DAY)}


def test_an_export_names_the_newest_of_a_call_s_sources(session: Session, now: datetime) -> None:
    listings = [make_listing(n) for n in range(3)]
    store(session, listings, now)
    store(session, listings, now + DAY)
    calls = session.exec(select(Call).order_by(col(Call.id))).all()
    assert {record["last_seen"] for record in records(session, calls, now)} == {"2026-05-30T08:00:00+02:00"}


def test_that_a_source_still_says_open_after_the_last_date_is_known_to_the_call(
    session: Session, now: datetime
) -> None:
    listing = make_listing(source_word="open", deadlines=[closes("2026-05-31")])
    for day in range(5):
        store(session, [listing], now + day * DAY)
        [call] = session.exec(select(Call)).all()
        session.refresh(call)
        assert (remark_of(call, now + day * DAY) == PAST_YET_OPEN) == (day >= 3)


def test_the_schema_before_gets_back_when_each_was_last_seen(engine: Engine, now: datetime) -> None:
    for day, numbers in enumerate(((1, 2, 3), (2, 3), (2, 3))):
        with writing(engine) as session:
            ingest(session, make_crawled([make_listing(n) for n in numbers], now + day * DAY), now + day * DAY)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "given_within")
    names = "SELECT s.last_seen = c.last_seen AND (s.last_seen = c.first_seen) = (s.external_id = '1')"
    with engine.connect() as connection:
        rows = connection.execute(text(f"{names} FROM sighting s JOIN call c ON c.id = s.call_id")).scalars().all()
    assert [bool(row) for row in rows] == [True, True, True]
    upgrade(engine)
    with writing(engine) as session:
        assert seen(session) == {"1": now, "2": now + 2 * DAY, "3": now + 2 * DAY}
