"""What a person says belongs to a publication: a call or a dossier, by its address; and the way back from those."""

import re
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.models import Call, Dossier, Publication, PublicationLink
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary_knowledge import PublicationDeed
from tracker.errors import Incomplete, NotFound
from tracker.knowledge.history import record
from tracker.knowledge.publications import THERE
from tracker.rights import Deed, must_change

ADDRESS = re.compile(r"^/?(regelingen|dossiers|aanvragen)/(\d{1,9})(?:/.*)?$")
UNKNOWN = "Geef het adres van een regeling, dossier of aanvraag, zoals /regelingen/12."


def link(deed: Deed, publication: Publication, address: str) -> PublicationLink:
    """Say that what stands at this address belongs to it. Raises Incomplete in Dutch, also for what one may not see."""
    must_change(deed, publication)
    if publication.withdrawn_at is not None:
        raise NotFound
    found = ADDRESS.match(urlsplit(address.strip()).path)
    if found is None:
        raise Incomplete(UNKNOWN, "address")
    target = _call(deed, int(found[2])) if found[1] == "regelingen" else _dossier(deed, int(found[2]))
    made = PublicationLink(publication_id=publication.id, **target, added_by=deed.by.id, added_at=deed.now)
    try:
        with deed.session.begin_nested():
            deed.session.add(made)
    except IntegrityError as error:
        raise Incomplete("Dit hoort er al bij.", "address") from error
    record(deed, publication, PublicationDeed.LINKED)
    return made


def _call(deed: Deed, number: int) -> dict[str, int]:
    call = deed.session.get(Call, number)
    if call is None:
        raise Incomplete("Deze regeling bestaat niet.", "address")
    return {"call_id": call.joined_into or call.id}


def _dossier(deed: Deed, number: int) -> dict[str, int]:
    dossier = deed.session.get(Dossier, number)
    if dossier is None or dossier.deleted_at is not None or not may_see(deed.session, deed.viewer, dossier):
        raise Incomplete("Dit dossier bestaat niet.", "address")
    return {"dossier_id": dossier.merged_into_id or dossier.id}


def unlink(deed: Deed, publication: Publication, link_id: int) -> None:
    """Take that back; NotFound where it is of another publication."""
    must_change(deed, publication)
    row = deed.session.get(PublicationLink, link_id)
    if row is None or row.publication_id != publication.id:
        raise NotFound
    deed.session.delete(row)
    record(deed, publication, PublicationDeed.UNLINKED)


def calls_of(session: Session, publication: Publication) -> list[tuple[PublicationLink, Call]]:
    """The calls that a person put beside it, newest link first."""
    rows = select(PublicationLink, Call).where(
        PublicationLink.call_id == Call.id, PublicationLink.publication_id == publication.id
    )
    return list(session.exec(rows.order_by(col(PublicationLink.id).desc())))


def dossiers_of(session: Session, viewer: Viewer, publication: Publication) -> list[tuple[PublicationLink, Dossier]]:
    """The dossiers that a person put beside it, as far as the viewer may see them."""
    rows = select(PublicationLink, Dossier).where(
        PublicationLink.dossier_id == Dossier.id,
        PublicationLink.publication_id == publication.id,
        visible(viewer, Dossier),
    )
    return list(session.exec(rows.order_by(col(PublicationLink.id).desc())))


def linked_to(session: Session, viewer: Viewer, on: Any) -> list[Publication]:
    """The publications that a person put beside a call or a dossier; ``on``: a condition on the links."""
    ids = select(PublicationLink.publication_id).where(on)
    rows = select(Publication).where(col(Publication.id).in_(ids), THERE, visible(viewer, Publication))
    return list(session.exec(rows.order_by(col(Publication.year).desc(), col(Publication.id).desc())))
