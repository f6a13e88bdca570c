"""The besluitvormingsklok in the database: plan the milestones of a deadline, plan them again, settle them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from db.models import Body, Deadline, DecisionClock, Milestone
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from notifications.wording import local_day
from tracker.calendar.backward import Fixed, NoPlan, Plan, Planned, Question, plan_back
from tracker.calendar.bodies import BACK, BodyCalendar, body_calendar
from tracker.calendar.steps import usual_steps
from tracker.rights import Deed


@dataclass(frozen=True)
class Way:
    """How an application goes: who leads, who joins, which MRA tables it passes, and whether own money is asked."""

    lead: str
    partners: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    cofunding: bool = False


class WhyMissing(NoPlan):
    """A milestone is dropped, or moved by hand, without a reason."""


class AfterDeadline(NoPlan):
    """A milestone is put on a day after the deadline it must precede."""


def deadline_day(deadline: Deadline) -> date | None:
    """The Amsterdam day of a deadline, or none for 'until the money is gone'."""
    return local_day(deadline.at) if deadline.at else deadline.day


def plan_for(
    data: BodyCalendar, day: date, way: Way, today: date, fixed: Iterable[tuple[str, Fixed]] = (), margin: int = 2
) -> Plan:
    """The plan of one way to one deadline. Raises NoPlan, in clear Dutch, where there is none."""
    lead = data.participants.get(way.lead)
    if lead is None:
        raise NoPlan("Kies een deelnemer als penvoerder.")
    partners = [data.participants[p] for p in way.partners if p in data.participants and p != way.lead]
    tables = [data.bodies[t] for t in way.tables if t in data.bodies]
    bodies = data.of_participants([way.lead, *way.partners])
    steps = usual_steps(lead, partners, bodies, tables, way.cofunding)
    since = min(day, today) - BACK
    meetings = {step.body: data.meetings(step.body, since, day) for step in steps if step.body}
    return plan_back(Question(day, today, steps, meetings, data.closed, dict(fixed), margin))


def start_clock(deed: Deed, deadline: Deadline, way: Way, owner: str, dossier_id: int | None = None) -> DecisionClock:
    """Keep the milestones of a deadline for an organisation; a second time, plan them anew for the new way.

    Raises NoPlan; then nothing was kept.
    """
    day = deadline_day(deadline)
    if day is None:
        raise NoPlan("Deze termijn heeft geen datum: er valt niet terug te rekenen.")
    clock = deed.session.exec(
        select(DecisionClock).where(
            DecisionClock.deadline_id == deadline.id, col(DecisionClock.participant_id) == owner
        )
    ).first() or DecisionClock(
        deadline_id=deadline.id,
        participant_id=owner,
        lead_id=way.lead,
        planned_for=day,
        created_by=deed.by.id,
        created_at=deed.now,
    )
    plan = plan_for(body_calendar(deed.session), day, way, deed.today, fixed_of(milestones_of(deed.session, clock)))
    clock.lead_id, clock.partner_ids, clock.table_ids = way.lead, list(way.partners), list(way.tables)
    clock.cofunding, clock.planned_for, clock.dossier_id = way.cofunding, day, dossier_id or clock.dossier_id
    deed.session.add(clock)
    deed.session.flush()
    _keep(deed.session, clock, plan, deed.now)
    return clock


def replan(session: Session, clock: DecisionClock, deadline: Deadline, data: BodyCalendar, now: datetime) -> int:
    """Count back again from where the deadline is now; gives how many milestones moved. Raises NoPlan."""
    day = deadline_day(deadline)
    if day is None or deadline.cancelled_at is not None:
        raise NoPlan("Deze termijn is vervallen.")
    rows = milestones_of(session, clock)
    plan = plan_for(data, day, way_of(clock), local_day(now), fixed_of(rows))
    if clock.planned_for != day:
        clock.planned_for = day
        clock.version += 1
    return _keep(session, clock, plan, now)


def replan_all(session: Session, now: datetime) -> int:
    """Plan every clock whose deadline is still to come again, after calls or meetings changed; gives what moved.

    A clock that has no plan any more keeps its milestones: its page says why.
    """
    clocks = session.exec(
        select(DecisionClock, Deadline).join(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
    ).all()
    data = body_calendar(session)
    moved = 0
    for clock, deadline in clocks:
        day = deadline_day(deadline)
        if day is None or day < local_day(now) or deadline.cancelled_at is not None:
            continue
        try:
            moved += replan(session, clock, deadline, data, now)
        except NoPlan:
            continue
    return moved


def way_of(clock: DecisionClock) -> Way:
    """What a stored clock was planned for."""
    return Way(clock.lead_id, tuple(clock.partner_ids), tuple(clock.table_ids), clock.cofunding)


def milestones_of(session: Session, clock: DecisionClock) -> list[Milestone]:
    """The stored milestones of a clock, in order; none for a clock that is not stored yet."""
    if clock.id is None:
        return []
    query = select(Milestone).where(Milestone.clock_id == clock.id).order_by(col(Milestone.day), col(Milestone.id))
    return list(session.exec(query))


def fixed_of(rows: Sequence[Milestone]) -> list[tuple[str, Fixed]]:
    """What people settled, or set by hand: planning leaves it where it is."""
    return [
        (row.key, Fixed(row.day, row.begins_on, MilestoneState(row.state)))
        for row in rows
        if (row.pinned or row.state != MilestoneState.PLANNED) and not _left_out(row)
    ]


def _left_out(row: Milestone) -> bool:
    """Dropped by planning, not by a person: it comes back when it is needed again."""
    return row.state == MilestoneState.DROPPED and row.settled_by is None


def _keep(session: Session, clock: DecisionClock, plan: Plan, now: datetime) -> int:
    """Write a plan over the stored milestones: same rows, new days; steps that are no longer needed are dropped."""
    stored = {row.key: row for row in milestones_of(session, clock)}
    moved = 0
    for planned in plan.steps:
        row = stored.pop(planned.step.key, None)
        if row is None:
            session.add(_row(clock, planned, now))
        elif _left_out(row) or (row.day, row.begins_on) != (planned.day, planned.begins):
            if _left_out(row):
                row.state, row.why, row.settled_at = MilestoneState.PLANNED, "", None
            row.day, row.begins_on = planned.day, planned.begins
            row.version, row.modified_at = row.version + 1, now
            moved += 1
    for row in stored.values():
        if row.state == MilestoneState.PLANNED:
            row.state, row.why, row.settled_at = MilestoneState.DROPPED, "niet meer nodig in deze planning", now
            row.version, row.modified_at = row.version + 1, now
    session.flush()
    return moved


def _row(clock: DecisionClock, planned: Planned, now: datetime) -> Milestone:
    assert clock.id is not None
    return Milestone(
        clock_id=clock.id,
        key=planned.step.key,
        step=planned.step.kind,
        body_id=planned.step.body,
        day=planned.day,
        begins_on=planned.begins,
        modified_at=now,
        participant_id=clock.participant_id,
        visibility=clock.visibility,
    )


def settle(row: Milestone, state: MilestoneState, why: str, by: int, now: datetime) -> None:
    """Say that a milestone was done or dropped, or take that back. Raises WhyMissing."""
    if state == MilestoneState.DROPPED and not why.strip():
        raise WhyMissing("Zeg waarom deze stap vervalt.")
    planned = state == MilestoneState.PLANNED
    row.state, row.why = state, why.strip()
    row.settled_at, row.settled_by = (None, None) if planned else (now, by)
    row.version, row.modified_at = row.version + 1, now


def put_on(row: Milestone, day: date, why: str, deadline: date, papers_on: date | None, now: datetime) -> None:
    """Put a milestone on a day by hand; planning leaves it there. Raises WhyMissing or AfterDeadline.

    ``papers_on`` is known where its body meets that day; else what precedes it keeps its distance.
    """
    if not why.strip():
        raise WhyMissing("Zeg waarom deze stap op een andere dag komt.")
    if day > deadline:
        raise AfterDeadline("Die dag ligt na de termijn.")
    begins = papers_on or day - (row.day - row.begins_on)
    row.day, row.begins_on, row.pinned, row.why = day, begins, True, why.strip()
    row.version, row.modified_at = row.version + 1, now


def let_go(row: Milestone, now: datetime) -> None:
    """Give a milestone that was put on a day by hand back to planning."""
    row.pinned, row.why = False, ""
    row.version, row.modified_at = row.version + 1, now


def milestone_name(row: Milestone, bodies: dict[str, Body]) -> str:
    """What a stored milestone is called: its body, or its step."""
    return bodies[row.body_id].name if row.body_id in bodies else MilestoneStep(row.step).label
