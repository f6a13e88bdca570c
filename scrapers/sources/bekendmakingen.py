"""Officiële bekendmakingen, RSS of a search: https://zoek.officielebekendmakingen.nl/rss?q=<CQL>

Staatscourant, and Provinciaal blad of the region's provinces: publications whose title speaks of subsidy, an
opening, a specifieke uitkering or, as NWO's do, of a call for proposals. Licence: CC0. Robots of this host: not known,
asked at every crawl (those of the SRU hosts say no, see cvdr.py). Certain (an item seen live, Sept 2026): ``title`` is
"<number> : <organisation>", ``description`` is the real title, there is no guid, and one answer holds the whole result
set. Periods and amounts are only in the text, so the page of each publication is asked too; where robots.txt or the
host says no to that, the item alone is kept and a person is told. To confirm at the first live check: robots,
``dt.available`` as a range in this search, that several words after ``any`` work as in SRU, and which part of a page
holds the text. A publication never changes: what changes a scheme is a publication of its own.
"""

import re
from calendar import timegm
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from db.region_served import region
from db.vocabulary import Applicant, Instrument, SourceKind
from scrapers.crawled import KnownPage
from scrapers.extract import extract
from scrapers.formats import FeedSource
from scrapers.listing import AMSTERDAM, ONLY_TITLE, Listing
from scrapers.source import Context, RowSkipped, RowUnreadable
from scrapers.texts import is_spuk, one_line, plain_text

WORDS = (
    "subsidie subsidies subsidieregeling subsidieregelingen subsidieronde subsidieplafond subsidieplafonds openstelling"
    " openstellingsbesluit uitvoeringsregeling stimuleringsregeling spuk"
)
PHRASES = ("specifieke uitkering", "specifieke uitkeringen", "call for proposals", "calls for proposals")
TITLED = " OR ".join(f'dt.title="{phrase}"' for phrase in PHRASES)
SUBJECT = f'(dt.title any "{WORDS}" OR {TITLED})'
AREA = 'c.product-area=="officielepublicaties"'  # every client in use sends it
NATIONAL, PROVINCIAL = 'w.publicatienaam=="Staatscourant"', 'w.publicatienaam=="Provinciaal blad" AND dt.creator=="{}"'
WINDOW = timedelta(days=31)  # one answer holds everything: keep it small
MOST_PAGES = 600  # of one crawl, ten minutes; the others are kept by their title
TEXT = ("#broodtekst", ".broodtekst-container", "main", "body")  # the first that a page has
SHARING = ".pageactions, .modal, #delenModal"  # "Naar boven, Permanente link, Sluit modaal": inside the text
NOTES = re.compile(r"\n(?:algemene )?toelichting\b.*", re.IGNORECASE | re.DOTALL)
REFUSED = re.compile(r"HTTP (?:40[1-4]|410|451)\b|robots\.txt of ")  # it will not come tomorrow either
NUMBER = re.compile(r"(?:stcrt|prb|stb)-\d{4}-\d+(?:-n\d+)?", re.IGNORECASE)


def papers() -> tuple[str, ...]:
    """What is searched: the paper of the State and those of the region's provinces."""
    return (NATIONAL, *(PROVINCIAL.format(province) for province in region().sources.provinces))


