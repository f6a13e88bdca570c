"""Bodies and closed days: read once from YAML and the holidays library; adds, never overwrites."""

from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, select

from db.models import Body, ClosedPeriod, Participant
from db.region import USUAL
from tracker.workdays import holiday_periods

BODIES = USUAL / "bodies.yaml"


def load_bodies(session: Session, path: Path = BODIES) -> int:
    """Add the bodies and closed periods that the database does not have; gives how many bodies were added.

    Participants must be loaded before.
    """
    data = yaml.safe_load(path.read_text("utf-8"))
    existing = set(session.exec(select(Body.id)))
    rows = [row for row in body_rows(data, session.exec(select(Participant)).all()) if row.id not in existing]
    session.add_all(rows)
    _load_closed(session, *data["years"])
    session.flush()
    return len(rows)


def body_rows(data: dict[str, Any], participants: Any) -> list[Body]:
    """The region's tables and the bodies of every participant that was there on the first day of the data."""
    bodies = [_body(data, entry) for entry in data["region"]]
    for participant in participants:
        if participant.valid_to is None or participant.valid_to > data["since"]:
            bodies += [_body(data, entry, participant) for entry in data["of_participants"][participant.kind]]
    return bodies


def _body(data: dict[str, Any], entry: dict[str, Any], participant: Participant | None = None) -> Body:
    rhythm = {**data["kinds"][entry["kind"]], **entry}
    rhythm["name"] = entry["name"].format(name=participant.name if participant else "")
    if participant is not None:
        rhythm |= {"id": f"{entry['id']}-{participant.id}", "participant_id": participant.id}
    return Body(**rhythm, example=True)


def _load_closed(session: Session, first_year: int, last_year: int) -> None:
    rows = session.exec(select(ClosedPeriod)).all()
    existing = {(row.kind, row.first_day) for row in rows if not row.participant_id}
    session.add_all(row for row in holiday_periods(first_year, last_year) if (row.kind, row.first_day) not in existing)
