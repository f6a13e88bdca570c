"""What the network has for a question: subjects, whom to ask, and activities, as far as the viewer may know of them."""

from datetime import date

from sqlmodel import Session

from db.queries import Viewer
from notifications.wording import short_day
from tracker.lobby.search import SHOWN, Hit, Hits
from tracker.network.activities import ActivityFilter, activities
from tracker.network.contact_persons import ContactPerson, ContactPersonFilter, contact_persons
from tracker.network.subjects import subject_key, subjects_with


def search(session: Session, viewer: Viewer, question: str, today: date) -> list[Hits]:
    """What the question finds, kind by kind; kinds of which nothing is found are left out."""
    kinds = _subjects(session, viewer, question), _persons(session, viewer, question, today)
    return [hits for hits in (*kinds, _activities(session, viewer, question)) if hits.total]


def _subjects(session: Session, viewer: Viewer, question: str) -> Hits:
    rows = subjects_with(session, viewer, question)
    first = [Hit(row.name, f"/netwerk/onderwerpen/{row.key}", "onderwerp") for row in rows[:SHOWN]]
    return Hits("Netwerk: onderwerpen", len(rows), first, "/netwerk")


def _persons(session: Session, viewer: Viewer, question: str, today: date) -> Hits:
    rows = contact_persons(session, viewer, ContactPersonFilter(text=question), today)
    first = [_person(row) for row in rows[:SHOWN]]
    return Hits("Netwerk: contactpersonen", len(rows), first, "/netwerk/contactpersonen")


def _person(found: ContactPerson) -> Hit:
    return Hit(found.who, f"/netwerk/onderwerpen/{subject_key(found.row.subject)}", f"voor {found.row.subject}")


def _activities(session: Session, viewer: Viewer, question: str) -> Hits:
    rows = activities(session, viewer, ActivityFilter(text=question))
    first = [Hit(row.title, f"/netwerk/activiteiten/{row.id}", short_day(row.day)) for row in rows[:SHOWN]]
    return Hits("Netwerk: activiteiten", len(rows), first, "/netwerk/activiteiten")
