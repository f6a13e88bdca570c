"""Who does what, and who may; who may see what stands in db/rights.py, since queries need it too."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from db.models import Dossier, User
from db.queries import Viewer
from db.rights import has_role, may_see, wider
from db.vocabulary import Role, Visibility
from notifications.wording import local_day
from tracker.errors import Incomplete, NotAllowed, NotFound


@dataclass(frozen=True)
class Deed:
    """What every change by a person needs: the transaction it happens in, the person, and the moment."""

    session: Session
    by: User
    now: datetime

    @property
    def viewer(self) -> Viewer:
        """The person, to the rules of who sees what."""
        return viewer_of(self.by)

    @property
    def today(self) -> date:
        """The day in Amsterdam."""
        return local_day(self.now)


def viewer_of(user: User) -> Viewer:
    """Who this user is to the rules of who sees what."""
    return Viewer(user.id, Role(user.role), user.participant_id)


def may_change(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer may change a row: the owner's own staff may, and coordinators where they may see it."""
    if not has_role(viewer, Role.FUNDRAISER) or not may_see(viewer, row.participant_id, row.visibility):
        return False
    return row.participant_id == viewer.participant_id or has_role(viewer, Role.COORDINATOR)


def must_have(deed: Deed, role: Role, sentence: str) -> None:
    """Raises NotAllowed with that sentence for who has a lower role."""
    if not has_role(deed.viewer, role):
        raise NotAllowed(sentence)


def must_change(deed: Deed, row: Any) -> None:
    """Raises NotFound for who may not see the row, NotAllowed for who may see but not change it."""
    if not may_see(deed.viewer, row.participant_id, row.visibility):
        raise NotFound
    if not may_change(deed.viewer, row):
        raise NotAllowed("Dit mag alleen de organisatie die het dossier voert, of een coördinator.")


def must_add(deed: Deed, dossier: Dossier) -> None:
    """Whoever sees a dossier and is more than a reader may add rows of the own organisation to it."""
    if not may_see(deed.viewer, dossier.participant_id, dossier.visibility):
        raise NotFound
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u hier niets toevoegen.")


def must_fit(deed: Deed, dossier: Dossier, visibility: str) -> None:
    """Raises Incomplete where a row would be seen by more people than its dossier.

    The dossier is read again under a lock, so that it is not narrowed by somebody else before the row is there.
    """
    if visibility == Visibility.OWN:
        return
    deed.session.refresh(dossier, with_for_update={"read": True})
    if wider(visibility, dossier.visibility):
        most = Visibility(dossier.visibility).label
        raise Incomplete(f"Dit mag niet ruimer zichtbaar zijn dan het dossier: {most}.", "visibility")
