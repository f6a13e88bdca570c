"""Pages that are watched without anybody vouching for their structure."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind
from scrapers import sources
from scrapers.crawled import Page
from scrapers.link_shapes import shapes_of
from scrapers.recordings import replay
from scrapers.source import Context, SourceIncomplete
from scrapers.watched import TO_CONFIRM, watched_source
from scrapers.watched_sites import Watched, read_watched
from tracker.settings import Settings
from tracker.sources.crawl import crawlable, watched_options, wrong_watched

RECORDINGS = Path(__file__).parents[1] / "recordings"
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
SITE = Watched(name="stad", publisher="Stad", start="https://stad.example/regelingen", links="^/regelingen/[^/]+$")


def recorded(folder: Path, pages: dict[str, str]) -> Path:
    answers = []
    for number, (path, body) in enumerate(pages.items()):
        (folder / f"{number}").write_text(body, encoding="utf-8")
        kind = "application/xml" if path.endswith(".xml") else "text/html; charset=utf-8"
        answers.append({"url": f"https://stad.example{path}", "file": f"{number}", "headers": {"Content-Type": kind}})
    (folder / "index.json").write_text(json.dumps({"day": "2026-05-29", "answers": answers}))
    return folder


@pytest.mark.parametrize("name", sorted(sources.shipped()))
def test_every_watched_page_has_a_recording_that_is_read_for_a_person_to_confirm(name: str) -> None:
    crawled = replay(sources.load(name), RECORDINGS / name)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert crawled.listings
    assert all(call.review[0] == TO_CONFIRM and call.deadlines for call in crawled.listings)


def test_a_sitemap_serves_as_list_and_pages_that_do_not_fit_are_told(tmp_path: Path) -> None:
    place = "<url><loc>https://stad.example{}</loc><lastmod>{}</lastmod></url>"
    sitemap = "".join(
        place.format(*p)
        for p in [("/regelingen/groen", "2026-05-01"), ("/regelingen/oud", "2020-01-01"), ("/x", "2026")]
    )
    pages = {
        "/sitemap.xml": f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{sitemap}</urlset>',
        "/regelingen/groen": "<h1>Groen</h1><main>Aanvragen kan tot en met 1 juli 2026.</main>",
    }
    site = SITE.model_copy(update={"start": "https://stad.example/sitemap.xml"})
    crawled = replay(watched_source(site), recorded(tmp_path, pages))
    assert [c.external_id for c in crawled.listings] == ["regelingen/groen"]
    assert crawled.listings[0].deadlines[0].kind is DeadlineKind.CLOSES


RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Stad</title>{}</channel></rss>',
    "<item><title>{1}</title><link>https://stad.example{0}</link></item>",
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Stad</title>{}</feed>',
    '<entry><title>{1}</title><link href="https://www.stad.example{0}"/></entry>',
)


@pytest.mark.parametrize("form", [RSS, ATOM])
def test_a_feed_serves_as_list_and_what_drops_off_it_is_not_left_out(tmp_path: Path, form: tuple[str, str]) -> None:
    whole, entry = form
    entries = [("/regelingen/groen", "Groen & water"), ("/thema/a", "Thema"), ("https://elders.example/x", "Elders")]
    feed = whole.format("".join(entry.format(*each) for each in entries))
    pages = {
        "/feed.xml": feed,
        "/regelingen/groen": "<h1>Groen &amp; water</h1><main>Aanvragen kan tot en met 1 juli 2026.</main>",
    }
    site = SITE.model_copy(update={"start": "https://stad.example/feed.xml"})
    crawled = replay(watched_source(site), recorded(tmp_path, pages))
    assert [c.external_id for c in crawled.listings] == ["regelingen/groen"]
    assert (crawled.stopped, crawled.listings[0].deadlines[0].kind) == ("", DeadlineKind.CLOSES)
    shown = shapes_of(Page(site.start, "x", "application/xml", feed.encode(), NOW), site.start)
    assert {shape.pattern: [link.text for link in shape.links] for shape in shown} == {
        "^/regelingen/[^/]+/?$": ["Groen & water"], "^/thema/[^/]+/?$": ["Thema"],
    }  # fmt: skip
    source = watched_source(site)(Context(now=NOW))
    answer = TextResponse(site.start, body=feed.encode())
    assert not source.shows_the_newest()
    assert len(list(source.rows(answer))) == 1
    assert source.shows_the_newest()
    with pytest.raises(SourceIncomplete, match="breaks off"):
        list(watched_source(site)(Context(now=NOW)).rows(answer.replace(body=feed.encode()[:-12])))


def test_a_list_without_links_means_that_the_site_has_changed(tmp_path: Path) -> None:
    crawled = replay(watched_source(SITE), recorded(tmp_path, {"/regelingen": "<main>Nieuw ontwerp</main>"}))
    assert "has the site changed?" in crawled.stopped


def test_a_page_without_a_readable_part_costs_only_itself(tmp_path: Path) -> None:
    links = '<main><a href="http://[x">x</a><a href="/regelingen/a">a</a><a href="/regelingen/b">b</a></main>'
    good = "<h1>Specifieke uitkering B</h1><main>Subsidie</main>"
    pages = {"/regelingen": links, "/regelingen/a": "<h1>A</h1><div>Subsidie</div>", "/regelingen/b": good}
    crawled = replay(watched_source(SITE), recorded(tmp_path, pages))
    assert [(c.title, c.instrument) for c in crawled.listings] == [("Specifieke uitkering B", "spuk")]
    assert [(u.external_id, u.why) for u in crawled.unreadable] == [("regelingen/a", "nothing at 'main'")]


def test_the_title_is_that_of_the_readable_part_and_a_second_part_is_of_another_scheme(tmp_path: Path) -> None:
    own = "<main><h1>Groen</h1>Aanvragen kan tot en met 1 juli 2026.</main>"
    other = "<main><h1>Walstroom</h1>Aanvragen kan tot en met 1 januari 2031.</main>"
    pages = {
        "/regelingen": '<main><a href="/regelingen/a">a</a><a href="/regelingen/b">b</a></main>',
        "/regelingen/a": f"<h1>Cookies</h1>{own}{other}",
        "/regelingen/b": "<h1>Cookies</h1><h1>Groen</h1><main>Subsidie</main>",
    }
    crawled = replay(watched_source(SITE), recorded(tmp_path, pages))
    assert [(c.title, [str(d.day) for d in c.deadlines]) for c in crawled.listings] == [("Groen", ["2026-07-01"])]
    assert [(u.external_id, u.why) for u in crawled.unreadable] == [("regelingen/b", "more than one title")]


def test_a_description_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValidationError, match="links"):
        Watched(name="stad", publisher="Stad", start="https://stad.example/", links="(")


def test_one_wrong_description_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a: b")
    (tmp_path / "b.yaml").write_text("name: stad\npublisher: Stad\nstart: https://stad.example/\nlinks: ^/r/\n")
    found, wrong = read_watched(tmp_path)
    assert list(found) == ["stad"]
    assert len(wrong) == 1
    assert "a.yaml" in wrong[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "name: stad\npublisher: Stad\nstrat: https://stad.example/\nlinks: ^/r/\n",
            "start: Field required; strat: Extra",
        ),
        ("just words", "the file: Input should be"),
        ("name: a: b", "mapping values are not allowed"),
    ],
)
def test_a_wrong_description_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    found, (line,) = read_watched(tmp_path)
    assert (found, said in line, "\n" in line) == ({}, True, False), line


def test_a_page_made_by_a_script_is_told_and_never_an_empty_list(tmp_path: Path) -> None:
    script = '<main></main><div id="app"></div><script src="/app.js"></script>'
    assert "has the site changed?" in replay(watched_source(SITE), recorded(tmp_path, {"/regelingen": script})).stopped
    (tmp_path / "details").mkdir()
    pages = {"/regelingen": '<main><a href="/regelingen/a">a</a></main>', "/regelingen/a": script}
    crawled = replay(watched_source(SITE), recorded(tmp_path / "details", pages))
    assert (crawled.listings, [u.why for u in crawled.unreadable]) == ((), ["no title"])


def test_a_coordinator_adds_a_page_without_code_and_cannot_replace_a_source(tmp_path: Path) -> None:
    (tmp_path / "watched").mkdir()
    line = "publisher: Stad\nstart: https://stad.example/\nlinks: ^/r/\n"
    (tmp_path / "watched/a.yaml").write_text("name: stad\n" + line)
    (tmp_path / "watched/b.yaml").write_text("name: rvo\n" + line)
    settings = Settings(data_dir=tmp_path, sources_off=("zonmw",))
    assert {"stad", "rvo", "nwo"} <= set(crawlable(settings))
    assert not {"zonmw", "cvdr"} & set(crawlable(settings))
    assert watched_options("stad", settings)["watched"]["name"] == "stad"
    assert watched_options("rvo", settings) == {}
    assert wrong_watched(settings) == ["watched page 'rvo': a source has that name"]


def test_the_stages_of_a_call_are_read_where_the_day_stands_before_its_name() -> None:
    [call] = replay(sources.load("dut"), RECORDINGS / "dut").listings
    assert [(d.kind, str(d.day), d.door) for d in call.deadlines] == [
        ("opens", "2026-09-01", False), ("stage_1", "2026-11-17", True), ("stage_2", "2027-04-15", False)
    ]  # fmt: skip
    assert call.questions == ()


def test_the_permanent_call_of_the_urban_initiative_is_seen_from_its_second_start() -> None:
    crawled = replay(sources.load("eui"), RECORDINGS / "eui")
    assert crawled.stopped == ""
    assert [call.title for call in crawled.listings] == [
        "4th EUI Call for Innovative Actions", "Ongoing call for peer reviews"
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "count"), [("kansen_voor_west", 1), ("mondriaan_fonds", 1), ("dus_i", 2)])
def test_a_site_is_watched_where_it_lives_now(name: str, count: int) -> None:
    crawled = replay(sources.load(name), RECORDINGS / name)
    assert (crawled.stopped, len(crawled.listings)) == ("", count)


def test_a_site_with_more_than_a_hundred_schemes_is_read_whole() -> None:
    assert sources.shipped()["dus_i"].most >= 300
