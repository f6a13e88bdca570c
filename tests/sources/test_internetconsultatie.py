"""The recording of the internet consultations, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import DeadlineKind, Nature
from scrapers.recordings import replay
from scrapers.sources.internetconsultatie import Internetconsultatie

RECORDING = Path(__file__).parents[1] / "recordings/internetconsultatie"


def test_active_consultations_are_read_from_their_own_pages() -> None:
    crawled = replay(Internetconsultatie, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 4)
    assert [m.external_id for m in crawled.listings] == ["wetregieruimte", "regelingwarmte"]
    first = crawled.listings[0]
    assert (first.nature, first.references) == (Nature.MOMENT, ("WGK028101",))
    assert first.summary.startswith("Het voorstel geeft gemeenten")
    assert (first.deadlines[1].kind, first.deadlines[1].day) == (DeadlineKind.CONSULTATION, date(2026, 6, 26))
