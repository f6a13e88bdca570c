"""Everything of the lobby that is not settled, for one screen: by person, organisation and kind, overdue first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.models import Participant, User
from db.queries import Viewer
from db.rights import hung_on
from tracker.lobby.due import TITLES, LobbyDue, may_know_of
from tracker.lobby.holders import NOBODY

AHEAD = timedelta(days=365)  # what lies further ahead is not open yet


@dataclass(frozen=True)
class Matter:
    """One thing that is due, with the people who have it; nobody where whoever had it has left, or none was named."""

    due: LobbyDue
    people: tuple[User, ...]
    late: bool

    @property
    def participants(self) -> set[str]:
        """At which of us it lies: where its people work, or else whose it is."""
        if not self.people and self.due.owned is not None:
            return {self.due.owned.participant_id}
        return {user.participant_id for user in self.people}


@dataclass(frozen=True)
class Narrowed:
    """What the reader asks to see; nothing asked is everything, and NOBODY as the person what nobody has."""

    person: int | None = None
    participant: str = ""
    organisation: str = ""
    kind: str = ""

    def holds(self, matter: Matter) -> bool:
        """Whether the matter is among what is asked for."""
        return (
            (self.person is None or self.person in ({user.id for user in matter.people} or {NOBODY}))
            and (not self.participant or self.participant in matter.participants)
            and self.organisation in ("", matter.due.organisation)
            and self.kind in ("", matter.due.kind)
        )


def open_matters(session: Session, viewer: Viewer, due: Iterable[LobbyDue], today: date) -> list[Matter]:
    """What of this the viewer may see, one line a thing whoever has it, in its order."""
    listed = list(due)
    ids = {item.user_id for item in listed} - {NOBODY}
    people = {user.id: user for user in session.exec(select(User).where(col(User.id).in_(ids)))} if ids else {}
    by_key: dict[str, list[LobbyDue]] = {}
    _held = hung_on(session, viewer, [row for item in listed for row in (item.owned, item.also) if row is not None])
    for item in listed:
        if may_know_of(session, viewer, item):
            by_key.setdefault(item.key, []).append(item)
    return [_matter(items, people, today) for items in by_key.values()]


def _matter(items: list[LobbyDue], people: dict[int, User], today: date) -> Matter:
    holders = tuple(people[item.user_id] for item in items if item.user_id != NOBODY)
    return Matter(items[0], holders, items[0].due < today)


class Left(NamedTuple):
    """How much lies at an organisation that asks for a look: what nobody has, and what is late with who has it."""

    nobodys: int
    late: int


def left_in_team(session: Session, viewer: Viewer, due: Iterable[LobbyDue], today: date) -> Left:
    """What of this is nobody's at the viewer's own organisation, and what else is late there."""
    team = Narrowed(participant=viewer.participant_id or "")
    pressing = [item for item in due if item.due < today or item.user_id == NOBODY]
    matters = [matter for matter in open_matters(session, viewer, pressing, today) if team.holds(matter)]
    held = [matter for matter in matters if matter.people]
    return Left(len(matters) - len(held), sum(matter.late for matter in held))


def choices_of(session: Session, matters: Iterable[Matter]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to, in Dutch: only what occurs in it."""
    rows = list(matters)
    holders = {user.id: user for matter in rows for user in matter.people}
    participants = {id_ for matter in rows for id_ in matter.participants}
    nobody = [(str(NOBODY), "niemand")] if any(not matter.people for matter in rows) else []
    names = {p.id: p.name for p in session.exec(select(Participant)) if p.id in participants}
    return {
        "person": nobody + sorted(((str(id_), u.name) for id_, u in holders.items()), key=lambda choice: choice[1]),
        "participant": sorted(names.items(), key=lambda choice: choice[1]),
        "organisation": [(name, name) for name in sorted({m.due.organisation for m in rows} - {""})],
        "kind": [(kind, title) for kind, title in TITLES.items() if any(m.due.kind == kind for m in rows)],
    }
