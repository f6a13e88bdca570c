"""Read what is remembered of calls, and write what was decided: each statement is about many rows. Decides nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlmodel import Session

from db.bulk import add, change, in_parts, take_ids
from db.last_seen import call_last_seen, newest_reading
from db.models import (
    Answer,
    Call,
    Correction,
    Crawl,
    Deadline,
    Question,
    Reference,
    RememberedAddress,
    Revision,
    Sighting,
    Snapshot,
    SourceReading,
)
from db.models.columns import table
from db.queries import BY_HAND
from db.search_index import index_words
from db.vocabulary import RevisionKind, SourceKind, Status
from scrapers.crawled import Crawled, KnownPage
from scrapers.listing import ONLY_TITLE
from tracker.calls import losses
from tracker.calls.completeness import History, ShrunkCrawl
from tracker.calls.consolidate import SourceRecord
from tracker.calls.deadlines import PlacedDates
from tracker.calls.eligibility import FIELD as ELIGIBLE
from tracker.calls.flapping import LATELY, STAYS_AFTER, DampedField
from tracker.calls.identity import same_reference
from tracker.calls.linking import LinkCandidate
from tracker.calls.oddities import GONE_AT_ONCE
from tracker.calls.plan import GONE_AFTER, IngestPlan, SourceMemory, nearly_gone, wanted_snapshots
from tracker.calls.questions import KEPT, AskedBefore
from tracker.calls.recollection import ended_calls
from tracker.calls.revisions import CallState, Restated
from tracker.calls.sightings import Comparison, KnownSighting, ReportedListing
from tracker.calls.unsighted import own_record

CALL, SIGHTING, DEADLINE, REVISION = table(Call), table(Sighting), table(Deadline), table(Revision)
CRAWL, SNAPSHOT, ADDRESS = table(Crawl), table(Snapshot), table(RememberedAddress)
CORRECTION, REFERENCE, READING = table(Correction), table(Reference), table(SourceReading)
QUESTION, ANSWER = table(Question), table(Answer)


def known_sightings(session: Session, source: str) -> dict[str, KnownSighting]:
    """Every sighting of a source by its key."""
    s = SIGHTING.c
    columns = select(s.id, s.external_id, s.fingerprint, s.call_id, s.missed, s.gone_at.is_not(None))
    columns = columns.add_columns(s.waiting_since, s.waiting_why, s.listed)
    rows = session.connection().execute(columns.where(s.source == source)).all()
    return {row[1]: KnownSighting._make(row) for row in rows}


def memory(session: Session, crawled: Crawled, comparison: Comparison, now: datetime) -> SourceMemory:
    """What is remembered around a crawl."""
    candidates = link_candidates(session, comparison.new)
    changing = [*comparison.back, *nearly_gone(comparison.missing), *(known for known, _ in comparison.changed)]
    sha256 = SNAPSHOT.c.sha256
    of_calls = states(session, {*candidates, *(known.call_id for known in changing)}, now)
    may_begin = sum(of_calls[known.call_id].is_past(now) for known, _ in comparison.changed)
    return SourceMemory(
        history=past(session, crawled.source),
        candidates=candidates,
        running=not_over(session, {known.call_id for known in comparison.missing}, now),
        states=of_calls,
        streams=streams(session) | ({crawled.source} if crawled.kind == SourceKind.STREAM else set()),
        snapshots={row.sha256 for row in in_parts(session, select(sha256), sha256, wanted_snapshots(comparison))},
        standing=damped_fields(session, crawled.source),
        ended=ended_calls(session, crawled.source, comparison, now),
        questions=questions_before(session, [known.id for known, _ in comparison.changed]),
        crawl_id=take_ids(session, CRAWL, 1)[0],
        call_ids=take_ids(session, CALL, len(comparison.new) + may_begin),
        sighting_ids=take_ids(session, SIGHTING, len(comparison.new) + may_begin),
    )


def questions_before(session: Session, sightings: Collection[int]) -> dict[tuple[int, str], AskedBefore]:
    """The newest question of each field of these sightings."""
    q, a = QUESTION.c, ANSWER.c
    answered = select(a.id).where(a.question_id == q.id, a.withdrawn_at.is_(None)).exists()
    asked = select(QUESTION, answered.label("answered")).order_by(q.id)
    return {
        (row.sighting_id, row.field): AskedBefore(row.id, {name: row._mapping[name] for name in KEPT}, row.answered)
        for row in in_parts(session, asked, q.sighting_id, sightings)
    }


def past(session: Session, source: str) -> History:
    """What the source's complete crawls saw and added, newest first; people make no floods."""
    if source == BY_HAND:
        return History()
    c = CRAWL.c
    complete = select(c.id, c.seen, c.new, c.finished_at, c.measure).where(c.source == source, c.complete)
    rows = session.connection().execute(complete.order_by(c.id.desc()).limit(6)).all()
    first = len(rows) < 6  # the first complete crawl finds everything new: that says nothing of a normal day
    measured = next((number for number, row in enumerate(rows[:5], 1) if row.measure), 5)
    since = select(c.seen, c.total, c.shrunk, c.lost, c.released_at).where(c.source == source)
    since = since.where(c.id > (rows[0].id if rows else 0)).order_by(c.id.desc()).limit(60)
    later = session.connection().execute(since).all()
    shrunk = [ShrunkCrawl(row.seen, row.total, row.released_at is not None) for row in takewhile(_is_shrunk, later)]
    return History(
        seen=tuple(row.seen for row in rows[:measured]),
        new=tuple(row.new for row in (rows[:-1] if first else rows[:5])),
        last_complete=rows[0].finished_at if rows else None,
        shrunk=tuple(shrunk),
        dropped=frozenset(name for row in later if row.released_at for name in row.lost),
    )


