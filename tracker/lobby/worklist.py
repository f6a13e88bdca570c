"""Everything of the lobby that is not settled, for one screen: by person, organisation and kind, overdue first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, select

from db.models import Participant, User
from db.queries import Viewer
from tracker.lobby.due import TITLES, LobbyDue, may_know_of

AHEAD = timedelta(days=365)  # what lies further ahead is not open yet


@dataclass(frozen=True)
class Matter:
    """One thing that is due, with the people who have it and where they work."""

    due: LobbyDue
    people: tuple[User, ...]
    late: bool

    @property
    def kind(self) -> str:
        """What is to be done, without what it is about."""
        return TITLES[self.due.kind]


@dataclass(frozen=True)
class Narrowed:
    """What the reader asks to see; nothing asked is everything."""

    person: int | None = None
    participant: str = ""
    organisation: str = ""
    kind: str = ""

    def holds(self, matter: Matter) -> bool:
        """Whether the matter is among what is asked for."""
        return (
            (self.person is None or any(user.id == self.person for user in matter.people))
            and (not self.participant or any(user.participant_id == self.participant for user in matter.people))
            and self.organisation in ("", matter.due.organisation)
            and self.kind in ("", matter.due.kind)
        )


def open_matters(session: Session, viewer: Viewer, due: Iterable[LobbyDue], today: date) -> list[Matter]:
    """What of this the viewer may see, one line a thing whoever has it, in its order."""
    people = {user.id: user for user in session.exec(select(User))}
    by_key: dict[str, list[LobbyDue]] = {}
    for item in due:
        if may_know_of(session, viewer, item):
            by_key.setdefault(item.key, []).append(item)
    return [_matter(items, people, today) for items in by_key.values()]


def _matter(items: list[LobbyDue], people: dict[int, User], today: date) -> Matter:
    holders = tuple(people[item.user_id] for item in items)
    return Matter(items[0], holders, items[0].due < today)


def late_in_team(session: Session, viewer: Viewer, due: Iterable[LobbyDue], today: date) -> int:
    """How much of this is late with the people of the viewer's own organisation."""
    team = Narrowed(participant=viewer.participant_id or "")
    late = [item for item in due if item.due < today]
    return sum(team.holds(matter) for matter in open_matters(session, viewer, late, today))


def choices_of(session: Session, matters: Iterable[Matter]) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to, in Dutch: only what occurs in it."""
    rows = list(matters)
    holders = {user.id: user for matter in rows for user in matter.people}
    participants = {user.participant_id for user in holders.values()}
    names = {p.id: p.name for p in session.exec(select(Participant)) if p.id in participants}
    return {
        "person": sorted(((str(id_), user.name) for id_, user in holders.items()), key=lambda choice: choice[1]),
        "participant": sorted(names.items(), key=lambda choice: choice[1]),
        "organisation": [(name, name) for name in sorted({m.due.organisation for m in rows} - {""})],
        "kind": [(kind, title) for kind, title in TITLES.items() if any(m.due.kind == kind for m in rows)],
    }
