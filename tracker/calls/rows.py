"""What is written of a call, as rows for its tables. Pure."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from db.models import Call, Crawl, Deadline, Reference, RememberedAddress, Revision, Sighting, Snapshot
from db.models.columns import table
from db.search import searchable
from db.vocabulary import RevisionKind
from scrapers.crawled import Page
from scrapers.listing import ListedDeadline
from tracker.calls.consolidate import CONTESTED, MergedCall, contradictions
from tracker.calls.gates import gate_at
from tracker.calls.sightings import ReportedListing

CALL, SIGHTING, DEADLINE = table(Call), table(Sighting), table(Deadline)


REVISION, REFERENCE, CRAWL = table(Revision), table(Reference), table(Crawl)


SNAPSHOT, ADDRESS = table(Snapshot), table(RememberedAddress)


MONEY = tuple(name for name in CONTESTED if name != "applicants")


def _snapshot(page: Page) -> dict[str, Any]:
    return {
        "sha256": page.sha256,
        "url": page.url,
        "media_type": page.media_type,
        "fetched_at": page.fetched_at,
        "size": len(page.body),
        "body": zlib.compress(page.body),
    }


def sighting(one: ReportedListing) -> dict[str, Any]:
    """What a listing writes on its sighting."""
    return {
        "url": one.listing.url,
        "fields": one.record.fields,
        "fingerprint": one.fingerprint,
        "snapshot": one.listing.snapshot,
        "references": list(one.listing.references),
    }


def call_row(merged: MergedCall) -> dict[str, Any]:
    """The columns of an Call that follow from what we show."""
    row = dict(merged.fields)
    for name in MONEY:
        row[name] = None if row[name] is None else Decimal(row[name])
    row["published_on"] = date.fromisoformat(row["published_on"]) if row["published_on"] else None
    gates = merged.gates
    row |= {"opens_at": merged.opens_at, "first_gate_at": gates.first_at, "closes_at": gates.last_at}
    row |= {"ends_at": gates.ends_at, "review": [*merged.review, *contradictions(merged.deadlines)]}
    row |= {"provenance": merged.provenance, "conflicts": merged.conflicts, "proof": merged.proof}
    words = [row["title"], *row["programme"], row["call_title"], row["destination"], row["publisher"], row["summary"]]
    row["search_text"] = searchable(row["language"], *words)
    return row


class Placeable(NamedTuple):
    """A date with its number among those of its kind, and until when a newcomer can come in by it."""

    number: int
    deadline: ListedDeadline
    gate_at: datetime | None = None


def numbered(deadlines: Sequence[ListedDeadline]) -> Iterator[Placeable]:
    """Each date as its row needs it."""
    counts: dict[str, int] = {}
    for deadline in deadlines:
        counts[deadline.kind] = counts.get(deadline.kind, -1) + 1
        yield Placeable(counts[deadline.kind], deadline, gate_at(deadline, deadlines))


def date_row(place: Placeable) -> dict[str, Any]:
    """What a date writes on its row."""
    deadline = place.deadline
    return {
        "kind": str(deadline.kind),
        "number": place.number,
        "gate_at": place.gate_at,
        "day": deadline.day,
        "hour": deadline.hour,
        "zone": deadline.zone,
        "at": deadline.at,
        "assumed": deadline.assumed,
        "text": deadline.text,
        "sentence": deadline.sentence,
        "certainty": deadline.certainty,
        "door": deadline.door,
        "obligatory": deadline.obligatory,
    }


def new_date(call_id: int, place: Placeable, now: datetime) -> dict[str, Any]:
    """The row of a date that was not there."""
    fresh = {"call_id": call_id, "version": 1, "modified_at": now, "cancelled_at": None}
    return date_row(place) | fresh


def revision(call_id: int, crawl_id: int | None, now: datetime, kind: RevisionKind, **more: Any) -> dict[str, Any]:
    """The row of a revision; ``more`` overrides what is usual."""
    usual = {"field": "", "old": None, "new": None, "telling": False, "damped": False, "version": 1, "snapshot": None}
    return {"call_id": call_id, "crawl_id": crawl_id, "at": now, "kind": str(kind), **usual, **more}
