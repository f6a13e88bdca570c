"""Bodies and closed days: read once from YAML and the holidays library; adds, never overwrites."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import holidays
import yaml
from sqlmodel import Session, select

from db.models import Body, ClosedPeriod, Participant
from db.vocabulary_calendar import ClosedKind
from tracker.challenges.agenda import AGENDAS
from tracker.workdays import DAY

BODIES = AGENDAS / "bodies.yaml"
SOURCES = {
    ClosedKind.PUBLIC_HOLIDAY: "landelijke feestdagen, met Goede Vrijdag en 5 mei (bibliotheek holidays)",
    ClosedKind.SCHOOL_HOLIDAY: "schoolvakanties regio Noord, OCW (bibliotheek holidays)",
}


def load_bodies(session: Session, path: Path = BODIES) -> int:
    """Add the bodies and closed periods that the database does not have; gives how many bodies were added.

    Participants must be loaded before.
    """
    data = yaml.safe_load(path.read_text("utf-8"))
    known = set(session.exec(select(Body.id)))
    rows = [row for row in body_rows(data, session.exec(select(Participant)).all()) if row.id not in known]
    session.add_all(rows)
    _load_closed(session, *data["years"])
    session.flush()
    return len(rows)


def body_rows(data: dict[str, Any], participants: Any) -> list[Body]:
    """The MRA's tables and the bodies of every participant that was there on the first day of the data."""
    found = [_body(data, entry) for entry in data["mra"]]
    for participant in participants:
        if participant.valid_to is None or participant.valid_to > data["since"]:
            found += [_body(data, entry, participant) for entry in data["of_participants"][participant.kind]]
    return found


def _body(data: dict[str, Any], entry: dict[str, Any], participant: Participant | None = None) -> Body:
    rhythm = {**data["kinds"][entry["kind"]], **entry}
    rhythm["name"] = entry["name"].format(name=participant.name if participant else "")
    if participant is not None:
        rhythm |= {"id": f"{entry['id']}-{participant.id}", "participant_id": participant.id}
    return Body(**rhythm, example=True)


def _load_closed(session: Session, first_year: int, last_year: int) -> None:
    rows = session.exec(select(ClosedPeriod)).all()
    known = {(row.kind, row.first_day) for row in rows if not row.participant_id}
    session.add_all(row for row in closed_rows(first_year, last_year) if (row.kind, row.first_day) not in known)


def closed_rows(first_year: int, last_year: int) -> list[ClosedPeriod]:
    """Public holidays and the school holidays of region Noord, in which all 33 participants lie."""
    years = range(first_year, last_year + 1)
    public = holidays.country_holidays("NL", years=years, categories=("public", "optional"), language="nl")
    school = holidays.country_holidays("NL", subdiv="Noord", years=years, categories=("school",), language="nl")
    days = [_closed(ClosedKind.PUBLIC_HOLIDAY, name, day, day) for day, name in sorted(public.items())]
    return days + [_closed(ClosedKind.SCHOOL_HOLIDAY, *period) for period in _periods(dict(sorted(school.items())))]


def _periods(days: dict[date, str]) -> Iterator[tuple[str, date, date]]:
    """Days in a row with the same name, as one period."""
    breaks = [b for a, b in pairwise(days) if b - a != DAY or days[a] != days[b]]
    starts = [*list(days)[:1], *breaks]
    ends = [*(max(day for day in days if day < b) for b in breaks), *list(days)[-1:]]
    yield from ((days[first], first, last) for first, last in zip(starts, ends, strict=True))


def _closed(kind: ClosedKind, name: str, first: date, last: date) -> ClosedPeriod:
    return ClosedPeriod(kind=kind, name=name, first_day=first, last_day=last, source=SOURCES[kind])
