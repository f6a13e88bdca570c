"""The recording of the provinces' regulations, read."""

from pathlib import Path

from scrapers.recordings import replay
from scrapers.sources.cvdr import Cvdr

RECORDING = Path(__file__).parents[1] / "recordings/cvdr"


def test_regulations_are_known_by_their_work_and_refer_to_their_publication() -> None:
    crawled = replay(Cvdr, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.listings)) == ("", (), 3)
    stops = crawled.listings[0]
    assert (stops.external_id, stops.publisher) == ("CVDR714717", "Provincie Noord-Holland")
    assert stops.references == ("CVDR714717", "prb-2026-8944")
    assert crawled.listings[1].evidence == {"vervalt": "2026-12-31"}
    assert not Cvdr.on
