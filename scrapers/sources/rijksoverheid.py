"""Rijksoverheid.nl, news and documents on subsidy: https://www.rijksoverheid.nl/api/rss?query=<JSON>

Licence: CC0. Robots of this host: not known, asked at every crawl. Certain (several projects, since the move of June
2026): RSS 2.0, at most 20 items by relevance without paging, instants (no bare dates) in ``sort_date``, and documents
stamped at midnight in Amsterdam. So it is asked day by day, and a full answer again in halves. To confirm at the first
live check: robots, the parameter's exact form, and whether halves of a day help.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Instrument, SourceKind
from scrapers.extract import extract
from scrapers.formats import FeedSource
from scrapers.listing import AMSTERDAM, Listing
from scrapers.source import RowUnreadable
from scrapers.sources.bekendmakingen import published
from scrapers.texts import is_spuk, one_line, plain_text

TERMS = ("subsidie", "specifieke uitkering")
MOST, FIRST_WINDOW, SMALLEST = 20, timedelta(days=30), timedelta(hours=6)


class Rijksoverheid(FeedSource):
    """What the Rijk wrote on subsidies since the last complete crawl; for a first crawl, of thirty days."""

    name, kind, publisher = "rijksoverheid", SourceKind.STREAM, "Rijksoverheid"
    root = "https://www.rijksoverheid.nl"
    overflowing = ""

    def start(self) -> Iterable[Request]:
        first = max(self.context.window_start, self.context.now - FIRST_WINDOW).astimezone(ZoneInfo(AMSTERDAM))
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight <= self.context.now:
            for term in TERMS:
                yield self.ask(term, midnight, midnight + timedelta(days=1))
            midnight += timedelta(days=1)

    def ask(self, term: str, begin: datetime, end: datetime) -> Request:
        """One term between two instants."""
        stamps = {n: f"{m.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}" for n, m in (("from", begin), ("to", end))}
        period = {"field": "sort_date", "type": "all", "values": [{"name": "specificPeriod", **stamps}]}
        query = {"filters": [period], "resultSearchTerm": term, "pageTitle": "Nieuws"}
        address = self.address(f"/api/rss?query={quote(json.dumps(query, separators=(',', ':')))}")
        return Request(address, meta={"asked_for": (term, begin, end)})

    def rows(self, page: TextResponse) -> Iterable[Any]:
        rows = list(super().rows(page))
        self.full = len(rows) >= MOST
        return rows

    def next_page(self, page: TextResponse) -> Iterable[Request]:
        """Both halves of a period whose answer was full, and so perhaps cut off."""
        term, begin, end = page.meta["asked_for"]
        if not self.full:
            return ()
        if end - begin <= SMALLEST:
            self.overflowing = f"{begin:%Y-%m-%d}: {MOST} items on {term!r}, there may be more"
            return ()
        middle = begin + (end - begin) / 2
        return (self.ask(term, begin, middle), self.ask(term, middle, end))

    def why_incomplete(self) -> str:
        return self.overflowing

    def identify(self, row: Any) -> str | None:
        """Path and query of its address, however that is spelled today."""
        parts = urlsplit((row.get("id") or row.get("link") or "").strip().lower())
        query = sorted(pair for pair in parts.query.split("&") if pair and not pair.startswith("utm_"))
        return "?".join(filter(None, (parts.path.strip("/"), "&".join(query)))) or None

    def read(self, row: Any) -> Listing | None:
        key, title = self.identify(row), one_line(row.get("title", ""))
        if not key or not title:
            raise RowUnreadable("an item without " + ("title" if key else "link"))
        text = plain_text(row.get("description", ""))
        return Listing(
            source=self.name,
            external_id=key,
            url=row["link"],
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=text,
            instrument=Instrument.SPUK if is_spuk(title) else Instrument.GRANT,
            published_on=published(row),
            **extract(f"{title}. {text}", self.language, self.context.today),
        )
