"""What is due for one person today: dates of followed calls that are near or moved, and steps inside. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from db.vocabulary import Status, ToldKind
from notifications import wording
from notifications.catalogue import CallDate, CatalogueCall
from notifications.digest import Item
from notifications.message import one_line
from notifications.news import BACK, ENDED, OPEN, SOON, Tell
from notifications.places import Place

MOST_CALLS, MOST_LINES = 30, 30  # in one mail; the rest is told the next morning
FOLLOWS = "U krijgt dit omdat u deze regelingen volgt."
A_MOMENT = timedelta(seconds=1)  # a bare day ends at the midnight after it


TOO_LATE = "te laat"


@dataclass(frozen=True)
class AgendaLine:
    """One thing that is due inside, and the path of ours where it is done.

    ``key``: what a ledger remembers it by: the thing, its day and how many days ahead. ``why``: why this person is
    told, in one sentence. ``answers``: the sign-off round and the party for which an answer is asked.
    """

    day: date
    what: str
    title: str
    path: str
    overdue: bool = False
    key: str = ""
    why: str = ""
    answers: tuple[int, int] | None = None
    assumed: bool = False  # its day rests on an assumed rhythm: nobody knows that it was missed

    @property
    def late(self) -> str:
        """What is said of a day that is past; nothing before."""
        return ("nog niet gedaan" if self.assumed else TOO_LATE) if self.overdue else ""


@dataclass(frozen=True)
class DueCall:
    """A followed call of which something is to be said today, and what a ledger then remembers.

    ``lead`` stands before its title in a subject, ``news`` above it; ``path`` is a page of ours that the news is about.
    What does not wait leaves the same day, also when its reader had a mail that morning.
    """

    item: Item
    lead: str
    news: str
    tells: tuple[Tell, ...]
    path: str = ""
    waits: bool = True
    why: str = FOLLOWS

    @property
    def title(self) -> str:
        """``morgen: Circulair bouwen``."""
        return f"{self.lead}: {one_line(self.item.call.title, 150)}"


@dataclass(frozen=True)
class DueToday:
    """Everything that is due for one person today: one mail, or a section of the digest where one is due."""

    calls: tuple[DueCall, ...] = ()
    lines: tuple[AgendaLine, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.calls or self.lines)

    @property
    def tells(self) -> tuple[Tell, ...]:
        """What it tells of calls."""
        return tuple(tell for call in self.calls for tell in call.tells)

    @property
    def reminds(self) -> tuple[str, ...]:
        """What it reminds of inside."""
        return tuple(line.key for line in self.lines if line.key)

    @property
    def pressing(self) -> "DueToday":
        """What cannot wait for the next morning."""
        return DueToday(tuple(call for call in self.calls if not call.waits))

    @property
    def fitting(self) -> "DueToday":
        """As much as one mail holds, nearest first; the rest is not told and comes the next morning."""
        return DueToday(self.calls[:MOST_CALLS], self.lines[:MOST_LINES])

    @property
    def why(self) -> tuple[str, ...]:
        """Why this person is told all this, for the foot of a mail."""
        said = (*(call.why for call in self.calls), *(line.why for line in self.lines))
        return tuple(dict.fromkeys(filter(None, said)))

    def subject(self, now: datetime) -> str:
        """The most pressing thing by name, and how many there are besides; nothing where nothing is due.

        What stands before the first is said of the others only where it is so of each.
        """
        if not self:
            return ""
        leads = [call.lead for call in self.calls] + [line_left(line, now) for line in self.lines]
        first = self.calls[0].title if self.calls else line_title(self.lines[0], now)
        more = f"{' en' if len(set(leads)) == 1 else '; verder'} nog {len(leads) - 1}" if len(leads) > 1 else ""
        return f"{first}{more}"


NOTHING_DUE = DueToday()


def line_title(line: AgendaLine, now: datetime) -> str:
    """``morgen: Toezegging afhandelen``; what is too late, or not done by an assumed day, says so."""
    return f"{line_left(line, now)}: {one_line(line.what, 150)}"


def line_left(line: AgendaLine, now: datetime) -> str:
    """``morgen``, or that it is too late."""
    return line.late or wording.days_left(now, line.day)


def near(call: CatalogueCall, due: CallDate, now: datetime, tells: Iterable[Tell]) -> DueCall:
    """A date of a followed call is near."""
    later = tuple(each for each in call.later_dues if each is not due)
    item = Item(replace(call, next_due=due, later_dues=later), ToldKind.REMINDER, followed=True)
    left = wording.days_left(now, due.shown or now)
    closing = (_said_closing(call, due),) if _is_soon(due, now) else ()
    return DueCall(item, left, "Herinnering", (*tells, *closing))


def moved(call: CatalogueCall, due: CallDate, old: str, now: datetime, tells: Iterable[Tell]) -> DueCall:
    """A date that a reminder told has moved; one that moved into the past is told too."""
    item = Item(replace(call, next_due=due), ToldKind.REMINDER, followed=True)
    over = due.over_at is not None and due.over_at <= now
    new = wording.moment(due.shown or now, due.zone, due.assumed) + (", en dat is al voorbij" if over else "")
    news = f"Verplaatst van {old} naar {new}. U kreeg eerder een herinnering met de oude datum"
    closing = (_said_closing(call, due),) if call.next_due is due and _is_soon(due, now) else ()
    return DueCall(item, "Verplaatst", news, (*tells, *closing), waits=False)


def vanished(item: Item) -> DueCall:
    """A followed call is no longer to be had: its catalogue dropped it, or its source closed or withdrew it."""
    call, gone = item.call, item.kind is ToldKind.GONE
    ended = "Niet meer vermeld bij de bron" if gone else f"Nu {call.status.label}"
    tell = (call.id, call.version, item.kind.value, call.gone_name if gone else ENDED)
    news = f"{ended}. Kijk bij de bron voordat u verder werkt"
    return DueCall(replace(item, place=Place.GONE), ended, news, (tell,))


def returned(item: Item, lost: str) -> DueCall:
    """A followed call of which we told that it was no longer to be had is there again."""
    call, listed = item.call, lost == ToldKind.GONE
    lead = "Weer vermeld bij de bron" if listed else f"Weer {call.status.label}"
    said = "de bron deze regeling niet meer noemde" if listed else "deze regeling niet meer open was"
    tell = (call.id, call.version, ToldKind.CHANGED.value, BACK)
    return DueCall(item, lead, f"{lead}. U kreeg eerder bericht dat {said}", (tell,))


def next_round(call: CatalogueCall, before: int, closed_at: datetime | None) -> DueCall:
    """A followed call has a next round; ``before`` is the number of the one that closed."""
    closed = f"op {wording.day(closed_at - A_MOMENT)}" if closed_at else "eerder"
    news = (
        f"Nieuwe ronde. De vorige ronde sloot {closed}. De nieuwe ronde volgt u pas als u daarvoor kiest, op haar "
        "eigen pagina; uw oordeel en uw dossier blijven bij de vorige staan"
    )
    tell = (call.id, call.version, ToldKind.NEW.value, "")
    return DueCall(Item(call, ToldKind.REMINDER), "Nieuwe ronde", news, (tell,), f"/regelingen/{before}")


def opened(call: CatalogueCall, now: datetime) -> DueCall | None:
    """A call that was followed before it opened is open now; none where that is no longer news."""
    opens = call.opens
    if call.status is not Status.OPEN or opens is None or opens.day is None:
        return None
    days = wording.days_between(now, opens.day)
    lead = "Opent vandaag" if days == 0 else f"Open sinds {wording.moment(opens.day)}"
    tell = (call.id, call.version, ToldKind.OPENING.value, f"{opens.name}:{OPEN}")
    return DueCall(Item(call, ToldKind.OPENING, followed=True), lead, "U volgt deze regeling", (tell,))


def _is_soon(due: CallDate, now: datetime) -> bool:
    return due.shown is not None and 0 <= wording.days_between(now, due.shown) <= SOON


def _said_closing(call: CatalogueCall, due: CallDate) -> Tell:
    """A digest need not say once more that it closes soon."""
    return call.id, call.version, ToldKind.CLOSING.value, due.name
