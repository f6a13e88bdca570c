"""Calls as rows for others: JSON lines, CSV and Excel, in Amsterdam time, and harmless in a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlmodel import Session

from db.models import Call
from db.queries import CallFilter, calls_for
from db.search import read_translations
from tracker.calls.records import call_record, records
from tracker.exchange import workbook

# A spreadsheet runs what begins like this (ASVS 1.2.10); an apostrophe makes it a text.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # full-width ones, too


def calls(session: Session, wanted: CallFilter, now: datetime) -> Iterator[dict[str, Any]]:
    """The calls a filter means, a dictionary each with the keys that ``export calls`` promises."""
    yield from records(
        session, session.exec(calls_for(wanted, now, translations=read_translations(session))).all(), now
    )


def call_columns(now: datetime) -> list[str]:
    """The columns of a sheet of calls: also where there are none, so that who reads it finds them."""
    return list(flat(call_record(Call(title="", url="", language="", first_seen=now, last_seen=now), [], [], [], now)))


def as_jsonl(records: Iterable[dict[str, Any]], _name: str = "", _columns: Sequence[str] = ()) -> bytes:
    """A record a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def as_json(records: Iterable[dict[str, Any]], _name: str = "", _columns: Sequence[str] = ()) -> bytes:
    """One list; days as text, amounts as numbers."""
    return json.dumps(list(records), ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def as_csv(records: Iterable[dict[str, Any]], _name: str = "", columns: Sequence[str] = ()) -> bytes:
    """With a byte order mark, semicolons and decimal commas, as a Dutch Excel expects; no cell runs.

    ``columns`` names them where there are no records.
    """
    heading, rows = _headed(records, columns)
    written = io.StringIO()
    table = csv.DictWriter(written, heading, delimiter=";", lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: harmless(in_dutch(value)) for name, value in row.items()} for row in rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_xlsx(records: Iterable[dict[str, Any]], name: str = "regelingen", columns: Sequence[str] = ()) -> bytes:
    """One sheet; what openpyxl cannot hold (control characters) is left out, and no cell is a formula.

    ``columns`` names them where there are no records.
    """
    heading, rows = _headed(records, columns)
    return as_workbook({name: chain([heading], (list(row.values()) for row in rows))})


def _headed(records: Iterable[dict[str, Any]], columns: Sequence[str]) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The names of the columns, and the rows as they come: never all at once in memory."""
    rows = map(flat, records)
    first = next(rows, None)
    return (list(columns), rows) if first is None else (list(first), chain([first], rows))


def as_workbook(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """A sheet for each name, of rows of cells; the same holds for every cell of them."""
    safe = {name: ([harmless(value) for value in row] for row in rows) for name, rows in sheets.items()}
    return workbook.written(safe)


def in_dutch(value: Any) -> Any:
    """A number with a decimal comma: a Dutch Excel takes 2.5 for the second of May."""
    return str(value).replace(".", ",") if isinstance(value, float | Decimal) else value


def harmless(value: Any) -> Any:
    """A text that a spreadsheet does not run; ``rows.as_it_was`` takes the apostrophe away again."""
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(RUNS) else value


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record as cells: lists and what is in them as text."""
    cells: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            cells |= {f"{name}_{key}": inner for key, inner in value.items()}
        elif isinstance(value, list):
            cells[name] = "; ".join(_words(item) for item in value)
        else:
            cells[name] = value
    return cells


def _words(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    if "means" in item:
        return f"{item['means']}: {item['text']}"
    if "kind" in item:
        when = item["at"] or item["date"] or ""
        return f"{item['kind']} {when}{' (assumed)' if item.get('assumed') else ''}".strip()
    if "field" in item:
        return f"{item['field']}: {item['sentence']}"
    if "text" in item:
        return f"{item['text']} ({item['day']})" if item.get("day") else str(item["text"])
    return " ".join(str(item[key]) for key in ("id", "score", "source", "external_id") if key in item)


FORMATS = {"jsonl": as_jsonl, "csv": as_csv, "xlsx": as_xlsx}
