"""Publications: add one with a file or a link, put it right, take it back with its history, and find it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.lists import Listed, read_page
from db.models import (
    Application,
    Challenge,
    Dossier,
    Publication,
    PublicationChallenge,
    PublicationText,
)
from db.queries import Viewer
from db.rights import may_see, visible
from db.text_search import has_words
from db.vocabulary import Role
from db.vocabulary_knowledge import Licence, PublicationDeed, PublicationKind, PublicationLanguage
from tracker.documents import contents
from tracker.documents.documents import leads_somewhere
from tracker.documents.file_types import checked_name, kind_of
from tracker.errors import Incomplete, NotFound, required
from tracker.knowledge import releases
from tracker.knowledge.history import lines_of, record
from tracker.rights import Deed, may_change, must_change, must_have
from tracker.versions import claim

MOST_SUBJECTS, LONGEST_SUBJECT, LONGEST_SUMMARY = 10, 60, 4_000
THERE = col(Publication.withdrawn_at).is_(None)
SEARCHED = (Publication.title, Publication.summary, Publication.owner, Publication.file_name, PublicationText.words)


@dataclass(frozen=True)
class Upload:
    """A file as it came in; at most so many bytes of it were taken over."""

    name: str
    content: bytes
    most: int


@dataclass(frozen=True)
class PublicationFields:
    """What a person fills in; ``subjects`` with a comma between, ``challenges`` by id."""

    kind: PublicationKind
    title: str
    summary: str
    owner: str
    year: int
    licence: Licence = Licence.CC_BY
    language: PublicationLanguage = PublicationLanguage.DUTCH
    subjects: str = ""
    url: str = ""
    challenges: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublicationFilter:
    """What one looks for; empty means everything."""

    text: str = ""
    kind: PublicationKind | None = None
    challenge: str = ""
    owner: str = ""
    year: int | None = None
    subject: str = ""


def add(deed: Deed, fields: PublicationFields, upload: Upload | None, application_id: int | None = None) -> Publication:
    """Keep a new publication, for everybody in the region who signs in. Raises Refused, and then keeps nothing."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u hier niets toevoegen.")
    values = _checked(deed, fields)
    file = _file(deed, upload)
    if application_id is not None:
        must_change(deed, _application(deed.session, application_id))
    _must_lead_to_it(fields, bool(file))
    publication = Publication(
        **values, **file, application_id=application_id,
        participant_id=deed.by.participant_id, added_by=deed.by.id, added_at=deed.now,
    )  # fmt: skip
    deed.session.add(publication)
    deed.session.flush()
    _set_challenges(deed.session, publication, fields.challenges)
    return publication


def change(deed: Deed, publication: Publication, fields: PublicationFields, upload: Upload | None, seen: int) -> None:
    """Put it right; what stood there is in its history, and what the public sees stays as it was released."""
    must_change(deed, publication)
    _must_be_there(publication)
    values = _checked(deed, fields)
    file = _file(deed, upload)
    _must_lead_to_it(fields, bool(file) or publication.sha256 is not None)
    claim(deed.session, publication, seen)
    before = lines_of(deed.session, publication)
    former = publication.sha256
    publication.sqlmodel_update({**values, **file})
    deed.session.add(publication)
    _set_challenges(deed.session, publication, fields.challenges)
    if file:
        contents.let_go(deed.session, former)
    after = lines_of(deed.session, publication)
    record(deed, publication, PublicationDeed.CHANGED, [line for line in before if line not in after])
    releases.let_fall(deed, publication)


def withdraw(deed: Deed, publication: Publication, why: str, seen: int) -> None:
    """Take it back, with its file and address; who, when and why stays. Its public page ends with it."""
    must_change(deed, publication)
    _must_be_there(publication)
    why = required(why, "why", "Schrijf waarom dit wordt ingetrokken.")
    claim(deed.session, publication, seen)
    releases.end_all(deed, publication)
    record(deed, publication, PublicationDeed.WITHDRAWN, lines_of(deed.session, publication))
    former = publication.sha256
    publication.withdrawn_at, publication.withdrawn_by, publication.withdrawn_why = deed.now, deed.by.id, why
    publication.sha256, publication.url = None, ""
    if (text := deed.session.get(PublicationText, publication.id)) is not None:
        deed.session.delete(text)
    contents.let_go(deed.session, former)


def _must_be_there(publication: Publication) -> None:
    if publication.withdrawn_at is not None:
        raise NotFound


def _application(session: Session, dossier_id: int) -> Dossier:
    if session.get(Application, dossier_id) is None:
        raise NotFound
    return session.get_one(Dossier, dossier_id)


