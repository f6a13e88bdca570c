"""A jaarplanning as bodies write it: every line a meeting, or named as wrong; nothing kept by half."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from db.models import Body
from tracker.calendar.year_plan import PlannedMeeting, read_year_plan
from tracker.errors import Incomplete
from tracker.exchange.lines import lines_of
from tracker.workdays import ClosedDays

TODAY = date(2026, 12, 1)
BODY = Body(id="college", name="het college", kind="college", participant_id="haarlem", paper_days=7)


def read(text: str | bytes, year: int | None = None) -> list[PlannedMeeting]:
    content = text.encode() if isinstance(text, str) else text
    return read_year_plan(lines_of(content), BODY, ClosedDays(), TODAY, year)


def days(rows: list[PlannedMeeting]) -> list[tuple[date | None, date | None]]:
    return [(row.day, row.papers_on) for row in rows]


FIRST, SECOND = (date(2027, 1, 12), date(2027, 1, 5)), (date(2027, 1, 26), date(2027, 1, 19))


@pytest.mark.parametrize(
    "text",
    [
        "Jaarplanning 2027\n\ndinsdag 12 januari 2027\ndinsdag 26 januari 2027\n",
        "12-01-2027\r\n26-01-2027\r\n",
        "sep=;\nVergadering;Stukken\n12-01-2027;05-01-2027\n26-01-2027;19-01-2027\n",
        "Vergadering,Stukken\n12/01/2027,05/01/2027\n26/01/2027,19/01/2027\n",
        "2027-01-12\tB en W\n2027-01-26\tB en W\n",
    ],
)
def test_the_same_dates_in_many_notations(text: str) -> None:
    assert days(read(text)) == [FIRST, SECOND]


def test_days_without_a_year_are_read_in_the_year_that_is_given() -> None:
    assert days(read("12 januari\n26 januari", 2027)) == [FIRST, SECOND]
    assert all(row.wrong for row in read("12 januari\n26 januari"))


def test_a_workbook_and_a_calendar_file_are_read_alike() -> None:
    book = Workbook()
    book.active.append(["Jaarplanning college", None])  # type: ignore[union-attr]
    for day, papers in (FIRST, SECOND):
        book.active.append([datetime.fromisoformat(f"{day}T00:00"), papers])  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:202701{n}T100000\r\nSUMMARY:College 2027\r\n{more}END:VEVENT\r\n"
        for n, more in (("12", ""), ("19", "STATUS:CANCELLED\r\n"), ("26", ""))
    )
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n"
    assert days(read(file.getvalue())) == days(read(calendar)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        ("12-01-2027\nvolgt nog", 2, "geen datum"),
        ("12-01-2027\n12-01-2027", 2, "staat er al, op regel 1"),
        ("maandag 12 januari 2027", 1, "dag van de week"),
        ("12-01-2027; stukken 13-01-2027", 1, "voor de vergadering"),
        ("12-01-2027\n32-01-2027", 2, "datum"),
        ("Jaarplanning 2027\n12-01-'27\n26-01-2027", 2, "als 12-01-2027"),
        ("Datums\n2027/01/12\n26-01-2027", 2, "als 12-01-2027"),
        ("Datums\n12-1\n26-01-2027", 2, "als 12-01-2027"),
        ("Datum;Stukken\n46399;46392\n26-01-2027", 2, "opmaak datum"),
        ("12-01-2027\n26-01-2027 VERVALLEN", 2, "gaat niet door"),
    ],
)
def test_a_line_that_cannot_be_right_is_named(text: str, number: int, why: str) -> None:
    (wrong,) = [row for row in read(text) if row.wrong]
    assert wrong.number == number
    assert why in wrong.wrong


def test_odd_days_are_asked_about_and_right_ones_are_not() -> None:
    rows = read("27-11-2026\n12-01-2027\n16-05-2027\n27-04-2027")
    assert [row.odd for row in rows] == ["voorbij", "", "een zondag", "een feestdag of vrije dag"]


def test_a_line_that_leaves_it_open_is_asked_about() -> None:
    rows = read("Jaarplanning 2026/2027, versie 1.2\n12-01-2027 (reserve)\n26-01-2027 onder voorbehoud\n09-02-2027")
    assert [row.odd for row in rows] == [
        "een dag met 'reserve' erbij", "een dag met 'onder voorbehoud' erbij", "",
    ]  # fmt: skip


def test_a_file_that_is_none_is_refused_in_one_line() -> None:
    for content in (b"PK\x03\x04nonsense", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n", b"12-01-2027\n" * 3000):
        with pytest.raises(Incomplete):
            read(content)


def test_the_day_of_an_appointment_is_the_one_in_amsterdam() -> None:
    event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270111T230000Z\r\nSUMMARY:B en W\r\nEND:VEVENT\r\n"
    assert days(read(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}END:VCALENDAR\r\n")) == [FIRST]


@pytest.mark.parametrize("again", ["RRULE:FREQ=WEEKLY", "RDATE:20270126T100000"])
def test_a_repeating_appointment_is_not_half_read(again: str) -> None:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270112T100000\r\n{again}\r\nSUMMARY:B en W\r\nEND:VEVENT\r\n"
    with pytest.raises(Incomplete, match="herhaalt zich"):
        read(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}END:VCALENDAR\r\n")
