"""The recording of RVO, read."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse

from db.vocabulary import Allocation, Status
from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.sources.rvo import Rvo, created, page_path, status_word
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/rvo"
API = "https://www.rvo.nl/api/v1/opendata/subsidies"


def test_schemes_of_the_open_data_and_of_the_sitemap_are_read_from_their_own_pages() -> None:
    crawled = replay(Rvo, RECORDING)
    calls = {listing.external_id: listing for listing in crawled.listings}
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert list(calls) == ["wis", "circulaire-ketenprojecten", "walstroom-klimaat", "schoon-emissieloos-bouwen"]
    chains = calls["circulaire-ketenprojecten"]
    assert (chains.source_word, chains.rate, chains.budget) == (Status.OPEN, Decimal(50), Decimal(4_750_000))
    assert (chains.allocation, chains.deadlines[1].day) == (Allocation.FIRST_COME, date(2026, 9, 3))
    assert calls["wis"].source_word is Status.ANNOUNCED
    assert calls["walstroom-klimaat"].source_word is Status.CLOSED


def items(*urls: str) -> str:
    return json.dumps([{"title": f"Regeling {number}", "url": url} for number, url in enumerate(urls)])


def crawled(folder: Path, *urls: str) -> Crawled:
    """These schemes as open data, each with a page, and no sitemap."""
    page = "<html><body><main><h1>Regeling</h1><p>Open voor aanvragen</p></main></body></html>"
    lists = {f"{API}?page=0": ("application/json", items(*urls)), f"{API}?page=1": ("application/json", "[]")}
    own = {f"https://www.rvo.nl{url}": ("text/html", page) for url in urls if url}
    folder = recorded(folder, {**lists, **own, "https://www.rvo.nl/sitemap.xml": ("text/html", "nee")})
    index = json.loads((folder / "index.json").read_text())
    index["answers"][-1]["status"] = 404
    (folder / "index.json").write_text(json.dumps(index))
    return replay(Rvo, folder)


def test_a_scheme_of_the_open_data_is_kept_wherever_its_page_is_and_named_when_it_has_none(tmp_path: Path) -> None:
    found = crawled(tmp_path, "/subsidies-financiering/a", "/subsidies-financiering/a/huurders", "/subsidie/b", "")
    assert [one.external_id for one in found.listings] == ["a", "a/huurders", "/subsidie/b"]
    assert [row.why for row in found.unreadable] == ["'Regeling 3': '' is no address"]
    assert [page_path(one.external_id) for one in found.listings][1:] == [
        "/subsidies-financiering/a/huurders",
        "/subsidie/b",
    ]


def test_half_an_address_costs_its_own_scheme_only(tmp_path: Path) -> None:
    found = crawled(tmp_path, "http://[x", "/subsidies-financiering/wis")
    assert [row.why for row in found.unreadable] == ["'Regeling 0': 'http://[x' is no address"]
    assert [listing.external_id for listing in found.listings] == ["wis"]


@pytest.mark.parametrize(("schemes", "stopped"), [(49, ""), (50, "50 schemes, perhaps a cap"), (51, "")])
def test_without_a_sitemap_only_open_data_that_may_be_cut_off_is_not_whole(
    tmp_path: Path, schemes: int, stopped: str
) -> None:
    found = crawled(tmp_path, *(f"/subsidies-financiering/{number}" for number in range(schemes)))
    assert len(found.listings) == schemes
    assert found.stopped.startswith(stopped)
    assert bool(found.stopped) == bool(stopped)


def test_the_first_word_of_a_page_is_its_own_status() -> None:
    text = "<main><h1>WIS</h1><p>Gesloten voor aanvragen</p><aside>ISDE: Open voor aanvragen</aside></main>"
    page = HtmlResponse("https://www.rvo.nl/subsidies-financiering/wis", body=text.encode(), encoding="utf-8")
    assert status_word(page) == "Gesloten voor aanvragen"


@pytest.mark.parametrize("stamp", [None, "", "binnenkort", {"value": "2026-10-01"}])
def test_a_day_of_making_that_cannot_be_read_costs_only_itself(stamp: object) -> None:
    assert created({"created": stamp}) is None
    assert created({"created": "2026-10-01T09:00:00+02:00"}) == date(2026, 10, 1)
