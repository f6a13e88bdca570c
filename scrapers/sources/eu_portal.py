"""EU Funding & Tenders Portal, search API: https://api.tech.ec.europa.eu/search-api/prod/rest/search

Licence: re-use free with attribution (Decision 2011/833/EU, CC BY 4.0). Robots: allowed, by others' accounts; asked
anew at every crawl. Certain (recorded answers): envelope and fields, all values lists of strings; 31094501 forthcoming,
31094502 open, 31094503 closed; ``budgetOverview`` covers all sibling topics of a call; a topic's deadline is a day, and
17:00 Brussels by the programme's rules. To confirm at the first live check: robots, the cap of 100 a page, that sorting
by identifier holds still between pages, and which fields an item without ``metadata`` carries.
"""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import SourceKind, Status
from scrapers.eu_particulars import particulars
from scrapers.eu_programmes import PROGRAMMES
from scrapers.eu_results import (
    CASCADE,
    TOPIC,
    TOPIC_REFERENCE,
    amounts,
    deadlines,
    edition_of,
    fields,
    identity,
    instrument,
    many,
    page_of,
    record_name,
    reference_of,
    review,
    text,
)
from scrapers.extract import unknown_status
from scrapers.formats import JsonSource
from scrapers.listing import Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete
from scrapers.texts import one_line, plain_text

PAGE_SIZE, MOST_PASSES = 100, 3
NEARLY_ALL = 0.98
STATUS = {"31094501": Status.ANNOUNCED, "31094502": Status.OPEN, "31094503": Status.CLOSED}
BOUNDARY = "kansenradar-form-part"
REFUSED = [400, 404]
NOT_OVER = {"status": ["31094501", "31094502"]}
ALIVE: tuple[dict[str, Any], ...] = ({"type": ["1", "2", "8"]}, NOT_OVER)
NO_TOPICS: tuple[dict[str, Any], ...] = ({"type": ["2", "8"]}, NOT_OVER)  # the types that may lack an identifier
OF_TOPICS = "/topic-details/"


