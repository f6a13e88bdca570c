"""Dates on lines of their own, or in the cells of a row: to each its label, which may be above it or below."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scrapers.facts.words import any_of, pattern

DATE = "\ue000"  # a date in the folded text
_LONGEST, _LONGEST_CELL = 120, 70
_BULLET = r"\s*(?:[-•*·▪>] ?)?"
_DATES = re.compile(
    rf"{_BULLET}(?:{any_of('before_a_value')}\s)?{DATE}"
    rf"(?:\s?(?:-|to|until|and|tot(?: en met)?|t/m|en)\s?{DATE})?[\s:|.,-]*"
)
_LABEL = re.compile(r"[^\n\ue000-\ue002]*[a-zà-ÿ]{3}[^\n\ue000-\ue002]*")
_CELL = re.compile(r"[\s|:·•-]*(?P<label>[^|:·•\s-].*?)[\s|:·•-]*")
_MOMENTS = ("deciding", "meeting", "performing", "reporting", "publication", "questions", "signing")


@dataclass(frozen=True, slots=True)
class Entry:
    """``words`` is what a reader takes from it, "label: date"; ``places`` are the dates in it.

    It lies from ``start`` to ``end``, its sentence begins at ``since``. Where the label may be that of another date,
    ``beside`` is the place of that one, or of its own where there is none.
    """

    start: int
    end: int
    since: int
    label: str
    words: str
    places: tuple[int, ...]
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a cell: of dates, a label, or something else."""

    kind: str  # dates, label, other
    start: int
    end: int
    words: str
    gap: bool = False  # a blank line above it


Pair = tuple[_Piece, _Piece]  # label, dates


def entries(folded: str, written: str, days: dict[int, date]) -> list[Entry]:
    """Of every list, schedule and row of dates, in their order; ``days`` are the known dates by their places."""
    pieces = list(_lines(folded))
    made = [*_of_lists(pieces)]
    for run in _runs(pieces):
        made += _of_run(run, days)
    for line in pieces:
        if line.kind == "other" and line.words.count(DATE) > 1:
            made += _of_run(_cells(line, written), days)
    return sorted(made, key=lambda entry: entry.start)


def _lines(folded: str) -> Iterator[_Piece]:
    blank = False
    for hit in re.finditer(r"[^\n]*(?:\n|\Z)", folded):
        words = hit.group().strip()
        if words:
            yield _Piece(_kind(words), hit.start() + hit.group().index(words), hit.end(), words, blank)
        blank = not words


def _kind(words: str) -> str:
    if _DATES.fullmatch(words):
        return "dates"
    return "label" if len(words) <= _LONGEST and words[-1] not in ".;,!?" and _LABEL.fullmatch(words) else "other"


def _of_lists(pieces: list[_Piece]) -> Iterator[Entry]:
    """ "The deadlines are:" and a date on every line below it."""
    for number, head in enumerate(pieces):
        if pieces[number + 1 : number + 2] and pieces[number + 1].kind != "dates":
            continue
        below = list(itertools.takewhile(lambda piece: piece.kind == "dates", pieces[number + 1 :]))
        if len(below) > 1 and DATE not in head.words and _announces_deadlines(head.words):
            label = re.split(r"\.\s", head.words)[-1]
            for piece in below:
                yield _entry((_Piece("label", head.start, head.end, label), piece), piece.start, head.start)


def _announces_deadlines(words: str) -> bool:
    about = {name for name in ("opening", "closing", "applying", "rounds", *_MOMENTS) if _is_about(words, name)}
    return bool(
        "rounds" in about
        and about & {"closing", "applying"}
        and not about & {"opening", *_MOMENTS}
        and (words.endswith(":") or _is_heading(words))
    )


def _is_about(words: str, topic: str) -> bool:
    return pattern("topics", topic).search(words) is not None


def _is_heading(words: str) -> bool:
    """ "Key dates", "Planning": above a schedule, and no moment of it."""
    return pattern("phrases", "schedule", r"(?:{}):?").fullmatch(words) is not None


