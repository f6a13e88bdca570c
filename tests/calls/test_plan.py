"""A crawl is decided without a database, read and written by a fixed number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, event
from sqlmodel import Session

from db.session import writing
from tests.make.crawls import closes, make_crawled, make_listing, store
from tracker.calls.completeness import History, Judgement
from tracker.calls.consolidate import SourceRecord
from tracker.calls.ingest import ingest
from tracker.calls.plan import SourceMemory, decide
from tracker.calls.revisions import CallState
from tracker.calls.sightings import KnownSighting, compare

DAY = timedelta(days=1)


def remembered(**fields: object) -> SourceMemory:
    empty = {"history": History(), "candidates": {}, "running": set(), "states": {}, "streams": frozenset()}
    ids = {"crawl_id": 7, "call_ids": [8, 9], "sighting_ids": [18, 19]}
    return SourceMemory(**{**empty, "snapshots": set(), "standing": [], "ended": [], "questions": {}, **ids, **fields})  # type: ignore[arg-type]


def test_what_a_crawl_changes_is_decided_from_values_alone(now: datetime) -> None:
    moved = make_listing(1, deadlines=[closes("2026-11-02")])
    known = {"1": KnownSighting(11, "1", "as it was", call_id=1, missed=0, gone=False)}
    state = CallState(1, 3, None, now, {11: SourceRecord("rvo", "1", make_listing(1).as_json())})
    crawled = make_crawled([moved, make_listing(2)], now)
    plan = decide(crawled, compare(crawled, known), remembered(states={1: state}), Judgement(True), now)
    assert (plan.result.new, plan.result.changed, plan.result.telling) == ((8,), (1,), (1,))
    assert [(row["id"], row["call_id"], row["external_id"]) for row in plan.new_sightings] == [(18, 8, "2")]
    assert [(row["b_id"], row["version"]) for row in plan.restated.calls] == [(1, 4)]
    [change] = plan.restated.revisions
    assert (change["crawl_id"], change["field"], change["new"]) == (7, "closes", [{"day": "2026-11-02"}])


def test_a_call_that_is_missing_too_often_is_planned_as_gone_unless_its_source_could_not_confirm(now: datetime) -> None:
    known = {"1": KnownSighting(11, "1", "as it was", call_id=1, missed=2, gone=False)}
    state = CallState(1, 3, None, now, {11: SourceRecord("rvo", "1", make_listing(1).as_json())})
    memory = remembered(states={1: state}, running={1})
    for unconfirmed, gone in ((frozenset(), (1,)), (frozenset({"1"}), ())):
        crawled = make_crawled([make_listing(2)], now, unconfirmed=unconfirmed)
        plan = decide(crawled, compare(crawled, known), memory, Judgement(True), now)
        assert (plan.missed_sightings, plan.result.gone) == ([11], gone)


def test_a_crawl_of_many_changes_takes_as_many_statements_as_one_of_few(engine: Engine, now: datetime) -> None:
    counts = []
    for source, size in (("rvo", 6), ("eu_portal", 60)):
        names = range(size)
        with Session(engine) as session:
            store(session, [make_listing(n, source=source, references=[f"{source}-{n}"]) for n in names], now, source)
        moved = [make_listing(n, source=source, deadlines=[closes("2026-11-02")]) for n in names]
        with writing(engine) as session, statements(engine) as made:
            ingest(session, make_crawled([*moved, make_listing(f"new-{size}", source=source)], now + DAY, source), now)
        counts.append(len(made))
    assert counts[0] == counts[1] < 50


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    made: list[str] = []

    def note(*args: object) -> None:
        made.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)
