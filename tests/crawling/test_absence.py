"""No call is gone before its source, where it can be asked for one call, says so itself."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from db.models import Call, Sighting
from db.session import open_engine, reading
from db.status import status_of
from scrapers.absence import MOST_ASKED, Asking
from scrapers.listing import Listing
from scrapers.pages import PageReading, as_page
from scrapers.source import Context
from scrapers.sources.eu_portal import EuPortal
from scrapers.sources.rvo import Rvo
from tests.make.crawls import make_listing, store
from tests.make.scripted import SEARCH, Played, PlayedRequest, playing, portal, topic
from tracker.calls.store import absentees
from tracker.settings import Settings
from tracker.sources.rounds import CrawlReport, crawl_sources

DAY = timedelta(days=1)
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
EVERYTHING = [topic(n) for n in range(1, 21)]
IDENTIFIER = re.compile(rb'"identifier": \["TEST-2026-(\d+)"\]')


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "k.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        yield server


def crawled(engine: Engine, server: Played, now: datetime) -> CrawlReport:
    settings = Settings(source_roots={"eu_portal": server.url}, fetch_allow=(f"127.0.0.1:{server.port}",))
    [found] = crawl_sources(engine, settings, ["eu_portal"], now, True, lambda _: None)
    return found


def forgetful(asked: list[int]) -> object:
    """A portal whose list lacks topics 1 to 4, and that answers about each of them in another way."""
    listed = portal(EVERYTHING[4:])
    about = {1: [], 2: [EVERYTHING[1]], 4: [topic(4, status=["31094503"])]}

    def answer(call: PlayedRequest) -> None:
        wanted = IDENTIFIER.search(call.body)
        if wanted is None:
            listed(call)
            return
        number = int(wanted[1])
        asked.append(number)
        if number == 3:
            call.send("broken", 500)
        else:
            results = about[number]
            call.send(json.dumps({"totalResults": len(results), "pageSize": 100, "results": results}))

    return answer


@pytest.mark.slow
def test_what_the_list_lacks_is_asked_for_before_it_is_gone(sqlite: Engine, server: Played) -> None:
    server.answers[SEARCH] = portal(EVERYTHING)
    assert crawled(sqlite, server, NOW).complete
    with sqlite.begin() as connection:
        connection.execute(text("UPDATE sighting SET missed = 2 WHERE external_id IN ('5001', '5002', '5003', '5004')"))
    asked: list[int] = []
    server.answers[SEARCH] = forgetful(asked)  # type: ignore[assignment]
    found = crawled(sqlite, server, NOW + DAY)
    assert found.complete, found.why
    assert [*dict.fromkeys(asked)] == [1, 2, 3, 4]
    with reading(sqlite) as session:
        rows = session.exec(select(Sighting, Call).join(Call).where(col(Sighting.missed) >= 0))
        calls = {sighting.external_id: (sighting.missed, str(status_of(call, NOW + DAY))) for sighting, call in rows}
    assert calls["5001"] == (3, "not_listed"), "absent from the list and from the answer"
    assert calls["5002"] == (0, "open"), "the list forgot it, the source did not"
    assert calls["5003"] == (3, "open"), "no answer is no news"
    assert calls["5004"] == (0, "closed"), "closed by the source's own word"


def test_a_call_that_the_source_did_not_give_up_is_not_gone(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(3, 9)]
    store(session, [make_listing(1), make_listing(2), *rest], now)
    for run in (1, 2):
        store(session, rest, now + run * DAY)
    assert absentees(session, "rvo", now + 3 * DAY) == tuple((str(n), make_listing(n).url) for n in (1, 2))
    assert absentees(session, "rvo", now + 300 * DAY) == (), "what is over by its date is not asked for"
    assert len(store(session, rest, now + 3 * DAY, unconfirmed=frozenset({"1"})).gone) == 1
    assert absentees(session, "rvo", now + 4 * DAY) == (("1", make_listing(1).url),)
    assert len(store(session, rest, now + 4 * DAY).gone) == 1


def rvo_page(body: str, path: str, status: int = 200) -> HtmlResponse:
    asked = Request("https://www.rvo.nl/subsidies-financiering/wis", meta={"item": {}, "external_id": "wis"})
    answer = HtmlResponse(f"https://www.rvo.nl{path}", status=status, body=body.encode(), request=asked)
    return as_page(answer, answer.url, asked)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("body", "path", "status", "sure"),
    [
        ("", "/subsidies-financiering/wis", 404, True),
        ("", "/subsidies-financiering/wis", 410, True),
        ("<main><h1>WIS</h1>Open voor aanvragen</main>", "/subsidies-financiering/wis", 200, False),
        ("<main><h1>Pagina niet gevonden</h1></main>", "/subsidies-financiering/wis", 200, False),
        ("<main><h1>Alle regelingen</h1>Bijna open</main>", "/subsidies-financiering", 200, False),
    ],
)
def test_only_a_clear_no_of_a_page_confirms(body: str, path: str, status: int, sure: bool) -> None:
    kept: list[object] = []
    asking = Asking(PageReading(Rvo(Context(NOW)), lambda: NOW, kept.append), [("wis", "")])
    asking.hear(rvo_page(body, path, status), "wis")
    assert (asking.unconfirmed == set()) == sure
    assert [one.title for one in kept if isinstance(one, Listing)] == (["WIS"] if "WIS" in body else [])


@pytest.mark.parametrize("results", [[7], [{"metadata": "x"}], [None]])
def test_an_odd_answer_leaves_the_call_as_it_is_and_does_not_cost_the_list(results: list[object]) -> None:
    source = EuPortal(Context(NOW))
    source.agreed = True
    reading = PageReading(source, lambda: NOW, lambda _: None)
    asking = Asking(reading, [("5001", "https://e.eu/topic-details/TEST-2026-001")])
    [asked] = asking.requests()
    body = json.dumps({"totalResults": 1, "pageSize": 100, "results": results}).encode()
    asking.hear(as_page(HtmlResponse(asked.url, body=body, request=asked), asked.url, asked), "5001")
    assert (asking.unconfirmed, reading.stopped) == ({"5001"}, "")


def test_no_more_is_asked_than_is_decent_and_nothing_after_a_broken_crawl() -> None:
    many = [(f"s{n}", "") for n in range(MOST_ASKED + 5)]
    reading = PageReading(Rvo(Context(NOW)), lambda: NOW, lambda _: None)
    asking = Asking(reading, many)
    assert len(list(asking.requests())) == MOST_ASKED
    assert len(asking.unconfirmed) == MOST_ASKED + 5, "what was not asked for is not gone"
    assert list(Asking(reading, many, fewest=1).requests()) == []
    reading.stop("page 2: HTTP 500")
    assert list(Asking(reading, many).requests()) == []
