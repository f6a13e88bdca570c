"""Tweede Kamer, open data: https://gegevensmagazijn.tweedekamer.nl/OData/v4/2.0/

Debates of the committees that touch the region, and letters, motions and questions on its subjects. Licence: public
domain, no key; about one request a second. Robots: not known, asked at every crawl. Certain (schema and recorded
answers): ``value`` and ``@odata.nextLink``, 250 a page without ``$top``, local times with an offset. To confirm at the
first live check: the committees' exact names, ``contains`` with several ``or``, and the public pages' addresses.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Nature, SourceKind
from scrapers.formats import JsonSource, text_in
from scrapers.listing import AMSTERDAM, ListedDeadline, Listing
from scrapers.source import RowUnreadable, SourceIncomplete
from scrapers.texts import one_line

WORDS = ("subsidie", "specifieke uitkering", "MIRT", "Metropoolregio Amsterdam", "Regio Deal", "woningbouw")
KINDS = ("Brief regering", "Motie", "Amendement", "Antwoord schriftelijke vragen")
COMMITTEES = (
    "vaste commissie voor Volkshuisvesting en Ruimtelijke Ordening",
    "vaste commissie voor Infrastructuur en Waterstaat",
    "vaste commissie voor Klimaat en Groene Groei",
    "vaste commissie voor Economische Zaken",
    "vaste commissie voor Binnenlandse Zaken",
)
PUBLIC = "https://www.tweedekamer.nl"


class TweedeKamer(JsonSource):
    """What changed since the last complete crawl, and every debate still to come."""

    name, kind, publisher = "tweede_kamer", SourceKind.STREAM, "Tweede Kamer"
    root = "https://gegevensmagazijn.tweedekamer.nl"

    def start(self) -> Iterable[Request]:
        since, now = (f"{m:%Y-%m-%dT%H:%M:%SZ}" for m in (self.context.window_start, self.context.now))
        words = " or ".join(f"contains(Onderwerp,'{word}')" for word in WORDS)
        kinds = " or ".join(f"Soort eq '{kind}'" for kind in KINDS)
        committees = " or ".join(f"Voortouwnaam eq '{name}'" for name in COMMITTEES)
        yield self.ask("Document", f"ApiGewijzigdOp gt {since} and ({kinds}) and ({words})", "ApiGewijzigdOp")
        yield self.ask("Activiteit", f"Datum ge {now} and ({committees})", "Datum")

    def ask(self, entity: str, condition: str, order: str) -> Request:
        """One question, without ``$top``, since only then a next link comes along."""
        query = f"$filter={quote(f'Verwijderd eq false and {condition}')}&$orderby={order}"
        return Request(self.address(f"/OData/v4/2.0/{entity}?{query}"))

    def items(self, data: Any) -> Iterable[Any]:
        if not isinstance(data, dict) or not isinstance(data.get("value"), list):
            raise SourceIncomplete(f"page {self.pages}: an answer without values")
        self.new_among(str(row.get("Id")) for row in data["value"] if isinstance(row, dict))
        self.following = data.get("@odata.nextLink")
        return data["value"]  # type: ignore[no-any-return]

    def next_page(self, page: TextResponse) -> Request | None:
        return Request(urljoin(page.url, str(self.following))) if self.following else None

    def identify(self, row: Any) -> str | None:
        return text_in(row, "Id")

    def read(self, row: Any) -> Listing | None:
        if row.get("Verwijderd") is True or row.get("Besloten") is True:
            return None
        debate = "Aanvangstijd" in row or "Voortouwnaam" in row
        key, title = self.identify(row), one_line(row.get("Onderwerp") or row.get("Titel") or "")
        if not key or not title:
            raise RowUnreadable("no " + ("Onderwerp" if key else "Id"))
        number = text_in(row, "Nummer") or text_in(row, "DocumentNummer") or ""
        return Listing(
            source=self.name,
            external_id=key,
            nature=Nature.MOMENT,
            url=page_of(number, debate),
            title=headed(text_in(row, "Soort") or "", title),
            language=self.language,
            publisher=row.get("Voortouwnaam") or self.publisher,
            type_of_action=row.get("Soort"),
            deadlines=debate_moment(row) if debate else (),
            published_on=None if debate else local(row.get("Datum") or row.get("GewijzigdOp")).date(),
            references=tuple(filter(None, [number])),
        )


def headed(kind: str, title: str) -> str:
    """The kind before the subject, unless that begins with it."""
    return title if not kind or title.lower().startswith(kind.lower()) else f"{kind}: {title}"


def page_of(number: str, debate: bool) -> str:
    """The page people read."""
    path = "/debat_en_vergadering/commissievergaderingen/details?id=" if debate else "/kamerstukken/detail?id="
    return PUBLIC + path + quote(number)


def local(stamp: Any) -> datetime:
    """A moment with offset, in Amsterdam."""
    try:
        instant = datetime.fromisoformat(str(stamp))
    except ValueError as error:
        raise RowUnreadable(f"{str(stamp)[:60]!r} is no date") from error
    zone = ZoneInfo(AMSTERDAM)
    return instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)


def debate_moment(row: Any) -> tuple[ListedDeadline, ...]:
    """The debate itself: up to its start a committee can still be reached."""
    begin = local(row.get("Aanvangstijd") or row.get("Datum"))
    hour = f"{begin:%H:%M}" if row.get("Aanvangstijd") else None
    return (
        ListedDeadline(kind=DeadlineKind.CONSULTATION, day=begin.date(), hour=hour, text=text_in(row, "Soort") or ""),
    )
