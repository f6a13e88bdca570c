"""What stands beside a publication, as far as its reader may see it: calls and dossiers of its opgaven, and lessons."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from db.models import Application, Call, Dossier, DossierChallenge, Match, Publication, PublicationChallenge
from db.queries import Viewer
from db.rights import has_role, visible
from db.status import IS_CALL
from db.vocabulary import Role
from db.vocabulary_lobby import ApplicationStage
from tracker.knowledge.publications import THERE
from tracker.matching import DIGEST_THRESHOLD

MOST = 5  # of each kind beside a publication, and lessons that are offered
OVER = (ApplicationStage.SETTLED, ApplicationStage.ACCOUNTED, ApplicationStage.REJECTED, ApplicationStage.DROPPED)


def calls_beside(session: Session, opgaven: Collection[str], now: datetime) -> list[Call]:
    """The calls that one can still apply to and that fit its opgaven best."""
    best = func.max(Match.score)
    fitting = (
        select(Match.call_id)
        .join(Call)
        .where(
            col(Match.challenge_id).in_(opgaven), Match.score >= DIGEST_THRESHOLD, IS_CALL,
            col(Call.joined_into).is_(None), col(Call.closes_at) > now,
        )
        .group_by(col(Match.call_id))
        .order_by(best.desc(), col(Match.call_id))
        .limit(MOST)
    )  # fmt: skip
    ids = list(session.exec(fitting))
    rows = {call.id: call for call in session.exec(select(Call).where(col(Call.id).in_(ids)))}
    return [rows[number] for number in ids]


def dossiers_beside(
    session: Session, viewer: Viewer, publication: Publication, opgaven: Collection[str]
) -> list[Dossier]:
    """The dossiers and applications of its opgaven that run, and the application that it was learnt in."""
    on = select(DossierChallenge.dossier_id).where(col(DossierChallenge.challenge_id).in_(opgaven))
    runs = col(Dossier.id).in_(on) & col(Dossier.closed_at).is_(None)
    rows = select(Dossier).where(visible(viewer, Dossier), or_(col(Dossier.id) == publication.application_id, runs))
    first = (col(Dossier.id) == publication.application_id).desc()
    return list(session.exec(rows.order_by(first, col(Dossier.id).desc()).limit(MOST)))


def publications_beside(session: Session, viewer: Viewer, opgave: str) -> list[Publication]:
    """The newest publications of an opgave."""
    on = select(PublicationChallenge.publication_id).where(PublicationChallenge.challenge_id == opgave)
    rows = select(Publication).where(col(Publication.id).in_(on), THERE, visible(viewer, Publication))
    return list(session.exec(rows.order_by(col(Publication.year).desc(), col(Publication.id).desc()).limit(MOST)))


def lessons_to_share(session: Session, viewer: Viewer) -> list[tuple[Dossier, str]]:
    """What the viewer's organisation learnt in applications that are over, and did not share yet, newest first."""
    if not has_role(viewer, Role.FUNDRAISER):
        return []
    shared = select(Publication.application_id).where(col(Publication.application_id).is_not(None))
    rows = select(Dossier, Application.lesson).where(
        Application.dossier_id == Dossier.id, Application.lesson != "", Dossier.participant_id == viewer.participant_id,
        col(Dossier.stage).in_(OVER), col(Dossier.id).not_in(shared), visible(viewer, Dossier),
        col(Dossier.example).is_(False),
    )  # fmt: skip
    return [(dossier, lesson) for dossier, lesson in session.exec(rows.order_by(col(Dossier.id).desc()).limit(MOST))]


def lesson_of(session: Session, viewer: Viewer, dossier_id: int) -> tuple[Dossier, str] | None:
    """One of those."""
    return next((found for found in lessons_to_share(session, viewer) if found[0].id == dossier_id), None)
