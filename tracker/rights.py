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
    """Whether the viewer may change a row: only who works at the organisation whose it is."""
    return has_role(viewer, Role.FUNDRAISER) and row.participant_id == viewer.participant_id


def may_tend(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer may change what is the whole region's, such as the day of a moment: coordinators, too."""
    return may_change(viewer, row) or (has_role(viewer, Role.COORDINATOR) and row.visibility != Visibility.OWN)


def must_have(deed: Deed, role: Role, sentence: str) -> None:
    """Raises NotAllowed with that sentence for who has a lower role."""
    if not has_role(deed.viewer, role):
        raise NotAllowed(sentence)


def must_see(deed: Deed, row: Any) -> None:
    """Raises NotFound for who may not see the row."""
    if not may_see(deed.session, deed.viewer, row):
        raise NotFound


def must_change(deed: Deed, row: Any) -> None:
    """Raises NotFound for who may not see the row, NotAllowed for who may see but not change it."""
    must_see(deed, row)
    if not may_change(deed.viewer, row):
        raise NotAllowed("Dit mag alleen de organisatie van wie het is.")


def must_tend(deed: Deed, row: Any) -> None:
    """As ``must_change``, for what is the whole region's."""
    must_see(deed, row)
    if not may_tend(deed.viewer, row):
        raise NotAllowed("Dit mag alleen de organisatie van wie het is, of een coördinator.")


def must_add(deed: Deed, dossier: Dossier) -> None:
    """Whoever sees a dossier and is more than a reader may add rows of the own organisation to it.

    It is read again under a lock: nothing comes on one that is thrown away or merged at the same moment.
    """
    deed.session.flush()
    deed.session.refresh(dossier, with_for_update={"read": True})
    if dossier.deleted_at is not None or dossier.merged_into_id is not None:
        raise NotFound
    must_see(deed, dossier)
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


def must_have_group(visibility: str, dossier: Dossier | None) -> None:
    """Raises Incomplete where a row is for the group of a dossier, and hangs on none."""
    if visibility == Visibility.GROUP and dossier is None:
        raise Incomplete("Een groep hoort bij een dossier: kies het dossier.", "visibility")
