"""Bodies, their meetings and closed days, as the database has them, for planning and for the calendar."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from json import loads
from typing import Any, TypeVar

from sqlalchemy import JSON, ColumnElement, Select, Text, cast, inspect, select
from sqlmodel import Session, SQLModel, col

from db.models import Body, Meeting, Participant, YearPlan
from db.vocabulary_calendar import COUNCILS, EXECUTIVES
from tracker.calendar.meetings import NEAR, KnownDates, MeetingDay, by_rhythm, meeting_days
from tracker.workdays import ClosedDays, read_closed_days

M = TypeVar("M", bound=SQLModel)
BACK = timedelta(days=400)  # far enough to find the meeting that has already been missed


@dataclass(frozen=True, eq=False)
class BodyCalendar:
    """What planning needs to know of bodies, from the database, without going back to it.

    Compared by identity, so that what follows from it can be kept by it: the same rows give the same one.
    """

    bodies: dict[str, Body]
    known: dict[str, KnownDates]
    closed: ClosedDays
    participants: dict[str, Participant]
    _meetings: dict[tuple[str, range], tuple[MeetingDay, ...]] = field(default_factory=dict, repr=False)

    def of_participants(self, ids: Sequence[str]) -> list[Body]:
        """The executives and councils of these participants."""
        found = [body for id_ in dict.fromkeys(ids) for body in self._by_participant.get(id_, ())]
        return sorted(found, key=lambda body: body.id)

    @cached_property
    def _by_participant(self) -> dict[str, list[Body]]:
        by_participant: dict[str, list[Body]] = {}
        for body in self.bodies.values():
            if body.kind in EXECUTIVES | COUNCILS:
                by_participant.setdefault(body.participant_id or "", []).append(body)
        return by_participant

    def meetings(self, body_id: str, since: date, until: date) -> tuple[MeetingDay, ...]:
        """The days a body meets, known or usual. Raises KeyError for a body that is not there."""
        meetings = self._in_years(self.bodies[body_id], range((since - NEAR).year, (until + NEAR).year + 1))
        return meetings[bisect_left(meetings, since, key=_day) : bisect_right(meetings, until, key=_day)]

    def _in_years(self, body: Body, years: range) -> tuple[MeetingDay, ...]:
        """All its days, put together once: sixty plans of a page differ in their last day only."""
        kept = self._meetings.get((body.id, years))
        if kept is None:
            whole = [(date(year, 1, 1), date(year, 12, 31)) for year in years]
            usual = [meeting for span in whole for meeting in by_rhythm(body, self.closed, *span)]
            known = self.known.get(body.id, KnownDates())
            kept = meeting_days(body, known, self.closed, date.min, date.max, usual)
            self._meetings[body.id, years] = kept
        return kept


def _day(meeting: MeetingDay) -> date:
    return meeting.day


def body_calendar(session: Session) -> BodyCalendar:
    """All of it as it stands; put together once for the same rows, and never part of a session."""
    asked = (_BODIES, _MEETINGS, _YEAR_PLANS, _PARTICIPANTS)
    rows = (tuple(map(tuple, session.execute(each))) for each in asked)
    return _of_rows(*rows, read_closed_days(session))


def _columns(table: type[SQLModel], *left_out: str) -> list[ColumnElement[Any]]:
    """Those of a table; what is kept as JSON comes as its text, so that rows can be told apart by what they say."""
    columns = [getattr(table, column.key) for column in inspect(table).columns if column.key not in left_out]
    return [cast(each, Text).label(each.key) if isinstance(each.type, JSON) else each for each in columns]


# Said once: putting a question together takes longer than SQLite needs for its answer.
_BODIES = select(*_columns(Body)).order_by(col(Body.id))
_MEETINGS = select(*_columns(Meeting)).order_by(col(Meeting.day), col(Meeting.id))
_YEAR_PLANS = select(col(YearPlan.body_id), col(YearPlan.first_day), col(YearPlan.last_day)).order_by(col(YearPlan.id))
_PARTICIPANTS = select(*_columns(Participant, "handed_over")).order_by(col(Participant.id))
Rows = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=4)
def _of_rows(bodies: Rows, meetings: Rows, plans: Rows, participants: Rows, closed: ClosedDays) -> BodyCalendar:
    known: dict[str, KnownDates] = {}
    for meeting in _made(Meeting, _MEETINGS, meetings):
        known.setdefault(meeting.body_id, KnownDates()).meetings.append(meeting)
    for body_id, first, last in plans:
        known.setdefault(body_id, KnownDates()).covered.append((first, last))
    return BodyCalendar(
        bodies={body.id: body for body in _made(Body, _BODIES, bodies)},
        known=known,
        closed=closed,
        participants={each.id: each for each in _made(Participant, _PARTICIPANTS, participants)},
    )


def _made(table: type[M], asked: Select[Any], rows: Rows) -> Iterator[M]:
    """Rows as objects of their own: whoever changes one of a session changes none of these."""
    names = [column.name for column in asked.selected_columns]
    json = {column.name for column in inspect(table).columns if isinstance(column.type, JSON)}
    for row in rows:
        yield table(**{name: loads(value) if name in json else value for name, value in zip(names, row, strict=True)})
