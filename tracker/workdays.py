"""On which days people work and bodies meet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from db.models import ClosedPeriod
from db.vocabulary_calendar import NOBODY_WORKS

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Period:
    """Days from first to last, both inclusive; for one participant, or for all when that is empty."""

    first: date
    last: date
    participant: str = ""

    def covers(self, day: date, participant: str) -> bool:
        return self.first <= day <= self.last and self.participant in ("", participant)


@dataclass(frozen=True)
class ClosedDays:
    """Holidays, on which nobody works, and recess, in which bodies do not meet."""

    off: tuple[Period, ...] = ()
    recess: tuple[Period, ...] = ()

    def works(self, day: date, participant: str = "") -> bool:
        """Whether people of this participant work: a weekday that is no holiday."""
        return day.weekday() < SATURDAY and not any(p.covers(day, participant) for p in self.off)

    def meets(self, day: date, participant: str = "", keeps_recess: bool = True) -> bool:
        """Whether a body of this participant can meet."""
        resting = keeps_recess and any(p.covers(day, participant) for p in self.recess)
        return self.works(day, participant) and not resting

    def working_day(self, latest: date, participant: str = "") -> date:
        """The last working day on or before a day."""
        day = latest
        while not self.works(day, participant):
            day -= DAY
        return day

    def before(self, day: date, working_days: int, participant: str = "") -> date:
        """The working day that lies this many working days before a day; with none, the day itself or the last one."""
        found = self.working_day(day, participant) if working_days == 0 else day
        for _ in range(working_days):
            found = self.working_day(found - DAY, participant)
        return found


def closed_days(rows: Iterable[ClosedPeriod]) -> ClosedDays:
    """The stored periods, sorted by who they close."""
    listed = [(row.kind in NOBODY_WORKS, Period(row.first_day, row.last_day, row.participant_id)) for row in rows]
    return ClosedDays(
        off=tuple(period for nobody, period in listed if nobody),
        recess=tuple(period for nobody, period in listed if not nobody),
    )


@lru_cache(maxsize=64)
def _free_days(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no national holiday."""
    return day.weekday() < SATURDAY and day not in _free_days(day.year)
