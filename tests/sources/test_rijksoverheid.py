"""The recording of rijksoverheid.nl, read."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Instrument, Nature
from scrapers.crawled import Unreadable
from scrapers.listing import Listing
from scrapers.recordings import replay
from scrapers.source import Context, SourceIncomplete
from scrapers.sources.rijksoverheid import NEWS, SIZE, TERMS, Rijksoverheid, search_body

RECORDING = Path(__file__).parents[1] / "recordings/rijksoverheid"
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def listings() -> dict[str, Listing]:
    crawled = replay(Rijksoverheid, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    return {listing.title: listing for listing in crawled.listings}


def test_news_and_documents_on_subsidy_are_read_and_nothing_else_that_names_the_word(
    listings: dict[str, Listing],
) -> None:
    assert {title: listing.nature for title, listing in listings.items()} == {
        "Warmtenetten langer in aanmerking voor subsidie": Nature.MOMENT,
        "Extra geld voor woningbouwlocaties": Nature.CALL,
        "Subsidie voor emissieloze bouwmachines gaat weer open": Nature.CALL,
        "Kamerbrief over subsidie voor schoolgebouwen": Nature.MOMENT,
        "Nieuwe subsidieronde voor laadpleinen": Nature.CALL,  # only the sitemap has it
    }


def test_what_an_item_says_of_applying_is_read(listings: dict[str, Listing]) -> None:
    housing = listings["Extra geld voor woningbouwlocaties"]
    assert (housing.budget, housing.evidence["budget"]) == (Decimal(150_000_000), "€ 150 miljoen")
    assert (housing.instrument, [(d.kind, d.hour) for d in housing.deadlines]) == (
        Instrument.SPUK, [(DeadlineKind.OPENS, "09:00"), (DeadlineKind.CLOSES, "17:00")]
    )  # fmt: skip
    machines = listings["Subsidie voor emissieloze bouwmachines gaat weer open"]
    assert machines.published_on == date(2026, 5, 26)  # stamped at midnight in Amsterdam
    assert [d.kind for d in machines.deadlines] == [DeadlineKind.OPENS, DeadlineKind.UNTIL_EXHAUSTED]
    poles = listings["Nieuwe subsidieronde voor laadpleinen"]
    assert (poles.budget, poles.published_on) == (Decimal(8_000_000), date(2026, 5, 28))
    assert poles.external_id == "actueel/nieuws/2026/05/28/nieuwe-subsidieronde-voor-laadpleinen"


def test_the_site_is_asked_as_it_asks_itself() -> None:
    [first, _, sitemap, *_] = Rijksoverheid(Context(NOW)).start()
    assert (first.method, first.url) == ("POST", "https://www.rijksoverheid.nl/api/search")
    assert json.loads(first.body) == search_body(NEWS, "subsidie", 1, NOW)
    assert (sitemap.method, sitemap.url) == ("GET", "https://www.rijksoverheid.nl/news/sitemap.xml")
    body = search_body(NEWS, "subsidie", 3, NOW)
    assert body["requestState"]["filters"] == [{"field": "content_type", "values": [NEWS], "type": "all"}]
    assert body["requestState"]["current"] == 3
    assert body["queryConfig"]["sortList"] == [{"field": "sort_date", "direction": "desc"}]


def item(number: int, day: datetime, path: str = "/actueel/nieuws/2026/05", text: str = "x") -> dict[str, Any]:
    fields = {"url": f"{path}/{number}", "page_title": f"Bericht {number}", "meta_description": text}
    return {name: {"raw": value} for name, value in {**fields, "sort_date": f"{day:%Y-%m-%dT%H:%M:%S}.000Z"}.items()}


def answered(source: Rijksoverheid, asked: Request, rows: Iterable[Any]) -> Iterator[Listing | Unreadable | Request]:
    body = json.dumps({"rawResponse": {"rawResults": list(rows)}}).encode()
    return source.parse(TextResponse(asked.url, body=body, encoding="utf-8", request=asked))


def read(*pages: list[Any]) -> tuple[list[Any], Request | None]:
    """The first question, answered page by page: what was read, and what would be asked next."""
    source = Rijksoverheid(Context(NOW, NOW - timedelta(days=5)))
    asked, found = next(iter(source.start())), []
    for rows in pages:
        parsed = list(answered(source, asked, rows))
        found += [row for row in parsed if not isinstance(row, Request)]
        following = next((row for row in parsed if isinstance(row, Request)), None)
        if following is None:
            return found, None
        asked = following
    return found, asked


def test_pages_are_asked_until_one_is_not_full_or_reaches_back_far_enough() -> None:
    full = [item(number, NOW - timedelta(hours=number)) for number in range(SIZE)]
    found, following = read(full)
    assert following is not None
    assert json.loads(following.body)["requestState"]["current"] == 2
    found, following = read(full, [item(10, NOW - timedelta(hours=20))])
    assert (len(found), following) == (11, None)
    old = [item(number, NOW - timedelta(days=number)) for number in range(SIZE)]
    found, following = read(old)
    assert (len(found), following) == (8, None)  # of five days and the two before: the older ones were read before


def test_an_answer_that_is_not_newest_first_is_read_to_its_end() -> None:
    mixed = [item(number, NOW - timedelta(days=days)) for number, days in enumerate([1, 20, 2, 3, 4, 5, 6, 20, 30, 40])]
    _, following = read(mixed)
    assert following is not None


def test_a_search_that_gives_the_same_page_again_is_asked_no_further() -> None:
    full = [item(number, NOW) for number in range(SIZE)]
    with pytest.raises(SourceIncomplete, match="paging leads back to rows seen before"):
        read(full, full)


@pytest.mark.parametrize(
    "path",
    [
        "/actueel/agenda/2026/05", "/actueel/weblogs/bzers/2026", "/vraag-en-antwoord/bouwen", "/onderwerpen",
        "/regering/bewindspersonen", "/actueel/video", "/documenten-zoeken",
    ],
)  # fmt: skip
def test_what_is_neither_news_nor_a_document_is_left_out(path: str) -> None:
    assert read([item(1, NOW, path, "Gemeenten kunnen tot en met 1 oktober 2026 subsidie aanvragen.")]) == ([], None)


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("Scholen kunnen subsidie aanvragen voor ventilatie.", Nature.CALL),
        ("De specifieke uitkering is weer aan te vragen.", Nature.CALL),
        ("De regeling gaat weer open.", Nature.CALL),
        ("Aanvragen kan van 1 juni 2026 tot en met 30 juni 2026.", Nature.CALL),
        ("De minister reikte gisteren de subsidie uit aan tien gemeenten.", Nature.MOMENT),
        ("De Kamer debatteert over de subsidie voor warmtenetten.", Nature.MOMENT),
        ("In 2025 is voor € 3 miljard aan subsidies vastgesteld.", Nature.MOMENT),
    ],
)
def test_a_call_is_told_from_a_moment_by_what_it_says_of_applying(text: str, nature: Nature) -> None:
    [listing], _ = read([item(1, NOW, text=text)])
    assert listing.nature is nature


def test_a_row_that_cannot_be_read_costs_only_itself() -> None:
    odd = {**item(1, NOW), "url": {"raw": 7}}
    undated = {**item(2, NOW), "sort_date": {"raw": "gisteren"}}
    found, _ = read([odd, undated, "x", item(3, NOW)])
    assert [type(row).__name__ for row in found] == ["Unreadable", "Unreadable", "Unreadable", "Listing"]
    assert [row.why for row in found[:3]] == [
        "url: '7' where text was expected", "'gisteren' is no date", "str where an object was expected"
    ]  # fmt: skip


def of_sitemap(source: Rijksoverheid, body: bytes, status: int = 200) -> list[Any]:
    [asked] = [request for request in source.start() if request.method == "GET"]
    return list(source.parse(TextResponse(asked.url, status=status, body=body, encoding="utf-8", request=asked)))


def test_where_the_search_fails_all_news_of_the_window_is_looked_at() -> None:
    body = (RECORDING / "news-sitemap.xml").read_bytes()
    assert len(of_sitemap(Rijksoverheid(Context(NOW)), body)) == 3
    with pytest.raises(SourceIncomplete, match="no news sitemap either"):
        of_sitemap(Rijksoverheid(Context(NOW)), b"oops", 503)


@pytest.mark.parametrize(("body", "status"), [(b"oops", 503), (b"<html><title>Onderhoud</title></html>", 200)])
def test_a_sitemap_that_fails_costs_nothing_where_the_search_answers(body: bytes, status: int) -> None:
    source = Rijksoverheid(Context(NOW))
    for asked in list(source.start())[: len(TERMS)]:
        list(answered(source, asked, []))
    assert of_sitemap(source, body, status) == []
