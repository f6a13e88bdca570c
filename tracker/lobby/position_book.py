"""Every position that holds on a day, over all dossiers: what we say, by whose decision, and until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.models import Challenge, Dossier, DossierChallenge, Participant, Position
from db.queries import Viewer
from db.rights import readable, visible
from db.vocabulary_lobby import PositionState
from tracker.lobby.positions import designation, holds_on, mandate_ends


@dataclass(frozen=True)
class HeldPosition:
    """A position that holds; ``name``: what it may be called that day; ``until``: the last day, none while open."""

    position: Position
    dossier: Dossier
    name: str
    until: date | None
    opgaven: list[Challenge]


def positions_on(
    session: Session, viewer: Viewer, day: date, among: Collection[int] | None = None
) -> list[HeldPosition]:
    """What the viewer may see that holds on a day, the region's and participants' own; ``among``: of these dossiers."""
    query = select(Position, Dossier, Participant.name).where(
        Position.state == PositionState.ADOPTED,
        Position.dossier_id == Dossier.id,
        Position.participant_id == Participant.id,
        visible(viewer, Dossier),
        readable(viewer),
    )
    if among is not None:
        query = query.where(col(Dossier.id).in_(among))
    rows = session.exec(query.order_by(col(Dossier.title), col(Dossier.id), col(Position.number))).all()
    opgaven = opgaven_of(session, {dossier.id for _, dossier, _ in rows})
    return [
        HeldPosition(p, dossier, designation(p, day, owner), mandate_ends(p), opgaven.get(dossier.id, []))
        for p, dossier, owner in rows
        if holds_on(p, day)
    ]


def opgaven_of(session: Session, dossiers: Collection[int]) -> dict[int, list[Challenge]]:
    """Dossier -> the opgaven it serves, in the agenda's order."""
    query = select(DossierChallenge.dossier_id, Challenge).join(Challenge)
    named = query.where(col(DossierChallenge.dossier_id).in_(dossiers)).order_by(col(Challenge.position))
    by_dossier: dict[int, list[Challenge]] = {}
    for dossier, challenge in session.exec(named):
        by_dossier.setdefault(dossier, []).append(challenge)
    return by_dossier
