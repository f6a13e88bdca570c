"""Read the words of files that nobody read yet: one at a time, with no transaction open while a file is read."""

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Publication, PublicationText
from db.session import reading, writing
from db.vocabulary_documents import DocumentKind
from tracker.documents import contents
from tracker.documents.extraction import FoundWords, words_in
from tracker.knowledge.publications import THERE

MOST_AT_ONCE = 5  # files in one round; the rest in the next


def read_waiting(engine: Engine) -> int:
    """Read some files that wait; gives how many."""
    number = 0
    while number < MOST_AT_ONCE and (found := _next(engine)):
        publication_id, sha256, kind, content = found
        _keep(engine, publication_id, sha256, words_in(kind, content))
        number += 1
    return number


def _next(engine: Engine) -> tuple[int, str, DocumentKind, bytes] | None:
    with reading(engine) as session:
        row = session.exec(_unread().limit(1)).first()
        if row is None or row.sha256 is None:
            return None
        return row.id, row.sha256, DocumentKind(row.file_kind or ""), contents.content_of(session, row.sha256)


def _unread() -> SelectOfScalar[Publication]:
    text = select(PublicationText.publication_id).where(
        PublicationText.publication_id == Publication.id, PublicationText.sha256 == Publication.sha256
    )
    there = THERE, col(Publication.sha256).is_not(None), ~text.exists()
    return select(Publication).where(*there).order_by(col(Publication.id))


def _keep(engine: Engine, publication_id: int, sha256: str, found: FoundWords) -> None:
    """Unless the file is another one by now."""
    with writing(engine) as session:
        publication = session.get(Publication, publication_id, with_for_update=True)
        if publication is not None and publication.sha256 == sha256:
            session.merge(
                PublicationText(publication_id=publication_id, sha256=sha256, words=found.words, remark=found.remark)
            )


def said_of(session: Session, publication: Publication) -> str:
    """What of its file is not found by its words, in Dutch; empty where all is, or there is no file."""
    if publication.sha256 is None:
        return ""
    text = session.get(PublicationText, publication.id)
    if text is None or text.sha256 != publication.sha256:
        return "De tekst van dit bestand wordt binnen enkele minuten doorzoekbaar."
    return text.remark
