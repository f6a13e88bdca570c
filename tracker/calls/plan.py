"""Decide what a crawl changes, as the rows that are to be written. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from db.status import OVER
from db.vocabulary import RevisionKind, SourceKind
from scrapers.crawled import Crawled
from tracker.calls import rows
from tracker.calls.completeness import Judgement
from tracker.calls.consolidate import merge_one
from tracker.calls.flapping import DampedField, late_revisions
from tracker.calls.floods import History, is_flood_of_changes, is_flood_of_new
from tracker.calls.identity import identity
from tracker.calls.linking import LinkCandidate, link_by_reference
from tracker.calls.questions import AskedBefore, AskedOfSighting, QuestionRows, decide_questions
from tracker.calls.revisions import CallState, Restated, restate
from tracker.calls.sightings import Comparison, KnownSighting, ReportedListing

GONE_AFTER = 3
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class IngestResult:
    """What a crawl changed, as ids of calls; ``telling`` are those of ``changed`` with something worth telling."""

    crawl_id: int
    judgement: Judgement
    seen: int = 0
    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    telling: tuple[int, ...] = ()
    unchanged: int = 0
    held: int = 0


@dataclass(frozen=True)
class SourceMemory:
    """What is remembered around a crawl, and the ids that its new rows may have.

    ``questions``: the newest of each field of the changed sightings. ``running``: the calls of missing sightings that
    are not over. ``snapshots``: those of its pages that we have.
    """

    history: History
    candidates: Mapping[int, LinkCandidate]
    running: set[int]
    states: Mapping[int, CallState]
    streams: frozenset[str]
    snapshots: set[str]
    standing: Sequence[DampedField]
    questions: Mapping[tuple[int, str], AskedBefore]
    crawl_id: int
    call_ids: Sequence[int]
    sighting_ids: Sequence[int]


@dataclass(frozen=True)
class AssignedListing:
    """A listing with the ids of its sighting and its call."""

    sighting_id: int
    call_id: int
    reported: ReportedListing
    previous: KnownSighting | None = None  # of the round before this one


@dataclass(frozen=True)
class NewCalls:
    """The rows of calls that nobody named before."""

    calls: Rows
    dates: Rows
    revisions: Rows


@dataclass(frozen=True)
class EndedRounds:
    """What ends with a round: its sighting gives its id to the next, its call leads there."""

    sightings: Rows
    calls: Rows
    revisions: Rows


@dataclass(frozen=True)
class IngestPlan:
    """Everything that one crawl writes: rows, and the ids of sightings, revisions and calls that change alike."""

    crawled: Crawled
    now: datetime
    result: IngestResult
    crawl: dict[str, Any]
    snapshots: Rows
    new: NewCalls
    new_sightings: Rows
    changed_sightings: Rows
    ended_rounds: EndedRounds
    references: Rows
    missed_sightings: list[int]
    gone_sightings: list[int]
    unchanged_sightings: list[int]
    unlisted_sightings: Rows
    listed_calls: set[int]
    restated: Restated
    settled_revisions: list[int]
    late_revisions: Rows
    held_calls: set[int]
    questions: QuestionRows


def wanted_snapshots(comparison: Comparison) -> set[str]:
    """The pages that new and changed listings were read from."""
    reports = [*comparison.new, *(reported for _, reported in comparison.changed)]
    return {reported.listing.snapshot for reported in reports if reported.listing.snapshot}


def nearly_gone(missing: Sequence[KnownSighting]) -> list[KnownSighting]:
    """Those that are missing once too often."""
    return [known for known in missing if known.missed + 1 >= GONE_AFTER]


def decide(
    crawled: Crawled, comparison: Comparison, memory: SourceMemory, judgement: Judgement, now: datetime
) -> IngestPlan:
    """What to write of a crawl."""
    occasion = rows.Occasion(now, memory.crawl_id)
    new, linked = _assign(crawled.source, comparison.new, memory)
    rounds = _begin(comparison, memory)
    changed = _beside_before(comparison, memory, now)
    missed = _missed(crawled, comparison, memory, judgement)
    gone = _gone(crawled, missed)
    restated = _restate([*changed, *linked], gone, comparison.back, memory, occasion)
    standing = _still_standing(memory, restated)
    late = late_revisions(standing, restated.calls, occasion)
    hold_new = is_flood_of_new(len(comparison.new), memory.history, now)
    held = _held(comparison, restated, memory)
    result = _result(crawled, comparison, memory, judgement, restated, late)
    begun = [*new, *rounds]
    result = replace(result, new=_calls(begun), held=hold_new * len(new) + len(held))
    counts = {name: len(getattr(result, name)) for name in ("new", "changed", "gone", "back")}
    return IngestPlan(
        crawled=crawled,
        now=now,
        result=result,
        crawl=rows.crawl_row(crawled, judgement, id=memory.crawl_id, seen=result.seen, **counts),
        snapshots=_new_snapshots(crawled, comparison, memory),
        new=_new_calls(begun, set(_calls(new)) if hold_new else set(), occasion),
        new_sightings=[rows.new_sighting(a.sighting_id, a.call_id, a.reported, now) for a in (*begun, *linked)],
        changed_sightings=[rows.sighting_row(a.reported, now) | {"b_id": a.sighting_id} for a in changed],
        ended_rounds=_ended(rounds, memory, occasion),
        references=rows.reference_rows((a.sighting_id, a.reported) for a in (*begun, *linked, *changed)),
        missed_sightings=[known.id for known in missed],
        gone_sightings=[known.id for known in gone],
        unchanged_sightings=[known.id for known in comparison.unchanged],
        unlisted_sightings=_unlisted(crawled, comparison),
        listed_calls={*(known.call_id for known in comparison.unchanged), *_calls([*changed, *linked])},
        restated=restated,
        settled_revisions=[row.id for field in standing for row in field.revisions if row.damped],
        late_revisions=late,
        held_calls=held,
        questions=decide_questions(_asking([*begun, *linked, *changed]), memory.questions, now),
    )


def _asking(listings: Iterable[AssignedListing]) -> Iterator[AskedOfSighting]:
    return (AskedOfSighting(a.sighting_id, a.call_id, a.reported.listing) for a in listings)


def _calls(listings: Iterable[AssignedListing]) -> tuple[int, ...]:
    return tuple(assigned.call_id for assigned in listings)


def _assign(
    source: str, new: Sequence[ReportedListing], memory: SourceMemory
) -> tuple[list[AssignedListing], list[AssignedListing]]:
    """New listings as new calls, and those that are calls which other sources named."""
    linked = link_by_reference(source, new, memory.candidates)
    ordered = sorted(new, key=lambda reported: reported.key in linked)
    calls = [*memory.call_ids[: len(new) - len(linked)], *(linked[r.key] for r in ordered if r.key in linked)]
    assigned = list(map(AssignedListing, memory.sighting_ids, calls, ordered))
    return assigned[: len(new) - len(linked)], assigned[len(new) - len(linked) :]


def _beside_before(comparison: Comparison, memory: SourceMemory, now: datetime) -> list[AssignedListing]:
    """The changed listings, each with the facts that its source named before and is silent about today."""
    pairs = ((known, memory.states[known.call_id].records[known.id], report) for known, report in comparison.changed)
    return [AssignedListing(known.id, known.call_id, report.beside(before, now)) for known, before, report in pairs]


def _begin(comparison: Comparison, memory: SourceMemory) -> list[AssignedListing]:
    """A next round is a call of its own: what people said of the round before stays with that."""
    first = len(comparison.new)
    ids = zip(memory.sighting_ids[first:], memory.call_ids[first:], comparison.rounds, strict=False)
    return [AssignedListing(sighting, call, reported, known) for sighting, call, (known, reported) in ids]


def _ended(rounds: Sequence[AssignedListing], memory: SourceMemory, occasion: rows.Occasion) -> EndedRounds:
    """The old sighting keeps what it said under a key of its own; its call says where the source went."""
    ended = EndedRounds([], [], [])
    for begun in rounds:
        known = begun.previous
        assert known is not None
        state = memory.states[known.call_id]
        closed = state.merged(occasion.now).closes_at or occasion.now
        key = f"{known.external_id[:260]} (ronde tot {closed:%Y-%m-%d})"
        ended.sightings.append({"b_id": known.id, "external_id": key, "gone_at": occasion.now})
        if all(record.gone for number, record in state.records.items() if number != known.id):
            since = state.not_listed_since or occasion.now
            ended.calls.append({"b_id": known.call_id, "not_listed_since": since})
        leads_to = {"field": "next_round", "new": {"call": begun.call_id}, "version": state.version}
        ended.revisions.append(occasion.revision(known.call_id, RevisionKind.CHANGED, **leads_to))
    return ended


def _missed(
    crawled: Crawled, comparison: Comparison, memory: SourceMemory, judgement: Judgement
) -> list[KnownSighting]:
    """Absent from a complete catalogue, and not over by its date or by its source's word."""
    if crawled.kind != SourceKind.CATALOGUE or not judgement.complete or crawled.unchanged:
        return []
    return [known for known in comparison.missing if known.call_id in memory.running]


