"""Compose: what was this person not told yet? Pure; answers with a Digest, which may be empty."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from db.queries import CallFilter
from db.vocabulary import DeadlineKind, Eligibility, Status, ToldKind
from notifications.catalogue import Catalogue, CatalogueCall, CatalogueMatch, Change
from notifications.wording import AMSTERDAM, days_between, local_day

SOON = 21  # days before closing from which a call is never cut from a mail
OPENS_SOON = 14
FIRST_MOST = 10
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

    def learn(self, tells: Iterable[Tell]) -> None:
        """Remember what a mail tells."""
        for call, version, kind, detail in tells:
            if kind in (ToldKind.NEW, ToldKind.CHANGED):
                self.versions[call] = max(version, self.versions.get(call, 0))
            if kind == ToldKind.MOVED:
                self.moved[call] = max(version, self.moved.get(call, 0))
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
    uncut: bool = False
    late: str = ""  # why the reader's organisation can no longer decide in time
    also: tuple[CatalogueCall, ...] = ()  # what it may be the same as, named here once


@dataclass(frozen=True)
class Coverage:
    """How complete the sources were: who reads a quiet digest must know whether it is quiet out there."""

    sources: int = 0
    complete: int = 0
    incomplete: tuple[str, ...] = ()
    last_round: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True)
class Digest:
    """What one person is to be told now, in the order of need."""

    now: datetime
    items: tuple[Item, ...]
    rest: tuple[tuple[str, str, int], ...]  # opgave, its name, number of calls not shown
    announced: int
    tells: tuple[Tell, ...]
    queries: tuple[SubscriptionQuery, ...]
    coverage: Coverage
    first: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell; forthcoming calls alone are no reason to write a first mail."""
        return not self.items and not self.rest


def compose(
    catalogue: Catalogue, queries: Iterable[SubscriptionQuery], memory: Memory, coverage: Coverage, now: datetime,
    first: bool = False, urgent: bool = False,
) -> Digest:  # fmt: skip
    """What these subscriptions of one person have to tell that the person was not told.

    Each call stands once, with all its reasons. A first digest holds the open calls, at most ten by deadline, and
    counts the rest; all of it counts as told. An urgent one holds only what closes within 21 days.
    """
    wanted = tuple(queries)
    several = len(wanted) > 1
    reasons = _reasons(catalogue, wanted, memory)
    items = list(_items(catalogue, reasons, memory, now, first, several))
    if urgent:
        items = [item for item in items if item.uncut and item.kind is not ToldKind.OPENING]
    items.sort(key=lambda item: _need(item, first))
    tells = tuple(tell for item in items for tell in _tells(item, now))
    items = list(_folded(items, catalogue))
    shown, cut = _first_cut(items) if first else _cut(items, max((w.most for w in wanted), default=20))
    forthcoming = sum(first and item.call.status is not Status.OPEN for item in cut)
    rest = _summed(catalogue, [item for item in cut if not (first and item.call.status is not Status.OPEN)])
    return Digest(now, tuple(shown), rest, forthcoming, tells, wanted, coverage, first)


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
        kind, changes = _kind(call, memory, now, only_followed=followed and not of_call)
        if kind is None or (first and kind is not ToldKind.NEW):
            continue
        soon = _closes_within(call, now, SOON)
        uncut = soon or (followed and kind is ToldKind.CHANGED)
        yield Item(call, kind, _as_reasons(catalogue, of_call, several), followed, changes, uncut)


def _kind(
    call: CatalogueCall, memory: Memory, now: datetime, only_followed: bool
) -> tuple[ToldKind | None, tuple[Change, ...]]:
    """In which capacity a call is news for this person, if at all."""
    told = memory.versions.get(call.id)
    if told is None and not only_followed:
        return (ToldKind.NEW, ()) if call.is_news else (None, ())
    since = memory.follows.get(call.id) if told is None else None
    changes = net_changes(call, told or 0, memory.moved.get(call.id, 0), since)
    if changes:
        return ToldKind.CHANGED, changes
    if not call.is_news:
        return None, ()
    due = call.next_due
    if due is not None and _closes_within(call, now, SOON) and not memory.has(call.id, ToldKind.CLOSING, due.name):
        return ToldKind.CLOSING, ()
    opening = call.status is not Status.OPEN and call.opens is not None and call.opens.day is not None
    if opening and call.opens and not memory.has(call.id, ToldKind.OPENING, call.opens.name):
        days = days_between(now, call.opens.shown or now)
        return (ToldKind.OPENING, ()) if 0 <= days <= OPENS_SOON else (None, ())
    return None, ()


