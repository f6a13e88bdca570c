"""All that one may see of a subject: who is asked, which organisations take part where, what was done and written."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import (
    Call,
    Challenge,
    Dossier,
    DossierChallenge,
    NetworkActivity,
    Organisation,
    Publication,
    PublicationChallenge,
)
from db.queries import CallFilter, Viewer
from db.rights import visible
from db.vocabulary import Status
from notifications.wording import local_day
from tracker.errors import NotFound
from tracker.knowledge import related
from tracker.knowledge.publications import THERE
from tracker.matching.search import find
from tracker.network import activities, contact_persons, memberships, subjects
from tracker.network.activities import Activity, ActivityFilter
from tracker.network.contact_persons import ContactPerson, ContactPersonFilter
from tracker.network.memberships import Taken
from tracker.network.subjects import Subject
from tracker.organisations import register

MOST = 10  # dossiers beside a subject
MOST_CALLS, MOST_BESIDE = 5, 3  # with its own words; of each of its opgaven


@dataclass
class SubjectPage:
    """What stands on the page of a subject."""

    subject: Subject
    contacts: list[ContactPerson] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    memberships: list[Taken] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    opgaven: list[Challenge] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)  # in which the subject's own words stand
    beside: list[tuple[Challenge, list[Call]]] = field(default_factory=list)  # the best of each opgave, each call once
    dossiers: list[Dossier] = field(default_factory=list)


def subject_page(session: Session, viewer: Viewer, key: str, now: datetime) -> SubjectPage:
    """The page of a subject, or NotFound where nothing one may see names it."""
    subject = next((found for found in subjects.subjects(session, viewer) if found.key == key), None)
    if subject is None:
        raise NotFound("Dit onderwerp bestaat niet.")
    page, today = SubjectPage(subject), local_day(now)
    page.contacts = contact_persons.contact_persons(session, viewer, ContactPersonFilter(subject=key), today)
    rows = activities.activities(session, viewer, ActivityFilter(subject=key))
    page.activities = [activities.shown(session, viewer, row) for row in rows]
    page.publications = _publications(session, viewer, key)
    page.organisations = _organisations(session, viewer, page)
    known = {one.id for one in page.organisations}
    page.memberships = memberships.memberships_of(session, viewer, known, today)
    page.opgaven = _opgaven(session, page, rows)
    ids = [opgave.id for opgave in page.opgaven]
    page.calls = _with_its_words(session, subject.name, now)
    page.beside = _beside(session, page, now)
    page.dossiers = _dossiers(session, viewer, ids)
    return page


def _publications(session: Session, viewer: Viewer, key: str) -> list[Publication]:
    rows = select(Publication).where(THERE, visible(viewer, Publication))
    ordered = rows.order_by(col(Publication.year).desc(), col(Publication.id).desc())
    return subjects.on_subject(list(session.exec(ordered)), key)


def _organisations(session: Session, viewer: Viewer, page: SubjectPage) -> list[Organisation]:
    """Of the people who are asked and of who came, by name; an office counts as its organisation."""
    found = {guest.id: guest for activity in page.activities for guest in activity.guests}
    for person in page.contacts:
        row = session.get(Organisation, person.organisation_id) if person.organisation_id else None
        if row is not None:
            top = register.top_of(session, register.live(session, row))
            found[top.id] = top
    return sorted((one for one in found.values() if register.sees(viewer, one)), key=lambda one: one.name)


def _opgaven(session: Session, page: SubjectPage, rows: list[NetworkActivity]) -> list[Challenge]:
    """The opgaven that anything on the page names, in the order of the agenda."""
    named = {row.challenge_id for row in rows} | {person.row.challenge_id for person in page.contacts}
    of = select(PublicationChallenge.challenge_id).where(
        col(PublicationChallenge.publication_id).in_([publication.id for publication in page.publications])
    )
    found = subjects.opgaven(session, {*filter(None, named), *session.exec(of)})
    return sorted(found.values(), key=lambda opgave: (opgave.agenda_id, opgave.position))


def _with_its_words(session: Session, name: str, now: datetime) -> list[Call]:
    """The calls that one can still apply to in which every word of the subject stands, as everywhere we search."""
    wanted = CallFilter(text=name, status=(Status.OPEN, Status.ANNOUNCED))
    return find(session, wanted, now, most=MOST_CALLS).calls


def _beside(session: Session, page: SubjectPage, now: datetime) -> list[tuple[Challenge, list[Call]]]:
    """What fits each of its opgaven best, without what stands on the page already."""
    shown, found = {call.id for call in page.calls}, []
    for opgave in page.opgaven:
        calls = [call for call in related.calls_beside(session, [opgave.id], now) if call.id not in shown][:MOST_BESIDE]
        shown |= {call.id for call in calls}
        found += [(opgave, calls)] if calls else []
    return found


def _dossiers(session: Session, viewer: Viewer, opgaven: list[str]) -> list[Dossier]:
    """Those of the opgaven that run and that the viewer may see, the newest first."""
    on = select(DossierChallenge.dossier_id).where(col(DossierChallenge.challenge_id).in_(opgaven))
    rows = select(Dossier).where(visible(viewer, Dossier), col(Dossier.id).in_(on), col(Dossier.closed_at).is_(None))
    return list(session.exec(rows.order_by(col(Dossier.id).desc()).limit(MOST)))
