"""What a person was told already, and in which capacity a call is news to them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from db.vocabulary import Eligibility, Status, ToldKind
from notifications.catalogue import CatalogueCall, Change
from notifications.changes_since import net_changes
from notifications.wording import local_day

SOON = 21  # days before closing from which it is said once more
OPENS_SOON = 14
OPENED = 7  # days after its opening in which that is still told
OPEN, AHEAD = "open", "ahead"  # what a ledger says of an opening: that it opened; that it was known long before
ENDED, BACK = "ended", "back"  # what it says of a followed call: that it was closed early; that it is to be had again
Tell = tuple[int, int, str, str]  # call, version, kind, detail


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
    lost: dict[int, tuple[datetime, str]] = field(default_factory=dict)  # when one told that it was lost, or is back
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
            self._learn_loss(call, kind, detail, at)
            self.details.add((call, kind, detail))

    def _learn_loss(self, call: int, kind: str, detail: str, at: datetime) -> None:
        """The last word counts. Of a call that was joined into this one nothing does: it has no detail left."""
        word = ToldKind.GONE.value if detail and kind == ToldKind.GONE else detail
        if word in (ToldKind.GONE, ENDED, BACK) and (call not in self.lost or self.lost[call][0] < at):
            self.lost[call] = at, word

    def lost_as(self, call: int) -> str:
        """As what a mail said last that a call is no longer to be had: GONE or ENDED; empty where none did."""
        word = self.lost[call][1] if call in self.lost else ""
        return "" if word == BACK else word

    def has(self, call: int, kind: ToldKind, detail: str) -> bool:
        """Whether this was told, of the call or of one that was joined into it."""
        return not self.details.isdisjoint({(call, kind.value, detail), (call, kind.value, "")})


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
    if due is None or not closes_soon(call, now) or memory.has(call.id, ToldKind.CLOSING, due.name):
        return False
    of_use = call.eligible in (Eligibility.SELF, Eligibility.UNKNOWN)
    return of_use or call.id in memory.follows or call.id in memory.later


def _opening_name(call: CatalogueCall, memory: Memory, now: datetime) -> str:
    """What a ledger remembers of an opening that is to be told now; empty for none.

    Two weeks ahead, and once more when it has opened, to who was told of the call before that: of what one follows or
    found relevant, and of what one can apply for. What one can only join was named once, and that is enough.
    """
    again = call.eligible == Eligibility.SELF or call.id in memory.follows
    if not again or call.opens is None or call.opens.day is None:
        return ""
    ahead, opened = call.opens.name, f"{call.opens.name}:{OPEN}"
    days = (call.opens.day - today(now)).days
    if call.status is not Status.OPEN:
        return ahead if 0 <= days <= OPENS_SOON and not memory.has(call.id, ToldKind.OPENING, ahead) else ""
    before = any((call.id, ToldKind.OPENING.value, name) in memory.details for name in (ahead, f"{ahead}:{AHEAD}"))
    told = (call.id, ToldKind.OPENING.value, opened) in memory.details
    return opened if before and not told and -OPENED <= days <= 0 else ""


def closes_soon(call: CatalogueCall, now: datetime) -> bool:
    """Whether one can enter for SOON calendar days yet, at most."""
    left = call.days_to_close(today(now))
    return left is not None and left <= SOON


@lru_cache(maxsize=16)
def today(now: datetime) -> date:
    """The day in Amsterdam; asked for each call of each reader."""
    return local_day(now)


def openings_told(call: CatalogueCall, now: datetime) -> Iterator[str]:
    """What naming a call says of its opening: that it is open, that it opens soon, or that it is to open some day."""
    opens = call.opens
    if opens is None or opens.day is None:
        return
    days = (opens.day - today(now)).days
    if call.status is Status.OPEN:
        yield f"{opens.name}:{OPEN}"
    else:
        yield opens.name if days <= OPENS_SOON else f"{opens.name}:{AHEAD}"