def _runs(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Dates and labels that take turns."""
    run: list[_Piece] = []
    for piece in pieces:
        if piece.kind == "other" or (run and run[-1].kind == piece.kind):
            yield run
            run = []
        if piece.kind != "other":
            run.append(piece)
    yield run


def _cells(line: _Piece, written: str) -> list[_Piece]:
    """Of a row; none where its words are those of a sentence."""
    cells: list[_Piece] = []
    for hit in re.finditer(rf"{DATE}|[^{DATE}]+", written[line.start : line.end].rstrip()):
        start, end = line.start + hit.start(), line.start + hit.end()
        if hit.group() == DATE:
            cells.append(_Piece("dates", start, end, DATE))
        elif cell := _CELL.fullmatch(hit.group()):
            if not _is_cell(cell["label"]):
                return []
            cells.append(_Piece("label", start, end, cell["label"].lower()))
    begins_with_label = bool(cells) and cells[0].kind == "label"
    colons = [re.search(r":\s*$", written[line.start : cell.start]) for cell in cells if cell.kind == "dates"]
    # "Opening # Deadline #" and "Opening: # | Deadline: # | Type" read as they stand.
    return [] if begins_with_label and (cells[-1].kind == "dates" or all(colons)) else cells


def _is_cell(label: str) -> bool:
    return bool(
        (label[0].isupper() or label[0].isdigit())
        and len(label) <= _LONGEST_CELL
        and re.search(r"[^\W\d]{3}", label)
        and not re.search(r"[\ue001\ue002]|[.;!?](?:\s|$)|[,(]$", label)
        and not re.search(rf"\b(?:{any_of('goes_on')}|{any_of('before_a_value')})$", label.lower())
    )


def _of_run(run: Sequence[_Piece], days: dict[int, date]) -> Iterator[Entry]:
    """The entries of a schedule, where the labels are moments of a call."""
    labels = [piece.words for piece in run if piece.kind == "label"]
    gates = [label for label in labels if _opens(label) or _closes(label)]
    if len(run) < 4 or not gates or sum(_is_moment(label) or _is_heading(label) for label in labels) < 2:
        return
    below, above = _paired(run, label_first=False), _paired(run, label_first=True)
    fits = [pairs for pairs in (below, above) if _fits(run, pairs, days)]
    spaced = [pairs for pairs in (below, above) if _is_spaced(pairs)]
    if all(label.endswith(":") for label in labels):
        spaced = [above]
    sure = spaced if len(spaced) == 1 else fits
    for pair in sure[0] if len(sure) == 1 else above:
        label, dates = pair
        other = next((p for p in reversed(run) if p.kind == "dates" and p.start < label.start), None)
        beside = None if len(sure) == 1 else _place(other or dates)
        first = min(pair, key=lambda piece: piece.start)
        yield _entry(pair, first.start, first.start, beside)


def _place(dates: _Piece) -> int:
    return dates.start + dates.words.index(DATE)


def _paired(run: Sequence[_Piece], label_first: bool) -> list[Pair]:
    first = "label" if label_first else "dates"
    pairs = [(a, b) for a, b in itertools.pairwise(run) if a.kind == first]
    return pairs if label_first else [(b, a) for a, b in pairs]


def _is_spaced(pairs: list[Pair]) -> bool:
    """A blank line between the pairs and none inside them."""
    ordered = [sorted(pair, key=lambda piece: piece.start) for pair in pairs]
    inside, between = [second.gap for _, second in ordered], [first.gap for first, _ in ordered[1:]]
    return len(pairs) > 1 and not any(inside) and all(between)


def _fits(run: Sequence[_Piece], pairs: list[Pair], days: dict[int, date]) -> bool:
    """Every date has a label, a label that is left is no moment, and what opens does so before it closes."""
    left = [piece for piece in run if not any(piece in pair for pair in pairs)]
    if any(piece.kind == "dates" or (_is_moment(piece.words) and not _is_heading(piece.words)) for piece in left):
        return False
    opening, closing, deciding = (
        [day for label, dates in pairs if is_such(label.words) for day in _days(dates, days)]
        for is_such in (_opens, _closes, _decides)
    )
    return _in_order(opening, closing) and _in_order(closing, deciding)


def _in_order(first: list[date], then: list[date]) -> bool:
    return not first or not then or (min(first) <= min(then) and max(first) <= max(then))


def _days(dates: _Piece, days: dict[int, date]) -> list[date]:
    return [days[place] for place in range(dates.start, dates.end) if place in days]


def _is_moment(label: str) -> bool:
    return any(_is_about(label, topic) for topic in ("opening", "closing", *_MOMENTS))


def _opens(label: str) -> bool:
    return _is_about(label, "opening") and not any(_is_about(label, topic) for topic in ("closing", *_MOMENTS))


def _closes(label: str) -> bool:
    return _is_about(label, "closing") and not any(_is_about(label, topic) for topic in _MOMENTS)


def _decides(label: str) -> bool:
    return _is_about(label, "deciding") and not _is_about(label, "closing")


def _entry(pair: Pair, start: int, since: int, beside: int | None = None) -> Entry:
    label, dates = (re.sub(rf"^{_BULLET}|[\s:]+$", "", piece.words) for piece in pair)
    words = f"{label}: {dates}"
    places = tuple(hit.start() for hit in re.finditer(DATE, words))
    return Entry(start, max(piece.end for piece in pair), since, label, words, places, beside)
