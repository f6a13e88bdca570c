"""Decide what a crawl changes, as the rows that are to be written. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from db.status import OVER
from db.vocabulary import RevisionKind, SourceKind
from scrapers.crawled import Crawled
from tracker.calls import rows
from tracker.calls.completeness import History, Judgement
from tracker.calls.consolidate import SourceRecord
from tracker.calls.flapping import DampedField, late_revisions
from tracker.calls.floods import is_flood_of_changes, waited_enough
from tracker.calls.holds import beside_before, odd_new_calls
from tracker.calls.identity import identity
from tracker.calls.linking import LinkCandidate, link_by_reference
from tracker.calls.oddities import CHANGED, GONE_AT_ONCE, RunningCall, lost, of_whole_types
from tracker.calls.questions import AskedBefore, AskedOfSighting, QuestionRows, decide_questions
from tracker.calls.recognition import EndedCall, rounds_before
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

    @property
    def counts(self) -> dict[str, int]:
        """How many calls were new, changed, gone and back."""
        return {name: len(getattr(self, name)) for name in ("new", "changed", "gone", "back")}


@dataclass(frozen=True)
class SourceMemory:
    """What is remembered around a crawl, and the ids that its new rows may have.

    ``questions``: the newest of each field of the changed sightings. ``running``: the calls of missing sightings that
    are not over. ``snapshots``: those of its pages that we have.
    ``losses``: field -> how many calls lost it; ``still_named``: how many name it as before. ``under_way``: every
    call of the source that was not over. ``known_titles``: title and closing of those that may come under another id.
    """

    history: History
    candidates: Mapping[int, LinkCandidate]
    running: set[int]
    states: Mapping[int, CallState]
    streams: frozenset[str]
    snapshots: set[str]
    standing: Sequence[DampedField]
    ended: Sequence[EndedCall]
    questions: Mapping[tuple[int, str], AskedBefore]
    crawl_id: int
    call_ids: Sequence[int]
    sighting_ids: Sequence[int]
    losses: Mapping[str, int] = field(default_factory=dict)
    still_named: Mapping[str, int] = field(default_factory=dict)
    under_way: Mapping[int, RunningCall] = field(default_factory=dict)
    known_titles: set[tuple[str, datetime | None]] = field(default_factory=set)

    @property
    def records(self) -> dict[int, SourceRecord]:
        """Sighting -> what it said."""
        return {number: record for state in self.states.values() for number, record in state.records.items()}


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

    calls: Rows = field(default_factory=list)
    dates: Rows = field(default_factory=list)
    revisions: Rows = field(default_factory=list)


@dataclass(frozen=True)
class EndedRounds:
    """What ends with a round: its sighting gives its id to the next, its call leads there."""

    sightings: Rows = field(default_factory=list)
    calls: Rows = field(default_factory=list)
    revisions: Rows = field(default_factory=list)


@dataclass(frozen=True)
class IngestPlan:
    """Everything that one crawl writes: rows, and the ids of sightings, revisions and calls that change alike."""

    crawled: Crawled
    now: datetime
    result: IngestResult
    crawl: dict[str, Any]
    snapshots: Rows = field(default_factory=list)
    new: NewCalls = field(default_factory=NewCalls)
    new_sightings: Rows = field(default_factory=list)
    changed_sightings: Rows = field(default_factory=list)
    ended_rounds: EndedRounds = field(default_factory=EndedRounds)
    references: Rows = field(default_factory=list)
    missed_sightings: Sequence[int] = ()
    gone_sightings: Sequence[int] = ()
    kept_back_sightings: Sequence[int] = ()
    left_out_sightings: Sequence[int] = ()
    returned_sightings: Sequence[int] = ()
    unlisted_sightings: Rows = field(default_factory=list)
    restated: Restated = field(default_factory=Restated)
    settled_revisions: Sequence[int] = ()
    late_revisions: Rows = field(default_factory=list)
    held_calls: Mapping[int, str] = field(default_factory=dict)
    questions: QuestionRows = field(default_factory=QuestionRows)

    @property
    def says_what_is_listed(self) -> bool:
        """Nothing of a different crawl is taken over, and one that was broken off at once leaves all as it was."""
        return not self.result.judgement.lost and _names_any(self.crawled)


def wanted_snapshots(comparison: Comparison) -> set[str]:
    """The pages that new and changed listings were read from."""
    reports = [*comparison.new, *(reported for _, reported in (*comparison.changed, *comparison.rounds))]
    return {reported.listing.snapshot for reported in reports if reported.listing.snapshot}


def nearly_gone(missing: Sequence[KnownSighting]) -> list[KnownSighting]:
    """Those that are missing once too often."""
    return [known for known in missing if known.missed + 1 >= GONE_AFTER]


def decide(
    crawled: Crawled, comparison: Comparison, memory: SourceMemory, judgement: Judgement, now: datetime
) -> IngestPlan:
    """What to write of a crawl; nothing but the crawl itself where it is a different one."""
    different = lost(comparison, memory.losses, memory.still_named)
    if not memory.history.dropped.issuperset(different):
        return _held_whole(crawled, memory, judgement, different, now)
    return _taken_over(crawled, comparison, memory, judgement, now)


def _taken_over(
    crawled: Crawled, comparison: Comparison, memory: SourceMemory, judgement: Judgement, now: datetime
) -> IngestPlan:
    occasion = rows.Occasion(now, memory.crawl_id)
    new, linked = _assign(crawled.source, comparison.new, memory)
    begun = [*new, *_begin(comparison, memory)]
    changed = _beside_before(comparison, memory, now)
    missed = _missed(crawled, comparison, memory, judgement)
    gone, kept_back = _gone(crawled, missed, memory, now)
    restated = _restate([*changed, *linked], gone, comparison.back, memory, occasion)
    standing = _still_standing(memory, restated) if judgement.complete else []
    late = late_revisions(standing, restated.calls, occasion)
    odd_news = odd_new_calls(((a.call_id, a.reported) for a in new), memory.history, memory.known_titles, now)
    waiting = {a.call_id: a.reported.waiting_why for a in changed if a.reported.waiting_since}
    held = _held(comparison, restated, memory, waiting | {known.call_id: GONE_AT_ONCE for known in kept_back})
    result = _result(crawled, comparison, memory, judgement, restated, late)
    result = replace(result, new=_calls(begun), held=len(odd_news) + len(held))
    return IngestPlan(
        crawled=crawled,
        now=now,
        result=result,
        crawl=rows.crawl_row(crawled, judgement, id=memory.crawl_id, seen=result.seen, **result.counts),
        snapshots=_new_snapshots(crawled, comparison, memory),
        new=_new_calls(begun, memory, odd_news, occasion),
        new_sightings=[rows.new_sighting(a.sighting_id, a.call_id, a.reported, now) for a in (*begun, *linked)],
        changed_sightings=[rows.sighting_row(a.reported, now) | {"b_id": a.sighting_id} for a in changed],
        ended_rounds=_ended(begun, memory, occasion),
        references=rows.reference_rows((a.sighting_id, a.reported) for a in (*begun, *linked, *changed)),
        missed_sightings=[known.id for known in missed],
        gone_sightings=[known.id for known in gone],
        left_out_sightings=_left_out(crawled, comparison),
        returned_sightings=[k.id for k in comparison.unchanged if k.missed or k.gone or not k.listed],
        unlisted_sightings=_unlisted(crawled, comparison),
        restated=restated,
        settled_revisions=[row.id for field in standing for row in field.revisions if row.damped],
        late_revisions=late,
        held_calls=held,
        questions=decide_questions(_asking([*begun, *linked, *changed]), memory.questions, now),
        kept_back_sightings=[known.id for known in kept_back if known.waiting_since is None],
    )


def _held_whole(
    crawled: Crawled, memory: SourceMemory, judgement: Judgement, different: Sequence[str], now: datetime
) -> IngestPlan:
    """Nothing of a different crawl is taken over, until its fields are back or a person says that they are gone."""
    counts = ", ".join(f"{name} ({memory.losses[name]} calls)" for name in different)
    why = f"different: no longer named: {counts}; held until it is back, or until 'release {crawled.source}'"
    judgement = replace(judgement, complete=False, why=why, shrunk=False, measure=False, lost=tuple(different))
    seen = _seen(crawled, memory.history)
    result = IngestResult(memory.crawl_id, judgement, seen)
    return IngestPlan(
        crawled=crawled,
        now=now,
        result=result,
        crawl=rows.crawl_row(crawled, judgement, id=memory.crawl_id, seen=seen, **result.counts),
    )


def _asking(listings: Iterable[AssignedListing]) -> Iterator[AskedOfSighting]:
    """The listings whose questions are to be asked, or are raised no more; not of what waits as it was."""
    heard = (a for a in listings if not a.reported.waiting_since)
    return (AskedOfSighting(a.sighting_id, a.call_id, a.reported.listing) for a in heard)


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
    """The changed listings; what is odd waits as it was."""
    heard = beside_before(comparison, memory.records, memory.under_way, now)
    return [AssignedListing(known.id, known.call_id, reported) for known, reported in heard]


def _begin(comparison: Comparison, memory: SourceMemory) -> list[AssignedListing]:
    """A next round is a call of its own: what people said of the round before stays with that."""
    first = len(comparison.new)
    ids = zip(memory.sighting_ids[first:], memory.call_ids[first:], comparison.rounds, strict=False)
    return [AssignedListing(sighting, call, reported, known) for sighting, call, (known, reported) in ids]


def _ended(new: Sequence[AssignedListing], memory: SourceMemory, occasion: rows.Occasion) -> EndedRounds:
    """The old sighting keeps what it said under a key of its own; its call says where the source went."""
    ended = EndedRounds()
    for begun, known in ((begun, begun.previous) for begun in new if begun.previous):
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


def _names_any(crawled: Crawled) -> bool:
    """Whether it says of any call that it is listed."""
    return crawled.unchanged or bool(crawled.listings)


def _left_out(crawled: Crawled, comparison: Comparison) -> list[int]:
    """What was listed until this crawl: their rows keep when; so does that of a round which ended."""
    if crawled.unchanged or not _names_any(crawled):
        return []
    ended = (known for known, _ in comparison.rounds if known.listed)
    return [known.id for known in (*comparison.left_out, *ended)]


def _unlisted(crawled: Crawled, comparison: Comparison) -> Rows:
    """How many lists in a row have lacked the pages that were read without them."""
    seen = [*comparison.unchanged, *(known for known, _ in comparison.changed)]
    unlisted = {identity(external_id) for external_id in crawled.unlisted}
    return [{"b_id": known.id, "missed": known.missed + 1} for known in seen if known.external_id in unlisted]


def _gone(
    crawled: Crawled, missed: Sequence[KnownSighting], memory: SourceMemory, now: datetime
) -> tuple[list[KnownSighting], list[KnownSighting]]:
    """Absent once too often, and those of them that wait since a whole type vanished at once.

    Not what its source, which can be asked for single calls, did not say to be gone.
    """
    unconfirmed = {identity(external_id) for external_id in crawled.unconfirmed}
    gone = [known for known in nearly_gone(missed) if known.external_id not in unconfirmed]
    at_once = of_whole_types([known.call_id for known in gone], memory.under_way)
    kept_back = [k for k in gone if k.call_id in at_once and not waited_enough(k.waiting_since, now)]
    return [known for known in gone if known not in kept_back], kept_back


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


def _held(
    comparison: Comparison, restated: Restated, memory: SourceMemory, waiting: Mapping[int, str]
) -> dict[int, str]:
    """The known calls that are held from mail, and why."""
    seen_again = len(comparison.unchanged) + len(comparison.changed)
    flood = is_flood_of_changes(len(restated.telling), seen_again, memory.history)
    return {**(dict.fromkeys(restated.telling, CHANGED) if flood else {}), **waiting}


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


def _new_calls(
    new: Sequence[AssignedListing], memory: SourceMemory, held: Mapping[int, str], occasion: rows.Occasion
) -> NewCalls:
    """The call, its dates and the revision that says it is new."""
    before = rounds_before([assigned.reported for assigned in new], memory.ended, occasion.now)
    calls, dates, revisions, now = [], [], [], occasion.now
    for assigned in new:
        merged = assigned.reported.merged
        why = held.get(assigned.call_id, "")
        row = rows.call_row(merged)
        row.update(
            id=assigned.call_id, first_seen=now, last_seen=now, version=1, not_listed_since=None,
            held=bool(why), held_why=why, held_since=now if why else None, eligible_estimate=True, eligible_why="",
            previous_round_id=assigned.previous.call_id if assigned.previous else before.get(assigned.reported.key),
        )  # fmt: skip
        calls.append(row)
        placed = rows.numbered(merged.deadlines, merged.gates)
        dates += [rows.new_date(assigned.call_id, place, now) for place in placed]
        over = row["closes_at"] is not None and row["closes_at"] <= now
        news = {"telling": not (over or row["source_word"] in OVER), "snapshot": assigned.reported.listing.snapshot}
        revisions.append(occasion.revision(assigned.call_id, RevisionKind.NEW, **news))
    return NewCalls(calls, dates, revisions)
