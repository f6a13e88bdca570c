"""The recording of rijksoverheid.nl, read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from db.vocabulary import DeadlineKind
from scrapers.recordings import replay
from scrapers.sources.rijksoverheid import Rijksoverheid

RECORDING = Path(__file__).parents[1] / "recordings/rijksoverheid"


def test_news_on_subsidy_is_read_day_by_day_each_once() -> None:
    crawled = replay(Rijksoverheid, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.listings)) == ("", (), 2)
    housing, machines = crawled.listings
    assert (housing.budget, housing.evidence["budget"]) == (Decimal(150_000_000), "€ 150 miljoen")
    assert [(d.kind, d.hour) for d in housing.deadlines] == [
        (DeadlineKind.OPENS, "09:00"),
        (DeadlineKind.CLOSES, "17:00"),
    ]
    assert machines.published_on == date(2026, 5, 26)  # stamped at midnight in Amsterdam
    assert [d.kind for d in machines.deadlines] == [DeadlineKind.OPENS, DeadlineKind.UNTIL_EXHAUSTED]
