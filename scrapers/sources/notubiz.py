"""Notubiz, the calendars of councils: https://api.notubiz.nl/events?organisation_id=281&...

When the councils of participants meet: no calls. Every listing is one meeting of a council, kept with the bodies that
decide and not among the calls. Licence: public sector information, no key, no conditions found. Robots: not known,
asked at every crawl. Certain (clients in use in 2026): the address with ``version``, ``date_from`` and ``date_to``, the
names of the fields, that an attribute's number comes as a number or as text, hours without a zone in Dutch time,
``canceled`` beside "vervalt" in titles, that a wide window may answer 404 where three months answer, and that a meeting
one may not see answers 200 with a message. To confirm at the first live check: that a row of the list has all fields
(else its own page is asked), what a recess looks like, and by which titles each council calls its meetings. A meeting
is the council's by its title, or where the body that met as the council on this page or one before decides by another
name ("Besluitvorming"): a council that never uses its own name is not found.

Not read: Zaanstad and Flevoland, whose entries here are probably history only; GO (Bloemendaal, Heemstede, Huizen),
of which no answer of a participant is at hand and nothing shows how it marks a cancelled meeting; iBabs (most others),
whose portal is no public feed: it wants the cookie of a browser and has no mark for a cancelled meeting.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.region_served import region
from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.crawled import Crawled
from scrapers.formats import JsonSource, text_in
from scrapers.json_values import values_of
from scrapers.listing import AMSTERDAM, ListedDeadline, Listing
from scrapers.source import Context, RowSkipped, RowUnreadable, SourceIncomplete
from scrapers.texts import one_line

VERSION = "1.17.0"
WINDOWS = 4
TITLE = "1"  # the number of an attribute
COUNCIL = re.compile(r"\b(gemeenteraad|raad|(gemeente)?raadsvergadering|begrotingsraad)\b", re.IGNORECASE)
# What a body does when it decides, as some councils call that meeting; of the same body that meets as the council.
DECIDES = re.compile(r"besluit(vorm|nem)|vergadering|plenair|begroting|kadernota|beschouwingen", re.IGNORECASE)
# What is named after a council and decides nothing.
NO_COUNCIL = re.compile(
    r"informatie|commissie|ronde ?tafel|werkbezoek|thema|training|beeldvorm|oordeel|meningsvorm|presidium|bijeenkomst|"
    r"kennismaking|reces\b|raad van (advies|toezicht|commissarissen)",
    re.IGNORECASE,
)
CANCELLED = re.compile(r"\bverval(t|len)\b|\bgeannuleerd\b|\bafgelast\b|gaat niet door", re.IGNORECASE)
NEEDED = ("attributes", "plannings", "permission_group")  # without these a row does not say what and when it is


def councils() -> dict[str, int]:
    """Participant -> its number at Notubiz."""
    return region().sources.councils


class Notubiz(JsonSource):
    """The meetings of councils in the year to come, three months a question."""

    name, kind, publisher = "notubiz", SourceKind.STREAM, "Notubiz"
    root = "https://api.notubiz.nl"
    on = False
    lists_calls = False
    promises = "de raadsvergaderingen van gemeenten van de regio in het komende jaar, met wat vervalt of verschuift"
    unseen = "gemeenten met een andere leverancier (GO, iBabs); vergaderingen van colleges; besloten vergaderingen"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.councils: set[tuple[str, str]] = set()  # participant and number of a body that met as the council

    def start(self) -> Iterable[Request]:
        return [self.ask(participant, 0) for participant in councils()]

    def ask(self, participant: str, window: int, page: int = 1) -> Request:
        """One page of three months of one council."""
        first, last = windows(self.context.today)[window]
        days = f"date_from={quote(f'{first} 00:00:00')}&date_to={quote(f'{last} 23:59:59')}"
        query = f"organisation_id={councils()[participant]}&{days}&page={page}&format=json&version={VERSION}"
        return Request(self.address(f"/events?{query}"), meta={"asked_for": (participant, window, page)})

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The events of a page; a row that does not say what and when it is gives the request for its own page."""
        participant, window, _ = page.meta["asked_for"]
        events = events_of(self.parsed(page))
        if events is None:
            raise SourceIncomplete(f"page {self.pages}: an answer without events")
        self.new_among((participant, window, str(row.get("id"))) for row in events if isinstance(row, dict))
        self.councils |= {(participant, body_of(row)) for row in events if isinstance(row, dict) and names_council(row)}
        for row in events:
            yield self.whole_row(participant, row) if isinstance(row, dict) else row

    def whole_row(self, participant: str, row: dict[str, Any]) -> Any:
        """The row with whose it is, or the request for its page."""
        if row.get("type", "meeting") != "meeting" or not row.get("id") or all(row.get(name) for name in NEEDED):
            return {**row, "participant": participant}
        key = f"{participant}/{row['id']}"
        asked = {"participant": participant, "external_id": key}
        return Request(self.address(f"/events/meetings/{quote(str(row['id']))}"), meta=asked)

    def next_page(self, page: TextResponse) -> Request | None:
        """The next page, else the next three months; a council of which one cannot be had is asked no further."""
        participant, window, number = page.meta["asked_for"]
        if has_more(self.parsed(page)):
            return self.ask(participant, window, number + 1)
        return self.ask(participant, window + 1) if window + 1 < WINDOWS else None

    def identify(self, row: Any) -> str | None:
        """Participant and number."""
        if isinstance(row, TextResponse):
            return str(row.meta["external_id"])
        return f"{row['participant']}/{row['id']}" if row.get("id") else None

    def read(self, row: Any) -> Listing | None:
        """A meeting of a council that everybody may know of; what may not be held after all is ``partial``."""
        key, event = self.identify(row), self.meeting_of(row) if isinstance(row, TextResponse) else row
        if event.get("type", "meeting") != "meeting" or event.get("template") is True or is_closed(event):
            return None
        title = title_of(event)
        if not key or not title:
            raise RowUnreadable("a meeting without " + ("title" if key else "number"))
        if not self.is_council(key, event, title):
            return None
        begin = begin_of(event)
        return Listing(
            source=self.name,
            external_id=key,
            nature=Nature.MOMENT,
            url=text_in(event, "url") or self.address(f"/events/meetings/{event.get('id')}"),
            title=title,
            language=self.language,
            publisher=self.publisher,
            deadlines=(ListedDeadline(kind=DeadlineKind.CONSULTATION, day=begin.date(), hour=f"{begin:%H:%M}"),),
            source_word=Status.WITHDRAWN if is_cancelled(event, title) else None,
            partial=event.get("inactive") is True,
        )

    def is_council(self, key: str, event: dict[str, Any], title: str) -> bool:
        """By its title; or by the number of its body, where that met as the council before and now decides."""
        if NO_COUNCIL.search(title):
            return False
        same = (key.partition("/")[0], body_of(event)) in self.councils
        return COUNCIL.search(title) is not None or (same and DECIDES.search(title) is not None)

    def meeting_of(self, page: TextResponse) -> dict[str, Any]:
        """What stands on the page of one meeting; RowSkipped where nobody may see it."""
        data = self.parsed(page)
        meeting = data.get("meeting") if isinstance(data, dict) else None
        if isinstance(meeting, dict):
            return meeting
        if isinstance(data, dict) and "No rights" in str(data.get("message")):
            raise RowSkipped("a meeting that is not public")
        raise RowUnreadable("a page without a meeting")


