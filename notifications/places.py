"""Where in a digest a call stands: by what it is worth to its reader. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from operator import attrgetter

from db.vocabulary import Eligibility, Status, Word
from notifications.catalogue import CatalogueCall

SELF_LINES = 40  # one line each; more waits, untold, for the next digest
PARTNER_LINES = 10
NAMED_BEFORE = 60  # days before closing by which a call of our own must have been named: a college needs them
AHEAD = 90  # days; what opens or closes later than this waits untold
LEAST_WORTH = 0.2

# Tried on 1,330 topics that fundraisers judged, 27 weeks (2026-11-29): fit times the chance that a public body can use
# it puts 0.85 to 0.90 of yes and maybe among the first six; by closing date it was 0.57. Of 51 names of calls that do
# not say for whom, in 77 days, 12 were a yes or a maybe (2026-11-30): they are worth the least of what may be for us.
CHANCES: dict[str, float] = {
    Eligibility.SELF: 1.0,
    Eligibility.PARTNER: 0.7,
    Eligibility.UNKNOWN: 0.3,
    Eligibility.NO: 0.1,
}
# Of 62 names as partner, 11 weeks of everything (2026-11-30), 2 of the 12 that fitted less than half were a yes or a
# maybe, of the others half; of 11 that did not say for whom, of which a source gave no text at all, one.
LEAST_FIT: dict[str, float] = {
    Eligibility.PARTNER: 0.5,
    Eligibility.UNKNOWN: LEAST_WORTH / CHANCES[Eligibility.UNKNOWN],
}
FIT_OF_A_TITLE = 0.8  # what says nothing but its title, and not for whom, is named where it fits very well
# Of 46 topics for a partner that somebody judged blind (2026-11-30), 5 of the 19 that fitted so well were a yes, of the
# other 27 one: what is told first must fit as well as that.
FIRST_FIT_OF_A_PARTNER = 0.9
# Fit and chance are read as chances: what takes a full place should be wanted by three of five readers. On a day on
# which only weaker calls are new, a line each is enough, and nothing stands first.
FIRST_WORTH = 0.6
TOO_LATE = 0.3  # what the college can no longer decide is still worth knowing, behind what it can
NOT_OPEN_YET = 0.6


class Place(Word):
    """A section of a digest, in the order in which they stand."""

    CHOOSE = "choose", "kies eerst"
    OURS = "ours", "ook zelf aan te vragen"
    PARTNER = "partner", "als partner"
    UNSURE = "unsure", "niet bekend voor wie"
    ELSEWHERE = "elsewhere", "niet in uw gebied"
    OTHERS = "others", "niet of zelden voor overheden"
    CHANGED = "changed", "gewijzigd"
    GONE = "gone", "verdwenen bij de bron"
    CLOSING = "closing", "sluit binnenkort"
    OPENING = "opening", "nu of binnenkort open"


PLACES = tuple(Place)
OF_USE: dict[str, Place] = {
    Eligibility.SELF: Place.OURS, Eligibility.PARTNER: Place.PARTNER,
    Eligibility.UNKNOWN: Place.UNSURE, Eligibility.NO: Place.OTHERS,
}  # fmt: skip
MOST_LINES = {
    Place.OURS: SELF_LINES, Place.PARTNER: PARTNER_LINES, Place.UNSURE: PARTNER_LINES,
    Place.ELSEWHERE: PARTNER_LINES, Place.OTHERS: 20,
}  # fmt: skip


@dataclass(frozen=True)
class DecisionWindow:
    """Until when the reader's organisation can say go, or why it is too late to decide at all.

    ``assumed``: that day rests on a rhythm of meetings that nobody has looked at yet. ``route``: by which way it can
    still be decided, such as "met een eigen bijdrage". ``out_of_reach``: its money lands elsewhere than where they
    work. ``users``: who of the region can use it, where the own organisation cannot and the reader sees to all of them.
    """

    go_by: date | None = None
    late: str = ""
    assumed: bool = False
    route: str = ""
    out_of_reach: bool = False
    users: str = ""

    @property
    def of_area(self) -> "DecisionWindow":
        """What it says of the reader's area alone, without a day to decide by."""
        return self if self.out_of_reach or self.users else NO_WINDOW


