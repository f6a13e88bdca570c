"""The applications that somebody runs or carries and that are not over, for who opens the day with them."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db.models import Application, Call, Dossier
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import ApplicationStage
from tracker.applications.milestones import next_deadline
from tracker.calendar.targets import deadline_day

OVER = (ApplicationStage.SETTLED, ApplicationStage.REJECTED, ApplicationStage.DROPPED)
HANDED_IN = (
    ApplicationStage.SUBMITTED, ApplicationStage.RESERVE, ApplicationStage.AWARDED, ApplicationStage.RUNNING,
    ApplicationStage.ACCOUNTED,
)  # fmt: skip


@dataclass(frozen=True)
class RunningApplication:
    """An application, and the Amsterdam day by which it must be in; none where it is in, or no day is known."""

    dossier: Dossier
    hand_in_by: date | None


def run_by(session: Session, viewer: Viewer, today: date) -> list[RunningApplication]:
    """What this person runs or carries as an official, what must be in soonest first."""
    rows = select(Dossier, Call).select_from(Dossier).join(Application, col(Application.dossier_id) == col(Dossier.id))
    rows = rows.join(Call, col(Call.id) == col(Application.call_id), isouter=True)
    rows = rows.where(visible(viewer, Dossier))
    rows = rows.where(or_(Dossier.lobbyist_id == viewer.user_id, Dossier.official_id == viewer.user_id))
    rows = rows.where(col(Dossier.stage).not_in(OVER), col(Dossier.closed_at).is_(None))
    found = [
        RunningApplication(dossier, _hand_in_by(session, dossier, call, today)) for dossier, call in session.exec(rows)
    ]
    return sorted(found, key=lambda each: (each.hand_in_by or date.max, each.dossier.id))


def _hand_in_by(session: Session, dossier: Dossier, call: Call | None, today: date) -> date | None:
    closing = None if dossier.stage in HANDED_IN else next_deadline(session, call, today)
    return deadline_day(closing) if closing else None
