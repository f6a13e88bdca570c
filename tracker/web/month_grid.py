"""A month as weeks from Monday to Sunday, with the number each week has by ISO 8601."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.calendar.entries import Entry
from tracker.workdays import DAY


@dataclass(frozen=True)
class Cell:
    """One day of the grid; ``closed`` names the holiday or recess it lies in."""

    day: date
    inside: bool
    entries: tuple[Entry, ...]
    closed: tuple[Entry, ...]


@dataclass(frozen=True)
class Week:
    """One row of the grid."""

    number: int
    cells: tuple[Cell, ...]


def first_of(month: str, today: date) -> date:
    """The first day of ``2026-11``; this month's where nothing is asked. Raises ValueError."""
    return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def previous_month(first: date) -> date:
    """The first day of the month before."""
    return (first - DAY).replace(day=1)


def shown_days(first: date) -> tuple[date, date]:
    """The Monday before the first and the Sunday after the last of a month."""
    last = next_month(first) - DAY
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def weeks(first: date, entries: Iterable[Entry]) -> list[Week]:
    """The grid of a month. An entry stands on its own day; a period stands on all of its days."""
    since, until = shown_days(first)
    by_day: dict[date, list[Entry]] = {}
    periods = []
    for entry in entries:
        if entry.until is not None:
            periods.append(entry)
        else:
            by_day.setdefault(entry.day, []).append(entry)
    days = [since + DAY * n for n in range((until - since).days + 1)]
    cells = [_cell(day, first, by_day.get(day, []), periods) for day in days]
    return [Week(cells[n].day.isocalendar().week, tuple(cells[n : n + 7])) for n in range(0, len(cells), 7)]


def _cell(day: date, first: date, entries: list[Entry], periods: list[Entry]) -> Cell:
    closed = tuple(p for p in periods if p.until is not None and p.day <= day <= p.until)
    inside = (day.year, day.month) == (first.year, first.month)
    return Cell(day, inside, tuple(sorted(entries, key=lambda e: e.order)), closed)
