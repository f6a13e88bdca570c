"""The clock, the calendar files and who looks after what, on the page of a call."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import Assignment, Challenge, Deadline, DecisionClock, Match, Opportunity
from db.queries import Viewer
from db.rights import has_role, visible
from db.vocabulary import Role
from db.vocabulary_calendar import MilestoneState
from tracker.calendar.bodies import body_calendar
from tracker.calendar.latest_go import notice_for
from tracker.matching.search import SHOWN_FROM
from tracker.web.clocks import colleagues

DIRECTIE = "mra-directie"  # prepares, does not decide


def clock_of(session: Session, call: Opportunity, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What the template of this part of the page needs."""
    deadlines = session.exec(
        select(Deadline).where(Deadline.opportunity_id == call.id, col(Deadline.cancelled_at).is_(None))
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
    return {
        "notice": notice_for(deadlines, viewer.participant_id, tables_of(session, call), body_calendar(session), now),
        "clocks": clocks,
        "dated": [row for row in sorted(deadlines, key=lambda d: (str(d.day), d.id)) if row.at or row.day],
        "assigned": {row.deadline_id: row for row in assigned},
        "people": {user.id: user.name for user in colleagues(session, viewer.participant_id or "")},
        "may_assign": has_role(viewer, Role.FUNDRAISER),
        "MilestoneState": MilestoneState,
    }


def tables_of(session: Session, call: Opportunity) -> list[str]:
    """The MRA's tables that the best matching opgave belongs to, and then its Bestuur."""
    query = (
        select(Challenge.platforms)
        .join(Match, col(Match.challenge_id) == col(Challenge.id))
        .where(Match.opportunity_id == call.id, Match.score >= SHOWN_FROM)
        .order_by(col(Match.score).desc())
        .limit(1)
    )
    platforms = session.exec(query).first() or []
    return [table for table in platforms[:1] if table != DIRECTIE] + (["mra-bestuur"] if platforms else [])
