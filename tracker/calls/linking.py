"""Link a new listing to the call that another source named by the same official reference. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker.calls.identity import same_reference
from tracker.calls.sightings import ReportedListing

SAME_ROUND = timedelta(days=60)


@dataclass(frozen=True)
class LinkCandidate:
    """A call that is there already: which sources speak of it, by which references, and when it closes."""

    closes_at: datetime | None
    sources: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)


def link_by_reference(
    source: str, new: Sequence[ReportedListing], candidates: Mapping[int, LinkCandidate]
) -> dict[str, int]:
    """Key of a new listing -> the call it certainly is, by an official reference that another source named.

    A scheme that reopens every year keeps its reference: where both dates are known they must be of one round. A call
    that this source already speaks of has its own listing there, so another one is another call.
    """
    open_to_link = {call: candidate for call, candidate in candidates.items() if source not in candidate.sources}
    linked: dict[str, int] = {}
    for reported in new:
        references = {same_reference(name) for name in reported.listing.references}
        closes_at = reported.merged.closes_at if references and open_to_link else None
        fitting = [
            call
            for call, candidate in open_to_link.items()
            if references & candidate.references and same_round(candidate.closes_at, closes_at)
        ]
        if len(fitting) == 1:
            linked[reported.key] = fitting[0]
            del open_to_link[fitting[0]]
    return linked


def same_round(closing: datetime | None, other: datetime | None) -> bool:
    """Whether two closing moments can be of one round; an unknown one does not speak against it."""
    return closing is None or other is None or abs(closing - other) <= SAME_ROUND
