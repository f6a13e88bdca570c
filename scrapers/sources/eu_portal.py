"""EU Funding & Tenders Portal, search API: https://api.tech.ec.europa.eu/search-api/prod/rest/search

Licence: re-use free with attribution (Decision 2011/833/EU, CC BY 4.0). Robots: allowed, by others' accounts; asked
anew at every crawl. Certain (recorded answers): envelope and fields, all values lists of strings; 31094501 forthcoming,
31094502 open, 31094503 closed; ``budgetOverview`` covers all sibling topics of a call; a topic's deadline is a day, and
17:00 Brussels by the programme's rules. To confirm at the first live check: robots, the cap of 100 a page, that sorting
by identifier holds still between pages, and which fields an item without ``metadata`` carries.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Instrument, SourceKind, Status
from scrapers.eu_programmes import PROGRAMMES
from scrapers.formats import JsonSource
from scrapers.listing import BRUSSELS, ListedDeadline, Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete
from scrapers.texts import one_line, plain_text

TOPIC, EXTERNAL_ACTION, CASCADE = "1", "2", "8"
PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"
PROSPECT = "https://webgate.ec.europa.eu/prospect/external/publishedcalls.htm?callId="
PAGE_SIZE, MOST_PASSES = 100, 3
STATUS = {"31094501": Status.ANNOUNCED, "31094502": Status.OPEN, "31094503": Status.CLOSED}
BOUNDARY = "kansenradar-form-part"
FORM = {
    "query": {
        "bool": {"must": [{"terms": {"type": ["1", "2", "8"]}}, {"terms": {"status": ["31094501", "31094502"]}}]}
    },
    "languages": ["en"],
    "sort": {"field": "identifier", "order": "ASC"},
}
USUAL_HOUR = "de bron geeft een dag; 17:00 in Brussel is het gebruikelijke uur"
UNSURE_HOUR = "het uur is door een mens ingetypt, misschien zonder tijdzone"

UNREAD_BUDGET = "het budgetoverzicht van de bron is niet te lezen"


class EuPortal(JsonSource):
    """Open and forthcoming topics (1), external action calls (2) and cascade calls (8); all pages, until they agree."""

    name, kind, publisher, language = "eu_portal", SourceKind.CATALOGUE, "Europese Commissie", "en"
    root = "https://api.tech.ec.europa.eu"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.number, self.passes, self.full = 1, 1, False
        self.seen: set[str] = set()  # references of this pass
        self.before: set[str] | None = None  # and of the pass before it
        self.totals: set[int] = set()  # what the answers of this pass said of the whole
        self.agreed = False

    def start(self) -> Iterable[Request]:
        return [self.ask(1)]

    def ask(self, number: int) -> Request:
        """One page, as a multipart form of JSON parts."""
        url = f"/search-api/prod/rest/search?apiKey=SEDIA&text=***&pageSize={PAGE_SIZE}&pageNumber={number}"
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return Request(self.address(url), method="POST", body=form_body(), headers={"Content-Type": kind})

    def items(self, data: Any) -> list[Any]:
        """The results; remembers what the answer says of the whole."""
        if not isinstance(data, dict) or not isinstance(data.get("results"), list):
            raise SourceIncomplete(f"page {self.number}: an answer without results")
        total, size = data.get("totalResults"), data.get("pageSize")
        if not isinstance(total, int):
            raise SourceIncomplete(f"page {self.number}: an answer without a total")
        self.totals.add(total)
        size = size if isinstance(size, int) and size > 0 else PAGE_SIZE  # the index caps pages silently
        self.full = len(data["results"]) >= size and self.number * size < total
        return list(data["results"])

    def next_page(self, page: TextResponse) -> Request | None:
        """The next page; and a second pass where topics are missing or totals vary, which the index does at times."""
        if self.full:
            self.number += 1
            return self.ask(self.number)
        steady = len(self.totals) == 1 and len(self.seen) >= max(self.totals)
        self.agreed = steady or self.seen == self.before
        if self.agreed or self.passes == MOST_PASSES:
            return None
        self.before, self.seen, self.totals = self.seen, set(), set()
        self.passes, self.number = self.passes + 1, 1
        self._asked.clear()
        return self.ask(1)

    def why_incomplete(self) -> str:
        if self.agreed:
            return ""
        said = f"{min(self.totals)} to {max(self.totals)}" if self.totals else "none"
        return f"{self.passes} passes do not agree: totals {said}, {len(self.seen)} results in the last one"

    def identify(self, row: Any) -> str | None:
        """ccm2Id for topics; the reference without its language for the others. Counts what was seen."""
        reference = reference_of(row)
        self.seen.add(reference)
        return identity(fields(row), reference)

    def read(self, row: Any) -> Listing | None:
        """One result."""
        data = fields(row)
        kind = text(data, "type")
        key = identity(data, reference_of(row))
        title = one_line(
            (kind == CASCADE and text(data, "callTitle")) or text(data, "title") or row.get("summary") or ""
        )
        if not title or not key:
            raise RowUnreadable("a result without " + ("title" if key else "identity"))
        action = text(data, "typesOfAction")
        status = STATUS.get(text(data, "status") or "")
        return Listing(
            source=self.name,
            external_id=key,
            url=page_of(data, kind, key),
            title=title,
            language=text(data, "language") or self.language,
            publisher=self.publisher,
            summary=plain_text(text(data, "descriptionByte") or ""),
            instrument=instrument(action or ""),
            programme=tuple(PROGRAMMES.get(code, code) for code in many(data, "frameworkProgramme")),
            call_title=one_line(text(data, "callTitle") or "") or None,
            destination=one_line(text(data, "destinationDetails") or "", 500) or None,
            type_of_action=" ".join(action.split()) if action else None,
            deadlines=deadlines(data, kind),
            **(amounts(data) if kind == TOPIC else {"amount_text": text(data, "budget")}),
            source_word=status,
            references=tuple(filter(None, [text(data, "identifier")])) if kind == TOPIC else (),
            review=review(data, kind),
        )


def form_body() -> bytes:
    """The three parts the search wants; each needs its own JSON content type."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"; filename="blob"\r\nContent-Type: application/json'
    )
    parts = [f"{head % name}\r\n\r\n{json.dumps(value)}\r\n" for name, value in FORM.items()]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def fields(row: Any) -> dict[str, Any]:
    """The metadata of a result; a few cascade calls have none and carry the fields on top level."""
    found = row.get("metadata") or row
    if not isinstance(found, dict):
        raise RowUnreadable("metadata is no object")
    return found


