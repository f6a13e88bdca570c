"""Compose: what was this person not told yet? Pure; answers with a Digest, which may be empty."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any

from db.queries import CallFilter
from db.vocabulary import Eligibility, Status, ToldKind
from notifications.catalogue import Catalogue, CatalogueCall, CatalogueMatch, Change
from notifications.changes_since import net_changes
from notifications.places import (
    NAMED_BEFORE,
    NO_WINDOW,
    PLACES,
    Candidate,
    DecisionWindow,
    Place,
    Windows,
    no_windows,
    place,
)
from notifications.wording import AMSTERDAM, local_day

SOON = 21  # days before closing from which it is said once more
OPENS_SOON = 14
OPENED = 7  # days after its opening in which that is still told
OPEN, AHEAD = "open", "ahead"  # what a ledger says of an opening: that it opened; that it was known long before
Tell = tuple[int, int, str, str]  # call, version, kind, detail
Wanted = dict[str, tuple[CatalogueMatch, list[str]]]  # per opgave its match, and the subscriptions that want it


@dataclass(frozen=True)
class SubscriptionQuery:
    """What a subscription asks for."""

    id: int
    name: str
    filter: CallFilter
    most: int = 20
    nothing_new: bool = False
    with_words: frozenset[int] | None = None  # the calls that the filter's words find

    def describe(self, catalogue: Catalogue) -> str:
        """Its name, or what it asks for."""
        if self.name:
            return self.name
        names = [catalogue.opgaven[c].name for c in self.filter.challenges if c in catalogue.opgaven]
        return ", ".join(names) or "alle opgaven"


@dataclass
class Memory:
    """What a person was told already, by mails that did not fail, and what they said of it."""

    versions: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)  # the version whose new date a mail of its own told
    details: set[tuple[int, str, str]] = field(default_factory=set)  # call, kind, detail
    follows: dict[int, datetime] = field(default_factory=dict)  # since when
    refused: frozenset[tuple[int, str | None]] = frozenset()  # call and opgave somebody said "niet voor ons" of
    later: frozenset[int] = frozenset()  # calls the person put off
    aside: set[int] = field(default_factory=set)  # counted once as hardly for a public body, never named
    told_at: dict[int, datetime] = field(default_factory=dict)  # when a mail last told how a call stands
    since: datetime | None = None  # when the last digest was written

    def learn(self, tells: Iterable[Tell], at: datetime) -> None:
        """Remember what a mail tells, that was written then."""
        for call, version, kind, detail in tells:
            if kind in (ToldKind.NEW, ToldKind.CHANGED):
                self.versions[call] = max(version, self.versions.get(call, 0))
            if kind in (ToldKind.NEW, ToldKind.CHANGED, ToldKind.MOVED):
                self.told_at[call] = max(at, self.told_at.get(call, at))
            if kind == ToldKind.MOVED:
                self.moved[call] = max(version, self.moved.get(call, 0))
            if kind == ToldKind.SET_ASIDE:
                self.aside.add(call)
            self.details.add((call, kind, detail))

    def has(self, call: int, kind: ToldKind, detail: str) -> bool:
        """Whether this was told, of the call or of one that was joined into it."""
        return not self.details.isdisjoint({(call, kind.value, detail), (call, kind.value, "")})


@dataclass(frozen=True)
class Reason:
    """Why a call is in this mail: an opgave it matched, for which subscriptions, by which words."""

    challenge_id: str
    challenge: str
    words: tuple[str, ...]
    subscriptions: tuple[str, ...]  # their names
    score: float


@dataclass(frozen=True)
class Item:
    """One call in a mail, with everything there is to say of it."""

    call: CatalogueCall
    kind: ToldKind
    reasons: tuple[Reason, ...] = ()
    followed: bool = False
    changes: tuple[Change, ...] = ()
    place: Place = Place.CHOOSE
    window: DecisionWindow = NO_WINDOW
    also: tuple[CatalogueCall, ...] = ()  # what it may be the same as, named here once
    fresh: bool = False  # it appeared since the last digest, and is open

    @property
    def candidate(self) -> Candidate:
        """What it is weighed by."""
        return self.weighed(self.window)

    def weighed(self, window: DecisionWindow) -> Candidate:
        """What it is weighed by where its reader can decide within this window."""
        return Candidate(self.call, self.reasons[0].score if self.reasons else 1.0, self.followed, window)

    @property
    def brief(self) -> bool:
        """Whether one line is enough."""
        return not (self.place is Place.CHOOSE or (self.followed and self.kind is not ToldKind.NEW))


@dataclass(frozen=True)
class Coverage:
    """How complete the sources were: who reads a quiet digest must know whether it is quiet out there."""

    sources: int = 0
    complete: int = 0
    incomplete: tuple[str, ...] = ()
    last_round: datetime | None = None
    waiting: int = 0
    overdue: Mapping[str, date | None] = field(default_factory=dict)  # not complete for days: since when, or never
    unmatched: int = 0  # calls that the matcher has not seen yet
    since: Mapping[str, datetime] = field(default_factory=dict)  # when a source was complete for the first time

    def new_since(self, moment: datetime | None) -> tuple[str, ...]:
        """The sources that were complete for the first time after a moment; none where there is no moment."""
        return tuple(sorted(name for name, at in self.since.items() if moment is not None and at > moment))


@dataclass(frozen=True)
class Digest:
    """What one person is to be told now, in the order of its worth.

    ``waiting`` and ``announced`` are not named and not told: they come by name later. ``aside`` is counted once: what a
    public body can hardly use, and nobody asked for.
    """

    now: datetime
    items: tuple[Item, ...]
    queries: tuple[SubscriptionQuery, ...]
    coverage: Coverage
    waiting: frozenset[int] = frozenset()
    announced: frozenset[int] = frozenset()
    aside: tuple[CatalogueCall, ...] = ()
    pressing: date = date.max  # what closes by then is named before the rest
    new_sources: tuple[str, ...] = ()  # read for the first time since the last digest

    @property
    def empty(self) -> bool:
        """Whether no call would be named: what is only counted is no reason to write."""
        return not self.items

    @cached_property
    def tells(self) -> tuple[Tell, ...]:
        """What the mail tells: what it names, and what it sets aside."""
        aside = ((call.id, call.version, ToldKind.SET_ASIDE.value, "") for call in self.aside)
        return (*(tell for item in self.items for tell in _tells(item, self.now)), *aside)

    def naming(self, items: Iterable[Item]) -> "Digest":
        """The same with only these items; what does not fit waits."""
        named = tuple(items)
        left = {item.call.id for item in self.items} - {item.call.id for item in named}
        return replace(self, items=named, waiting=self.waiting | left)


def compose(
    catalogue: Catalogue, queries: Iterable[SubscriptionQuery], memory: Memory, coverage: Coverage, now: datetime,
    first: bool = False, urgent: bool = False, windows: Windows = no_windows, until: date | None = None,
) -> Digest:  # fmt: skip
    """What these subscriptions of one person have to tell that the person was not told.

    Each call stands once, with all its reasons. Only what is named counts as told. A first digest tells of no changes;
    an urgent one holds only what closes within 21 days. ``windows``: until when the reader's organisation can decide;
    ``until``: what closes by then is named before the rest, since the next digest would name it too late.
    """
    wanted = tuple(queries)
    items = list(_items(catalogue, _reasons(catalogue, wanted, memory), memory, now, first, len(wanted) > 1))
    if urgent:
        items = [item for item in items if _closes_within(item.call, now, SOON) and item.kind is not ToldKind.OPENING]
    fresh = [item for item in items if item.kind is ToldKind.NEW]
    asked = [item for item in fresh if item.followed or _is_asked_for(item.call, wanted)]
    weighed = {item.call.id: each for item in asked if not (each := item.weighed(windows(item.call))).is_weak}
    of_use = [item for item in asked if item.call.id in weighed]
    usable = _folded(sorted(of_use, key=lambda item: weighed[item.call.id].order), catalogue)
    known = weighed.keys() | {other.id for _, also in usable for other in also} | memory.aside
    aside = tuple(item.call for item in fresh if item.call.id not in known)
    most = max((query.most for query in wanted), default=6)
    pressing = until or _today(now) + timedelta(days=NAMED_BEFORE)
    placing = place([weighed[item.call.id] for item, _ in usable], most, _today(now), pressing)
    named = [
        replace(item, place=placing.named[item.call.id], window=weighed[item.call.id].window, also=also)
        for item, also in usable
        if item.call.id in placing.named
    ]
    others = [replace(item, place=PLACE_OF[item.kind]) for item in items if item.kind is not ToldKind.NEW]
    ordered = tuple(sorted([*named, *others], key=_order))
    new_sources = () if first else coverage.new_since(memory.since)
    return Digest(now, ordered, wanted, coverage, placing.waiting, placing.announced, aside, pressing, new_sources)


def _folded(items: Iterable[Item], catalogue: Catalogue) -> list[tuple[Item, tuple[CatalogueCall, ...]]]:
    """New calls that may be one stand once: the first names the others, and nobody is told of them again."""
    named, folded = set[int](), []
    for item in items:
        if item.call.id not in named:
            others = (catalogue.calls.get(other) for other in catalogue.doubles.get(item.call.id, ()))
            also = tuple(other for other in others if other is not None and not other.held)
            named |= {other.id for other in also}
            folded.append((item, also))
    return folded


def _is_asked_for(call: CatalogueCall, queries: tuple[SubscriptionQuery, ...]) -> bool:
    """Whether a public body can use it, or a filter asks by name for what it hardly can."""
    if call.eligible != Eligibility.NO:
        return True
    return any(Eligibility.NO in query.filter.eligible and passes(call, query) for query in queries)


PLACE_OF = {
    ToldKind.CHANGED: Place.CHANGED, ToldKind.GONE: Place.GONE,
    ToldKind.CLOSING: Place.CLOSING, ToldKind.OPENING: Place.OPENING,
}  # fmt: skip


def _order(item: Item) -> tuple[Any, ...]:
    """Reading order: the section, in it worth for what is new and the date for the rest; the id makes it stable."""
    due = item.call.next_due.day if item.call.next_due else None
    worth = -item.candidate.worth if item.kind is ToldKind.NEW else 0.0
    return PLACES.index(item.place), worth, due is None, due or date.max, item.call.id


def _reasons(catalogue: Catalogue, queries: tuple[SubscriptionQuery, ...], memory: Memory) -> dict[int, Wanted]:
    """Per call the opgaven it is wanted for."""
    reasons: dict[int, Wanted] = {}
    for query in queries:
        within = catalogue.within(query.filter.challenges) if query.filter.challenges else None
        label = query.describe(catalogue)
        plain = query.filter.model_copy(update={"challenges": ()}) == EVERYTHING
        for call, match in _matched(catalogue, within):
            if (call.id, match.challenge_id) in memory.refused or not (plain or passes(call, query)):
                continue
            _, labels = reasons.setdefault(call.id, {}).setdefault(match.challenge_id, (match, []))
            labels.append(label)
    for call_id in {call for call, challenge in memory.refused if challenge is None}:
        reasons.pop(call_id, None)
    for call_id in memory.follows.keys() & catalogue.calls.keys():
        reasons.setdefault(call_id, {})
    return reasons


def _matched(catalogue: Catalogue, within: frozenset[str] | None) -> Iterator[tuple[CatalogueCall, CatalogueMatch]]:
    for challenge in catalogue.by_challenge if within is None else within:
        yield from catalogue.by_challenge.get(challenge, ())


def passes(call: CatalogueCall, query: SubscriptionQuery) -> bool:
    """Whether a call is within a filter, its opgaven apart; the same rule as ``calls_for`` has in SQL."""
    wanted, closes = query.filter, call.gate_at or call.closes_at
    return all((
        query.with_words is None or call.id in query.with_words,
        not wanted.status or call.status in wanted.status,
        not wanted.eligible or call.eligible in wanted.eligible,
        not wanted.instruments or call.instrument in wanted.instruments,
        not wanted.sources or not call.sources.isdisjoint(wanted.sources),
        not wanted.languages or call.language in wanted.languages,
        wanted.at_least is None or max(call.budget or 0, call.max_amount or 0) >= wanted.at_least,
        wanted.closes_before is None or (closes is not None and closes <= _midnight(wanted.closes_before)),
        wanted.closes_after is None or (closes is not None and closes > _midnight(wanted.closes_after)),
    ))  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)


EVERYTHING = CallFilter()


def _items(
    catalogue: Catalogue, reasons: Mapping[int, Wanted], memory: Memory, now: datetime, first: bool, several: bool
) -> Iterator[Item]:
    for call_id, of_call in reasons.items():
        call = catalogue.calls[call_id]
        if call.held:
            continue
        followed = call_id in memory.follows
        kind, changes = news_of(call, memory, now, only_followed=followed and not of_call)
        if kind is None or (first and kind is not ToldKind.NEW):
            continue
        fresh = kind is ToldKind.NEW and not first and call.appeared_after(memory.since)
        yield Item(call, kind, _as_reasons(catalogue, of_call, several), followed, changes, fresh=fresh)


def news_of(
    call: CatalogueCall, memory: Memory, now: datetime, only_followed: bool
) -> tuple[ToldKind | None, tuple[Change, ...]]:
    """In which capacity a call is news for this person, if at all."""
    told = memory.versions.get(call.id)
    if told is None and not only_followed:
        return (ToldKind.NEW, ()) if call.is_news else (None, ())
    since = memory.follows.get(call.id) if told is None else None
    changes = net_changes(call, told or 0, memory.moved.get(call.id, 0), since, memory.told_at.get(call.id))
    if changes:
        return ToldKind.CHANGED, changes
    if call.id in memory.follows and call.gone_name and not memory.has(call.id, ToldKind.GONE, call.gone_name):
        return ToldKind.GONE, ()
    if not call.is_news:
        return None, ()
    if _closes_soon_untold(call, memory, now):
        return ToldKind.CLOSING, ()
    return (ToldKind.OPENING, ()) if _opening_name(call, memory, now) else (None, ())


def _closes_soon_untold(call: CatalogueCall, memory: Memory, now: datetime) -> bool:
    """Said once more of what one follows or put off, and of what one can apply for and did not judge."""
    due = call.next_due
    if due is None or not _closes_within(call, now, SOON) or memory.has(call.id, ToldKind.CLOSING, due.name):
        return False
    of_use = call.eligible in (Eligibility.SELF, Eligibility.UNKNOWN)
    return of_use or call.id in memory.follows or call.id in memory.later


def _opening_name(call: CatalogueCall, memory: Memory, now: datetime) -> str:
    """What a ledger remembers of an opening that is to be told now; empty for none.

    Two weeks ahead, and once more when it has opened, to who was told of the call before that.
    """
    if call.opens is None or call.opens.day is None:
        return ""
    ahead, opened = call.opens.name, f"{call.opens.name}:{OPEN}"
    days = (call.opens.day - _today(now)).days
    if call.status is not Status.OPEN:
        return ahead if 0 <= days <= OPENS_SOON and not memory.has(call.id, ToldKind.OPENING, ahead) else ""
    before = any((call.id, ToldKind.OPENING.value, name) in memory.details for name in (ahead, f"{ahead}:{AHEAD}"))
    told = (call.id, ToldKind.OPENING.value, opened) in memory.details
    return opened if before and not told and -OPENED <= days <= 0 else ""


def _closes_within(call: CatalogueCall, now: datetime, days: int) -> bool:
    left = call.days_to_close(_today(now))
    return left is not None and left <= days


@lru_cache(maxsize=16)
def _today(now: datetime) -> date:
    return local_day(now)


def _as_reasons(catalogue: Catalogue, of_call: Wanted, several: bool) -> tuple[Reason, ...]:
    """``several``: the person has more than one subscription, so it matters which one wanted it."""
    reasons = [
        Reason(
            challenge,
            catalogue.opgaven[challenge].name if challenge in catalogue.opgaven else challenge,
            match.words,
            tuple(dict.fromkeys(labels)) if several else (),
            match.score,
        )
        for challenge, (match, labels) in of_call.items()
    ]
    return tuple(sorted(reasons, key=lambda reason: (-reason.score, reason.challenge_id)))


def _tells(item: Item, now: datetime) -> Iterator[Tell]:
    call = item.call
    if item.kind in (ToldKind.NEW, ToldKind.CHANGED):
        yield call.id, call.version, item.kind.value, ""
        yield from ((other.id, other.version, item.kind.value, "") for other in item.also)
    if item.kind is ToldKind.GONE:
        yield call.id, call.version, item.kind.value, call.gone_name
    if call.is_news and call.next_due is not None and _closes_within(call, now, SOON):
        yield call.id, call.version, ToldKind.CLOSING.value, call.next_due.name
    if call.is_news and call.opens is not None and call.opens.day is not None:
        yield from ((call.id, call.version, ToldKind.OPENING.value, name) for name in _openings_told(call, now))


def _openings_told(call: CatalogueCall, now: datetime) -> Iterator[str]:
    """What naming a call says of its opening: that it is open, that it opens soon, or that it is to open some day."""
    opens = call.opens
    if opens is None or opens.day is None:
        return
    days = (opens.day - _today(now)).days
    if call.status is Status.OPEN:
        yield f"{opens.name}:{OPEN}"
    else:
        yield opens.name if days <= OPENS_SOON else f"{opens.name}:{AHEAD}"
