"""Where a link leads: one address for one page of a site, however the link is spelled today."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urljoin, urlsplit

from scrapers.site_words import pattern

BUTTONS = "//button | //a[not(@href) or starts-with(@href, '#') or starts-with(@href, 'javascript')]"
AROUND = "ancestor::nav or ancestor::footer or ancestor::header[not(ancestor::main)] or ancestor::*[@role='navigation']"

_SESSION_IN_PATH = re.compile(r";[a-z]*(?:sid|sessionid|session)=[^/;?#]*|/\(S\([a-z0-9]+\)\)", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|zip|jpe?g|png|gif|svg|webp|mp[34]|ics|epub)$", re.IGNORECASE
)
_PAGE_IN_PATH = re.compile(r"/(?:page|pagina|p)/?-?\d{1,4}/?$", re.IGNORECASE)


@dataclass(frozen=True)
class PageLink:
    """``address`` is path and query on the source's own site; ``text`` what a reader sees of the link."""

    address: str
    text: str

    @property
    def path(self) -> str:
        """Without the query."""
        return self.address.partition("?")[0]

    @property
    def is_file(self) -> bool:
        """Whether this leads to a document or a picture, by its name."""
        return _FILE.search(self.path) is not None


def address_on(root: str, url: str) -> str | None:
    """Path and query of an address on the site of ``root``, without what is of a visit; none on any other site.

    A site is the same with and without www, over http and https.
    """
    try:
        if urlsplit(url.strip()).scheme not in ("http", "https") or _site(url) != _site(root):
            return None
    except ValueError:  # "http://[x" leads nowhere
        return None
    return without_visit(url)


def without_visit(url: str) -> str:
    """Path and query of an address, without what is of a visit: sessions, campaigns; ValueError for half an address."""
    parts = urlsplit(url.strip())
    path = path_without_session(parts.path) or "/"
    query = "&".join(
        pair for pair in parts.query.split("&") if pair and not pattern("of_a_visit").fullmatch(pair.partition("=")[0])
    )
    return path + (f"?{query}" if query else "")


def _site(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    port = parts.port
    return (parts.hostname or "").lower().removeprefix("www."), None if port in (80, 443) else port


def path_without_session(path: str) -> str:
    """A path without the session that some servers write into it."""
    return _SESSION_IN_PATH.sub("", path)


def key_of(address: str) -> str:
    """What stays the same of an address on a site from crawl to crawl: the id of its call."""
    path, _, query = address.partition("?")
    pairs = sorted(pair for pair in query.lower().split("&") if pair)
    return path.strip("/").lower() + (f"?{'&'.join(pairs)}" if pairs else "")


def links_of(part: Any, base: str, root: str, content: bool = False) -> list[PageLink]:
    """The links of a part of a page to pages of the site of ``root``, in their order; of its content alone or all."""
    links = []
    for anchor in part.xpath(f".//a[@href][not({AROUND})]" if content else ".//a[@href]"):
        address = address_of(anchor.attrib["href"], base, root)
        if address is not None:
            links.append(PageLink(address, _text_of(anchor)))
    return links


def address_of(href: str | None, base: str, root: str) -> str | None:
    """The address on the site of ``root`` that a link on the page ``base`` leads to; none on its own page."""
    href = (href or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        return address_on(root, urljoin(base, href))
    except ValueError:  # "http://[x"
        return None


def _text_of(part: Any) -> str:
    """What a reader sees or hears of a link or a button."""
    words = " ".join(" ".join(part.xpath(".//text()").getall()).split())
    return words or " ".join((part.attrib.get("aria-label") or part.attrib.get("title") or "").split())


def following(page: Any, root: str) -> list[str]:
    """Addresses of further pages of a list: what is marked or worded as next, more, or as a later page's number."""
    here = address_on(root, page.url) or "/"
    marked = page.css("a[rel~=next]::attr(href), link[rel~=next]::attr(href)").getall()
    marked += page.xpath("//button/@data-url | //button/@data-href | //button/@data-next").getall()
    addresses = [address for href in marked if (address := address_of(href, page.url, root))]
    for link in links_of(page, page.url, root):
        if not pattern("back").fullmatch(link.text) and (_is_later_page(link, here) or _is_worded_next(link, here)):
            addresses.append(link.address)
    return [address for address in dict.fromkeys(addresses) if address != here]


def _is_later_page(link: PageLink, here: str) -> bool:
    """A number as its text, and an address that differs from the list's own in the number of the page alone."""
    return bool(pattern("page_number").fullmatch(link.text)) and _unpaged(link.address) == _unpaged(here)


def _is_worded_next(link: PageLink, here: str) -> bool:
    return (
        bool(pattern("next").fullmatch(link.text))
        and _unpaged(link.address).partition("?")[0] == _unpaged(here).partition("?")[0]
    )


def _unpaged(address: str) -> str:
    path, _, query = address.partition("?")
    names = pattern("paging")
    rest = [pair for pair in query.split("&") if pair and not names.fullmatch(unquote_plus(pair.partition("=")[0]))]
    return _PAGE_IN_PATH.sub("", path).rstrip("/") + "?" + "&".join(sorted(rest))


def hidden_rest(page: Any) -> str:
    """The words of a button behind which a list goes on, without an address; empty where there is none."""
    for button in page.xpath(BUTTONS):
        words = _text_of(button)
        followed = {"data-url", "data-href", "data-next"} & set(button.attrib)
        if pattern("more").fullmatch(words) and not followed:
            return words
    return ""
