"""When bodies meet: the known dates, and where a year has none, the dates their usual rhythm gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.models import Body, Meeting
from tracker.workdays import DAY, ClosedDays

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class MeetingDay:
    """A day a body meets, and the last working day on which it takes papers for it."""

    day: date
    papers_on: date
    example: bool = False


def meeting_days(
    body: Body, stored: Iterable[Meeting], closed: ClosedDays, since: date, until: date
) -> tuple[MeetingDay, ...]:
    """The days a body meets from ``since`` to ``until``, both inclusive, in order.

    A year in which a coordinator filled in any meeting is planned by those only: a rhythm is a guess, dates are facts.
    """
    rows = [row for row in stored if row.cancelled_at is None]
    owner = body.participant_id or ""
    facts = [MeetingDay(row.day, closed.working_day(row.papers_on, owner), row.example) for row in rows]
    filled = {row.day.year for row in rows}
    usual = [meeting for meeting in by_rhythm(body, closed, since, until) if meeting.day.year not in filled]
    return tuple(sorted((m for m in [*facts, *usual] if since <= m.day <= until), key=lambda m: m.day))


def by_rhythm(body: Body, closed: ClosedDays, since: date, until: date) -> list[MeetingDay]:
    """The dates of the usual rhythm; a meeting that would fall in recess or on a holiday is not held."""
    owner = body.participant_id or ""
    return [
        MeetingDay(day, closed.working_day(day - timedelta(days=body.paper_days), owner), body.example)
        for day in _weekdays(since, until, body.weekday)
        if _in_rhythm(day, body.weeks, body.months) and closed.can_meet(day, owner, body.keeps_recess)
    ]


def _weekdays(since: date, until: date, weekday: int) -> Iterable[date]:
    day = since + DAY * ((weekday - since.weekday()) % 7)
    while day <= until:
        yield day
        day += WEEK


def _in_rhythm(day: date, weeks: Sequence[int], months: Sequence[int]) -> bool:
    nth = (day.day - 1) // 7 + 1
    return (not weeks or nth in weeks) and (not months or day.month in months)
