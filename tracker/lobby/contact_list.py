"""Contacts found back: by a word, an organisation, a dossier, a person and a day, page by page, newest first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from db.lists import Listed, read_page
from db.models import ContactMoment, Dossier, Participant, Stakeholder, User
from db.queries import Viewer
from db.rights import visible
from tracker.lobby.search import contacts_with
from tracker.lobby.whom import organisation_now
from tracker.organisations import register

JOINED = (
    ContactMoment.stakeholder_id == Stakeholder.id,
    ContactMoment.user_id == User.id,
    ContactMoment.participant_id == Participant.id,
)


@dataclass(frozen=True)
class ContactFilter:
    """What one looks for; empty means everything. ``organisation`` counts its offices too, ``person`` is one of us."""

    text: str = ""
    organisation: int | None = None
    dossier: int | None = None
    person: int | None = None
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True)
class ContactRow:
    """One contact with what stands beside it; the dossier only where the viewer may see it."""

    contact: ContactMoment
    stakeholder: Stakeholder
    organisation: str  # as it is called today
    who: str
    owner: str
    dossier: Dossier | None


def contacts_in(
    session: Session, viewer: Viewer, wanted: ContactFilter, today: date, page: int | None = 1
) -> Listed[ContactRow]:
    """The contacts a filter means; without a page all of them."""
    conditions: list[Any] = [*JOINED, visible(viewer, ContactMoment), *_conditions(session, viewer, wanted)]
    rows = select(ContactMoment, Stakeholder, User.name, Participant.name).where(*conditions)
    found = read_page(session, rows.order_by(col(ContactMoment.day).desc(), col(ContactMoment.id).desc()), page)
    dossiers = {d.id: d for d in session.exec(select(Dossier).where(visible(viewer, Dossier)))}
    rows_of = [
        ContactRow(c, s, organisation_now(session, viewer, s, today), who, owner, dossiers.get(c.dossier_id or 0))
        for c, s, who, owner in found.rows
    ]
    return Listed(rows_of, found.total)


def _conditions(session: Session, viewer: Viewer, wanted: ContactFilter) -> list[ColumnElement[bool]]:
    conditions = list[Any]()
    if wanted.text.strip():
        conditions.append(col(ContactMoment.id).in_(contacts_with(session, viewer, wanted.text)))
    if wanted.organisation is not None:
        organisation = register.organisation_for(session, viewer, wanted.organisation)
        conditions.append(col(Stakeholder.organisation_id).in_(register.places_of(session, organisation)))
    if wanted.dossier is not None:  # one that may not be seen finds nothing, as one that does not exist
        seen = select(Dossier.id).where(Dossier.id == wanted.dossier, visible(viewer, Dossier))
        conditions.append(col(ContactMoment.dossier_id).in_(seen))
    if wanted.person is not None:
        conditions.append(ContactMoment.user_id == wanted.person)
    if wanted.after:
        conditions.append(col(ContactMoment.day) >= wanted.after)
    if wanted.before:
        conditions.append(col(ContactMoment.day) <= wanted.before)
    return conditions


def who_logged(session: Session, viewer: Viewer) -> list[tuple[int, str]]:
    """Whose contacts the viewer may see, by name."""
    theirs = select(ContactMoment.user_id).where(visible(viewer, ContactMoment))
    rows = select(User.id, User.name).where(col(User.id).in_(theirs))
    return list(session.exec(rows.order_by(col(User.name))))


def contacts_of(session: Session, viewer: Viewer, dossier: Dossier) -> list[ContactMoment]:
    """The contacts of one dossier that the viewer may see, newest first."""
    rows = select(ContactMoment).where(ContactMoment.dossier_id == dossier.id, visible(viewer, ContactMoment))
    return list(session.exec(rows.order_by(col(ContactMoment.day).desc(), col(ContactMoment.id).desc())))
