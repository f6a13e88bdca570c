"""Compose: what was this person not told yet? Pure; answers with a Digest, which may be empty."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from db.queries import CallFilter
from db.vocabulary import Eligibility, ToldKind
from notifications.catalogue import Catalogue, CatalogueCall, CatalogueMatch, Change
from notifications.news import Memory, Tell, closes_soon, news_of, openings_told, today
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
from notifications.wording import start_of_day

FIT_OF_UNPLACED = 0.3  # the fit of what is said to be for public bodies and is of no opgave
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


class Reason(NamedTuple):
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
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def candidate(self) -> Candidate:
        """What it is weighed by."""
        return self.weighed(self.window)

    def weighed(self, window: DecisionWindow) -> Candidate:
        """What it is weighed by where its reader can decide within this window; kept, as many readers share an item."""
        candidate: Candidate | None = self._kept.get(id(window))  # the candidate holds it, so that its id stays its own
        if candidate is None:
            score = self.reasons[0].score if self.reasons else 1.0 if self.followed else FIT_OF_UNPLACED
            candidate = self._kept[id(window)] = Candidate(self.call, score, self.followed, window)
        return candidate

    def placed(self, place: Place, window: DecisionWindow, also: tuple[CatalogueCall, ...] = ()) -> "Item":
        """The same in its section; kept, so that it is rendered once for all who read it there."""
        key = (place, id(window), tuple([other.id for other in also]))
        item: Item | None = self._kept.get(key)
        if item is None:
            item = self._kept[key] = replace(self, place=place, window=window, also=also)
        return item

    def tells(self, now: datetime) -> tuple[Tell, ...]:
        """What a mail of this moment tells by naming it; kept, as its place and its words are."""
        key = ("tells", now)
        if key not in self._kept:
            self._kept[key] = tuple(_tells(self, now))
        told: tuple[Tell, ...] = self._kept[key]
        return told

    def told_in_full(self, calls: Mapping[int, CatalogueCall]) -> "Item":
        """The same with all there is to say of its call, and the words by which it matched; see `Digest`."""
        call = calls[self.call.id]
        words = {match.challenge_id: match.words for match in call.matches}
        reasons = tuple(each._replace(words=words.get(each.challenge_id, ())) for each in self.reasons)
        return replace(self, call=call, reasons=reasons, also=tuple(calls[other.id] for other in self.also))

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """Reading order: the section, in it worth for what is new and the date for the rest; the id makes it stable."""
        due = self.call.next_due.day if self.call.next_due else None
        worth = -self.candidate.worth if self.kind is ToldKind.NEW else 0.0
        return PLACES.index(self.place), worth, due is None, due or date.max, self.call.id

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
    for_others: int = 0  # set aside too, and only counted: nobody reads what a mail only tells the number of

    @property
    def set_aside(self) -> int:
        """How many calls are set aside."""
        return len(self.aside) + self.for_others

    @property
    def empty(self) -> bool:
        """Whether no call would be named: what is only counted is no reason to write."""
        return not self.items

    @cached_property
    def tells(self) -> tuple[Tell, ...]:
        """What the mail tells: what it names, and what it sets aside."""
        aside = [(call.id, call.version, ToldKind.SET_ASIDE.value, "") for call in self.aside]
        return (*chain.from_iterable([item.tells(self.now) for item in self.items]), *aside)

    @property
    def names(self) -> frozenset[int]:
        """The calls that it names, also beside another that may be the same."""
        return frozenset(call.id for item in self.items for call in (item.call, *item.also))

    def told_in_full(self, calls: Mapping[int, CatalogueCall]) -> "Digest":
        """The same, of calls read with only what they are weighed by; ``calls``: all that it names, whole."""
        return replace(self, items=tuple(item.told_in_full(calls) for item in self.items))

    def counting(self, for_others: int) -> "Digest":
        """The same with so many more set aside, of which nothing was read."""
        return replace(self, for_others=for_others)

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
        items = [item for item in items if closes_soon(item.call, now) and item.kind is not ToldKind.OPENING]
    fresh = [item for item in items if item.kind is ToldKind.NEW]
    others = [query for query in wanted if Eligibility.NO in query.filter.eligible]
    asked = [item for item in fresh if item.followed or _is_asked_for(item.call, others)]
    if all(query.filter.eligible for query in wanted):  # who asks by who may apply means what is for their own area
        asked = [item for item in asked if item.followed or not windows(item.call).out_of_reach]
    weighed = {item.call.id: each for item in asked if not (each := item.weighed(windows(item.call))).is_weak}
    of_use = [item for item in asked if item.call.id in weighed]
    usable = _folded(sorted(of_use, key=lambda item: weighed[item.call.id].order), catalogue)
    known = weighed.keys() | {other.id for _, also in usable for other in also} | memory.aside
    aside = tuple(item.call for item in fresh if item.call.id not in known)
    most = max((query.most for query in wanted), default=6)
    pressing = until or today(now) + timedelta(days=NAMED_BEFORE)
    placing = place([weighed[item.call.id] for item, _ in usable], most, today(now), pressing)
    named = [
        item.placed(placing.named[item.call.id], weighed[item.call.id].window, also)
        for item, also in usable
        if item.call.id in placing.named
    ]
    rest = [
        item.placed(PLACE_OF[item.kind], windows(item.call).of_area)
        for item in items
        if item.kind is not ToldKind.NEW and _concerns(item, windows(item.call), memory)
    ]
    ordered = tuple(sorted([*named, *rest], key=lambda item: item.order))
    new_sources = () if first else coverage.new_since(memory.since)
    return Digest(now, ordered, wanted, coverage, placing.waiting, placing.announced, aside, pressing, new_sources)


def _folded(items: Iterable[Item], catalogue: Catalogue) -> list[tuple[Item, tuple[CatalogueCall, ...]]]:
    """New calls that may be one stand once: the first names the others, and nobody is told of them again."""
    named = set[int]()
    folded: list[tuple[Item, tuple[CatalogueCall, ...]]] = []
    for item in items:
        if item.call.id not in named:
            doubles = catalogue.doubles.get(item.call.id)
            if not doubles:
                folded.append((item, ()))
                continue
            others = (catalogue.calls.get(other) for other in doubles)
            also = tuple(other for other in others if other is not None and not other.held)
            named |= {other.id for other in also}
            folded.append((item, also))
    return folded


def _is_asked_for(call: CatalogueCall, for_others: Iterable[SubscriptionQuery]) -> bool:
    """Whether a public body can use it, or a filter asks by name for what it hardly can."""
    return call.eligible != Eligibility.NO or any(passes(call, query) for query in for_others)


def _concerns(item: Item, window: DecisionWindow, memory: Memory) -> bool:
    """Whether a date is worth a line again: not of what lands elsewhere, unless the reader follows it or put it off."""
    own = item.followed or item.call.id in memory.later
    return own or not window.out_of_reach or item.kind not in (ToldKind.CLOSING, ToldKind.OPENING)


PLACE_OF = {
    ToldKind.CHANGED: Place.CHANGED, ToldKind.GONE: Place.GONE,
    ToldKind.CLOSING: Place.CLOSING, ToldKind.OPENING: Place.OPENING,
}  # fmt: skip


def _reasons(catalogue: Catalogue, queries: tuple[SubscriptionQuery, ...], memory: Memory) -> dict[int, Wanted]:
    """Per call the opgaven it is wanted for."""
    reasons: dict[int, Wanted] = {}
    refused = memory.refused
    for query in queries:
        within = catalogue.within(query.filter.challenges) if query.filter.challenges else None
        label = query.describe(catalogue)
        plain = query.filter.model_copy(update={"challenges": ()}) == EVERYTHING
        for call, match in _matched(catalogue, within):
            number, challenge = call.id, match.challenge_id
            if (refused and (number, challenge) in refused) or not (plain or passes(call, query)):
                continue
            of_call = reasons.get(number)
            if of_call is None:
                of_call = reasons[number] = {}
            if challenge in of_call:
                of_call[challenge][1].append(label)
            else:
                of_call[challenge] = match, [label]
    for query in queries:
        for call in catalogue.unplaced if not query.filter.challenges else ():
            if passes(call, query):  # who asks for everything hears of what is said to be for public bodies
                reasons.setdefault(call.id, {})
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
        wanted.closes_before is None or (closes is not None and closes <= start_of_day(wanted.closes_before)),
        wanted.closes_after is None or (closes is not None and closes > start_of_day(wanted.closes_after)),
    ))  # fmt: skip


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
        if changes or followed or several:  # of this reader alone
            yield Item(call, kind, _as_reasons(catalogue, of_call, several), followed, changes, fresh=fresh)
        else:
            yield _kept_item(catalogue, call, kind, of_call, fresh)


def _kept_item(catalogue: Catalogue, call: CatalogueCall, kind: ToldKind, of_call: Wanted, fresh: bool) -> Item:
    """One item for all readers to whom the same is said of a call."""
    key = (call.id, kind, tuple(of_call), fresh)
    item: Item | None = catalogue.kept.get(key)
    if item is None:
        item = catalogue.kept[key] = Item(call, kind, _as_reasons(catalogue, of_call, several=False), fresh=fresh)
    return item


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
    if call.is_news and call.next_due is not None and closes_soon(call, now):
        yield call.id, call.version, ToldKind.CLOSING.value, call.next_due.name
    if call.is_news and call.opens is not None and call.opens.day is not None:
        yield from ((call.id, call.version, ToldKind.OPENING.value, name) for name in openings_told(call, now))
