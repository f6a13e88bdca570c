"""One crawl into the database, in one transaction: new, changed, no longer listed, back, unchanged.

The caller begins and ends the transaction (``db.session.writing``); a kill at any moment leaves nothing of a crawl.
Deciding is elsewhere and pure: completeness.py, shown.py, changes.py, floods.py. Statements are about many rows at
once: no query here runs once a call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from db import bulk
from db.models import Crawl, Sighting
from db.models.columns import table
from db.queries import BY_HAND
from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from tracker.calls import flapping, floods, linking, questions, revisions, store
from tracker.calls.completeness import Judgement, judge
from tracker.calls.floods import History, is_flood_of_changes, is_flood_of_new
from tracker.calls.identity import identity
from tracker.calls.sightings import Comparison, IngestResult, KnownSighting, compare, reported_listings, unreadable_keys

GONE_AFTER = 3
SIGHTING = table(Sighting)


def ingest(session: Session, crawled: Crawled, now: datetime, judgement: Judgement | None = None) -> IngestResult:
    """Store a crawl; ``now`` is aware, in UTC. Without a judgement the crawl is judged by its source's past."""
    with bulk.uncollected():
        return _ingest(session, crawled, now, judgement)


def _ingest(session: Session, crawled: Crawled, now: datetime, judgement: Judgement | None) -> IngestResult:
    bulk.one_at_a_time(session)
    history = History() if crawled.source == BY_HAND else past(session, crawled.source)  # people make no floods
    judgement = judgement or judge(crawled, history.seen)
    crawl_id = store.add_crawl(session, crawled, judgement, history)
    found = compare(reported_listings(crawled), known(session, crawled.source), unreadable_keys(crawled))
    store.keep_pages(session, crawled, [h.listing.snapshot for h in found.new + [h for _, h in found.changed]])
    store.remember(session, crawled, judgement.complete)
    result = _store(session, crawled, found, Context(crawl_id, now, judgement, history))
    store.count(session, result)
    session.expire_all()
    return result


@dataclass(frozen=True)
class Context:
    """The round a change belongs to."""

    crawl_id: int
    now: datetime
    judgement: Judgement
    history: History


def _store(session: Session, crawled: Crawled, found: Comparison, context: Context) -> IngestResult:
    now = context.now
    joined = linking.link_by_reference(session, crawled.source, found.new)
    fresh = [h for h in found.new if h.key not in joined]
    held = is_flood_of_new(len(found.new), context.history, now)
    new = store.add_calls(session, context.crawl_id, fresh, now, held)
    gone = _gone(session, crawled, found, context)
    recount = _recount(session, found, joined, gone, context)
    store.seen_again(session, found.unchanged + [k for k, _ in found.changed], now)
    store.listed_today(session, joined.values(), now)
    if crawled.unchanged:
        store.all_seen_again(session, crawled.source, now)
    questions.keep(session, crawled.source, found.new, [h for _, h in found.changed], now)
    told_late = flapping.tell_what_stayed(session, crawled.source, context.crawl_id, now)
    flood = is_flood_of_changes(len(recount.telling), len(found.unchanged) + len(found.changed), context.history)
    if flood:
        floods.hold(session, recount.telling)
    return IngestResult(
        crawl_id=context.crawl_id,
        judgement=context.judgement,
        seen=store.seen_by(crawled, context.history),
        new=new,
        changed=tuple(sorted({*recount.changed, *told_late})),
        gone=tuple(sorted(recount.gone)),
        back=tuple(sorted(recount.back)),
        telling=tuple(sorted({*recount.telling, *told_late})),
        unchanged=len(found.unchanged)
        + len(found.changed)
        - sum(k.call_id in recount.changed for k, _ in found.changed),
        held=(len(new) if held else 0) + (len(recount.telling) if flood else 0),
    )


def known(session: Session, source: str) -> dict[str, KnownSighting]:
    """Every sighting of a source by its key."""
    columns = ("id", "external_id", "fingerprint", "call_id", "missed", "gone_at")
    rows = session.connection().execute(select(*(SIGHTING.c[c] for c in columns)).where(SIGHTING.c.source == source))
    return {r[1]: KnownSighting(r[0], r[1], r[2], r[3], r[4], r[5] is not None) for r in rows}


def past(session: Session, source: str) -> History:
    """What the source's complete crawls saw and added, newest first."""
    crawl = table(Crawl)
    complete = select(crawl.c.seen, crawl.c.new, crawl.c.finished_at).where(crawl.c.source == source, crawl.c.complete)
    rows = session.connection().execute(complete.order_by(crawl.c.id.desc()).limit(6)).all()
    first = len(rows) < 6  # the first complete crawl finds everything new: that says nothing of a normal day
    return History(
        seen=tuple(r.seen for r in rows[:5]),
        new=tuple(r.new for r in (rows[:-1] if first else rows[:5])),
        last_complete=rows[0].finished_at if rows else None,
    )


def _gone(session: Session, crawled: Crawled, found: Comparison, context: Context) -> Sequence[KnownSighting]:
    """Absent from three complete catalogue crawls in a row; over by its date or by its source's word is not gone.

    Nor is what its source, which can be asked for single calls, did not say to be gone.
    """
    if crawled.kind != SourceKind.CATALOGUE or not context.judgement.complete or crawled.unchanged:
        return []
    standing = store.not_over(session, {k.call_id for k in found.missing}, context.now)
    missing = [k for k in found.missing if k.call_id in standing]
    store.missed(session, [k.id for k in missing])
    unconfirmed = {identity(external_id) for external_id in crawled.unconfirmed}
    return [k for k in missing if k.missed + 1 >= GONE_AFTER and k.external_id not in unconfirmed]


def absentees(session: Session, source: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """Id and page of the calls of a catalogue that are gone if it lacks them once more, the latest to miss first."""
    s = SIGHTING.c
    missed = select(s.external_id, s.url, s.call_id).where(
        s.source == source, s.gone_at.is_(None), s.missed >= GONE_AFTER - 1
    )
    rows = session.connection().execute(missed.order_by(s.missed, s.id)).all()
    standing = store.not_over(session, {row.call_id for row in rows}, now)
    return tuple((row.external_id, row.url) for row in rows if row.call_id in standing)


def _recount(
    session: Session, found: Comparison, joined: Mapping[str, int], gone: Sequence[KnownSighting], context: Context
) -> revisions.Recount:
    """State anew every call whose sightings changed, came, went or came back."""
    joining_now = [(joined[h.key], h) for h in found.new if h.key in joined]
    calls = {k.call_id for k in [*gone, *found.back, *(k for k, _ in found.changed)]}
    calls |= {call for call, _ in joining_now}
    states = revisions.states(session, calls, context.now)
    before = {call: state.merged(context.now) for call, state in states.items()}
    store.write_gone(session, [k.id for k in gone], context.now)
    store.change_sightings(session, found.changed, context.now)
    added = store.add_sightings(session, joining_now, context.now)
    for known_, one in found.changed:
        states[known_.call_id].hear(known_.id, one.record, one.listing.snapshot)
    for sighting_id, (call, one) in zip(added, joining_now, strict=True):
        states[call].hear(sighting_id, one.record, one.listing.snapshot)
    for known_ in gone:
        states[known_.call_id].mark(known_.id, gone=True)
    for known_ in found.back:
        states[known_.call_id].mark(known_.id, gone=False)
    return revisions.write(session, revisions.Round(context.crawl_id, context.now), before, states)
