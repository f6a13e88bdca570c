"""Which call a listing is: known under another id or address, known but only copied, or a next round of it. Pure.

The id alone does not say it: sources number anew, rename pages, and use one page for every year's round.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from db.queries import BY_HAND
from scrapers.listing import Listing
from tracker.calls.consolidate import MergedCall
from tracker.calls.identity import same_reference, same_text
from tracker.calls.linking import SAME_ROUND
from tracker.calls.revisions import CallState
from tracker.calls.sightings import Comparison, KnownSighting, ReportedListing

NUMBER = re.compile(r"\b\d+(?:st|nd|rd|th|e|de|ste)?\b|\b[ivx]+\b")
Window = frozenset[tuple[str, str, str]]


class AbsentSighting(NamedTuple):
    """A sighting whose id this crawl does not name; ``references`` folded, ``fields`` a Listing as JSON."""

    id: int
    external_id: str
    references: frozenset[str]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Absent:
    """The sightings that this crawl does not name, by what they can be known again by."""

    known: Mapping[int, KnownSighting]
    by_code: Mapping[str, Sequence[AbsentSighting]]
    by_title: Mapping[str, Sequence[AbsentSighting]]


def recognise(comparison: Comparison, absent: Absent) -> Comparison:
    """New ids of known calls are changes of these: told to nobody as new, and their old ids are not missing."""
    if not absent.known:
        return comparison
    counted = Counter(map(_window_key, (reported.listing for reported in comparison.new)))
    new, changed, back = list[ReportedListing](), list(comparison.changed), list(comparison.back)
    taken: set[int] = set()
    for reported in comparison.new:
        alone = counted[_window_key(reported.listing)] == 1
        number = _by_code(reported.listing, absent) or (_by_window(reported.listing, absent) if alone else None)
        if number is None or number in taken:
            new.append(reported)
            continue
        taken.add(number)
        changed.append((absent.known[number], reported))
        back += [absent.known[number]] if absent.known[number].gone else []
    missing = [known for known in comparison.missing if known.id not in taken]
    return replace(comparison, new=new, changed=changed, back=back, missing=missing)


def _by_code(listing: Listing, absent: Absent) -> int | None:
    """The newest that bears its code: what was numbered anew may have been numbered anew before."""
    if not listing.code:
        return None
    return max((sighting.id for sighting in absent.by_code.get(same_reference(listing.code), ())), default=None)


def _by_window(listing: Listing, absent: Absent) -> int | None:
    """The only one of the same title and the same dates, which no official reference tells apart."""
    window, references = window_of(listing.as_json()), {same_reference(name) for name in listing.references}
    if not window:
        return None
    alike = [
        sighting.id
        for sighting in absent.by_title.get(listing.title, ())
        if window_of(sighting.fields) == window and not (references and references.isdisjoint(sighting.references))
    ]
    return alike[0] if len(alike) == 1 else None


def _window_key(listing: Listing) -> tuple[str, Window]:
    return listing.title, window_of(listing.as_json())


def window_of(fields: Mapping[str, Any]) -> Window:
    """Every dated day of a listing, by kind and hour."""
    dates = (date for date in fields.get("deadlines", ()) if date.get("day"))
    return frozenset((str(d["kind"]), str(d["day"]), str(d.get("hour") or "")) for d in dates)


def sort_out(source: str, comparison: Comparison, states: Mapping[int, CallState], now: datetime) -> Comparison:
    """Of the changed: what is only a mirror's copy is unchanged, what begins anew is a round of its own.

    The others keep the facts that their source is silent about.
    """
    changed, unchanged, rounds = [], list(comparison.unchanged), []
    for known, reported in comparison.changed:
        state = states[known.call_id]
        if _only_copied(state.records[known.id].fields, reported.listing):
            unchanged.append(known)
        elif source != BY_HAND and is_next_round(state, reported, now):
            rounds.append((known, reported))
        else:
            changed.append((known, reported.beside(state.records[known.id], now)))
    return replace(comparison, changed=changed, unchanged=unchanged, rounds=rounds)


def _only_copied(fields: Mapping[str, Any], listing: Listing) -> bool:
    """A mirror tells nothing new of what is known from the source's own record, or from a newer copy."""
    if listing.edition is None or listing.edition.own:
        return False
    known = fields.get("edition", {})
    return bool(known.get("own", True) or known.get("stamp", "") > listing.edition.stamp)


def is_next_round(state: CallState, reported: ReportedListing, now: datetime) -> bool:
    """Every gate of the known call has passed, and this listing names others that are to come.

    A prolongation is none: it keeps its opening, or comes without one within sixty days under the same title. Nor is a
    date that went wrong and came back, nor the next of several gates of which the listing still names an old one.
    """
    if not state.is_past(now):
        return False
    before, after = state.merged(now), reported.merged
    ended, closes = before.closes_at, after.closes_at
    if ended is None or ended > now or closes is None or closes <= now or _doors(before) & _doors(after):
        return False
    if any((kind, after.dates(kind)) in state.earlier for kind in after.kinds):
        return False
    if after.opens_at is not None:
        return after.opens_at > max(ended, before.opens_at or ended)
    numbers, others = _numbers(before), _numbers(after)
    return closes - ended > SAME_ROUND or bool(numbers and others and numbers != others)


def _numbers(merged: MergedCall) -> set[str]:
    """The years and numbers of rounds in a title."""
    return set(NUMBER.findall(same_text(str(merged.fields["title"])).casefold()))


class EndedCall(NamedTuple):
    """A call of the source that closed."""

    id: int
    title: str
    closed_at: datetime


def rounds_before(new: Sequence[ReportedListing], ended: Sequence[EndedCall], now: datetime) -> dict[str, int]:
    """Key of a new listing -> the call of the same source that was its round before, by the name of the scheme.

    A title without its years and numbers; what several new ones bear is no name of a scheme.
    """
    if not ended:
        return {}
    latest = {scheme_name(call.title): call for call in sorted(ended, key=lambda call: (call.closed_at, call.id))}
    names = Counter(scheme_name(reported.listing.title) for reported in new)
    before: dict[str, int] = {}
    for reported in new:
        name = scheme_name(reported.listing.title)
        earlier = latest.get(name) if len(name.split()) > 1 and names[name] == 1 else None
        if earlier is not None and _comes_after(reported.merged, earlier.closed_at, now):
            before[reported.key] = earlier.id
    return before


def _comes_after(merged: MergedCall, ended: datetime, now: datetime) -> bool:
    """Whether it is to close, and opens after that one ended, or closes much later where no opening is known."""
    if merged.closes_at is None or merged.closes_at <= now:
        return False
    return merged.opens_at > ended if merged.opens_at else merged.closes_at - ended > SAME_ROUND


def scheme_name(title: str) -> str:
    """A title as the rounds of one scheme share it: without years, numbers and the signs around them."""
    words = NUMBER.sub(" ", same_text(title).casefold()).split()
    return " ".join(word for word in words if any(map(str.isalnum, word)))


def _doors(merged: MergedCall) -> set[date]:
    return {deadline.day for deadline in merged.deadlines if deadline.is_door and deadline.day}
