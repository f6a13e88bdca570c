"""Have your say, consultations of the Commission: https://ec.europa.eu/info/law/better-regulation/brpapi/

Licence: as CC BY 4.0 (Decision 2011/833/EU). Robots: not known, asked at every crawl. Certain (a live probe of
September 2026): ``feedbackStatus=OPEN`` filters, ids come as floats, statuses lie in ``currentStatuses``. The path
without ``brpapi`` answers 200 with a web page. To confirm at the first live check: whether the list is called
``content`` or ``initiativeResultDtoList``, and the zone of ``feedbackEndDate`` (Brussels is assumed).
"""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import Any

from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.formats import JsonSource
from scrapers.listing import BRUSSELS, ListedDeadline, Listing
from scrapers.source import Context, RowUnreadable, SourceIncomplete
from scrapers.texts import one_line

SIZE = 50
AS_ASKED_FOR = {"receivingFeedbackStatus": "OPEN", "isCurrent": True}  # where an initiative says nothing of it
STATES = {"OPEN": Status.OPEN, "UPCOMING": Status.ANNOUNCED}


class HaveYourSay(JsonSource):
    """Initiatives on which everybody may react now."""

    name, kind, publisher, language = "have_your_say", SourceKind.CATALOGUE, "Europese Commissie", "en"
    root = "https://ec.europa.eu"
    promises = "alle raadplegingen van de Europese Commissie waarop nu gereageerd kan worden"
    unseen = "wat de Commissie buiten dit portaal voorlegt"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.received = self.total = 0
        self.more = False

    def start(self) -> Iterable[Request]:
        return [self.ask(0)]

    def ask(self, number: int) -> Request:
        """One page, counted from 0."""
        path = "/info/law/better-regulation/brpapi/searchInitiatives"
        return Request(self.address(f"{path}?language=EN&page={number}&size={SIZE}&feedbackStatus=OPEN"))

    def items(self, data: Any) -> Iterable[Any]:
        whole = data.get("initiativeResultDtoPage", data) if isinstance(data, dict) else {}
        whole = whole if isinstance(whole, dict) else {}
        rows = whole.get("content", whole.get("initiativeResultDtoList"))
        if not isinstance(rows, list):
            raise SourceIncomplete(f"page {self.pages}: an answer without initiatives")
        self.new_among(str(row.get("id")) for row in rows if isinstance(row, dict))
        self.received += len(rows)  # a server may give fewer a page than were asked for
        self.total = max(self.total, self.whole(whole.get("totalElements") or self.received))
        told = self.received < self.total if whole.get("totalElements") else whole.get("last") is False
        self.more = bool(rows) and told
        return rows

    def whole(self, total: Any) -> int:
        """How many initiatives there are, as an answer says it."""
        if not isinstance(total, int | float) or not isfinite(total):
            raise SourceIncomplete(f"page {self.pages}: {str(total)[:60]!r} is no total")
        return int(total)

    def next_page(self, page: TextResponse) -> Request | None:
        return self.ask(self.pages) if self.more else None

    def why_incomplete(self) -> str:
        return f"{self.received} of {self.total} initiatives came" if self.received < self.total else ""

    def identify(self, row: Any) -> str | None:
        return str(int(row["id"]))

    def read(self, row: Any) -> Listing | None:
        now = current_status(row)
        status = now.get("receivingFeedbackStatus")
        if status == "CLOSED":
            return None  # the filter lets some through
        state = STATES.get(str(status))
        if state is None:
            raise RowUnreadable(f"{str(status)[:60]!r} is no status" if status else "no word on whether one may react")
        number, title = str(int(row["id"])), one_line(row.get("shortTitle") or "")
        if not title:
            raise RowUnreadable("an initiative without title")
        subjects = [t.get("label") or "" for t in row.get("topics") or []]
        return Listing(
            source=self.name,
            external_id=number,
            nature=Nature.MOMENT,
            url=self.address(f"/info/law/better-regulation/have-your-say/initiatives/{number}"),
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary="; ".join(subjects),
            type_of_action=row.get("foreseenActType"),
            deadlines=period(now.get("feedbackStartDate"), now.get("feedbackEndDate") or row.get("endDate")),
            source_word=state,
            references=tuple(filter(None, [row.get("reference")])),
        )


def current_status(row: Any) -> dict[str, Any]:
    """The status of an initiative that counts now: the one that says so, or the only one; RowUnreadable for neither."""
    statuses: list[dict[str, Any]] = row.get("currentStatuses") or [AS_ASKED_FOR]
    if not isinstance(statuses, list) or not all(isinstance(status, dict) for status in statuses):
        raise RowUnreadable(f"{str(statuses)[:60]!r} where statuses were expected")
    current = [status for status in statuses if status.get("isCurrent")] or statuses
    if len({status.get("receivingFeedbackStatus") for status in current}) > 1:
        raise RowUnreadable(f"{len(statuses)} statuses, and it does not say which of them counts now")
    return current[-1]


def period(opens: Any, closes: Any) -> tuple[ListedDeadline, ...]:
    """The days between which one may react; an initiative that is to come may have none yet."""
    days = []
    if opens:
        days.append(ListedDeadline(kind=DeadlineKind.OPENS, day=moment(opens).date(), zone=BRUSSELS))
    if closes:
        end = moment(closes)
        hour = f"{end:%H:%M}"
        days.append(ListedDeadline(kind=DeadlineKind.CONSULTATION, day=end.date(), hour=hour, zone=BRUSSELS))
    return tuple(days)


def moment(stamp: Any) -> datetime:
    """ "2026/09/28 23:59:59" as wall time."""
    try:
        return datetime.strptime(str(stamp), "%Y/%m/%d %H:%M:%S")  # noqa: DTZ007 - its zone is given with the deadline
    except ValueError as error:
        raise RowUnreadable(f"{str(stamp)[:60]!r} is no date") from error
