"""Tweede Kamer, open data: https://gegevensmagazijn.tweedekamer.nl/OData/v4/2.0/

Debates of the committees that touch the region, and letters, motions and questions on its subjects. Licence: public
domain, no key; about one request a second. Robots: not known, asked at every crawl. Certain (schema, recorded answers
and clients in use in 2026): ``value`` and ``@odata.nextLink``, 250 a page without ``$top``, local times with an offset,
the names of the committees, ``contains`` that minds capitals, and searches of up to forty seconds: so one word, or one
committee, a question. Of activities: ``Soort``, ``Status`` (Gepland, Geannuleerd, Verplaatst, Uitgevoerd), and that a
moved one stays as it was while another, with another Id, takes its place; ``VervangenVanuit`` of that one names all
that went before it (measured by others, October 2026: 66 of 72 moved ones name a successor). To confirm at the first
live check: ``$expand`` of that name in a list, and the public pages' addresses.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.region_served import region
from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.formats import JsonSource, text_in
from scrapers.listing import AMSTERDAM, ListedDeadline, Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete
from scrapers.texts import one_line

WORDS = ("subsidie", "specifieke uitkering", "mirt", "regio deal", "woningbouw")
KINDS = ("Brief regering", "Motie", "Amendement", "Antwoord schriftelijke vragen")
COMMITTEES = (
    "vaste commissie voor Volkshuisvesting en Ruimtelijke Ordening",
    "vaste commissie voor Infrastructuur en Waterstaat",
    "vaste commissie voor Klimaat en Groene Groei",
    "vaste commissie voor Economische Zaken",
    "vaste commissie voor Binnenlandse Zaken",
)
PUBLIC = "https://www.tweedekamer.nl"
PLANNED, CANCELLED, MOVED, HELD = "gepland", "geannuleerd", "verplaatst", "uitgevoerd"
MOVED_SINCE = timedelta(days=180)  # how far back a debate that was moved is looked for
# What a committee does among itself, or elsewhere: nobody outside is heard there. By how the kind begins.
NO_DEBATE = (
    "e-mailprocedure", "procedurevergadering", "procedures en brieven", "werkbezoek", "technische briefing",
    "petitie", "regeling van werkzaamheden", "stemming", "delegatie", "constituerende vergadering", "beëdiging",
)  # fmt: skip
# And where somebody outside still has an ear: a debate, a hearing, or the day on which written questions are due.
DEBATE = (
    "commissiedebat", "notaoverleg", "wetgevingsoverleg", "tweeminutendebat", "plenair", "rondetafelgesprek",
    "hoorzitting", "gesprek", "begrotingsoverleg", "algemeen overleg", "schriftelijk overleg", "inbreng", "debat",
)  # fmt: skip
WHERE_TO = "verplaatst; waarheen is nog niet bekend"


def words() -> tuple[str, ...]:
    """What is asked for, each by itself: the usual words and those of the region."""
    return (*WORDS, *region().sources.words)


class TweedeKamer(JsonSource):
    """What changed since the last complete crawl, and every debate still to come."""

    name, kind, publisher = "tweede_kamer", SourceKind.STREAM, "Tweede Kamer"
    root = "https://gegevensmagazijn.tweedekamer.nl"
    promises = (
        "debatten van vijf commissies, met afgelastingen en verplaatsingen, en stukken over subsidie, MIRT, "
        "woningbouw en Regio Deals"
    )
    unseen = "andere commissies; de Eerste Kamer; besloten vergaderingen"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.activities: dict[str, Any] = {}  # by Id: of all committees, since a debate may move to another page

    def start(self) -> Iterable[Request]:
        since = f"{self.context.window_start:%Y-%m-%dT%H:%M:%SZ}"
        kinds = " or ".join(f"Soort eq '{kind}'" for kind in KINDS)
        for word in words():
            named = f"contains(tolower(Onderwerp),'{word}')"
            yield self.ask("Document", word, f"ApiGewijzigdOp gt {since} and ({kinds}) and {named}", "ApiGewijzigdOp")
        yield self.ask_committee(0)

    def ask_committee(self, number: int) -> Request:
        """The activities of one committee: of today and later, and those that were moved not too long ago."""
        today, before = (f"{day:%Y-%m-%d}T00:00:00Z" for day in (self.context.today, self.context.now - MOVED_SINCE))
        days = f"Datum ge {before} and (Datum ge {today} or Status eq 'Verplaatst')"
        condition = f"{days} and Voortouwnaam eq '{COMMITTEES[number]}'"
        replaced = "&$expand=VervangenVanuit($select=Id,Nummer,Verwijderd)"
        return self.ask("Activiteit", number, condition, "Datum,Id", replaced)

    def ask(self, entity: str, about: str | int, condition: str, order: str, more: str = "") -> Request:
        """One question, without ``$top``, since only then a next link comes along."""
        query = f"$filter={quote(f'Verwijderd eq false and {condition}')}&$orderby={order}{more}"
        return Request(self.address(f"/OData/v4/2.0/{entity}?{query}"), meta={"asked_for": (entity, about)})

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The documents as they come; the activities once all are there, since a moved one is found among the rest."""
        entity, about = page.meta["asked_for"]
        data = self.parsed(page)
        if not isinstance(data, dict) or not isinstance(data.get("value"), list):
            raise SourceIncomplete(f"page {self.pages}: an answer without values")
        rows: list[Any] = data["value"]
        self.new_among((entity, about, str(row.get("Id"))) for row in rows if isinstance(row, dict))
        self.following = self.request_after(page, data.get("@odata.nextLink"))
        if entity == "Document":
            return rows
        self.activities |= {str(row.get("Id") or len(self.activities)): row for row in rows if isinstance(row, dict)}
        strange = [row for row in rows if not isinstance(row, dict)]
        return [*strange, *(() if self.following else followed(self.activities))]

    def request_after(self, page: TextResponse, link: Any) -> Request | None:
        """The next page of this answer, else the next committee."""
        entity, about = page.meta["asked_for"]
        if link:
            return Request(urljoin(page.url, str(link)), meta={"asked_for": (entity, about)})
        last = entity == "Document" or about + 1 == len(COMMITTEES)
        return None if last else self.ask_committee(about + 1)

    def next_page(self, page: TextResponse) -> Request | None:
        return self.following

    def identify(self, row: Any) -> str | None:
        """The Id; of a debate that took the place of another, the Id of the first."""
        return text_in(row, "FirstId") or text_in(row, "Id")

    def read(self, row: Any) -> Listing | None:
        if row.get("Verwijderd") is True or row.get("Besloten") is True:
            return None
        debate = is_activity(row)
        if debate and not self.is_to_come(row):
            return None
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
            source_word=standing(row) if debate else None,
            published_on=None if debate else local(row.get("Datum") or row.get("GewijzigdOp")).date(),
            references=tuple(filter(None, [number])),
            review=remarks(row) if debate else (),
        )

    def is_to_come(self, row: Any) -> bool:
        """Whether somebody can still be heard there: not held yet, and no meeting of the committee with itself."""
        if stated(row, "Soort").startswith(NO_DEBATE) or stated(row, "Status") == HELD:
            return False
        begin = local(row.get("Aanvangstijd") or row.get("Datum"))
        return begin > self.context.now if row.get("Aanvangstijd") else begin.date() >= self.context.today


