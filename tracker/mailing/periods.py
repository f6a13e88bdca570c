"""When digests are due: working days and chosen weekdays, 07:30 on the Amsterdam clock. Pure.

Working days are Monday to Friday without the national holidays of the `holidays` package (Good Friday is one of them,
5 May only once in five years). A weekly digest keeps its day, also on a holiday. Local times are wall times: the
instant follows from the zone, also in the nights the clocks change; 07:30 exists once in every night of the year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from db.vocabulary import Cadence
from notifications.wording import AMSTERDAM, local_day
from tracker.workdays import is_working_day

AT = time(7, 30)
LOOK_BACK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DigestPeriod:
    """One slot of a cadence: a day such as 2026-05-29, or an ISO week such as 2026-W53."""

    cadence: Cadence
    weekday: int | None
    slot: str
    due: datetime

    @property
    def job(self) -> str:
        """What its Run is called."""
        return "digest:day" if self.weekday is None else f"digest:week:{self.weekday}"


def at_half_past_seven(day: date) -> datetime:
    """07:30 on that day in Amsterdam, in UTC."""
    return datetime.combine(day, AT, AMSTERDAM).astimezone(UTC)


def reminder_moment(day: date, ahead: int) -> datetime:
    """07:30 on the day so many days before a day (after it, where negative), or on the working day before that.

    What is due on a Monday is said on Friday: nobody reads a mail on Sunday.
    """
    chosen, step = day - DAY * ahead, DAY if ahead < 0 else -DAY
    while not is_working_day(chosen):
        chosen += step
    return at_half_past_seven(chosen)


def next_morning(now: datetime) -> datetime:
    """When the next mail of the day leaves: 07:30 on the next working day, in UTC."""
    day = local_day(now) + DAY
    while not is_working_day(day):
        day += DAY
    return at_half_past_seven(day)


def distance_due(day: date, distances: Iterable[int], since: datetime, now: datetime) -> int | None:
    """The nearest distance whose moment came in the last seven days and after ``since``; none where there is none.

    Of several that were missed only the nearest is told, with the true days left.
    """
    moments = ((ahead, reminder_moment(day, ahead)) for ahead in distances)
    return min((ahead for ahead, at in moments if max(since, now - LOOK_BACK) < at <= now), default=None)


def periods(now: datetime, weekdays: Iterable[int] = (0,), look_back: timedelta = LOOK_BACK) -> list[DigestPeriod]:
    """Every period that became due in the last seven days, oldest first."""
    chosen = frozenset(weekdays)
    days = [local_day(now) - DAY * back for back in range(look_back.days, -1, -1)]
    every = [period for day in days for period in _on(day, chosen)]
    return [period for period in every if now - look_back < period.due <= now]


def _on(day: date, weekdays: frozenset[int]) -> list[DigestPeriod]:
    due = at_half_past_seven(day)
    daily = [DigestPeriod(Cadence.DAY, None, day.isoformat(), due)] if is_working_day(day) else []
    year, week, _ = day.isocalendar()
    weekly = [DigestPeriod(Cadence.WEEK, day.weekday(), f"{year}-W{week:02}", due)] if day.weekday() in weekdays else []
    return daily + weekly


def next_due(cadence: Cadence, weekday: int, after: datetime) -> datetime:
    """The first moment after ``after`` on which this cadence is due."""
    day = local_day(after)
    for ahead in range(15):
        candidate = day + DAY * ahead
        fits = candidate.weekday() == weekday if cadence == Cadence.WEEK else is_working_day(candidate)
        if fits and at_half_past_seven(candidate) > after:
            return at_half_past_seven(candidate)
    raise AssertionError("two weeks without a working day")
