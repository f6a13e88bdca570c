"""The statements with which a crawl is stored, each about many rows at once."""

import gc
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Dialect,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlmodel import Session

from db.models import Crawl, Deadline, Opportunity, Reference, RememberedAddress, Revision, Sighting, Snapshot
from db.models.columns import table
from db.search import index_new, searchable
from db.status import OVER
from db.vocabulary import RevisionKind
from scrapers.crawled import Crawled, Page
from scrapers.listing import ListedDeadline
from tracker.calls.completeness import Judgement
from tracker.calls.consolidate import CONTESTED, Shown, shown_alone
from tracker.calls.floods import History
from tracker.calls.identity import same_reference

if TYPE_CHECKING:
    from tracker.calls.ingest import Heard, Ingested, Known

AT_ONCE = 2_000  # rows made ready in memory
MANY = 500  # parameters in one statement; SQLite takes 32,766, but plans for long lists are slow to make
CALL, SIGHTING, DEADLINE = table(Opportunity), table(Sighting), table(Deadline)
REVISION, REFERENCE, CRAWL = table(Revision), table(Reference), table(Crawl)
SNAPSHOT, ADDRESS = table(Snapshot), table(RememberedAddress)
MONEY = tuple(name for name in CONTESTED if name != "applicants")


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for garbage meanwhile: rows by the ten thousand are none, and looking takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    listed = list(values)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


