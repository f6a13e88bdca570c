"""Hostile and broken answers: what a page cannot do to the reading of a source."""

import json
import resource
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from scrapers.formats import FeedSource, SruSource, text_of, without_bare_ampersands
from scrapers.listing import Listing
from scrapers.recordings import Recording, replay
from scrapers.source import Context, one
from scrapers.sources.eu_portal import EuPortal
from scrapers.sources.tweede_kamer import TweedeKamer
from scrapers.texts import decoded_once, one_line, plain_text
from tests.make.pace import seconds_of
from tests.make.scripted import playing, recorded, topic

URL = "https://feed.example/rss"
RSS = "application/rss+xml"
ITEM = "<item><title>{}</title><link>https://feed.example/{}</link><description>{}</description></item>"


class Feed(FeedSource):
    """The plainest feed there can be."""

    name, kind, publisher, root = "feed", SourceKind.STREAM, "Feed", URL
    start_url: ClassVar[str] = URL

    def identify(self, row: Any) -> str | None:
        return str(row.get("link") or "") or None

    def read(self, row: Any) -> Listing | None:
        title, text = one_line(row.get("title", "")), plain_text(row.get("description", ""))
        return Listing(
            source="feed", external_id=row["link"], url=row["link"], title=title, language="nl", summary=text
        )


class Search(SruSource):
    """The plainest library search there can be."""

    name, kind, publisher, root = "search", SourceKind.STREAM, "Search", URL

    def read(self, row: Any) -> Listing | None:
        title = text_of(row, "title") or ""
        return Listing(source="search", external_id=title, url=URL, title=title, language="nl")


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


def read(folder: Path, body: bytes | str, kind: str = RSS, source: Any = Feed) -> Crawled:
    return replay(source, recorded(folder, {URL: (kind, body)}))


def test_an_ampersand_that_nobody_escaped_stays_one(tmp_path: Path) -> None:
    items = ITEM.format("R&D en filters & proc &ecirc;&#8364;", "1?a=1&b=2", "<![CDATA[A&B &amp; C]]>")
    (call,) = read(tmp_path, rss(items)).listings
    assert (call.title, call.summary) == ("R&D en filters & proc ê€", "A&B & C")
    assert call.url == "https://feed.example/1?a=1&b=2"


def test_a_feed_that_opens_parts_without_end_is_read_in_no_time() -> None:
    assert without_bare_ampersands(b"<![CDATA[" * 20).startswith(b"<![CDATA[")
    assert without_bare_ampersands(b"&" * 20) == b"&amp;" * 20
    plain = GOOD.encode() * 5_000
    usual = seconds_of(lambda: without_bare_ampersands(plain), goes=3)
    for piece in (b"<![CDATA[", b"&"):  # once a part with all that follows it, this would take thousands of times
        assert seconds_of(lambda piece=piece: without_bare_ampersands(piece * 200_000)) < 100 * usual


