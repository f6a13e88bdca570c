"""A crawl brings back what a source showed, or one clear line on why it could not; a bad source is never an error."""

import gzip
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from scrapers.crawled import Crawled, Remembered
from scrapers.job import Job
from tests.make.scripted import SEARCH, Played, PlayedRequest, playing, portal, topic
from tracker import __version__
from tracker.settings import Settings
from tracker.sources.crawl import crawl, from_spool, run_child

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
TOPICS = [topic(n) for n in range(1, 8)]


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers[SEARCH] = portal(TOPICS)
        yield server


def allowed(server: Played) -> tuple[str, ...]:
    return (f"127.0.0.1:{server.port}",)


def crawled(server: Played, name: str = "eu_portal", allow: bool = True, **settings: object) -> Crawled:
    pairs = allowed(server) if allow else ()
    chosen = Settings(source_roots={name: server.url}, fetch_allow=pairs, **settings)  # type: ignore[arg-type]
    return crawl(name, chosen, [], NOW)


def failing(page: int, answer: object) -> object:
    good = portal(TOPICS)
    return lambda call: answer(call) if call.asked.query["pageNumber"] == str(page) else good(call)  # type: ignore


@pytest.mark.usefixtures("own_interpreter")
def test_a_source_is_read_to_its_end_and_says_who_asks(server: Played) -> None:
    found = crawled(server, fetch_contact="radar@example.org", base_url="https://radar.example.org")
    assert (len(found.listings), found.stopped, len(found.pages)) == (7, "", 4)
    assert server.asked[0].path == "/robots.txt"
    assert (
        server.asked[1].headers["User-Agent"]
        == f"Kansenradar/{__version__} (+https://radar.example.org; radar@example.org)"
    )
    assert found.listings[0].snapshot == found.pages[0].sha256
    assert found.skew_seconds is not None


def test_a_failing_third_page_keeps_the_first_two_and_says_so(server: Played) -> None:
    server.answers[SEARCH] = failing(3, lambda call: call.send("broken", 500))  # type: ignore[assignment]
    found = crawled(server)
    assert (len(found.listings), found.stopped) == (6, "page 3: HTTP 500")
    assert [a.query["pageNumber"] for a in server.pages()] == ["1", "2", "3", "3", "3"]


def test_a_maintenance_page_is_no_answer(server: Played) -> None:
    page = "<html><title>Maintenance</title><body>back soon</body></html>"
    server.answers[SEARCH] = failing(2, lambda call: call.send(page, kind="text/html"))  # type: ignore[assignment]
    found = crawled(server)
    assert (len(found.listings), found.stopped) == (3, "page 2: an HTML page (Maintenance) where JSON was expected")


@pytest.mark.slow
def test_a_body_that_breaks_off_is_not_taken_for_all(server: Played) -> None:
    def cut(call: PlayedRequest) -> None:
        call.send(b'{"totalResults": 7, "resul', kind="application/json", Content_Length="5000")
        call.close_connection = True

    server.answers[SEARCH] = failing(2, cut)  # type: ignore[assignment]
    found = crawled(server)
    assert len(found.listings) == 3
    assert found.stopped.startswith("page 2: ")


@pytest.mark.slow
def test_nothing_outside_the_allowed_addresses_is_connected_to(server: Played) -> None:
    found = crawled(server, allow=False)
    assert found.stopped == f"page 1: AddressRefused: 127.0.0.1:{server.port} is a private address"
    assert server.asked == []


@pytest.mark.slow
@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://169.254.169.254/latest", "http://localhost:1/"])
def test_a_redirect_leads_nowhere_else(server: Played, target: str) -> None:
    server.answers[SEARCH] = lambda call: call.send("", 302, Location=target)
    found = crawled(server)
    assert (found.listings, len(server.pages())) == ((), 1)
    assert target[:20] in found.stopped


@pytest.mark.slow
def test_a_body_that_unpacks_too_large_is_refused(server: Played) -> None:
    bomb = gzip.compress(b" " * 40 * 2**20)
    server.answers[SEARCH] = lambda call: call.send(bomb, kind="application/json", Content_Encoding="gzip")
    found = crawled(server)
    assert found.stopped == "page 1: larger than 15 MiB"


