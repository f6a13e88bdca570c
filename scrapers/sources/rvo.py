"""RVO, Subsidie- en financieringswijzer: https://www.rvo.nl/api/v1/opendata/subsidies

Licence: CC0. Robots: allowed, by others' accounts; asked at every crawl. Certain (six projects): the fields of an item,
among them ``targets``, ``subjects`` and ``sectors``, that it has no period, amount or status, the five wordings of the
status on the detail page, and the two cards with period and budget in RVO's own template of such a page. Disputed:
paging (50 a page until empty, or no paging and a cap of 50); so it stops when a page brings nothing new, and the
sitemap tells which schemes are lacking. To confirm at the first live check: paging, the sitemap's paths, where a page
has its text, and the names of targets beyond the seven that clients know.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from db.vocabulary import Applicant, SourceKind
from scrapers.absence import NO_SUCH_PAGE
from scrapers.extract import unknown_status
from scrapers.formats import JsonSource, text_in, what_it_is
from scrapers.listing import Listing
from scrapers.rvo_cards import STATUS, WORDS, page_facts
from scrapers.sitemaps import sitemap_of
from scrapers.source import Context, RowUnreadable, SourceIncomplete, maybe, path_of
from scrapers.surroundings import remove_others, without_desks
from scrapers.texts import one_line, plain_text

FOLDER, SITEMAP = "/subsidies-financiering/", "/sitemap.xml"
CAP = 50  # what the open data holds at most, where it does not page
STILL_ALIVE = timedelta(days=400)  # schemes whose page changed less long ago
# Whom RVO says a scheme is for, by how the name of a target begins.
WHO = {
    "overheid": Applicant.GOVERNMENT, "overheden": Applicant.GOVERNMENT, "decentrale overhe": Applicant.GOVERNMENT,
    "gemeente": Applicant.MUNICIPALITY, "provincie": Applicant.PROVINCE, "waterschap": Applicant.WATER_AUTHORITY,
    "mkb": Applicant.SME, "grootbedrij": Applicant.COMPANY, "agrari": Applicant.COMPANY, "ondernem": Applicant.COMPANY,
    "bedrij": Applicant.COMPANY, "zzp": Applicant.COMPANY, "starter": Applicant.COMPANY,
    "kennisinstelling": Applicant.KNOWLEDGE, "onderwijs": Applicant.KNOWLEDGE, "universiteit": Applicant.KNOWLEDGE,
    "non-profit": Applicant.NON_PROFIT, "stichting": Applicant.NON_PROFIT, "vereniging": Applicant.NON_PROFIT,
    "maatschappelijke org": Applicant.NON_PROFIT, "particulier": Applicant.CITIZEN, "burger": Applicant.CITIZEN,
    "samenwerkingsverband": Applicant.CONSORTIUM,
}  # fmt: skip
PARTS = re.compile(r"\s+(?:en|of)\s+|[,/&;]\s*")  # "Mkb en grootbedrijf" are two


class Rvo(JsonSource):
    """Every scheme of the open data and of the sitemap, each read from its own page."""

    name, kind, publisher = "rvo", SourceKind.CATALOGUE, "RVO"
    root = "https://www.rvo.nl"
    promises = "alle regelingen in de open data en de sitemap van RVO, met wat de eigen pagina zegt"
    unseen = "regelingen die RVO zonder eigen pagina uitvoert; wat alleen in een bijlage of in eLoket staat"
    max_pages, can_be_asked = 100, True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.known: set[str] = set()
        self.items_seen: set[tuple[str, str]] = set()  # path and item
        self.maps: list[str] = []  # the sitemaps that an index named last
        self.sitemaps = {self.address(SITEMAP)}  # those that were asked

    def start(self) -> Iterable[Request]:
        return [self.ask(0)]

    def ask(self, number: int) -> Request:
        """One page of the open data, counted from 0."""
        return Request(self.address(f"/api/v1/opendata/subsidies?page={number}"))

    def rows(self, page: TextResponse) -> Iterable[Any]:
        if page.meta.get("sitemap"):
            return self.from_sitemap(page)
        return self.from_open_data(self.parsed(page))

    def from_open_data(self, data: Any) -> list[Request | dict[str, Any]]:
        """The detail pages of the items not seen on an earlier page; an item without a page of ours as it is."""
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            raise SourceIncomplete(f"page {self.pages}: no list of schemes")
        paths = [(path_of(str(item.get("url") or "")), item) for item in data]
        before = len(self.known)
        fresh = [request for path, item in paths if path and (request := self.detail(path, item))]
        self.new = len(self.known) - before  # a page that only words known schemes otherwise is the last one again
        return [*fresh, *(item for path, item in paths if not path)]

    def from_sitemap(self, page: TextResponse) -> Iterable[Request]:
        """The detail pages that the open data lacks; no sitemap is no loss, but where the open data may be cut off."""
        if page.status in NO_SUCH_PAGE:
            if len(self.known) == CAP:
                raise SourceIncomplete(f"{CAP} schemes, perhaps a cap, and no sitemap to tell (HTTP {page.status})")
            return
        oldest, sitemap = f"{self.context.now - STILL_ALIVE:%Y-%m-%d}", sitemap_of(page)
        self.maps = [place.url for place in sitemap.maps if (place.changed or "9") >= oldest]
        for place in sitemap.pages:
            path = path_of(place.url) if place.changed >= oldest else ""
            alone = path.startswith(FOLDER) and "/" not in path.removeprefix(FOLDER)  # not a page below a scheme's
            if alone and (request := self.detail(path, {})):
                yield request

    def detail(self, path: str, item: dict[str, Any]) -> Request | None:
        """The page of one scheme, once; again for an item or a spelling that may say other things of it."""
        key, row = path.lower().removeprefix(FOLDER), (path, json.dumps(item, sort_keys=True))
        if row in self.items_seen or (key in self.known and not item):
            return None
        self.known.add(key)
        self.items_seen.add(row)
        return Request(self.address(path), meta={"item": item, "external_id": key})

    def next_page(self, page: TextResponse) -> Iterable[Request]:
        """The next page while pages bring something new, then the sitemap, and those that it is an index of."""
        if page.meta.get("sitemap"):
            fresh = [url for url in dict.fromkeys(map(self.address, self.maps)) if url not in self.sitemaps]
            self.sitemaps.update(fresh)
            return [Request(url, meta={"sitemap": True}) for url in fresh]
        meta = {"sitemap": True, "handle_httpstatus_list": NO_SUCH_PAGE}
        return [self.ask(self.pages) if self.new else Request(self.address(SITEMAP), meta=meta)]

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """The scheme's own page."""
        return Request(self.address(page_path(external_id)), meta={"item": {}, "external_id": external_id})

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """The page, if it is still the scheme's own and says how it stands; not one that it only leads to."""
        if urlsplit(page.url).path.rstrip("/") != page_path(external_id) or status_word(page) is None:
            raise SourceIncomplete("not the page of a scheme")
        return [page]

    def identify(self, row: Any) -> str | None:
        return None if isinstance(row, dict) else str(row.meta["external_id"])

    def read(self, row: Any) -> Listing | None:
        if isinstance(row, dict):
            raise RowUnreadable(f"{row.get('title')!r}: {row.get('url')!r} is no address")
        item = row.meta["item"]
        title = one_line(text_in(item, "title") or "") or maybe(row, "h1::text")
        if not title:
            raise RowUnreadable("a page without title")
        text, word = readable(row), status_word(row)
        if word is None and title.casefold() not in f"{text} {maybe(row, 'h1::text')}".casefold():
            raise RowUnreadable("a page that has neither the scheme's title nor its status")
        facts = page_facts(text, self.context.today, WORDS[word] if word else None)
        if facts.get("source_word") is None:
            facts["questions"] = (unknown_status(""), *facts["questions"])
        return Listing(
            source=self.name,
            external_id=row.meta["external_id"],
            url=row.url,
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=plain_text(text_in(item, "intro") or "") or text[:3000],
            published_on=created(item),
            **{**facts, "review": (*unknown_targets(item), *facts["review"])},
            applicants=applicants(item),
            **{name: names_in(item, name) for name in ("targets", "subjects", "sectors", "tags")},
        )


