"""What is written of a call, as rows for its tables. Pure."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from db.giver import giver_key
from db.search_words import search_words
from db.vocabulary import RevisionKind
from scrapers.crawled import Crawled, Page
from scrapers.listing import PARTICULARS, ListedDeadline
from tracker.calls.completeness import Judgement
from tracker.calls.consolidate import CONTESTED, MergedCall, contradictions
from tracker.calls.gates import Gates
from tracker.calls.identity import same_reference
from tracker.calls.sightings import ReportedListing

FILED_UNDER = ("tags", "keywords", "subjects", "sectors", "targets")
FOUND_BY = ("language", "title", "programme", "call_title", "destination", "publisher", "summary", *FILED_UNDER)
MONEY = tuple(name for name in CONTESTED if name != "applicants")


@dataclass(frozen=True)
class Occasion:
    """When something is written down, and by which crawl; none where a person did it."""

    now: datetime
    crawl_id: int | None = None

    def revision(self, call_id: int, kind: RevisionKind, **more: Any) -> dict[str, Any]:
        """The row of a revision; ``more`` overrides what is usual."""
        usual = {"field": "", "old": None, "new": None, "telling": False, "damped": False, "version": 1}
        row = {"call_id": call_id, "crawl_id": self.crawl_id, "at": self.now, "kind": str(kind), "snapshot": None}
        return {**row, **usual, **more}


def crawl_row(crawled: Crawled, judgement: Judgement, **counts: int) -> dict[str, Any]:
    """One crawl of a source, with the counts of what it changed."""
    return counts | {
        "source": crawled.source,
        "kind": crawled.kind,
        "started_at": crawled.started_at,
        "finished_at": crawled.finished_at,
        "seconds": (crawled.finished_at - crawled.started_at).total_seconds(),
        "complete": judgement.complete,
        "why": judgement.why,
        "expected": judgement.expected,
        "unreadable": len(crawled.unreadable),
        "skew_seconds": crawled.skew_seconds,
        "come_back_at": crawled.come_back_at,
        "moved": crawled.moved,
        "total": crawled.total,
        "lost": list(judgement.lost),
        "shrunk": judgement.shrunk,
        "measure": judgement.measure,
    }


def snapshot_row(page: Page) -> dict[str, Any]:
    """The bytes of a page, compressed."""
    return {
        "sha256": page.sha256,
        "url": page.url,
        "media_type": page.media_type,
        "fetched_at": page.fetched_at,
        "size": len(page.body),
        "body": zlib.compress(page.body),
    }


def sighting_row(reported: ReportedListing, now: datetime) -> dict[str, Any]:
    """What a listing writes on its sighting, old or new."""
    return {
        "external_id": reported.key,
        "url": reported.listing.url,
        "fields": reported.record.fields,
        "fingerprint": reported.fingerprint,
        "snapshot": reported.listing.snapshot,
        "references": reported.references,
        "last_seen": now,
        "listed": True,
        "missed": 0,
        "gone_at": None,
        "waiting_since": reported.waiting_since,
        "waiting_why": reported.waiting_why,
    }


def new_sighting(sighting_id: int, call_id: int, reported: ReportedListing, now: datetime) -> dict[str, Any]:
    """The row of a sighting that was not there."""
    key = {"id": sighting_id, "call_id": call_id, "source": reported.listing.source}
    return key | {"first_seen": now} | sighting_row(reported, now)


def reference_rows(sightings: Iterable[tuple[int, ReportedListing]]) -> list[dict[str, Any]]:
    """The official references that sightings name, as they are compared."""
    pairs = {(same_reference(name), number) for number, reported in sightings for name in reported.references}
    return [{"reference": name, "sighting_id": number} for name, number in sorted(pairs) if name]


def call_row(merged: MergedCall, words: bool = True) -> dict[str, Any]:
    """The columns of a Call that follow from what we show; ``words``: also those by which it is found."""
    row, gates = dict(merged.fields), merged.gates
    particulars = {name: value for name in PARTICULARS if (value := row.pop(name)) not in (None, "", [])}
    money = {name: Decimal(value) for name in MONEY if (value := row[name]) is not None}
    row.update(
        particulars=particulars, **money, given_within=giver_key(row["publisher"]),
        published_on=date.fromisoformat(row["published_on"]) if row["published_on"] else None,
        opens_at=merged.opens_at, first_gate_at=gates.first_at, closes_at=gates.last_at, ends_at=gates.ends_at,
        review=[*merged.review, *contradictions(merged.deadlines)],
        provenance=merged.provenance, conflicts=merged.conflicts, proof=merged.proof, stale=merged.stale,
        until_exhausted=merged.until_exhausted,
    )  # fmt: skip
    if words:
        row["search_text"] = _words_of(row, particulars, merged.codes)
    return row


def same_words(one: MergedCall, other: MergedCall) -> bool:
    """Whether both are found by the same words: most that changes is a date."""
    return one.codes == other.codes and all(one.fields[name] == other.fields[name] for name in FOUND_BY)


def _words_of(row: Mapping[str, Any], particulars: Mapping[str, Any], codes: Iterable[str]) -> str:
    others = [row["call_title"], row["destination"], row["publisher"], *_filed_under(particulars), row["summary"]]
    return search_words(row["language"], row["title"], row["programme"], codes, *others)


def _filed_under(particulars: Mapping[str, Any]) -> Iterator[str]:
    """The short words of the source itself; its long texts are the summary's."""
    return (word for name in FILED_UNDER for word in particulars.get(name) or ())


class Placeable(NamedTuple):
    """A date with its number among those of its kind, and until when a newcomer can come in by it."""

    number: int
    deadline: ListedDeadline
    gate_at: datetime | None = None


def numbered(deadlines: Sequence[ListedDeadline], gates: Gates) -> Iterator[Placeable]:
    """Each date as its row needs it; ``gates``: theirs."""
    counts: dict[str, int] = {}
    for deadline, gate_at in zip(deadlines, gates.by_date, strict=True):
        counts[deadline.kind] = counts.get(deadline.kind, -1) + 1
        yield Placeable(counts[deadline.kind], deadline, gate_at)


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
        "stale_since": deadline.stale_since,
    }


def new_date(call_id: int, place: Placeable, now: datetime) -> dict[str, Any]:
    """The row of a date that was not there."""
    fresh = {"call_id": call_id, "version": 1, "modified_at": now, "cancelled_at": None}
    return date_row(place) | fresh
