"""JsonSource, FeedSource and SruSource: the same three verbs for JSON APIs, RSS, Atom and library searches."""

import io
import json
import re
from collections.abc import Iterable
from typing import Any

import feedparser
from lxml import etree
from scrapy.http import TextResponse

from scrapers.source import Source, SourceIncomplete

MOST_ENTRIES = 20_000


class JsonSource(Source):
    """A source that answers in JSON; ``items`` says where the rows are in the parsed answer."""

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The rows of one answer."""
        return self.items(self.parsed(page))

    def items(self, data: Any) -> Iterable[Any]:
        """Where the listings are in the parsed JSON."""
        raise NotImplementedError

    def parsed(self, page: TextResponse) -> Any:
        """The answer as JSON values; anything else means that the source cannot be read."""
        try:
            return json.loads(page.body)
        except RecursionError as error:
            raise SourceIncomplete(f"page {self.pages}: JSON nested too deeply") from error
        except ValueError as error:
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where JSON was expected") from error


class FeedSource(Source):
    """A source that answers in RSS or Atom; ``read`` gets one entry as feedparser gives it."""

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The entries, parsed from bytes; a page that is no feed is no silence but an error."""
        feed = feedparser.parse(
            io.BytesIO(page.body),
            response_headers={"content-type": (page.headers.get("Content-Type") or b"").decode("latin-1")},
            resolve_relative_uris=False,
            sanitize_html=False,  # texts go through nh3, see texts.py
        )
        if not feed.get("version"):
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where a feed was expected")
        if broken_off(page.body):
            yield from feed.entries[:-1]  # the last one may be half
            raise SourceIncomplete(f"page {self.pages}: the feed breaks off")
        if len(feed.entries) > MOST_ENTRIES:
            raise SourceIncomplete(f"page {self.pages}: more than {MOST_ENTRIES} entries")
        yield from feed.entries


class SruSource(Source):
    """A source that answers a library search (SRU 1.2 or 2.0); ``read`` gets one record, fields by local name."""

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The records; a diagnostic inside a 200 means that the source cannot be read."""
        root = xml_root(page)
        if etree.QName(root).localname != "searchRetrieveResponse":
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where an SRU answer was expected")
        if complaint := text_of(root, "diagnostic"):
            raise SourceIncomplete(f"page {self.pages}: the search complains: {complaint[:200]}")
        records = root.findall(".//{*}records/{*}record")
        self.total, self.received = int(text_of(root, "numberOfRecords") or 0), len(records)
        return list(records)


def xml_root(page: TextResponse) -> Any:
    """The answer as XML, without entities, without a network, and bounded in depth and size."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(page.body, parser)
    except etree.XMLSyntaxError as error:
        raise SourceIncomplete(f"{page.url[:200]}: {what_it_is(page)} where XML was expected") from error


def texts_of(element: Any, name: str) -> list[str]:
    """The texts of every element of this local name: prefixes differ between answers."""
    found = (" ".join("".join(e.itertext()).split()) for e in element.iterfind(f".//{{*}}{name}"))
    return [text for text in found if text]


def text_of(element: Any, name: str) -> str | None:
    """The first of them."""
    return next(iter(texts_of(element, name)), None)


def broken_off(body: bytes) -> bool:
    """Whether a feed lacks its last closing tag; a feed that is merely not well-formed XML is read as it is."""
    tail = body[-200:].decode("ascii", "ignore").replace("\0", "").rstrip().lower()
    return re.search(r"</\s*(rss|feed|rdf:rdf|\w+:rss|\w+:feed|rdf)\s*>\s*(<!--.*-->\s*)?$", tail) is None


def what_it_is(page: TextResponse) -> str:
    """A few words on what came instead: an HTML page with its title, nothing, or something else."""
    head = page.body[:2000].lstrip().lower()
    if not head:
        return "an empty answer"
    if head.startswith((b"<!doctype html", b"<html")):
        title = page.css("title::text").get(default="").strip()[:80]
        return f"an HTML page ({title})" if title else "an HTML page"
    return "something else"
