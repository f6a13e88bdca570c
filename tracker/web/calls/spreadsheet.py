"""Regelingen as a file: what the filter of the page finds, a call a row, in Dutch."""

from collections.abc import Iterator
from datetime import datetime

from starlette.responses import Response

from db.vocabulary import Instrument
from notifications.wording import clock_time, local_day
from tracker.matching.search import find
from tracker.web.calls.filter_form import SearchQuery
from tracker.web.calls.rows import CallRow, rows_for
from tracker.web.frame import phrases
from tracker.web.frame.context import RequestContext

MOST = 2_000  # calls in one file
BATCH = 200
COLUMNS = (
    *("Titel", "Code", "Status", "Termijn", "Dag", "Uur", "Voor wie", "Waarom voor wie", "Opgaven", "Past in %"),
    "Oordelen",
    *("Programma", "Verstrekker", "Soort", "Soort actie", "Budget in euro", "Hoogstens per aanvraag in euro"),
    *("Deel van de kosten in %", "Bij de bron", "Hier"),
)


def download(request: RequestContext) -> Response:
    """The calls of the filter in the order of the page; amounts are numbers and days are days, so Excel can sort."""
    # A part at a time: two thousand calls with all that is loaded beside them weigh 25 MiB.
    return request.file("regelingen", COLUMNS, (_cells(request, row) for part in _parts(request) for row in part))


def _parts(request: RequestContext) -> Iterator[list[CallRow]]:
    query = request.read_query(SearchQuery)
    personal = query.personal(request.viewer, request.reach)
    for page in range(1, MOST // BATCH + 1):
        calls = find(
            request.session, query.wanted(), request.now.instant, query.order or "", page, BATCH, personal
        ).calls
        yield rows_for(request, calls, about=query.challenges)
        if len(calls) < BATCH:
            return


def _cells(request: RequestContext, row: CallRow) -> tuple[object, ...]:
    call, moment, strong = row.call, row.when.moment, [why for why in row.why if not why.weak]
    return (
        call.title, row.code, row.status.label, row.when.kind or row.when.text, moment and local_day(moment),
        clock_time(moment) if isinstance(moment, datetime) else None, phrases.who_may_apply(call, request.reach),
        call.eligible_why,
        "; ".join(phrases.challenge_name(why.challenge) for why in strong),
        round(100 * strong[0].score) if strong else None, "; ".join(map(phrases.said, row.verdicts)),
        ", ".join(call.programme), call.publisher, Instrument(call.instrument).label, call.type_of_action, call.budget,
        call.max_amount, call.rate, call.url, f"{request.site.settings.base_url.rstrip('/')}/regelingen/{call.id}",
    )  # fmt: skip
