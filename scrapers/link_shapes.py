"""Which links of a list may be those of its schemes: grouped by the shape of their paths, the likeliest first. Pure."""

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, TextResponse

from scrapers.crawled import Page
from scrapers.feed_links import feed_links, is_feed
from scrapers.letters import encoding_of
from scrapers.links import PageLink, address_on, key_of, links_of
from scrapers.own_page import is_of_the_site
from scrapers.sitemaps import is_sitemap, sitemap_of
from scrapers.watched import CONTENT

MOST_SHAPES = 6


@dataclass(frozen=True)
class LinkShape:
    """Links whose paths differ in their last part only, or in their query; ``pattern`` fits them and their like."""

    pattern: str
    links: tuple[PageLink, ...]


def shapes_of(page: Page, start: str) -> list[LinkShape]:
    """The groups of links on a list, feed or sitemap: those below the list's own address first, then the larger."""
    shown = HtmlResponse(url=page.url, body=page.body, encoding=encoding_of(page.body, ""))
    here = urlsplit(start).path.rstrip("/")
    grouped: dict[str, dict[str, PageLink]] = defaultdict(dict)
    for link in _links(shown, start):
        if not link.is_file and key_of(link.address) != key_of(here or "/") and not is_of_the_site(link.address, here):
            grouped[_pattern(link)].setdefault(key_of(link.address), link)
    shapes = [LinkShape(pattern, tuple(links.values())) for pattern, links in grouped.items() if pattern]
    below = f"^{re.escape(here)}/"
    return sorted(shapes, key=lambda shape: (not shape.pattern.startswith(below), -len(shape.links)))[:MOST_SHAPES]


def _links(page: TextResponse, start: str) -> list[PageLink]:
    if is_sitemap(page):
        places = (address_on(start, place.url) for place in sitemap_of(page).pages)
        return [PageLink(address, "") for address in places if address]
    if is_feed(page):
        return feed_links(page, start)
    content = [link for part in page.xpath(CONTENT) for link in links_of(part, page.url, start, content=True)]
    return content or links_of(page, page.url, start)


def _pattern(link: PageLink) -> str:
    """The shape of an address: all but the last part of its path, or the whole path where the query tells."""
    if "?" in link.address:
        return f"^{re.escape(link.path)}$"
    parts = link.path.strip("/").split("/")
    return "^" + "".join(f"/{re.escape(part)}" for part in parts[:-1]) + "/[^/]+/?$" if parts != [""] else ""
