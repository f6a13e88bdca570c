"""Deelregio's, as the participants name the one they are in: what each is called and who is in it."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, select

from db.models import Participant
from tracker.organisations.names import in_address


@dataclass(frozen=True)
class Subregion:
    """A deelregio with the ids of its participants, those that merged into another included."""

    name: str
    members: frozenset[str]

    @property
    def id(self) -> str:
        """How an address names it."""
        return in_address(self.name)


def subregions(session: Session) -> list[Subregion]:
    """Every one that a participant is in, by name."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, name in session.exec(select(Participant.id, Participant.subregion)):
        if name:
            found[name].add(number)
    return [Subregion(name, frozenset(members)) for name, members in sorted(found.items())]