def is_activity(row: Mapping[str, Any]) -> bool:
    """Whether a row is a debate, and not a document."""
    return "Aanvangstijd" in row or "Voortouwnaam" in row


def stated(row: Mapping[str, Any], name: str) -> str:
    """A word of a row, in small letters."""
    return one_line(text_in(dict(row), name) or "").lower()


def followed(activities: Mapping[str, Any]) -> Iterator[Any]:
    """The activities, each with the Id under which its debate was first planned; a moved one as its new row.

    A moved one that nothing took the place of comes as it is.
    """
    first = {key: first_of(row, key) for key, row in activities.items()}
    first |= found_by_name(activities, first)
    replaced = {before for row in activities.values() for before in before_it(row)}
    replaced |= {old for new, old in first.items() if old != new}
    for key, row in activities.items():
        if said_safely(row) != MOVED or key not in replaced:
            yield {**row, "FirstId": first[key]} if first[key] != key else row


def said_safely(row: Mapping[str, Any]) -> str:
    """The status of a row, also of one that cannot be read."""
    return str(row.get("Status") or "").strip().lower()


def before_it(row: Mapping[str, Any]) -> dict[str, str]:
    """The Ids of the activities that this one took the place of, with their numbers."""
    links = row.get("VervangenVanuit") or []
    rows = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return {str(link["Id"]): str(link.get("Nummer") or "") for link in rows if link.get("Id")}


def first_of(row: Mapping[str, Any], own: str) -> str:
    """The Id under which a debate was first planned: of all it took the place of, the lowest number; else its own."""
    before = before_it(row)
    return min(before, key=lambda key: (before[key], key), default=own)


def found_by_name(activities: Mapping[str, Any], first: Mapping[str, str]) -> dict[str, str]:
    """New row -> the moved one it must be, where no link says so: one of each with this kind, subject and committee.

    Also where links lead from the new one to a row that itself came after the moved one.
    """
    linked = {before for row in activities.values() for before in before_it(row)}
    moved, planned = defaultdict(list), defaultdict(list)
    for key, row in activities.items():
        name = tuple(str(row.get(field) or "").strip().lower() for field in ("Soort", "Onderwerp", "Voortouwnaam"))
        if said_safely(row) == MOVED and key not in linked:
            moved[name].append(key)
        elif said_safely(row) in ("", PLANNED):
            planned[name].append(key)
    pairs = {planned[n][0]: moved[n][0] for n in moved if len(moved[n]) == 1 and len(planned[n]) == 1}
    return {new: old for new, old in pairs.items() if first[new] == new or numbered(activities, old, first[new])}


def numbered(activities: Mapping[str, Any], earlier: str, later: str) -> bool:
    """Whether the first of two activities got its number before the second."""
    before, after = (str(activities.get(key, {}).get("Nummer") or "") for key in (earlier, later))
    return bool(before and after) and before < after


def standing(row: Mapping[str, Any]) -> Status:
    """How a debate stands: it is off when it is cancelled, or moved without a new day."""
    return Status.WITHDRAWN if stated(row, "Status") in (CANCELLED, MOVED) else Status.OPEN


def remarks(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a person should look at: a debate without a new day, and words that nobody knows."""
    kind, status = stated(row, "Soort"), stated(row, "Status")
    return tuple(
        remark
        for remark, due in (
            (WHERE_TO, status == MOVED),
            (f"onbekende status {status!r}: kijk na of het doorgaat", status not in ("", PLANNED, CANCELLED, MOVED)),
            (f"onbekend soort {kind!r}: kijk na of dit een debat is", bool(kind) and not kind.startswith(DEBATE)),
        )
        if due
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
