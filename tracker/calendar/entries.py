"""What stands on the calendar page: deadlines, milestones, moments, meetings and closed days, each on its local day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from db.models import (
    Assignment,
    Body,
    Call,
    ClosedPeriod,
    Deadline,
    DecisionClock,
    Milestone,
    Moment,
    User,
)
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import EntryKind, MilestoneState, MilestoneStep
from db.vocabulary_lobby import MomentKind
from notifications.ical import DATELESS, INSIDE, DeadlineLine, is_off, page_of, said_of, still_told
from notifications.wording import day as in_words
from notifications.wording import local_day
from tracker.calendar.bodies import BodyCalendar
from tracker.calendar.events import deadline_lines
from tracker.clock import Now
from tracker.lobby.moment_days import ending, moved_from
from tracker.lobby.moments import upcoming
from tracker.lobby.yearly_moments import UpcomingMoment

OPENING = (DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION)
# A mark of its own for each kind, beside the word: colour is never the only sign.
MARKS = {
    EntryKind.DEADLINE: "■",
    EntryKind.MILESTONE: "◆",
    EntryKind.MOMENT: "●",
    EntryKind.MEETING: "□",
    EntryKind.CLOSED: "–",
}


@dataclass(frozen=True)
class Entry:
    """One thing on one Amsterdam day; ``until`` makes it a period, inclusive."""

    kind: EntryKind
    day: date
    what: str
    title: str
    href: str = ""
    at: datetime | None = None
    zone: str = "Europe/Amsterdam"
    assumed: bool = False
    until: date | None = None
    note: str = ""
    who: str = ""
    state: MilestoneState = MilestoneState.PLANNED
    overdue: bool = False
    cancelled: bool = False
    anchor: str = ""
    call: str = ""
    was: date | None = None  # the day a moment was moved from
    ended: str = ""  # the source's own word that a moment is off
    rhythm: bool = False  # its day is one of a rhythm that nobody has looked at yet

    @property
    def mark(self) -> str:
        return "▲" if self.what == DeadlineKind.OPENS.label else MARKS[self.kind]

    @property
    def order(self) -> tuple[date, bool, str, str, str]:
        """By day; whole days after hours, since a bare day lasts until its midnight."""
        return self.day, self.at is None, self.at.isoformat() if self.at else "", self.kind, self.title


def deadline_entries(
    session: Session, viewer: Viewer, now: Now, since: date, where: Sequence[ColumnElement[bool]] = ()
) -> list[Entry]:
    """Dated deadlines and reaction dates from a day on, with who of the viewer's organisation looks after them."""
    back = timedelta(days=max((now.today - since).days + 1, 0))
    lines = [line for line in deadline_lines(session, now.instant, where, back) if still_told(line, now.instant)]
    assigned = _assigned(session, viewer)
    said = _said_of_moments(session, {line.call_id for line in lines if line.kind == DeadlineKind.CONSULTATION})
    entries = [(_deadline_entry(line, assigned.get(line.id), now), said.get(line.call_id)) for line in lines]
    return [entry if moment is None else replace(entry, was=moment[0], ended=moment[1]) for entry, moment in entries]


def _said_of_moments(session: Session, calls: set[int]) -> dict[int, tuple[date | None, str]]:
    """Of debates and consultations: the day each was moved from, and its source's word that it is off."""
    rows = session.exec(select(Call).where(col(Call.id).in_(calls))).all() if calls else ()
    was = moved_from(session, rows)
    return {call.id: (was.get(call.id), ending(call)) for call in rows}


def _assigned(session: Session, viewer: Viewer) -> dict[int, tuple[Assignment, str]]:
    query = (
        select(Assignment, User.name)
        .join(User, col(User.id) == col(Assignment.assignee_id))
        .where(visible(viewer, Assignment), col(Assignment.participant_id) == viewer.participant_id)
    )
    return {assignment.deadline_id: (assignment, name) for assignment, name in session.exec(query)}


def _deadline_entry(line: DeadlineLine, assigned: tuple[Assignment, str] | None, now: Now) -> Entry:
    day = local_day(line.at) if line.at else line.day
    assert day is not None
    state = MilestoneState(assigned[0].state) if assigned else MilestoneState.PLANNED
    over = line.at <= now.instant if line.at else day < now.today
    return Entry(
        kind=EntryKind.MOMENT if line.kind == DeadlineKind.CONSULTATION else EntryKind.DEADLINE,
        day=day,
        what=said_of(line),
        title=line.title,
        href=page_of(line),
        at=line.at,
        zone=line.zone,
        assumed=line.assumed,
        who=assigned[1] if assigned else "",
        state=state,
        overdue=bool(assigned) and over and state == MilestoneState.PLANNED,
        cancelled=is_off(line),
        note=INSIDE if line.inside else "",
        anchor=f"termijn-{line.id}",
        call=f"/regelingen/{line.call_id}",
    )


