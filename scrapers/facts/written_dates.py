"""A date as it is written, before the text around it gives it its hour, its year, or the other end of its period."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import time

from scrapers.facts.words import names, one_of

EARLIEST, LATEST = 1990, 2099  # outside these a year is a slip of the pen (9999, 0026), so unknown
EITHER = "day and month could be either"
MONTHS = names("months")
MONTH = one_of(MONTHS)
DAYNAME = rf"(?:{one_of(names('weekdays'))})"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """The year may be missing, the day may not exist."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    hour: time | None = None
    why: str = ""
    weekday: str = ""
    slip: str = ""
    pair: str = ""


def checked(written: WrittenDate) -> WrittenDate:
    """The same, or with the reason why there is no such day."""
    if written.year is not None and not EARLIEST <= written.year <= LATEST:
        return replace(written, why="no such year")
    leap = written.year or 2024
    if not 1 <= written.month <= 12 or not 1 <= written.day <= monthrange(leap, written.month)[1]:
        return replace(written, why="no such day")
    return written
