"""The participants of the region: loaded from data, valid from and until a day, each with its colleagues."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, col, select

from db.giver import slug
from db.models import Participant, User
from db.queries import PARTICIPANT
from db.region import USUAL
from db.vocabulary import ParticipantKind, Role
from notifications.wording import short_day
from tracker.errors import ParticipantGone


def participant_on(session: Session, participant_id: str, day: date, field: str = "") -> Participant:
    """The participant, or ParticipantGone with the day it ended and what it merged into."""
    participant = session.get(Participant, participant_id)
    if participant is None:
        raise ParticipantGone(f"Er is geen deelnemer '{participant_id}'.", field)
    if takes_part(participant, day):
        return participant
    if participant.valid_to and participant.valid_to <= day:
        successor = session.get(Participant, participant.merged_into) if participant.merged_into else None
        into = f" en opgegaan in {successor.name}" if successor else ""
        raise ParticipantGone(
            f"{participant.name} bestaat sinds {short_day(participant.valid_to)} niet meer{into}.", field
        )
    raise ParticipantGone(f"{participant.name} bestaat nog niet op {short_day(day)}.", field)


def load_participants(session: Session, path: Path = USUAL / "participants.yaml") -> int:
    """Add the participants that the database does not have; gives how many were added."""
    existing = set(session.exec(select(Participant.id)))
    rows = [row for row in participant_rows(yaml.safe_load(path.read_text("utf-8"))) if row.id not in existing]
    for row in sorted(rows, key=lambda row: row.merged_into is not None):
        session.add(row)
        session.flush()
    return len(rows)


def participant_rows(data: dict[str, Any]) -> list[Participant]:
    """The participants of the YAML, with what became of those that merged."""
    rows = {slug(name): row for name, row in _named(data)}
    for merger in data["mergers"]:
        gone = rows.setdefault(slug(merger["from"]), _municipality(merger["from"], merger.get("subregion")))
        gone.valid_to, gone.merged_into = merger["day"], slug(merger["into"])
        gone.remark = merger.get("remark", "")
    return list(rows.values())


def _named(data: dict[str, Any]) -> list[tuple[str, Participant]]:
    municipalities = [
        (name, _municipality(name, region)) for region, names in data["subregions"].items() for name in names
    ]
    provinces = [(n, Participant(id=slug(n), name=n, kind=ParticipantKind.PROVINCE)) for n in data["provinces"]]
    regions = [
        (n, Participant(id=slug(n), name=n, kind=ParticipantKind.TRANSPORT_REGION)) for n in data["transport_regions"]
    ]
    return municipalities + provinces + regions


def _municipality(name: str, subregion: str | None) -> Participant:
    return Participant(id=slug(name), name=name, kind=ParticipantKind.MUNICIPALITY, subregion=subregion)


KIND_WORDS = {
    "gemeente": ParticipantKind.MUNICIPALITY,
    "provincie": ParticipantKind.PROVINCE,
    "vervoerregio": ParticipantKind.TRANSPORT_REGION,
}


def participant_id(session: Session, name: str) -> str:
    """The id of the participant that goes by this name, also as "Gemeente Zwolle"; else the name as an id would be."""
    plain = slug(name)
    kind, _, rest = plain.partition("-")
    if session.get(Participant, plain) is None and kind in KIND_WORDS:
        participant = session.get(Participant, rest)
        return rest if participant is not None and participant.kind == KIND_WORDS[kind] else plain
    return plain


def takes_part(participant: Participant, on: date) -> bool:
    """Whether a participant exists on a day."""
    begun = participant.valid_from is None or participant.valid_from <= on
    return begun and (participant.valid_to is None or on < participant.valid_to)


def stranded(session: Session, day: date) -> list[tuple[User, Participant]]:
    """Who has access and works for a participant that is not there on a day."""
    both = select(User, Participant).join(Participant, col(Participant.id) == col(User.participant_id))
    rows = session.exec(both.where(col(User.deactivated_at).is_(None)).order_by(col(User.name)))
    return [(user, home) for user, home in rows if not takes_part(home, day)]


def colleagues(session: Session, participant_id: str) -> list[User]:
    """Who can be given something to do."""
    return list(session.exec(_COLLEAGUES, params={"participant": participant_id}))


_COLLEAGUES = select(User).where(User.participant_id == PARTICIPANT, col(User.deactivated_at).is_(None))
_COLLEAGUES = _COLLEAGUES.order_by(col(User.name))


def arranges(session: Session, by: User, participant_id: str) -> bool:
    """Whether this administrator decides who works there: at the own participant, and where it has no administrator.

    Else one administrator would read every participant's files, by a person of their making.
    """
    boss = (User.participant_id == participant_id, User.role == Role.ADMINISTRATOR, col(User.deactivated_at).is_(None))
    return by.participant_id == participant_id or session.exec(select(User.id).where(*boss)).first() is None
