"""A file as lines of text, whatever it is: a spreadsheet's rows, a calendar's events, or the text itself."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any

from icalendar import Calendar

from notifications.wording import local_day
from tracker.errors import Incomplete
from tracker.exchange.import_address_book import text_of_file
from tracker.exchange.rows import MOST_UNPACKED

MOST_ROWS = 2_000
Line = tuple[int, str]


def lines_of(content: bytes) -> list[Line]:
    """Number and text of every line that is not empty. Raises Incomplete for a file that cannot be read."""
    if content[:2] == b"PK":
        read = _of_workbook(content)
    else:
        text = text_of_file(content)
        read = _of_calendar(content) if "BEGIN:VCALENDAR" in text[:500] else enumerate(text.splitlines(), 1)
    lines = [(number, re.sub(r"[;,\t]", " ; ", line)) for number, line in read if line.strip(" ;,\t")]
    if len(lines) > MOST_ROWS:
        raise Incomplete(f"Meer dan {MOST_ROWS} regels; splits het bestand.", "file")
    return lines


def _of_workbook(content: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise Incomplete("Dit bestand is uitgepakt te groot.", "file")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True) for sheet in book.worksheets]
        rows = [" ; ".join(filter(None, map(_cell, cells))) for cells in chain(*sheets)]
    except (zipfile.BadZipFile, LookupError, OSError, SyntaxError, TypeError, ValueError) as error:
        raise Incomplete("Dit is geen Excel-bestand dat te lezen is.", "file") from error
    yield from enumerate(rows, 1)


def _cell(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return "" if value is None else " ".join(str(value).split())


def _of_calendar(content: bytes) -> Iterator[Line]:
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except ValueError as error:
        raise Incomplete("Dit is geen agendabestand dat te lezen is.", "file") from error
    for number, event in enumerate(events, 1):
        summary = " ".join(str(event.get("SUMMARY", "")).split())
        if "RRULE" in event or "RDATE" in event:
            raise Incomplete(f"{summary or 'Een afspraak'} herhaalt zich; zet de losse dagen erin.", "file")
        begins = event.get("DTSTART")
        if begins is not None and str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield number, f"{_day(begins.dt)} {re.sub(r'[0-9]', '', summary)}"


def _day(begins: date | datetime) -> date:
    """On the Amsterdam calendar, also where a program wrote its midnight as 22:00 UTC the day before."""
    return local_day(begins) if getattr(begins, "tzinfo", None) else date(begins.year, begins.month, begins.day)
