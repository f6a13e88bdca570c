"""A page that did not come takes nothing away, and is asked again until it answers, also after its window moved on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from scrapy import Request
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call
from db.session import open_engine
from scrapers import sources
from scrapers.recordings import Recording
from tests.make.scripted import Played, PlayedRequest, playing
from tracker.settings import Settings
from tracker.sources.rounds import crawl_sources

RECORDING = Path(__file__).parents[1] / "recordings/bekendmakingen"
DAY = timedelta(days=1)
NOTHING = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://e.nl</link><description>d</description></channel></rss>'


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        yield server


class Paper:
    """The official publications as recorded; pages can be refused, and the feed can have moved on."""

    def __init__(self, server: Played) -> None:
        self.recording, self.status, self.moved_on = Recording(RECORDING), 200, False
        self.body = b""
        self.address = f"127.0.0.1:{server.port}"
        self.settings = Settings(source_roots={"bekendmakingen": server.url}, fetch_allow=(self.address,))
        server.answers["*"] = self.answer

    def answer(self, call: PlayedRequest) -> None:
        root = sources.load("bekendmakingen").root
        found = self.recording.answer(Request(root + call.path))
        kind = (found.headers.get("Content-Type") or b"text/html").decode()
        if call.path.startswith("/rss") and self.moved_on:
            call.send(NOTHING, 200, "application/rss+xml")
        elif call.path.endswith(".html") and (self.status != 200 or self.body):
            call.send(self.body, self.status, "text/html")
        else:
            call.send(found.body, found.status, kind)

    def crawl(self, engine: Engine, now: datetime) -> bool:
        """One round; whether it was complete."""
        [report] = list(crawl_sources(engine, self.settings, ["bekendmakingen"], now, True, lambda _: None))
        return report.complete


@pytest.fixture
def engine(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    path = tmp_path / "unread.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def closings(engine: Engine) -> dict[str, tuple[object, object]]:
    with Session(engine) as session:
        return {call.title: (call.closes_at, call.budget) for call in session.exec(select(Call))}


@pytest.mark.parametrize(
    ("status", "body"), [(403, b""), (404, b""), (451, b""), (200, b'{"error": "later"}'), (200, b" ")]
)
def test_pages_that_are_refused_or_empty_take_nothing_from_what_was_read(
    status: int, body: bytes, engine: Engine, server: Played
) -> None:
    paper = Paper(server)
    now = paper.recording.now
    paper.crawl(engine, now)
    before = closings(engine)
    assert sum(closes is not None for closes, _ in before.values()) >= 3
    paper.status, paper.body = status, body
    paper.crawl(engine, now + DAY)
    assert closings(engine) == before


def test_a_page_that_did_not_come_is_read_once_it_answers_also_after_the_feed_moved_on(
    engine: Engine, server: Played
) -> None:
    paper = Paper(server)
    now = paper.recording.now
    paper.status = 403
    paper.crawl(engine, now)
    assert all(closes is None for closes, _ in closings(engine).values())
    paper.moved_on = True
    assert paper.crawl(engine, now + 5 * DAY)
    paper.status = 200
    paper.crawl(engine, now + 40 * DAY)
    assert sum(closes is not None for closes, _ in closings(engine).values()) >= 3
