"""Officiële bekendmakingen by SRU 2.0: https://repository.overheid.nl/sru

The same publications as bekendmakingen.py, with more fields. Off by default: the host's robots.txt says no to
everybody, although this is the documented CC0 interface for re-use. An owner who has asked may turn it on
(KANSENRADAR_SOURCES_ON=bekendmakingen_sru); then robots.txt is not asked. Fairly certain (several projects in use): the
query language, local names of the fields, diagnostics inside a 200, that its number of records is an estimate, and
where the text of a publication lies as XML. Periods and amounts are only in that text, so it is asked too, and read as
the feed's pages are; where the host says no to it, the record alone is kept and a person is told. To confirm at the
first live check: one whole answer, since none was at hand that is untouched, and the names of the blocks in a
publication's XML.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from lxml import etree
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Applicant, Instrument, SourceKind
from scrapers.extract import extract
from scrapers.formats import SruSource, text_of, texts_of, xml_root
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable
from scrapers.sources.bekendmakingen import (
    AREA,
    MOST_PAGES,
    NOTES,
    NUMBER,
    REFUSED,
    SUBJECT,
    authority,
    papers,
    remarks,
)
from scrapers.texts import is_spuk

SIZE, LONGEST = 100, 100_000
BLOCKS = ("al", "kop", "titel", "tussenkop", "li", "row", "artikel", "lid")
NOT_RULED = ("metadata", "meta", "nota-toelichting")


class BekendmakingenSru(SruSource):
    """What was published since the last complete crawl."""

    name, kind, publisher = "bekendmakingen_sru", SourceKind.STREAM, "Officiële bekendmakingen"
    root = "https://repository.overheid.nl"
    promises = "dezelfde publicaties als Bekendmakingen, met meer gegevens"
    unseen = "publicaties met een andere titel; gemeentebladen en andere provincies; wat alleen in een bijlage staat"
    on, asks_robots = False, False
    counts_exactly, most_records = False, SIZE

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.in_full = 0

    def start(self) -> Iterable[Request]:
        return [self.ask(paper, 1) for paper in papers()]

    def ask(self, paper: str, first: int) -> Request:
        """From one record on; sorting is left out, since some answers to it are diagnostics."""
        since = self.context.window_start.date()
        query = f'{AREA} AND {paper} AND dt.available>="{since}" AND {SUBJECT}'
        fixed = f"operation=searchRetrieve&version=2.0&maximumRecords={SIZE}"
        address = self.address(f"/sru?{fixed}&startRecord={first}&query={quote(query)}")
        return Request(address, meta={"asked_for": (paper, first)})

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The text of each publication, with its record; a record without a number as it is."""
        for record in super().rows(page):
            number = self.identify(record)
            if number is None or self.in_full >= MOST_PAGES:
                yield record
                continue
            self.in_full += 1
            self.observe(record)
            yield Request(self.address(text_path(number)), meta={"external_id": number, "item": record})

    def identify(self, row: Any) -> str | None:
        record = row.meta["item"] if isinstance(row, TextResponse) else row
        number = NUMBER.fullmatch(text_of(record, "identifier") or "")
        return number[0].lower() if number else None

    def read(self, row: Any) -> Listing | None:
        if not isinstance(row, TextResponse):
            return self.listing(row, "", "niet opgehaald")
        return self.listing(row.meta["item"], text_of_publication(row), "")

    def without(self, request: Request, why: str) -> Listing | None:
        """The record alone, where its text is refused; none where it may come tomorrow."""
        return self.listing(request.meta["item"], "", why) if REFUSED.match(why) else None

    def listing(self, row: Any, text: str, lacking: str) -> Listing:
        """A record with what the text of its publication tells; ``lacking`` says why there is none."""
        number, title = self.identify(row), text_of(row, "title")
        if not number or not title:
            raise RowUnreadable("a record without " + ("title" if number else "publication number"))
        spuk, facts = is_spuk(title), extract(f"{title}\n\n{text}", self.language, self.context.today)
        return Listing(
            source=self.name,
            external_id=number,
            url=text_of(row, "preferredUrl") or f"https://zoek.officielebekendmakingen.nl/{number}.html",
            title=title,
            language=self.language,
            publisher=authority(text_of(row, "creator") or self.publisher),
            summary=text_of(row, "abstract") or text[:3000],
            instrument=Instrument.SPUK if spuk else Instrument.GRANT,
            applicants=(Applicant.GOVERNMENT,) if spuk else (),
            published_on=text_of(row, "available") or text_of(row, "issued"),
            references=(number, *texts_of(row, "hasVersion")),
            partial=bool(lacking),
            **{**facts, "review": (*remarks(lacking, facts["deadlines"]), *facts["review"])},
        )


def text_path(number: str) -> str:
    """ "stcrt-2026-17040" -> where its text is: "/frbr/officielepublicaties/stcrt/2026/stcrt-2026-17040/1/xml/..."."""
    paper, year = number.split("-")[:2]
    return f"/frbr/officielepublicaties/{paper}/{year}/{number}/1/xml/{number}.xml"


def text_of_publication(page: TextResponse) -> str:
    """What the publication rules, a line a block, without its metadata and the notes that explain it."""
    root = xml_root(page)
    if etree.QName(root).localname == "html":
        raise RowUnreadable("a page that is not the publication's")
    for part in [e for name in NOT_RULED for e in root.iterfind(f".//{{*}}{name}")]:
        part.clear()
    for block in root.iter(*(f"{{*}}{name}" for name in BLOCKS)):
        block.text, block.tail = f"\n{block.text or ''}", f"\n{block.tail or ''}"
    lines = (" ".join(line.split()) for line in "".join(root.itertext()).splitlines())
    return NOTES.sub("", "\n".join(filter(None, lines)))[:LONGEST]
