"""The milestones of an application on its page, and the one click that counts them back."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select
from starlette.responses import Response

from db.models import Body, Deadline, Dossier, Milestone
from db.queries import Viewer
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import DossierKind
from tracker.applications import milestones
from tracker.applications.milestones import clocks_of, open_clock, way_for
from tracker.calendar.decision_clock import milestone_name, milestones_of, way_of
from tracker.web import acting, applications, audit
from tracker.web.asked import Asked


def clock_part(session: Session, viewer: Viewer, dossier: Dossier, due: Deadline | None) -> dict[str, Any]:
    """What the page needs: every clock with its steps, whether it still fits, and whether one can be opened."""
    found = clocks_of(session, viewer, dossier)
    bodies = {body.id: body for body in session.exec(select(Body))}
    return {
        "clocks": [
            {
                "clock": clock,
                "deadline": deadline,
                "fits": way_of(clock) == way_for(session, dossier, clock.table_ids),
                "steps": [(row, milestone_name(row, bodies)) for row in milestones_of(session, clock) if _stands(row)],
            }
            for clock, deadline in found
        ],
        "may_open": due is not None and all(deadline.id != due.id for _, deadline in found),
    }


def _stands(row: Milestone) -> bool:
    return row.state != MilestoneState.DROPPED


def count_back(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Open the clock for the next deadline, or count back again for the penvoerder and partners as they are now."""
    dossier = acting.dossier_of(session, viewer, asked, DossierKind.APPLICATION)
    due = milestones.due_of(session, dossier, now)
    refused = acting.tried(session, asked.form, lambda: open_clock(session, dossier, due, asked.user, now))
    if refused:
        return applications.page(asked, viewer, session, now, dossier, refused)
    audit.record(session, asked, "decision clock planned", f"application {dossier.id}")
    return asked.to(f"/aanvragen/{dossier.id}#mijlpalen", "gepland")