def _unlisted(crawled: Crawled, comparison: Comparison) -> Rows:
    """How many lists in a row have lacked the pages that were read without them."""
    seen = [*comparison.unchanged, *(known for known, _ in comparison.changed)]
    unlisted = {identity(external_id) for external_id in crawled.unlisted}
    return [{"b_id": known.id, "missed": known.missed + 1} for known in seen if known.external_id in unlisted]


def _gone(crawled: Crawled, missed: Sequence[KnownSighting]) -> list[KnownSighting]:
    """Absent once too often; not what its source, which can be asked for single calls, did not say to be gone."""
    unconfirmed = {identity(external_id) for external_id in crawled.unconfirmed}
    return [known for known in nearly_gone(missed) if known.external_id not in unconfirmed]


def _restate(
    heard: Sequence[AssignedListing],
    gone: Sequence[KnownSighting],
    back: Sequence[KnownSighting],
    memory: SourceMemory,
    occasion: rows.Occasion,
) -> Restated:
    """State anew every call whose sightings changed, came, went or came back."""
    reported: dict[int, dict[int, ReportedListing]] = {known.call_id: {} for known in (*gone, *back)}
    for assigned in heard:
        reported.setdefault(assigned.call_id, {})[assigned.sighting_id] = assigned.reported
    gone_ids, back_ids = {known.id for known in gone}, {known.id for known in back}
    before = {call: memory.states[call].merged(occasion.now) for call in reported}
    after = {call: memory.states[call].after(reports, gone_ids, back_ids) for call, reports in reported.items()}
    return restate(before, after, memory.streams, occasion)


