"""JsonSource, FeedSource and SruSource: the same three verbs for JSON APIs, RSS, Atom and library searches."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import feedparser
from lxml import etree
from scrapy import Request, Selector
from scrapy.http import TextResponse

from scrapers.crawled import Remark, Unreadable
from scrapers.json_values import values_of
from scrapers.letters import is_utf8
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable, Source, SourceIncomplete

MOST_ENTRIES = 20_000
ESTIMATED = 0.1  # how far from the truth an estimated number of records may be
MOST_VALUES = 400_000  # of a page of JSON: millions of empty objects take forty times their bytes of memory


class JsonSource(Source):
    """A source that answers in JSON; ``items`` says where the rows are in the parsed answer."""

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The rows of one answer."""
        return self.items(self.parsed(page))

    def items(self, data: Any) -> Iterable[Any]:
        """Where the listings are in the parsed JSON."""
        raise NotImplementedError

    def _read(self, row: Any, where: str) -> Iterator[Listing | Unreadable | Remark]:
        """A row that is no object has no fields; the page of a row is read as any other."""
        if isinstance(row, dict | TextResponse):
            yield from super()._read(row, where)
        else:
            yield Unreadable(where=where, why=f"{type(row).__name__} where an object was expected")

    def parsed(self, page: TextResponse) -> Any:
        """The answer as JSON values; anything else means that the source cannot be read."""
        if sum(map(page.body.count, (b",", b"[", b"{"))) > MOST_VALUES and page.body.lstrip()[:1] in b"[{":
            raise SourceIncomplete(f"page {self.pages}: more values than a page may hold")
        try:
            return values_of(page.body)
        except RecursionError as error:
            raise SourceIncomplete(f"page {self.pages}: JSON nested too deeply") from error
        except ValueError as error:
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where JSON was expected") from error


def text_in(row: dict[str, Any], name: str) -> str | None:
    """A field that holds text, none where it holds nothing; RowUnreadable for anything else."""
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise RowUnreadable(f"{name}: {str(value)[:60]!r} where text was expected")
    return value


class FeedSource(Source):
    """A source that answers in RSS or Atom; ``read`` gets one entry as feedparser gives it."""

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The entries, parsed from bytes; a page that is no feed is no silence but an error."""
        feed = parsed_feed(page, page.body)
        if feed.bozo and b"\0" not in page.body[:200]:
            feed = parsed_feed(page, without_bare_ampersands(page.body))
        if not feed.get("version"):
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where a feed was expected")
        if broken_off(page.body):
            yield from feed.entries[:-1]  # the last one may be half
            raise SourceIncomplete(f"page {self.pages}: the feed breaks off")
        if len(feed.entries) > MOST_ENTRIES:
            raise SourceIncomplete(f"page {self.pages}: more than {MOST_ENTRIES} entries")
        yield from feed.entries


def parsed_feed(page: TextResponse, body: bytes) -> Any:
    """A feed as feedparser reads it; ``bozo`` where it is not well-formed."""
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": label_of(page)},
        resolve_relative_uris=False,
        sanitize_html=False,  # texts go through nh3, see texts.py
    )


_ENTITY = rb"(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_BARE = re.compile(rb"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!" + _ENTITY + rb")", re.DOTALL)


def without_bare_ampersands(body: bytes) -> bytes:
    """The ampersands of "R&D" escaped, which a feed that is not well-formed may hold; else it is read as "R&D;"."""
    return _BARE.sub(lambda hit: b"&amp;" if hit[0] == b"&" else hit[0], body)


class SruSource(Source):
    """A source that answers a library search (SRU 1.2 or 2.0); ``read`` gets one record, fields by local name.

    ``counts_exactly``: no where its number of records is an estimate; then a page that is not full is the last, and
    the number only tells that much is lacking. ``most_records``: how many are asked for at once.
    """

    counts_exactly: ClassVar[bool] = True
    most_records: ClassVar[int] = 100

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.total = self.received = 0
        self.totals: dict[str, int] = {}  # the largest that each question was answered with

    def ask(self, question: str, first: int) -> Request | None:
        """A question from one record on, which stand in its meta as ``asked_for``; none: it has one page."""
        return None

    def next_page(self, page: TextResponse) -> Request | None:
        """The same question, from where this page ended."""
        question, first = page.meta.get("asked_for", ("", 1))
        full = not self.counts_exactly and self.received >= self.most_records
        more = bool(self.received) and (full or first + self.received <= self.total)
        return self.ask(question, first + self.received) if more else None

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The records; a diagnostic inside a 200 means that the source cannot be read."""
        root = xml_root(page)
        if etree.QName(root).localname != "searchRetrieveResponse":
            raise SourceIncomplete(f"page {self.pages}: {what_it_is(page)} where an SRU answer was expected")
        if complaint := text_of(root, "diagnostic"):
            raise SourceIncomplete(f"page {self.pages}: the search complains: {complaint[:200]}")
        records = root.findall(".//{*}records/{*}record")
        self._count_records(text_of(root, "numberOfRecords") or "", records, page)
        return list(records)

    def _count_records(self, total: str, records: list[Any], page: TextResponse) -> None:
        """How many there are and came; SourceIncomplete where the search does not give what it says it has."""
        if not total.isdecimal():
            raise SourceIncomplete(f"page {self.pages}: the search does not say how many records there are")
        question, first = page.meta.get("asked_for", ("", 1))
        self.totals[question] = self.total = max(self.totals.get(question, 0), int(total[:9]))
        self.received = len(records)
        if self.counts_exactly and first + self.received - 1 > self.total:
            raise SourceIncomplete(f"page {self.pages}: the search has {self.total} records and gives more")
        least = self.total if self.counts_exactly else int(self.total * (1 - ESTIMATED))
        if not records and first <= least:
            raise SourceIncomplete(f"page {self.pages}: {first - 1} of {self.total} records came")
        self.new_among((question, self.identify(record)) for record in records)


def label_of(page: TextResponse) -> str:
    """The media type for a parser that believes it: that of the bytes where they speak for themselves."""
    if is_utf8(page.body):
        return "application/xml; charset=utf-8"
    return (page.headers.get("Content-Type") or b"").decode("latin-1")


def xml_root(page: TextResponse) -> Any:
    """The answer as XML, without entities, without a network, and bounded in depth and size."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(page.body.removeprefix(codecs.BOM_UTF8).lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceIncomplete(
            f"{page.url.partition('?')[0][:200]}: {what_it_is(page)} where XML was expected"
        ) from error


def texts_of(element: Any, name: str) -> list[str]:
    """The texts of every element of this local name: prefixes differ between answers."""
    texts = (" ".join("".join(e.itertext()).split()) for e in element.iterfind(f".//{{*}}{name}"))
    return [text for text in texts if text]


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
        title = Selector(text=page.text, type="html").css("title::text").get(default="").strip()[:80]
        return f"an HTML page ({title})" if title else "an HTML page"
    return "something else"
