"""Feeds as lists: the pages that an RSS or Atom feed leads to, each by the title of its entry."""

from typing import Any

from scrapy.http import TextResponse

from scrapers.formats import MOST_ENTRIES, broken_off, parsed_feed, what_it_is, without_bare_ampersands
from scrapers.links import PageLink, address_on
from scrapers.source import SourceIncomplete
from scrapers.texts import one_line

OPENS = (b"<rss", b"<feed", b"<rdf:rdf")


def is_feed(page: TextResponse) -> bool:
    """Whether an answer is RSS or Atom, by its bytes."""
    head = page.body[:2000].lower()
    return any(word in head for word in OPENS) and b"<html" not in head


def feed_links(page: TextResponse, root: str) -> list[PageLink]:
    """Where its entries lead on the site of ``root``; SourceIncomplete where it cannot be read, or breaks off."""
    feed = parsed_feed(page, page.body)
    if feed.bozo:
        feed = parsed_feed(page, without_bare_ampersands(page.body))
    if not feed.get("version"):
        raise SourceIncomplete(f"{page.url.partition('?')[0][:200]}: {what_it_is(page)} where a feed was expected")
    if broken_off(page.body):
        raise SourceIncomplete("the feed breaks off")
    links = [(address_on(root, str(entry.get("link", ""))), _title(entry)) for entry in feed.entries[:MOST_ENTRIES]]
    return [PageLink(address, title) for address, title in links if address]


def _title(entry: Any) -> str:
    return one_line(str(entry.get("title", "")))
