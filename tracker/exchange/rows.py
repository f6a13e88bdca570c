"""The rows of a file that somebody wants to import: JSON lines, CSV or Excel, bounded, each with its number.

A kind of row is checked row by row, then all or none is taken in.

What ``export`` made harmless for spreadsheets comes back as it was.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scrapers.listing import storable
from tracker.errors import NotPossible
from tracker.exchange.tables import RUNS

MOST_ROWS = 20_000
MOST_BYTES = 50 * 2**20
MOST_UNPACKED = 250 * 2**20
MOST_NAMED = 20  # wrong rows that are named, a line each
Row = tuple[int, dict[str, Any]]
Rows = Iterator[Row]


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


def rows_of(content: bytes, form: str) -> list[Row]:
    """Number and fields of every row; the number is the line of a JSON file, or the row a spreadsheet shows.

    ``form``: jsonl, csv or xlsx. Raises NotReadable.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable(f"larger than {MOST_BYTES // 2**20} MiB")
    rows = []
    for number, row in READERS[form](content):
        if any(value not in (None, "") for value in row.values()):
            rows.append((number, row))
        if len(rows) > MOST_ROWS:
            raise NotReadable(f"more than {MOST_ROWS} rows")
    return rows


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"no UTF-8 text: {error.reason} at byte {error.start}; save it as 'CSV UTF-8'") from error


def _json_lines(content: bytes) -> Rows:
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


def _csv(content: bytes) -> Rows:
    text = _text(content)
    head = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") >= head.count(",") else ",")
    try:
        yield from _with_names(table)
    except csv.Error as error:
        raise NotReadable(f"line {table.line_num}: {error}") from error


def _xlsx(content: bytes) -> Rows:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NotReadable(f"larger than {MOST_UNPACKED // 2**20} MiB when unpacked")
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        yield from _with_names([_value(cell) for cell in cells] for cells in sheet.iter_rows(max_row=MOST_ROWS + 2))
    except (zipfile.BadZipFile, LookupError, OSError, SyntaxError, TypeError, ValueError) as error:
        raise NotReadable(f"no Excel workbook: {' '.join(str(error).split())[:200]}") from error


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        raise NotReadable(f"row {cell.row}: {cell.coordinate} holds a formula; keep its value only")
    return cell.value


def _with_names(table: Iterable[list[Any]]) -> Rows:
    """The first row names the columns."""
    rows = iter(table)
    names = [str(name or "").strip() for name in next(rows, [])]
    if len(set(names)) < len(names):
        raise NotReadable("two columns have one name")
    for number, cells in enumerate(rows, 2):
        if any(cell not in (None, "") for cell in cells[len(names) :]):
            raise NotReadable(f"row {number}: more cells than columns have a name")
        yield number, {name: as_it_was(cell) for name, cell in zip(names, cells, strict=False)}


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
