"""Whether a page is still the page of its call, and which part of it speaks of that call alone."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from scrapy.http import HtmlResponse, TextResponse

from scrapers.facts.language import surely_language_of
from scrapers.formats import what_it_is
from scrapers.links import address_on, key_of
from scrapers.site_words import pattern, words
from scrapers.source import RowSkipped, RowUnreadable
from scrapers.surroundings import IsOther, remove_others, without_desks
from scrapers.texts import plain_text

_DOCUMENTS = ("pdf", "msword", "officedocument", "opendocument", "zip", "image/", "audio/", "video/")
_LITTLE = 600  # characters


class OwnText(NamedTuple):
    """The title of a page and the text that belongs to it."""

    title: str
    text: str


def web_page(page: TextResponse) -> TextResponse:
    """The page itself; RowSkipped where a file came, RowUnreadable where anything else did."""
    kind = (page.headers.get("Content-Type") or b"").decode("latin-1").lower()
    if page.body.startswith((b"%PDF", b"PK\x03\x04")) or any(name in kind for name in _DOCUMENTS):
        raise RowSkipped("a file and no web page, not read")
    if not isinstance(page, HtmlResponse):
        raise RowUnreadable(f"{what_it_is(page)} where a web page was expected")
    return page


def own_text(page: TextResponse, readable: str, is_other: IsOther) -> OwnText:
    """Title and text of a page's own part: without what surrounds it and without what is of other schemes.

    ``is_other`` tells of an address of this site whether it is another scheme's. RowUnreadable where the page has no
    title, several, or nothing to read.
    """
    parts = list(web_page(page).css(readable))
    titled = [part for part in parts if part.css("h1")]
    parts = [part for part in parts if part not in titled[1:]]  # a second part with a title is another scheme's
    for part in parts:
        remove_others(part.root, page.url, is_other)
    headings = (titled[0] if titled else page).css("h1")
    if len(headings) > 1:
        raise RowUnreadable("more than one title")
    title = " ".join(" ".join(headings.css("::text").getall()).split())
    text = without_desks(plain_text("\n".join(part.get() for part in parts)))
    if not title or not text:
        raise RowUnreadable("no title" if not title else f"nothing at {readable!r}")
    return OwnText(title, text)


def why_not_own(own: OwnText, language: str, names: Iterable[str] = (), known: str = "") -> str:
    """Empty, or why a page is not that of its call.

    ``known``: the title by which the call is known, empty for a new one. ``names``: what else it may be called by: the
    words of the link to it and of its address.
    """
    if is_wall(own.title):
        return f"a page that is not a scheme's: {own.title[:80]!r}"
    rest = own.text.replace(own.title, "", 1).strip()
    if len(rest) < _LITTLE and pattern("no_text").search(rest):
        return f"a page without its text: {' '.join(rest.split())[:80]!r}"
    other = surely_language_of(own.text)
    if other and other != language:
        return f"a page in another language ({other})"
    if known and not any(is_alike(own.title, name) for name in (known, *names)):
        return f"a page of another title: {own.title[:80]!r}"
    return ""


def is_wall(title: str) -> bool:
    """Whether a title is that of a consent wall, a login, an error or a page of the site itself."""
    parts = re.findall(r"\w+", title.casefold())
    return bool(parts) and all(word in words("wall") for word in parts)


def is_alike(title: str, name: str) -> bool:
    """Whether two titles share a word that means something; also where one of them has none."""
    mine, other = _telling_words(title), _telling_words(name)
    return not mine or bool(mine & other)


def _telling_words(text: str) -> set[str]:
    parts = re.findall(r"\w+", text.casefold())
    return {word for word in parts if word not in words("plain") and not word.isdigit() and len(word) > 1}


def leads_elsewhere(page: TextResponse, root: str, lists: Iterable[str], named: str = "") -> bool:
    """Whether a page was answered by another of the site that is no call's: its home, or one of its lists."""
    asked = page.request.url if page.request else page.url
    here, there = address_on(root, page.url), address_on(root, asked)
    if here is None or there is None or key_of(here) == key_of(there):
        return False
    return key_of(here) in {"", *map(key_of, lists)} or is_of_the_site(here, named)


def is_of_the_site(address: str, named: str = "") -> bool:
    """Whether an address is that of a page of the site itself, such as its news, its search or its login.

    ``named``: where schemes are said to be; what stands in there is no sign of anything else.
    """
    parts = address.partition("?")[0].lower().split("/")
    return any(part in words("no_scheme") and part not in named.lower() for part in parts)
