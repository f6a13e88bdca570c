"""Agendas and their opgaven: read once from YAML, afterwards the database owns them; what lies under and above one."""

from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from db.models import Agenda, Challenge
from db.region import USUAL
from db.region_folder import editions_of, read_yaml


def load_agendas(session: Session, folder: Path = USUAL) -> int:
    """Add the editions and opgaven that the database does not have; gives how many opgaven were added."""
    return sum(_load_edition(session, read_yaml(path)) for path in editions_of(folder))


def shipped_rows() -> list[Challenge]:
    """Every opgave that comes with the program, as rows outside any database."""
    editions = [read_yaml(path) for path in editions_of(USUAL)]
    return [challenge_row(e["agenda"]["id"], n, entry) for e in editions for n, entry in enumerate(e["challenges"])]


def _load_edition(session: Session, edition: dict[str, Any]) -> int:
    agenda = edition["agenda"]
    if session.get(Agenda, agenda["id"]) is None:
        session.add(Agenda(**agenda))
        session.flush()
    rows = [challenge_row(agenda["id"], position, entry) for position, entry in enumerate(edition["challenges"])]
    existing = {row.id: row for row in session.exec(select(Challenge).where(Challenge.agenda_id == agenda["id"]))}
    added = [row for row in rows if row.id not in existing]
    for row in rows:
        if row.id in existing and not existing[row.id].translations:  # made before there were any
            existing[row.id].translations = row.translations
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
        translations={
            dutch: [english] if isinstance(english, str) else english
            for dutch, english in entry.get("translations", {}).items()
        },
        position=position,
    )


def above_all(session: Session) -> dict[str, tuple[str, ...]]:
    """Each opgave with itself first and all that it lies under."""
    parents = dict(session.exec(select(Challenge.id, Challenge.parent_id)).all())
    found: dict[str, tuple[str, ...]] = {}
    for id_ in parents:
        lines: tuple[str, ...] = ()
        at: str | None = id_
        while at is not None and at not in lines:
            lines, at = (*lines, at), parents[at]
        found[id_] = lines
    return found


def below(session: Session, challenges: tuple[str, ...]) -> tuple[str, ...]:
    """The opgaven and everything under them in the tree: an opdracht means all its lines."""
    lines, layer = set(challenges), set(challenges)
    while layer:
        layer = set(session.exec(select(Challenge.id).where(col(Challenge.parent_id).in_(layer)))) - lines
        lines |= layer
    return tuple(sorted(lines))