def reference_of(row: Any) -> str:
    """One per topic and language; the same topic may stand in the index twice."""
    metadata = row.get("metadata") or row
    return str((text(metadata, "REFERENCE") if isinstance(metadata, dict) else "") or row.get("reference") or "")


def many(data: dict[str, Any], name: str) -> list[str]:
    """All values of a field that is a list of strings, or exceptionally one string."""
    value = data.get(name)
    values = value if isinstance(value, list) else [value]
    return [str(v).strip() for v in values if v not in (None, "")]


def text(data: dict[str, Any], name: str) -> str | None:
    """The first value of a field."""
    return next(iter(many(data, name)), None)


def identity(data: dict[str, Any], reference: str) -> str | None:
    """What stays the same for a call from crawl to crawl."""
    if text(data, "type") == TOPIC:
        return text(data, "ccm2Id") or text(data, "identifier")
    return reference[:-2] if reference[-2:].lower() == "en" else reference or None


def page_of(data: dict[str, Any], kind: str | None, key: str) -> str:
    """The page people read; the index's own ``url`` is often a JSON file or gone."""
    if kind == TOPIC:
        return f"{PORTAL}topic-details/{quote(text(data, 'identifier') or key)}"
    if kind == EXTERNAL_ACTION:
        return PROSPECT + "".join(c for c in key if c.isdigit())
    url = text(data, "url") or ""
    return url if "/competitive-calls-cs/" in url else f"{PORTAL}competitive-calls"


