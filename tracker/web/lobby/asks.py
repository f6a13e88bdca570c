"""Verzoeken: every request over all dossiers, of whom it was asked and what came of it, narrowed as one asks."""

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.vocabulary_lobby import OutcomeResult
from tracker.lobby.asks import asks, tallies
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.phrases import options

OPEN = ("open", "nog niets bekend")


class AskQuery(BaseModel):
    """How the table is narrowed; the names are those in the address."""

    aan: Line = ""
    jaar: Annotated[int | None, Field(ge=2000, le=2100)] = None
    uitkomst: Line = ""


def show(request: RequestContext) -> Response:
    """The table, with how often each body took over what was asked."""
    query = request.read_query(AskQuery)
    every = asks(request.session, request.viewer)
    shown = [
        ask
        for ask in every
        if (not query.aan or ask.of == query.aan)
        and (query.jaar is None or ask.day.year == query.jaar)
        and (not query.uitkomst or (ask.result or OPEN[0]) == query.uitkomst)
    ]
    return request.page(
        "lobby/asks.html",
        rows=shown,
        total=len(every),
        tallies=tallies(shown),
        query=query,
        bodies=[(name, name) for name in sorted({ask.of for ask in every if ask.of}, key=str.casefold)],
        years=[(year, str(year)) for year in sorted({ask.day.year for ask in every}, reverse=True)],
        results=[*options(OutcomeResult), OPEN],
    )
