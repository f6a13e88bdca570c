"""What a person says of a milestone or of a deadline: who does it, on which day, and how it ended."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from db.models import Assignment, Deadline, DecisionClock, Milestone, User
from db.vocabulary_calendar import MilestoneState
from tracker.calendar.backward_schedule import NoPlan
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.decision_clock import WhyMissing, let_go, put_on, replan_clock, set_state
from tracker.calendar.targets import target_day, target_of
from tracker.errors import ChangedMeanwhile, Incomplete
from tracker.rights import Deed, must_change
from tracker.versions import claim


@dataclass(frozen=True)
class MilestoneWord:
    """All that is said of one milestone at once; ``back``: count its day back again after it was put by hand."""

    assignee: int = 0
    state: MilestoneState = MilestoneState.PLANNED
    why: str = ""
    day: date | None = None
    back: bool = False


def change_milestone(deed: Deed, row: Milestone, word: MilestoneWord, seen: int) -> None:
    """Keep it; when its day moved, what comes before it is counted back again.

    Raises ChangedMeanwhile, and WhyMissing or AfterDeadline where a reason lacks or the day comes too late.
    """
    session, now, was = deed.session, deed.now, row.day
    clock = session.get_one(DecisionClock, row.clock_id)
    must_change(deed, clock)
    claim(session, row, seen)
    target, data = target_of(session, clock), body_calendar(session)
    row.assignee_id = colleague_of(session, word.assignee, clock.participant_id)
    set_state(row, word.state, word.why or (row.why if row.pinned else ""), deed.by.id, now)
    if word.back and row.pinned:
        let_go(row, now)
    elif word.day and word.day != was:
        last = target_day(session, target) or clock.planned_for
        put_on(row, word.day, word.why, last, _papers(data, row.body_id, word.day), now)
    session.add(row)
    session.flush()
    if row.day != was or word.back:
        with suppress(NoPlan):  # what cannot be planned stands on the page, and the day stays as it was put
            replan_clock(session, clock, target, data, now)


def _papers(data: BodyCalendar, body_id: str | None, day: date) -> date | None:
    """When the papers are due for a body's meeting on a day; none where it does not meet then."""
    meetings = data.meetings(body_id, day, day) if body_id else ()
    return meetings[0].papers_on if meetings else None


def colleague_of(session: Session, user_id: int, participant_id: str) -> int | None:
    """The person where they work there and have access; else nobody."""
    user = session.get(User, user_id) if user_id else None
    return user.id if user and user.participant_id == participant_id and user.deactivated_at is None else None


def assign_deadline(deed: Deed, deadline: Deadline, word: MilestoneWord, seen: int) -> Assignment:
    """Give a deadline to a colleague, or say how it ended; ``seen`` is 0 where nobody had it yet.

    Raises Incomplete without a colleague, WhyMissing, ChangedMeanwhile, or IntegrityError where somebody was first.
    """
    session, by = deed.session, deed.by
    person = colleague_of(session, word.assignee, by.participant_id)
    if person is None:
        raise Incomplete("Kies een collega.", "assignee")
    if word.state == MilestoneState.DROPPED and not word.why.strip():
        raise WhyMissing("Zeg waarom dit vervalt.")
    assignment = _assignment(deed, deadline, seen, person)
    assignment.assignee_id, assignment.state, assignment.why = person, word.state, word.why.strip()
    settled = word.state != MilestoneState.PLANNED
    assignment.settled_at, assignment.settled_by = (deed.now, by.id) if settled else (None, None)
    session.add(assignment)
    session.flush()
    return assignment


def _assignment(deed: Deed, deadline: Deadline, seen: int, person: int) -> Assignment:
    by, query = deed.by, select(Assignment).where(Assignment.deadline_id == deadline.id)
    assignment = deed.session.exec(query.where(Assignment.participant_id == by.participant_id)).first()
    if assignment is not None:
        claim(deed.session, assignment, seen)
        return assignment
    if seen:
        raise ChangedMeanwhile("Deze toewijzing is er niet meer.")
    return Assignment(
        deadline_id=deadline.id, participant_id=by.participant_id, assignee_id=person, assigned_by=by.id,
        assigned_at=deed.now,
    )  # fmt: skip