def names_in(item: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of names in an item, each as text or as an object with a name; what is neither costs only itself."""
    values = item.get(name)
    named = (
        [value.get("name") if isinstance(value, dict) else value for value in values or []]
        if isinstance(values, list)
        else []
    )
    return tuple(dict.fromkeys(line for value in named if isinstance(value, str) and (line := one_line(value, 200))))[
        :200
    ]


def kinds_of(name: str) -> list[Applicant | None]:
    """The kinds of applicants that the name of a target means; none for a part that nobody knows."""
    parts = [part.strip().lower() for part in PARTS.split(name) if part.strip()]
    return [next((kind for word, kind in WHO.items() if part.startswith(word)), None) for part in parts]


def applicants(item: dict[str, Any]) -> tuple[Applicant, ...]:
    """Who may apply by RVO's own word: the targets, and governments where a subject or sector is one of them.

    Nothing where no target is known, for then the rest says nothing of who may not.
    """
    kinds = [kind for name in names_in(item, "targets") for kind in kinds_of(name) if kind]
    governments = (Applicant.GOVERNMENT, Applicant.MUNICIPALITY, Applicant.PROVINCE, Applicant.WATER_AUTHORITY)
    filed = [kind for field in ("subjects", "sectors") for name in names_in(item, field) for kind in kinds_of(name)]
    return tuple(dict.fromkeys([*kinds, *(kind for kind in filed if kind in governments)])) if kinds else ()


def unknown_targets(item: dict[str, Any]) -> tuple[str, ...]:
    """A remark for a target that nobody knows."""
    unknown = [name for name in names_in(item, "targets") if None in kinds_of(name)]
    return tuple(f"doelgroep ‘{name[:80]}’ is niet bekend: kijk na wie mag aanvragen" for name in unknown[:3])


def page_path(external_id: str) -> str:
    """Where the page of a scheme is: in the folder of schemes, but for a few."""
    return external_id if external_id.startswith("/") else FOLDER + external_id


def readable(page: Any) -> str:
    """The text of a scheme's page, without what surrounds it or is of other schemes."""
    if not isinstance(page, HtmlResponse):
        raise RowUnreadable(f"{what_it_is(page)} where a web page was expected")
    own = path_of(page.url).lower()
    parts = list(page.css("main"))[:1] or list(page.css("body"))
    for part in parts:
        remove_others(part.root, page.url, lambda address: is_other_scheme(address, own))
    return without_desks(plain_text("".join(part.get() for part in parts)))


def is_other_scheme(address: str, own: str) -> bool:
    """Whether an address is that of another scheme than the page's own, or below it."""
    path = address.partition("?")[0].rstrip("/").lower()
    return path.startswith(FOLDER) and path != own and not path.startswith(f"{own}/")


def status_word(page: Any) -> str | None:
    """The words in which a page says how its scheme stands."""
    text = readable(page)
    status = STATUS.search(text)  # the first; later ones are of schemes it points to
    return status[0] if status else None


def created(item: dict[str, Any]) -> date | None:
    """The day an item of the open data was made; one that is not readable costs only itself, nobody acts on it."""
    try:
        return datetime.fromisoformat(str(item.get("created"))).date()
    except ValueError:
        return None
