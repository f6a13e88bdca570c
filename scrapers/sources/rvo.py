"""RVO, Subsidie- en financieringswijzer: https://www.rvo.nl/api/v1/opendata/subsidies

Licence: CC0. Robots: allowed, by others' accounts; asked at every crawl. Certain (six projects): the fields of an item,
that it has no period, amount or status, and the five wordings of the status on the detail page. Disputed: paging (50 a
page until empty, or no paging and a cap of 50); so it stops when a page brings nothing new, and the sitemap tells which
schemes are lacking. To confirm at the first live check: paging, the sitemap's paths, and where a page has its text.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import SourceKind, Status
from scrapers.formats import JsonSource, xml_root
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete, maybe
from scrapers.texts import one_line, plain_text
from scrapers.told import told

FOLDER = "/subsidies-financiering/"
STILL_ALIVE = timedelta(days=400)  # schemes whose page changed less long ago
WORDS = {
    "Open voor aanvragen": Status.OPEN,
    "Bijna open": Status.ANNOUNCED,
    "Binnenkort open": Status.ANNOUNCED,
    "Tijdelijk gesloten": Status.EXPECTED,
    "Gesloten voor aanvragen": Status.CLOSED,
}


class Rvo(JsonSource):
    """Every scheme of the open data and of the sitemap, each read from its own page."""

    name, kind, publisher = "rvo", SourceKind.CATALOGUE, "RVO"
    root = "https://www.rvo.nl"
    max_pages, can_be_asked = 100, True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.known: set[str] = set()

    def start(self) -> Iterable[Request]:
        return [self.ask(0)]

    def ask(self, number: int) -> Request:
        """One page of the open data, counted from 0."""
        return Request(self.address(f"/api/v1/opendata/subsidies?page={number}"))

    def rows(self, page: TextResponse) -> Iterable[Any]:
        if urlsplit(page.url).path == "/sitemap.xml":
            self.new = 0
            return self.from_sitemap(page)
        return self.from_open_data(self.parsed(page))

    def from_open_data(self, data: Any) -> list[Request]:
        """The detail pages of the items not seen on an earlier page."""
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            raise SourceIncomplete(f"page {self.pages}: no list of schemes")
        found = [self.detail(urlsplit(str(item.get("url") or "")).path, item) for item in data]
        fresh = [request for request in found if request is not None]
        self.new = len(fresh)
        return fresh

    def from_sitemap(self, page: TextResponse) -> Iterable[Request]:
        """The detail pages that the open data lacks."""
        oldest = self.context.now - STILL_ALIVE
        for place in xml_root(page).iterfind("{*}url"):
            changed = place.findtext("{*}lastmod") or ""
            if changed[:10] >= f"{oldest:%Y-%m-%d}":
                request = self.detail(urlsplit(place.findtext("{*}loc") or "").path, {})
                if request is not None:
                    yield request

    def detail(self, path: str, item: dict[str, Any]) -> Request | None:
        """The page of one scheme, once; none for a page that is not a scheme's own."""
        slug = path.removeprefix(FOLDER).strip("/")
        if not path.startswith(FOLDER) or not slug or "/" in slug or slug in self.known:
            return None
        self.known.add(slug)
        return Request(self.address(FOLDER + slug), meta={"item": item, "external_id": slug})

    def next_page(self, page: TextResponse) -> Request | None:
        """The next page while pages bring something new, then the sitemap."""
        if urlsplit(page.url).path == "/sitemap.xml":
            return None
        return self.ask(self.pages) if self.new else Request(self.address("/sitemap.xml"))

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The scheme's own page."""
        return Request(self.address(FOLDER + external_id), meta={"item": {}, "external_id": external_id})

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """The page, if it is still the scheme's own and says how it stands; not one that it only leads to."""
        if urlsplit(page.url).path.strip("/") != (FOLDER + external_id).strip("/") or status_word(page) is None:
            raise SourceIncomplete("not the page of a scheme")
        return [page]

    def identify(self, row: Any) -> str | None:
        return str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        item = row.meta["item"]
        title = one_line(str(item.get("title") or "")) or maybe(row, "h1::text")
        if not title:
            raise RowUnreadable("a page without title")
        text, word = readable(row), status_word(row)
        return Listing(
            source=self.name,
            external_id=row.meta["external_id"],
            url=row.url,
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=plain_text(str(item.get("intro") or "")) or text[:3000],
            source_word=WORDS[word] if word else None,
            published_on=created(item),
            **told(text, self.language, self.context.now.date()),
        )


def readable(page: Any) -> str:
    """The text of a scheme's page."""
    return plain_text(page.css("main").get() or page.css("body").get() or "")


def status_word(page: Any) -> str | None:
    """The words in which a page says how its scheme stands."""
    text = readable(page)
    return next((word for word in WORDS if re.search(rf"\b{word}\b", text)), None)


def created(item: dict[str, Any]) -> Any:
    """The day an item of the open data was made."""
    stamp = item.get("created")
    return datetime.fromisoformat(stamp).date() if isinstance(stamp, str) and stamp else None
