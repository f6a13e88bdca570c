"""Documents on dossiers, positions and contacts: add a file or a link, find it, take it back with its history.

A document is seen by nobody who does not see what it hangs on (db/rights.py), and begins at the own organisation.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from db.models import ContactMoment, Document, Dossier, Participant, Position, User
from db.queries import Viewer
from db.rights import attached, readable, visible, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_documents import DocumentKind
from notifications.wording import local_day, short_day
from tracker.documents import contents
from tracker.documents.file_types import checked_name, kind_of
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.rights import Deed, may_change, must_fit, must_have, must_have_group
from tracker.versions import claim

Host = Dossier | Position | ContactMoment
MOST_ON_ONE = 200  # documents on one thing
LONGEST_URL = 1000


@dataclass(frozen=True)
class Attached:
    """A document with who put it there; ``on``: what it hangs on inside a dossier, where that is not the dossier."""

    document: Document
    by: str
    on: str = ""


def places(host: Host) -> dict[str, Any]:
    """How a document says what it hangs on."""
    if isinstance(host, Dossier):
        return {"dossier_id": host.id, "position_id": None, "contact_id": None}
    named = "position_id" if isinstance(host, Position) else "contact_id"
    return {"position_id": None, "contact_id": None, "dossier_id": host.dossier_id, named: host.id}


def add_file(deed: Deed, host: Host, name: str, content: bytes, visibility: str, most: int) -> Document:
    """Keep a file of at most so many bytes; the same file on the same thing stays one. Raises Refused."""
    kept = checked_name(name)
    contents.check_size(kept, content, most)
    kind = kind_of(kept, content)
    _check(deed, host, visibility)
    there = _live(deed.session, host, Document.sha256 == contents.key_of(content))
    if there is not None:
        return there
    sha256 = contents.keep(deed.session, content)
    return _kept(deed, host, visibility, kind=kind, name=kept, size=len(content), sha256=sha256)


def add_link(deed: Deed, host: Host, name: str, url: str, visibility: str) -> Document:
    """Keep an address with what it leads to; the same address on the same thing stays one."""
    address, title = url.strip(), " ".join(name.split())
    if not leads_somewhere(address):
        raise Incomplete("Geef een heel adres, dat begint met https://.", "url")
    if not title or not title.isprintable():
        raise Incomplete("Zeg in een paar woorden waar de link heen gaat.", "title")
    _check(deed, host, visibility)
    there = _live(deed.session, host, Document.url == address)
    return there or _kept(deed, host, visibility, kind=DocumentKind.LINK, name=title, url=address)


def leads_somewhere(address: str) -> bool:
    """Whether it is a whole address on the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    right = parts.scheme in ("http", "https") and bool(parts.hostname)
    return right and len(address) <= LONGEST_URL and address.isprintable() and " " not in address


def _check(deed: Deed, host: Host, visibility: str) -> None:
    """Whoever sees it and does more than read may add to it, for no more people than see it."""
    if not may_see_host(deed.session, deed.viewer, host):
        raise NotFound
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u hier niets toevoegen.")
    dossier = host if isinstance(host, Dossier) else deed.session.get(Dossier, host.dossier_id or 0)
    must_have_group(visibility, dossier)
    if dossier is not None:
        must_fit(deed, dossier, visibility)
    if wider(visibility, host.visibility) and not isinstance(host, Dossier):
        most = Visibility(host.visibility).label
        raise Incomplete(f"Dit mag niet ruimer zichtbaar zijn dan waar het bij hoort: {most}.", "visibility")
    if len(_rows(deed.session, host)) >= MOST_ON_ONE:
        raise Incomplete(f"Hier hangen al {MOST_ON_ONE} documenten; trek er eerst een in.", "file")


def may_see_host(session: Session, viewer: Viewer, host: Host) -> bool:
    """Whether the viewer may know what a document would hang on, by the clause that lists use."""
    model: Any = type(host)
    clause = readable(viewer) if isinstance(host, Position) else visible(viewer, model)
    return session.exec(select(model.id).where(model.id == host.id, clause)).first() is not None


def _rows(session: Session, host: Host) -> list[Document]:
    on = [getattr(Document, name) == value for name, value in places(host).items()]
    return list(session.exec(select(Document).where(col(Document.withdrawn_at).is_(None), *on)))


def _live(session: Session, host: Host, *conditions: Any) -> Document | None:
    on = [getattr(Document, name) == value for name, value in places(host).items()]
    return session.exec(select(Document).where(col(Document.withdrawn_at).is_(None), *on, *conditions)).first()


def _kept(deed: Deed, host: Host, visibility: str, **fields: Any) -> Document:
    document = Document(
        **fields,
        **places(host),
        participant_id=deed.by.participant_id,
        visibility=visibility,
        added_by=deed.by.id,
        added_at=deed.now,
    )
    deed.session.add(document)
    deed.session.flush()
    return document


