"""Who will see something, by name, for each visibility; and the group of a dossier, as its owner puts it together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from db.models import Dossier, DossierReader, Participant, User
from db.queries import Viewer
from db.rights import Group, group_of, in_group, may_see, wider
from db.vocabulary import Visibility
from db.vocabulary_lobby import LogKind
from notifications.wording import count, listed
from tracker.errors import Incomplete
from tracker.lobby.log import log
from tracker.rights import Deed, viewer_of

HIDDEN_GROUP = "de groep van een dossier dat u niet mag zien"
BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Audience:
    """Who sees what has this visibility, in Dutch, with names; public is no choice but of a publication."""

    visibility: Visibility
    who: str


def audiences(session: Session, viewer: Viewer, dossier: Dossier | None = None) -> list[Audience]:
    """For a row of the viewer's, every visibility it may have: on a dossier none that is wider than its own.

    Where the viewer may not see the dossier it hangs on, nobody is named who reads that.
    """
    group = group_of(session, dossier) if dossier is not None else None
    most = dossier.visibility if dossier is not None else Visibility.PUBLIC
    found = _every_audience(session, viewer.participant_id, group)
    if dossier is not None and not may_see(session, viewer, dossier):
        found = [replace(a, who=HIDDEN_GROUP) if a.visibility == Visibility.GROUP else a for a in found]
    return [a for a in found if not wider(a.visibility, most)]


def audiences_of_dossier(session: Session, participant_id: str, dossier: Dossier | None) -> list[Audience]:
    """For a dossier itself, which nothing narrows; in the group of one that is not there yet are its owner's people."""
    group = Group(participant_id) if dossier is None else group_of(session, dossier)
    return _every_audience(session, participant_id, group)


def _every_audience(session: Session, participant_id: str | None, group: Group | None) -> list[Audience]:
    people = active_people(session)
    names = {p.id: p.name for p in session.exec(select(Participant))}
    spread = count(len({user.participant_id for user in people}), "organisatie", "organisaties")
    own = [user for user in people if user.participant_id == participant_id]
    members = [user for user in people if group is not None and in_group(viewer_of(user), group)]
    lines = {
        Visibility.OWN: _by_organisation(own, names),
        Visibility.GROUP: _by_organisation(members, names),
        Visibility.REGION: f"iedereen die mag inloggen: nu {count(len(people), 'mens', 'mensen')} van {spread}",
    }
    return [Audience(level, who) for level, who in lines.items() if level != Visibility.GROUP or group is not None]


def active_people(session: Session) -> list[User]:
    """Who can sign in, by name."""
    active = select(User).where(col(User.deactivated_at).is_(None))
    return list(session.exec(active.order_by(col(User.name), col(User.id))))


def _names(people: Sequence[User]) -> str:
    return listed([user.name for user in people]) if people else "nog niemand"


def _by_organisation(people: Sequence[User], names: dict[str, str]) -> str:
    """The people by organisation: 'Zwolle: A en B; Assen: C'."""
    by_name = sorted({user.participant_id for user in people}, key=lambda id_: names[id_])
    parts = [f"{names[id_]}: {_names([u for u in people if u.participant_id == id_])}" for id_ in by_name]
    return "; ".join(parts) or "nog niemand"


def named_readers(session: Session, dossier: Dossier) -> list[User]:
    """The people who read along by name."""
    rows = select(User).join(DossierReader).where(DossierReader.dossier_id == dossier.id)
    return list(session.exec(rows.order_by(col(User.name), col(User.id))))


def name_readers(deed: Deed, dossier: Dossier, addresses: str) -> None:
    """Let these people, by their addresses, read along, and nobody else by name. Raises Incomplete."""
    chosen = {user.id: user for user in (_person(deed.session, a) for a in _split(addresses))}
    rows = deed.session.exec(select(DossierReader).where(DossierReader.dossier_id == dossier.id)).all()
    before = {row.user_id: row for row in rows}
    for user_id in chosen.keys() - before.keys():
        deed.session.add(DossierReader(dossier_id=dossier.id, user_id=user_id))
    for user_id in before.keys() - chosen.keys():
        deed.session.delete(before[user_id])
    if chosen.keys() != before.keys():
        who = _names(sorted(chosen.values(), key=lambda user: user.name))
        log(deed, dossier, LogKind.EDITED, f"wie op naam meelezen: {who}")


def _split(addresses: str) -> list[str]:
    return [address for address in BETWEEN.split(addresses.strip()) if address]


def _person(session: Session, address: str) -> User:
    user = session.exec(select(User).where(User.email == address.casefold())).first()
    if user is None or user.deactivated_at is not None:
        raise Incomplete(f"Er is niemand met het adres {address}.", "readers")
    return user
