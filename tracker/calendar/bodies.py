"""Bodies, their meetings and closed days, read once from the database for planning and for the calendar."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from sqlmodel import Session, col, select

from db.models import Body, Meeting, Participant, YearPlan
from db.vocabulary_calendar import COUNCILS, EXECUTIVES
from tracker.calendar.meetings import NEAR, KnownDates, MeetingDay, by_rhythm, meeting_days
from tracker.workdays import ClosedDays, read_closed_days

BACK = timedelta(days=400)  # far enough to find the meeting that has already been missed


@dataclass(frozen=True)
class BodyCalendar:
    """What planning needs to know of bodies, from the database, without going back to it."""

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
    """Read it; five small tables."""
    known: dict[str, KnownDates] = {}
    for meeting in session.exec(select(Meeting).order_by(col(Meeting.day))):
        known.setdefault(meeting.body_id, KnownDates()).meetings.append(meeting)
    for plan in session.exec(select(YearPlan)):
        known.setdefault(plan.body_id, KnownDates()).covered.append((plan.first_day, plan.last_day))
    return BodyCalendar(
        bodies={body.id: body for body in session.exec(select(Body).order_by(col(Body.id)))},
        known=known,
        closed=read_closed_days(session),
        participants={p.id: p for p in session.exec(select(Participant))},
    )
