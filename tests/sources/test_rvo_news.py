"""The recording of RVO's news, read."""

from datetime import date
from pathlib import Path

import pytest

from db.vocabulary import Nature
from scrapers.recordings import replay
from scrapers.sources.rvo_news import RvoNews
from tests.make.scripted import recorded

RECORDING = Path(__file__).parents[1] / "recordings/rvo_news"


def test_news_of_schemes_are_moments_and_other_news_is_left_out() -> None:
    crawled = replay(RvoNews, RECORDING)
    assert (crawled.stopped, crawled.unreadable) == ("", ())
    assert [(item.external_id, item.nature, item.published_on) for item in crawled.listings] == [
        ("nieuws/wis-opent-op-2-juni", Nature.MOMENT, date(2026, 5, 27)),
        ("nieuws/budget-laadpalen-bijna-op", Nature.MOMENT, date(2026, 5, 26)),
    ]
    assert crawled.listings[0].summary.startswith("De Warmtenetten Investeringssubsidie (WIS) opent")
    assert crawled.listings[0].deadlines == ()


def test_an_item_without_a_link_is_named_and_a_page_that_is_no_feed_too(tmp_path: Path) -> None:
    feed = '<rss version="2.0"><channel><item><title>Subsidie</title></item></channel></rss>'
    found = replay(RvoNews, recorded(tmp_path, {"https://www.rvo.nl/rss.xml": ("application/rss+xml", feed)}))
    assert [row.why for row in found.unreadable] == ["an item without link"]
    page = "<!doctype html><title>Niet gevonden</title>"
    found = replay(RvoNews, recorded(tmp_path, {"https://www.rvo.nl/rss.xml": ("text/html", page)}))
    assert found.stopped == "page 1: an HTML page (Niet gevonden) where a feed was expected"


@pytest.mark.parametrize(
    "title", ["R&D voor mkb: aanvragen", "R&amp;D voor mkb: aanvragen", "<![CDATA[R&D voor mkb: aanvragen]]>"]
)
def test_an_ampersand_stays_what_it_is_however_it_is_written(tmp_path: Path, title: str) -> None:
    item = f"<item><title>{title}</title><link>https://www.rvo.nl/nieuws/a</link><description>x &ecirc; y</description></item>"
    feed = f'<rss version="2.0"><channel>{item}</channel></rss>'
    found = replay(RvoNews, recorded(tmp_path, {"https://www.rvo.nl/rss.xml": ("application/rss+xml", feed)}))
    assert [listing.title for listing in found.listings] == ["R&D voor mkb: aanvragen"]
    assert found.listings[0].summary == "x ê y"