def instrument(action: str) -> Instrument:
    """A prize is no grant, and a procurement asks for an offer."""
    lowered = action.lower()
    if "prize" in lowered:
        return Instrument.PRIZE
    if "procurement" in lowered:
        return Instrument.REQUEST
    return Instrument.LOAN if "equity" in lowered else Instrument.GRANT


def moment(stamp: str) -> datetime:
    """An instant of the index in Brussels time, to the minute: seconds change daily and mean nothing."""
    try:
        return datetime.fromisoformat(stamp).astimezone(ZoneInfo(BRUSSELS)).replace(second=0, microsecond=0)
    except ValueError as error:
        raise RowUnreadable(f"{stamp[:60]!r} is no date") from error


def deadlines(data: dict[str, Any], kind: str | None) -> tuple[ListedDeadline, ...]:
    """The opening day and every closing moment, in order."""
    closings = sorted({moment(stamp) for stamp in many(data, "deadlineDate")})
    kinds = closing_kinds(len(closings), (text(data, "deadlineModel") or "").lower())
    found = [closing(at, k, kind) for at, k in zip(closings, kinds, strict=True)]
    if opening := text(data, "startDate"):
        found.insert(0, ListedDeadline(kind=DeadlineKind.OPENS, day=moment(opening).date(), zone=BRUSSELS))
    return tuple(found)


def closing_kinds(count: int, model: str) -> list[DeadlineKind]:
    """What several dates of one topic mean: two stages, cut-offs, or the one closing."""
    if count == 2 and "two-stage" in model:
        return [DeadlineKind.STAGE_1, DeadlineKind.STAGE_2]
    if count > 1:
        return [DeadlineKind.CUT_OFF] * count
    return [DeadlineKind.CLOSES] * count


def closing(at: datetime, what: DeadlineKind, kind: str | None) -> ListedDeadline:
    """A topic's day means 17:00; an external action call has a real hour; a cascade call's hour is unsure."""
    day, hour = at.date(), f"{at:%H:%M}"
    if kind == TOPIC:
        return ListedDeadline(kind=what, day=day, hour="17:00", zone=BRUSSELS, assumed=True, text=USUAL_HOUR)
    if kind == EXTERNAL_ACTION:
        return ListedDeadline(kind=what, day=day, hour=hour, zone=BRUSSELS)
    # Typed by a person and stamped as UTC: 23:59Z on 31 December means that day, in Brussels it would be the next one.
    # Only local midnight (22:00Z, 23:00Z) is the index's own way to write a day.
    stamped = at if hour == "00:00" else at.astimezone(UTC)
    return ListedDeadline(
        kind=what, day=stamped.date(), zone=BRUSSELS, text=f"{stamped:%Y-%m-%d %H:%M} volgens de bron"
    )


def review(data: dict[str, Any], kind: str | None) -> tuple[str, ...]:
    """What a person should look at."""
    if kind == CASCADE:
        return (UNSURE_HOUR,) if many(data, "deadlineDate") else ()
    unread = kind == TOPIC and many(data, "budgetOverview") and not amounts(data)
    return (UNREAD_BUDGET,) if unread else ()


def amounts(data: dict[str, Any]) -> dict[str, Decimal | None]:
    """Budget of this topic only, and the least and most a project may get; the overview covers all its siblings."""
    prefix = f"{text(data, 'identifier')} - "
    try:
        overview = json.loads(text(data, "budgetOverview") or "{}")
        actions = [a for group in overview.get("budgetTopicActionMap", {}).values() for a in group]
        own = [a for a in actions if str(a.get("action", "")).startswith(prefix)]
        years = [Decimal(str(v)) for a in own for v in (a.get("budgetYearMap") or {}).values()]
        least = [Decimal(str(a["minContribution"])) for a in own if a.get("minContribution")]
        most = [Decimal(str(a["maxContribution"])) for a in own if a.get("maxContribution")]
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation):
        return {}  # the call is worth more than its amounts; review says so
    total = sum(years, Decimal())
    return {"budget": total or None, "min_amount": min(least, default=None), "max_amount": max(most, default=None)}