def add(session: Session, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same keys."""
    for start in range(0, len(rows), AT_ONCE):
        insert_rows(session.connection(), into, rows[start : start + AT_ONCE])


def insert_rows(connection: Connection, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As ``add``, on a connection.

    SQLAlchemy's own executemany spends more on preparing the values than SQLite on storing them (measured 2026-11-23),
    so the statement and its conversions are made once.
    """
    dialect = connection.dialect
    statement = insert(into).compile(dialect=dialect, column_keys=list(rows[0]))
    names = list(statement.params)  # with the columns that have a default of their own
    columns = [_converted(into.c[name], _values(into.c[name], rows), dialect) for name in names]
    values: list[Any] = list(zip(*columns, strict=True))
    if not statement.positional:
        values = [dict(zip(names, value, strict=True)) for value in values]
    connection.exec_driver_sql(str(statement), values)


def _values(column: Column[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What a column gets in each row: what the row says, or else its default in all of them."""
    if column.name in rows[0]:
        return [row[column.name] for row in rows]
    return [_default(column)] * len(rows)


def _converted(column: Column[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    """Values as the driver takes them; one that all rows share, such as the moment of a crawl, is converted once."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    first = values[0]
    alike = not isinstance(column.type, JSON) or _tells_apart(first)
    if alike and values.count(first) == len(values):
        return [convert(first)] * len(values)
    return list(map(convert, values))


def _tells_apart(value: Any) -> bool:
    """Whether only what is written the same in JSON equals this structure; 1 and true, say, are equal and are not."""
    if isinstance(value, dict):
        return all(isinstance(one, str) for one in value.values())
    return value is None or value == []


def _default(column: Column[Any]) -> Any:
    default = column.default
    assert isinstance(default, ScalarElementColumnDefault | CallableColumnDefault)
    return default.arg(None) if isinstance(default, CallableColumnDefault) else default.arg  # type: ignore[arg-type]


def one_at_a_time(session: Session) -> None:
    """SQLite's BEGIN IMMEDIATE sees to it; on PostgreSQL a lock that ends with the transaction does."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(7208002)"))


def take_ids(session: Session, of: Table, count: int) -> list[int]:
    """Ids for rows to be inserted, so that rows that point to them can go along in bulk."""
    if count == 0:
        return []
    if session.connection().dialect.name == "postgresql":
        numbers = text(f"SELECT nextval('{of.name}_id_seq') FROM generate_series(1, :count)")  # noqa: S608
        return list(session.connection().execute(numbers, {"count": count}).scalars())
    highest = session.connection().execute(select(func.coalesce(func.max(of.c.id), 0))).scalar_one()
    return list(range(highest + 1, highest + 1 + count))


def add_crawl(session: Session, crawled: Crawled, judgement: Judgement, history: History) -> int:
    """The round itself."""
    row = Crawl(
        source=crawled.source,
        kind=crawled.kind,
        started_at=crawled.started_at,
        finished_at=crawled.finished_at,
        seconds=(crawled.finished_at - crawled.started_at).total_seconds(),
        complete=judgement.complete,
        why=judgement.why,
        seen=seen_by(crawled, history),
        expected=judgement.expected,
        unreadable=len(crawled.unreadable),
        skew_seconds=crawled.skew_seconds,
        come_back_at=crawled.come_back_at,
        moved=crawled.moved,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def seen_by(crawled: Crawled, history: History) -> int:
    """How many calls; a source that says "unchanged" shows what it showed last time."""
    if crawled.unchanged and history.seen:
        return history.seen[0]
    return len({listing.external_id for listing in crawled.listings})


def count(session: Session, result: "Ingested") -> None:
    """Fill in what the round changed."""
    counts = {name: len(getattr(result, name)) for name in ("new", "changed", "gone", "back")}
    session.connection().execute(update(CRAWL).where(CRAWL.c.id == result.crawl_id).values(counts))


def keep_pages(session: Session, crawled: Crawled, wanted: Iterable[str | None]) -> None:
    """Keep the bytes that new or changed listings were read from, compressed, once by content."""
    hashes = {sha for sha in wanted if sha}
    there: set[str] = set()
    for some in chunks(hashes):
        there |= set(
            session.connection().execute(select(SNAPSHOT.c.sha256).where(SNAPSHOT.c.sha256.in_(some))).scalars()
        )
    pages = {page.sha256: page for page in crawled.pages if page.sha256 in hashes - there}
    add(session, SNAPSHOT, [_snapshot(page) for page in pages.values()])


def _snapshot(page: Page) -> dict[str, Any]:
    return {
        "sha256": page.sha256,
        "url": page.url,
        "media_type": page.media_type,
        "fetched_at": page.fetched_at,
        "size": len(page.body),
        "body": zlib.compress(page.body),
    }


def remember(session: Session, crawled: Crawled, complete: bool) -> None:
    """What to send along next time; nothing after an incomplete crawl, or "unchanged" would hide what was not read."""
    connection = session.connection()
    if not complete:
        connection.execute(delete(ADDRESS).where(ADDRESS.c.source == crawled.source))
        return
    for some in chunks({r.url for r in crawled.remembered}):
        connection.execute(delete(ADDRESS).where(ADDRESS.c.source == crawled.source, ADDRESS.c.url.in_(some)))
    rows = {r.url: {"etag": r.etag, "last_modified": r.last_modified} for r in crawled.remembered}
    add(session, ADDRESS, [{"source": crawled.source, "url": url, **row} for url, row in rows.items()])


def add_calls(
    session: Session, crawl_id: int | None, new: "Sequence[Heard]", now: datetime, held: bool
) -> tuple[int, ...]:
    """Calls nobody saw before: the call, its sighting, its dates and the revision that says it is new."""
    ids = take_ids(session, CALL, len(new))
    calls, dates, revisions = [], [], []
    for call_id, one in zip(ids, new, strict=True):
        told = shown_alone(one.said)
        row = call_row(told) | {"id": call_id, "first_seen": now, "last_seen": now, "held": held}
        calls.append(row | {"version": 1, "eligible_why": "", "not_listed_since": None})
        dates += [new_date(call_id, number, d, now) for number, d in numbered(told.deadlines)]
        over = row["closes_at"] is not None and row["closes_at"] <= now
        telling = not (over or row["source_word"] in OVER)
        revisions.append(
            revision(call_id, crawl_id, now, RevisionKind.NEW, telling=telling, snapshot=one.listing.snapshot)
        )
    for into, rows in ((CALL, calls), (DEADLINE, dates), (REVISION, revisions)):
        add(session, into, rows)
    if ids:
        index_new(session.connection(), ids[0], ids[-1])
    add_sightings(session, list(zip(ids, new, strict=True)), now)
    return tuple(ids)


def add_sightings(session: Session, heard: "Sequence[tuple[int, Heard]]", now: datetime) -> list[int]:
    """Sightings of calls, with their references; their ids."""
    ids = take_ids(session, SIGHTING, len(heard))
    first = {"first_seen": now, "last_seen": now, "missed": 0, "gone_at": None}
    rows = [
        {
            "id": i,
            "opportunity_id": call,
            "source": one.listing.source,
            "external_id": one.key,
            **first,
            **sighting(one),
        }
        for i, (call, one) in zip(ids, heard, strict=True)
    ]
    add(session, SIGHTING, rows)
    add_references(session, [(i, one) for i, (_, one) in zip(ids, heard, strict=True)])
    return ids


def change_sightings(session: Session, heard: "Sequence[tuple[Known, Heard]]", now: datetime) -> None:
    """What sources say now of calls they spoke of before."""
    rows = [{"b_id": k.id, "last_seen": now, "missed": 0, "gone_at": None, **sighting(one)} for k, one in heard]
    if rows:
        session.connection().execute(update(SIGHTING).where(SIGHTING.c.id == bindparam("b_id")), rows)
    for some in chunks(k.id for k, _ in heard):
        session.connection().execute(delete(REFERENCE).where(REFERENCE.c.sighting_id.in_(some)))
    add_references(session, [(k.id, one) for k, one in heard])


def write_gone(session: Session, sightings: Iterable[int], now: datetime) -> None:
    """No longer listed by their source."""
    for some in chunks(sightings):
        session.connection().execute(update(SIGHTING).where(SIGHTING.c.id.in_(some)).values(gone_at=now))


def sighting(one: "Heard") -> dict[str, Any]:
    """What a listing writes on its sighting."""
    return {
        "url": one.listing.url,
        "fields": one.said.fields,
        "fingerprint": one.fingerprint,
        "snapshot": one.listing.snapshot,
        "references": list(one.listing.references),
    }


def add_references(session: Session, heard: "Iterable[tuple[int, Heard]]") -> None:
    """Index the official references of sightings."""
    pairs = {(same_reference(r), i) for i, one in heard for r in one.listing.references}
    add(session, REFERENCE, [{"reference": r, "sighting_id": i} for r, i in sorted(pairs) if r])


def call_row(told: Shown) -> dict[str, Any]:
    """The columns of an Opportunity that follow from what we show."""
    row = dict(told.fields)
    for name in MONEY:
        row[name] = None if row[name] is None else Decimal(row[name])
    row["published_on"] = date.fromisoformat(row["published_on"]) if row["published_on"] else None
    row |= {"opens_at": told.opens_at, "closes_at": told.closes_at, "review": list(told.review)}
    row |= {"provenance": told.provenance, "conflicts": told.conflicts}
    words = [row["title"], *row["programme"], row["call_title"], row["destination"], row["publisher"], row["summary"]]
    row["search_text"] = searchable(row["language"], *words)
    return row


def numbered(deadlines: Iterable[ListedDeadline]) -> Iterator[tuple[int, ListedDeadline]]:
    """Each date with its number among those of its kind."""
    counts: dict[str, int] = {}
    for deadline in deadlines:
        counts[deadline.kind] = counts.get(deadline.kind, -1) + 1
        yield counts[deadline.kind], deadline


def date_row(number: int, deadline: ListedDeadline) -> dict[str, Any]:
    """What a date writes on its row."""
    return {
        "kind": str(deadline.kind),
        "number": number,
        "day": deadline.day,
        "hour": deadline.hour,
        "zone": deadline.zone,
        "at": deadline.at,
        "assumed": deadline.assumed,
        "text": deadline.text,
    }


def new_date(call_id: int, number: int, deadline: ListedDeadline, now: datetime) -> dict[str, Any]:
    """The row of a date that was not there."""
    fresh = {"opportunity_id": call_id, "version": 1, "modified_at": now, "cancelled_at": None}
    return date_row(number, deadline) | fresh


def revision(call_id: int, crawl_id: int | None, now: datetime, kind: RevisionKind, **more: Any) -> dict[str, Any]:
    """The row of a revision; ``more`` overrides what is usual."""
    usual = {"field": "", "old": None, "new": None, "telling": False, "damped": False, "version": 1, "snapshot": None}
    return {"opportunity_id": call_id, "crawl_id": crawl_id, "at": now, "kind": str(kind), **usual, **more}


def seen_again(session: Session, sightings: "Sequence[Known]", now: datetime) -> None:
    """Listed today as well."""
    connection = session.connection()
    again = {"last_seen": now, "missed": 0, "gone_at": None}
    for some in chunks(k.id for k in sightings):
        connection.execute(update(SIGHTING).where(SIGHTING.c.id.in_(some)).values(again))
    listed_today(session, (k.opportunity_id for k in sightings), now)


def listed_today(session: Session, calls: Iterable[int], now: datetime) -> None:
    """Some source lists these calls today."""
    for some in chunks(sorted(set(calls))):
        session.connection().execute(update(CALL).where(CALL.c.id.in_(some)).values(last_seen=now))


def all_seen_again(session: Session, source: str, now: datetime) -> None:
    """The source itself says that nothing changed: what it listed last time it lists today."""
    listed = (SIGHTING.c.source == source, SIGHTING.c.gone_at.is_(None), SIGHTING.c.missed == 0)
    calls = select(SIGHTING.c.opportunity_id).where(*listed)
    session.connection().execute(update(CALL).where(CALL.c.id.in_(calls)).values(last_seen=now))
    session.connection().execute(update(SIGHTING).where(*listed).values(last_seen=now))


def missed(session: Session, sightings: Iterable[int]) -> None:
    """One more complete crawl without these."""
    for some in chunks(sightings):
        more = update(SIGHTING).where(SIGHTING.c.id.in_(some)).values(missed=SIGHTING.c.missed + 1)
        session.connection().execute(more)


def not_over(session: Session, calls: Collection[int], now: datetime) -> set[int]:
    """Those that are not over by their date or by their source's word."""
    standing: set[int] = set()
    running = or_(CALL.c.closes_at.is_(None), CALL.c.closes_at > now)
    said = or_(CALL.c.source_word.is_(None), CALL.c.source_word.not_in([str(w) for w in OVER]))
    for some in chunks(calls):
        standing |= set(
            session.connection().execute(select(CALL.c.id).where(CALL.c.id.in_(some), running, said)).scalars()
        )
    return standing


def hold(session: Session, calls: Iterable[int]) -> None:
    """Keep these calls from mail until a person releases their source."""
    for some in chunks(calls):
        session.connection().execute(update(CALL).where(CALL.c.id.in_(some)).values(held=True))


def release(session: Session, source: str) -> int:
    """Let the held calls of a source through; how many they were."""
    of_source = select(SIGHTING.c.opportunity_id).where(SIGHTING.c.source == source)
    let_through = update(CALL).where(CALL.c.held, CALL.c.id.in_(of_source)).values(held=False)
    return session.connection().execute(let_through).rowcount
