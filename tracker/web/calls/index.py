"""Regelingen: search as you type, filter, and save the filter as a subscription. The filter is the address."""

from starlette.responses import Response

from tracker.matching.search import find
from tracker.web.calls import duplicates
from tracker.web.calls.filter_form import ListQuery, choices, query_string
from tracker.web.calls.rows import rows_for
from tracker.web.frame.context import RequestContext


def index(request: RequestContext) -> Response:
    """The list; htmx asks for the results only."""
    query = request.read_query(ListQuery)
    results = find(request.session, query.wanted(), request.now.instant, query.order, query.page)
    return request.page(
        "calls/index.html",
        block="results" if request.partial else None,
        query=query,
        found=results,
        rows=rows_for(request, results.calls, about=query.challenges),
        saved=query_string(query.wanted()),
        pages={n: query_string(query, page=n) for n in (query.page - 1, query.page + 1)},
        errors={},
        alike=0 if request.partial else duplicates.waiting(request),
        **({} if request.partial else choices(request.session)),
    )
