"""State anew what we show of calls whose sightings or corrections changed, and write down the difference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session

from db.bulk import add, chunks
from db.models import Correction
from db.models.columns import table
from db.search import index_words
from db.vocabulary import RevisionKind
from tracker.calls.changes import FieldChange, changes, damp
from tracker.calls.consolidate import MergedCall, Refuted, SourceRecord, merge_records
from tracker.calls.deadlines import Placed, place, remembered
from tracker.calls.rows import CALL, CRAWL, DEADLINE, REVISION, SIGHTING, call_row, revision

CORRECTION = table(Correction)
FLIPPING = timedelta(days=31)


@dataclass(frozen=True)
class Round:
    """The crawl a change belongs to (none when a person made it) and its moment."""

    crawl_id: int | None
    now: datetime


@dataclass
class State:
    """Everything that decides what we show of one call."""

    id: int
    version: int
    closes_at: datetime | None
    not_listed_since: datetime | None
    records: dict[int, SourceRecord] = field(default_factory=dict)
    snapshots: dict[str, str | None] = field(default_factory=dict)
    corrections: dict[str, Any] = field(default_factory=dict)
    dates: list[Row[Any]] = field(default_factory=list)
    earlier: list[tuple[str, Any]] = field(default_factory=list)

    def merged(self, now: datetime) -> MergedCall:
        """What we show, with the dates that passed and that sources no longer mention."""
        merged = merge_records(list(self.records.values()), self.corrections)
        return replace(merged, deadlines=remembered(merged.deadlines, self.dates, now))

    def hear(self, sighting_id: int, record: SourceRecord, snapshot: str | None) -> None:
        """What a source says now."""
        self.records[sighting_id] = record
        self.snapshots[record.source] = snapshot

    def mark(self, sighting_id: int, gone: bool) -> None:
        """Whether its source still lists it."""
        self.records[sighting_id] = replace(self.records[sighting_id], gone=gone)

    def unlisted(self, streams: frozenset[str]) -> bool:
        """No catalogue lists it any more; streams never say that something is gone."""
        records = [record for record in self.records.values() if record.source not in streams]
        return bool(records) and all(record.gone for record in records)


@dataclass
class Recount:
    """The calls that changed, and in what way."""

    changed: set[int] = field(default_factory=set)
    telling: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)


def states(session: Session, calls: Iterable[int], now: datetime) -> dict[int, State]:
    """Load what decides what we show of these calls."""
    wanted, found = sorted(set(calls)), dict[int, State]()
    columns = (CALL.c.id, CALL.c.version, CALL.c.closes_at, CALL.c.not_listed_since)
    for some in chunks(wanted):
        rows = session.connection().execute(select(*columns).where(CALL.c.id.in_(some)))
        found |= {r.id: State(r.id, r.version, r.closes_at, r.not_listed_since) for r in rows}
        _load_sightings(session, some, found)
        _load_corrections(session, some, found)
        _load_dates(session, some, found)
        _load_earlier(session, some, found, now)
    return found


def _load_sightings(session: Session, calls: list[int], found: dict[int, State]) -> None:
    s = SIGHTING.c
    columns = (s.id, s.call_id, s.source, s.external_id, s.fields, s.gone_at, s.snapshot)
    for r in session.connection().execute(select(*columns).where(s.call_id.in_(calls)).order_by(s.id)):
        found[r.call_id].records[r.id] = SourceRecord(r.source, r.external_id, r.fields, r.gone_at is not None)
        found[r.call_id].snapshots[r.source] = r.snapshot


def _load_corrections(session: Session, calls: list[int], found: dict[int, State]) -> None:
    c = CORRECTION.c
    standing = select(c.call_id, c.field, c.value, c.refutes).where(c.call_id.in_(calls), c.withdrawn_at.is_(None))
    for r in session.connection().execute(standing.order_by(c.id)):
        found[r.call_id].corrections[r.field] = r.value if r.refutes is None else Refuted(r.refutes)


def _load_dates(session: Session, calls: list[int], found: dict[int, State]) -> None:
    d = DEADLINE.c
    for r in session.connection().execute(select(DEADLINE).where(d.call_id.in_(calls)).order_by(d.day, d.id)):
        found[r.call_id].dates.append(r)


def _load_earlier(session: Session, calls: list[int], found: dict[int, State], now: datetime) -> None:
    r = REVISION.c
    lately = (r.call_id.in_(calls), r.kind == RevisionKind.CHANGED, r.at >= now - FLIPPING)
    for row in session.connection().execute(select(r.call_id, r.field, r.old).where(*lately)):
        found[row.call_id].earlier.append((row.field, row.old))


def streams(session: Session) -> frozenset[str]:
    """The sources that never say that something is gone; what people typed is one of them."""
    from tracker.calls.consolidate import BY_HAND

    rows = session.connection().execute(select(CRAWL.c.source).where(CRAWL.c.kind == "stream").distinct())
    return frozenset({BY_HAND, *rows.scalars()})


def write(session: Session, round_: Round, before: Mapping[int, MergedCall], after: Mapping[int, State]) -> Recount:
    """Store the new state of calls, their dates and one revision a changed field."""
    result, silent = Recount(), streams(session)
    calls, revisions, placed = [], [], Placed()
    for call_id, state in sorted(after.items()):
        merged = state.merged(round_.now)
        found = damp(changes(before[call_id], merged, round_.now), state.earlier)
        unlisted = state.unlisted(silent)
        kind = _listing_change(state, unlisted)
        version = state.version + any(c.telling for c in found)
        revisions += _revisions(state, merged, round_, found, kind, version)
        calls.append(call_row(merged) | {"b_id": call_id, "version": version} | _listed(state, unlisted, round_.now))
        placed.extend(place(call_id, state.dates, merged.deadlines, round_.now))
        _count(result, call_id, found, kind)
    _update(session, calls)
    placed.write(session)
    add(session, REVISION, revisions)
    _agreements(session, after, round_.now)
    return result


def _count(result: Recount, call_id: int, found: list[FieldChange], kind: RevisionKind | None) -> None:
    if found:
        result.changed.add(call_id)
    if any(c.telling for c in found):
        result.telling.add(call_id)
    if kind == RevisionKind.GONE:
        result.gone.add(call_id)
    if kind == RevisionKind.BACK:
        result.back.add(call_id)


def _listing_change(state: State, unlisted: bool) -> RevisionKind | None:
    if unlisted and state.not_listed_since is None:
        return RevisionKind.GONE
    return RevisionKind.BACK if state.not_listed_since is not None and not unlisted else None


def _listed(state: State, unlisted: bool, now: datetime) -> dict[str, Any]:
    return {"not_listed_since": (state.not_listed_since or now) if unlisted else None}


def _revisions(
    state: State, merged: MergedCall, round_: Round, found: list[FieldChange], kind: RevisionKind | None, version: int
) -> list[dict[str, Any]]:
    rows = []
    for c in found:
        snapshot = state.snapshots.get(merged.provenance.get(c.field, ""))
        more = {"field": c.field, "old": c.old, "new": c.new, "telling": c.telling, "damped": c.damped}
        changed = RevisionKind.CHANGED
        rows.append(
            revision(state.id, round_.crawl_id, round_.now, changed, **more, version=version, snapshot=snapshot)
        )
    if kind is not None:
        rows.append(revision(state.id, round_.crawl_id, round_.now, kind, version=version))
    return rows


def _update(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(update(CALL).where(CALL.c.id == bindparam("b_id")), rows)
        index_words(session.connection(), [row["b_id"] for row in rows])


def cancel_dates(session: Session, state: State, now: datetime) -> None:
    """The dates of a call that became part of another: calendars must learn that they are gone."""
    place(state.id, state.dates, [], now).write(session)


def _agreements(session: Session, after: Mapping[int, State], now: datetime) -> None:
    """Note since when the sources themselves say what a person corrected."""
    c = CORRECTION.c
    for call_id, state in after.items():
        if not state.corrections or not state.records:
            continue
        by_sources = merge_records(list(state.records.values()))
        for name, value in state.corrections.items():
            says = by_sources.value(name)
            mine = (c.call_id == call_id, c.field == name, c.withdrawn_at.is_(None))
            agrees = says != value.value if isinstance(value, Refuted) else says == value
            fresh = c.agreed_at.is_(None) if agrees else c.agreed_at.is_not(None)
            agreed = now if agrees else None
            session.connection().execute(update(CORRECTION).where(*mine, fresh).values(agreed_at=agreed))
