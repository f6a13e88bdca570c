"""When bodies meet: the known dates, and where nothing is known, the dates their usual rhythm gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from db.models import Body, Meeting
from tracker.workdays import DAY, SATURDAY, ClosedDays

WEEK = timedelta(days=7)
NEAR = timedelta(days=16)  # a known date stands for a date of the rhythm that is no farther away
BY_RHYTHM = " (aangenomen ritme)"  # said behind a day of a rhythm that nobody has looked at yet
Span = tuple[date, date]


@dataclass(frozen=True)
class MeetingDay:
    """A day a body meets, and the last working day on which it takes papers for it.

    ``assumed``: by a rhythm that nobody has looked at yet.
    """

    day: date
    papers_on: date
    assumed: bool = False


@dataclass(frozen=True)
class KnownDates:
    """What is known of a body: its dates, held and cancelled, and the spans of days that a jaarplanning covers."""

    meetings: list[Meeting] = field(default_factory=list)
    covered: list[Span] = field(default_factory=list)


def meeting_days(
    body: Body, known: KnownDates, closed: ClosedDays, since: date, until: date,
    rhythm: Sequence[MeetingDay] | None = None,
) -> tuple[MeetingDay, ...]:  # fmt: skip
    """The days a body meets from ``since`` to ``until``, both inclusive, in order.

    A known date replaces the nearest date of the rhythm, and a jaarplanning all of them between its first and last day.
    ``rhythm``: the usual dates of at least these days and those near them, where they were counted out before.
    """
    owner = body.participant_id or ""
    held = [row for row in known.meetings if row.cancelled_at is None]
    facts = [MeetingDay(row.day, closed.working_day(row.papers_on, owner), row.example) for row in held]
    usual = by_rhythm(body, closed, since - NEAR, until + NEAR) if rhythm is None else rhythm
    loose = [row.day for row in known.meetings if not _is_covered(row.day, known.covered)]
    replaced = {_nearest(usual, day) for day in loose}
    left = [m for m in usual if m.day not in replaced and not _is_covered(m.day, known.covered)]
    return tuple(sorted((m for m in [*facts, *left] if since <= m.day <= until), key=lambda m: m.day))


def _nearest(usual: Sequence[MeetingDay], day: date) -> date | None:
    near = [meeting.day for meeting in usual if abs(meeting.day - day) <= NEAR]
    return min(near, key=lambda other: abs(other - day), default=None)


def _is_covered(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


def odd_day(body: Body, day: date, closed: ClosedDays, today: date) -> str:
    """Why a date is asked about before it is kept: nobody works or meets on it, or it is gone by; else nothing."""
    owner = body.participant_id or ""
    if day.weekday() >= SATURDAY:
        return "een " + ("zaterdag", "zondag")[day.weekday() - SATURDAY]
    if not closed.is_working_day(day, owner):
        return "een feestdag of vrije dag"
    if not closed.can_meet(day, owner, body.keeps_recess):
        return "een dag in een vakantie of reces"
    return "voorbij" if day < today else ""


class Rhythm(NamedTuple):
    """On which days a body usually meets: all of a body that its usual dates follow from."""

    owner: str
    weekday: int
    weeks: tuple[int, ...]
    months: tuple[int, ...]
    paper_days: int
    keeps_recess: bool
    assumed: bool


def by_rhythm(body: Body, closed: ClosedDays, since: date, until: date) -> Sequence[MeetingDay]:
    """The dates of the usual rhythm; a meeting that would fall in recess or on a holiday is not held."""
    days = body.weekday, tuple(body.weeks), tuple(body.months), body.paper_days
    return _usual(Rhythm(body.participant_id or "", *days, body.keeps_recess, body.example), closed, since, until)


@lru_cache(maxsize=512)
def _usual(rhythm: Rhythm, closed: ClosedDays, since: date, until: date) -> tuple[MeetingDay, ...]:
    """Counted out once for the same rhythm and the same closed days: a page asks for some twenty bodies."""
    return tuple(
        MeetingDay(day, closed.working_day(day - timedelta(days=rhythm.paper_days), rhythm.owner), rhythm.assumed)
        for day in _weekdays(since, until, rhythm.weekday)
        if _in_rhythm(day, rhythm.weeks, rhythm.months) and closed.can_meet(day, rhythm.owner, rhythm.keeps_recess)
    )


def _weekdays(since: date, until: date, weekday: int) -> Iterable[date]:
    day = since + DAY * ((weekday - since.weekday()) % 7)
    while day <= until:
        yield day
        day += WEEK


def _in_rhythm(day: date, weeks: Sequence[int], months: Sequence[int]) -> bool:
    nth = (day.day - 1) // 7 + 1
    return (not weeks or nth in weeks) and (not months or day.month in months)
