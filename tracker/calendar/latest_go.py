"""What the besluitvormingsklok says of a call: until when an organisation can decide, and what is too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from db.models import Deadline
from db.vocabulary import CLOSING_KINDS
from notifications.wording import local_day
from tracker.calendar.backward import NoPlan, Plan
from tracker.calendar.bodies import BodyCalendar
from tracker.calendar.decision_clock import Way, deadline_day, plan_for


@dataclass(frozen=True)
class Route:
    """One way to the deadline: without own money, with it, or past the MRA's tables; until when, or why not."""

    name: str
    go_by: date | None
    late: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Notice:
    """The next closing of a call, and the ways to it."""

    deadline_id: int
    day: date
    routes: tuple[Route, ...]

    @property
    def too_late(self) -> bool:
        """Whether even the shortest way is closed."""
        return bool(self.routes[0].late)

    @property
    def go_by(self) -> date | None:
        """The last safe go/no-go of the shortest way."""
        return self.routes[0].go_by


def next_closing(deadlines: Sequence[Deadline], today: date) -> tuple[date, Deadline] | None:
    """The first closing that is still to come."""
    found = [
        (day, row)
        for row in deadlines
        if row.kind in CLOSING_KINDS and row.cancelled_at is None and (day := deadline_day(row)) and day >= today
    ]
    return min(found, key=lambda pair: (pair[0], pair[1].id or 0), default=None)


def notice_for(
    deadlines: Sequence[Deadline], participant: str | None, tables: Sequence[str], data: BodyCalendar, now: datetime
) -> Notice | None:
    """The three ways for a participant; none where nothing closes any more or nobody leads."""
    today = local_day(now)
    closing = next_closing(deadlines, today)
    if closing is None or participant not in data.participants:
        return None
    day, row = closing
    ways = [("Zonder eigen geld", Way(participant or "")), ("Met eigen geld", Way(participant or "", cofunding=True))]
    known = tuple(table for table in tables if table in data.bodies)
    if known:
        listed = " en ".join(data.bodies[table].name for table in known)
        ways.append((f"Langs {listed}", Way(participant or "", tables=known)))
    return Notice(row.id or 0, day, tuple(_route(name, way, day, data, today) for name, way in ways))


def _route(name: str, way: Way, day: date, data: BodyCalendar, today: date) -> Route:
    try:
        plan = plan_for(data, day, way, today)
    except NoPlan as error:
        return Route(name, None, refusal=str(error))
    return Route(name, plan.go_by, too_late_for(plan))


def too_late_for(plan: Plan) -> str:
    """``te laat voor het college van Haarlem``: the last body whose papers are too late, else the last such work."""
    if not plan.late:
        return ""
    bodies = [planned for planned in plan.late if planned.step.body]
    return f"te laat voor {(bodies or list(plan.late))[-1].step.name}"
