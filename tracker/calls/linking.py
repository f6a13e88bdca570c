"""One call, many sources: join by itself what names the same official reference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import Session

from db.bulk import chunks
from tracker.calls.consolidate import merge_one
from tracker.calls.identity import same_reference
from tracker.calls.rows import CALL, REFERENCE, SIGHTING

if TYPE_CHECKING:
    from tracker.calls.sightings import ReportedListing

SAME_ROUND = timedelta(days=60)


@dataclass
class LinkCandidate:
    """A call that is there already: who speaks of it, by which references, and when it closes."""

    closes_at: datetime | None
    sources: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)


def link_by_reference(session: Session, source: str, new: "Sequence[ReportedListing]") -> dict[str, int]:
    """Key of a new listing -> the call it certainly is, by an official reference that another source named.

    A scheme that reopens every year keeps its reference: where both dates are known they must be of one round. A call
    that this source already speaks of has its own listing there, so another one is another call.
    """
    options = _options(session, {same_reference(r) for one in new for r in one.listing.references})
    found: dict[str, int] = {}
    for one in new:
        names = {same_reference(r) for r in one.listing.references}
        closes = merge_one(one.record).closes_at if names and options else None
        fitting = [
            call
            for call, option in options.items()
            if names & option.references and source not in option.sources and same_round(option.closes_at, closes)
        ]
        if len(fitting) == 1:
            found[one.key] = fitting[0]
            options[fitting[0]].sources.add(source)
    return found


def same_round(one: datetime | None, other: datetime | None) -> bool:
    """Whether two closing moments can be of one round; an unknown one does not speak against it."""
    return one is None or other is None or abs(one - other) <= SAME_ROUND


def _options(session: Session, references: Iterable[str]) -> dict[int, LinkCandidate]:
    found: dict[int, LinkCandidate] = {}
    s, r = SIGHTING.c, REFERENCE.c
    for some in chunks(sorted(references)):
        named = (
            select(r.reference, s.call_id, CALL.c.closes_at)
            .join_from(REFERENCE, SIGHTING, r.sighting_id == s.id)
            .join(CALL, CALL.c.id == s.call_id)
            .where(r.reference.in_(some))
        )
        for row in session.connection().execute(named):
            found.setdefault(row.call_id, LinkCandidate(row.closes_at)).references.add(row.reference)
    for some in chunks(sorted(found)):
        speakers = select(s.call_id, s.source).where(s.call_id.in_(some))
        for call, speaker in session.connection().execute(speakers):
            found[call].sources.add(speaker)
    return found
