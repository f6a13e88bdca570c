"""The recording of Flevoland's catalogue, read."""

from pathlib import Path

import pytest

from scrapers.crawled import Crawled
from scrapers.recordings import replay
from scrapers.sources.flevoland import CATALOGUE, Flevoland, day_of
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/flevoland"


def test_the_subsidies_among_the_products_of_a_province_are_calls() -> None:
    crawled = replay(Flevoland, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    hubs, heritage = crawled.listings
    assert (hubs.external_id, hubs.title) == ("10231", "Subsidie energiehubs op bedrijventerreinen")
    assert (hubs.publisher, hubs.targets, hubs.applicants) == ("Provincie Flevoland", ("ondernemer",), ())
    assert hubs.url == "https://flevoland.nl/loket/loket/subsidie-energiehubs-bedrijventerreinen"
    assert heritage.summary == "Eigenaren van een gemeentelijk monument kunnen een bijdrage krijgen."


def test_what_is_read_there_is_asked_and_never_shown() -> None:
    hubs = replay(Flevoland, RECORDING).listings[0]
    assert (hubs.deadlines, hubs.budget, hubs.max_amount) == ((), None, None)
    asked = {str(question.field): question.readings for question in hubs.questions}
    assert asked == {"opens": ("2026-06-01",), "closes": ("2026-09-30",), "max_amount": ("150000",)}
    assert hubs.review == ("termijn en bedragen staan op de pagina van de provincie",)


def listed(tmp_path: Path, body: str) -> Crawled:
    return replay(Flevoland, recorded(tmp_path, {f"https://flevoland.nl{CATALOGUE}": ("application/xml", body)}))


@pytest.mark.parametrize("wrapped", ["scproducts", "overheidproduct:scproducten xmlns:overheidproduct='x'"])
def test_the_names_of_elements_count_and_not_how_they_are_wrapped(tmp_path: Path, wrapped: str) -> None:
    inner = "<identifier>https://flevoland.nl/a</identifier><title>Subsidie a</title><productID>1</productID>"
    body = f"<{wrapped}><scproduct>{inner}</scproduct></{wrapped.split()[0]}>"
    assert [call.external_id for call in listed(tmp_path, body).listings] == ["1"]


def test_a_product_without_an_address_is_named_and_an_answer_without_products_is_not_all(tmp_path: Path) -> None:
    found = listed(tmp_path, "<scproducts><scproduct><title>Subsidie</title></scproduct></scproducts>")
    assert [row.why for row in found.unreadable] == ["a product without number"]
    assert listed(tmp_path, "<fout>later</fout>").stopped == "page 1: fout without products"
    assert "where XML was expected" in listed(tmp_path, "<html>Onderhoud").stopped


@pytest.mark.parametrize(("stamp", "day"), [("2026-05-20T10:00:00", "2026-05-20"), ("20 mei", "None"), (None, "None")])
def test_a_day_of_change_that_cannot_be_read_costs_only_itself(stamp: str | None, day: str) -> None:
    assert str(day_of(stamp)) == day