def windows(today: date) -> list[tuple[date, date]]:
    """First and last day, both inclusive, of every three months that are asked."""
    firsts = [_months_on(today, 3 * number) for number in range(WINDOWS + 1)]
    return [(first, following - timedelta(days=1)) for first, following in pairwise(firsts)]


def _months_on(day: date, months: int) -> date:
    """The first of a month so much later; the day itself for none."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1) if months else day


def events_of(data: Any) -> list[Any] | None:
    """The events of an answer; none where it is no list of events."""
    events = data.get("events") if isinstance(data, dict) else None
    return events if isinstance(events, list) else None


def has_more(data: Any) -> bool:
    """Whether another page follows; an empty page is the last, whatever it says."""
    paging = data.get("pagination") if isinstance(data, dict) else None
    return bool(events_of(data)) and isinstance(paging, dict) and paging.get("has_more_pages") is True


def read_whole(crawled: Crawled, today: date) -> set[str]:
    """The participants whose whole year was read: the last three months are asked only after all before them."""
    if any(row.external_id is None for row in crawled.unreadable):
        return set()  # nobody knows whose meeting that was
    numbers = {str(number): participant for participant, number in councils().items()}
    last = f"{windows(today)[-1][1]} 23:59:59"
    whole = set()
    for page in crawled.pages:
        asked = parse_qs(urlsplit(page.url).query)
        if asked.get("date_to") == [last] and _ends(page.body):
            whole.add(numbers.get(asked.get("organisation_id", [""])[0], ""))
    return whole - {str(row.external_id).partition("/")[0] for row in crawled.unreadable} - {""}


def _ends(body: bytes) -> bool:
    try:
        data = values_of(body)
    except (ValueError, RecursionError):
        return False
    return events_of(data) is not None and not has_more(data)


def body_of(event: dict[str, Any]) -> str:
    """The number of the body that meets; empty where it is not said."""
    body = event.get("gremium")
    return str(body.get("id") or "") if isinstance(body, dict) else ""


def names_council(event: dict[str, Any]) -> bool:
    """Whether its title says that a body with a number meets as the council."""
    title = title_of(event)
    return bool(body_of(event)) and COUNCIL.search(title) is not None and not NO_COUNCIL.search(title)


def title_of(event: dict[str, Any]) -> str:
    """The title among the attributes, whose numbers come as numbers or as text; empty where there is none."""
    attributes = event.get("attributes")
    named = (a for a in attributes if isinstance(a, dict)) if isinstance(attributes, list) else ()
    return next((one_line(str(a.get("value") or "")) for a in named if str(a.get("id")) == TITLE), "")


def begin_of(event: dict[str, Any]) -> datetime:
    """When it begins, in Dutch time: so without an offset, else by its offset. RowUnreadable where it does not say."""
    plannings = event.get("plannings")
    first: Any = plannings[0] if isinstance(plannings, list) and plannings else None
    try:
        begin = datetime.fromisoformat(str(first["start_date"]))
    except (TypeError, KeyError, ValueError) as error:
        raise RowUnreadable("a meeting without a day") from error
    return begin.astimezone(ZoneInfo(AMSTERDAM)) if begin.tzinfo else begin


def is_closed(event: dict[str, Any]) -> bool:
    """Whether it is not for everybody to know."""
    return event.get("permission_group") != "public" or str(event.get("confidential") or 0) not in ("0", "False")


def is_cancelled(event: dict[str, Any], title: str) -> bool:
    """By its mark, or by its title: many clerks write it there and set no mark."""
    return event.get("canceled") is True or CANCELLED.search(title) is not None
