"""The recording of the publications by SRU, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import Instrument
from scrapers.recordings import replay
from scrapers.sources.bekendmakingen_sru import BekendmakingenSru

RECORDING = Path(__file__).parents[1] / "recordings/bekendmakingen_sru"


def test_publications_have_the_same_key_as_in_the_feed() -> None:
    crawled = replay(BekendmakingenSru, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert [(c.external_id, c.instrument, c.published_on) for c in crawled.listings] == [
        ("stcrt-2026-17040", Instrument.SPUK, date(2026, 5, 27)),
        ("prb-2026-9013", Instrument.GRANT, date(2026, 5, 21)),
    ]
    assert not BekendmakingenSru.on
