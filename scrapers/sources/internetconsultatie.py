"""Internetconsultatie, draft laws and rules open to reaction: https://www.internetconsultatie.nl/zoeken/resultaat

Licence: re-use allowed. Robots: there is no robots.txt (404, October 2025). Fairly certain (modelled on live pages of
September 2026): the list of results and the table "Consultatiegegevens". To confirm at the first live check: paging by
``Pagina``, the date parameter, and that a consultation's page is ``/<slug>/b1``.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from scrapy import Request, Selector
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.listing import ListedDeadline, Listing
from scrapers.source import RowUnreadable, Source, SourceIncomplete, maybe, one, path_of
from scrapers.texts import plain_text

STATES = {"Actief": Status.OPEN, "Gesloten": Status.CLOSED}  # any other word is no closing
LONGEST = timedelta(days=180)  # a consultation that began longer ago is over


class Internetconsultatie(Source):
    """Every consultation that is still active."""

    name, kind, publisher = "internetconsultatie", SourceKind.STREAM, "Rijksoverheid"
    root = "https://www.internetconsultatie.nl"

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
        self.found = page.css("div.result--list > ul > li")
        self.new_among(self.found.css("a.result--title::attr(href)").getall())
        for item in self.found:
            told = {" ".join(line.css("::text").getall()) for line in item.css("ul.list--metadata li")}
            if "Status: Actief" in {" ".join(line.split()) for line in told}:
                slug = path_of(item.css("a.result--title::attr(href)").get() or "").strip("/").split("/")[0]
                yield Request(self.address(f"/{slug}/b1"), meta={"external_id": slug}) if slug else item

    def next_page(self, page: TextResponse) -> Request | None:
        return self.ask(self.pages + 1) if self.found else None

    def identify(self, row: Any) -> str | None:
        if isinstance(row, Selector):
            raise RowUnreadable("a result without a link to its page")
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
