"""Which internal steps ask for attention: overdue, late this week, and calls whose last go/no-go falls this week."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import NamedTuple

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from db.models import (
    Application,
    ApplicationTask,
    Assignment,
    Body,
    Call,
    Deadline,
    DecisionClock,
    Dossier,
    Follow,
    Milestone,
    Moment,
    User,
    Verdict,
)
from db.queries import DAYS, IDS, PARTICIPANT, USER, Viewer
from db.status import NOW, next_gate_expression
from db.vocabulary import Role, Say
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage
from tracker.calendar.application_days import task_name
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.decision_clock import milestone_name
from tracker.calendar.latest_go import LatestGo, latest_go, next_closing, routes_of
from tracker.calendar.meetings import BY_RHYTHM
from tracker.calendar.targets import DatedRow, deadline_day
from tracker.clock import Now

DISTANCES = (14, 7, 1)  # days before a milestone's papers or work are due
OVERDUE = (-1, -7)  # days after it that what is overdue is told to the coordinators
AHEAD = timedelta(days=DISTANCES[0] + 7)  # a reminder of a day off comes on the working day before it
MOST_CALLS = 60
# Columns, not objects: of sixty calls only the next closing is looked at.
CLOSING = ("call_id", "id", "kind", "day", "at", "gate_at", "cancelled_at")
UNDECIDED = (ApplicationStage.SIGNAL, ApplicationStage.SCOUTING, ApplicationStage.GO_NO_GO)
UNTIL = DAYS[1]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class DueItem:
    """One thing that asks for attention: the day that counts, what, of which call, for whom, and where to go."""

    key: str
    day: date
    what: str
    title: str
    link: str
    assignee_id: int | None = None
    overdue: bool = False
    assumed: bool = False  # its day rests on an assumed rhythm: never told in red as a fact
    since: datetime = LONG_AGO  # when it became theirs: nothing that was due before is told


def week_end(day: date) -> date:
    """The Sunday of a day's week."""
    return day + timedelta(days=6 - day.weekday())


def due_items_of(
    session: Session, participant: str, now: Now, until: date, data: BodyCalendar | None = None
) -> list[DueItem]:
    """Open milestones, assigned deadlines, tasks and reports of an organisation due by a day, overdue ones first.

    ``data``: what is known of bodies, where it was read already.
    """
    bodies = (data or body_calendar(session)).bodies
    due_items = [
        *_milestones(session, participant, now.today, until, bodies),
        *_assignments(session, participant, now, until),
        *_tasks(session, participant, now.today, until),
    ]
    return sorted(due_items, key=lambda w: (not w.overdue, w.day, w.key))


def _milestones(
    session: Session, participant: str, today: date, until: date, bodies: dict[str, Body]
) -> Iterator[DueItem]:
    for row, call, moment in session.exec(_PLANNED, params={"participant": participant, "until": until}):
        name = milestone_name(row, bodies)
        yield DueItem(
            key=f"milestone:{row.id}:{row.begins_on.isoformat()}",
            day=row.begins_on,
            what=(f"stukken voor {name}" if row.body_id else name) + (BY_RHYTHM if row.assumed else ""),
            title=call or moment,
            link=f"/kalender/klok/{row.clock_id}#mijlpaal-{row.id}",
            assignee_id=row.assignee_id,
            overdue=row.begins_on < today,
            assumed=row.assumed,
            since=row.modified_at,
        )


