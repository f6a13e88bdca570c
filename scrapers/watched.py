"""Watched pages: sites whose structure nobody vouches for; described by data, read by grammar, checked by a person."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from db.vocabulary import Instrument, SourceForm, SourceKind
from scrapers.crawled import Remark
from scrapers.extract import extract
from scrapers.feed_links import feed_links, is_feed
from scrapers.formats import what_it_is
from scrapers.links import PageLink, address_on, following, hidden_rest, key_of, links_of
from scrapers.listing import Listing
from scrapers.own_page import is_of_the_site, leads_elsewhere, own_text, why_not_own
from scrapers.profiles import UNSEEN_ON_A_PAGE, profile_of
from scrapers.sitemaps import is_sitemap, sitemap_of
from scrapers.source import Context, RowUnreadable, Source, SourceIncomplete
from scrapers.texts import is_spuk
from scrapers.watched_sites import Watched

TO_CONFIRM = "gelezen van een bekeken pagina; door een mens te bevestigen"
STILL_ALIVE = timedelta(days=400)
FEW_LINKS = 5
CONTENT = "//*[self::main or @role='main'] | //body[not(.//main) and not(.//*[@role='main'])]"


class WatchedPage(Source):
    """One watched site; a stream, so that a page that disappears makes nothing gone."""

    kind = SourceKind.STREAM
    reads_known_pages = lists_what_is_open = True
    form = SourceForm.WATCHED
    watched: ClassVar[Watched]
    unseen = UNSEEN_ON_A_PAGE

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.schemes: dict[str, PageLink] = {}  # by id, of all lists so far
        self.lists = {self._on_site(start) for start in (self.watched.start, *self.watched.also)}
        self.further: list[str] = []
        self.is_feed = False
        self.hidden = ""  # why a list may go on where nobody can follow

    def start(self) -> Iterable[Request]:
        return [Request(start) for start in (self.watched.start, *self.watched.also)]

    def rows(self, page: TextResponse) -> Iterable[Request | Remark]:
        """The pages of schemes that a list or sitemap links to; none at all means that the site has changed."""
        links, self.further = self._links(page)
        fitting = {key_of(link.address): link for link in reversed(links) if self.fits(link.address)}
        if not fitting and not self.further and not self.schemes:
            raise SourceIncomplete(
                f"no link like {self.watched.links!r} on {page.url}: has the site changed?{made(page)}"
            )
        before = len(self.schemes)
        is_start = page.url in (self.watched.start, *self.watched.also)  # two lists may show the same
        new = set(fitting) - self.schemes.keys() if is_start else self.new_among(fitting)
        self._listed |= new
        self.schemes |= {key: fitting[key] for key in reversed(fitting) if key in new}
        for key, link in list(self.schemes.items())[before : self.watched.most]:
            yield Remark(f"{link.address}: a file, not read") if link.is_file else self.page_of(key, link)
        if len(self.schemes) > self.watched.most:
            raise SourceIncomplete(f"{len(self.schemes)} links, of which the first {self.watched.most} were read")

    def page_of(self, key: str, link: PageLink) -> Request:
        """The page of one scheme, with what the list calls it."""
        return Request(self.address(link.address), meta={"external_id": key, "called": link.text})

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The page of a scheme that is known; none where its id or address would not be given today."""
        address = address_on(self.root, url)
        today = key_of(address_on(self.root, self.address(f"/{external_id}")) or "")
        if address is None or today != external_id or not self.fits(address) or PageLink(address, "").is_file:
            return None
        return self.page_of(external_id, PageLink(address, ""))

    def fits(self, address: str) -> bool:
        """Whether an address is that of a scheme."""
        named = f"{self.watched.links} {urlsplit(self.watched.start).path}"
        return bool(re.search(self.watched.links, address.partition("?")[0])) and not is_of_the_site(address, named)

    def _links(self, page: TextResponse) -> tuple[list[PageLink], list[str]]:
        """The links of a list, whatever kind of list it is, and where it goes on."""
        if is_sitemap(page):
            return self._sitemap(page)
        if is_feed(page):
            self.is_feed = True
            return feed_links(page, self.root), []
        return self._list(page)

    def shows_the_newest(self) -> bool:
        return self.is_feed

    def _list(self, page: TextResponse) -> tuple[list[PageLink], list[str]]:
        """The links of a list's content, and its further pages; those around the content only where it has none."""
        if not isinstance(page, HtmlResponse):
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where a web page was expected")
        content = [link for part in page.xpath(CONTENT) for link in links_of(part, page.url, self.root, content=True)]
        if not any(self.fits(link.address) for link in content):
            content = links_of(page, page.url, self.root)
        further = following(page, self.root)
        if not further and (words := hidden_rest(page)):
            self.hidden = f"the list goes on behind {words!r}, which has no address to follow"
        return content, further

    def _sitemap(self, page: TextResponse) -> tuple[list[PageLink], list[str]]:
        """The pages that a sitemap lists as changed not too long ago, and the sitemaps that an index lists so."""
        oldest, sitemap = f"{self.context.now - STILL_ALIVE:%Y-%m-%d}", sitemap_of(page)
        alive, maps = (
            [address for place in places if (place.changed or "9") >= oldest and (address := self._on_site(place.url))]
            for places in (sitemap.pages, sitemap.maps)
        )
        return [PageLink(address, "") for address in alive], maps

    def _on_site(self, url: str) -> str | None:
        return address_on(self.root, url)

    def next_page(self, page: TextResponse) -> Iterable[Request]:
        """Every further page of a list or sitemap, once."""
        for address in self.further:
            if address not in self.lists:
                self.lists.add(address)
                yield Request(self.address(address))

    def why_incomplete(self) -> str:
        return self.hidden

    def identify(self, row: Any) -> str | None:
        return str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        key = row.meta["external_id"]
        if leads_elsewhere(row, self.root, filter(None, self.lists), self.watched.links):
            raise RowUnreadable(f"leads to {row.url[:200]} instead of a page of its own")
        own = own_text(row, self.watched.readable, lambda address: self.is_other(address, key))
        names = (row.meta.get("called") or "", re.sub(r"[-_/]+", " ", key))
        known = self.context.known.get(key)
        if why := why_not_own(own, self.language, names, known.title if known else ""):
            raise RowUnreadable(why)
        fields = self.facts(own.text, row.meta.get("called") or "")
        return Listing(
            source=self.name,
            external_id=key,
            nature=self.watched.nature,
            url=row.url,
            title=own.title,
            language=self.language,
            publisher=self.publisher,
            summary=own.text[:3000],
            instrument=Instrument.SPUK if is_spuk(own.title) else self.watched.instrument,
            **{**fields, "review": (TO_CONFIRM, *fields["review"])},
        )

    def facts(self, text: str, called: str) -> dict[str, Any]:
        """What a page says, as fields of a Listing; ``called`` are the words by which the list leads to it."""
        del called
        return extract(text, self.language, self.context.today)

    def is_other(self, address: str, key: str) -> bool:
        """Whether an address is that of another scheme than this."""
        return self.fits(address) and key_of(address) != key


def made(page: TextResponse) -> str:
    """A word on a page that has scripts and next to no links: a browser may show what we do not get."""
    scripted = isinstance(page, HtmlResponse) and page.css("script") and len(page.css("a[href]")) < FEW_LINKS
    return " (it may be made by a script)" if scripted else ""


def watched_source(watched: Watched) -> type[WatchedPage]:
    """A description as a source."""
    names = vars(profile_of(watched)) | {"language": watched.language, "watched": watched}
    note = watched.note or f"{watched.publisher}: {watched.start}"
    return type(watched.name, (WatchedPage,), names | {"__doc__": note})
