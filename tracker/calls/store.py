"""The statements with which a crawl is stored, each about many rows at once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlmodel import Session

from db.bulk import add, chunks, take_ids
from db.models import Crawl
from db.search import index_new
from db.status import OVER
from db.vocabulary import RevisionKind
from scrapers.crawled import Crawled
from tracker.calls.completeness import Judgement
from tracker.calls.consolidate import merge_one
from tracker.calls.floods import History
from tracker.calls.identity import same_reference
from tracker.calls.rows import (
    ADDRESS,
    CALL,
    CRAWL,
    DEADLINE,
    REFERENCE,
    REVISION,
    SIGHTING,
    SNAPSHOT,
    _snapshot,
    call_row,
    new_date,
    numbered,
    revision,
    sighting,
)

if TYPE_CHECKING:
    from tracker.calls.sightings import IngestResult, KnownSighting, ReportedListing


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


def count(session: Session, result: "IngestResult") -> None:
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
    session: Session, crawl_id: int | None, new: "Sequence[ReportedListing]", now: datetime, held: bool
) -> tuple[int, ...]:
    """Calls nobody saw before: the call, its sighting, its dates and the revision that says it is new."""
    ids = take_ids(session, CALL, len(new))
    calls, dates, revisions = [], [], []
    for call_id, one in zip(ids, new, strict=True):
        merged = merge_one(one.record)
        row = call_row(merged) | {"id": call_id, "first_seen": now, "last_seen": now, "held": held}
        calls.append(row | {"version": 1, "eligible_why": "", "not_listed_since": None})
        dates += [new_date(call_id, place, now) for place in numbered(merged.deadlines)]
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


def add_sightings(session: Session, heard: "Sequence[tuple[int, ReportedListing]]", now: datetime) -> list[int]:
    """Sightings of calls, with their references; their ids."""
    ids = take_ids(session, SIGHTING, len(heard))
    first = {"first_seen": now, "last_seen": now, "missed": 0, "gone_at": None}
    rows = [
        {
            "id": i,
            "call_id": call,
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


def change_sightings(session: Session, heard: "Sequence[tuple[KnownSighting, ReportedListing]]", now: datetime) -> None:
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


def add_references(session: Session, heard: "Iterable[tuple[int, ReportedListing]]") -> None:
    """Index the official references of sightings."""
    pairs = {(same_reference(r), i) for i, one in heard for r in one.listing.references}
    add(session, REFERENCE, [{"reference": r, "sighting_id": i} for r, i in sorted(pairs) if r])


def seen_again(session: Session, sightings: "Sequence[KnownSighting]", now: datetime) -> None:
    """Listed today as well."""
    connection = session.connection()
    again = {"last_seen": now, "missed": 0, "gone_at": None}
    for some in chunks(k.id for k in sightings):
        connection.execute(update(SIGHTING).where(SIGHTING.c.id.in_(some)).values(again))
    listed_today(session, (k.call_id for k in sightings), now)


def listed_today(session: Session, calls: Iterable[int], now: datetime) -> None:
    """Some source lists these calls today."""
    for some in chunks(sorted(set(calls))):
        session.connection().execute(update(CALL).where(CALL.c.id.in_(some)).values(last_seen=now))


def all_seen_again(session: Session, source: str, now: datetime) -> None:
    """The source itself says that nothing changed: what it listed last time it lists today."""
    listed = (SIGHTING.c.source == source, SIGHTING.c.gone_at.is_(None), SIGHTING.c.missed == 0)
    calls = select(SIGHTING.c.call_id).where(*listed)
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
