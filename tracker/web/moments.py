"""The page of outside moments: what can still be influenced, until when, and what the MRA needs before that."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from db.queries import Viewer
from db.vocabulary_lobby import Level, MomentKind
from notifications.wording import local_day
from tracker import moments
from tracker.web import acting
from tracker.web.acting import choices
from tracker.web.asked import Asked
from tracker.web.forms import asked_for


class MomentQuery(BaseModel):
    """Which level one wants to see."""

    niveau: Level | None = None


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Every moment of the coming year, soonest first."""
    query, _ = asked_for(MomentQuery, asked.query)
    today = local_day(now)
    rows = moments.upcoming(session, viewer, today)
    if query and query.niveau:
        rows = [m for m in rows if m.level == query.niveau]
    return asked.page(
        "moments/index.html",
        rows=rows,
        level=query.niveau if query else None,
        levels=choices(Level),
        kinds=dict(choices(MomentKind)),
        may_add=acting.may_add(viewer),
        today=today,
    )
