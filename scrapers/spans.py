"""What the grammar reads: values with the span of text they came from, and the text made ready for reading."""

import itertools
import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.vocabulary import Allocation

AMSTERDAM = "Europe/Amsterdam"
MOST_MENTIONS = 400  # a text with more is a list of calls, not one call; the rest is left to a person

# One character stands for one mention, so that a rule sees "vanaf # tot #" and never the digits.
DATE, WINDOW, AMOUNT, SPREAD, RATE, RATES, VAGUE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005", "\ue006"
ANY_MENTION = f"[{DATE}-{VAGUE}]"
MONEY_MENTION = f"[{AMOUNT}-{RATES}]"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with the local hour where the text gives one; never an hour that was not written."""

    day: date
    hour: time | None = None
    zone: str = AMSTERDAM

    def isoformat(self) -> str:
        """``2026-05-01`` or ``2026-05-01T17:00``, local to the zone."""
        return self.day.isoformat() if self.hour is None else f"{self.day.isoformat()}T{self.hour:%H:%M}"

    def instant(self) -> datetime | None:
        """The moment in UTC; none when only the day is known."""
        if self.hour is None:
            return None
        return datetime.combine(self.day, self.hour, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From one moment to another."""

    opens: Moment
    closes: Moment


@dataclass(frozen=True, slots=True)
class Spread:
    """An amount between two bounds, in euro; a bound that cannot be read is none."""

    low: Decimal | None
    high: Decimal | None


Value = Moment | Window | Decimal | Spread | Allocation | str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A value, what it is, and where it stands: ``text`` is ``source[start:end]``."""

    kind: str
    value: Value
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says for certain; a field is none when it says nothing, or more than one thing."""

    opens: Read | None = None
    closes: Read | None = None
    budget: Read | None = None
    max_per_project: Read | None = None
    min_per_project: Read | None = None
    funding_rate: Read | None = None
    deadlines: tuple[Read, ...] = ()
    plafonds: tuple[Read, ...] = ()
    flags: tuple[Read, ...] = ()
    allocation: tuple[Read, ...] = ()
    unread: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A date, amount or percentage, before anyone knows what it is for; ``at`` is its place in the sentence."""

    mark: str
    value: Value
    start: int
    end: int
    at: int = -1
    why: str = ""  # for what cannot be read: the reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in which every mention is one character, and the sentence before it."""

    words: str
    mentions: tuple[Mention, ...]
    before: str = ""
    joined: bool = False  # a semicolon stands between the two
    earlier: tuple[str, ...] = ()  # the last few sentences before it

    def left(self, mention: Mention, most: int = 220) -> str:
        return self.words[max(0, mention.at - most) : mention.at]

    def right(self, mention: Mention, most: int = 160) -> str:
        return self.words[mention.at + 1 : mention.at + 1 + most]

    def near(self, mention: Mention, marks: str = ANY_MENTION) -> str:
        """What stands before it, back to the mention before (of these marks)."""
        return re.split(marks, self.left(mention))[-1]

    def follow(self, mention: Mention) -> str:
        """What comes after it, up to the next mention."""
        return re.split(ANY_MENTION, self.right(mention))[0]


_SAME = str.maketrans(
    dict.fromkeys("\xa0\u2007\u2009\u202f\u2002\u2003\u200a\t\r\x00", " ")
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("‘’ʼ´`", "'")
    | {chr(c): " " for c in range(0xE000, 0xE010)}
)


def plain(text: str) -> str:
    """The text with one kind of blank, dash and quote, character for character, so that spans stay true."""
    return text.translate(_SAME)


