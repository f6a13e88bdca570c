"""Every source fetched for real, from a local server that answers as its recording does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from scrapy import Request

from scrapers import sources
from scrapers.crawled import Crawled
from scrapers.recordings import Recording, replay
from tests.make.scripted import Played, PlayedRequest, playing
from tracker.settings import Settings
from tracker.sources.crawl import crawl

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[1] / "recordings"
WATCHED_ONCE = [n for n in sources.names() if n not in sources.shipped()] + ["dus_i"]


def asked_pages(crawled: Crawled) -> list[str]:
    """Which pages were read; their order differs where several lists are asked at once."""
    return sorted(p.url for p in crawled.pages)


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        yield server


@pytest.mark.parametrize("name", WATCHED_ONCE)
def test_a_source_brings_the_same_over_the_network(name: str, server: Played) -> None:
    source, recording = sources.load(name), Recording(RECORDINGS / name)

    def answer(call: PlayedRequest) -> None:
        found = recording.answer(Request(source.root + call.path, method=call.command, body=call.body))
        kind = (found.headers.get("Content-Type") or b"text/plain").decode()
        call.send(found.body, found.status, kind)

    server.answers["*"] = answer
    settings = Settings(source_roots={name: server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    since = recording.since or recording.now - timedelta(days=12)
    found, read = crawl(name, settings, [], recording.now, since=since), replay(source, RECORDINGS / name)
    assert found.stopped == ""
    assert {c.external_id: c.as_json() for c in found.listings} == {c.external_id: c.as_json() for c in read.listings}
    assert asked_pages(found) == asked_pages(read)
    asked_robots = any(asked.path == "/robots.txt" for asked in server.asked)
    assert asked_robots is source.asks_robots
