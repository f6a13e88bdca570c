"""The recording of rijksoverheid.nl, read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import feedparser
import pytest

from db.vocabulary import DeadlineKind
from scrapers.recordings import replay
from scrapers.sources.bekendmakingen import published
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


@pytest.mark.parametrize(
    "stamp", ["Tue, 26 May 2026 23:00:00 GMT", "Wed, 27 May 2026 01:00:00 +0200", "2026-05-26T23:00:00Z"]
)
def test_a_day_is_that_of_amsterdam_in_whatever_zone_it_is_written(stamp: str) -> None:
    feed = f'<rss version="2.0"><channel><item><title>x</title><pubDate>{stamp}</pubDate></item></channel></rss>'
    assert published(feedparser.parse(feed.encode()).entries[0]) == date(2026, 5, 27)


def test_a_day_first_date_is_unknown_and_no_other_day() -> None:
    feed = '<rss version="2.0"><channel><item><pubDate>26-05-2026</pubDate></item></channel></rss>'
    assert published(feedparser.parse(feed.encode()).entries[0]) is None
