"""Two views of the calendar: the grid of a month, and quarters with calls as bars from opening to closing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import EntryKind
from notifications.ical import OPEN_TO_REACT
from tracker.calendar.entries import Entry
from tracker.workdays import DAY

QUARTERS = 5
MOST_LANES = 30
MOST_ROWS = 200  # of the table; the list has them all
LEFT, WIDTH, LANE, TOP = 260, 1000, 26, 44  # in the picture's own units
Span = tuple[date, date]  # first and last day, both inclusive
GAP = 12  # between a title and the bars; a mark on the first day reaches 5 into it


@dataclass(frozen=True)
class Lane:
    """One call: the bar it is open, and its deadlines as marks; ``open_end``: until the money is gone, or always."""

    title: str
    href: str
    y: int
    start: float
    end: float
    open_end: bool
    marks: tuple[tuple[float, Entry], ...]
    note: str = ""


@dataclass(frozen=True)
class Timeline:
    """All that the picture shows, in its own units."""

    since: date
    until: date
    quarters: tuple[tuple[float, str], ...]
    months: tuple[tuple[float, str], ...]
    lanes: tuple[Lane, ...]
    closed: tuple[tuple[float, float, str], ...]
    today: float
    left_out: int

    @property
    def label(self) -> int:
        """How wide a title may be: what is longer ends in an ellipsis before the bars begin."""
        return LEFT - GAP

    @property
    def height(self) -> int:
        return TOP + LANE * max(len(self.lanes), 1) + 8

    @property
    def width(self) -> int:
        return LEFT + WIDTH


def quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def quarter_name(day: date) -> str:
    """``3e kwartaal 2026``."""
    return f"{(day.month - 1) // 3 + 1}e kwartaal {day.year}"


def span(today: date) -> Span:
    """From the start of this quarter to the end of the fourth after it."""
    since = quarter_start(today)
    return since, _months_on(since, 3 * QUARTERS) - DAY


def _months_on(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def year_of(year: int) -> Span:
    """Its first and last day."""
    return date(year, 1, 1), date(year, 12, 31)


def timeline(
    entries: Sequence[Entry], undated: Iterable[tuple[str, str, str]], today: date, days: Span | None = None,
    left_out: int = 0,
) -> Timeline:  # fmt: skip
    """Lanes by their last day, soonest first; calls without an end come last, with an open end.

    ``undated``: what, title and address of each. ``days``: what is shown, also what went by; else from this quarter on
    what still comes. ``left_out``: how many calls there are beside these.
    """
    since, until = days or span(today)
    total = (until - since).days + 1

    def x(day: date) -> float:
        return round(LEFT + WIDTH * min(max((day - since).days, 0), total) / total, 1)

    loose = [e for e in entries if e.kind == EntryKind.MOMENT and not e.call and e.day <= until]
    ordered = _by_call(entries, since if days else today, until)
    open_ended = [(what, title, href) for what, title, href in undated]
    room = MOST_LANES - min(len(open_ended), MOST_LANES // 3)
    lanes = [_moments(loose, x)] if loose else []
    lanes += [_lane(n, key, of_call, x) for n, (key, of_call) in enumerate(ordered[:room], len(lanes))]
    for what, title, href in open_ended[: MOST_LANES - len(lanes)]:
        lanes.append(Lane(title, href, TOP + LANE * len(lanes), LEFT, LEFT + WIDTH, True, (), what))
    months = [_months_on(since, n) for n in range(12 if days else 3 * QUARTERS)]
    return Timeline(
        since=since,
        until=until,
        quarters=tuple((x(m), quarter_name(m)) for m in months[::3]),
        months=tuple((x(m), "jfmamjjasond"[m.month - 1]) for m in months),
        lanes=tuple(lanes),
        closed=tuple(_closed(e, x, since, until) for e in entries if _is_recess(e)),
        today=x(today) if since <= today <= until else -1,
        left_out=left_out + len(ordered) + len(open_ended) - len(lanes) + bool(loose),
    )


def _by_call(entries: Sequence[Entry], since: date, until: date) -> list[tuple[tuple[str, str], list[Entry]]]:
    """What belongs to each call and touches these days, by its last day."""
    by_call: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.call:
            by_call[entry.call, entry.title].append(entry)
    days = {key: [entry.day for entry in found] for key, found in by_call.items()}
    touching = [key for key in by_call if since <= max(days[key]) and min(days[key]) <= until]
    return [(key, by_call[key]) for key in sorted(touching, key=lambda key: (max(days[key]), key[1]))]


def _lane(number: int, key: tuple[str, str], of_call: list[Entry], x: Callable[[date], float]) -> Lane:
    opens = [e.day for e in of_call if e.what in (DeadlineKind.OPENS.label, OPEN_TO_REACT)]
    last = max(e.day for e in of_call)
    marks = tuple((x(e.day), e) for e in sorted(of_call, key=lambda e: e.order))
    return Lane(key[1], key[0], TOP + LANE * number, x(min(opens)) if opens else LEFT, x(last), False, marks)


def _moments(moments: list[Entry], x: Callable[[date], float]) -> Lane:
    """Outside moments that belong to no call, on one lane above all others."""
    marks = tuple((x(e.day), e) for e in sorted(moments, key=lambda e: e.order))
    return Lane("Interventiemomenten", "/momenten", TOP, LEFT, LEFT, False, marks)


def _is_recess(entry: Entry) -> bool:
    """Periods of some days; single holidays would be hairlines."""
    return entry.until is not None and entry.until - entry.day >= timedelta(days=3)


def _closed(entry: Entry, x: Callable[[date], float], since: date, until: date) -> tuple[float, float, str]:
    assert entry.until is not None
    start = x(max(entry.day, since))
    return start, round(x(min(entry.until + DAY, until)) - start, 1), entry.what


def by_quarter(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """The same as a table: each quarter with its entries in order, as far as a table is still read."""
    quarters: dict[date, list[Entry]] = defaultdict(list)
    shown = [entry for entry in entries if entry.until is None]
    for entry in sorted(shown, key=lambda e: e.order)[:MOST_ROWS]:
        quarters[quarter_start(entry.day)].append(entry)
    return [(quarter_name(first), listed) for first, listed in sorted(quarters.items())]


@dataclass(frozen=True)
class Cell:
    """One day of the grid; ``closed`` names the holiday or recess it lies in, ``more`` counts what is not shown."""

    day: date
    inside: bool
    entries: tuple[Entry, ...]
    closed: tuple[Entry, ...]
    more: int = 0


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


def weeks(
    first: date, entries: Iterable[Entry], counts: Mapping[date, int] | None = None, most: int | None = None
) -> list[Week]:
    """The grid of a month. An entry stands on its own day; a period stands on all of its days.

    ``counts``: how many there are of a day, where not all are given; ``most``: how many of them a day shows.
    """
    since, until = shown_days(first)
    by_day: dict[date, list[Entry]] = {}
    periods = []
    for entry in entries:
        if entry.until is not None:
            periods.append(entry)
        else:
            by_day.setdefault(entry.day, []).append(entry)
    days = [since + DAY * n for n in range((until - since).days + 1)]
    cells = [_cell(day, first, by_day.get(day, []), periods, counts or {}, most) for day in days]
    return [Week(cells[n].day.isocalendar().week, tuple(cells[n : n + 7])) for n in range(0, len(cells), 7)]


def _cell(
    day: date, first: date, entries: list[Entry], periods: list[Entry], counts: Mapping[date, int], most: int | None
) -> Cell:
    closed = tuple(p for p in periods if p.until is not None and p.day <= day <= p.until)
    inside = (day.year, day.month) == (first.year, first.month)
    shown = sorted(entries, key=lambda e: (not e.overdue, not e.ours, e.order))[:most]
    in_order = tuple(sorted(shown, key=lambda e: e.order))
    return Cell(day, inside, in_order, closed, max(counts.get(day, len(entries)) - len(shown), 0))
