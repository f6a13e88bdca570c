"""The bytes of files: kept once however many rows need them, and gone with the last one that does."""

import hashlib

from sqlmodel import Session, select

from db.models import Document, DocumentContent, Publication, PublicationRelease
from tracker.errors import Incomplete, NotFound

NEEDED_BY = (Document, Publication, PublicationRelease)


def check_size(name: str, content: bytes, most: int) -> None:
    """Raises Incomplete for a file without bytes, or with more than so many."""
    if not content:
        raise Incomplete(f"{name} is leeg.", "file")
    if len(content) > most:
        raise Incomplete(f"{name} is groter dan {most // 2**20} MB; maak het kleiner of geef een link.", "file")


def key_of(content: bytes) -> str:
    """By which bytes are known."""
    return hashlib.sha256(content).hexdigest()


def keep(session: Session, content: bytes) -> str:
    """Keep these bytes, where they are not kept yet; gives their key."""
    sha256 = key_of(content)
    if session.get(DocumentContent, sha256, with_for_update=True) is None:
        session.add(DocumentContent(sha256=sha256, content=content))
        session.flush()
    return sha256


def content_of(session: Session, sha256: str | None) -> bytes:
    """The bytes, or NotFound where there are none (any more)."""
    kept = session.get(DocumentContent, sha256) if sha256 else None
    if kept is None:
        raise NotFound("Dit document bestaat niet.")
    return kept.content


def let_go(session: Session, sha256: str | None) -> None:
    """After a row stopped needing them: remove bytes that no row needs."""
    if not sha256:
        return
    session.flush()
    rows = (select(table.id).where(table.sha256 == sha256).limit(1) for table in NEEDED_BY)
    if not any(session.exec(query).first() is not None for query in rows):
        session.delete(session.get_one(DocumentContent, sha256))
        session.flush()
