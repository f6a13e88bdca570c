"""The recording of RVO, read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from db.vocabulary import Allocation, Status
from scrapers.recordings import replay
from scrapers.sources.rvo import Rvo

RECORDING = Path(__file__).parents[1] / "recordings/rvo"


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
