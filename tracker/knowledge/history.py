"""The history of a publication: what was done to it, by whom and when, and what stood there before."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from db.models import Challenge, Publication, PublicationChallenge, PublicationChange, User
from db.vocabulary_knowledge import Licence, PublicationDeed, PublicationKind, PublicationLanguage
from tracker.rights import Deed

NAMES = {
    "kind": "soort", "title": "titel", "summary": "samenvatting", "subjects": "onderwerpen", "owner": "van wie",
    "year": "jaar", "licence": "licentie", "language": "taal", "url": "adres", "challenges": "opgaven",
    "file_name": "bestand",
}  # fmt: skip
WORDS = {"kind": PublicationKind, "licence": Licence, "language": PublicationLanguage}


def challenges_of(session: Session, publication: Publication) -> list[Challenge]:
    """The opgaven it is about, in the order of the agenda."""
    rows = select(Challenge).join(PublicationChallenge).where(PublicationChallenge.publication_id == publication.id)
    return list(session.exec(rows.order_by(col(Challenge.agenda_id), col(Challenge.position))))


def lines_of(session: Session, publication: Publication) -> list[str]:
    """What stands in it, a line a field that is filled."""
    said: dict[str, Any] = {name: getattr(publication, name) for name in NAMES if name != "challenges"}
    said |= {name: words(said[name]).label for name, words in WORDS.items()}
    said["subjects"] = ", ".join(publication.subjects)
    said["challenges"] = ", ".join(c.name or c.id for c in challenges_of(session, publication))
    return [f"{NAMES[name]}: {value}" for name, value in said.items() if value]


def record(deed: Deed, publication: Publication, what: PublicationDeed, before: Sequence[str] = ()) -> None:
    """Add a line to its history."""
    line = PublicationChange(
        publication_id=publication.id, deed=what, user_id=deed.by.id, at=deed.now, before="\n".join(before)
    )
    deed.session.add(line)
    deed.session.flush()


def history_of(session: Session, publication: Publication) -> list[tuple[PublicationChange, str]]:
    """What was done to it and by whom, newest first."""
    rows = select(PublicationChange, User.name).where(
        PublicationChange.publication_id == publication.id, PublicationChange.user_id == User.id
    )
    return [(row, name) for row, name in session.exec(rows.order_by(col(PublicationChange.id).desc()))]
