"""The besluitvormingsklok in the database: plan the milestones of a deadline, plan them again, say how they ended."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Application, Assignment, Body, Deadline, DecisionClock, Dossier, Milestone, Moment
from db.session import reading, writing
from db.vocabulary import CLOSING_KINDS
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from notifications.wording import local_day
from tracker.calendar.application_steps import Ended, Progress, ended, is_over, progress_of, unsettled
from tracker.calendar.backward_schedule import BackwardPlan, FixedStep, NoPlan, PlannedStep, ScheduleQuestion, plan_back
from tracker.calendar.bodies import BACK, BodyCalendar, body_calendar
from tracker.calendar.steps import reaction_steps, usual_steps
from tracker.calendar.targets import Target, asks_reaction, deadline_day, target_day, upcoming_closings
from tracker.rights import Deed

ClockOfTarget = tuple[DecisionClock, Target]
OVER = "De aanvraag is voor deze termijn ingediend of beëindigd: er valt niets meer te plannen."


@dataclass(frozen=True)
class DecisionRoute:
    """How an application goes: who leads, who joins, which common tables it passes, and whether own money is asked.

    ``reaction``: it is no application but a reaction to a consultation or debate, with steps of its own.
    """

    lead: str
    partners: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    cofunding: bool = False
    reaction: bool = False


class WhyMissing(NoPlan):
    """A milestone is dropped, or moved by hand, without a reason."""


class AfterDeadline(NoPlan):
    """A milestone is put on a day after the deadline it must precede."""


def plan_for(
    data: BodyCalendar,
    day: date,
    route: DecisionRoute,
    today: date,
    fixed: Iterable[tuple[str, FixedStep]] = (),
) -> BackwardPlan:
    """The plan of one route to one deadline. Raises NoPlan, in clear Dutch, where there is none."""
    lead = data.participants.get(route.lead)
    if lead is None:
        raise NoPlan("Kies een deelnemer als penvoerder.")
    partners = [data.participants[p] for p in route.partners if p in data.participants and p != route.lead]
    tables = [data.bodies[t] for t in route.tables if t in data.bodies]
    bodies = data.of_participants([route.lead, *route.partners])
    if route.reaction:
        steps = reaction_steps(lead, bodies, tables)
    else:
        steps = usual_steps(lead, partners, bodies, tables, route.cofunding)
    since = min(day, today) - BACK
    meetings = {step.body: data.meetings(step.body, since, day) for step in steps if step.body}
    return plan_back(ScheduleQuestion(day, today, steps, meetings, data.closed, dict(fixed)))


def start_clock(
    deed: Deed, target: Target, route: DecisionRoute, owner: str, dossier_id: int | None = None
) -> DecisionClock:
    """Keep the milestones before a deadline or moment for an organisation; a second time, anew for the new route.

    Raises NoPlan; then nothing was kept.
    """
    day = target_day(deed.session, target)
    if day is None:
        raise NoPlan("Deze termijn heeft geen datum: er valt niet terug te rekenen.")
    link: dict[str, Any] = {"moment_id" if isinstance(target, Moment) else "deadline_id": target.id}
    same = select(DecisionClock).filter_by(**link, participant_id=owner)
    clock = deed.session.exec(same).first() or DecisionClock(
        **link,
        participant_id=owner,
        lead_id=route.lead,
        planned_for=day,
        created_by=deed.by.id,
        created_at=deed.now,
    )
    route = replace(route, reaction=asks_reaction(target))
    dossier_id = dossier_id or _application_for(deed.session, target, owner) or clock.dossier_id
    if is_over_for(deed.session, dossier_id, target):
        raise NoPlan(OVER)
    plan = plan_for(body_calendar(deed.session), day, route, deed.today, fixed_of(milestones_of(deed.session, clock)))
    clock.lead_id, clock.partner_ids, clock.table_ids = route.lead, list(route.partners), list(route.tables)
    clock.cofunding, clock.planned_for, clock.dossier_id = route.cofunding, day, dossier_id
    deed.session.add(clock)
    deed.session.flush()
    _keep(deed.session, clock, plan, deed.now)
    _follow(deed.session, clock, target, deed.now)
    return clock


def replan_clock(session: Session, clock: DecisionClock, target: Target, data: BodyCalendar, now: datetime) -> int:
    """Count back again from where the deadline or moment is now; gives how many milestones moved. Raises NoPlan."""
    moved = _keep(session, clock, _plan_again(session, clock, target, data, now), now)
    _follow(session, clock, target, now)
    return moved


def _plan_again(
    session: Session, clock: DecisionClock, target: Target, data: BodyCalendar, now: datetime
) -> BackwardPlan:
    day = target_day(session, target)
    if day is None:
        raise NoPlan("Deze termijn is vervallen.")
    if is_over_for(session, clock.dossier_id, target):
        raise NoPlan(OVER)
    return plan_for(data, day, route_of(clock, target), local_day(now), fixed_of(milestones_of(session, clock)))


def replan_meetings(session: Session, now: datetime, body_id: str | None = None) -> int:
    """Plan again what passes a body whose meetings changed, or every clock when closed days did; gives what moved."""
    clocks = _running(session, now)
    if body_id is not None:
        passing = set(session.exec(select(Milestone.clock_id).where(Milestone.body_id == body_id)))
        clocks = [(clock, target) for clock, target in clocks if clock.id in passing]
    return _replan(session, clocks, now)


def replan_moved(session: Session, now: datetime) -> int:
    """Plan again every clock whose deadline is on another day than it was planned for; gives what moved.

    Whoever changes dates of calls calls this in the same transaction. It compares days and not what was changed, so
    that a clock that was missed, such as by a crash, follows with the next change.
    """
    return _replan(session, _moved(session, now), now)


def replan_stored(engine: Engine, now: datetime) -> int:
    """The same after a crawl, which stores in transactions of its own; nothing is locked where nothing moved."""
    with reading(engine) as session:
        if not any(True for _ in _plans(session, _moved(session, now), now)):
            return 0
    with writing(engine) as session:
        return replan_moved(session, now)


def _running(session: Session, now: datetime) -> list[ClockOfTarget]:
    """The clocks whose day is still to come; crawls write dates by statement, so they are read anew."""
    dated = select(DecisionClock, Deadline).join(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
    dated = dated.where(col(Deadline.cancelled_at).is_(None)).order_by(col(DecisionClock.id))
    outside = select(DecisionClock, Moment).join(Moment, col(DecisionClock.moment_id) == col(Moment.id))
    clocks: list[ClockOfTarget] = [
        *session.exec(dated.execution_options(populate_existing=True)),
        *session.exec(outside.order_by(col(DecisionClock.id)).execution_options(populate_existing=True)),
    ]
    return [pair for pair in clocks if (day := target_day(session, pair[1])) and day >= local_day(now)]


def _moved(session: Session, now: datetime) -> list[ClockOfTarget]:
    return [pair for pair in _running(session, now) if target_day(session, pair[1]) != pair[0].planned_for]


def _plans(
    session: Session, clocks: Iterable[ClockOfTarget], now: datetime
) -> Iterator[tuple[DecisionClock, BackwardPlan]]:
    """The new plan of each clock; one that has none any more keeps its milestones: its page says why."""
    data = None
    for clock, target in clocks:
        data = data or body_calendar(session)
        with suppress(NoPlan):
            yield clock, _plan_again(session, clock, target, data, now)


def _replan(session: Session, clocks: Iterable[ClockOfTarget], now: datetime) -> int:
    return sum(_keep(session, clock, plan, now) for clock, plan in _plans(session, clocks, now))


def follow_application(session: Session, dossier_id: int, now: datetime) -> None:
    """Let the milestones of an application say how far it is; whoever moves an application calls this.

    A clock that its organisation planned before the application began becomes the application's. What ended with it
    comes back, as far as it can still be planned, when the application begins again.
    """
    session.flush()
    for clock, deadline in _clocks_of_application(session, dossier_id):
        clock.dossier_id = dossier_id
        _follow(session, clock, deadline, now)
        if any(_left_out(row) for row in milestones_of(session, clock)):
            with suppress(NoPlan):
                replan_clock(session, clock, deadline, body_calendar(session), now)
    _follow_assignments(session, dossier_id, now)


def _follow_assignments(session: Session, dossier_id: int, now: datetime) -> None:
    """Who looks after a closing of the call for the application's organisation is done with it when it went in."""
    application = session.get_one(Application, dossier_id)
    query = select(Assignment, Deadline).where(
        Assignment.deadline_id == Deadline.id,
        Assignment.participant_id == application.participant_id,
        Deadline.call_id == application.call_id,
        col(Deadline.kind).in_(CLOSING_KINDS),
    )
    for row, deadline in session.exec(query):
        progress, day = _progress(session, dossier_id, deadline), deadline_day(deadline)
        if progress and day and unsettled(row):
            _say(row, ended(MilestoneStep.UPLOAD, progress, day), now)


