"""From a name and an address to a source that is read, recorded and checked."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scrapers import sources
from scrapers.expectation import FILE, expectation_of, expected
from tests.make.scripted import SEARCH, Played, playing, portal, topic
from tracker.__main__ import app
from tracker.settings import Settings
from tracker.sources.live_check import AS_EXPECTED, DIFFERENT, REFUSED, SILENT, check_source
from tracker.sources.scaffold import CannotAddSource, record, recording_of, table, try_source, write_source

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "scrapers/sources").mkdir(parents=True)
    (tmp_path / "tests/sources").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Played]:
    """The EU portal as it is in its recording."""
    results = [
        result
        for page in (1, 2)
        for result in json.loads((RECORDINGS / f"eu_portal/page-{page}.json").read_text("utf-8"))["results"]
    ]
    with playing() as server:
        server.answers[SEARCH] = portal(results, size=34)
        yield server


def settings(server: Played, allow: bool = True) -> Settings:
    allowed = (f"127.0.0.1:{server.port}",) if allow else ()
    return Settings(source_roots={"eu_portal": server.url}, fetch_allow=allowed)


def test_a_new_source_is_a_file_and_a_failing_test(checkout: Path) -> None:
    source, test = write_source("groene_stad", "https://groen.example/regelingen", checkout)
    compile(source.read_text(), str(source), "exec")
    compile(test.read_text(), str(test), "exec")
    assert 'root = "https://groen.example"' in source.read_text()
    assert "class GroeneStad(Source)" in source.read_text()
    assert 'publisher = "groene_stad", SourceKind.CATALOGUE, "Groene Stad"' in source.read_text()
    with pytest.raises(CannotAddSource, match="already there"):
        write_source("groene_stad", "https://groen.example/", checkout)
    for url in (
        "file:///etc/passwd",
        "http://[x",
        'http://x.nl/"; evil()#',
        "http://x.nl/\n    evil()",
        "http://x.nl/\\",
    ):
        with pytest.raises(CannotAddSource, match="no http or https address"):
            write_source("groen", url, checkout)


@pytest.mark.parametrize(
    ("name", "url"), [("../x", "https://a.example"), ("Naam", "https://a.example"), ("a1", "ftp://a")]
)
def test_what_cannot_be_a_source_is_refused(checkout: Path, name: str, url: str) -> None:
    with pytest.raises(CannotAddSource):
        write_source(name, url, checkout)


def test_every_recording_leads_to_what_is_expected_of_its_source() -> None:
    known = json.loads(FILE.read_text("utf-8"))
    assert sorted(known) == sources.names()
    for name in sources.names():
        assert expected(name) == expectation_of(sources.load(name), RECORDINGS / name), name


def test_trying_a_source_prints_what_is_read() -> None:
    done = CliRunner().invoke(app, ["source", "try", "rvo"])
    assert done.exit_code == 0
    assert "- Circulaire ketenprojecten" in done.output
    assert "    closes: 2026-09-03 12:00" in done.output
    assert done.output.splitlines()[-1] == "4 listings; read to the end"
    told = json.loads(CliRunner().invoke(app, ["source", "try", "rvo", "--json"]).output)
    assert (len(told["listings"]), told["unreadable"], told["stopped"]) == (4, [], "")


def test_a_recording_of_the_first_pages_ends_without_a_complaint(tmp_path: Path) -> None:
    whole, folder = json.loads((RECORDINGS / "dut/index.json").read_text("utf-8")), tmp_path / "recordings" / "stad"
    folder.mkdir(parents=True)
    (folder / "1.html").write_text('<main><a href="/s/groen">Groen</a><a rel="next" href="/s?p=2">Volgende</a></main>')
    (folder / "2.html").write_text("<h1>Groene daken</h1><main>Subsidie, aan te vragen tot en met 1 juli 2026.</main>")
    html = {"headers": {"Content-Type": "text/html"}}
    answers = [
        {"url": f"https://stad.example/s{path}", "file": file, **html}
        for path, file in (("", "1.html"), ("/groen", "2.html"))
    ]
    (folder / "index.json").write_text(json.dumps({**whole, "answers": answers}))
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched/stad.yaml").write_text(
        "name: stad\npublisher: Stad\nstart: https://stad.example/s\nlinks: ^/s/[^/]+$\n"
    )
    tried = try_source("stad", Settings(data_dir=tmp_path))
    assert ([listing.title for listing in tried.listings], tried.stopped) == (["Groene daken"], "")
    (folder / "index.json").write_text(json.dumps({**whole, "answers": answers[1:]}))
    assert try_source("stad", Settings(data_dir=tmp_path)).stopped == "page 1: HTTP 404"


@pytest.mark.slow
def test_a_source_is_recorded_and_read_back(server: Played, checkout: Path) -> None:
    crawled = record("eu_portal", settings(server), NOW, checkout)
    assert len(crawled.listings) == 62
    index = json.loads((recording_of("eu_portal", settings(server), checkout) / "index.json").read_text())
    assert (index["day"], {a["method"] for a in index["answers"]}) == ("2026-05-29", {"POST"})
    again = try_source("eu_portal", settings(server), checkout)
    assert table(again)[-1] == "62 listings; read to the end"


@pytest.mark.slow
def test_a_source_that_is_as_it_was_is_as_expected(server: Played) -> None:
    found = check_source("eu_portal", settings(server), NOW)
    assert (found.verdict, found.how) == (AS_EXPECTED, ())
    assert [a.path for a in server.asked] == ["/robots.txt", SEARCH, SEARCH]


@pytest.mark.slow
def test_a_source_that_has_changed_says_how(server: Played) -> None:
    changed = [topic(n, status=["31094599"], title=[f"Topic {n}"], startDate=[]) for n in range(1, 6)]
    changed[2]["metadata"]["deadlineDate"] = ["2026-13-45"]
    server.answers[SEARCH] = portal(changed, size=100)
    found = check_source("eu_portal", settings(server), NOW)
    assert found.verdict == DIFFERENT
    assert "row unreadable: '2026-13-45' is no date" in found.how
    assert "no row has metadata.budgetOverview[]" in found.how
    assert {"no listing has 'source_word' any more", "no listing has 'deadline opens' any more"} <= set(found.how)


@pytest.mark.slow
def test_a_source_that_refuses_or_is_silent_says_so(server: Played) -> None:
    server.answers["/robots.txt"] = lambda call: call.send("User-agent: *\nDisallow: /\n")
    refused = check_source("eu_portal", settings(server), NOW)
    assert (refused.verdict, len(server.pages())) == (REFUSED, 0)
    server.answers["/robots.txt"] = lambda call: call.send("")
    server.answers[SEARCH] = lambda call: call.send("busy", 500)
    assert check_source("eu_portal", settings(server), NOW).verdict == SILENT
    assert "page 1: HTTP 500" in check_source("eu_portal", settings(server), NOW).as_line()


@pytest.mark.slow
def test_the_check_of_all_sources_is_a_command(server: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANSENRADAR_SOURCE_EU_PORTAL_URL", server.url)
    monkeypatch.setenv("KANSENRADAR_FETCH_ALLOW", f"127.0.0.1:{server.port}")
    monkeypatch.setenv("KANSENRADAR_SOURCES_OFF", ",".join(n for n in sources.names() if n != "eu_portal"))
    done = CliRunner().invoke(app, ["sources", "--check-live"])
    assert (done.exit_code, done.output) == (0, "eu_portal: as expected (63 rows)\n")