def lower(text: str) -> str:
    """Lower case of the same length: a few letters (a dotted capital I) would grow."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


_BREAK = re.compile(r"[.!?](?=\s)|;|\n\s*|\b[Bb]esluit(?:en)?:(?=\s)")
_SHORT = re.compile(
    r"(?:\b(?:max|min|ca|circa|incl|excl|nr|art|bv|bijv|resp|evt|ong|approx|vs|st|no|dhr|mw|drs|ir|dr|mr|prof|jl|zgn)"
    r"|(?<!')\b[a-z](?:\.[a-z]){0,3}|\bm\.?i\.?v)\.$",
    re.IGNORECASE,
)


_ASKED = re.compile(
    rf"\?(?=\s{{1,3}}(?:(?:maximaal|vanaf|van|tot|uiterlijk|from|until|by|up to)\s)?{ANY_MENTION})", re.IGNORECASE
)
# A line of a page is a paragraph, a list item or a row, so it ends a sentence; not where the sentence plainly goes on.
_OPEN_END = re.compile(
    r"(?:[,(]|\b(?:de|het|een|van|voor|in|op|bij|met|tot|en|of|the|a|an|for|to|and|by|until|from|at))\s{0,9}$",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"[^\n{ANY_MENTION[1:-1]}]{{2,60}}[^\n.!;,{ANY_MENTION[1:-1]}]\s{{0,9}}$")
_ANSWER = re.compile(
    rf"(?:[-•*·▪] )?(?:(?:van|vanaf|tot|t/m|uiterlijk|maximaal|max\.?|from|until|by|up to)\s)?{ANY_MENTION}",
    re.IGNORECASE,
)


def sentences(text: str, mentions: list[Mention]) -> list[Sentence]:
    """The text cut into sentences, mentions folded into one mark each; abbreviations do not end a sentence."""
    folded, starts, placed = _fold(text, mentions)
    folded = _with_labels(_ASKED.sub(":", folded.replace("|", ":")))
    cuts = [0]
    for hit in _BREAK.finditer(folded):
        tail = folded[hit.end() : hit.end() + 6].lstrip()
        if hit.group() in ".!?" and (
            _SHORT.search(folded[max(0, hit.start() - 12) : hit.end()]) or (tail[:1].islower() and tail)
        ):
            continue
        if hit.group()[0] == "\n" and _goes_on(folded, hit):
            continue
        cuts.append(hit.end())
    return _cut(folded, [*cuts, len(folded)], starts, placed)


def _with_labels(folded: str) -> str:
    """ "Budget", on the next line "€ 15 miljoen": the line above is the label of the value."""
    pieces, last = [], 0
    for hit in re.finditer(r"\n\s*", folded):
        if hit.group().count("\n") > 1:
            continue  # a blank line parts
        above = folded[max(last, hit.start() - 70) : hit.start()]
        line = above[above.rfind("\n") + 1 :]
        if _HEADING.match(line) and not _OPEN_END.search(line) and _ANSWER.match(folded, hit.end()):
            bullet = 2 * (folded[hit.end()] in "-•*·▪")
            pieces += [folded[last : hit.start()], ":".ljust(len(hit.group()) + bullet)]
            last = hit.end() + bullet
    return "".join([*pieces, folded[last:]])


def _goes_on(folded: str, line_end: re.Match[str]) -> bool:
    """Whether the sentence goes on behind this line end: in lower case, or after a word that cannot end one."""
    if line_end.group().count("\n") > 1:
        return False  # a blank line
    above = folded[max(0, line_end.start() - 30) : line_end.start()]
    return folded[line_end.end() : line_end.end() + 1].islower() or bool(_OPEN_END.search(above))


def _fold(text: str, mentions: list[Mention]) -> tuple[str, list[int], list[Mention]]:
    pieces, places, placed, last, length = [], [], [], 0, 0
    for mention in mentions:
        piece = text[last : mention.start]
        length += len(piece)
        pieces += [piece, mention.mark]
        places.append(length)
        placed.append(mention)
        length, last = length + 1, mention.end + _short_dot(text, mention)
    return "".join([*pieces, text[last:]]), places, placed


def _short_dot(text: str, mention: Mention) -> int:
    """The full stop of "€ 500 mln. vrijgemaakt" belongs to the abbreviation, not to the sentence."""
    dotted = mention.mark in (AMOUNT, SPREAD) and text[mention.end : mention.end + 1] == "."
    return int(dotted and text[mention.end + 1 : mention.end + 4].lstrip()[:1].islower())


def _cut(folded: str, cuts: list[int], places: list[int], mentions: list[Mention]) -> list[Sentence]:
    found: list[Sentence] = []
    before, earlier = "", deque[str](maxlen=4)
    for start, end in itertools.pairwise(cuts):
        first, last = bisect_right(places, start - 1), bisect_right(places, end - 1)
        inside = tuple(
            Mention(m.mark, m.value, m.start, m.end, places[first + i] - start, m.why)
            for i, m in enumerate(mentions[first:last])
        )
        words = lower(folded[start:end])
        found.append(Sentence(words, inside, before[-300:], folded[start - 1 : start] == ";", tuple(earlier)))
        if words.strip():
            before = words
            earlier.append(words[:400])
    return found
