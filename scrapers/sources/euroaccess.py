"""EuroAccess, calls of all EU programmes in one list: https://www.euro-access.eu/en/calls

Kept by EuroVienna. Two uses: calls of programmes without a door of their own become calls of ours, and what stands in
the EU portal is only compared with the portal's own list. Certain (two pages of October 2025, as served): the table
``#calls-overview``, the line "142 Calls found", the address ``/en/calls/<number>/<name>``, the labels of a call's page,
dates as DD.MM.YYYY and an hour without a zone. The number is the identity; each cut-off of a scheme is its own call.
To confirm at the first live check: licence and robots, whether the list has pages (all rows stood on one, another
client walks ``page=0..n``), how a call without a deadline is written, what stands behind the sign-in. On that day no
row was of Interreg North Sea, North-West Europe, Interreg Europe or URBACT: it does not replace their own pages.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from db.region_served import region
from db.vocabulary import Applicant, DeadlineKind, SourceKind
from scrapers.listing import BRUSSELS, ListedDeadline, Listing
from scrapers.source import Context, RowUnreadable, Source, SourceIncomplete, maybe
from scrapers.texts import one_line, plain_text

LIST = "/en/calls?keyword=&submit=&sent=search"
CALL = re.compile(r"/en/calls/(\d+)(?:/|$)")
TOTAL = re.compile(r"(\d+) calls? found", re.IGNORECASE)
PORTAL = "eu_portal"
TOPIC = re.compile(r"ec\.europa\.eu/info/funding-tenders/.*?/topic-details/([\w.+-]+)", re.IGNORECASE)
# How the name of a programme begins -> the source that reads it from its own pages.
DOORS = {
    **dict.fromkeys(
        ("horizon europe", "erasmus+", "new european bauhaus", "digital europe", "citizens, equality"), PORTAL
    ),
    **dict.fromkeys(("connecting europe", "eu4health", "life", "creative europe", "interregional innovation"), PORTAL),
    **dict.fromkeys(
        ("pilot projects", "single market", "innovation fund", "just transition", "european defence"), PORTAL
    ),
    **dict.fromkeys(
        ("internal security", "justice programme", "instrument for pre-accession", "western balkans"), PORTAL
    ),
    "driving urban transitions": "dut",
    "european urban initiative": "eui",
    "interreg north sea": "interreg_north_sea",
    "interreg north-west": "interreg_nwe",
    "interreg northwest": "interreg_nwe",
    "urbact": "urbact",
}
# Two names hold a comma: they are looked for, never cut apart.
ENTITIES = {
    "Public Body": Applicant.GOVERNMENT,
    "Small and medium-sized enterprise": Applicant.SME,
    "Private institution": Applicant.COMPANY,
    "Research Institution": Applicant.KNOWLEDGE,
    "Education and training institution": Applicant.KNOWLEDGE,
    "Non-Profit Organisation": Applicant.NON_PROFIT,
}
HERE = r"EU Member States|\bNetherlands\b|\bNederland\b"
MOMENT = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}:\d{2}))?")
EURO = r"€ ?(\d[\d,]*(?:\.\d{2})?)"
PER_PROJECT = re.compile(rf"(?P<word>max\.|min\.|between) {EURO}(?: and {EURO})?", re.IGNORECASE)
CONDITIONS = ("project partnership", "other eligibility criteria", "additional information")


class EuroAccess(Source):
    """Every row of the list whose programme has no page of its own here, each read from its page."""

    name, kind, publisher, language = "euroaccess", SourceKind.CATALOGUE, "EuroAccess", "en"
    root = "https://www.euro-access.eu"
    promises = "oproepen van Europese programma's die geen andere bron leest, zoals EIT, en wat het EU-portaal mist"
    unseen = "Interreg Noordzee, Noordwest-Europa en Europe, URBACT; wat achter de aanmelding van EuroAccess staat"
    can_be_asked = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.total, self.seen = 0, set[str]()

    def start(self) -> Iterable[Request]:
        return [Request(self.address(LIST))]

    def rows(self, page: TextResponse) -> Iterable[Request]:
        """The pages of the calls in the table, without programmes that another source reads; the portal's stay."""
        stated = TOTAL.search(" ".join(page.css("h3::text").getall()))
        rows = page.css("#calls-overview tbody tr")
        if stated is None or (not rows and int(stated[1])):
            raise SourceIncomplete(f"page {self.pages}: no table of calls: has the site changed?")
        self.total = max(self.total, int(stated[1]))
        numbered = {number: row for row in rows if (number := number_of(link_in(row)))}
        new = self.new_among(numbered)
        self.seen |= numbered.keys()
        for number, row in numbered.items():
            if number in new and door_of(programme_in(row)) in ("", PORTAL):
                meta = {"external_id": number, "deadline": maybe(row, "td:nth-child(3)::text") or ""}
                yield Request(urljoin(self.root, urlsplit(link_in(row)).path), meta=meta)

    def next_page(self, page: TextResponse) -> Request | None:
        """The next number up to the last one in the pager, where there is a pager; pages are counted from 0."""
        numbers = [page_number(link) for link in page.css("ul.pagination a::attr(href)").getall()]
        number = page_number(page.url) + 1
        return Request(self.address(f"{LIST}&page={number}")) if number <= max(numbers, default=0) else None

    def why_incomplete(self) -> str:
        missing = self.total - len(self.seen)
        return f"{len(self.seen)} of {self.total} calls came" if missing > 0 else ""

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The call's own page."""
        return Request(url, meta={"external_id": external_id}) if number_of(url) == external_id else None

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """The page, where it is one of a call."""
        if not page.css("#calldata .subtable") or number_of(page.url) != external_id:
            raise SourceIncomplete("not the page of a call")
        return [page]

    def identify(self, row: Any) -> str | None:
        return str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        """A call of a programme without a door; a topic of the portal, only to compare; none for what is not for us."""
        facts, title = key_data(row), maybe(row, "#calldata h1::text")
        if not title or number_of(row.url) != row.meta["external_id"]:
            raise RowUnreadable("not the page of this call")
        programme = one_line(facts.get("funding program", ""))
        code = topic_code(facts, programme)
        usual = {
            "source": self.name,
            "external_id": row.meta["external_id"],
            "url": row.url,
            "title": title,
            "language": self.language,
            "publisher": programme or self.publisher,
            "programme": tuple(filter(None, [programme])),
            "deadlines": deadlines(row, row.meta.get("deadline", "")),
        }
        if code:
            return Listing(**usual, references=(code,), compared_with=PORTAL)
        if door_of(programme) or not is_for_us(programme, facts):
            return None
        return Listing(**usual, **described(facts))


