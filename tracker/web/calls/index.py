"""Regelingen: search as you type, filter, and save the filter as a subscription. The filter is the address."""

from starlette.responses import Response

from db.search import in_other_language, read_translations
from tracker.matching.progress import matching_progress
from tracker.matching.search import FoundCalls, PersonalFilter, find, found_apart
from tracker.web.calls import duplicates, spreadsheet
from tracker.web.calls.filter_form import Programmes, SearchQuery, choices, query_string
from tracker.web.calls.rows import rows_for
from tracker.web.frame.context import RequestContext


def index(request: RequestContext) -> Response:
    """The list; htmx asks for the results only."""
    query, session = request.read_query(SearchQuery), request.session
    personal = query.personal(request.viewer, request.reach)
    results = find(session, query.wanted(), request.now.instant, query.order or "", query.page, personal=personal)
    return request.page(
        "calls/index.html",
        block="results" if request.partial else None,
        query=query,
        found=results,
        rows=rows_for(request, results.calls, about=query.challenges),
        saved=query_string(query.wanted()),
        whole=query_string(query, page=1),
        apart=_apart(request, query, personal, results),
        also=in_other_language(query.text, read_translations(session)) if query.text else [],
        pages={n: query_string(query, page=n) for n in (query.page - 1, query.page + 1)},
        most_exported=spreadsheet.MOST,
        errors={},
        alike=0 if request.partial else duplicates.waiting(request),
        matching=None if request.partial else matching_progress(session),
        programmes=[] if request.partial else request.site.part(Programmes).options(session),
        **({} if request.partial else choices(session)),
    )


def _apart(
    request: RequestContext, query: SearchQuery, personal: PersonalFilter, results: FoundCalls
) -> list[tuple[str, int, str]]:
    """Where nothing was found: each word that finds something by itself, how much, and the list of it as an address."""
    if results.total:
        return []
    found = found_apart(request.session, query.wanted(), request.now.instant, personal)
    return [(word, total, query_string(query, text=word, page=1)) for word, total in found]
