"""Agendas and participants: read once from YAML, afterwards the database owns them; adds, never overwrites."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, col, select

from db.models import Agenda, Challenge, Participant
from db.vocabulary import ParticipantKind

AGENDAS = Path(__file__).parent.parent / "agendas"


def load_agendas(session: Session, folder: Path = AGENDAS) -> int:
    """Add the editions and opgaven that the database does not have; gives how many opgaven were added."""
    return sum(
        _load_edition(session, yaml.safe_load(path.read_text("utf-8"))) for path in sorted(folder.glob("mra-*.yaml"))
    )


def shipped_rows(folder: Path = AGENDAS) -> list[Challenge]:
    """Every opgave that comes with the program, as rows outside any database."""
    editions = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("mra-*.yaml"))]
    return [challenge_row(e["agenda"]["id"], n, entry) for e in editions for n, entry in enumerate(e["challenges"])]


def _load_edition(session: Session, edition: dict[str, Any]) -> int:
    agenda = edition["agenda"]
    if session.get(Agenda, agenda["id"]) is None:
        session.add(Agenda(**agenda))
        session.flush()
    known = set(session.exec(select(Challenge.id).where(col(Challenge.agenda_id) == agenda["id"])))
    added = [
        challenge_row(agenda["id"], position, entry)
        for position, entry in enumerate(edition["challenges"])
        if entry["id"] not in known
    ]
    for row in added:  # one by one and in file order: a parent stands before its children
        session.add(row)
        session.flush()
    return len(added)


def challenge_row(agenda_id: str, position: int, entry: dict[str, Any]) -> Challenge:
    """One opgave of an edition's YAML as a row."""
    words = entry.get("words", {})
    return Challenge(
        id=entry["id"],
        agenda_id=agenda_id,
        parent_id=entry.get("parent"),
        kind=entry["kind"],
        status=entry["status"],
        number=entry.get("number"),
        name=entry.get("name"),
        goal=entry.get("goal", ""),
        platforms=entry.get("platforms", []),
        words_nl=words.get("nl", []),
        words_en=words.get("en", []),
        words_not=words.get("not", []),
        searches_with=entry.get("searches_with", []),
        position=position,
    )


def load_participants(session: Session, path: Path = AGENDAS / "participants.yaml") -> int:
    """Add the participants that the database does not have; gives how many were added."""
    known = set(session.exec(select(Participant.id)))
    rows = [row for row in participant_rows(yaml.safe_load(path.read_text("utf-8"))) if row.id not in known]
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


def slug(name: str) -> str:
    """'Gooise Meren' -> 'gooise-meren'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def takes_part(participant: Participant, on: date) -> bool:
    """Whether a participant exists on a day."""
    begun = participant.valid_from is None or participant.valid_from <= on
    return begun and (participant.valid_to is None or on < participant.valid_to)
