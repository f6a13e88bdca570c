"""Read what a new listing can be known again by: the sightings that a crawl does not name. Decides nothing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.bulk import in_parts
from db.models import Call, Reference, Sighting
from db.models.columns import table
from tracker.calls.identity import same_reference
from tracker.calls.recognition import Absent, AbsentSighting, EndedCall
from tracker.calls.sightings import Comparison, KnownSighting

CALL, SIGHTING, REFERENCE = table(Call), table(Sighting), table(Reference)
Groups = dict[str, list[AbsentSighting]]


def absent(session: Session, source: str, comparison: Comparison, known: Mapping[str, KnownSighting]) -> Absent:
    """The sightings of this source that bear a new listing's code or title, and that the crawl does not name."""
    named = {sighting.id for sighting in comparison.unchanged} | {sighting.id for sighting, _ in comparison.changed}
    by_id = {sighting.id: sighting for sighting in known.values() if sighting.id not in named}
    if not comparison.new or not by_id:
        return Absent({}, {}, {})
    codes = {same_reference(reported.listing.code) for reported in comparison.new if reported.listing.code}
    titles = {reported.listing.title for reported in comparison.new}
    s = SIGHTING.c
    columns = (s.id, s.external_id, s.references, s.fields)
    coded = select(REFERENCE.c.reference, *columns).join(SIGHTING, s.id == REFERENCE.c.sighting_id)
    titled = select(CALL.c.title, *columns).join(SIGHTING, s.call_id == CALL.c.id)
    return Absent(
        by_id,
        _grouped(in_parts(session, coded.where(s.source == source), REFERENCE.c.reference, sorted(codes)), by_id),
        _grouped(in_parts(session, titled.where(s.source == source), CALL.c.title, sorted(titles)), by_id),
    )


def _grouped(rows: list[Any], by_id: Mapping[int, KnownSighting]) -> Groups:
    groups: Groups = defaultdict(list)
    for name, number, external_id, references, fields in rows:
        if number in by_id:
            folded = frozenset(map(same_reference, references))
            groups[name].append(AbsentSighting(number, external_id, folded, fields))
    return dict(groups)


def ended_calls(session: Session, source: str, comparison: Comparison, now: datetime) -> list[EndedCall]:
    """The calls of this source that closed, where there is something new that may be a next round of one."""
    if not comparison.new:
        return []
    c, s = CALL.c, SIGHTING.c
    closed = select(c.id, c.title, c.closes_at).where(c.closes_at <= now, c.joined_into.is_(None))
    named = closed.where(c.id.in_(select(s.call_id).where(s.source == source)))
    return [EndedCall(*row) for row in session.connection().execute(named)]