def _still_standing(memory: SourceMemory, restated: Restated) -> list[DampedField]:
    """The damped fields that this crawl leaves as they are."""
    changed = {(row["call_id"], row["field"]) for row in restated.revisions}
    return [field for field in memory.standing if (field.call_id, field.name) not in changed]


def _held(comparison: Comparison, restated: Restated, memory: SourceMemory) -> set[int]:
    seen_again = len(comparison.unchanged) + len(comparison.changed)
    return restated.telling if is_flood_of_changes(len(restated.telling), seen_again, memory.history) else set()


def _result(
    crawled: Crawled, comparison: Comparison, memory: SourceMemory, judgement: Judgement, restated: Restated, late: Rows
) -> IngestResult:
    told_late, changed = {row["call_id"] for row in late}, restated.calls_that(RevisionKind.CHANGED)
    as_before = sum(known.call_id not in changed for known, _ in comparison.changed)
    return IngestResult(
        crawl_id=memory.crawl_id,
        judgement=judgement,
        seen=_seen(crawled, memory.history),
        changed=tuple(sorted(changed | told_late)),
        gone=tuple(sorted(restated.calls_that(RevisionKind.GONE))),
        back=tuple(sorted(restated.calls_that(RevisionKind.BACK))),
        telling=tuple(sorted(restated.telling | told_late)),
        unchanged=len(comparison.unchanged) + as_before,
    )


def _seen(crawled: Crawled, history: History) -> int:
    """How many calls; a source that says "unchanged" shows what it showed last time."""
    if crawled.unchanged and history.seen:
        return history.seen[0]
    return len({listing.external_id for listing in crawled.listings})


def _new_snapshots(crawled: Crawled, comparison: Comparison, memory: SourceMemory) -> Rows:
    """The bytes that new or changed listings were read from, once by content."""
    wanted = wanted_snapshots(comparison) - memory.snapshots
    pages = {page.sha256: page for page in crawled.pages if page.sha256 in wanted}
    return [rows.snapshot_row(page) for page in pages.values()]


def _new_calls(new: Sequence[AssignedListing], held: set[int], occasion: rows.Occasion) -> NewCalls:
    """The call, its dates and the revision that says it is new."""
    calls, dates, revisions, now = [], [], [], occasion.now
    for assigned in new:
        merged = merge_one(assigned.reported.record)
        row = rows.call_row(merged) | {"id": assigned.call_id, "first_seen": now, "last_seen": now}
        row |= {"version": 1, "not_listed_since": None, "held": assigned.call_id in held}
        row |= {"eligible_estimate": True, "eligible_why": ""}
        calls.append(row | {"previous_round_id": assigned.previous.call_id if assigned.previous else None})
        dates += [rows.new_date(assigned.call_id, place, now) for place in rows.numbered(merged.deadlines)]
        over = row["closes_at"] is not None and row["closes_at"] <= now
        news = {"telling": not (over or row["source_word"] in OVER), "snapshot": assigned.reported.listing.snapshot}
        revisions.append(occasion.revision(assigned.call_id, RevisionKind.NEW, **news))
    return NewCalls(calls, dates, revisions)