NO_WINDOW, OUT_OF_REACH = DecisionWindow(), DecisionWindow(out_of_reach=True)
Windows = Callable[[CatalogueCall], DecisionWindow]


def no_windows(_: CatalogueCall) -> DecisionWindow:
    """Where no organisation decides: nothing is too late."""
    return NO_WINDOW


@dataclass(slots=True)
class Candidate:
    """A call that may be named, with what decides where: ``fit`` is its best score (0-1) for this reader.

    ``worth``: fit times the chance that a public body can use it; less where it is too late or does not open yet.
    ``order``: best first; the id makes it stable. Not frozen, and both at once: a preview weighs thousands, and a
    cached property takes a lock for each (Python 3.11).
    """

    call: CatalogueCall
    fit: float
    followed: bool
    window: DecisionWindow = NO_WINDOW
    worth: float = field(init=False)
    order: tuple[float, int] = field(init=False)

    def __post_init__(self) -> None:
        chance = 1.0 if self.followed else CHANCES[Eligibility.NO if self.window.out_of_reach else self.call.eligible]
        late = TOO_LATE if self.window.late else 1.0
        self.worth = self.fit * chance * late * (1.0 if self.call.status is Status.OPEN else NOT_OPEN_YET)
        self.order = -self.worth, self.call.id

    @property
    def is_weak(self) -> bool:
        """Whether it is set aside: not said for whom, or for others first, and too little known of it or in common."""
        if self.followed:
            return False
        if self.window.out_of_reach:
            return self.fit < LEAST_FIT[Eligibility.PARTNER]
        if self.call.eligible not in LEAST_FIT:
            return False
        guessed = self.call.eligible == Eligibility.UNKNOWN and not self.call.has_text
        return self.fit < (FIT_OF_A_TITLE if guessed else LEAST_FIT[self.call.eligible])

    @property
    def place(self) -> Place:
        """Its section when it is not chosen."""
        if self.window.out_of_reach:
            return Place.ELSEWHERE
        return Place.OURS if self.followed else OF_USE[self.call.eligible]

    def is_due(self, today: date) -> bool:
        """Whether it may be named now: it is open, or opens or closes before long, or has no day to wait for."""
        if self.call.status is Status.OPEN:
            return True
        opens = self.call.opens.day if self.call.opens else None
        closes = self.call.days_to_close(today)
        near = closes is not None and closes <= AHEAD
        return near or opens is None or (opens - today).days <= AHEAD

    def presses(self, until: date) -> bool:
        """Whether it closes so soon, by ``until``, that it must be named now, if at all."""
        due = self.call.next_due.day if self.call.next_due else None
        return due is not None and due <= until


@dataclass(frozen=True)
class Placing:
    """What is named and where, in order, and what waits untold."""

    named: dict[int, Place]
    waiting: frozenset[int]
    announced: frozenset[int]


def place(candidates: list[Candidate], most: int, today: date, until: date) -> Placing:
    """The best ``most`` to choose from; the others one line each, as many as a section holds; the rest waits.

    What closes by ``until`` goes before the rest: in the next digest it would be named too late to decide.
    """
    due = sorted([each for each in candidates if each.is_due(today)], key=attrgetter("order"))
    named = {each.call.id: Place.CHOOSE for each in islice(filter(_may_choose, due), most)}
    room = dict(MOST_LINES)
    for each in sorted(due, key=lambda each: not each.presses(until)):  # stable: in each part the best stay first
        if each.call.id not in named and room[each.place] > 0:
            room[each.place] -= 1
            named[each.call.id] = each.place
    waiting = frozenset([each.call.id for each in due]) - named.keys()
    return Placing(named, waiting, frozenset([each.call.id for each in candidates]) - named.keys() - waiting)


def _may_choose(candidate: Candidate) -> bool:
    """Never what lands elsewhere, or does not say for whom it is. For a partner, only what fits very well."""
    eligible = candidate.call.eligible
    if candidate.window.out_of_reach:
        return False
    weak = eligible == Eligibility.PARTNER and candidate.fit < FIRST_FIT_OF_A_PARTNER
    known = candidate.followed or not (weak or eligible == Eligibility.UNKNOWN)
    worth = LEAST_WORTH if candidate.followed else FIRST_WORTH
    return known and candidate.worth >= worth and candidate.call.status is Status.OPEN
