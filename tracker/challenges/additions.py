"""A wholly new opgave, added to an agenda by who maintains it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Agenda, Challenge
from db.search_words import fold
from db.vocabulary import ChallengeKind, ChallengeStatus
from tracker.errors import Refused

LONGEST_NAME_IN_ID = 40
UNDER = (ChallengeKind.ASSIGNMENT, ChallengeKind.THEME, ChallengeKind.AMBITION)  # what may have lines below it


@dataclass(frozen=True)
class Place:
    """Where an opgave stands: in an agenda, at the top or under another opgave."""

    agenda_id: str
    agenda: str
    parent_id: str | None = None
    parent: str | None = None

    @property
    def key(self) -> str:
        """What a form calls it: no agenda and opgave share an id."""
        return self.parent_id or self.agenda_id


def places(session: Session) -> list[Place]:
    """Every place for a new opgave: the newest agenda first, its top before what stands in it."""
    agendas = session.exec(select(Agenda).order_by(col(Agenda.valid_from).desc(), col(Agenda.id))).all()
    upper = session.exec(
        select(Challenge).where(col(Challenge.kind).in_(UNDER)).order_by(col(Challenge.position))
    ).all()
    return [place for agenda in agendas for place in _of_agenda(agenda, upper)]


def _of_agenda(agenda: Agenda, upper: Sequence[Challenge]) -> list[Place]:
    below = [Place(agenda.id, agenda.name, c.id, c.name) for c in upper if c.agenda_id == agenda.id and c.name]
    return [Place(agenda.id, agenda.name), *below]


def add(session: Session, challenge: Challenge, key: str) -> Challenge:
    """Keep a new opgave at a place, under an id of its own; a name that the agenda has already is refused."""
    place = next((place for place in places(session) if place.key == key), None)
    if place is None:
        raise Refused("Kies waar de opgave onder valt.", "under")
    session.get_one(Agenda, place.agenda_id, with_for_update=True)  # who adds the same at once comes after
    of_agenda = session.exec(select(Challenge).where(Challenge.agenda_id == place.agenda_id)).all()
    if fold(challenge.name or "") in {fold(other.name or "") for other in of_agenda}:
        raise Refused("Deze agenda heeft al een opgave met deze naam.", "name")
    challenge.agenda_id, challenge.parent_id = place.agenda_id, place.parent_id
    challenge.kind, challenge.status = ChallengeKind.LINE, ChallengeStatus.PROGRAMME
    challenge.id = _free_id(session, place.agenda_id, challenge.name or "")
    challenge.position = max((other.position for other in of_agenda), default=-1) + 1
    session.add(challenge)
    session.flush()
    return challenge


def _free_id(session: Session, agenda_id: str, name: str) -> str:
    """The agenda and the name in letters that need no escape in an address, with a number where that is taken."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:LONGEST_NAME_IN_ID].strip("-")
    start = f"{agenda_id}-{words or 'opgave'}"
    taken = set(session.exec(select(Challenge.id).where(col(Challenge.id).startswith(start, autoescape=True))))
    numbered = (f"{start}-{n}" for n in range(2, len(taken) + 3))
    return next(id_ for id_ in (start, *numbered) if id_ not in taken)