def documents_of(session: Session, viewer: Viewer, host: Host) -> list[Attached]:
    """What hangs on something and the viewer may see, newest first; of a dossier also what hangs inside it."""
    on = {Dossier: Document.dossier_id, Position: Document.position_id, ContactMoment: Document.contact_id}[type(host)]
    rows = select(Document, User.name).where(on == host.id, Document.added_by == User.id, attached(viewer))
    found = session.exec(rows.order_by(col(Document.added_at).desc(), col(Document.id).desc()))
    return [Attached(document, by, _inside(session, document, host)) for document, by in found]


def _inside(session: Session, document: Document, host: Host) -> str:
    if not isinstance(host, Dossier):
        return ""
    if document.position_id is not None:
        number = session.get_one(Position, document.position_id).region_number
        return f"bij standpunt {number}" if number else "bij een standpunt"
    return "bij een contact" if document.contact_id is not None else ""


def history_of(session: Session, viewer: Viewer, host: Host) -> list[tuple[Document, str, str]]:
    """What the viewer's own organisation took back here, with who put it there and who took it away, newest first."""
    on = [getattr(Document, name) == value for name, value in places(host).items() if value is not None]
    rows = select(Document, User.name).where(
        *on,
        Document.added_by == User.id,
        Document.participant_id == viewer.participant_id,
        col(Document.withdrawn_at).is_not(None),
    )
    found = session.exec(rows.order_by(col(Document.withdrawn_at).desc())).all()
    return [(document, by, session.get_one(User, document.withdrawn_by).name) for document, by in found]


def document_for(session: Session, viewer: Viewer, document_id: int) -> Document:
    """The document, or NotFound for one that was taken back or may not be seen."""
    row = session.exec(select(Document).where(Document.id == document_id, attached(viewer))).first()
    if row is None:
        raise NotFound("Dit document bestaat niet.")
    return row


def content_of(session: Session, document: Document) -> bytes:
    """The bytes of a file; none of a link."""
    return contents.content_of(session, document.sha256)


def withdraw(deed: Deed, document: Document, seen: int) -> None:
    """Take a document back: its bytes go where nothing else needs them; that it was there stays."""
    if not may_change(deed.viewer, document):
        raise NotAllowed("Dit mag alleen de organisatie die het toevoegde.")
    claim(deed.session, document, seen)
    take_away(deed, document)


def take_away(deed: Deed, document: Document) -> None:
    """Without asking who: for what goes along with what it hangs on."""
    sha256 = document.sha256
    document.withdrawn_at, document.withdrawn_by = deed.now, deed.by.id
    document.sha256, document.url = None, ""
    contents.let_go(deed.session, sha256)


def follow_contact(deed: Deed, contact: ContactMoment) -> None:
    """A contact was put at another dossier, or is for fewer people: what hangs on it goes along."""
    for document in deed.session.exec(select(Document).where(Document.contact_id == contact.id)):
        document.dossier_id = contact.dossier_id
        if wider(document.visibility, contact.visibility):
            document.visibility = contact.visibility
    deed.session.flush()


def leave_with_others(deed: Deed, contact: ContactMoment) -> None:
    """A contact goes where others may not follow: what they hung on it stays theirs, at the dossier it was in.

    Raises Incomplete where there is no such dossier, since their document would then be nowhere.
    """
    theirs = select(Document).where(
        Document.contact_id == contact.id,
        Document.participant_id != contact.participant_id,
        col(Document.withdrawn_at).is_(None),
    )
    for document in deed.session.exec(theirs).all():
        if document.dossier_id is None:
            raise Incomplete(f"Hier hangt nog een document van {_whose(deed, document)} aan: die trekt het eerst in.")
        document.contact_id = None
    deed.session.flush()


def _whose(deed: Deed, document: Document) -> str:
    seen = select(Participant.name).join(Document).where(Document.id == document.id, attached(deed.viewer))
    return deed.session.exec(seen).first() or "een andere organisatie"


def told_of(session: Session, contact: ContactMoment) -> list[str]:
    """What hung on a contact, for its history: a line each with who put it there and who took it away."""
    names = dict(session.exec(select(User.id, User.name)).all())
    rows = select(Document).where(Document.contact_id == contact.id).order_by(col(Document.id))
    return [
        f"document: {row.name}, van {names[row.added_by]} op {short_day(local_day(row.added_at))}"
        + (f", ingetrokken door {names[row.withdrawn_by]}" if row.withdrawn_by else "")
        for row in session.exec(rows)
    ]


def leave_contact(deed: Deed, contact: ContactMoment) -> None:
    """A contact is taken back: what hung on it goes along; of the rows stays what names a dossier."""
    for document in deed.session.exec(select(Document).where(Document.contact_id == contact.id)):
        if document.withdrawn_at is None:
            take_away(deed, document)
        if document.dossier_id is None:
            deed.session.delete(document)
        document.contact_id = None
    deed.session.flush()
