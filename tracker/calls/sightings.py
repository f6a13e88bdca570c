"""What a source says today beside what it said last: new, changed, unchanged, missing or back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scrapers.crawled import Crawled
from scrapers.listing import Listing
from tracker.calls.completeness import Judgement
from tracker.calls.consolidate import Said
from tracker.calls.identity import fingerprint, identity
from tracker.calls.plausibility import plausible


@dataclass(frozen=True)
class Ingested:
    """What a crawl changed, as ids of calls; ``telling`` are those of ``changed`` with something worth telling."""

    crawl_id: int
    judgement: Judgement
    seen: int = 0
    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    telling: tuple[int, ...] = ()
    unchanged: int = 0
    held: int = 0

    @property
    def to_match(self) -> tuple[int, ...]:
        """The calls whose match may differ now."""
        return tuple(sorted({*self.new, *self.changed, *self.back}))


@dataclass(frozen=True)
class Heard:
    """One listing of this crawl with its key and fingerprint."""

    key: str
    listing: Listing
    fingerprint: str

    @cached_property
    def said(self) -> Said:
        """What its source says, as it is stored."""
        return Said(self.listing.source, self.key, self.listing.as_json(), dates=self.listing.deadlines)


@dataclass(frozen=True)
class Known:
    """What is remembered of a sighting, without its fields."""

    id: int
    external_id: str
    fingerprint: str
    call_id: int
    missed: int
    gone: bool


@dataclass
class Sorted:
    """A crawl laid beside what was known."""

    new: list[Heard] = field(default_factory=list)
    changed: list[tuple[Known, Heard]] = field(default_factory=list)
    unchanged: list[Known] = field(default_factory=list)
    back: list[Known] = field(default_factory=list)
    missing: list[Known] = field(default_factory=list)


def heard(crawled: Crawled) -> dict[str, Heard]:
    """The listings by key. Of two with one key the larger fingerprint stays, whatever their order."""
    found: dict[str, Heard] = {}
    today = crawled.finished_at.date()
    for said in crawled.listings:
        listing = plausible(said, today)
        one = Heard(identity(listing.external_id), listing, fingerprint(listing))
        other = found.get(one.key)
        if other is None or other.fingerprint < one.fingerprint:
            found[one.key] = one
    return found


def unreadable(crawled: Crawled) -> frozenset[str]:
    """The keys of rows that could not be read: they were there."""
    return frozenset(identity(row.external_id) for row in crawled.unreadable if row.external_id)


def sort_out(listings: Mapping[str, Heard], remembered: Mapping[str, Known], spared: Iterable[str]) -> Sorted:
    """Pure: which listings are new, changed or as before, and which sightings are missing from the crawl."""
    found = Sorted()
    for key in sorted(listings):
        one, before = listings[key], remembered.get(key)
        if before is None:
            found.new.append(one)
            continue
        same = before.fingerprint == one.fingerprint
        found.unchanged.append(before) if same else found.changed.append((before, one))
        if before.gone:
            found.back.append(before)
    there = set(listings) | set(spared)
    found.missing = [k for key, k in sorted(remembered.items()) if key not in there and not k.gone]
    return found
