"""What a source says today beside what it said last: new, changed, unchanged, missing or back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from notifications.wording import local_day
from scrapers.copies import is_mirror, one_a_call
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from tracker.calls.consolidate import MergedCall, SourceRecord
from tracker.calls.identity import fingerprint, identity
from tracker.calls.plausibility import only_asked, plausible
from tracker.calls.silence import keep_facts


@dataclass(frozen=True)
class ReportedListing:
    """One listing of this crawl with its key and fingerprint; ``kept``: with the facts that it is silent about.

    ``waiting_since``: what it says is odd, and is not taken over yet: ``kept`` is what was known.
    """

    key: str
    listing: Listing
    fingerprint: str
    kept: SourceRecord | None = None
    waiting_since: datetime | None = None
    waiting_why: str = ""

    @cached_property
    def said(self) -> SourceRecord:
        """What its source says today."""
        return SourceRecord(self.listing.source, self.key, self.listing.as_json(), deadlines=self.listing.deadlines)

    @property
    def record(self) -> SourceRecord:
        """What is stored of it."""
        return self.kept or self.said

    @property
    def merged(self) -> MergedCall:
        """What we would show of it alone."""
        return self.record.merged

    def beside(self, before: SourceRecord, now: datetime) -> "ReportedListing":
        """The same with the facts that its source named before and is silent about."""
        return replace(self, kept=keep_facts(before, self.said, now, local_day(now)))

    def waiting(self, known: "KnownSighting", before: SourceRecord, why: str, now: datetime) -> "ReportedListing":
        """What was known, as it was, with a remark: today's listing is odd, and has to wait."""
        review = [text for text in before.fields.get("review", ()) if text != known.waiting_why]
        kept = replace(before, fields={**before.fields, "review": [*review, why]})
        since = known.waiting_since or now
        return replace(self, fingerprint=known.fingerprint, kept=kept, waiting_since=since, waiting_why=why)

    @property
    def references(self) -> list[str]:
        """The official references that it names, or named."""
        return list(self.record.fields.get("references", ()))


class KnownSighting(NamedTuple):
    """What is remembered of a sighting, without its fields."""

    id: int
    external_id: str
    fingerprint: str
    call_id: int
    missed: int
    gone: bool
    waiting_since: datetime | None = None
    waiting_why: str = ""
    listed: bool = False


@dataclass
class Comparison:
    """A crawl beside what was known of its source; ``rounds``: known ids that began anew, each a call of its own.

    ``left_out``: those that the last reading named and this one does not, gone or over or not.
    """

    new: list[ReportedListing] = field(default_factory=list)
    changed: list[tuple[KnownSighting, ReportedListing]] = field(default_factory=list)
    unchanged: list[KnownSighting] = field(default_factory=list)
    back: list[KnownSighting] = field(default_factory=list)
    missing: list[KnownSighting] = field(default_factory=list)
    rounds: list[tuple[KnownSighting, ReportedListing]] = field(default_factory=list)
    left_out: list[KnownSighting] = field(default_factory=list)


def own_listings(crawled: Crawled) -> dict[str, Listing]:
    """The listings by key; of two with one key what they contradict is asked, see scrapers/copies.py.

    Those that are only compared with another source are left out.
    """
    today = crawled.finished_at.date()
    own = (listing for listing in crawled.listings if not listing.compared_with)
    listings = one_a_call((plausible(listing, today) for listing in own), identity)
    return {
        identity(listing.external_id): only_asked(listing, today) if is_mirror(listing) else listing
        for listing in listings
    }


def compare(crawled: Crawled, known_sightings: Mapping[str, KnownSighting]) -> Comparison:
    """Which listings are new, changed or as before, and which sightings are missing from the crawl.

    A row that could not be read was there: its sighting is not missing. What was read from a list alone, since the page
    did not come, takes nothing from what was read from the page.
    """
    result, listings = Comparison(), own_listings(crawled)
    for key, listing in sorted(listings.items()):
        said, known = fingerprint(listing), known_sightings.get(key)
        if known is None:
            result.new.append(ReportedListing(key, listing, said))
            continue
        if (known.fingerprint == said and not known.waiting_since) or listing.partial:
            result.unchanged.append(known)
        else:
            result.changed.append((known, ReportedListing(key, listing, said)))
        if known.gone:
            result.back.append(known)
    present = {*listings, *(identity(row.external_id) for row in crawled.unreadable if row.external_id)}
    result.missing = [known for key, known in sorted(known_sightings.items()) if key not in present and not known.gone]
    result.left_out = [known for key, known in known_sightings.items() if known.listed and key not in listings]
    return result
