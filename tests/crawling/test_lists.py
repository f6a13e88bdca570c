"""A list is read whole, or the crawl says what is lacking: on real HTTP, with the spellings that sites use."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers import sources
from scrapers.crawled import Crawled, KnownPage
from scrapers.job import Job
from scrapers.links import address_on, key_of
from scrapers.source import path_of
from scrapers.sources import rijksoverheid
from scrapers.watched_sites import Watched
from tests.make.scripted import Answer, Played, PlayedRequest, playing
from tracker.calls.identity import identity
from tracker.sources.crawl import from_spool, run_child

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
ROOT = "https://www.stad.example"
SITE = {"name": "stad", "publisher": "Stad", "start": f"{ROOT}/loket", "links": "^/loket/."}
TEXT = "Aanvragen kan van 1 juni 2026 tot en met 1 oktober 2026."


@pytest.fixture
def server() -> Iterator[Played]:
    with playing() as server:
        server.answers["/robots.txt"] = lambda call: call.send("")
        server.answers["*"] = page(f"<h1>Subsidie Groen</h1><p>{TEXT}</p>")
        yield server


def page(text: str) -> Answer:
    return lambda call: call.send(f"<html><body><main>{text}</main></body></html>", kind="text/html; charset=utf-8")


def links(*paths: str) -> str:
    return "".join(f'<p><a href="{path}">Subsidie {number}</a></p>' for number, path in enumerate(paths))


def by_query(pages: dict[str, str]) -> Answer:
    """A list whose pages are told apart by their query."""

    def answer(call: PlayedRequest) -> None:
        page(pages.get(call.path.partition("?")[2], "nothing"))(call)

    return answer


def crawled(folder: Path, server: Played, known: tuple[KnownPage, ...] = (), **changed: Any) -> Crawled:
    """What a child brings back from the watched site at this server."""
    options = {"watched": {**SITE, **changed}}
    job = Job(
        source="stad", spool=folder, now=NOW, user_agent="test", root=server.url, options=options, known=known,
        fetch_allow=(f"127.0.0.1:{server.port}",), settings={"RETRY_TIMES": 0},
    )  # fmt: skip
    failure = run_child(job, 60, lambda _: None)
    return from_spool(sources.load("stad", options), folder, NOW, NOW, failure)


def ids(outcome: Crawled) -> list[str]:
    return sorted(call.external_id for call in outcome.listings)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{ROOT}/Loket/Groen/", "loket/groen"),
        ("http://stad.example/loket/groen", "loket/groen"),
        (f"{ROOT}/loket/groen;jsessionid=A1B2?utm_source=nieuwsbrief", "loket/groen"),
        (f"{ROOT}/loket/groen?sid=9f3&PHPSESSID=x", "loket/groen"),
        (f"{ROOT}/(S(abc123))/loket/groen.aspx", "loket/groen.aspx"),
        (f"{ROOT}/loket/regeling.php?nr=2&id=12", "loket/regeling.php?id=12&nr=2"),
        (f"{ROOT}/loket/regeling.php?id=12&nr=2&session=77", "loket/regeling.php?id=12&nr=2"),
    ],
)
def test_an_address_is_one_address_however_it_is_spelled(url: str, key: str) -> None:
    assert key_of(address_on(ROOT, url) or "") == key


@pytest.mark.parametrize("session", ["?sid=9f3", ";jsessionid=A1B2", "?PHPSESSID=x&utm_source=y"])
def test_a_session_is_no_part_of_what_a_call_is_known_by(session: str) -> None:
    url = "https://www.rijksoverheid.nl/actueel/nieuws/2026/05/29/subsidie"
    assert rijksoverheid.key_of(url + session) == rijksoverheid.key_of(url)
    assert path_of(url + session) == path_of(url)
    assert identity(url + session) == identity(url)


@pytest.mark.parametrize("url", ["https://elders.example/loket/groen", "mailto:a@b.nl", "http://[x", f"{ROOT}:8080/a"])
def test_an_address_of_another_site_is_none(url: str) -> None:
    assert address_on(ROOT, url) is None


@pytest.mark.slow
def test_pages_told_apart_by_their_query_are_two_calls_and_asked_with_it(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(links("/loket/regeling.php?id=12", "/loket/regeling.php?id=13&utm_source=x"))
    outcome = crawled(tmp_path, server)
    assert (ids(outcome), outcome.stopped) == (["loket/regeling.php?id=12", "loket/regeling.php?id=13"], "")
    assert [asked.query for asked in server.pages()[1:]] == [{"id": "12"}, {"id": "13"}]


@pytest.mark.slow
def test_links_under_the_other_spelling_of_the_host_are_followed(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(
        links("https://stad.example/loket/a", "http://www.stad.example/loket/b", "/loket/c")
    )
    assert ids(crawled(tmp_path, server)) == ["loket/a", "loket/b", "loket/c"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "pager",
    [
        '<a href="?page=1">Volgende</a>',
        '<nav><a href="?page=0">1</a> <a href="?page=1" title="Ga naar pagina 2">2</a></nav>',
        '<a href="/loket?page=1"><span>Pagina</span> 2</a>',
        '<a rel="next" href="?page=1">verder</a>',
        '<a href="?page=1" aria-label="Volgende pagina"><svg></svg></a>',
        '<a href="?page=1">Toon meer</a>',
        '<button data-url="/loket?page=1">Toon meer</button>',
    ],
)
def test_a_second_page_is_found_however_it_is_pointed_to(server: Played, tmp_path: Path, pager: str) -> None:
    back = '<a href="?page=0">Vorige</a> <a href="?page=0">1</a>'
    server.answers["/loket"] = by_query({"": links("/loket/a") + pager, "page=1": links("/loket/b") + back})
    outcome = crawled(tmp_path, server)
    assert (ids(outcome), outcome.stopped) == (["loket/a", "loket/b"], "")


@pytest.mark.slow
def test_a_list_that_goes_on_behind_a_button_without_address_is_not_whole(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(links("/loket/a") + '<button type="button">Toon meer</button>')
    outcome = crawled(tmp_path, server)
    assert ids(outcome) == ["loket/a"]
    assert outcome.stopped == "the list goes on behind 'Toon meer', which has no address to follow"


@pytest.mark.slow
def test_a_pager_that_gives_the_same_page_again_is_not_whole_and_asked_no_further(
    server: Played, tmp_path: Path
) -> None:
    pager = "".join(f'<a href="?page={number}">{number + 1}</a>' for number in range(30))
    server.answers["/loket"] = page(links(*(f"/loket/{name}" for name in "abcdef")) + pager)
    outcome = crawled(tmp_path, server)
    assert len(outcome.listings) == 6
    assert "rows" in outcome.stopped
    assert len([asked for asked in server.pages() if asked.path == "/loket"]) <= 3


@pytest.mark.slow
def test_a_document_among_the_links_is_skipped_with_a_remark(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(links("/loket/besluit.pdf", "/loket/a", "/loket/stuk"))
    server.answers["/loket/stuk"] = lambda call: call.send(b"%PDF-1.7 x", kind="application/pdf")
    outcome = crawled(tmp_path, server)
    assert (ids(outcome), outcome.stopped, outcome.unreadable) == (["loket/a"], "", ())
    assert outcome.remarks == ("/loket/besluit.pdf: a file, not read", "loket/stuk: a file and no web page, not read")
    assert "/loket/besluit.pdf" not in [asked.path for asked in server.pages()]


@pytest.mark.slow
def test_links_to_the_sites_own_pages_are_no_schemes(server: Played, tmp_path: Path) -> None:
    around = '<nav><a href="/loket/thema/werken">Werken</a></nav>'
    own = links("/loket/actueel/nieuws", "/loket/over/privacy", "/loket/thema/faq", "/loket/thema/groen")
    server.answers["/loket"] = lambda call: call.send(
        f"<html><body>{around}<main>{own}</main></body></html>", kind="text/html"
    )
    assert ids(crawled(tmp_path, server)) == ["loket/thema/groen"]


SITEMAP = '<?xml version="1.0"?><{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{1}</{0}>'


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_an_index_of_sitemaps_is_followed_packed_or_not(server: Played, tmp_path: Path, packed: bool) -> None:
    name = "/kaart-1.xml.gz" if packed else "/kaart-1.xml"
    pages = SITEMAP.format("urlset", f"<url><loc>{ROOT}/loket/a</loc></url><url><loc>{ROOT}/contact</loc></url>")
    index = SITEMAP.format("sitemapindex", f"<sitemap><loc>{ROOT}{name}</loc></sitemap>")
    server.answers["/sitemap.xml"] = lambda call: call.send(index, kind="application/xml")
    body = gzip.compress(pages.encode()) if packed else pages.encode()
    server.answers[name] = lambda call: call.send(body, kind="application/gzip" if packed else "text/xml")
    outcome = crawled(tmp_path, server, start=f"{ROOT}/sitemap.xml")
    assert (ids(outcome), outcome.stopped) == (["loket/a"], "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(b"x" * 20 * 2**20), "larger than 15 MiB"),
        (gzip.compress(b"<urlset/>" * 2000)[:20], "breaks off"),
        (b"\x1f\x8b\x08nonsense", "cannot be unpacked"),
    ],
    ids=["bomb", "cut off", "nonsense"],  # a packed body holds its hour: as a name it differs between workers
)
def test_a_packed_sitemap_that_is_broken_or_a_bomb_is_said_in_one_line(
    server: Played, tmp_path: Path, body: bytes, why: str
) -> None:
    server.answers["/sitemap.xml.gz"] = lambda call: call.send(body, kind="application/gzip")
    assert why in crawled(tmp_path, server, start=f"{ROOT}/sitemap.xml.gz").stopped


@pytest.mark.slow
def test_a_sitemap_of_an_index_that_does_not_come_makes_the_list_not_whole(server: Played, tmp_path: Path) -> None:
    places = "".join(f"<sitemap><loc>{ROOT}/kaart-{n}.xml</loc></sitemap>" for n in (1, 2))
    server.answers["/sitemap.xml"] = lambda call: call.send(SITEMAP.format("sitemapindex", places), kind="text/xml")
    first = SITEMAP.format("urlset", f"<url><loc>{ROOT}/loket/a</loc></url>")
    server.answers["/kaart-1.xml"] = lambda call: call.send(first, kind="text/xml")
    server.answers["/kaart-2.xml"] = lambda call: call.send("weg", 404)
    outcome = crawled(tmp_path, server, start=f"{ROOT}/sitemap.xml")
    assert (ids(outcome), outcome.stopped) == (["loket/a"], "page 3: HTTP 404")


KNOWN = tuple(KnownPage(f"loket/{name}", f"{ROOT}/loket/{name}", "Subsidie Groen") for name in "abcdef")


@pytest.mark.slow
def test_a_list_with_fewer_links_than_before_is_not_whole_and_the_other_pages_are_read(
    server: Played, tmp_path: Path
) -> None:
    server.answers["/loket"] = page(links("/loket/a"))
    outcome = crawled(tmp_path, server, KNOWN)
    assert ids(outcome) == [page.external_id for page in KNOWN]
    assert outcome.stopped.startswith("the list links to 1 pages where 6 were known: fewer than before")
    assert outcome.unlisted == {page.external_id for page in KNOWN[1:]}


@pytest.mark.slow
def test_a_shorter_list_that_stays_so_is_the_list_and_its_old_pages_are_still_read(
    server: Played, tmp_path: Path
) -> None:
    server.answers["/loket"] = page(links("/loket/a"))
    outcome = crawled(tmp_path, server, (KNOWN[0], *(page._replace(missed=2) for page in KNOWN[1:])))
    assert (len(outcome.listings), outcome.stopped) == (6, "")
    assert outcome.remarks[0].startswith("the list links to 1 pages where 6 were known")


@pytest.mark.slow
def test_a_page_that_is_gone_from_list_and_site_or_that_is_over_is_no_loss(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(links(*(f"/loket/{name}" for name in "abcd")))
    server.answers["/loket/e"] = lambda call: call.send("weg", 410)
    server.answers["/loket/f"] = page("<h1>Subsidie Groen</h1><p>Deze regeling is gesloten.</p>")
    outcome = crawled(tmp_path, server, KNOWN)
    assert (outcome.stopped, outcome.unreadable) == ("", ())
    assert outcome.remarks == ("loket/e: not on the list, HTTP 410",)


@pytest.mark.slow
def test_known_pages_are_read_also_where_the_list_says_that_it_has_not_changed(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = lambda call: call.send("", 304)
    folder = tmp_path
    job = Job(
        source="stad", spool=folder, now=NOW, user_agent="test", root=server.url, options={"watched": SITE},
        known=KNOWN, fetch_allow=(f"127.0.0.1:{server.port}",), remembered={f"{ROOT}/loket": ('"x"', None)},
    )  # fmt: skip
    failure = run_child(job, 60, lambda _: None)
    outcome = from_spool(sources.load("stad", job.options), folder, NOW, NOW, failure)
    assert (len(outcome.listings), outcome.stopped, outcome.unlisted) == (6, "", frozenset())


@pytest.mark.slow
def test_a_feed_that_gives_every_window_the_same_answer_is_asked_no_further(server: Played, tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>stcrt-2026-{n} : Gemeente</title><link>https://zoek.officielebekendmakingen.nl/stcrt-2026-{n}.html"
        f"</link><description>Subsidieregeling {n}</description></item>"
        for n in range(1, 8)
    )
    feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    server.answers["/rss"] = lambda call: call.send(feed, kind="application/rss+xml")
    server.answers["*"] = lambda call: call.send("weg", 404)
    job = Job(
        source="bekendmakingen", spool=tmp_path, now=NOW, user_agent="test", root=server.url,
        fetch_allow=(f"127.0.0.1:{server.port}",),
    )  # fmt: skip
    failure = run_child(job, 60, lambda _: None)
    outcome = from_spool(sources.load("bekendmakingen"), tmp_path, NOW, NOW, failure)
    assert outcome.stopped == "page 2: the same 7 rows as the page before, asked no further"
    assert len([asked for asked in server.pages() if asked.path == "/rss"]) <= 3
    assert len(outcome.listings) == 7


def test_a_watched_site_may_have_further_lists() -> None:
    site = Watched.model_validate({**SITE, "also": [f"{ROOT}/loket/doorlopend"]})
    assert site.also == (f"{ROOT}/loket/doorlopend",)


@pytest.mark.slow
def test_two_lists_of_a_site_may_show_the_same_schemes(server: Played, tmp_path: Path) -> None:
    shown = links(*(f"/loket/{name}" for name in "abcdef"))
    server.answers |= {"/loket": page(shown), "/ander": page(shown)}
    outcome = crawled(tmp_path, server, also=[f"{ROOT}/ander"])
    assert (len(outcome.listings), outcome.stopped) == (6, "")


@pytest.mark.slow
def test_links_that_the_description_itself_names_as_news_are_read(server: Played, tmp_path: Path) -> None:
    server.answers["/loket"] = page(links("/nieuws/subsidie-groen", "/nieuws/contact"))
    assert ids(crawled(tmp_path, server, links="^/nieuws/[^/]+$")) == ["nieuws/subsidie-groen"]
