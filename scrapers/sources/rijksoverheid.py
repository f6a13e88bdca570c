"""Rijksoverheid.nl, news and documents on subsidy: POST https://www.rijksoverheid.nl/api/search

Licence: CC0. Robots of this host: not known, asked at every crawl. Certain (a request as the site itself sends it, in
daily use by others since October 2026): the body below with ``pro:newsDocument``, ten results a page counted from 1,
fewer on the last, newest first, and the fields that are read; any other form of body answers 400. The second door is
certain too: /news/sitemap.xml, the thirteen newest news items with their titles, and the head of an article. To confirm
at the first live check: robots, that ``searchTerm`` takes a word, and ``pro:downloadDocument``, by which a sister site
of the same make gives its documents. Whether an item tells of a call or of a moment follows from what it says of
applying, never from the word subsidie: agenda pages, weblogs, persons and answers to questions are neither.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Instrument, Nature, SourceKind
from scrapers import links
from scrapers.extract import extract
from scrapers.formats import JsonSource, xml_root
from scrapers.listing import AMSTERDAM, Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete, maybe, path_of
from scrapers.texts import is_spuk, one_line, plain_text

NEWS, DOCUMENTS = "pro:newsDocument", "pro:downloadDocument"
TERMS = ("subsidie", "specifieke uitkering")
ON_MONEY = re.compile(r"subsid|specifieke uitkering|\bspuk\b", re.IGNORECASE)
SIZE, FIRST_WINDOW = 10, timedelta(days=30)
FOLDERS = ("/actueel/nieuws/", "/documenten/")
SITEMAP, SITE = "/news/sitemap.xml", re.compile(r"\s*\|\s*Rijksoverheid\.nl\s*$", re.IGNORECASE)
FIELDS = (
    "author", "url", "page_title", "meta_description", "sort_date", "information_type", "activity_start_date",
    "activity_end_date", "activity_type", "activity_location_title", "activity_location_description",
    "activity_organiser", "activity_show_time", "image_url", "edition_summary",
)  # fmt: skip
# That one can apply, where no date says so: "kunnen een aanvraag doen", "is aan te vragen", "gaat weer open".
APPLYING = re.compile(
    r"\b(?:kan|kunt|kunnen|mag|mogen)\b[^.\n]{0,150}?\b(?:aanvragen|aanvraag|indienen|aanmelden|inschrijven)\b"
    r"|\baanvragen (?:kan|kunnen|is mogelijk)\b|\b(?:is|zijn|wordt|worden) (?:weer |nu )?aan te vragen\b"
    r"|\b(?:gaat|gaan|is|zijn) (?:weer |opnieuw |nu )?open(?:gesteld)?\b|\bopen voor aanvragen\b",
    re.IGNORECASE,
)


class Rijksoverheid(JsonSource):
    """What the Rijk wrote on subsidies since the last complete crawl; for a first crawl, of thirty days."""

    name, kind, publisher = "rijksoverheid", SourceKind.STREAM, "Rijksoverheid"
    root = "https://www.rijksoverheid.nl"
    promises = (
        "nieuws en documenten van de Rijksoverheid die de zoekfunctie op ‘subsidie’ of ‘specifieke uitkering’ geeft"
    )
    unseen = (
        "berichten die de woorden niet noemen; wat alleen in een bijlage staat; bedragen en termijnen buiten "
        "de samenvatting"
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.begin = max(context.window_start, context.now - FIRST_WINDOW)
        self.answered: set[str] = set()  # the terms on which the news was searched
        self.searched: set[str] = set()  # the items that a search gave
        self.following: Request | None = None

    def start(self) -> Iterable[Request]:
        """The sitemap comes third: after so many failures a source is asked no further."""
        news, documents = ([self.ask(content, term, 1) for term in TERMS] for content in (NEWS, DOCUMENTS))
        failing = {"handle_httpstatus_list": list(range(400, 600))}
        return [*news, Request(self.address(SITEMAP), meta={"asked_for": None, **failing}), *documents]

    def ask(self, content: str, term: str, number: int) -> Request:
        """One page of what the search has on one term, newest first."""
        body = json.dumps(search_body(content, term, number, self.context.now), separators=(",", ":"))
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/plain, */*"}
        meta = {"asked_for": (content, term, number)}
        return Request(self.address("/api/search"), method="POST", body=body, headers=headers, meta=meta)

    def rows(self, page: TextResponse) -> Iterable[Any]:
        self.following = None
        if page.meta["asked_for"] is None:
            return self.from_sitemap(page)
        return self.from_search(self.parsed(page), *page.meta["asked_for"])

    def from_search(self, data: Any, content: str, term: str, number: int) -> list[Any]:
        """The results of one page; the next one is asked while pages are full and reach not back far enough."""
        answer = data.get("rawResponse") if isinstance(data, dict) else None
        rows = answer.get("rawResults") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise SourceIncomplete(f"page {self.pages}: an answer without results")
        if content == NEWS:
            self.answered.add(term)
        keys = [key for row in rows if (key := key_of(plain(row, "url")))]
        self.new_among((content, term, key) for key in keys)
        self.searched |= set(keys)
        if len(rows) >= SIZE and not self.is_older(rows):
            self.following = self.ask(content, term, number + 1)
        return rows

    def is_older(self, rows: list[Any]) -> bool:
        """Whether the rest of an answer lies before the window; only where its rows come newest first."""
        moments = [moment for row in rows if (moment := moment_of(plain(row, "sort_date"))) is not None]
        return moments == sorted(moments, reverse=True) and bool(moments) and moments[-1] < self.begin

    def next_page(self, page: TextResponse) -> Request | None:
        return self.following

    def from_sitemap(self, page: TextResponse) -> Iterable[Request]:
        """The news that no search gave: what its title names as money, and all of it where the search did not answer.

        Where the search did, a second door that stays shut costs nothing.
        """
        searched = len(self.answered) == len(TERMS)
        try:
            places = list(xml_root(page).iterfind("{*}url")) if page.status == 200 else []
        except SourceIncomplete:
            places = []
        if not places and not searched:
            raise SourceIncomplete(f"page {self.pages}: no news sitemap either (HTTP {page.status})")
        for place in places:
            address = place.findtext("{*}loc")
            title = one_line(place.findtext("{*}news/{*}title") or "")
            moment = moment_of(place.findtext("{*}news/{*}publication_date") or place.findtext("{*}lastmod"))
            key = key_of(address)
            lacking = f"/{key}".startswith(FOLDERS) and key not in self.searched
            if lacking and moment and moment >= self.begin and (ON_MONEY.search(title) or not searched):
                meta = {"external_id": key, "title": title, "moment": moment}
                yield Request(self.address(path_of(address or "")), meta=meta)

    def identify(self, row: Any) -> str | None:
        """Path and query of its address, however that is spelled today."""
        return str(row.meta["external_id"]) if isinstance(row, TextResponse) else key_of(raw(row, "url")) or None

    def read(self, row: Any) -> Listing | None:
        if isinstance(row, TextResponse):
            return self.article(row)
        key, title, moment = (
            self.identify(row),
            one_line(raw(row, "page_title") or ""),
            moment_of(raw(row, "sort_date")),
        )
        if key and not f"/{key}".startswith(FOLDERS):
            return None
        if not key or not title:
            raise RowUnreadable("an item without " + ("title" if key else "address"))
        if moment is None:
            raise RowUnreadable(f"{str(raw(row, 'sort_date'))[:60]!r} is no date")
        text = plain_text(raw(row, "meta_description") or "")
        return self.listing(key, raw(row, "url") or "", title, text, moment) if moment >= self.begin else None

    def article(self, page: TextResponse) -> Listing | None:
        """An article from its head: its title and what it says in short; none that is not on money."""
        title = one_line(SITE.sub("", maybe(page, "title::text") or "")) or page.meta["title"]
        text = plain_text(maybe(page, 'meta[name="description"]::attr(content)') or "")
        if not title:
            raise RowUnreadable("an article without title")
        if page.meta["title"] and page.meta["title"].casefold() not in title.casefold():
            raise RowUnreadable("a page that is not the article's")
        on_money = ON_MONEY.search(f"{title} {text}")
        known = page.meta
        return self.listing(known["external_id"], page.url, title, text, known["moment"]) if on_money else None

    def listing(self, key: str, url: str, title: str, text: str, moment: datetime) -> Listing:
        """An item as a call with its facts, or as a moment."""
        facts = extract(f"{title}. {text}", self.language, self.context.today)
        dated = any(deadline.kind is not DeadlineKind.REPORTING for deadline in facts["deadlines"])
        call = dated or APPLYING.search(f"{title}. {text}") is not None
        spuk = is_spuk(f"{title} {text}")
        return Listing(
            source=self.name,
            external_id=key,
            nature=Nature.CALL if call else Nature.MOMENT,
            url=self.address(url),
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=text,
            instrument=Instrument.SPUK if spuk else Instrument.GRANT,
            published_on=day_of(moment),
            **(facts if call else {}),
        )


def key_of(address: str | None) -> str:
    """Path and query of an address, in small letters, without what is of a visit; empty where it has none."""
    try:
        return links.key_of(links.without_visit(address or ""))
    except ValueError:  # "http://[x"
        return ""


def raw(row: dict[str, Any], name: str) -> str | None:
    """A field of a result, which lies one level deeper; RowUnreadable where it is no text."""
    value = row.get(name)
    value = value.get("raw") if isinstance(value, dict) else value
    if value is not None and not isinstance(value, str):
        raise RowUnreadable(f"{name}: {str(value)[:60]!r} where text was expected")
    return value


def plain(row: Any, name: str) -> str:
    """The same, empty where a row cannot be read: that is told of each row once it is read."""
    try:
        return (raw(row, name) if isinstance(row, dict) else None) or ""
    except RowUnreadable:
        return ""


def moment_of(stamp: str | None) -> datetime | None:
    """An instant as the site writes it ("2026-10-05T12:00:00.000Z"); none where it cannot be read or has no zone."""
    try:
        moment = datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def day_of(moment: datetime) -> date:
    """Its day in Amsterdam: documents are stamped at midnight there."""
    return moment.astimezone(ZoneInfo(AMSTERDAM)).date()


def search_body(content: str, term: str, number: int, now: datetime) -> dict[str, Any]:
    """What the site's own search page sends; another form is refused. Its ranges of days filter nothing."""
    filters = [{"field": "content_type", "values": [content], "type": "all"}]
    today, end = f"{now:%Y-%m-%d}T00:00:00.000Z", f"{now:%Y-%m-%d}T23:59:59.999Z"
    ranges = [
        {"from": f"{now - timedelta(days=days):%Y-%m-%d}T00:00:00.000Z", "to": end, "name": f"past{days:03}Days"}
        for days in (7, 30, 365)
    ]
    snippet = {"snippet": {"size": 140, "fallback": True}}
    state = {"current": number, "filters": filters, "resultsPerPage": SIZE, "searchTerm": term}
    return {
        "requestState": {**state, "sortDirection": "", "sortField": "", "sortList": []},
        "queryConfig": {
            "filters": filters,
            "result_fields": {n: {"raw": {}, **(snippet if n == "meta_description" else {})} for n in FIELDS},
            "disjunctiveFacets": ["information_type", "activity_type", "ministry"],
            "facets": {
                **{n: {"type": "value", "size": 100} for n in ("ministry", "information_type", "activity_type")},
                "sort_date": {"type": "range", "ranges": ranges},
                "activity_start_date": {
                    "type": "range",
                    "ranges": [{"to": today, "name": "allPastPeriod"}, {"from": today, "name": "allFuturePeriod"}],
                },
            },
            "sortList": [{"field": "sort_date", "direction": "desc"}],
        },
    }