def number_of(address: str) -> str:
    """The number of a call in its address, also where the address has it twice."""
    found = CALL.search(urlsplit(address).path)
    return found[1] if found else ""


def page_number(address: str) -> int:
    """The page of the list that an address asks for; the first is 0."""
    number = parse_qs(urlsplit(address).query).get("page", ["0"])[0]
    return int(number[:6]) if number.isdecimal() else 0


def link_in(row: Any) -> str:
    """Where a row of the table leads to."""
    return str(row.css("td a::attr(href)").get() or "")


def programme_in(row: Any) -> str:
    """The programme that a row of the table names."""
    return maybe(row, "td.title::text") or ""


def door_of(programme: str) -> str:
    """The source of ours that reads this programme from its own pages; empty where there is none."""
    name = programme.casefold().strip()
    return next((source for start, source in DOORS.items() if name.startswith(start)), "")


def key_data(page: Any) -> dict[str, str]:
    """Label -> markup of its value; what stands in comments is the same once more, and is not looked at."""
    lines: dict[str, str] = {}
    for line in page.css("#calldata .subtable div.tr"):
        label = " ".join(" ".join(line.xpath("./*[1]//text()").getall()).split()).casefold()
        lines.setdefault(label, "".join(line.xpath("./*[position() > 1]").getall()))
    return lines


