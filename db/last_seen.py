"""When a source last named a call: of most that stands once a source, so that what is as before is not written anew.

A sighting that the newest reading of its source named was seen at that moment. One that it left out keeps, on its own
row, the moment before which it was listed; both are written only when a sighting comes or goes.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from db.models.calls import Call, Sighting, SourceReading
from db.models.columns import table

SIGHTING, READING = table(Sighting), table(SourceReading)


def last_seen(session: Session, sightings: Iterable[Sighting]) -> dict[int, datetime]:
    """When each of these was last named, aware, by its id."""
    rows = list(sightings)
    sources = {row.source for row in rows if row.listed}
    readings = select(SourceReading.source, SourceReading.at).where(col(SourceReading.source).in_(sources))
    newest = dict(session.exec(readings).all()) if sources else {}
    return {row.id: newest.get(row.source, row.last_seen) if row.listed else row.last_seen for row in rows}


def newest_reading(source: ColumnElement[str] | str) -> ColumnElement[datetime]:
    """When what this source lists was last taken over; null before the first time."""
    return select(READING.c.at).where(READING.c.source == source).scalar_subquery()


def call_last_seen() -> ColumnElement[datetime]:
    """When any source last named a call, of its sightings; null for one that no source speaks of."""
    s = SIGHTING.c
    seen = case((s.listed, newest_reading(s.source)), else_=s.last_seen)
    return select(func.max(seen)).where(s.call_id == table(Call).c.id).correlate(table(Call)).scalar_subquery()
