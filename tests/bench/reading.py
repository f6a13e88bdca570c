"""A feed read by a source of ours, beside feedparser alone over the same bytes."""

from collections.abc import Iterator
from pathlib import Path

import feedparser

from scrapers import sources
from scrapers.recordings import Recording, replay
from tests.bench.row import Row, beside

RECORDINGS = Path(__file__).parents[1] / "recordings"
SOURCE = "rvo_news"


def bench() -> Iterator[Row]:
    """Dates, amounts and texts are read from every entry by ours; feedparser gives the entries."""
    folder = RECORDINGS / SOURCE
    source, feeds = (
        sources.load(SOURCE),
        [path.read_bytes() for path in folder.iterdir() if path.suffix in {".rss", ".xml"}],
    )
    entries = sum(len(feedparser.parse(body).entries) for body in feeds)
    ours, theirs = (lambda: replay(source, folder)), (lambda: [feedparser.parse(body) for body in feeds])
    assert Recording(folder).index["answers"]
    yield beside(f"read the {entries} entries of {SOURCE}", ours, "feedparser alone", theirs)
