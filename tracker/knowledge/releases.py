"""What of the KennisHuis is public: one person proposes it as it stands, a coordinator who is another lets it.

propose -> waits -> confirm -> public -> the next release, take_down or the withdrawal ends it
                 -> drop, or a change of the publication: what somebody else would read is not what was proposed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.models import Publication, PublicationRelease, User
from db.queries import Viewer
from db.rights import has_role
from db.vocabulary import Role
from db.vocabulary_knowledge import PublicationDeed
from tracker.documents import contents
from tracker.errors import MoveNotAllowed, NotAllowed, NotFound
from tracker.knowledge.history import challenges_of, record
from tracker.people.second_person import may_confirm, must_be_another
from tracker.rights import Deed, may_change, must_change, must_have
from tracker.versions import claim

SHOWN = ("kind", "subjects", "year", "licence", "language", "url", "file_kind", "file_name", "size")
PUBLIC = col(PublicationRelease.confirmed_by).is_not(None), col(PublicationRelease.ended_at).is_(None)
SECOND = "Openbaar maken bevestigt een coördinator."


@dataclass(frozen=True)
class Standing:
    """Where a publication stands: what is public of it, and what waits for a second person."""

    public: PublicationRelease | None = None
    waiting: PublicationRelease | None = None
    outdated: bool = False  # it was changed after what is public was proposed


def propose(deed: Deed, publication: Publication, seen: int) -> PublicationRelease:
    """Put before a second person to make public what stands there now."""
    must_change(deed, publication)
    if publication.withdrawn_at is not None:
        raise NotFound
    claim(deed.session, publication, seen)
    if waiting_of(deed.session, publication) is not None:
        raise MoveNotAllowed("Dit wacht al op een tweede mens.")
    release = PublicationRelease(
        publication_id=publication.id, title=publication.title, summary=publication.summary, owner=publication.owner,
        details=_details(deed.session, publication), sha256=publication.sha256,
        proposed_by=deed.by.id, proposed_at=deed.now,
    )  # fmt: skip
    deed.session.add(release)
    record(deed, publication, PublicationDeed.PROPOSED)
    return release


def _details(session: Session, publication: Publication) -> dict[str, Any]:
    shown = {name: getattr(publication, name) for name in SHOWN}
    return {**shown, "challenges": [challenge.id for challenge in challenges_of(session, publication)]}


def confirm(deed: Deed, publication: Publication, release_id: int) -> PublicationRelease:
    """As the second person: let everybody see it. Raises NotAllowed for the first one."""
    release = _waiting(deed, publication, release_id)
    must_have(deed, Role.COORDINATOR, SECOND)
    must_be_another(deed, release)
    claim(deed.session, publication)
    _end(deed, publication)
    release.confirmed_by, release.settled_at = deed.by.id, deed.now
    record(deed, publication, PublicationDeed.RELEASED)
    return release


def may_drop(viewer: Viewer, publication: Publication) -> bool:
    """Whether the viewer may take a proposal off: its own side, and whoever could be the second person."""
    return may_change(viewer, publication) or has_role(viewer, Role.COORDINATOR)


def drop(deed: Deed, publication: Publication, release_id: int) -> None:
    """Not, or not like this."""
    release = _waiting(deed, publication, release_id)
    if not may_drop(deed.viewer, publication):
        raise NotAllowed(SECOND)
    claim(deed.session, publication)
    _let_fall(deed, publication, release)


def let_fall(deed: Deed, publication: Publication) -> None:
    """The publication changed: what waited was about something else."""
    if (release := waiting_of(deed.session, publication)) is not None:
        _let_fall(deed, publication, release)


def _let_fall(deed: Deed, publication: Publication, release: PublicationRelease) -> None:
    release.dropped_by, release.settled_at = deed.by.id, deed.now
    _without_file(deed.session, release)
    record(deed, publication, PublicationDeed.DROPPED)


def take_down(deed: Deed, publication: Publication, seen: int) -> None:
    """The public page ends, and says so; in the region it stays."""
    must_change(deed, publication)
    claim(deed.session, publication, seen)
    if not _end(deed, publication):
        raise MoveNotAllowed("Dit is niet openbaar.")
    record(deed, publication, PublicationDeed.TAKEN_DOWN)


def end_all(deed: Deed, publication: Publication) -> None:
    """The publication was withdrawn: nothing of it is public any more, and nothing waits."""
    let_fall(deed, publication)
    _end(deed, publication)


def _end(deed: Deed, publication: Publication) -> bool:
    """End what is public of it; whether anything was."""
    shown = public_of(deed.session, publication.id)
    if shown is None:
        return False
    shown.ended_at = deed.now
    _without_file(deed.session, shown)
    return True


def _without_file(session: Session, release: PublicationRelease) -> None:
    former, release.sha256 = release.sha256, None
    session.add(release)
    contents.let_go(session, former)


def _waiting(deed: Deed, publication: Publication, release_id: int) -> PublicationRelease:
    release = waiting_of(deed.session, publication)
    if release is None or release.id != release_id:
        raise MoveNotAllowed("Dit voorstel is er niet meer: er is al over beslist, of de publicatie is gewijzigd.")
    return release


def waiting_of(session: Session, publication: Publication) -> PublicationRelease | None:
    """What waits for a second person."""
    open_ones = select(PublicationRelease).where(
        PublicationRelease.publication_id == publication.id, col(PublicationRelease.settled_at).is_(None)
    )
    return session.exec(open_ones).first()


def public_of(session: Session, publication_id: int) -> PublicationRelease | None:
    """What everybody may see of it now."""
    return session.exec(
        select(PublicationRelease).where(PublicationRelease.publication_id == publication_id, *PUBLIC)
    ).first()


def was_public(session: Session, publication_id: int) -> bool:
    """Whether there ever was a public page of it."""
    once = select(PublicationRelease.id).where(
        PublicationRelease.publication_id == publication_id, col(PublicationRelease.confirmed_by).is_not(None)
    )
    return session.exec(once).first() is not None


def all_public(session: Session) -> list[PublicationRelease]:
    """Everything that is public, what was released last first."""
    newest = col(PublicationRelease.settled_at).desc(), col(PublicationRelease.id).desc()
    return list(session.exec(select(PublicationRelease).where(*PUBLIC).order_by(*newest)))


def standing_of(session: Session, publication: Publication) -> Standing:
    """Where it stands."""
    public, waiting = public_of(session, publication.id), waiting_of(session, publication)
    return Standing(public, waiting, public is not None and _differs(session, publication, public))


def _differs(session: Session, publication: Publication, public: PublicationRelease) -> bool:
    same = (public.title, public.summary, public.owner, public.sha256) == (
        publication.title, publication.summary, publication.owner, publication.sha256,
    )  # fmt: skip
    return not same or public.details != _details(session, publication)


def standings(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """For a list: what is public or waits, by publication."""
    rows = session.exec(select(PublicationRelease).where(col(PublicationRelease.publication_id).in_(ids)))
    said: dict[int, str] = {}
    for row in rows:
        if row.confirmed_by is not None and row.ended_at is None:
            said[row.publication_id] = "openbaar"
        elif row.settled_at is None:
            said.setdefault(row.publication_id, "regionaal, wacht op een tweede mens")
    return said


def waiting_for(session: Session, user: User) -> list[tuple[Publication, PublicationRelease]]:
    """What this person can be the second one for, oldest first."""
    rows = select(Publication, PublicationRelease).where(
        PublicationRelease.publication_id == Publication.id, col(PublicationRelease.settled_at).is_(None)
    )
    found = session.exec(rows.order_by(col(PublicationRelease.id)))
    return [(publication, release) for publication, release in found if may_confirm(session, user, release)]
