"""The recording of the official publications, read."""

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import feedparser
import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from db.vocabulary import Applicant, DeadlineKind, Instrument
from scrapers.listing import Listing, QuestionField
from scrapers.recordings import Recording, replay
from scrapers.source import Context
from scrapers.sources.bekendmakingen import Bekendmakingen, published, text_of_page

RECORDING = Path(__file__).parents[1] / "recordings/bekendmakingen"
PAGE = "https://zoek.officielebekendmakingen.nl/stcrt-2026-17040.html"


@pytest.fixture(scope="module")
def calls() -> dict[str, Listing]:
    crawled = replay(Bekendmakingen, RECORDING)
    assert (len(crawled.listings), crawled.stopped, crawled.unreadable, len(crawled.pages)) == (15, "", (), 9)
    return {listing.external_id: listing for listing in crawled.listings}


def test_the_official_publications_of_state_and_provinces_are_read(calls: dict[str, Listing]) -> None:
    spuk = calls["stcrt-2026-17040"]
    assert (spuk.instrument, spuk.applicants) == (Instrument.SPUK, (Applicant.GOVERNMENT,))
    assert spuk.published_on == date(2026, 5, 27)
    assert spuk.publisher == "Ministerie van Volkshuisvesting en Ruimtelijke Ordening"
    assert calls["prb-2026-9013"].publisher == "Provincie Noord-Holland"
    assert calls["stcrt-2026-17231"].publisher == "NWO"
    assert calls["stcrt-2026-16590-n1"].title.startswith("Rectificatie")


def test_the_text_of_a_publication_tells_its_period_and_amounts(calls: dict[str, Listing]) -> None:
    spuk = calls["stcrt-2026-17040"]
    opens, closes = spuk.deadlines
    assert (opens.kind, opens.day, opens.hour) == (DeadlineKind.OPENS, date(2026, 9, 1), "09:00")
    assert (closes.kind, closes.day, closes.hour) == (DeadlineKind.CLOSES, date(2026, 10, 16), "17:00")
    assert (opens.text, closes.text) == ("1 september 2026, 9.00 uur", "16 oktober 2026, 17.00 uur")
    assert closes.sentence.startswith("Een aanvraag kan worden ingediend van 1 september 2026, 9.00 uur, tot en met")
    assert (spuk.budget, spuk.rate) == (312_000_000, 50)  # not the amounts of the earlier round in its notes
    assert spuk.evidence == {"budget": "€ 312.000.000", "rate": "50%"}
    province = calls["prb-2026-9071"]
    assert [d.day for d in province.deadlines] == [date(2026, 6, 15), date(2026, 10, 9)]
    assert (province.budget, province.max_amount, province.rate) == (4_200_000, 1_000_000, 60)


def test_what_a_publication_does_not_tell_for_certain_goes_to_a_person(calls: dict[str, Listing]) -> None:
    plafond, change = calls["stcrt-2026-16590"], calls["stcrt-2026-17112"]
    assert (plafond.deadlines, change.deadlines, change.budget) == ((), (), None)
    assert "geen termijn met zekerheid in de publicatie gelezen" in plafond.review
    asked = {question.field: question for question in change.questions}
    assert asked[QuestionField.CLOSES].readings == ("2026-11-01",)
    assert "‘1 september 2026’ vervangen door ‘1 november 2026’" in asked[QuestionField.CLOSES].sentence


def test_a_publication_whose_page_is_refused_is_kept_by_its_title(calls: dict[str, Listing]) -> None:
    refused = calls["stcrt-2026-16855"]
    assert refused.review == ("alleen de titel is gelezen (HTTP 404); termijn en bedragen staan in de publicatie",)
    assert refused.snapshot == replay(Bekendmakingen, RECORDING).pages[0].sha256


@pytest.mark.parametrize(
    ("why", "kept"),
    [("robots.txt of x forbids y", True), ("HTTP 403", True), ("HTTP 503", False), ("User timeout caused", False)],
)
def test_a_page_that_may_come_tomorrow_is_not_replaced_by_less(why: str, kept: bool) -> None:
    recording = Recording(RECORDING)
    source = Bekendmakingen(Context(recording.now, recording.since))
    (first, *_) = source.start()
    asked = next(r for r in source.parse(recording.answer(first)) if isinstance(r, Request))  # type: ignore[arg-type]
    assert (source.without(asked, why) is not None) is kept


def test_the_search_names_its_area_and_the_titles_of_nwo() -> None:
    asked = [unquote(request.url) for request in Bekendmakingen(Context(datetime(2026, 5, 29, 6, tzinfo=UTC))).start()]
    assert all('c.product-area=="officielepublicaties" AND ' in url for url in asked)
    assert all('dt.title="call for proposals"' in url for url in asked)


def test_the_ways_to_share_a_page_are_no_part_of_its_text() -> None:
    shared = (
        '<div id="broodtekst"><h1><br></h1><p class="staatscourant_kop">Openstelling</p><p class="al">Artikel 1.</p>'
        '<div class="pageactions"><a>Naar boven</a><div id="delenModal" class="modal">Permanente link Kopieer de link'
        " <span>Sluit modaal</span></div></div></div>"
    )
    page = HtmlResponse(PAGE, body=shared.encode(), encoding="utf-8")
    assert text_of_page(page) == "Openstelling\nArtikel 1."


@pytest.mark.parametrize("body", ["<h1>We zijn zo terug</h1>", ""])
def test_of_a_publication_with_another_page_only_the_title_is_kept_and_the_page_is_owed(
    tmp_path: Path, body: str
) -> None:
    for file in RECORDING.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "stcrt-2026-17040.html").write_text(body)
    crawled = replay(Bekendmakingen, tmp_path)
    [owed] = [call for call in crawled.listings if call.external_id == "stcrt-2026-17040"]
    assert (owed.deadlines, owed.review[0][:27]) == ((), "alleen de titel is gelezen ")
    assert "read by their title alone, such as stcrt-2026-17040" in crawled.remarks[0]
    assert len(crawled.listings) == 15


@pytest.mark.parametrize(
    "stamp", ["Tue, 26 May 2026 23:00:00 GMT", "Wed, 27 May 2026 01:00:00 +0200", "2026-05-26T23:00:00Z"]
)
def test_a_day_is_that_of_amsterdam_in_whatever_zone_it_is_written(stamp: str) -> None:
    feed = f'<rss version="2.0"><channel><item><title>x</title><pubDate>{stamp}</pubDate></item></channel></rss>'
    assert published(feedparser.parse(feed.encode()).entries[0]) == date(2026, 5, 27)


def test_a_day_first_date_is_unknown_and_no_other_day() -> None:
    feed = '<rss version="2.0"><channel><item><pubDate>26-05-2026</pubDate></item></channel></rss>'
    assert published(feedparser.parse(feed.encode()).entries[0]) is None


def test_half_an_address_costs_its_own_item_only() -> None:
    source = Bekendmakingen(Context(datetime(2026, 5, 29, 6, tzinfo=UTC)))
    asked = next(iter(source.start()))
    item = "<item><title>1 : Zaanstad</title><description>Subsidie</description><link>{}</link></item>"
    links = "http://[x/stcrt-2026-1.html", "https://zoek.officielebekendmakingen.nl/stcrt-2026-2.html"
    feed = f'<rss version="2.0"><channel>{"".join(map(item.format, links))}</channel></rss>'
    page = HtmlResponse(asked.url, body=feed.encode(), request=asked)
    found = list(source.parse(page))
    assert [one.meta["external_id"] for one in found if isinstance(one, Request)] == ["stcrt-2026-1", "stcrt-2026-2"]