def topic_code(facts: dict[str, str], programme: str) -> str:
    """The portal's code of this call: from a link to it, else the call number of a programme that the portal reads."""
    linked = TOPIC.search(facts.get("link to the call", "") + facts.get("link to the submission", ""))
    number = one_line(facts.get("call number", ""))
    if linked:
        return number if number.casefold() == linked[1].casefold() else linked[1].upper()
    return number if door_of(programme) == PORTAL and re.fullmatch(r"[\w.+-]{6,80}", number) else ""


def is_for_us(programme: str, facts: dict[str, str]) -> bool:
    """Whether the Netherlands may be among the regions: an Interreg names its own."""
    regions = plain_text(facts.get("regions / countries for funding", ""))
    return not regions or not programme.casefold().startswith("interreg") or is_here(regions)


def deadlines(page: Any, listed: str) -> tuple[ListedDeadline, ...]:
    """Opening and deadline by their labels; where the page has no deadline, the one of the list."""
    dates = {}
    for cell in page.css("#calldata div.tr.deadline p"):
        label = " ".join(cell.css("strong::text").getall()).strip().casefold()
        dates[label] = " ".join(cell.xpath("./text()").getall())
    opening = moment(dates.get("opening", ""), DeadlineKind.OPENS)
    closing = moment(dates.get("deadline", "") or listed, DeadlineKind.CLOSES)
    return tuple(filter(None, [opening, closing]))


def moment(words: str, kind: DeadlineKind) -> ListedDeadline | None:
    """A date, with its hour as wall time in Brussels; none where nothing is written."""
    written = " ".join(words.split())
    if not written:
        return None
    parts = MOMENT.fullmatch(written)
    if parts is None:
        raise RowUnreadable(f"{written[:60]!r} is no date")
    hour = "23:59" if parts[4] == "24:00" else parts[4]
    day = date(int(parts[3]), int(parts[2]), int(parts[1]))
    return ListedDeadline(kind=kind, day=day, hour=hour, zone=BRUSSELS, text=written)


def described(facts: dict[str, str]) -> dict[str, Any]:
    """What a call's page says of the call, for those that become calls of ours."""
    texts = {label: plain_text(markup) for label, markup in facts.items()}
    told = {name: one_line(facts.get(name, "")) for name in ("eligible entities", "mandatory partnership", "topics")}
    partnership = [Applicant.CONSORTIUM] if told["mandatory partnership"].casefold() == "yes" else []
    bodies = [kind for name, kind in ENTITIES.items() if name.casefold() in told["eligible entities"].casefold()]
    summary = [texts.get("short description", ""), texts.get("call objectives", "").removesuffix("\nread more")]
    rules = [f"{label.capitalize()}: {texts[label]}" for label in CONDITIONS if texts.get(label)]
    return {
        "summary": "\n".join(filter(None, summary)),
        "applicants": tuple(dict.fromkeys([*bodies, *partnership])),
        "area": one_line(facts.get("regions / countries for funding", ""), 500) or None,
        "subjects": tuple(filter(None, [told["topics"]])),
        "conditions": "\n".join(rules)[:20_000],
        **amounts(one_line(facts.get("estimated eu contribution per project", ""))),
        **rate(one_line(facts.get("funding rate", ""))),
    }


def amounts(words: str) -> dict[str, Any]:
    """Least and most a project gets where the words say which it is; else the words themselves."""
    parts = PER_PROJECT.fullmatch(words)
    if parts is None:
        return {"amount_text": words} if words else {}
    first, second = (Decimal(text.replace(",", "")) if text else None for text in parts.groups()[1:])
    if parts["word"].casefold() == "between":
        return {"min_amount": first, "max_amount": second} if second else {"amount_text": words}
    return {"max_amount" if parts["word"].casefold() == "max." else "min_amount": first}


def rate(words: str) -> dict[str, Any]:
    """The share of the costs, where one number says it."""
    number = re.fullmatch(r"(\d{1,3}(?:\.\d{1,2})?) ?%", words)
    return {"rate": Decimal(number[1])} if number and 0 < Decimal(number[1]) <= 100 else {}


def is_here(regions: str) -> bool:
    """Whether a list of places names the country or a part of it that is the region's."""
    own = (re.escape(name) for name in region().sources.named)
    return bool(re.search("|".join((HERE, *own)), regions, re.IGNORECASE))
