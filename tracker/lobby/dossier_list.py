"""Dossiers found back: by a word, a stage, who carries them, whose they are and when they were opened, page by page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, or_
from sqlmodel import Session, col, select

from db.lists import Listed, read_page
from db.models import Dossier, Participant, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import DossierKind, Priority
from notifications.wording import start_of_day
from tracker.lobby.search import dossiers_with

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DossierFilter:
    """What one looks for; empty means everything that is not parked. ``person``: one of us who carries it."""

    text: str = ""
    stage: str | None = None
    person: int | None = None
    owner: str = ""
    after: date | None = None
    before: date | None = None
    parked: bool = False


@dataclass(frozen=True)
class DossierRow:
    """A dossier and the name of whose it is."""

    dossier: Dossier
    owner: str


def dossiers_in(
    session: Session, viewer: Viewer, wanted: DossierFilter, today: date, page: int | None = 1
) -> Listed[DossierRow]:
    """The lobby dossiers a filter means, those that run first, then by priority; without a page all of them."""
    conditions: list[Any] = [
        Dossier.participant_id == Participant.id,
        Dossier.kind == DossierKind.LOBBY,
        visible(viewer, Dossier),
        *_conditions(session, viewer, wanted, today),
    ]
    urgency = case({word.value: rank for rank, word in enumerate(Priority)}, value=col(Dossier.priority))
    rows = select(Dossier, Participant.name).where(*conditions)
    rows = rows.order_by(col(Dossier.closed_at).is_not(None), urgency, col(Dossier.title), col(Dossier.id))
    found = read_page(session, rows, page)
    return Listed([DossierRow(dossier, owner) for dossier, owner in found.rows], found.total)


def _conditions(session: Session, viewer: Viewer, wanted: DossierFilter, today: date) -> list[Any]:
    conditions = list[Any]()
    if wanted.text.strip():
        conditions.append(col(Dossier.id).in_(dossiers_with(session, viewer, wanted.text, DossierKind.LOBBY)))
    if wanted.stage:
        conditions.append(Dossier.stage == wanted.stage)
    if wanted.person is not None:
        conditions.append(or_(col(Dossier.lobbyist_id) == wanted.person, col(Dossier.official_id) == wanted.person))
    if wanted.owner:
        conditions.append(Dossier.participant_id == wanted.owner)
    if wanted.after:
        conditions.append(col(Dossier.opened_at) >= start_of_day(wanted.after))
    if wanted.before:
        conditions.append(col(Dossier.opened_at) < start_of_day(wanted.before + DAY))
    parked = col(Dossier.parked_until) > today
    conditions.append(parked if wanted.parked else or_(col(Dossier.parked_until).is_(None), ~parked))
    return conditions


def carriers(session: Session, viewer: Viewer) -> list[tuple[int, str]]:
    """Who carries a dossier that the viewer may see, by name."""
    seen = select(Dossier).where(visible(viewer, Dossier), Dossier.kind == DossierKind.LOBBY).subquery()
    rows = select(User.id, User.name).where(
        or_(col(User.id).in_(select(seen.c.lobbyist_id)), col(User.id).in_(select(seen.c.official_id)))
    )
    return list(session.exec(rows.order_by(col(User.name))))


def owners(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Whose dossiers the viewer may see."""
    theirs = select(Dossier.participant_id).where(visible(viewer, Dossier), Dossier.kind == DossierKind.LOBBY)
    rows = select(Participant.id, Participant.name).where(col(Participant.id).in_(theirs))
    return list(session.exec(rows.order_by(col(Participant.name))))
