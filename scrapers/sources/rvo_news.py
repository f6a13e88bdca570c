"""RVO's news: https://www.rvo.nl/rss.xml

What RVO writes of its schemes between two rounds: that one opens, has changed or is full. An item is a moment, never a
call, for the scheme itself stands in RVO's catalogue (rvo.py); it shows on the page of a scheme that it names by its
whole title. Licence: CC0. Robots: allowed, by others' accounts; asked at every crawl. Certain (two clients, April
2026): the address, that it is RSS of the forty newest items with title, link, description and day, and that /rss/nieuws
answers 404. To confirm at the first live check: that it is still there, and whether a description is the whole item. It
does not page: what more than forty items came after is not seen.
"""

import re
from collections.abc import Iterable
from typing import Any

from scrapy import Request

from db.vocabulary import Nature, SourceKind
from scrapers.formats import FeedSource
from scrapers.listing import Listing
from scrapers.source import RowUnreadable, path_of
from scrapers.sources.bekendmakingen import published
from scrapers.texts import one_line, plain_text

FEED = "/rss.xml"
ON_SCHEMES = re.compile(
    r"subsid|regeling|aanvra|aan te vragen|openstelling|uitkering|\btender|\bbudget|financiering|\bspuk\b|\bcall\b",
    re.IGNORECASE,
)


class RvoNews(FeedSource):
    """The newest items that speak of a scheme."""

    name, kind, publisher = "rvo_news", SourceKind.STREAM, "RVO"
    root = "https://www.rvo.nl"
    promises = "de veertig nieuwste berichten van RVO, voor zover ze over een regeling gaan"
    unseen = "wat tussen twee rondes buiten die veertig viel"

    def start(self) -> Iterable[Request]:
        return [Request(self.address(FEED))]

    def identify(self, row: Any) -> str | None:
        """The path of its address, without the slash before it."""
        return path_of(row.get("link") or "").strip("/").lower() or None

    def read(self, row: Any) -> Listing | None:
        key, title = self.identify(row), one_line(row.get("title", ""))
        if not key or not title:
            raise RowUnreadable("an item without " + ("title" if key else "link"))
        text = plain_text(row.get("description", ""))
        if not ON_SCHEMES.search(f"{title} {text}"):
            return None
        return Listing(
            source=self.name,
            external_id=key,
            nature=Nature.MOMENT,
            url=row["link"],
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=text,
            published_on=published(row),
        )
