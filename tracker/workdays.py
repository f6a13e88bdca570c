"""On which days people work and on which bodies meet: two questions that stay two.

is_working_day   Monday to Friday, no holiday and nothing closed: mail, working days of a step, days for papers
can_meet         a working day outside recess and school holidays: bodies

So no digest stops in the summer recess. Holidays come from the library `holidays`; the stored periods of a year rule
over it, since a coordinator may add a closing or take a holiday away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import holidays
from holidays.holiday_base import HolidayBase
from sqlmodel import Session, col, select

from db.models import ClosedPeriod
from db.vocabulary_calendar import NOBODY_WORKS, ClosedKind

DAY = timedelta(days=1)
SATURDAY = 5
MOST_DAYS = 20_000  # looked up and kept: of all participants together some years
SOURCES = {
    ClosedKind.PUBLIC_HOLIDAY: "landelijke feestdagen, met Goede Vrijdag en 5 mei (bibliotheek holidays)",
    ClosedKind.SCHOOL_HOLIDAY: "schoolvakanties regio Noord, OCW (bibliotheek holidays)",
}


@dataclass(frozen=True)
class ClosedSpan:
    """Days from first to last, both inclusive; for one participant, or for all when that is empty."""

    first: date
    last: date
    participant: str = ""

    def covers(self, day: date, participant: str) -> bool:
        return self.first <= day <= self.last and self.participant in ("", participant)

    def touches(self, day: date, participant: str) -> bool:
        """Whether it closes this participant on any day in the month of this one."""
        months = (self.first.year, self.first.month), (self.last.year, self.last.month)
        return months[0] <= (day.year, day.month) <= months[1] and self.participant in ("", participant)


@dataclass(frozen=True, eq=False)
class ClosedDays:
    """Days off, on which nobody works, and recess, in which bodies do not meet.

    Compared by identity, so that what follows from it can be kept by it: the same periods give the same one.
    """

    off: tuple[ClosedSpan, ...] = ()
    recess: tuple[ClosedSpan, ...] = ()
    years: frozenset[int] = frozenset()  # those whose holidays stand in ``off``
    _works: dict[tuple[date, str], bool] = field(default_factory=dict, repr=False)
    _rests: dict[tuple[date, str], bool] = field(default_factory=dict, repr=False)
    _months: dict[tuple[int, int, str, bool], tuple[ClosedSpan, ...]] = field(default_factory=dict, repr=False)

    def is_working_day(self, day: date, participant: str = "") -> bool:
        """Whether people of this participant work: a weekday that is no holiday.

        Each day is looked up once: a digest over five thousand calls asks for a hundred thousand, mostly the same.
        """
        known = self._works.get((day, participant))
        if known is None:
            if len(self._works) >= MOST_DAYS:
                self._works.clear()
            known = self._works[day, participant] = self._is_open(day, participant)
        return known

    def _is_open(self, day: date, participant: str) -> bool:
        if day.weekday() >= SATURDAY or (day.year not in self.years and day in _national_holidays(day.year)):
            return False
        return not self._is_covered(day, participant, self.off)

    def can_meet(self, day: date, participant: str = "", keeps_recess: bool = True) -> bool:
        """Whether a body of this participant can meet."""
        return self.is_working_day(day, participant) and not (keeps_recess and self._is_resting(day, participant))

    def _is_resting(self, day: date, participant: str) -> bool:
        known = self._rests.get((day, participant))
        if known is None:
            if len(self._rests) >= MOST_DAYS:
                self._rests.clear()
            known = self._rests[day, participant] = self._is_covered(day, participant, self.recess)
        return known

    def _is_covered(self, day: date, participant: str, spans: tuple[ClosedSpan, ...]) -> bool:
        """Whether a span of all or of this participant covers a day: of the ones that touch its month."""
        key = (day.year, day.month, participant, spans is self.off)
        kept = self._months.get(key)
        if kept is None:
            kept = self._months[key] = tuple(span for span in spans if span.touches(day, participant))
        return any(span.covers(day, participant) for span in kept)

    def working_day(self, latest: date, participant: str = "") -> date:
        """The last working day on or before a day."""
        day = latest
        while not self.is_working_day(day, participant):
            day -= DAY
        return day

    def before(self, day: date, working_days: int, participant: str = "") -> date:
        """The working day that lies this many working days before a day; with none, the day itself or the last one."""
        if working_days == 0:
            return self.working_day(day, participant)
        for _ in range(working_days):
            day = self.working_day(day - DAY, participant)
        return day


def read_closed_days(session: Session) -> ClosedDays:
    """The stored periods, sorted by who they close."""
    return _of_spans(tuple((kind, first, last, who) for kind, first, last, who in session.exec(_PERIODS)))


_PERIODS = select(
    col(ClosedPeriod.kind), col(ClosedPeriod.first_day), col(ClosedPeriod.last_day), col(ClosedPeriod.participant_id)
).order_by(col(ClosedPeriod.id))  # said once: many pages ask


@lru_cache(maxsize=8)
def _of_spans(periods: tuple[tuple[str, date, date, str], ...]) -> ClosedDays:
    """One for the same periods, whatever page asks: its days are looked up once, and change with the periods."""
    spans = [(kind, ClosedSpan(first, last, participant)) for kind, first, last, participant in periods]
    return ClosedDays(
        off=tuple(span for kind, span in spans if kind in NOBODY_WORKS),
        recess=tuple(span for kind, span in spans if kind not in NOBODY_WORKS),
        years=frozenset(span.first.year for kind, span in spans if kind == ClosedKind.PUBLIC_HOLIDAY),
    )


@lru_cache(maxsize=64)
def _national_holidays(year: int) -> frozenset[date]:
    return frozenset(_netherlands()(years=year))


@cache
def _netherlands() -> type[HolidayBase]:
    """The country of its file alone: asked by its code, 8 MiB of 250 others come in with it (2026-12-01)."""
    file = Path(holidays.__file__).parent / "countries" / "netherlands.py"
    loader = SourceFileLoader("holidays_netherlands", str(file))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    country: type[HolidayBase] = module.Netherlands
    return country


NATIONAL = ClosedDays()


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no national holiday: the day of anybody who gets mail, whatever their organisation."""
    return NATIONAL.is_working_day(day)


def holiday_periods(first_year: int, last_year: int) -> list[ClosedPeriod]:
    """Public holidays and the school holidays of region Noord, in which all 33 participants lie."""
    years = range(first_year, last_year + 1)
    public = _netherlands()(years=years, categories=("public", "optional"), language="nl")
    school = _netherlands()(subdiv="Noord", years=years, categories=("school",), language="nl")
    days = [_period(ClosedKind.PUBLIC_HOLIDAY, name, day, day) for day, name in sorted(public.items())]
    return days + [_period(ClosedKind.SCHOOL_HOLIDAY, *span) for span in _spans(dict(sorted(school.items())))]


def _spans(days: dict[date, str]) -> Iterator[tuple[str, date, date]]:
    """Days in a row with the same name, as one period."""
    breaks = [b for a, b in pairwise(days) if b - a != DAY or days[a] != days[b]]
    starts = [*list(days)[:1], *breaks]
    ends = [*(max(day for day in days if day < b) for b in breaks), *list(days)[-1:]]
    yield from ((days[first], first, last) for first, last in zip(starts, ends, strict=True))


def _period(kind: ClosedKind, name: str, first: date, last: date) -> ClosedPeriod:
    return ClosedPeriod(kind=kind, name=name, first_day=first, last_day=last, source=SOURCES[kind])
