"""A text cut into sentences, each with its dates and amounts and with what stands before it."""

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from scrapers.facts.hours import OF_LABEL, with_label
from scrapers.facts.round_tables import round_tables
from scrapers.facts.schedules import Entry, entries
from scrapers.facts.spans import Moment, Span, lower, plain
from scrapers.facts.words import any_of

MARKS = {"date": "\ue000", "amount": "\ue001", "rate": "\ue002"}
ANY_MARK = "[\ue000-\ue002]"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``words`` is the sentence in lower case, every span folded to one mark; ``places`` are the marks' places in it.

    ``start`` and ``end`` are its place in the text, ``before`` and ``heading`` the sentence and the last heading
    before it, folded in the same way. ``beside``: the date that its words may belong to as well.
    """

    start: int
    end: int
    words: str
    spans: tuple[Span, ...]
    places: tuple[int, ...]
    before: str = ""
    heading: str = ""
    beside: Span | None = None


_BREAK = re.compile(r"[.!?](?=[\s)\"'])|;(?=\s*\n)|\n\s*")
_SHORT = re.compile(
    rf"(?:\b{any_of('abbreviation')}"
    r"|(?<!')\b[a-z](?:\.[a-z]){0,3}|\bm\.?i\.?v|(?:^|\n)\s*\d{1,2})\.$"
)
# A line of a page is a paragraph, a list item or a row, so it ends a sentence; not where the sentence plainly goes on.
_OPEN_END = re.compile(rf"(?:[,(]|\b{any_of('goes_on')})\s{{0,9}}$")
_GOES_ON = re.compile(r"[a-zà-ÿ](?!\s?[.)])")  # in lower case, and no item of a list
_NO_MARK = rf"[^\n{ANY_MARK[1:-1]}]"
_LABEL = re.compile(rf"{_NO_MARK}{{2,60}}(?:{_NO_MARK}{{,50}}:|[^\n.!;,{ANY_MARK[1:-1]}])\s{{0,9}}$")
_ANSWER = re.compile(rf"(?:[-•*·▪] ?)?(?:{any_of('before_a_value')}\s)?" + ANY_MARK)

_ALONE = re.compile(ANY_MARK + r"\s{0,3}(?:\n|$)")  # a value alone on its line, also below a blank one
_ALONE_ABOVE = re.compile(r"\n\s?" + ANY_MARK + r"\s?\Z")


def cut(text: str, spans: list[Span]) -> list[Sentence]:
    """Sentences in the order of the text; a label and the value on the line below it are one."""
    written, places = _folded(plain(text), spans)
    folded = lower(written)
    days = _days(spans, places)
    tables = list(round_tables(folded, days))
    rest = [
        entry
        for entry in entries(folded, written, days)
        if not any(t.start < entry.end and entry.start < t.end for t in tables)
    ]
    listed = {entry.start: entry for entry in (*rest, *tables)}
    ends = (hit.end() for hit in _BREAK.finditer(folded) if _ends(folded, written, hit))
    cuts = _with_entries([0, *ends, len(folded)], listed)
    sentences: list[Sentence] = []
    before = heading = ""
    shift = _Shift(spans, places)
    for start, end in itertools.pairwise(cuts):
        entry = listed.get(start)
        words = entry.words if entry else folded[start:end]
        if not words.strip():
            continue
        first, last = bisect_left(places, start), bisect_left(places, end)
        inside = entry.places if entry else tuple(place - start for place in places[first:last])
        own = tuple(
            with_label(span, entry.label if entry else words[max(0, place - 80) : place])
            if entry or span.slip == OF_LABEL
            else span
            for span, place in zip(spans[first:last], inside, strict=True)
        )
        beside = spans[places.index(entry.beside)] if entry and entry.beside is not None else None
        since = shift.back(entry.since if entry else start)
        sentence = Sentence(since, shift.back(end), words, own, inside, before, heading, beside)
        sentences.append(sentence)
        before = words.strip()[-300:]
        heading = before if _is_heading(words) else heading
    return sentences


def _days(spans: list[Span], places: list[int]) -> dict[int, date]:
    """The known dates by the places of their marks."""
    return {place: span.value.day for span, place in zip(spans, places, strict=True) if isinstance(span.value, Moment)}


def _with_entries(cuts: list[int], listed: dict[int, Entry]) -> list[int]:
    """The cuts of the text, with one before and one behind every entry and none inside."""
    inside = {place for entry in listed.values() for place in range(entry.start + 1, entry.end)}
    ends = {place for entry in listed.values() for place in (entry.start, entry.end)}
    return sorted({*cuts, *ends} - inside)


def _is_heading(words: str) -> bool:
    line = words.strip()
    return len(line) < 80 and not re.search(rf"[.;,]$|{ANY_MARK}", line)


def _ends(folded: str, written: str, hit: re.Match[str]) -> bool:
    """Whether a sentence ends here: not behind an abbreviation, and not where it goes on in lower case."""
    sign = hit.group()
    if sign in ".!?":
        tail = folded[hit.end() : hit.end() + 6].lstrip()
        return not (tail[:1] in {",", ")"} or _SHORT.search(folded[max(0, hit.start() - 12) : hit.end()]))
    if sign[0] != "\n":
        return True
    if _ALONE.match(folded, hit.end()) and _ALONE_ABOVE.search(folded, max(0, hit.start() - 4), hit.start()):
        return False
    if sign.count("\n") > 1 and not _ALONE.match(folded, hit.end()):
        return True
    above = folded[max(0, hit.start() - 120) : hit.start()]
    line = above[above.rfind("\n") + 1 :]
    if _OPEN_END.search(line) or (_GOES_ON.match(written, hit.end()) and line.rstrip()[-1:] not in ".;:!?"):
        return False
    return not (_LABEL.match(line) and _ANSWER.match(folded, hit.end()))


def _folded(text: str, spans: list[Span]) -> tuple[str, list[int]]:
    """The text with one mark for each span, and where the marks stand in it."""
    pieces, places, last, length = [], [], 0, 0
    for span in spans:
        piece = text[last : span.start]
        length += len(piece)
        pieces += [piece, MARKS[span.kind]]
        places.append(length)
        length, last = length + 1, span.end
    return "".join([*pieces, text[last:]]), places


class _Shift:
    """From a place in the folded text back to the place in the text itself."""

    def __init__(self, spans: list[Span], places: list[int]) -> None:
        self.places = places
        self.lost = list(itertools.accumulate((s.end - s.start - 1 for s in spans), initial=0))

    def back(self, place: int) -> int:
        return place + self.lost[bisect_left(self.places, place)]


def verbatim(text: str, sentence: Sentence, span: Span | None = None, longest: int = 500) -> str:
    """The sentence as the text has it, white space made single; of a long one the part around the span."""
    start, end = sentence.start, sentence.end
    if end - start > longest and span is not None:
        start = max(start, span.start - longest // 2)
        end = min(end, start + longest)
    return " ".join(text[start:end].split())[:longest]
