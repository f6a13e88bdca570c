"""State anew what we show of calls whose records or corrections changed, with a revision a changed field. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from db.vocabulary import RevisionKind
from tracker.calls.changes import FieldChange, changes
from tracker.calls.consolidate import MergedCall, Refuted, SourceRecord, merge_records
from tracker.calls.deadlines import PlacedDates, place, with_passed
from tracker.calls.flapping import damp
from tracker.calls.rows import Occasion, call_row, same_words
from tracker.calls.sightings import ReportedListing


@dataclass(frozen=True)
class CallState:
    """Everything that decides what we show of one call; rows are as the database holds them."""

    id: int
    version: int
    not_listed_since: datetime | None
    last_seen: datetime  # by any source
    records: dict[int, SourceRecord] = field(default_factory=dict)  # by the id of the sighting
    snapshots: dict[str, str | None] = field(default_factory=dict)
    corrections: list[Any] = field(default_factory=list)
    dates: list[Any] = field(default_factory=list)
    earlier: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def corrected(self) -> dict[str, Any]:
        """Field -> the value that a person gave it, or the one that a person refuted."""
        return {row.field: row.value if row.refutes is None else Refuted(row.refutes) for row in self.corrections}

    def merged(self, now: datetime) -> MergedCall:
        """What we show, with the dates that passed and that sources no longer mention."""
        merged = merge_records(list(self.records.values()), self.corrected)
        dates = with_passed(merged.deadlines, self.dates, now)
        return merged if dates is merged.deadlines else replace(merged, deadlines=dates)

    def is_past(self, now: datetime) -> bool:
        """Whether every gate of its standing dates has passed; what people corrected counts."""
        gates = [row.gate_at for row in self.dates if row.cancelled_at is None and row.gate_at is not None]
        return bool(gates) and max(gates) <= now

    def after(self, reported: Mapping[int, ReportedListing], gone: set[int], back: set[int]) -> "CallState":
        """The same call once its sources were heard; all keys are ids of sightings."""
        records = self.records | {sighting: listing.record for sighting, listing in reported.items()}
        for number, record in records.items():
            is_gone = number in gone or (record.gone and number not in back)
            records[number] = record if record.gone == is_gone else replace(record, gone=is_gone)
        return replace(
            self,
            records=records,
            snapshots=self.snapshots | {r.listing.source: r.listing.snapshot for r in reported.values()},
        )

    def unlisted(self, streams: frozenset[str]) -> bool:
        """No catalogue lists it any more; streams never say that something is gone."""
        records = [record for record in self.records.values() if record.source not in streams]
        return bool(records) and all(record.gone for record in records)


@dataclass(frozen=True)
class Restated:
    """The rows that change with what we show of calls."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    dates: PlacedDates = field(default_factory=PlacedDates)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)

    def calls_that(self, kind: RevisionKind) -> set[int]:
        """The calls with a revision of this kind."""
        return {row["call_id"] for row in self.revisions if row["kind"] == kind}

    @property
    def telling(self) -> set[int]:
        """The calls with something worth telling."""
        return {row["call_id"] for row in self.revisions if row["telling"]}


def restate(
    before: Mapping[int, MergedCall],
    after: Mapping[int, CallState],
    streams: frozenset[str],
    occasion: Occasion,
    whole: Collection[int] = (),
) -> Restated:
    """What becomes of calls that were shown as ``before``; ``whole``: those whose rows may be older."""
    result = Restated()
    for call_id, state in sorted(after.items()):
        merged = state.merged(occasion.now)
        differences = damp(changes(before[call_id], merged, occasion.now), state.earlier)
        unlisted = state.unlisted(streams)
        kind = _listing_change(state, unlisted)
        version = state.version + any(c.telling for c in differences)
        listed = {"not_listed_since": (state.not_listed_since or occasion.now) if unlisted else None}
        known = {"b_id": call_id, "version": version, "last_seen": state.last_seen}
        words = call_id in whole or not same_words(before[call_id], merged)
        result.calls.append(call_row(merged, words) | known | listed)
        placed = place(call_id, state.dates, merged.deadlines, occasion.now)
        result.dates.added.extend(placed.added)
        result.dates.changed.extend(placed.changed)
        result.revisions.extend(_revisions(state, merged, differences, kind, version, occasion))
        result.agreements.extend(_agreements(state, occasion.now))
    return result


def _listing_change(state: CallState, unlisted: bool) -> RevisionKind | None:
    if unlisted and state.not_listed_since is None:
        return RevisionKind.GONE
    return RevisionKind.BACK if state.not_listed_since is not None and not unlisted else None


def _revisions(
    state: CallState,
    merged: MergedCall,
    differences: list[FieldChange],
    kind: RevisionKind | None,
    version: int,
    occasion: Occasion,
) -> list[dict[str, Any]]:
    rows = [
        occasion.revision(
            state.id,
            RevisionKind.CHANGED,
            **vars(change),
            version=version,
            snapshot=state.snapshots.get(merged.provenance.get(change.field, "")),
        )
        for change in differences
    ]
    return rows + ([occasion.revision(state.id, kind, version=version)] if kind else [])


def _agreements(state: CallState, now: datetime) -> list[dict[str, Any]]:
    """Since when the sources themselves say what a person corrected."""
    if not state.corrections or not state.records:
        return []
    by_sources, corrected = merge_records(list(state.records.values())), state.corrected
    agrees = {name: _agree(by_sources.value(name), value) for name, value in corrected.items()}
    return [
        {"b_id": row.id, "agreed_at": now if agrees[row.field] else None}
        for row in state.corrections
        if agrees[row.field] == (row.agreed_at is None)
    ]


def _agree(by_sources: Any, value: Any) -> bool:
    return bool(by_sources != value.value if isinstance(value, Refuted) else by_sources == value)