def _checked(deed: Deed, fields: PublicationFields) -> dict[str, Any]:
    values = asdict(fields)
    del values["challenges"]
    url = fields.url.strip()
    if url and not leads_somewhere(url):
        raise Incomplete("Geef een heel adres, dat begint met https://.", "url")
    if not 1900 <= fields.year <= deed.today.year + 1:
        raise Incomplete(f"Geef een jaar van 1900 tot en met {deed.today.year + 1}.", "year")
    known = set(deed.session.exec(select(Challenge.id).where(col(Challenge.id).in_(fields.challenges))))
    if missing := [name for name in fields.challenges if name not in known]:
        raise Incomplete(f"Deze opgave bestaat niet: {missing[0]}.", "challenges")
    if len(fields.summary) > LONGEST_SUMMARY:
        raise Incomplete(f"Vat het samen in hoogstens {LONGEST_SUMMARY} tekens.", "summary")
    return values | {
        "title": required(fields.title, "title", "Geef de titel."),
        "summary": required(fields.summary, "summary", "Vat het in een paar zinnen samen."),
        "owner": required(fields.owner, "owner", "Noem de organisatie van wie het is."),
        "subjects": typed_subjects(fields.subjects),
        "url": url,
    }


def typed_subjects(typed: str) -> list[str]:
    """Subjects as people type them, with a comma between; each once. Raises Incomplete in Dutch."""
    found = list(dict.fromkeys(" ".join(part.split()) for part in typed.split(",")))
    kept = [subject for subject in found if subject]
    if len(kept) > MOST_SUBJECTS or any(len(subject) > LONGEST_SUBJECT for subject in kept):
        raise Incomplete(f"Noem hoogstens {MOST_SUBJECTS} onderwerpen, met een komma ertussen.", "subjects")
    return kept


def _file(deed: Deed, upload: Upload | None) -> dict[str, Any]:
    """The columns of a file that is kept from now on; none without one."""
    if upload is None:
        return {}
    name = checked_name(upload.name)
    contents.check_size(name, upload.content, upload.most)
    kind = kind_of(name, upload.content)
    sha256 = contents.keep(deed.session, upload.content)
    return {"file_kind": kind.value, "file_name": name, "size": len(upload.content), "sha256": sha256}


def _must_lead_to_it(fields: PublicationFields, has_file: bool) -> None:
    if fields.kind != PublicationKind.LESSON and not has_file and not fields.url.strip():
        raise Incomplete("Kies een bestand of geef een adres; alleen een les mag zonder.", "file")


def _set_challenges(session: Session, publication: Publication, wanted: Sequence[str]) -> None:
    there = select(PublicationChallenge).where(PublicationChallenge.publication_id == publication.id)
    rows = {row.challenge_id: row for row in session.exec(there)}
    for name in rows.keys() - set(wanted):
        session.delete(rows[name])
    for name in dict.fromkeys(wanted):
        if name not in rows:
            session.add(PublicationChallenge(publication_id=publication.id, challenge_id=name))
    session.flush()


def publication_for(session: Session, viewer: Viewer, publication_id: int) -> Publication:
    """The publication, also one that was withdrawn, for whom its organisation is; or NotFound."""
    row = session.get(Publication, publication_id)
    if row is None or not may_see(session, viewer, row):
        raise NotFound("Deze publicatie bestaat niet.")
    if row.withdrawn_at is not None and not may_change(viewer, row):
        raise NotFound("Deze publicatie bestaat niet.")
    return row


def found_with(session: Session, viewer: Viewer, question: str) -> list[int]:
    """The publications in which every word stands, or in the text of their file, by id."""
    # A publication without a file that was read has no words of one, and counts all the same.
    read = select(PublicationText.publication_id)
    there = THERE, visible(viewer, Publication)
    with_text = has_words(
        session, col(Publication.id), SEARCHED, question, PublicationText.publication_id == Publication.id, *there
    )
    without = has_words(session, col(Publication.id), SEARCHED[:-1], question, col(Publication.id).not_in(read), *there)
    return [*with_text, *without]


def publications_in(
    session: Session, viewer: Viewer, wanted: PublicationFilter, page: int | None = 1
) -> Listed[Publication]:
    """A page of what the filter means, newest year first; without a page all of it."""
    query = select(Publication).where(THERE, visible(viewer, Publication))
    for name in ("kind", "owner", "year"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Publication, name) == value)
    if wanted.challenge:
        on = select(PublicationChallenge.publication_id).where(PublicationChallenge.challenge_id == wanted.challenge)
        query = query.where(col(Publication.id).in_(on))
    if wanted.subject:
        about = [row.id for row in session.exec(select(Publication).where(THERE)) if wanted.subject in row.subjects]
        query = query.where(col(Publication.id).in_(about))
    if wanted.text.strip():
        query = query.where(col(Publication.id).in_(found_with(session, viewer, wanted.text)))
    return read_page(session, query.order_by(col(Publication.year).desc(), col(Publication.id).desc()), page)


def choices(session: Session, viewer: Viewer) -> tuple[list[str], list[int], list[str]]:
    """The owners, years and subjects that a list can be narrowed to."""
    rows = list(session.exec(select(Publication).where(THERE, visible(viewer, Publication))))
    owners, years = {row.owner for row in rows}, {row.year for row in rows}
    subjects = {subject for row in rows for subject in row.subjects}
    return sorted(owners), sorted(years, reverse=True), sorted(subjects)