class Bekendmakingen(FeedSource):
    """What was published since the last complete crawl, in answers of a month each."""

    name, kind, publisher = "bekendmakingen", SourceKind.STREAM, "Officiële bekendmakingen"
    root = "https://zoek.officielebekendmakingen.nl"
    promises = (
        "publicaties in de Staatscourant en het Provinciaal blad van de eigen provincies met subsidie, "
        "openstelling, specifieke uitkering of call for proposals in de titel"
    )
    unseen = "publicaties met een andere titel; gemeentebladen en andere provincies; wat alleen in een bijlage staat"
    reads_known_pages = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.in_full = 0

    def start(self) -> Iterable[Request]:
        for first, last in months(self.context.window_start.date(), self.context.now.date()):
            for paper in papers():
                query = f'{AREA} AND {paper} AND dt.available>="{first}" AND dt.available<="{last}" AND {SUBJECT}'
                yield Request(self.address(f"/rss?q={quote(query)}"))

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The page of each publication, with its item; an item without a number as it is."""
        for item in super().rows(page):
            number = self.identify(item)
            if number is None or self.in_full >= MOST_PAGES:
                yield item
                continue
            self.in_full += 1
            self.observe(item)
            yield Request(self.address(f"/{number}.html"), meta={"external_id": number, "item": item})

    def identify(self, row: Any) -> str | None:
        """The publication's number, from its address."""
        item = row.meta["item"] if isinstance(row, TextResponse) else row
        number = NUMBER.search(item.get("link", "").partition("?")[0])
        return number[0].lower() if number else None

    def read(self, row: Any) -> Listing | None:
        if not isinstance(row, TextResponse):
            return self.by_title(row, "niet opgehaald")
        if not isinstance(row, HtmlResponse):
            return self.by_title(row.meta["item"], "geen webpagina")
        if str(self.identify(row)) not in row.text:
            return self.by_title(row.meta["item"], "een pagina die niet die van de publicatie is")
        return self.listing(row.meta["item"], text_of_page(row), "")

    def without(self, request: Request, why: str) -> Listing | None:
        """The item alone, where its page is refused; none where it may come tomorrow."""
        return self.by_title(request.meta["item"], why) if REFUSED.match(why) else None

    def by_title(self, item: Any, why: str) -> Listing:
        """What the item alone tells; RowSkipped where its page was read before, which tells more and never changes."""
        known = self.context.known.get(self.identify(item) or "")
        if known and not known.poor:
            raise RowSkipped(f"{why}: what was read before stays")
        return self.listing(item, "", why)

    def wants_again(self, page: KnownPage) -> bool:
        """A page that never came is asked for until it does, also when the window has moved on."""
        return page.poor

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The page of a publication, with its item as far as that is known."""
        page = self.context.known[external_id]
        item = {"link": page.url, "description": page.title, "publisher": page.publisher, "day": page.published_on}
        return Request(self.address(f"/{external_id}.html"), meta={"external_id": external_id, "item": item})

    def listing(self, item: Any, text: str, lacking: str) -> Listing:
        """An item with what the text of its publication tells; ``lacking`` says why there is none."""
        number, title = self.identify(item), one_line(item.get("description", ""))
        if not number or not title:
            raise RowUnreadable("an item without " + ("title" if number else "publication number in its link"))
        spuk = is_spuk(title)
        facts = extract(f"{title}\n\n{text}", self.language, self.context.today, published=published(item))
        return Listing(
            source=self.name,
            external_id=number,
            url=item["link"],
            title=title,
            language=self.language,
            publisher=item.get("publisher") or organisation(item.get("title", "")) or self.publisher,
            summary=text[:3000],
            instrument=Instrument.SPUK if spuk else Instrument.GRANT,
            applicants=(Applicant.GOVERNMENT,) if spuk else (),  # by law a specifieke uitkering goes to governments
            published_on=item.get("day") or published(item),
            references=(number,),
            partial=bool(lacking),
            **{**facts, "review": (*remarks(lacking, facts["deadlines"]), *facts["review"])},
        )


def text_of_page(page: TextResponse) -> str:
    """What the publication rules, without the notes that explain it and the page's own ways to share it."""
    parts = next((found for part in TEXT if (found := page.css(part))), page.css("html"))
    markup = parts.get() or ""
    for part in sorted(set(parts.css(SHARING).getall()), key=len, reverse=True):  # one may stand in another
        markup = markup.replace(part, "\n")
    return NOTES.sub("", plain_text(markup))


def remarks(lacking: str, deadlines: tuple[Any, ...]) -> tuple[str, ...]:
    """What a person should know: that only the title was read, or that the text gave no period."""
    if lacking:
        return (f"{ONLY_TITLE} ({lacking}); termijn en bedragen staan in de publicatie",)
    return () if deadlines else ("geen termijn met zekerheid in de publicatie gelezen",)


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A period cut into windows."""
    while first <= last:
        yield first, min(first + WINDOW, last)
        first += WINDOW + timedelta(days=1)


def organisation(heading: str) -> str:
    """ "stcrt-2026-1 : Ministerie van X" -> "Ministerie van X"; a province by its full name."""
    return authority(one_line(heading.partition(" : ")[2], 200))


def authority(name: str) -> str:
    """A province by its full name, so that it is known for one; whoever else publishes as it stands."""
    return f"Provincie {name}" if name in region().sources.provinces else name


def published(item: Any) -> date | None:
    """The day of an item, in Amsterdam, whatever zone it is written in."""
    parts = item.get("published_parsed")
    if re.match(r"\s*\d\d?-\d", item.get("published") or ""):  # feedparser 6.0 reads 26-05-2026 as 20 May 2026
        return None
    return datetime.fromtimestamp(timegm(parts), ZoneInfo(AMSTERDAM)).date() if parts else None
