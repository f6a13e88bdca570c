"""One search over what the lobby keeps: what the viewer may not see is found and counted nowhere.

Internal wording and red lines are not searched: a hit would tell what stands in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from db.models import ContactMoment, Document, Dossier, Organisation, Position, Stakeholder
from db.queries import Viewer
from db.rights import attached, readable, visible
from db.text_search import asked, has_words, holds
from db.vocabulary_documents import DocumentKind
from db.vocabulary_lobby import ApplicationStage, ContactKind, DossierKind, MomentKind, PositionState, Stage
from notifications.wording import short_day
from tracker.lobby.moments import upcoming
from tracker.lobby.positions import called
from tracker.organisations.register import LIVE

SHOWN = 5  # of each kind
OF_DOSSIER = (Dossier.title, Dossier.goal, Dossier.message_nl, Dossier.message_en, Dossier.request)
OF_CONTACT = (ContactMoment.message, ContactMoment.reply, ContactMoment.follow_up)
OF_OFFICE = (Stakeholder.organisation, Stakeholder.office)
OF_POSITION = (Position.public_wording, Position.decision, Dossier.title)


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is called, where it is, and one quiet line beside it."""

    title: str
    address: str
    beside: str = ""


@dataclass(frozen=True)
class Hits:
    """What was found of one kind: the first few, how many there are, and the list that holds them all."""

    kind: str
    total: int
    first: list[Hit]
    more: str = ""


def search(session: Session, viewer: Viewer, question: str, today: date) -> list[Hits]:
    """What the question finds, kind by kind; kinds of which nothing is found are left out."""
    kinds = (_moments(session, viewer, question, today), _dossiers(session, viewer, question, DossierKind.LOBBY),
             _dossiers(session, viewer, question, DossierKind.APPLICATION), _positions(session, viewer, question),
             _contacts(session, viewer, question), _documents(session, viewer, question),
             _organisations(session, viewer, question))  # fmt: skip
    return [hits for hits in kinds if hits.total]


def dossiers_with(session: Session, viewer: Viewer, question: str, kind: DossierKind) -> list[int]:
    """The dossiers of a kind in which every word stands, by id."""
    return has_words(session, col(Dossier.id), OF_DOSSIER, question, Dossier.kind == kind, visible(viewer, Dossier))


def contacts_with(session: Session, viewer: Viewer, question: str) -> list[int]:
    """The contacts in which every word stands, or in the name of whom it was with, by id."""
    joined = ContactMoment.stakeholder_id == Stakeholder.id
    return has_words(
        session, col(ContactMoment.id), (*OF_CONTACT, *OF_OFFICE), question, joined, visible(viewer, ContactMoment)
    )


def positions_with(session: Session, viewer: Viewer, question: str) -> list[int]:
    """The positions in whose public words, decision or dossier every word stands, by id."""
    conditions = Position.dossier_id == Dossier.id, visible(viewer, Dossier), readable(viewer)
    return has_words(session, col(Position.id), OF_POSITION, question, *conditions)


def _newest(session: Session, model: Any, ids: Sequence[int], *order: Any) -> list[Any]:
    rows = select(model).where(col(model.id).in_(ids)).order_by(*order, col(model.id).desc()).limit(SHOWN)
    return list(session.exec(rows))


def _dossiers(session: Session, viewer: Viewer, question: str, kind: DossierKind) -> Hits:
    ids, lobby = dossiers_with(session, viewer, question, kind), kind == DossierKind.LOBBY
    path, stages = ("/dossiers", Stage) if lobby else ("/aanvragen", ApplicationStage)
    rows = _newest(session, Dossier, ids, col(Dossier.closed_at).is_not(None))
    first = [Hit(row.title, f"{path}/{row.id}", stages(row.stage).label) for row in rows]
    return Hits("Lobbydossiers" if lobby else "Aanvragen", len(ids), first, path if lobby else "")


def _positions(session: Session, viewer: Viewer, question: str) -> Hits:
    ids = positions_with(session, viewer, question)
    rows = _newest(session, Position, ids)
    titles = {
        d.id: d.title for d in session.exec(select(Dossier).where(col(Dossier.id).in_({r.dossier_id for r in rows})))
    }
    first = [
        Hit(
            row.public_wording or called(row),
            f"/dossiers/{row.dossier_id}/standpunten",
            f"{titles[row.dossier_id]}, {PositionState(row.state).label}",
        )
        for row in rows
    ]
    return Hits("Standpunten", len(ids), first)


def _contacts(session: Session, viewer: Viewer, question: str) -> Hits:
    ids = contacts_with(session, viewer, question)
    first = []
    for row in _newest(session, ContactMoment, ids, col(ContactMoment.day).desc()):
        who = session.get_one(Stakeholder, row.stakeholder_id)
        whom = ", ".join(filter(None, [who.office, who.organisation]))
        title = f"{ContactKind(row.kind).label.capitalize()} met {whom}"
        first.append(Hit(title, f"/contacten/{row.id}", short_day(row.day)))
    return Hits("Contacten", len(ids), first, "/contacten")


def _documents(session: Session, viewer: Viewer, question: str) -> Hits:
    ids = has_words(session, col(Document.id), (Document.name,), question, attached(viewer))
    rows = _newest(session, Document, ids, col(Document.added_at).desc())
    first = [Hit(row.name, row.url or f"/documenten/{row.id}", DocumentKind(row.kind).label) for row in rows]
    return Hits("Documenten", len(ids), first)


def _organisations(session: Session, viewer: Viewer, question: str) -> Hits:
    ids = has_words(session, col(Organisation.id), (Organisation.name,), question, visible(viewer, Organisation), LIVE)
    rows = _newest(session, Organisation, ids, col(Organisation.parent_id).is_not(None), col(Organisation.name))
    return Hits("Organisaties", len(ids), [Hit(row.name, f"/organisaties/{row.id}") for row in rows])


def _moments(session: Session, viewer: Viewer, question: str, today: date) -> Hits:
    roots = asked(question)
    coming = upcoming(session, viewer, today, with_ended=True) if roots else []
    found = [m for m in coming if holds(roots, (m.title, m.body, m.use))]
    first = [
        Hit(
            m.title,
            m.address,
            ", ".join(filter(None, [MomentKind(m.kind).label, short_day(m.ends_on) if m.ends_on else ""])),
        )
        for m in found[:SHOWN]
    ]
    return Hits("Momenten", len(found), first, "/momenten")
