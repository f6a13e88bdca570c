"""A source of an installation: looked at, kept, recorded, tried, paused and given up, all without a line of code."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scrapers.crawled import Page
from scrapers.link_shapes import shapes_of
from tests.make.scripted import Played, playing
from tracker.__main__ import app
from tracker.errors import Incomplete, NotFound
from tracker.settings import Settings
from tracker.sources import own_pages, scaffold
from tracker.sources.crawl import crawlable, own_watched, paused
from tracker.sources.live_check import AS_EXPECTED, check_source

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
LIST = """<html><nav><a href="/contact">Contact</a><a href="/nieuws/1">Nieuws</a></nav><main><h1>Subsidies</h1>
<a href="/subsidies/warmte">Warmtenetten</a><a href="/subsidies/groen">Groene daken</a><a href="/subsidies/fiets">Fiets</a>
<a href="/thema/a">Thema A</a><a href="/subsidies/brochure.pdf">Brochure</a><a href="https://elders.example/x">x</a></main></html>"""
SCHEME = """<html><main><h1>{0}</h1><p>U kunt een aanvraag indienen tot en met 1 september 2026. Het budget voor deze
regeling is 2.500.000 euro.</p></main></html>"""


@pytest.fixture
def site() -> Iterator[Played]:
    with playing() as server:
        server.answers["/robots.txt"] = lambda call: call.send("")
        server.answers["/subsidies"] = lambda call: call.send(LIST, kind="text/html")
        for path, title in (("warmte", "Warmtenetten"), ("groen", "Groene daken"), ("fiets", "Fiets")):
            page = SCHEME.format(title)
            server.answers[f"/subsidies/{path}"] = lambda call, page=page: call.send(page, kind="text/html")
        yield server


def here(site: Played | None, folder: Path) -> Settings:
    allowed = (f"127.0.0.1:{site.port}",) if site else ()
    return Settings(data_dir=folder, fetch_allow=allowed, _env_file=None)


def test_links_are_grouped_by_the_shape_of_their_paths() -> None:
    page = Page("https://a.example/subsidies", "x", "text/html", LIST.encode(), NOW)
    shapes = shapes_of(page, "https://a.example/subsidies")
    assert [(shape.pattern, [link.text for link in shape.links]) for shape in shapes] == [
        ("^/subsidies/[^/]+/?$", ["Warmtenetten", "Groene daken", "Fiets"]),
        ("^/thema/[^/]+/?$", ["Thema A"]),
    ]
    queries = Page(page.url, "x", "text/html", b"<main><a href='/r?id=1'>A</a><a href='/r?id=2'>B</a></main>", NOW)
    assert [shape.pattern for shape in shapes_of(queries, page.url)] == ["^/r$"]


@pytest.mark.parametrize(
    ("publisher", "start", "links", "field"),
    [
        ("", "https://a.example/x", "", "publisher"),
        ("A", "ftp://a.example/x", "", "start"),
        ("A", "http://user:pw@a.example/x", "", "start"),
        ("A", "https://a.example/x y", "", "start"),
        ("A", "https://www.dus-i.nl/subsidies/", "", "start"),  # a source that is there
        ("A", "https://a.example/x", "(", "links"),
        ("A", "https://a.example/x", "a" * 301, "links"),
    ],
)
def test_what_cannot_be_a_source_is_refused_at_its_field(
    tmp_path: Path, publisher: str, start: str, links: str, field: str
) -> None:
    with pytest.raises((own_pages.NotASource, Incomplete)) as refused:
        own_pages.look(publisher, start, links, here(None, tmp_path), NOW)
    assert refused.value.field == field


def test_a_source_is_paused_with_a_reason_taken_up_and_given_up(tmp_path: Path) -> None:
    settings = here(None, tmp_path)
    watched = own_pages.described("Stad Één", "https://een.example/lijst", "^/lijst/[^/]+$", settings)
    own_pages.keep(watched, settings)
    assert watched.name == "stad_een"
    assert own_watched(settings)["stad_een"] == watched
    assert own_pages.described("Stad Één", "https://een.example/anders", "x", settings).name == "stad_een_2"
    for name in ("stad_een", "rvo"):
        with pytest.raises(Incomplete):
            own_pages.pause(name, " ", settings)
        own_pages.pause(name, "wordt\nverbouwd", settings)
        assert name not in crawlable(settings)
        assert paused(settings)[name] == "wordt verbouwd"
        own_pages.take_up(name, settings)
        assert name in crawlable(settings)
        with pytest.raises(NotFound):
            own_pages.take_up(name, settings)
    with pytest.raises(own_pages.NotASource):
        own_pages.give_up("rvo", settings)
    with pytest.raises(NotFound):
        own_pages.pause("../secret", "x", settings)
    assert own_pages.give_up("stad_een", settings).is_file()
    assert own_watched(settings) == {}


@pytest.mark.slow
def test_who_adds_or_gives_up_a_moment_later_takes_no_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = here(None, tmp_path)
    first, second = (own_pages.described("Fonds", f"https://{x}.example/r", "^/r$", settings) for x in "ab")
    monkeypatch.setattr(own_pages, "own_watched", lambda _: {})  # as both saw it
    own_pages.keep(first, settings)
    with pytest.raises(own_pages.NotASource):
        own_pages.keep(second, settings)
    assert own_watched(settings)[first.name].start == first.start
    assert [file.name for file in (tmp_path / "watched").iterdir()] == [f"{first.name}.yaml"]
    monkeypatch.setattr(own_pages, "own_watched", lambda _: {first.name: first})
    own_pages.give_up(first.name, settings)
    with pytest.raises(NotFound):
        own_pages.give_up(first.name, settings)


def test_a_look_shows_what_would_be_read_and_the_source_is_then_known(site: Played, tmp_path: Path) -> None:
    settings = here(site, tmp_path)
    seen = own_pages.look("Gemeente X", f"{site.url}/subsidies", "", settings, NOW)
    assert seen.watched.links == "^/subsidies/[^/]+/?$"
    assert [listing.title for listing in seen.crawled.listings] == ["Warmtenetten", "Groene daken", "Fiets"]
    assert seen.crawled.listings[0].deadlines[0].sentence.startswith("U kunt een aanvraag indienen")
    assert own_watched(settings) == {}
    own_pages.keep(seen.watched, settings)
    assert check_source("gemeente_x", settings, NOW).verdict == AS_EXPECTED
    scaffold.record("gemeente_x", settings, NOW)
    scaffold.keep_expectation("gemeente_x", settings)
    assert (tmp_path / "recordings/gemeente_x/index.json").is_file()
    assert len(scaffold.try_source("gemeente_x", settings).listings) == 3


@pytest.mark.slow
def test_a_look_heeds_robots_and_reaches_no_private_address(site: Played, tmp_path: Path) -> None:
    site.answers["/robots.txt"] = lambda call: call.send("User-agent: *\nDisallow: /\n")
    assert "robots.txt" in own_pages.look("X", f"{site.url}/subsidies", "", here(site, tmp_path), NOW).crawled.stopped
    inside = own_pages.look("X", f"{site.url}/subsidies", "", here(None, tmp_path), NOW)
    assert (inside.shapes, site.pages()) == ((), [])


def test_a_recording_of_an_installation_lies_in_its_data_folder(tmp_path: Path) -> None:
    settings, installed = here(None, tmp_path), tmp_path / "site-packages"
    assert scaffold.recording_of("rvo", settings, installed) == tmp_path / "recordings/rvo"
    with pytest.raises(scaffold.CannotAddSource, match="source record rvo"):
        scaffold.try_source("rvo", settings, installed)
    (tmp_path / "recordings/rvo").mkdir(parents=True)
    (tmp_path / "recordings/rvo/expected.json").write_text('{"paths": [], "fields": ["title"]}')
    kept = scaffold.kept_expectation("rvo", settings)
    assert kept is not None
    assert kept.fields == ("title",)


def test_pausing_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANSENRADAR_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    assert run(app, ["source", "pause", "rvo", "--why", "verbouwing"]).output == "rvo is paused\n"
    assert run(app, ["source", "resume", "rvo"]).output == "rvo is asked again\n"
    assert run(app, ["source", "retire", "rvo"]).exit_code == 1
