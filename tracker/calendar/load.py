"""How much work of an organisation falls in each week, beside how much its people can do then."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db.models import Absence
from db.rights import works
from tracker.calendar.due import DueItem
from tracker.people.participants import colleagues
from tracker.rights import viewer_of
from tracker.workdays import DAY, ClosedDays

WEEKS = 26
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekLoad:
    """The week from a Monday on: steps, tasks and dates that are due in it, and how many its people can do."""

    monday: date
    due: int
    of_nobody: int
    capacity: int
    left_over: int = 0  # of what was due before this week; in the first one only

    @property
    def too_much(self) -> int:
        """How many more there are than can be done."""
        return max(self.due + self.left_over - self.capacity, 0)


def weeks_from(today: date) -> list[date]:
    """The Mondays of this week and those after it."""
    monday = today - timedelta(days=today.weekday())
    return [monday + WEEK * number for number in range(WEEKS)]


def load_by_week(items: Iterable[DueItem], today: date, people_days: dict[date, int], each: int) -> list[WeekLoad]:
    """By week what is due; ``people_days``: working days of all together, ``each``: things one person does in five."""
    mondays, found = weeks_from(today), list(items)
    return [_week(monday, found, monday == mondays[0], people_days.get(monday, 0) * each // 5) for monday in mondays]


def _week(monday: date, items: list[DueItem], first: bool, capacity: int) -> WeekLoad:
    inside = [item for item in items if monday <= item.day < monday + WEEK]
    before = sum(item.day < monday for item in items) if first else 0
    return WeekLoad(monday, len(inside), sum(item.assignee_id is None for item in inside), capacity, before)


def people_days(session: Session, participant: str, today: date, closed: ClosedDays) -> dict[date, int]:
    """The days that colleagues who do more than read work in each week; who is away does not count."""
    people = [user for user in colleagues(session, participant) if works(viewer_of(user))]
    away = select(Absence).where(
        col(Absence.user_id).in_([user.id for user in people]), col(Absence.called_off_at).is_(None)
    )
    gone = {(row.user_id, day) for row in session.exec(away) for day in _days(row.first_day, row.last_day)}
    found = {}
    for monday in weeks_from(today):
        open_days = [day for day in _days(monday, monday + 4 * DAY) if closed.is_working_day(day, participant)]
        found[monday] = sum((user.id, day) not in gone for user in people for day in open_days)
    return found


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + DAY * number
