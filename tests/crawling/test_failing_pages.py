"""What a failing source costs: a few questions, never the round of the others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine

from scrapers import sources
from scrapers.job import Job
from tests.make.scripted import Answer, Played, PlayedRequest, playing
from tracker.settings import Settings
from tracker.sources.crawl import from_spool, run_child
from tracker.sources.rounds import crawl_sources

pytestmark = pytest.mark.slow
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
SITE = {
    "name": "stad",
    "publisher": "Stad",
    "start": "https://stad.example/regelingen",
    "links": "^/regelingen/[^/]+$",
}


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        yield server


def crawled(folder: Path, server: Played, name: str, **changed: Any) -> Any:
    """What a child brings back from the source at this server."""
    job = {"source": name, "spool": folder, "now": NOW, "user_agent": "test", "root": server.url, **changed}
    failure = run_child(Job(**job, fetch_allow=(f"127.0.0.1:{server.port}",)), 120, lambda _: None)
    return from_spool(sources.load(name, job.get("options")), folder, NOW, NOW, failure)


def page(text: str) -> Answer:
    return lambda call: call.send(f"<html><body><main>{text}</main></body></html>", kind="text/html")


def list_of(count: int) -> Answer:
    return page("".join(f'<a href="/regelingen/groen-{n}">Groen {n}</a>' for n in range(count)))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_stream_of_many_lists_that_all_fail_is_asked_five_times(server: Played, tmp_path: Path, status: int) -> None:
    server.answers["*"] = lambda call: call.send("no", status)
    server.answers["/robots.txt"] = lambda call: call.send("")
    outcome = crawled(tmp_path, server, "bekendmakingen")
    assert f"HTTP {status}" in outcome.stopped
    assert len(server.pages()) <= 5, "the first three times, two others once"


def test_a_page_that_fails_is_asked_again_before_the_next(server: Played, tmp_path: Path) -> None:
    server.answers["/regelingen"] = list_of(3)
    server.answers["*"] = page("<h1>Groen</h1>Aanvragen kan tot en met 1 juli 2026.")
    server.answers["/robots.txt"] = lambda call: call.send("")
    server.answers["/regelingen/groen-0"] = lambda call: call.send("no", 500)
    crawled(tmp_path, server, "stad", options={"watched": SITE})
    assert [asked.path[-1] for asked in server.pages()] == ["n", "0", "0", "0", "1", "2"]


def test_pages_of_single_calls_that_keep_failing_are_asked_no_further(server: Played, tmp_path: Path) -> None:
    server.answers["/regelingen"] = list_of(40)
    server.answers["*"] = lambda call: call.send("no", 503)
    server.answers["/robots.txt"] = lambda call: call.send("")
    outcome = crawled(tmp_path, server, "stad", options={"watched": SITE})
    assert len(server.pages()) <= 1 + 5
    assert [row.why for row in outcome.unreadable][2:4] == ["HTTP 503", "not asked any more: the source keeps failing"]
    assert len(outcome.unreadable) == 40


def test_pages_that_are_not_there_do_not_keep_the_others_from_being_asked(server: Played, tmp_path: Path) -> None:
    server.answers["/regelingen"] = list_of(8)
    server.answers["/robots.txt"] = lambda call: call.send("")
    server.answers["/regelingen/groen-7"] = page("<h1>Groen 7</h1>Aanvragen kan tot en met 1 juli 2026.")
    outcome = crawled(tmp_path, server, "stad", options={"watched": SITE})
    assert ([call.title for call in outcome.listings], len(outcome.unreadable)) == (["Groen 7"], 7)


def test_a_page_that_drips_is_given_up_once(server: Played, tmp_path: Path) -> None:
    stop = Event()
    server.answers["/regelingen"] = list_of(3)
    server.answers["*"] = page("<h1>Groen</h1>Aanvragen kan tot en met 1 juli 2026.")
    server.answers["/robots.txt"] = lambda call: call.send("")
    server.answers["/regelingen/groen-0"] = dripping(stop)
    outcome = crawled(tmp_path, server, "stad", options={"watched": SITE}, settings={"DOWNLOAD_TIMEOUT": 5})
    stop.set()
    assert [asked.path[-1] for asked in server.pages()] == ["n", "0", "1", "2"]
    assert len(outcome.listings) == 2


def dripping(stop: Event) -> Answer:
    def drip(call: PlayedRequest) -> None:
        call.open_ended("text/html")
        while not stop.is_set():
            call.wfile.write(b" ")
            call.wfile.flush()
            stop.wait(0.2)

    return drip


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_robots_file_is_obeyed_with_and_without_a_byte_order_mark(
    server: Played, tmp_path: Path, mark: bytes
) -> None:
    server.answers["/regelingen"] = list_of(3)
    server.answers["/robots.txt"] = lambda call: call.send(mark + b"User-agent: *\r\nDisallow: /\r\n")
    outcome = crawled(tmp_path, server, "stad", options={"watched": SITE})
    assert "forbids" in outcome.stopped
    assert server.pages() == []


def test_a_robots_file_in_utf_16_is_obeyed(server: Played, tmp_path: Path) -> None:
    server.answers["/regelingen"] = list_of(3)
    server.answers["/robots.txt"] = lambda call: call.send("User-agent: *\nDisallow: /\n".encode("utf-16"))
    assert "forbids" in crawled(tmp_path, server, "stad", options={"watched": SITE}).stopped


def test_a_robots_file_that_fails_is_asked_for_once_a_crawl(server: Played, tmp_path: Path) -> None:
    server.answers["/robots.txt"] = lambda call: call.send("", 503)
    outcome = crawled(tmp_path, server, "bekendmakingen", settings={"RETRY_TIMES": 0})
    assert "answers HTTP 503" in outcome.stopped
    assert [asked.path for asked in server.asked] == ["/robots.txt"]


@pytest.mark.one_database
def test_four_slow_sources_do_not_hold_up_a_fifth(engine: Engine, tmp_path: Path) -> None:
    stop, slow = Event(), ("bekendmakingen", "rijksoverheid", "rvo", "eu_portal")
    with playing() as hanging, playing() as good:
        hanging.answers["*"] = dripping(stop)
        good.answers["/robots.txt"] = lambda call: call.send("")
        good.answers["/regelingen"] = list_of(1)
        good.answers["*"] = page("<h1>Groen 0</h1>Aanvragen kan tot en met 1 juli 2026.")
        (tmp_path / "watched").mkdir()
        lines = "".join(f"{name}: {value!r}\n" for name, value in SITE.items())
        (tmp_path / "watched/stad.yaml").write_text(lines)
        settings = Settings(
            data_dir=tmp_path,
            source_roots={**dict.fromkeys(slow, hanging.url), "stad": good.url},
            fetch_allow=(f"127.0.0.1:{hanging.port}", f"127.0.0.1:{good.port}"),
            source_limit_seconds=300,
        )
        reports = iter(crawl_sources(engine, settings, [*slow, "stad"], NOW, True, lambda _: None))
        first = next(reports)
        stop.set()  # only now do the slow ones go on
        assert (first.source, first.seen) == ("stad", 1)
        assert {report.source for report in reports} == set(slow)
