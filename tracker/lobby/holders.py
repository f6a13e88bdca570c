"""Whose something of the lobby is: who keeps a dossier or was named for a matter, is there, and may see it."""

from collections.abc import Iterator, Sequence
from functools import cache

from sqlmodel import Session, col, select, union
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Commitment, ContactMoment, Dossier, SignOffRound, User
from db.models.lobby import Owned
from db.queries import Viewer
from db.rights import may_see
from tracker.rights import viewer_of

NOBODY = 0  # in the place of a person where whoever had it has no access any more, or nobody was named


class Holders:
    """The people who have anything in the lobby by name, and the open dossiers where asked for: read once, and held."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._people: dict[int, User | None] = {user.id: user for user in session.exec(_named())}
        self._viewers: dict[int, Viewer] = {}
        self._dossiers: Sequence[Dossier] = ()

    def active(self, user_id: int) -> User | None:
        """This person, unless they have left."""
        if user_id not in self._people:
            self._people[user_id] = self.session.get(User, user_id)
        user = self._people[user_id]
        return None if user is None or user.deactivated_at else user

    def viewer(self, user: User) -> Viewer:
        """Who this person is to the rules of who sees what."""
        if user.id not in self._viewers:
            self._viewers[user.id] = viewer_of(user)
        return self._viewers[user.id]

    def may(self, user_id: int, *rows: Owned) -> bool:
        """Whether this person is there and may see all of these."""
        user = self.active(user_id)
        if user is None:
            return False
        viewer = self.viewer(user)
        if any(row.participant_id != viewer.participant_id for row in rows):
            self._hold_dossiers()
        return all(may_see(self.session, viewer, row) for row in rows)

    def _hold_dossiers(self) -> None:
        """For the rows of others: the session would read their dossiers one by one, and lose each again."""
        if not self._dossiers:
            self._dossiers = self.session.exec(_open_dossiers()).all()

    def holder(self, user_id: int, row: Owned) -> int | None:
        """Whose it is: this person, nobody where they have left, and none where they may not see it."""
        if self.active(user_id) is None:
            return NOBODY
        return user_id if self.may(user_id, row) else None

    def keepers(self, dossier: Dossier, *also: Owned) -> Iterator[int]:
        """The lobbyist and the ambtelijk trekker of a dossier, as far as they are there and may see these.

        Nobody where there is neither.
        """
        named = [id_ for id_ in (dossier.lobbyist_id, dossier.official_id) if id_ and self.active(id_)]
        for user_id in dict.fromkeys(named):
            if self.may(user_id, dossier, *also):
                yield user_id
        if not named:
            yield NOBODY


@cache
def _named() -> SelectOfScalar[User]:
    """Who has anything in the lobby by name; said once, as is all that is asked here."""
    has = (
        Dossier.official_id, Dossier.lobbyist_id, Commitment.owner_id, ContactMoment.follow_up_owner,
        SignOffRound.opened_by, SignOffRound.holder_id,
    )  # fmt: skip
    ids = union(*(select(col(column)).where(col(column).is_not(None)) for column in has))
    return select(User).where(col(User.id).in_(ids))


@cache
def _open_dossiers() -> SelectOfScalar[Dossier]:
    return select(Dossier).where(col(Dossier.closed_at).is_(None))
