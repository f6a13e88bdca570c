"""What the besluitvormingsklok says of a call: until when an organisation can decide, and what is too late."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from db.models import Application, Assignment, Call, Challenge, Deadline, DecisionClock, Dossier, Match
from db.queries import Viewer
from db.reach import Reach
from db.region_served import region
from db.rights import has_role, visible
from db.vocabulary import Eligibility, Role
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage
from notifications.catalogue import CatalogueCall
from notifications.places import NO_WINDOW, OUT_OF_REACH, DecisionWindow
from notifications.wording import listed
from tracker.calendar.backward_schedule import BackwardPlan, NoPlan
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.decision_clock import DecisionRoute, is_over_for, plan_for
from tracker.calendar.targets import D, upcoming_closings
from tracker.clock import Now
from tracker.matching.search import SHOWN_FROM
from tracker.people.participants import colleagues

NamedRoute = tuple[str, DecisionRoute]
NOT_OURS = (Eligibility.NO, Eligibility.UNKNOWN)  # as far as is known: nobody is asked to decide
LONGEST_WAY = 300  # days that the shortest way through an organisation may take


@dataclass(frozen=True)
class LatestGo:
    """One route to the deadline: without own money, with it, or past the region's tables; until when, or why not.

    ``assumed``: it rests on a rhythm that nobody has looked at yet, and is no fact.
    """

    name: str
    go_by: date | None
    late: str = ""
    refusal: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Notice:
    """The next closing of a call, and the routes to it."""

    deadline_id: int
    day: date
    routes: tuple[LatestGo, ...]

    @property
    def too_late(self) -> bool:
        """Whether even the shortest route is closed."""
        return bool(self.routes[0].late)

    @property
    def go_by(self) -> date | None:
        """The last safe go/no-go of the shortest route."""
        return self.routes[0].go_by


def notice_for(
    deadlines: Sequence[Deadline], participant: str | None, tables: Sequence[str], data: BodyCalendar, now: Now
) -> Notice | None:
    """The three routes for a participant; none where nothing closes any more or nobody leads."""
    closing = next_closing(deadlines, now)
    if closing is None or participant not in data.participants:
        return None
    day, deadline = closing
    return Notice(deadline.id, day, routes_to(day, participant or "", tables, data, now.today))


def next_closing(deadlines: Sequence[D], now: Now) -> tuple[date, D] | None:
    """The first door that is still open, with its Amsterdam day."""
    gates = [row for row in deadlines if row.gate_at is not None and row.gate_at > now.instant]
    return next(iter(upcoming_closings(gates, now.today)), None)


def routes_to(
    day: date, participant: str, tables: Sequence[str], data: BodyCalendar, today: date
) -> tuple[LatestGo, ...]:
    """The last go/no-go of each route to a closing on that day; calls that share a day share these."""
    return tuple(latest_go(each, day, data, today) for each in routes_of(participant, tables, data))


def routes_of(participant: str, tables: Sequence[str], data: BodyCalendar) -> list[NamedRoute]:
    """Without own money, with it, and past these tables of the region, where any of them is there."""
    routes = [
        ("Zonder eigen bijdrage", DecisionRoute(participant)),
        ("Met een eigen bijdrage", DecisionRoute(participant, cofunding=True)),
    ]
    passed = tuple(table for table in tables if table in data.bodies)
    if passed:
        names = listed([data.bodies[table].name for table in passed])
        routes.append((f"Langs {names}", DecisionRoute(participant, tables=passed)))
    return routes


@lru_cache(maxsize=4096)
def latest_go(named: NamedRoute, day: date, data: BodyCalendar, today: date) -> LatestGo:
    """The last go/no-go of one route to a closing on that day, or why there is none; counted out once a day."""
    name, route = named
    try:
        plan = plan_for(data, day, route, today)
    except NoPlan as error:
        return LatestGo(name, None, refusal=str(error))
    return LatestGo(name, plan.go_by, too_late_for(plan), assumed=plan.rests_on_rhythm)


def window_for(
    eligible: str, closes: date | None, participant: str | None, data: BodyCalendar, today: date
) -> DecisionWindow:
    """Until when an organisation can decide on a call that closes on that day; the same in mail and on every page.

    With own money, since few calls pay everything; without it, where that is too late; late where neither is left.
    """
    if closes is None or eligible in NOT_OURS or participant not in data.participants:
        return NO_WINDOW
    shortest, longer = routes_of(participant or "", (), data)
    for route in (longer, shortest):  # the longest first; the other is planned only where that is too late
        last = latest_go(route, closes, data, today)
        if last.go_by and not last.late:
            return DecisionWindow(last.go_by, assumed=last.assumed, route=last.name.lower())
    late = f"waarschijnlijk {last.late}, op een aangenomen ritme" if last.assumed else last.late
    return DecisionWindow(None, late if last.late else "", last.assumed)


def window_in(
    reach: Reach,
    call: Call | CatalogueCall,
    closes: date | None,
    participant: str | None,
    data: BodyCalendar,
    today: date,
) -> DecisionWindow:
    """The same for a reader whose organisation may lie outside the area of who gives: then it decides nothing."""
    if reach.is_out_of(call.eligible, call.given_within):
        return OUT_OF_REACH
    users = reach.users(call.eligible, call.given_within)
    return DecisionWindow(users=users) if users else window_for(call.eligible, closes, participant, data, today)


def late_until(participant: str | None, data: BodyCalendar, today: date) -> date | None:
    """The last closing day for which no way through an organisation is left; found by halving, as later is easier."""
    if participant not in data.participants:
        return None
    shortest, *_ = routes_of(participant or "", (), data)
    days = [today + timedelta(days=number) for number in range(LONGEST_WAY)]
    first = bisect_left(days, 1, key=lambda day: not latest_go(shortest, day, data, today).late)
    return days[first - 1] if first else None


def too_late_for(plan: BackwardPlan) -> str:
    """``te laat voor het college van Zwolle``: the last body whose papers are too late, else the last such work."""
    if not plan.late:
        return ""
    bodies = [planned for planned in plan.late if planned.step.body]
    return f"te laat voor {(bodies or list(plan.late))[-1].step.name}"


def is_in(session: Session, call_id: int, participant: str | None, deadlines: Sequence[Deadline], now: Now) -> bool:
    """Whether an application of this organisation went in for the next closing: it has nothing to decide any more."""
    closing = next_closing(deadlines, now)
    ours = select(Application.dossier_id).join(Dossier, col(Dossier.id) == col(Application.dossier_id))
    ours = ours.where(Application.call_id == call_id, Application.participant_id == participant)
    ours = ours.where(Dossier.stage != ApplicationStage.DROPPED, col(Dossier.deleted_at).is_(None))
    return closing is not None and any(is_over_for(session, id_, closing[1]) for id_ in session.exec(ours))


def clock_of(session: Session, call: Call, viewer: Viewer, now: Now) -> dict[str, Any]:
    """What the template of this part of the page needs."""
    deadlines = session.exec(
        select(Deadline).where(Deadline.call_id == call.id, col(Deadline.cancelled_at).is_(None))
    ).all()
    ids = [row.id for row in deadlines]
    clocks = session.exec(
        select(DecisionClock).where(col(DecisionClock.deadline_id).in_(ids), visible(viewer, DecisionClock))
    ).all()
    assigned = session.exec(
        select(Assignment).where(
            col(Assignment.deadline_id).in_(ids), Assignment.participant_id == viewer.participant_id
        )
    ).all()
    handed_in = is_in(session, call.id, viewer.participant_id, deadlines, now)
    about = deadlines, viewer.participant_id, tables_of(session, call), body_calendar(session), now
    return {
        "notice": None if handed_in else notice_for(*about),
        "handed_in": handed_in,
        "if_we_may": call.eligible == Eligibility.UNKNOWN,
        "clocks": clocks,
        "dated": [row for row in sorted(deadlines, key=lambda d: (str(d.day), d.id)) if row.at or row.day],
        "assigned": {row.deadline_id: row for row in assigned},
        "people": {user.id: user.name for user in colleagues(session, viewer.participant_id or "")},
        "may_assign": has_role(viewer, Role.FUNDRAISER),
        "MilestoneState": MilestoneState,
    }


def tables_of(session: Session, call: Call) -> list[str]:
    """The region's tables that the best matching opgave belongs to, and then its board."""
    query = (
        select(Challenge.platforms)
        .join(Match, col(Match.challenge_id) == col(Challenge.id))
        .where(Match.call_id == call.id, Match.score >= SHOWN_FROM)
        .order_by(col(Match.score).desc())
        .limit(1)
    )
    platforms = session.exec(query).first() or []
    here = region()
    passed = [*(table for table in platforms[:1] if table not in here.prepares), *([here.board] if platforms else [])]
    return list(dict.fromkeys(passed))  # an opgave may belong to the board itself
