"""Zoeken: one question over regelingen and all that the lobby and the network keep, by kind, as far as one may see."""

from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.responses import Response

from db.queries import CallFilter
from db.vocabulary_knowledge import PublicationKind
from tracker.knowledge.publications import PublicationFilter, publications_in
from tracker.lobby.search import SHOWN, Hit, Hits, search
from tracker.matching.search import find
from tracker.network import search as network
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.phrases import what


class SearchQuery(BaseModel):
    """What was typed in the head of a page."""

    text: Line = ""


def show(request: RequestContext) -> Response:
    """What the question finds, kind by kind, with the way to the whole list of each."""
    text = request.read_query(SearchQuery).text.strip()
    found = [*_calls(request, text), *_knowledge(request, text)] if text else []
    for each in (network.search, search) if text else ():
        found += each(request.session, request.viewer, text, request.now.today)
    return request.page("search.html", text=text, found=found, asking=urlencode({"text": text}))


def _calls(request: RequestContext, text: str) -> list[Hits]:
    found = find(request.session, CallFilter(text=text), request.now.instant, most=SHOWN)
    first = [Hit(call.title, f"/regelingen/{call.id}", what(call)) for call in found.calls]
    return [Hits("Regelingen", found.total, first, "/regelingen")] if found.total else []


def _knowledge(request: RequestContext, text: str) -> list[Hits]:
    found = publications_in(request.session, request.viewer, PublicationFilter(text=text))
    first = [
        Hit(row.title, f"/kennishuis/{row.id}", f"{PublicationKind(row.kind).label}, {row.owner}, {row.year}")
        for row in found.rows[:SHOWN]
    ]
    return [Hits("KennisHuis", found.total, first, "/kennishuis")] if found.total else []