# Said once, as the other questions here: of one organisation, until a day.
_PLANNED = (
    select(Milestone, Call.title, Moment.title)
    .join(DecisionClock, col(Milestone.clock_id) == col(DecisionClock.id))
    .outerjoin(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
    .outerjoin(Call, col(Deadline.call_id) == col(Call.id))
    .outerjoin(Moment, col(DecisionClock.moment_id) == col(Moment.id))
    .where(Milestone.participant_id == PARTICIPANT, Milestone.state == MilestoneState.PLANNED)
    .where(col(Milestone.begins_on) <= UNTIL, col(Deadline.cancelled_at).is_(None))
)


def _assignments(session: Session, participant: str, now: Now, until: date) -> Iterator[DueItem]:
    for row, deadline, title in session.exec(_ASSIGNED, params={"participant": participant}):
        day = deadline_day(deadline)
        if day is not None and day <= until:
            over = deadline.at <= now.instant if deadline.at else day < now.today
            link = f"/regelingen/{deadline.call_id}#toewijzing-{deadline.id}"
            yield DueItem(
                f"deadline:{deadline.id}:{day}", day, "termijn", title, link, row.assignee_id, overdue=over,
                since=row.assigned_at,
            )  # fmt: skip


_ASSIGNED = (
    select(Assignment, Deadline, col(Call.title))
    .join(Deadline, col(Assignment.deadline_id) == col(Deadline.id))
    .join(Call, col(Deadline.call_id) == col(Call.id))
    .where(Assignment.participant_id == PARTICIPANT, Assignment.state == MilestoneState.PLANNED)
    .where(col(Deadline.cancelled_at).is_(None))
)


def _tasks(session: Session, participant: str, today: date, until: date) -> Iterator[DueItem]:
    """Tasks of applications and days on which the funder wants a report."""
    for row, title in session.exec(_UNDONE, params={"participant": participant, "until": until}):
        yield DueItem(
            key=f"task:{row.id}:{row.day.isoformat()}",
            day=row.day,
            what=task_name(row),
            title=title,
            link=f"/aanvragen/{row.dossier_id}#taak-{row.id}",
            assignee_id=row.assignee_id,
            overdue=row.day < today,
            since=row.modified_at,
        )


_UNDONE = (
    select(ApplicationTask, col(Dossier.title))
    .where(ApplicationTask.dossier_id == Dossier.id, Dossier.participant_id == PARTICIPANT)
    .where(col(ApplicationTask.done_on).is_(None), col(ApplicationTask.day) <= UNTIL)
    .where(col(Dossier.closed_at).is_(None))
)


def too_late_this_week(session: Session, viewer: Viewer, now: Now, data: BodyCalendar) -> list[DueItem]:
    """Calls the organisation found relevant or I follow, without a clock, whose last go/no-go falls this week."""
    today, participant = now.today, viewer.participant_id or ""
    calls = _of_interest(session, viewer, now.instant) if participant in data.participants else []
    dates: dict[int, list[DatedRow]] = defaultdict(list)
    asked = {"ids": [call.id for call in calls], "now": now.instant}
    for row in session.connection().execute(_STILL, asked) if calls else ():
        dates[row.call_id].append(row)
    closing = {call.id: found[0] for call in calls if (found := next_closing(dates[call.id], now))}

    days, near = sorted(set(closing.values())), defaultdict[date, list[LatestGo]](list)
    for route in routes_of(participant, (), data):
        plan = cache(partial(latest_go, route, data=data, today=today))
        for day in _in_week(days, plan, today):
            near[day].append(plan(day))
    due_items = [
        DueItem(f"call:{call.id}", route.go_by or today, _said_of(route), call.title, f"/regelingen/{call.id}#klok")
        for call in calls
        for route in near.get(closing.get(call.id, date.min), ())
    ]
    return sorted(due_items, key=lambda w: (w.day, w.title))


_STILL = select(*(getattr(Deadline, name) for name in CLOSING)).where(
    col(Deadline.call_id).in_(IDS), col(Deadline.gate_at) > NOW
)


def _in_week(days: list[date], plan: Callable[[date], LatestGo], today: date) -> Iterator[date]:
    """Of these closing days in order those whose last go/no-go by one route falls this week.

    A later closing never has an earlier go/no-go, so the first such day is found by halving: a plan takes its time.
    """
    for day in days[bisect_left(days, today, key=lambda day: plan(day).go_by or date.min) :]:
        if (plan(day).go_by or date.max) > week_end(today):
            break
        yield day


def _said_of(route: LatestGo) -> str:
    return f"go/no-go {route.name.lower()}{BY_RHYTHM if route.assumed else ''}"


class _Named(NamedTuple):
    """A call by its number and title: nothing else of it is told here."""

    id: int
    title: str


def _of_interest(session: Session, viewer: Viewer, now: datetime) -> list[_Named]:
    asked = {"participant": viewer.participant_id, "user": viewer.user_id, "now": now}
    return [_Named(*row) for row in session.connection().execute(_interesting(), asked)]


@cache
def _interesting() -> Select[int, str]:
    relevant = select(Verdict.call_id).where(
        Verdict.participant_id == PARTICIPANT, Verdict.say == Say.YES, col(Verdict.undone_at).is_(None)
    )
    follows = select(Follow.call_id).where(Follow.user_id == USER)
    planned = (
        select(Deadline.call_id)
        .join(DecisionClock, col(DecisionClock.deadline_id) == col(Deadline.id))
        .where(DecisionClock.participant_id == PARTICIPANT)
    )
    ids, call = col(Call.id), Call
    decided = (
        select(Application.call_id)
        .join(Dossier, col(Dossier.id) == col(Application.dossier_id))
        .where(Application.participant_id == PARTICIPANT, col(Application.call_id).is_not(None))
        .where(col(Dossier.stage).not_in(UNDECIDED))
    )
    return (
        select(ids, col(call.title))
        .where(ids.in_(relevant) | ids.in_(follows), ids.not_in(planned), ids.not_in(decided))
        .where(col(call.joined_into).is_(None), col(call.closes_at) > NOW)
        .order_by(next_gate_expression(NOW))
        .limit(MOST_CALLS)
    )


@dataclass(frozen=True)
class CalendarReminder:
    """Something to remind one person of, at these distances in days before its day (negative: after it)."""

    user_id: int
    item: DueItem
    distances: tuple[int, ...]


def reminders(session: Session, now: Now, only: int | None = None) -> list[CalendarReminder]:
    """Who is reminded of what is near: the assignee ahead; what is overdue rises to the coordinators.

    ``only``: of what the organisation of this one person plans.
    """
    active = select(User).where(col(User.deactivated_at).is_(None))
    if only is not None:
        active = active.where(
            User.participant_id == select(User.participant_id).where(User.id == only).scalar_subquery()
        )
    users = session.exec(active).all()
    people = {user.id: user for user in users}
    reminders = []
    for participant in sorted({user.participant_id for user in users}):
        coordinators = [u for u in users if u.participant_id == participant and u.role == Role.COORDINATOR]
        for item in due_items_of(session, participant, now, now.today + AHEAD):
            if item.overdue:
                reminders += [CalendarReminder(user.id, item, OVERDUE) for user in coordinators]
            elif item.assignee_id in people:
                reminders.append(CalendarReminder(item.assignee_id or 0, item, DISTANCES))
    return reminders