def undated(session: Session, now: datetime, where: Sequence[ColumnElement[bool]] = ()) -> list[tuple[str, Call]]:
    """Calls that stand open until the money is gone, or always: they have no day, and so a place of their own."""
    query = (
        select(Deadline.kind, Call)
        .join(Call, col(Deadline.call_id) == col(Call.id))
        .where(col(Deadline.kind).in_(DATELESS), col(Deadline.cancelled_at).is_(None))
        .where(col(Call.joined_into).is_(None), *where)
        .order_by(col(Call.title))
    )
    rows = session.exec(query).all()
    return [(DeadlineKind(kind).label, call) for kind, call in rows if not call.closes_at or call.closes_at > now]


def milestone_entries(session: Session, viewer: Viewer, today: date, since: date) -> list[Entry]:
    """Internal steps, with who does them; open ones whose day went by are overdue."""
    query: Any = (
        select(Milestone, Call, Moment, Body, User)  # type: ignore[call-overload]
        .join(DecisionClock, col(Milestone.clock_id) == col(DecisionClock.id))
        .outerjoin(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
        .outerjoin(Call, col(Deadline.call_id) == col(Call.id))
        .outerjoin(Moment, col(DecisionClock.moment_id) == col(Moment.id))
        .outerjoin(Body, col(Milestone.body_id) == col(Body.id))
        .outerjoin(User, col(Milestone.assignee_id) == col(User.id))
        .where(visible(viewer, Milestone), col(Milestone.day) >= since, Milestone.state != MilestoneState.DROPPED)
    )
    rows: Any = session.exec(query)
    return [_milestone_entry(row, call, moment, body, who, today) for row, call, moment, body, who in rows]


def _milestone_entry(
    row: Milestone, call: Call | None, moment: Moment | None, body: Body | None, who: User | None, today: date
) -> Entry:
    papers = f"stukken uiterlijk {in_words(row.begins_on)}" if body else ""
    return Entry(
        kind=EntryKind.MILESTONE,
        day=row.day,
        what=body.name if body else MilestoneStep(row.step).label,
        title=call.title if call else moment.title if moment else "",
        href=f"/kalender/klok/{row.clock_id}",
        note=papers,
        who=who.name if who else "",
        state=MilestoneState(row.state),
        overdue=row.state == MilestoneState.PLANNED and row.day < today,
        rhythm=row.assumed,
        anchor=f"mijlpaal-{row.id}",
        call=f"/regelingen/{call.id}" if call else f"/momenten/{moment.id}" if moment else "",
    )


def moment_entries(session: Session, viewer: Viewer, since: date) -> list[Entry]:
    """Outside moments on the last day they can be influenced; a usual time of year says so.

    Those of sources are left out: their reaction dates stand among the deadlines, with their hour.
    """
    coming = upcoming(session, viewer, since)  # one that is off stands among the deadlines, as every moment of a source
    return [_moment_entry(moment) for moment in coming if moment.ends_on and not moment.of_source]


def _moment_entry(moment: UpcomingMoment) -> Entry:
    assert moment.ends_on is not None
    return Entry(
        kind=EntryKind.MOMENT,
        day=moment.ends_on,
        what=MomentKind(moment.kind).label,
        title=moment.title,
        href=moment.address,
        note=moment.use if moment.sure else "gebruikelijke tijd van het jaar, dag nog niet bekend",
    )


def meeting_entries(data: BodyCalendar, viewer: Viewer, since: date, until: date) -> list[Entry]:
    """Meetings of the MRA's tables and of the viewer's own organisation."""
    entries = []
    for body in data.bodies.values():
        if body.participant_id in (None, viewer.participant_id):
            for meeting in data.meetings(body.id, since, until):
                note = f"stukken uiterlijk {in_words(meeting.papers_on)}"
                entries.append(
                    Entry(
                        kind=EntryKind.MEETING,
                        day=meeting.day,
                        what="vergadering",
                        title=body.name,
                        href=f"/kalender/vergaderingen/{body.id}",
                        note=note,
                        rhythm=meeting.assumed,
                    )
                )
    return entries


def closed_entries(rows: Iterable[ClosedPeriod], viewer: Viewer, since: date, until: date) -> list[Entry]:
    """Holidays and recess that touch these days."""
    return [
        Entry(
            kind=EntryKind.CLOSED,
            day=row.first_day,
            until=row.last_day,
            what=row.name,
            title="",
            note="voorbeeld" if row.example else "",
        )
        for row in rows
        if row.first_day <= until and row.last_day >= since and row.participant_id in ("", viewer.participant_id)
    ]
