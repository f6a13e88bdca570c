"""The recording of the official publications, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import Applicant, Instrument
from scrapers.recordings import replay
from scrapers.sources.bekendmakingen import Bekendmakingen

RECORDING = Path(__file__).parents[1] / "recordings/bekendmakingen"


def test_the_official_publications_of_state_and_provinces_are_read() -> None:
    crawled = replay(Bekendmakingen, RECORDING)
    calls = {listing.external_id: listing for listing in crawled.listings}
    assert (len(calls), crawled.stopped, crawled.unreadable, len(crawled.pages)) == (14, "", (), 3)
    spuk = calls["stcrt-2026-17040"]
    assert (spuk.instrument, spuk.applicants) == (Instrument.SPUK, (Applicant.GOVERNMENT,))
    assert spuk.published_on == date(2026, 5, 27)
    assert spuk.publisher == "Ministerie van Volkshuisvesting en Ruimtelijke Ordening"
    assert calls["prb-2026-9013"].publisher == "Provincie Noord-Holland"
    assert calls["stcrt-2026-16590-n1"].title.startswith("Rectificatie")