@pytest.mark.slow
def test_robots_that_say_no_are_obeyed_and_unreadable_ones_mean_no(server: Played) -> None:
    server.answers["/robots.txt"] = lambda call: call.send("User-agent: *\nDisallow: /search-api/\n")
    assert "robots.txt of" in crawled(server).stopped
    server.answers["/robots.txt"] = lambda call: call.send("oops", 503)
    assert crawled(server).stopped.endswith("answers HTTP 503: not asked further")
    assert server.pages() == []


@pytest.mark.slow
def test_a_source_over_its_limit_is_stopped_and_keeps_its_part(server: Played) -> None:
    def drip(call: PlayedRequest) -> None:
        call.open_ended()
        while True:
            call.wfile.write(b" ")
            call.wfile.flush()
            stop.wait(0.1)

    stop = threading.Event()
    server.answers[SEARCH] = failing(2, drip)  # type: ignore[assignment]
    started = monotonic()
    found = crawled(server, source_limit_seconds=15)
    assert (len(found.listings), found.stopped) == (3, "took longer than 15 seconds and was stopped")
    assert monotonic() - started < 120  # the page itself never ends; a busy machine may take long to begin


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import os; os.kill(os.getpid(), 11)", "the reading process ended with signal SIGSEGV"),
        ("raise SystemExit(0)", "the reading process ended without a result"),
        ("raise ValueError('new shape')", "the reading process ended with exit code 1: ValueError: new shape"),
    ],
)
def test_a_child_that_dies_is_one_line(tmp_path: Path, code: str, line: str) -> None:
    from scrapers.sources.eu_portal import EuPortal

    job = Job(source="eu_portal", spool=tmp_path, now=NOW, user_agent="x")
    failure = run_child(job, 20, lambda _: None, (sys.executable, "-c", code))
    assert from_spool(EuPortal, tmp_path, NOW, NOW, failure).stopped == line


def test_garbage_in_the_spool_is_one_line(tmp_path: Path) -> None:
    from scrapers.sources.eu_portal import EuPortal

    (tmp_path / "events.jsonl").write_text(json.dumps({"kind": "listing", "source": "x"}) + "\n")
    found = from_spool(EuPortal, tmp_path, NOW, NOW, "")
    assert found.stopped.startswith("what the reading process left is not readable")


def test_a_machine_without_room_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    assert crawl("eu_portal", Settings(), [], NOW).stopped == "this machine: No such file or directory"


@pytest.mark.slow
def test_a_stream_that_has_not_changed_is_asked_conditionally_and_a_catalogue_never(server: Played) -> None:
    feed = '<rss version="2.0"><channel><title>F</title></channel></rss>'

    def publications(call: PlayedRequest) -> None:
        same = call.asked.headers.get("If-None-Match") == '"a"'
        call.send("" if same else feed, 304 if same else 200, "application/rss+xml", ETag='"a"')

    server.answers["/rss"] = publications
    settings = Settings(
        source_roots=dict.fromkeys(("bekendmakingen", "eu_portal"), server.url), fetch_allow=allowed(server)
    )
    first = crawl("bekendmakingen", settings, [], NOW, since=NOW)
    again = crawl("bekendmakingen", settings, first.remembered, NOW, since=NOW)
    assert (first.unchanged, again.unchanged, again.stopped, len(again.remembered)) == (False, True, "", 3)
    good = portal(TOPICS)
    server.answers[SEARCH] = lambda call: (
        good(call) if "If-None-Match" not in call.asked.headers else call.send("", 304)
    )
    remembered = [Remembered(page.url, '"a"') for page in crawl("eu_portal", settings, [], NOW).pages]
    assert len(crawl("eu_portal", settings, remembered, NOW).listings) == 7


@pytest.mark.slow
def test_a_search_whose_question_is_in_its_body_is_never_asked_conditionally(server: Played) -> None:
    server.answers["/api/search"] = lambda call: call.send(
        '{"rawResponse": {"rawResults": []}}', kind="application/json"
    )
    settings = Settings(source_roots={"rijksoverheid": server.url}, fetch_allow=allowed(server))
    crawl("rijksoverheid", settings, [Remembered("https://www.rijksoverheid.nl/api/search", '"a"')], NOW, since=NOW)
    searches = [asked for asked in server.asked if asked.path == "/api/search"]
    assert len(searches) == 4
    assert not any("If-None-Match" in asked.headers for asked in searches)