def _clocks_of_application(session: Session, dossier_id: int) -> list[tuple[DecisionClock, Deadline]]:
    """Its own clocks, and those of its organisation for the same call that belong to no application yet."""
    application = session.get_one(Application, dossier_id)
    loose = (
        col(DecisionClock.dossier_id).is_(None)
        & (col(DecisionClock.participant_id) == application.participant_id)
        & (col(Deadline.call_id) == application.call_id)
    )
    query = select(DecisionClock, Deadline).join(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
    return list(session.exec(query.where((col(DecisionClock.dossier_id) == dossier_id) | loose)))


def _application_for(session: Session, target: Target, owner: str) -> int | None:
    """The application of an organisation for the call of a deadline; the newest one that was not closed."""
    if isinstance(target, Moment):
        return None
    query = select(Dossier.id).join(Application, col(Application.dossier_id) == col(Dossier.id))
    query = query.where(Application.call_id == target.call_id, Dossier.participant_id == owner)
    return session.exec(query.where(col(Dossier.closed_at).is_(None)).order_by(col(Dossier.id).desc())).first()


def _progress(session: Session, dossier_id: int | None, target: Target) -> Progress | None:
    """How far an application is; none for a clock without one."""
    application = session.get(Application, dossier_id) if dossier_id else None
    if application is None or isinstance(target, Moment):
        return None
    closings = session.exec(select(Deadline).where(Deadline.call_id == target.call_id))
    days = [day for day, _ in upcoming_closings(closings, date.min)]
    stage = session.get_one(Dossier, dossier_id).stage
    return progress_of(stage, application.go, application.submitted_on, days)


def is_over_for(session: Session, dossier_id: int | None, target: Target) -> bool:
    """Whether an application has nothing left to do before this deadline."""
    progress, day = _progress(session, dossier_id, target), target_day(session, target)
    return progress is not None and day is not None and is_over(progress, day)


def _follow(session: Session, clock: DecisionClock, target: Target, now: datetime) -> None:
    """What a person settled stays; the rest says what the application says."""
    progress = _progress(session, clock.dossier_id, target)
    if progress is None:
        return
    day = target_day(session, target) or clock.planned_for
    for row in filter(unsettled, milestones_of(session, clock)):
        _say(row, ended(row.step, progress, day), now)
    session.flush()


def _say(row: Milestone | Assignment, end: Ended | None, now: datetime) -> None:
    """Let a row that nobody settled say how it ended, or that it is still to be done."""
    state, why = end or (MilestoneState.PLANNED, row.why)
    if state != row.state:
        row.state, row.why = state, why
        row.settled_at = None if state == MilestoneState.PLANNED else now
        row.version += 1
        if isinstance(row, Milestone):
            row.modified_at = now


def route_of(clock: DecisionClock, target: Target) -> DecisionRoute:
    """What a stored clock of this deadline or moment was planned for."""
    joined = (tuple(clock.partner_ids), tuple(clock.table_ids), clock.cofunding)
    return DecisionRoute(clock.lead_id, *joined, reaction=asks_reaction(target))


def milestones_of(session: Session, clock: DecisionClock) -> list[Milestone]:
    """The stored milestones of a clock, in order; none for a clock that is not stored yet."""
    query = select(Milestone).where(Milestone.clock_id == clock.id).order_by(col(Milestone.day), col(Milestone.id))
    return list(session.exec(query))


def fixed_of(rows: Sequence[Milestone]) -> list[tuple[str, FixedStep]]:
    """What people settled, or set by hand: planning leaves it where it is."""
    return [
        (row.key, FixedStep(row.day, row.begins_on, MilestoneState(row.state)))
        for row in rows
        if (row.pinned or row.state != MilestoneState.PLANNED) and not _left_out(row)
    ]


def _left_out(row: Milestone) -> bool:
    """Dropped by planning, not by a person: it comes back when it is needed again."""
    return row.state == MilestoneState.DROPPED and row.settled_by is None


def _keep(session: Session, clock: DecisionClock, plan: BackwardPlan, now: datetime) -> int:
    """Write a plan over the stored milestones: same rows, new days; steps that are no longer needed are dropped.

    Gives how many moved.
    """
    if clock.planned_for != plan.deadline:
        clock.planned_for, clock.version = plan.deadline, clock.version + 1
    stored = {row.key: row for row in milestones_of(session, clock)}
    moved = 0
    for planned in plan.steps:
        row = stored.pop(planned.step.key, None)
        if row is None:
            session.add(_row(clock, planned, now))
        elif _left_out(row) or (row.day, row.begins_on, row.assumed) != (planned.day, planned.begins, planned.assumed):
            moved += _left_out(row) or (row.day, row.begins_on) != (planned.day, planned.begins)
            if _left_out(row):
                row.state, row.why, row.settled_at = MilestoneState.PLANNED, "", None
            row.day, row.begins_on, row.assumed = planned.day, planned.begins, planned.assumed
            row.version, row.modified_at = row.version + 1, now
    for row in stored.values():
        if row.state == MilestoneState.PLANNED:
            row.state, row.why, row.settled_at = MilestoneState.DROPPED, "niet meer nodig in deze planning", now
            row.version, row.modified_at = row.version + 1, now
    session.flush()
    return moved


def _row(clock: DecisionClock, planned: PlannedStep, now: datetime) -> Milestone:
    return Milestone(
        clock_id=clock.id,
        key=planned.step.key,
        step=planned.step.kind,
        body_id=planned.step.body,
        day=planned.day,
        begins_on=planned.begins,
        assumed=planned.assumed,
        modified_at=now,
        participant_id=clock.participant_id,
        visibility=clock.visibility,
    )


def set_state(row: Milestone, state: MilestoneState, why: str, by: int, now: datetime) -> None:
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
    row.day, row.begins_on, row.pinned, row.assumed, row.why = day, begins, True, False, why.strip()
    row.version, row.modified_at = row.version + 1, now


def let_go(row: Milestone, now: datetime) -> None:
    """Give a milestone that was put on a day by hand back to planning."""
    row.pinned, row.why = False, ""
    row.version, row.modified_at = row.version + 1, now


def milestone_name(row: Milestone, bodies: dict[str, Body]) -> str:
    """What a stored milestone is called: its body, or its step."""
    return bodies[row.body_id].name if row.body_id in bodies else MilestoneStep(row.step).label