def _folded(items: Iterable[Item], catalogue: Catalogue) -> Iterator[Item]:
    """New calls that may be one stand once: the first names the others, and nobody is told of them again."""
    named: set[int] = set()
    for item in items:
        if item.kind is not ToldKind.NEW:
            yield item
        elif item.call.id not in named:
            others = (catalogue.calls.get(other) for other in catalogue.doubles.get(item.call.id, ()))
            also = tuple(other for other in others if other is not None and not other.held)
            named |= {other.id for other in also}
            yield replace(item, also=also)


def _closes_within(call: CatalogueCall, now: datetime, days: int) -> bool:
    if call.next_due is None or call.next_due.day is None:
        return False
    return (call.next_due.day - _today(now)).days <= days


@lru_cache(maxsize=16)
def _today(now: datetime) -> date:
    return local_day(now)


def net_changes(
    call: CatalogueCall, told: int, moved_told: int = 0, since: datetime | None = None
) -> tuple[Change, ...]:
    """The changes since the told version, one a field, from what was told to what is; what went back is none.

    Dates come first. A date whose move was told by a mail of its own is left out. ``since`` leaves out what is older.
    """
    by_field: dict[str, list[Change]] = {}
    for change in call.changes:
        dated = change.field in _DATE_FIELDS
        old = change.version <= told or (dated and change.version <= moved_told)
        if not old and (since is None or change.at > since):
            by_field.setdefault(change.field, []).append(change)
    net = [
        Change(changes[-1].version, name, changes[0].old, changes[-1].new, changes[-1].at)
        for name, changes in by_field.items()
        if changes[0].old != changes[-1].new and any(change.telling for change in changes)
    ]
    return tuple(sorted(net, key=lambda change: _FIELD_ORDER.get(change.field, 99)))


_DATE_FIELDS = frozenset(str(kind) for kind in DeadlineKind)
_FIELD_ORDER = {
    name: place
    for place, name in enumerate((
        "source_word", "closes", "stage_1", "stage_2", "cut_off", "pre_registration", "consultation", "opens",
        "budget", "min_amount", "max_amount", "amount_text", "rate", "applicants", "eligible",
    ))
}  # fmt: skip


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


def _need(item: Item, first: bool = False) -> tuple[Any, ...]:
    """Reading order: section; in it what the reader can use before what governments cannot; the id makes it stable.

    Of new calls those that fit strongest come first, in steps of a tenth, and then what closes first; a first digest
    and the other sections are read by date.
    """
    due = item.call.next_due.day if item.call.next_due else None
    best = item.reasons[0].score if item.reasons else 1.0
    fit = -round(best, 1) if item.kind is ToldKind.NEW and not first else 0.0
    unusable = item.call.eligible == Eligibility.NO and not item.followed
    return SECTIONS.index(item.kind), unusable, fit, due is None, due or date.max, -best, item.call.id


SECTIONS = (ToldKind.NEW, ToldKind.CHANGED, ToldKind.CLOSING, ToldKind.OPENING)


def _cut(items: list[Item], most: int) -> tuple[list[Item], list[Item]]:
    room = most - sum(item.uncut for item in items)
    shown, cut = [], []
    for item in items:
        if not item.uncut and room <= 0:
            cut.append(item)
            continue
        room -= not item.uncut
        shown.append(item)
    return shown, cut


def _first_cut(items: list[Item]) -> tuple[list[Item], list[Item]]:
    opened = [item for item in items if item.call.status is Status.OPEN]
    forthcoming = [item for item in items if item.call.status is not Status.OPEN]
    nearest = {item.call.id for item in sorted(opened, key=_by_date)[:FIRST_MOST]}
    shown = [item for item in opened if item.call.id in nearest]
    return shown, [item for item in opened if item.call.id not in nearest] + forthcoming


def _by_date(item: Item) -> tuple[Any, ...]:
    due = item.call.next_due.day if item.call.next_due else None
    return due is None, due or date.max, item.call.id


def _summed(catalogue: Catalogue, cut: list[Item]) -> tuple[tuple[str, str, int], ...]:
    """How many calls were not shown, each counted once, under the opgave it matches best."""
    counted = Counter(item.reasons[0].challenge_id if item.reasons else "" for item in cut)
    return tuple(
        (opgave, catalogue.opgaven[opgave].name if opgave in catalogue.opgaven else "overige", number)
        for opgave, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _tells(item: Item, now: datetime) -> Iterator[Tell]:
    call = item.call
    if item.kind in (ToldKind.NEW, ToldKind.CHANGED):
        yield call.id, call.version, item.kind.value, ""
    if call.is_news and call.next_due is not None and _closes_within(call, now, SOON):
        yield call.id, call.version, ToldKind.CLOSING.value, call.next_due.name
    forthcoming = call.is_news and call.status is not Status.OPEN and call.opens is not None
    if forthcoming and call.opens and days_between(now, call.opens.shown or now) <= OPENS_SOON:
        yield call.id, call.version, ToldKind.OPENING.value, call.opens.name
