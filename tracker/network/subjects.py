"""Subjects as people name them: two spellings are one, and only what one may see has a name here."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.models import Challenge, NetworkActivity, Publication, SubjectContact
from db.queries import Viewer
from db.rights import visible
from db.text_search import asked, holds
from tracker.errors import Incomplete
from tracker.knowledge.publications import THERE
from tracker.organisations.names import in_address
from tracker.rights import Deed

LONGEST = 60


@dataclass(frozen=True)
class Subject:
    """A subject by its most used spelling, with how many contacts, activities and publications name it."""

    key: str
    name: str
    contacts: int = 0
    activities: int = 0
    publications: int = 0


def subject_key(name: str) -> str:
    """What two spellings of a subject have in common; it stands in the address of the subject's page."""
    return in_address(name)


def subjects(session: Session, viewer: Viewer) -> list[Subject]:
    """Every subject that something names which the viewer may see, by name."""
    spelled, found = dict[str, Counter[str]](), dict[str, Counter[str]]()
    for name, what in _named(session, viewer):
        if key := subject_key(name):
            spelled.setdefault(key, Counter())[name] += 1
            found.setdefault(key, Counter())[what] += 1
    named = [Subject(key, spelled[key].most_common(1)[0][0], **counts) for key, counts in found.items()]
    return sorted(named, key=lambda subject: subject.key)


def _named(session: Session, viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Each mention of a subject, and on what."""
    rows = select(SubjectContact.subject).where(visible(viewer, SubjectContact))
    yield from ((name, "contacts") for name in session.exec(rows))
    of_activities = select(NetworkActivity.subjects).where(visible(viewer, NetworkActivity))
    yield from ((name, "activities") for row in session.exec(of_activities) for name in row)
    of_publications = select(Publication.subjects).where(THERE, visible(viewer, Publication))
    yield from ((name, "publications") for row in session.exec(of_publications) for name in row)


def subjects_with(session: Session, viewer: Viewer, text: str) -> list[Subject]:
    """Those in whose name every word stands; all of them where nothing is asked."""
    return [subject for subject in subjects(session, viewer) if says(text, subject.name)]


def says(text: str, *said: str) -> bool:
    """Whether every word of a question stands in this, as everywhere we search; no question is answered by all."""
    roots = asked(text)
    return not text.strip() or (bool(roots) and holds(roots, said))


def checked_subject(typed: str) -> str:
    """One subject as it is kept. Raises Incomplete in Dutch."""
    name = " ".join(typed.split())
    if not subject_key(name):
        raise Incomplete("Noem het onderwerp.", "subject")
    if len(name) > LONGEST or "," in name:
        raise Incomplete(f"Noem één onderwerp, zonder komma en in hoogstens {LONGEST} tekens.", "subject")
    return name


def checked_challenge(deed: Deed, challenge_id: str) -> str | None:
    """An opgave that exists, or none. Raises Incomplete in Dutch."""
    if challenge_id and deed.session.get(Challenge, challenge_id) is None:
        raise Incomplete("Deze opgave bestaat niet.", "challenge")
    return challenge_id or None


def on_subject(rows: list[Any], key: str) -> list[Any]:
    """Those of the rows with subjects that name this one."""
    return [row for row in rows if key in map(subject_key, row.subjects)]


def opgaven(session: Session, ids: set[str]) -> dict[str, Challenge]:
    """These opgaven, by id."""
    return {row.id: row for row in session.exec(select(Challenge).where(col(Challenge.id).in_(ids)))}


def opgaven_named(session: Session, text: str) -> list[Challenge]:
    """The opgaven in whose name every word of a question stands; none where nothing is asked."""
    rows = session.exec(select(Challenge).order_by(col(Challenge.id))) if text.strip() else ()
    return [row for row in rows if says(text, row.name or "")]