def _is_shrunk(row: Any) -> bool:
    return bool(row.shrunk)


def absentees(session: Session, source: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """Id and page of the calls of a catalogue that are gone if it lacks them once more, the latest to miss first."""
    s = SIGHTING.c
    missed = select(s.external_id, s.url, s.call_id).where(
        s.source == source, s.gone_at.is_(None), s.missed >= GONE_AFTER - 1
    )
    rows = session.connection().execute(missed.order_by(s.missed, s.id)).all()
    running = not_over(session, {row.call_id for row in rows}, now)
    return tuple((row.external_id, row.url) for row in rows if row.call_id in running)


def known_pages(session: Session, source: str, now: datetime) -> tuple[KnownPage, ...]:
    """The pages of a source whose calls are not over, the newest first."""
    s = SIGHTING.c
    columns = select(s.external_id, s.url, s.missed, s.call_id, s.fields).where(s.source == source, s.gone_at.is_(None))
    rows = session.connection().execute(columns.order_by(s.id.desc())).all()
    running = not_over(session, {row.call_id for row in rows}, now)
    return tuple(_known_page(row) for row in rows if row.call_id in running)


def _known_page(row: Any) -> KnownPage:
    fields = row.fields
    day = fields.get("published_on")
    return KnownPage(
        row.external_id, row.url, fields.get("title", ""), fields.get("publisher") or "",
        date.fromisoformat(day) if day else None, row.missed,
        any(line.startswith(ONLY_TITLE) for line in fields.get("review", ())),
    )  # fmt: skip


def not_over(session: Session, calls: Collection[int], now: datetime) -> set[int]:
    """Those that are not over by their date or by their source's word."""
    return {
        row.id for row in in_parts(session, select(CALL.c.id).where(*losses.running_conditions(now)), CALL.c.id, calls)
    }


def link_candidates(session: Session, new: Iterable[ReportedListing]) -> dict[int, LinkCandidate]:
    """The calls whose sightings name a reference of these listings."""
    references = sorted({same_reference(name) for reported in new for name in reported.listing.references})
    s, r = SIGHTING.c, REFERENCE.c
    named = select(r.reference, s.call_id, CALL.c.closes_at)
    named = named.join_from(REFERENCE, SIGHTING, r.sighting_id == s.id).join(CALL, CALL.c.id == s.call_id)
    candidates: dict[int, LinkCandidate] = {}
    for row in in_parts(session, named, r.reference, references):
        candidates.setdefault(row.call_id, LinkCandidate(row.closes_at)).references.add(row.reference)
    for row in in_parts(session, select(s.call_id, s.source), s.call_id, candidates):
        candidates[row.call_id].sources.add(row.source)
    return candidates


def states(session: Session, calls: Collection[int], now: datetime) -> dict[int, CallState]:
    """What decides what we show of these calls, which nobody else changes until we are done."""
    ids, c, s, r, d, x = sorted(calls), CALL.c, SIGHTING.c, REVISION.c, DEADLINE.c, CORRECTION.c
    seen = (c.last_seen, call_last_seen().label("seen"))
    locked = select(c.id, c.version, c.not_listed_since, *seen).order_by(c.id).with_for_update()
    by_id = dict[int, CallState]()
    for row in in_parts(session, locked, c.id, ids):
        last_seen = max(row.last_seen, row.seen or row.last_seen)
        by_id[row.id] = CallState(row.id, row.version, row.not_listed_since, last_seen)
    records = select(s.id, s.call_id, s.source, s.external_id, s.fields, s.gone_at, s.snapshot).order_by(s.id)
    for row in in_parts(session, records, s.call_id, ids):
        gone = row.gone_at is not None
        by_id[row.call_id].records[row.id] = SourceRecord(row.source, row.external_id, row.fields, gone)
        by_id[row.call_id].snapshots[row.source] = row.snapshot
    corrections = select(x.id, x.call_id, x.field, x.value, x.refutes, x.agreed_at)
    corrections = corrections.where(x.withdrawn_at.is_(None), x.field != ELIGIBLE)
    for row in in_parts(session, corrections.order_by(x.id), x.call_id, ids):
        by_id[row.call_id].corrections.append(row)
    for row in in_parts(session, select(DEADLINE).order_by(d.day, d.id), d.call_id, ids):
        by_id[row.call_id].dates.append(row)
    bare = [call_id for call_id, state in by_id.items() if not state.records]
    for row in in_parts(session, select(CALL), c.id, bare):
        by_id[row.id].records[0] = own_record(row._mapping, by_id[row.id].dates)
    lately = (r.kind == RevisionKind.CHANGED, r.at >= now - LATELY)
    for row in in_parts(session, select(r.call_id, r.field, r.old).where(*lately), r.call_id, ids):
        by_id[row.call_id].earlier.append((row.field, row.old))
    return by_id


def streams(session: Session) -> frozenset[str]:
    """The sources that never say that something is gone; what people typed is one of them."""
    rows = session.connection().execute(select(CRAWL.c.source).where(CRAWL.c.kind == SourceKind.STREAM).distinct())
    return frozenset({BY_HAND, *rows.scalars()})


def damped_fields(session: Session, source: str) -> list[DampedField]:
    """The fields whose last change was damped, with this crawl three crawls of the source ago or more.

    Only whole crawls count: in what was empty, broken or different nothing stood.
    """
    of_source = select(CRAWL.c.id).where(CRAWL.c.source == source)
    whole = of_source.where(CRAWL.c.complete).order_by(CRAWL.c.id.desc()).limit(STAYS_AFTER)
    latest = session.connection().execute(whole).scalars().all()
    if len(latest) < STAYS_AFTER:
        return []
    r = REVISION.c
    old = select(r.call_id, r.field).where(r.damped, r.crawl_id.in_(of_source.where(CRAWL.c.id <= latest[-1])))
    waiting = session.connection().execute(old.distinct()).all()
    changes = select(REVISION, CALL.c.version.label("call_version")).join(CALL, CALL.c.id == r.call_id)
    changes = changes.where(r.kind == RevisionKind.CHANGED).order_by(r.id.desc())
    rows = defaultdict(list)
    for row in in_parts(session, changes, r.call_id, {row.call_id for row in waiting}):
        rows[row.call_id, row.field].append(row)
    fields = [DampedField(*key, rows[tuple(key)][0].call_version, rows[tuple(key)]) for key in waiting]
    return [field for field in fields if field.stands_since(latest[-1])]


def write(session: Session, plan: IngestPlan) -> None:
    """Everything a crawl changes."""
    _write_crawl(session, plan)
    _write_new(session, plan)
    _write_sightings(session, plan)
    write_restated(session, plan.restated)
    change(session, CALL, plan.ended_rounds.calls)
    add(session, REVISION, plan.ended_rounds.revisions)
    add(session, QUESTION, plan.questions.added)
    change(session, QUESTION, plan.questions.changed)
    change(session, REVISION, [{"b_id": number, "damped": False} for number in plan.settled_revisions])
    add(session, REVISION, plan.late_revisions)
    change(session, CALL, [{"b_id": row["call_id"], "version": row["version"]} for row in plan.late_revisions])
    _hold(session, plan)
    if plan.says_what_is_listed:
        _write_reading(session, plan.crawled.source, plan.now)


def _hold(session: Session, plan: IngestPlan) -> None:
    """Hold calls from mail; what is held already keeps the day since when."""
    by_reason = defaultdict(list)
    for call_id, why in plan.held_calls.items():
        by_reason[why].append(call_id)
    for why, calls in by_reason.items():
        hold = update(CALL).where(~CALL.c.held).values(held=True, held_since=plan.now, held_why=why)
        in_parts(session, hold, CALL.c.id, calls)


def _write_crawl(session: Session, plan: IngestPlan) -> None:
    """The crawl, its pages, and what to send along next time.

    Nothing after an incomplete crawl, or "unchanged" would hide what was not read.
    """
    add(session, CRAWL, [plan.crawl])
    add(session, SNAPSHOT, plan.snapshots)
    source = plan.crawled.source
    forget = delete(ADDRESS).where(ADDRESS.c.source == source)
    if not plan.result.judgement.complete:
        session.connection().execute(forget)
        return
    addresses = {r.url: {"etag": r.etag, "last_modified": r.last_modified} for r in plan.crawled.remembered}
    in_parts(session, forget, ADDRESS.c.url, addresses)
    add(session, ADDRESS, [{"source": source, "url": url, **sent} for url, sent in addresses.items()])


def _write_new(session: Session, plan: IngestPlan) -> None:
    add(session, CALL, plan.new.calls)
    add(session, DEADLINE, plan.new.dates)
    add(session, REVISION, plan.new.revisions)
    index_words(session.connection(), [row["id"] for row in plan.new.calls])


def _write_sightings(session: Session, plan: IngestPlan) -> None:
    s, again = SIGHTING.c, {"listed": True, "missed": 0, "gone_at": None}
    left_out = {"listed": False, "last_seen": newest_reading(plan.crawled.source)}
    in_parts(session, update(SIGHTING).values(left_out), s.id, plan.left_out_sightings)
    in_parts(session, update(SIGHTING).values(missed=s.missed + 1), s.id, plan.missed_sightings)
    in_parts(session, update(SIGHTING).values(gone_at=plan.now, waiting_since=None), s.id, plan.gone_sightings)
    change(session, SIGHTING, plan.ended_rounds.sightings)
    wait = update(SIGHTING).values(waiting_since=plan.now, waiting_why=GONE_AT_ONCE)
    in_parts(session, wait, s.id, plan.kept_back_sightings)
    change(session, SIGHTING, plan.changed_sightings)
    in_parts(session, delete(REFERENCE), REFERENCE.c.sighting_id, [row["b_id"] for row in plan.changed_sightings])
    add(session, SIGHTING, plan.new_sightings)
    add(session, REFERENCE, plan.references)
    in_parts(session, update(SIGHTING).values(again), s.id, plan.returned_sightings)
    change(session, SIGHTING, plan.unlisted_sightings)
    if plan.crawled.unchanged:
        _all_seen_again(session, plan.crawled.source)


def _all_seen_again(session: Session, source: str) -> None:
    """The source itself says that nothing changed: what it listed last time it lists today."""
    s = SIGHTING.c
    as_before = and_(s.gone_at.is_(None), s.missed == 0)
    named = update(SIGHTING).where(s.source == source)
    session.connection().execute(named.where(as_before, ~s.listed).values(listed=True))
    left_out = {"listed": False, "last_seen": newest_reading(source)}
    session.connection().execute(named.where(~as_before, s.listed).values(left_out))


def _write_reading(session: Session, source: str, now: datetime) -> None:
    """All that the source lists was seen now; on a call that is written where its status depends on it."""
    forget = delete(READING).where(READING.c.source == source)
    session.connection().execute(forget)
    add(session, READING, [{"source": source, "at": now}])
    c, s = CALL.c, SIGHTING.c
    listed = select(s.call_id).where(s.source == source, s.listed)
    past_yet_open = (c.source_word == Status.OPEN, c.closes_at <= now, c.id.in_(listed))
    session.connection().execute(update(CALL).where(*past_yet_open).values(last_seen=now))


def write_restated(session: Session, restated: Restated) -> None:
    """What calls became."""
    for words in (False, True):
        rows = [row for row in restated.calls if ("search_text" in row) == words]
        change(session, CALL, rows)
        index_words(session.connection(), [row["b_id"] for row in rows if words])
    write_dates(session, restated.dates)
    add(session, REVISION, restated.revisions)
    change(session, CORRECTION, restated.agreements)


def write_dates(session: Session, dates: PlacedDates) -> None:
    """Rows to add and rows to change."""
    add(session, DEADLINE, dates.added)
    change(session, DEADLINE, dates.changed)
