"""RVO, Subsidie- en financieringswijzer: https://www.rvo.nl/api/v1/opendata/subsidies

Licence: CC0. Robots: allowed, by others' accounts; asked at every crawl. Certain (six projects): the fields of an item,
that it has no period, amount or status, and the five wordings of the status on the detail page. Disputed: paging (50 a
page until empty, or no paging and a cap of 50); so it stops when a page brings nothing new, and the sitemap tells which
schemes are lacking. To confirm at the first live check: paging, the sitemap's paths, and where a page has its text.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import SourceKind, Status
from scrapers.absence import NO_SUCH_PAGE
from scrapers.extract import extract, unknown_status
from scrapers.formats import JsonSource, text_in, xml_root
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete, maybe, path_of
from scrapers.texts import one_line, plain_text

FOLDER, SITEMAP = "/subsidies-financiering/", "/sitemap.xml"
CAP = 50  # what the open data holds at most, where it does not page
STILL_ALIVE = timedelta(days=400)  # schemes whose page changed less long ago
WORDS = {
    "Open voor aanvragen": Status.OPEN,
    "Bijna open": Status.ANNOUNCED,
    "Binnenkort open": Status.ANNOUNCED,
    "Tijdelijk gesloten": Status.EXPECTED,
    "Gesloten voor aanvragen": Status.CLOSED,
}
STATUS = re.compile(rf"\b(?:{'|'.join(WORDS)})\b")


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
        if urlsplit(page.url).path == SITEMAP:
            self.new = 0
            return self.from_sitemap(page)
        return self.from_open_data(self.parsed(page))

    def from_open_data(self, data: Any) -> list[Request | dict[str, Any]]:
        """The detail pages of the items not seen on an earlier page; an item without a page of ours as it is."""
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            raise SourceIncomplete(f"page {self.pages}: no list of schemes")
        paths = [(path_of(str(item.get("url") or "")), item) for item in data]
        fresh = [request for path, item in paths if path and (request := self.detail(path, item))]
        self.new = len(fresh)
        return [*fresh, *(item for path, item in paths if not path)]

    def from_sitemap(self, page: TextResponse) -> Iterable[Request]:
        """The detail pages that the open data lacks; no sitemap is no loss, but where the open data may be cut off."""
        if page.status in NO_SUCH_PAGE:
            if len(self.known) == CAP:
                raise SourceIncomplete(f"{CAP} schemes, perhaps a cap, and no sitemap to tell (HTTP {page.status})")
            return
        oldest = self.context.now - STILL_ALIVE
        for place in xml_root(page).iterfind("{*}url"):
            changed = place.findtext("{*}lastmod") or ""
            if changed[:10] >= f"{oldest:%Y-%m-%d}":
                path = path_of(place.findtext("{*}loc") or "")
                alone = path.startswith(FOLDER) and "/" not in path.removeprefix(FOLDER)  # not a page below a scheme's
                if alone and (request := self.detail(path, {})):
                    yield request

    def detail(self, path: str, item: dict[str, Any]) -> Request | None:
        """The page of one scheme, once."""
        key = path.lower().removeprefix(FOLDER)
        if key in self.known:
            return None
        self.known.add(key)
        return Request(self.address(path), meta={"item": item, "external_id": key})

    def next_page(self, page: TextResponse) -> Request | None:
        """The next page while pages bring something new, then the sitemap."""
        if urlsplit(page.url).path == SITEMAP:
            return None
        sitemap = Request(self.address(SITEMAP), meta={"handle_httpstatus_list": NO_SUCH_PAGE})
        return self.ask(self.pages) if self.new else sitemap

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The scheme's own page."""
        return Request(self.address(page_path(external_id)), meta={"item": {}, "external_id": external_id})

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """The page, if it is still the scheme's own and says how it stands; not one that it only leads to."""
        if urlsplit(page.url).path.rstrip("/") != page_path(external_id) or status_word(page) is None:
            raise SourceIncomplete("not the page of a scheme")
        return [page]

    def identify(self, row: Any) -> str | None:
        return None if isinstance(row, dict) else str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        if isinstance(row, dict):
            raise RowUnreadable(f"{row.get('title')!r}: {row.get('url')!r} is no address")
        item = row.meta["item"]
        title = one_line(text_in(item, "title") or "") or maybe(row, "h1::text")
        if not title:
            raise RowUnreadable("a page without title")
        text, word = readable(row), status_word(row)
        if word is None and title.casefold() not in f"{text} {maybe(row, 'h1::text')}".casefold():
            raise RowUnreadable("a page that has neither the scheme's title nor its status")
        facts = extract(text, self.language, self.context.today, WORDS[word] if word else None)
        if facts.get("source_word") is None:
            facts["questions"] = (unknown_status(""), *facts["questions"])
        return Listing(
            source=self.name,
            external_id=row.meta["external_id"],
            url=row.url,
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=plain_text(text_in(item, "intro") or "") or text[:3000],
            published_on=created(item),
            **facts,
        )


def page_path(external_id: str) -> str:
    """Where the page of a scheme is: in the folder of schemes, but for a few."""
    return external_id if external_id.startswith("/") else FOLDER + external_id


def readable(page: Any) -> str:
    """The text of a scheme's page."""
    return plain_text(page.css("main").get() or page.css("body").get() or "")


def status_word(page: Any) -> str | None:
    """The words in which a page says how its scheme stands."""
    text = readable(page)
    status = STATUS.search(text)  # the first; later ones are of schemes it points to
    return status[0] if status else None


def created(item: dict[str, Any]) -> date | None:
    """The day an item of the open data was made; one that is not readable costs only itself, nobody acts on it."""
    try:
        return datetime.fromisoformat(str(item.get("created"))).date()
    except ValueError:
        return None
