"""The recording of the Tweede Kamer, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import Nature
from scrapers.recordings import replay
from scrapers.sources.tweede_kamer import TweedeKamer

RECORDING = Path(__file__).parents[1] / "recordings/tweede_kamer"


def test_papers_and_debates_are_moments() -> None:
    crawled = replay(TweedeKamer, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 3)
    titles = [m.title for m in crawled.listings]
    assert titles[0] == "Brief regering: Stand van zaken MIRT en afspraken over woningbouw en bereikbaarheid"
    assert titles[1].startswith("Motie over een specifieke uitkering")
    mirt = next(m for m in crawled.listings if m.title == "Commissiedebat: MIRT")
    assert (mirt.nature, mirt.deadlines[0].day, mirt.deadlines[0].hour) == (Nature.MOMENT, date(2026, 6, 18), "10:00")
    assert [d.hour for m in crawled.listings for d in m.deadlines] == ["10:00", None]
