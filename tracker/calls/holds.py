"""What of a crawl is held: which changed calls wait as they were, and which new ones are kept from mail. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tracker.calls.completeness import History
from tracker.calls.consolidate import SourceRecord
from tracker.calls.floods import LET_GO, is_flood_of_new, waited_enough
from tracker.calls.oddities import (
    DOORLESS,
    OVER_AT_ONCE,
    RENAMED,
    RETITLED,
    RunningCall,
    folded,
    is_doorless,
    is_renamed,
    is_retitled,
    not_its_page,
    oddity,
    over_at_once,
    retitled,
)
from tracker.calls.sightings import Comparison, KnownSighting, ReportedListing


def beside_before(
    comparison: Comparison, before: Mapping[int, SourceRecord], under_way: Mapping[int, RunningCall], now: datetime
) -> list[tuple[KnownSighting, ReportedListing]]:
    """The changed listings; what is odd waits as it was.

    ``before``: by the id of the sighting; ``under_way``: the calls of the source that were not over.
    """
    beside = [(known, before[known.id], reported) for known, reported in comparison.changed]
    at_once = over_at_once(((known, reported) for known, _, reported in beside), under_way, now)
    other_titles = retitled(beside, len(comparison.unchanged) + len(beside))
    known_titles: set[str] | None = None  # made where a title changed: most days none does
    heard = []
    for known, record, reported in beside:
        why = RETITLED if known.id in other_titles else oddity(record, reported.said, now)
        why = OVER_AT_ONCE if known.call_id in at_once else why
        why = "" if waited_enough(known.waiting_since, now) else why
        elsewhere = ""
        if known.waiting_since != LET_GO and is_retitled(record, reported.said):
            known_titles = known_titles or {folded(call.title) for call in under_way.values()}
            elsewhere = not_its_page(record, reported.said, known_titles)
        waits = bool(elsewhere or why)
        heard.append((known, reported.waiting(known, record, elsewhere or why, now) if waits else reported))
    return heard


def odd_new_calls(
    new: Iterable[tuple[int, ReportedListing]],
    history: History,
    known_titles: set[tuple[str, datetime | None]],
    now: datetime,
) -> dict[int, str]:
    """The new calls that are held from mail, and why; never a plainly new one, with a door to come."""
    listings = list(new)
    doorless = [call for call, reported in listings if is_doorless(reported, now)]
    renamed = [call for call, reported in listings if is_renamed(reported, known_titles)] if known_titles else []
    flood = doorless if is_flood_of_new(len(doorless), history, now) else []
    return dict.fromkeys(flood, DOORLESS) | dict.fromkeys(renamed, RENAMED)
