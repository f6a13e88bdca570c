"""Officiële bekendmakingen, RSS of a search: https://zoek.officielebekendmakingen.nl/rss?q=<CQL>

Staatscourant, and Provinciaal blad of Noord-Holland and Flevoland: publications whose title speaks of subsidy, an
opening or a specifieke uitkering. Licence: CC0. Robots of this host: not known, asked at every crawl (those of the SRU
hosts say no, see cvdr.py). Certain (an item seen live, Sept 2026): ``title`` is "<number> : <organisation>",
``description`` is the real title, there is no guid, and one answer holds the whole result set. To confirm at the first
live check: robots, ``dt.available`` as a range in this search, and that several words after ``any`` work as in SRU.
A publication never changes: what changes a scheme is a publication of its own.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request

from db.vocabulary import Applicant, Instrument, SourceKind
from scrapers.formats import FeedSource
from scrapers.listing import AMSTERDAM, Listing
from scrapers.source import RowUnreadable
from scrapers.texts import one_line

WORDS = (
    "subsidie subsidies subsidieregeling subsidieregelingen subsidieplafond subsidieplafonds openstelling"
    " openstellingsbesluit uitvoeringsregeling stimuleringsregeling spuk"
)
SUBJECT = f'(dt.title any "{WORDS}" OR dt.title="specifieke uitkering" OR dt.title="specifieke uitkeringen")'
PAPERS = (
    'w.publicatienaam=="Staatscourant"',
    'w.publicatienaam=="Provinciaal blad" AND dt.creator=="Noord-Holland"',
    'w.publicatienaam=="Provinciaal blad" AND dt.creator=="Flevoland"',
)
WINDOW = timedelta(days=31)  # one answer holds everything: keep it small
NUMBER = re.compile(r"(?:stcrt|prb|stb)-\d{4}-\d+(?:-n\d+)?")


class Bekendmakingen(FeedSource):
    """What was published since the last complete crawl, in answers of a month each."""

    name, kind, publisher = "bekendmakingen", SourceKind.STREAM, "Officiële bekendmakingen"
    root = "https://zoek.officielebekendmakingen.nl"

    def start(self) -> Iterable[Request]:
        for first, last in months(self.context.window_start.date(), self.context.now.date()):
            for paper in PAPERS:
                query = f'{paper} AND dt.available>="{first}" AND dt.available<="{last}" AND {SUBJECT}'
                yield Request(self.address(f"/rss?q={quote(query)}"))

    def identify(self, row: Any) -> str | None:
        """The publication's number, from its address."""
        found = NUMBER.search(urlsplit(row.get("link", "")).path)
        return found[0] if found else None

    def read(self, row: Any) -> Listing | None:
        number, title = self.identify(row), one_line(row.get("description", ""))
        if not number or not title:
            raise RowUnreadable("an item without " + ("title" if number else "publication number in its link"))
        spuk = is_spuk(title)
        return Listing(
            source=self.name,
            external_id=number,
            url=row["link"],
            title=title,
            language=self.language,
            publisher=organisation(row.get("title", "")) or self.publisher,
            instrument=Instrument.SPUK if spuk else Instrument.GRANT,
            applicants=(Applicant.GOVERNMENT,) if spuk else (),  # by law a specifieke uitkering goes to governments
            published_on=published(row.get("published", "")),
            references=(number,),
        )


def is_spuk(title: str) -> bool:
    """Whether a publication is about a specifieke uitkering."""
    return re.search(r"\bspuk\b|\bspecifieke uitkering", title, re.IGNORECASE) is not None


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A period cut into windows."""
    while first <= last:
        yield first, min(first + WINDOW, last)
        first += WINDOW + timedelta(days=1)


def organisation(heading: str) -> str:
    """ "stcrt-2026-1 : Ministerie van X" -> "Ministerie van X"; a province by its full name."""
    name = one_line(heading.partition(" : ")[2], 200)
    return f"Provincie {name}" if name in ("Noord-Holland", "Flevoland") else name


def published(stamp: str) -> date | None:
    """The day of a feed's date, in Amsterdam."""
    try:
        moment = datetime.strptime(stamp, "%a, %d %b %Y %H:%M:%S %z")
    except ValueError:
        return None
    return moment.astimezone(ZoneInfo(AMSTERDAM)).date()
