"""Regelingen as a file for Excel: what the filter of the page finds, a call a row, in Dutch."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from starlette.responses import Response

from db.vocabulary import Instrument
from notifications.wording import clock_time, local_day
from tracker.exchange.tables import as_xlsx
from tracker.matching.search import find
from tracker.web.calls.filter_form import SearchQuery
from tracker.web.calls.rows import CallRow, rows_for
from tracker.web.frame import phrases
from tracker.web.frame.context import RequestContext

MOST = 2_000  # calls in one file
BATCH = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    *("Titel", "Code", "Status", "Termijn", "Dag", "Uur", "Voor wie", "Waarom voor wie", "Opgaven", "Past in %"),
    "Oordelen",
    *("Programma", "Verstrekker", "Soort", "Soort actie", "Budget in euro", "Hoogstens per aanvraag in euro"),
    *("Deel van de kosten in %", "Bij de bron", "Hier"),
)


def download(request: RequestContext) -> Response:
    """The calls of the filter in the order of the page; amounts are numbers and days are days, so Excel can sort."""
    rows = [row for part in _parts(request) for row in part]
    name = f"regelingen-{request.now.today.isoformat()}.xlsx"
    content = as_xlsx((_cells(request, row) for row in rows), "regelingen", COLUMNS)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=XLSX, headers={**request.answer_headers, **disposition})


def _parts(request: RequestContext) -> Iterator[list[CallRow]]:
    query = request.read_query(SearchQuery)
    personal = query.personal(request.viewer)
    for page in range(1, MOST // BATCH + 1):
        calls = find(
            request.session, query.wanted(), request.now.instant, query.order or "", page, BATCH, personal
        ).calls
        yield rows_for(request, calls, about=query.challenges)
        if len(calls) < BATCH:
            return


def _cells(request: RequestContext, row: CallRow) -> dict[str, Any]:
    call, moment, strong = row.call, row.when.moment, [why for why in row.why if not why.weak]
    values = (
        call.title, row.code, row.status.label, row.when.kind or row.when.text, moment and local_day(moment),
        clock_time(moment) if isinstance(moment, datetime) else None, phrases.who_may_apply(call), call.eligible_why,
        "; ".join(phrases.challenge_name(why.challenge) for why in strong),
        round(100 * strong[0].score) if strong else None, "; ".join(map(phrases.said, row.verdicts)),
        ", ".join(call.programme), call.publisher, Instrument(call.instrument).label, call.type_of_action, call.budget,
        call.max_amount, call.rate, call.url, f"{request.site.settings.base_url.rstrip('/')}/regelingen/{call.id}",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))
