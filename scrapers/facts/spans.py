"""What is found in a text: dates, amounts and percentages with their place, before anyone knows what they are for."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

LONGEST = 200_000  # characters; a longer text is a collection, and its rest is left to a person
MOST_SPANS = 150  # so is a text with more dates or amounts than this


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with the local hour where the text gives one; never an hour that was not written."""

    day: date
    hour: time | None = None

    def isoformat(self) -> str:
        """``2026-05-01`` or ``2026-05-01T17:00``."""
        return self.day.isoformat() if self.hour is None else f"{self.day.isoformat()}T{self.hour:%H:%M}"


@dataclass(frozen=True, slots=True)
class Span:
    """A date, an amount or a percentage: ``text[start:end]``.

    ``value`` is none where it cannot be read, and ``why`` says why. ``low`` is the lower end of a range of amounts or
    percentages. ``pair`` tells the two ends of a period apart; ``slip`` is what is odd about a value that was read.
    """

    kind: str  # date, amount, rate
    value: Moment | Decimal | None
    start: int
    end: int
    why: str = ""
    low: Decimal | None = None
    pair: str = ""  # first, second
    slip: str = ""
    bare: Moment | None = None  # a day without a year, kept in the leap year 2000
    weekday: str = ""
    either: tuple[Moment, ...] = ()  # 03/04/2027: the day first, and the month first


_SAME = str.maketrans(
    dict.fromkeys("\xa0\u2007\u2009\u202f\u2002\u2003\u200a\t\r\x00", " ")
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("‘’ʼ´`", "'")
    | dict.fromkeys("“”„«»", '"')
    | {chr(c): " " for c in range(0xE000, 0xE010)}
)


def plain(text: str) -> str:
    """The text with one kind of blank, dash and quote, character for character, so that spans stay true."""
    return text.translate(_SAME)


def lower(text: str) -> str:
    """Lower case of the same length: a few letters (a dotted capital I) would grow."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
