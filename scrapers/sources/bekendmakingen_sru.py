"""Officiële bekendmakingen by SRU 2.0: https://repository.overheid.nl/sru

The same publications as bekendmakingen.py, with more fields. Off by default: the host's robots.txt says no to
everybody, although this is the documented CC0 interface for re-use. An owner who has asked may turn it on
(KANSENRADAR_SOURCES_ON=bekendmakingen_sru); then robots.txt is not asked. Fairly certain (several projects in use):
the query language, local names of the fields, diagnostics inside a 200. To confirm at the first live check: one whole
answer, since none was at hand that is untouched.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Applicant, Instrument, SourceKind
from scrapers.formats import SruSource, text_of, texts_of
from scrapers.listing import Listing
from scrapers.source import RowUnreadable
from scrapers.sources.bekendmakingen import NUMBER, PAPERS, SUBJECT
from scrapers.texts import is_spuk

SIZE = 100


class BekendmakingenSru(SruSource):
    """What was published since the last complete crawl."""

    name, kind, publisher = "bekendmakingen_sru", SourceKind.STREAM, "Officiële bekendmakingen"
    root = "https://repository.overheid.nl"
    on, asks_robots = False, False

    def start(self) -> Iterable[Request]:
        return [self.ask(paper, 1) for paper in PAPERS]

    def ask(self, paper: str, first: int) -> Request:
        """From one record on; sorting is left out, since some answers to it are diagnostics."""
        since = self.context.window_start.date()
        query = f'c.product-area==officielepublicaties AND {paper} AND dt.available>="{since}" AND {SUBJECT}'
        fixed = f"operation=searchRetrieve&version=2.0&maximumRecords={SIZE}"
        address = self.address(f"/sru?{fixed}&startRecord={first}&query={quote(query)}")
        return Request(address, meta={"asked_for": (paper, first)})

    def next_page(self, page: TextResponse) -> Request | None:
        paper, first = page.meta["asked_for"]
        following = first + self.received
        return self.ask(paper, following) if self.received and following <= self.total else None

    def identify(self, row: Any) -> str | None:
        found = NUMBER.fullmatch(text_of(row, "identifier") or "")
        return found[0] if found else None

    def read(self, row: Any) -> Listing | None:
        number, title = self.identify(row), text_of(row, "title")
        if not number or not title:
            raise RowUnreadable("a record without " + ("title" if number else "publication number"))
        spuk = is_spuk(title)
        return Listing(
            source=self.name,
            external_id=number,
            url=text_of(row, "preferredUrl") or f"https://zoek.officielebekendmakingen.nl/{number}.html",
            title=title,
            language=self.language,
            publisher=text_of(row, "creator") or self.publisher,
            summary=text_of(row, "abstract") or "",
            instrument=Instrument.SPUK if spuk else Instrument.GRANT,
            applicants=(Applicant.GOVERNMENT,) if spuk else (),
            published_on=text_of(row, "available") or text_of(row, "issued"),
            references=(number, *texts_of(row, "hasVersion")),
        )
