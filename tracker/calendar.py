"""What stands in a calendar: the deadlines a person, a team or a file gets, as events."""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from db.models import Deadline, Opportunity
from notifications.ical import calendar_file, deadline_event, still_told

BACK = timedelta(days=90)  # a calendar shows what has just passed too


def all_deadlines(session: Session, now: datetime, base_url: str) -> tuple[bytes, int]:
    """The deadlines of every call as an iCalendar file, and how many there are."""
    found = [deadline_event(deadline, call, base_url) for deadline, call in _dated(session, now)]
    events = [event for event in found if event is not None]
    return calendar_file(events, "Kansenradar: termijnen"), len(events)


def _dated(session: Session, now: datetime) -> list[tuple[Deadline, Opportunity]]:
    since = now - BACK
    query = (
        select(Deadline, Opportunity)
        .join(Opportunity, col(Deadline.opportunity_id) == col(Opportunity.id))
        .where(col(Opportunity.joined_into).is_(None))
        .where(or_(col(Deadline.at) >= since, col(Deadline.at).is_(None) & (col(Deadline.day) >= since.date())))
        .order_by(col(Deadline.day), col(Deadline.id))
    )
    return [(deadline, call) for deadline, call in session.exec(query) if still_told(deadline, now)]