GOOD = rss(ITEM.format("Subsidie", "1", "Tekst") + ITEM.format("Nog een", "2", "Tekst"))


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What a feed of two hundred items, sixty kilobytes, takes on this machine now, in seconds."""
    folder, items = tmp_path_factory.mktemp("usual"), (ITEM.format(n, n, "Tekst " * 40) for n in range(200))
    feed = rss("".join(items))
    return seconds_of(lambda: read(folder, feed), goes=3)


@pytest.mark.parametrize("kind", [RSS, "text/html", "text/plain", "application/octet-stream", ""])
@pytest.mark.parametrize("lead", ["", "\ufeff", "\n\n  \n"])
def test_a_feed_is_a_feed_under_whatever_label(tmp_path: Path, kind: str, lead: str) -> None:
    found = read(tmp_path, lead + GOOD, kind)
    assert ([c.title for c in found.listings], found.stopped) == (["Subsidie", "Nog een"], "")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", "page 1: an empty answer where a feed was expected"),
        ("<html><title>Storing</title></html>", "page 1: an HTML page (Storing) where a feed was expected"),
        ('{"error": "x"}', "page 1: something else where a feed was expected"),
        (GOOD[: GOOD.index("Nog een") + 3], "page 1: the feed breaks off"),
    ],
)
def test_what_is_no_whole_feed_is_no_silence(tmp_path: Path, body: str, line: str) -> None:
    found = read(tmp_path, body)
    assert found.stopped == line
    assert len(found.listings) == (1 if "breaks off" in line else 0)


@pytest.mark.parametrize(
    "body",
    [
        rss(ITEM.format("Café € Fryslân", "1", "x")).encode("utf-8"),
        rss(ITEM.format("Café € Fryslân", "1", "x")).encode("cp1252"),  # says UTF-8 and is not
        rss(ITEM.format("Café € Fryslân", "1", "x")).replace("UTF-8", "UTF-16").encode("utf-16"),
        rss(ITEM.format("Cafe\u0301 € Frysla\u0302n", "1", "x")).encode("utf-8"),
        rss(ITEM.format("Café € Fryslân", "1", "x")).encode().decode("cp1252").encode(),  # encoded twice
    ],
)
def test_letters_come_out_right_whatever_the_label_says(tmp_path: Path, body: bytes) -> None:
    assert [c.title for c in read(tmp_path, body).listings] == ["Café € Fryslân"]


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BOMBS = {
    "billion laughs": rss(ITEM.format("&l9;", "1", "x"), f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>'),
    "quadratic": rss(ITEM.format("&a;" * 20_000, "1", "x"), f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]>'),
    "file": rss(ITEM.format("&x;", "1", "x"), '<!DOCTYPE r [<!ENTITY x SYSTEM "file://{canary}">]>'),
    "parameter": rss(
        ITEM.format("&x;", "1", "x"), '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/d.dtd"> %p;]>'
    ),
    "external dtd": rss(ITEM.format("x", "1", "x"), '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/d.dtd">'),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("source", [Feed, Search])
def test_entities_neither_explode_nor_read_files(tmp_path: Path, bomb: str, source: Any, usual: float) -> None:
    canary = tmp_path / "canary"
    canary.write_text("s3cret")
    before, body = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, BOMBS[bomb].replace("{canary}", str(canary))
    found: list[Crawled] = []
    assert seconds_of(lambda: found.append(read(tmp_path, body, source=source))) < 400 * usual  # whole, it is 3 GB
    assert "s3cret" not in json.dumps([c.as_json() for c in found[0].listings])
    assert all(len(c.title) <= 2000 for c in found[0].listings)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@pytest.mark.parametrize("bomb", ["parameter", "external dtd", "file"])
@pytest.mark.parametrize("source", [Feed, Search])
def test_entities_connect_to_nothing(tmp_path: Path, bomb: str, source: Any) -> None:
    with playing() as server:
        body = BOMBS[bomb].replace("http://127.0.0.1:9", server.url).replace("file://{canary}", f"{server.url}/x")
        read(tmp_path, body, source=source)
        assert server.asked == []


@pytest.mark.parametrize("text", ["NÃO à la Ö “zo” £ 5", "Ã", "â€", "één", "CAFÉ’S “Ä”", "Gauß’"])
def test_letters_that_only_look_encoded_twice_stay(text: str) -> None:
    assert decoded_once(text) == text


@given(st.text(alphabet=[*map(chr, range(0xA0, 0x100)), *"“”‘’–—…€™ abc"]))
def test_what_was_encoded_twice_is_read_as_meant(text: str) -> None:
    twice = "".join(bytes([b]).decode("cp1252", "replace") if b < 0xA0 else chr(b) for b in text.encode())
    if "\ufffd" not in twice and "\ufffd" not in text:
        assert decoded_once(twice) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("items", "stops"),
    [
        (ITEM.format("Diep", "1", "&lt;div&gt;" * 200_000), False),
        ("<x>" * 100_000 + "</x>" * 100_000, False),
        (ITEM.format("Lang", "1", "woord " * 1_700_000), False),
        ("".join(ITEM.format(n, n, "x") for n in range(100_000)), True),
    ],
)
def test_depth_length_and_number_are_bounded(tmp_path: Path, items: str, stops: bool, usual: float) -> None:
    found: list[Crawled] = []
    assert seconds_of(lambda: found.append(read(tmp_path, rss(items)))) < 1_000 * usual  # up to 170 times as many bytes
    assert bool(found[0].stopped) is stops
    assert all(len(c.summary) <= 200_000 for c in found[0].listings)


PORTAL = "https://api.tech.ec.europa.eu/search-api/prod/rest/search?apiKey=SEDIA&text=***&pageSize=100&pageNumber=1"


def portal(folder: Path, results: str, total: int) -> Crawled:
    body = f'{{"totalResults": {total}, "pageSize": 100, "results": {results}}}'
    recorded(folder, {PORTAL: ("application/json", body)})
    index = json.loads((folder / "index.json").read_text())
    index["answers"][0]["method"] = "POST"
    (folder / "index.json").write_text(json.dumps(index))
    return replay(EuPortal, folder)


WRONG = {
    "no title": topic(2, title=[]),
    "a deadline that is no date": topic(2, deadlineDate=["31-02-2026"]),
    "a number for a list": {**topic(2), "metadata": 7},
    "a deadline far away": topic(2, deadlineDate=["9999-01-01T00:00:00.000+0000"]),
    "no identity": topic(2, ccm2Id=[], identifier=[]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_record_costs_only_itself(tmp_path: Path, wrong: str) -> None:
    found = portal(tmp_path, json.dumps([topic(1), WRONG[wrong], topic(3)]), 3)
    assert [c.external_id for c in found.listings] == ["5001", "5003"]
    assert len(found.unreadable) == 1


@pytest.mark.parametrize("amount", ["NaN", "1e999", '"veel"', "[]", '{"a": 1, "a": 2}', "null"])
def test_amounts_that_are_none_leave_the_call(tmp_path: Path, amount: str) -> None:
    group = f'{{"action": "TEST-2026-001 - x", "maxContribution": {amount}, "budgetYearMap": {{"2026": "5"}}}}'
    overview = f'{{"budgetTopicActionMap": {{"1": [{group}]}}}}'
    found = portal(tmp_path, json.dumps([topic(1, budgetOverview=[overview]), topic(2)]), 2)
    assert {c.external_id for c in found.listings} | {u.external_id for u in found.unreadable} == {"5001", "5002"}


def test_a_deadline_that_is_null_is_no_deadline(tmp_path: Path) -> None:
    found = portal(tmp_path, json.dumps([topic(1, deadlineDate=None)]), 1)
    assert [d.kind.value for d in found.listings[0].deadlines] == ["opens"]


def test_json_nested_without_end_stops_the_source_in_one_line(tmp_path: Path) -> None:
    assert portal(tmp_path, "[" * 100_000, 1).stopped == "page 1: JSON nested too deeply"


def test_an_empty_catalogue_is_suspect(tmp_path: Path) -> None:
    assert portal(tmp_path, "[]", 0).stopped == "an empty result: the source lists nothing at all"


def test_totals_that_vary_are_not_taken_for_all(tmp_path: Path) -> None:
    found = portal(tmp_path, json.dumps([topic(1)]), 2)
    assert found.stopped == ""  # two passes brought the same: the index counts double
    assert len(found.pages) == 3  # and a question for the total


def test_passes_that_together_hold_as_much_as_was_said_are_all(now: datetime) -> None:
    source = EuPortal(Context(now))
    (asked,) = source.start()
    for left_out in (0, 1, 2):  # each answer leaves out another one, and says that it holds all
        results = [topic(n) for n in range(1, 5) if n - 1 != left_out]
        body = json.dumps({"totalResults": 4, "pageSize": 100, "results": results}).encode()
        found = list(source.parse(TextResponse(asked.url, body=body, request=asked)))
        asked = next((one for one in found if isinstance(one, Request)), asked)
    assert source.passes == 3
    assert source.why_incomplete() == ""


def test_passes_that_lack_what_was_said_are_not_all(now: datetime) -> None:
    source = EuPortal(Context(now))
    (asked,) = source.start()
    for n in (1, 2, 3):
        body = json.dumps({"totalResults": 9, "pageSize": 100, "results": [topic(n)]}).encode()
        list(source.parse(TextResponse(asked.url, body=body, request=asked)))
    assert source.why_incomplete() == "3 passes do not agree: up to 9 results said, 3 seen"


def test_paging_that_loops_back_ends_and_says_so(tmp_path: Path) -> None:
    class Looping(TweedeKamer):
        def start(self) -> Iterable[Request]:
            return [Request(f"{self.root}/a", meta={"asked_for": ("Document", "mirt")})]

    pages = {
        f"{Looping.root}/{here}": (
            "application/json",
            json.dumps({"value": [], "@odata.nextLink": f"{Looping.root}/{there}"}),
        )
        for here, there in (("a", "b"), ("b", "a"))
    }
    found = replay(Looping, recorded(tmp_path, pages))
    assert found.stopped == f"page 3: paging leads back to a page seen before ({Looping.root}/a)"


def test_a_source_that_has_not_changed_says_so(tmp_path: Path) -> None:
    folder = recorded(tmp_path, {URL: (RSS, "")})
    index = json.loads((folder / "index.json").read_text())
    index["answers"][0]["status"] = 304
    (folder / "index.json").write_text(json.dumps(index))
    found = replay(Feed, folder)
    assert (found.unchanged, found.stopped, found.listings) == (True, "", ())


def test_markup_that_is_hostile_comes_out_as_text() -> None:
    hostile = "<p>Een<script>alert(1)</script> <img src=x onerror=alert(1)>twee</p><div>{{7*7}} &lt;b&gt; %s</div>"
    assert plain_text(hostile) == "Een twee\n{{7*7}} <b> %s"


def test_one_means_one(tmp_path: Path) -> None:
    page = Recording(recorded(tmp_path, {URL: ("text/html", "<h1>a</h1><h1>b</h1>")})).answer(Request(URL))
    with pytest.raises(ValueError, match="found 2 times"):
        one(page, "h1::text")
    assert Context(Recording(tmp_path).now).since is None


@pytest.mark.prove
def test_feedparsers_own_files_neither_crash_nor_hang(tmp_path: Path, usual: float) -> None:
    """Its source distribution holds 2,106 feeds; each is read as a source of ours."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "feedparser"]
    subprocess.run([*command, "-q", "-d", str(tmp_path), "feedparser==6.0.14"], check=True)
    with tarfile.open(next(tmp_path.glob("feedparser*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    files = sorted(p for p in tmp_path.rglob("tests/**/*") if p.suffix in (".xml", ".html", ".json", ".z", ".gz"))
    (tmp_path / "one").mkdir()
    slowest, found = 0.0, list[Crawled]()
    for file in files:
        body = file.read_bytes()
        slowest = max(slowest, seconds_of(lambda body=body: found.append(read(tmp_path / "one", body))))
    feeds = sum(not one.stopped for one in found)
    print(f"{len(files)} files, {feeds} feeds, slowest {slowest / usual:.1f} times a usual one")
    assert len(files) >= 2_106
    assert slowest < 500 * usual
