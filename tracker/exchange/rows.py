"""The rows of a file that somebody wants to import: JSON lines, CSV or Excel, bounded, each with its number.

A kind of row is checked row by row, then all or none is taken in.

What ``export`` made harmless for spreadsheets comes back as it was.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from scrapers.listing import storable
from tracker.errors import NotPossible
from tracker.exchange.tables import RUNS

MOST_ROWS = 20_000
MOST_BYTES = 50 * 2**20
MOST_UNPACKED = 250 * 2**20
MOST_ABOVE = 20  # rows above the head, such as a title
SEPARATOR = re.compile(r"sep=(\\t|.)\r?\n", re.IGNORECASE)
MOST_NAMED = 20  # wrong rows that are named, a line each
Row = tuple[int, dict[str, Any]]
Rows = Iterator[Row]
Cells = tuple[int, list[Any]]


class NotReadable(NotPossible):
    """The file, or one row of it, is not as it should be; the message says where and how."""


class NotImported(NotPossible):
    """Nothing was imported; the message has a line for each row that is wrong."""


@dataclass(frozen=True)
class Imported:
    """How many rows were new, changed something, or were known as they are."""

    rows: int
    new: int
    changed: int = 0

    @property
    def known(self) -> int:
        """Rows that said nothing new."""
        return self.rows - self.new - self.changed


def check_rows(rows: Iterable[Row], columns: Sequence[str], read: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """What ``read`` makes of every row. Raises NotImported with all rows that are wrong, a line each."""
    made, wrong = [], []
    for number, row in rows:
        try:
            unknown = sorted(set(row) - set(columns))
            if unknown:
                raise NotReadable(f"no column {unknown[0]!r}; there are {', '.join(columns)}")
            made.append(read(row))
        except NotPossible as error:
            wrong.append(f"row {number}: {error}")
    if wrong:
        rest = [f"and {len(wrong) - MOST_NAMED} more rows"] if len(wrong) > MOST_NAMED else []
        raise NotImported("\n".join([*wrong[:MOST_NAMED], *rest]))
    return made


def rows_of(content: bytes, form: str, columns: Sequence[str] = ()) -> list[Row]:
    """Number and fields of every row; the number is the line of a JSON file, or the row a spreadsheet shows.

    ``form``: jsonl, csv or xlsx. ``columns``: of which at least one stands in the head. Raises NotReadable, also where
    there is not one row: a file that brings nothing is not the one that was meant.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable(f"larger than {MOST_BYTES // 2**20} MiB")
    rows = []
    for number, row in READERS[form](content, columns):
        if any(value not in (None, "") for value in row.values()):
            rows.append((number, row))
        if len(rows) > MOST_ROWS:
            raise NotReadable(f"more than {MOST_ROWS} rows")
    if not rows:
        raise NotReadable("no rows" if form == "jsonl" else "no rows below the head")
    return rows


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"no UTF-8 text: {error.reason} at byte {error.start}; save it as 'CSV UTF-8'") from error


def _json_lines(content: bytes, _columns: Sequence[str]) -> Rows:
    for number, line in enumerate(_text(content).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise NotReadable(f"row {number}: no JSON: {error}") from error
        if not isinstance(row, dict):
            raise NotReadable(f"row {number}: no JSON object")
        yield number, row


def _csv(content: bytes, columns: Sequence[str]) -> Rows:
    text = _text(content)
    separator = SEPARATOR.match(text)
    lines = io.StringIO(text, newline="")
    head = text[separator.end() if separator else 0 :].partition("\n")[0]
    usual = max(";,\t", key=head.count)
    table = csv.reader(lines, delimiter=(separator[1] if separator else usual).replace("\\t", "\t"))
    if separator:  # what Excel writes above the head for itself
        lines.readline()
    try:
        yield from _with_names(list(enumerate(table, 1)), columns, "the file")
    except csv.Error as error:
        raise NotReadable(f"line {table.line_num}: {error}") from error


def _xlsx(content: bytes, columns: Sequence[str]) -> Rows:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NotReadable(f"larger than {MOST_UNPACKED // 2**20} MiB when unpacked")
        book = load_workbook(io.BytesIO(content), read_only=True)
        for sheet in book.worksheets:
            rows = enumerate(sheet.iter_rows(max_row=MOST_ROWS + MOST_ABOVE + 2), 1)
            table = [(number, [_value(cell) for cell in cells]) for number, cells in rows]
            if _head(table, columns) is not None:  # a cover sheet has none
                yield from _with_names(table, columns, sheet.title)
                return
        _without_head(columns, f"a sheet; the first is {book.worksheets[0].title!r}")
    except (zipfile.BadZipFile, LookupError, OSError, SyntaxError, TypeError, ValueError) as error:
        raise NotReadable(f"no Excel workbook: {' '.join(str(error).split())[:200]}") from error


def _value(cell: Any) -> Any:
    """What a person sees in a cell: 0.5 shown as a percentage is "50%"."""
    if cell.data_type == "f":
        raise NotReadable(f"row {cell.row}: {cell.coordinate} holds a formula; keep its value only")
    if isinstance(cell.value, int | float) and "%" in (cell.number_format or ""):
        return f"{round(Decimal(str(cell.value)) * 100, 2).normalize():f}%".replace(".", ",")
    return cell.value


def _head(table: Sequence[Cells], columns: Sequence[str], least: int = 2) -> int | None:
    """Where the head stands: the first row of several names, of which we know one. A title may stand above it."""
    for place, (_, cells) in enumerate(table[:MOST_ABOVE]):
        names = [_name(cell) for cell in cells if _name(cell)]
        if len(names) >= least and (not columns or set(names) & set(columns)):
            return place
    return None


def _name(cell: Any) -> str:
    return str("" if cell is None else cell).strip().lower()


def _without_head(columns: Sequence[str], where: str) -> None:
    wanted = f"; a head names columns such as {', '.join(columns[:4])}" if columns else ""
    raise NotReadable(f"no head found in the first {MOST_ABOVE} rows of {where}{wanted}")


def _with_names(table: Sequence[Cells], columns: Sequence[str], where: str) -> Rows:
    """The head names the columns, in any case; a column without name and without cells is one that Excel left."""
    place = _head(table, columns)
    place = _head(table, columns, least=1) if place is None else place
    if place is None:
        if any(_name(cell) for _, cells in table for cell in cells):
            _without_head(columns, where)
        return
    names = [_name(cell) for cell in table[place][1]]
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        raise NotReadable(f"row {table[place][0]}: two columns have one name")
    for number, cells in table[place + 1 :]:
        beyond = [cell for cell, name in zip_longest(cells, names, fillvalue="") if not name]
        if any(cell not in (None, "") for cell in beyond):
            raise NotReadable(f"row {number}: more cells than columns have a name")
        yield number, {name: as_it_was(cell) for name, cell in zip(names, cells, strict=False) if name}


def as_it_was(value: Any) -> Any:
    """A text without the apostrophe that kept a spreadsheet from running it."""
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value.lstrip("'").startswith(RUNS) else value


def text_of(value: Any) -> str:
    """A cell as text, without what no column can hold."""
    return "" if value is None else storable(str(value)).strip()


def listed(value: Any) -> list[str]:
    """A list, or the texts between semicolons."""
    parts = value if isinstance(value, list) else text_of(value).split(";")
    return [text for text in map(text_of, parts) if text]


READERS = {"jsonl": _json_lines, "csv": _csv, "xlsx": _xlsx}
