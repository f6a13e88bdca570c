"""The recording of the Commission's consultations, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import DeadlineKind, Nature, Status
from scrapers.recordings import replay
from scrapers.sources.have_your_say import HaveYourSay

RECORDING = Path(__file__).parents[1] / "recordings/have_your_say"


def test_open_and_coming_consultations_are_moments_and_closed_ones_are_left_out() -> None:
    crawled = replay(HaveYourSay, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert [(m.external_id, m.source_word) for m in crawled.listings] == [
        ("14821", Status.OPEN),
        ("14907", Status.OPEN),
        ("15003", Status.ANNOUNCED),
    ]
    first = crawled.listings[0]
    assert (first.nature, first.url[-18:]) == (Nature.MOMENT, "/initiatives/14821")
    assert (first.deadlines[1].kind, first.deadlines[1].day) == (DeadlineKind.CONSULTATION, date(2026, 6, 22))
