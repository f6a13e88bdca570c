"""Internetconsultatie, draft laws and rules open to reaction: https://www.internetconsultatie.nl/zoeken/resultaat

Licence: re-use allowed. Robots: there is no robots.txt (404, October 2025). Fairly certain (modelled on live pages of
September 2026): the list of results, ten a page, and the table "Consultatiegegevens". What a page past the last one
answers is not known, so paging ends on an empty page, where the list has no next page, or on the same page again, and
the list's own count says whether that was all. To confirm at the first live check: paging by ``Pagina``, the date
parameter, and that a consultation's page is ``/<slug>/b1``.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from scrapy import Request, Selector
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.listing import ListedDeadline, Listing
from scrapers.source import Context, RowUnreadable, Source, SourceIncomplete, maybe, one, path_of
from scrapers.texts import plain_text

STATES = {"Actief": Status.OPEN, "Gesloten": Status.CLOSED}  # any other word is no closing
SIZE = 10  # results a page
LONGEST = timedelta(days=180)  # a consultation that began longer ago is over


class Internetconsultatie(Source):
    """Every consultation that is still active."""

    name, kind, publisher = "internetconsultatie", SourceKind.STREAM, "Rijksoverheid"
    root = "https://www.internetconsultatie.nl"
    promises = "alle consultaties van het Rijk die nu open zijn"
    unseen = "consultaties van provincies en gemeenten; consultaties die langer dan een half jaar geleden begonnen"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.last: list[str] = []
        self.received = self.total = 0
        self.has_next = self.unsure = False

    def start(self) -> Iterable[Request]:
        return [self.ask(1)]

    def ask(self, number: int) -> Request:
        """One page of results, counted from 1."""
        since = self.context.now.date() - LONGEST
        day = quote(f"{since.day}-{since.month}-{since.year} 00:00:00")
        return Request(self.address(f"/zoeken/resultaat?ConsultatiedatumVan={day}&Pagina={number}"))

    def rows(self, page: TextResponse) -> Iterable[Any]:
        if not page.css("h1").re_first("Zoekresultaat"):
            raise SourceIncomplete(f"page {self.pages}: not a list of results")
        items = page.css("div.result--list > ul > li")
        links = items.css("a.result--title::attr(href)").getall()
        again = bool(links) and links == self.last
        self.has_next = bool(items) and not again and not self.is_last(page)
        if again:
            self.unsure = self.pages == 2 and len(links) >= SIZE  # the second page may have been asked in vain
            return []
        self.last = links
        self.new_among(links)
        self.received += len(items)
        self.total = max([self.total, *map(int, page.css("p::text").re(r"^\s*(\d{1,6}) resulta(?:at|ten)\b"))])
        return list(self.of_items(items))

    def of_items(self, items: Any) -> Iterator[Any]:
        """The pages of those that are active; an item that does not say whether it is stands as it is."""
        for item in items:
            told = {
                " ".join(" ".join(line.css("::text").getall()).split()) for line in item.css("ul.list--metadata li")
            }
            slug = path_of(item.css("a.result--title::attr(href)").get() or "").strip("/").split("/")[0]
            if not slug or not any(line.startswith("Status:") for line in told):
                yield item
            elif "Status: Actief" in told:
                yield Request(self.address(f"/{slug}/b1"), meta={"external_id": slug})

    def is_last(self, page: TextResponse) -> bool:
        """Whether the list says itself that there is no further page."""
        return bool(page.css("li.next, li.previous, li.prev")) and not page.css("li.next a")

    def next_page(self, page: TextResponse) -> Request | None:
        return self.ask(self.pages + 1) if self.has_next else None

    def why_incomplete(self) -> str:
        if self.received < self.total:
            return f"{self.received} of {self.total} results came"
        return "the second page is the first again" if self.unsure and not self.total else ""

    def identify(self, row: Any) -> str | None:
        if isinstance(row, Selector):
            raise RowUnreadable("a result without a status or a link to its page")
        return str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        table = dict(cells(line) for line in row.css("table tr"))
        opens, closes = day(table.get("Startdatum consultatie")), day(table.get("Einddatum consultatie"))
        number = table.get("Keten-ID")
        return Listing(
            source=self.name,
            external_id=row.meta["external_id"],
            nature=Nature.MOMENT,
            url=row.url,
            title=one(row, "h1::text"),
            language=self.language,
            publisher=table.get("Organisatie") or self.publisher,
            summary=plain_text("\n".join(row.xpath("//h2[.='In het kort']/following-sibling::p[1]").getall())),
            type_of_action=table.get("Type consultatie"),
            deadlines=(
                ListedDeadline(kind=DeadlineKind.OPENS, day=opens),
                ListedDeadline(kind=DeadlineKind.CONSULTATION, day=closes, text=table["Einddatum consultatie"] or ""),
            ),
            source_word=STATES.get(table.get("Status") or ""),
            references=(f"WGK{number.zfill(6)}",) if number else (),
        )


def cells(line: Selector) -> tuple[str, str | None]:
    """Name and value of one line of the table; another table on the page costs nothing."""
    return maybe(line, "td:first-child ::text, th:first-child ::text") or "", maybe(line, "td:last-child ::text")


def day(text: str | None) -> date:
    """ "12-09-2025"."""
    try:
        return datetime.strptime(text or "", "%d-%m-%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise RowUnreadable(f"{(text or '')[:60]!r} is no date") from error
