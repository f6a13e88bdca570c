"""A table with a row for each round, its opening and its closing: each row as the sentence a reader makes of it."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date

from scrapers.facts.schedules import DATE, Entry
from scrapers.facts.words import any_of, pattern

_MARK = re.compile("[\ue000-\ue002]")
_LINE = re.compile(r"[^\n]+")
_BARE_END = re.compile(r"(?:voor|vóór|(?<!met )(?<!t/m )tot|before)\s*$")


@dataclass(frozen=True, slots=True)
class _Head:
    """Which cell of a row opens its round and which closes it; ``until`` is the word before the closing."""

    labels: tuple[str, ...]
    opens: int
    closes: int
    until: str


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    cells: tuple[str, ...]
    dates: tuple[int, int]  # the places of its opening and its closing in the text


def round_tables(folded: str, days: dict[int, date]) -> Iterator[Entry]:
    """The rows of every table whose rounds follow one another; ``days`` are the known dates by their places."""
    head: _Head | None = None
    rows = list[_Row]()
    for line in [*_LINE.finditer(folded), None]:
        row = _row(line, head, days) if line and head else None
        if row is not None:
            rows.append(row)
            continue
        if head and len(rows) > 1 and _follow(rows, days):
            yield from (_entry(row, head) for row in rows)
        head, rows = _head(line.group()) if line else None, []


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _head(line: str) -> _Head | None:
    """A row of labels, of which one opens, one closes, and one says that its rows are rounds and not parts."""
    cells = _cells(line)
    if len(cells) < 3 or _MARK.search(line) or not _is_about(line, "rounds") or _is_about(line, "parts"):
        return None
    closes = [n for n, cell in enumerate(cells) if re.search(rf"(?:^|\s){any_of('column_closes')}(?: op| on)?$", cell)]
    opens = [n for n, cell in enumerate(cells) if re.search(rf"(?:^|\s){any_of('column_opens')}(?: op| on)?$", cell)]
    if len(opens) != 1 or len(closes) != 1 or opens[0] >= closes[0]:
        return None
    until = "tot" if _BARE_END.search(cells[closes[0]]) else "tot en met"
    return _Head(cells, opens[0], closes[0], until)


def _is_about(words: str, topic: str) -> bool:
    return pattern("topics", topic).search(words) is not None


def _row(line: re.Match[str], head: _Head, days: Container[int]) -> _Row | None:
    """A row with nothing but a date in both cells, and no other known date but below the label of a decision."""
    cells = _cells(line.group())
    if len(cells) != len(head.labels) or cells[head.opens] != DATE or cells[head.closes] != DATE:
        return None
    marks = [number for number, cell in enumerate(cells) for _ in range(cell.count(DATE))]
    places = [line.start() + hit.start() for hit in re.finditer(DATE, line.group())]
    known = {place: number for number, place in zip(marks, places, strict=True) if place in days}
    gates = {number: place for place, number in known.items() if number in (head.opens, head.closes)}
    others = set(known.values()) - gates.keys()
    if len(gates) < 2 or not all(_is_about(head.labels[number], "deciding") for number in others):
        return None
    return _Row(line.start(), line.end(), cells, (gates[head.opens], gates[head.closes]))


def _follow(rows: list[_Row], days: dict[int, date]) -> bool:
    """Every round opens before it closes, and after the one before it has closed: else these are groups."""
    moments = [days.get(place) for row in rows for place in row.dates]
    known = [day for day in moments if day is not None]
    return len(known) == len(moments) and known == sorted(known) and len(set(known)) == len(known)


def _entry(row: _Row, head: _Head) -> Entry:
    """Every marked cell in the order of the text, since that is how its spans are met."""
    words = []
    for number, cell in enumerate(row.cells):
        if number == head.opens:
            words.append(f"aanvraagronde: aanvragen kan van {DATE}")
        elif number == head.closes:
            words.append(f"{head.until} {DATE}")
        elif _MARK.search(cell):
            words.append(f"| {head.labels[number]}: {cell} |" if DATE in cell else f"| {cell} |")
    said = " ".join(words)
    return Entry(row.start, row.end, row.start, "", said, tuple(hit.start() for hit in _MARK.finditer(said)))