class EuPortal(JsonSource):
    """Open and forthcoming topics (1), external action calls (2) and cascade calls (8); all pages, until they agree."""

    name, kind, publisher, language = "eu_portal", SourceKind.CATALOGUE, "Europese Commissie", "en"
    root = "https://api.tech.ec.europa.eu"
    promises = "alle open en aangekondigde oproepen van het EU-portaal: subsidies, externe acties en cascadesubsidies"
    unseen = "programma's buiten het portaal, zoals Interreg en URBACT; wat nog alleen in een werkprogramma staat"
    can_be_asked = True
    asks_again = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.number, self.passes, self.full = 1, 1, False
        self.seen: set[str] = set()  # records of this pass
        self.before: set[str] | None = None  # and of the pass before it
        self.totals: set[int] = set()  # what the answers of this pass said of the whole
        self.calls, self.calls_before = set[str](), set[str]()  # references of this pass, and of those before it
        self.ever, self.most = set[str](), 0  # records and the largest total of all passes
        self.counted = 0  # what the search says of the whole when it is not asked to sort
        self.sorted, self.agreed = True, False

    def start(self) -> Iterable[Request]:
        return [self.ask(1)]

    def ask(self, number: int) -> Request:
        """One page of what is open or forthcoming."""
        return self.search(number, ALIVE) if self.sorted else self.search(number, NO_TOPICS, sort=False)

    def count(self) -> Request:
        """The same question without an order, for its total alone: sorting may leave out what lacks that field.

        A search that refuses it tells nothing, and so takes nothing away.
        """
        request = self.search(1, ALIVE, sort=False, size=1)
        request.meta.update(counts=True, handle_httpstatus_list=REFUSED)
        return request

    def search(
        self, number: int, terms: Iterable[dict[str, Any]], *, sort: bool = True, size: int = PAGE_SIZE
    ) -> Request:
        """One page of results, asked for by a multipart form of JSON parts."""
        url = f"/search-api/prod/rest/search?apiKey=SEDIA&text=***&pageSize={size}&pageNumber={number}"
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return Request(self.address(url), method="POST", body=form_body(terms, sort), headers={"Content-Type": kind})

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """A topic by its identifier, whatever its status; nothing certain is known of how to ask for the others."""
        if OF_TOPICS not in url:
            return None
        identifier = unquote(url.partition(OF_TOPICS)[2])
        request = self.search(1, ({"type": [TOPIC]}, {"identifier": [identifier]}))
        request.meta["identifier"] = identifier
        return request

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """The topic among the results; none where they lack it.

        A search that gives other topics than was asked for cannot be asked: then it is the lists that count.
        """
        data = self.parsed(page)
        rows = self.items(data)
        asked = [row for row in rows if identity(fields(row), reference_of(row)) == external_id]
        others = any(text(fields(row), "identifier") != page.meta["identifier"] for row in rows)
        if not asked and not others and len(rows) < data["totalResults"]:
            raise SourceIncomplete("not all results for the identifier that was asked for")
        return asked

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """The results, copies and all; of a question for the total, none."""
        if page.meta.get("counts"):
            self.counted = 0 if page.status in REFUSED else self.total_of(self.parsed(page))
            return ()
        return super().rows(page)

    def items(self, data: Any) -> list[Any]:
        """The results; remembers what the answer says of the whole."""
        if not isinstance(data, dict) or not isinstance(data.get("results"), list):
            raise SourceIncomplete(f"page {self.number}: an answer without results")
        total, size = self.total_of(data), data.get("pageSize")
        if len(data["results"]) > total:
            raise SourceIncomplete(
                f"page {self.number}: {len(data['results'])} results where {total} are said to be all"
            )
        self.totals.add(total)
        self.own_count = total
        self.most = max(self.most, total)
        size = size if isinstance(size, int) and size > 0 else PAGE_SIZE  # the index caps pages silently
        self.full = len(data["results"]) >= size and self.number * size < total
        return list(data["results"])

    def total_of(self, data: Any) -> int:
        """How many results there are in all, by an answer's own word."""
        total = data.get("totalResults") if isinstance(data, dict) else None
        if not isinstance(total, int) or isinstance(total, bool):
            raise SourceIncomplete(f"page {self.number}: an answer without a total")
        return total

    def next_page(self, page: TextResponse) -> Request | None:
        """The next page; then another pass where results are missing; at the end the total without an order.

        It ends when one pass is steady, when two hold the same, or when one brings no call that those before it lacked
        and hardly a copy is missing; or when all together hold at least as many results as any answer said there were:
        what one leaves out, another has. Where the search has more without an order, the types that may lack the sorted
        field are asked without one.
        """
        if self.full:
            self.number += 1
            return self.ask(self.number)
        if page.meta.get("counts"):
            return self.without_order() if self.counted > max(self.most, len(self.ever)) else None
        self.ever |= self.seen
        self.agreed = self.is_whole()
        if self.agreed or self.passes == MOST_PASSES:
            return self.count() if self.agreed and self.sorted else None
        return self.another_pass()

    def is_whole(self) -> bool:
        """Whether nothing can be missing after this pass; copies may, where the calls are all there."""
        steady = len(self.totals) == 1 and len(self.seen) >= max(self.totals)
        settled = self.calls <= self.calls_before and len(self.ever) >= NEARLY_ALL * self.most
        self.calls_before |= self.calls
        if self.seen == self.before or (self.sorted and (steady or settled)):
            return True
        return (self.passes == MOST_PASSES or not self.sorted) and len(self.ever) >= self.most

    def another_pass(self) -> Request:
        """From the first page again."""
        self.before, self.seen, self.calls, self.totals = self.seen, set(), set(), set()
        self.passes, self.number = self.passes + 1, 1
        self._asked.clear()
        return self.ask(1)

    def without_order(self) -> Request:
        """Sorting hides results: two passes without it may find them."""
        self.sorted, self.agreed, self.most, self.passes = False, False, self.counted, 1
        return self.another_pass()

    def why_incomplete(self) -> str:
        if self.agreed:
            return ""
        if not self.sorted:
            return f"sorting hides results: {self.most} without an order, {len(self.ever)} seen"
        return f"{self.passes} passes do not agree: up to {self.most} results said, {len(self.ever)} seen"

    def identify(self, row: Any) -> str | None:
        """ccm2Id for topics; the reference without its language for the others. Counts what was seen."""
        self.seen.add(record_name(row))
        self.calls.add(reference_of(row))
        return identity(fields(row), reference_of(row))

    def read(self, row: Any) -> Listing | None:
        """One result."""
        data = fields(row)
        kind = text(data, "type")
        key = identity(data, reference_of(row))
        if kind != TOPIC and TOPIC_REFERENCE.match(reference_of(row)):
            raise RowUnreadable(f"the type of a topic is {kind!r}")
        title = one_line(
            (kind == CASCADE and text(data, "callTitle")) or text(data, "title") or row.get("summary") or ""
        )
        if not title or not key:
            raise RowUnreadable("a result without " + ("title" if key else "identity"))
        action = text(data, "typesOfAction")
        status = STATUS.get(text(data, "status") or "")
        code = text(data, "identifier") if kind == TOPIC else None  # cascade calls share theirs
        paid_by = text(data, "title") if kind == CASCADE else None  # the topic of the project that passes the money on
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
            call_title=None if kind == CASCADE else one_line(text(data, "callTitle") or "") or None,
            destination=one_line(text(data, "destinationDetails") or paid_by or "", 500) or None,
            type_of_action=" ".join(action.split()) if action else None,
            deadlines=deadlines(data, kind),
            **particulars(data),
            **(amounts(data) if kind == TOPIC else {"amount_text": text(data, "budget")}),
            source_word=status,
            questions=() if status else (unknown_status(text(data, "status") or ""),),
            references=tuple(filter(None, [code])),
            code=code,
            edition=edition_of(data),
            review=review(data, kind),
        )


def form_body(terms: Iterable[dict[str, Any]], sort: bool = True) -> bytes:
    """The parts the search wants, with or without an order; each needs its own JSON content type."""
    form: dict[str, Any] = {
        "query": {"bool": {"must": [{"terms": term} for term in terms]}},
        "languages": ["en"],
    }
    if sort:
        form["sort"] = {"field": "identifier", "order": "ASC"}
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"; filename="blob"\r\nContent-Type: application/json'
    )
    parts = [f"{head % name}\r\n\r\n{json.dumps(value)}\r\n" for name, value in form.items()]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
