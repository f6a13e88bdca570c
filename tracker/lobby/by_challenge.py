"""The lobby of an opgave: its dossiers, the positions that hold in them, the moments, the talks and the asks."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.models import Challenge, ContactMoment, Dossier, DossierChallenge, DossierMoment, Match, Stakeholder
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import DossierKind
from tracker.challenges.agenda import below
from tracker.lobby.asks import Ask, asks
from tracker.lobby.moments import MATCHING, upcoming
from tracker.lobby.position_book import HeldPosition, positions_on
from tracker.lobby.yearly_moments import UpcomingMoment

MOST_TALKS = 5


@dataclass(frozen=True)
class ChallengeLobby:
    """All of it, as far as the viewer may see; talks are the newest few, each with whom."""

    dossiers: list[Dossier]
    positions: list[HeldPosition]
    moments: list[UpcomingMoment]
    talks: list[tuple[ContactMoment, Stakeholder]]
    asks: list[Ask]


def lobby_of(session: Session, viewer: Viewer, challenge: Challenge, day: date) -> ChallengeLobby:
    """The lobby of an opgave and of what lies under it, those that run first."""
    opgaven = below(session, (challenge.id,))
    serving = select(DossierChallenge.dossier_id).where(col(DossierChallenge.challenge_id).in_(opgaven))
    query = select(Dossier).where(
        visible(viewer, Dossier), Dossier.kind == DossierKind.LOBBY, col(Dossier.id).in_(serving)
    )
    order = (col(Dossier.closed_at).is_not(None), col(Dossier.title), col(Dossier.id))
    dossiers = list(session.exec(query.order_by(*order)))
    ids = [dossier.id for dossier in dossiers]
    hooked = set(session.exec(select(DossierMoment.moment_id).where(col(DossierMoment.dossier_id).in_(ids))))
    touching = select(Match.call_id).where(col(Match.challenge_id).in_(opgaven), Match.score >= MATCHING)
    near = set(session.exec(touching))
    coming = upcoming(session, viewer, day, with_ended=True)
    return ChallengeLobby(
        dossiers,
        positions_on(session, viewer, day, ids),
        [m for m in coming if m.call_id in near or m.ref in {f"moment:{moment}" for moment in hooked}],
        _talks(session, viewer, ids),
        asks(session, viewer, ids),
    )


def _talks(session: Session, viewer: Viewer, dossiers: list[int]) -> list[tuple[ContactMoment, Stakeholder]]:
    query = select(ContactMoment, Stakeholder).where(
        col(ContactMoment.dossier_id).in_(dossiers),
        ContactMoment.stakeholder_id == Stakeholder.id,
        visible(viewer, ContactMoment),
    )
    newest = query.order_by(col(ContactMoment.day).desc(), col(ContactMoment.id).desc()).limit(MOST_TALKS)
    return list(session.exec(newest).all())
