"""The calendar's part of Vandaag: what becomes too late this week, what is mine, and what is overdue."""

from datetime import datetime

from sqlmodel import Session

from db.models import User
from db.queries import Viewer
from db.rights import has_role
from db.vocabulary import Role
from notifications.wording import local_day
from tracker.calendar.due import too_late_this_week, waiting_for, week_end
from tracker.web.today import Section


def section(viewer: Viewer, session: Session, now: datetime) -> Section | None:
    """What of the calendar asks for attention this week, or none; overdue things rise to the coordinator."""
    today = local_day(now)
    waiting = waiting_for(session, viewer.participant_id or "", now, week_end(today))
    rises = has_role(viewer, Role.COORDINATOR)
    shown = [one for one in waiting if rises or one.assignee_id in (None, viewer.user_id)]
    calls = too_late_this_week(session, viewer, now)
    if not shown and not calls:
        return None
    names = {one.assignee_id: session.get(User, one.assignee_id) for one in shown if one.assignee_id}
    context = {"waiting": shown, "calls": calls, "people": {k: u.name for k, u in names.items() if u}, "today": today}
    return Section("calendar/today.html", context)
