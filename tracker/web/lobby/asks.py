"""Verzoeken: every request over all dossiers, of whom it was asked and what came of it, narrowed as one asks."""

from typing import Annotated, ClassVar

from pydantic import Field
from starlette.responses import Response

from db.lists import listed
from db.text_search import asked, holds
from db.vocabulary_lobby import OutcomeResult
from tracker.lobby.asks import Ask, asks, tallies
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import options

OPEN = ("open", "nog niets bekend")


COLUMNS = ("gevraagd", "dossier", "van", "aan", "wanneer", "wat ermee gebeurde", "passage", "vindplaats")


class AskQuery(ListQuery):
    """How the table is narrowed; the names are those in the address."""

    PATH: ClassVar[str] = "/verzoeken"

    text: Line = ""
    aan: Line = ""
    jaar: Annotated[int | None, Field(ge=2000, le=2100)] = None
    uitkomst: Line = ""

    def means(self, ask: Ask) -> bool:
        """Whether the filter means this one."""
        roots = asked(self.text)
        said = (ask.request, ask.dossier.title, ask.of, ask.passage)
        return (
            (not self.text.strip() or bool(roots and holds(roots, said)))
            and (not self.aan or ask.of == self.aan)
            and (self.jaar is None or ask.day.year == self.jaar)
            and (not self.uitkomst or (ask.result or OPEN[0]) == self.uitkomst)
        )


def show(request: RequestContext) -> Response:
    """The table, with how often each body took over what was asked."""
    query = request.read_query(AskQuery)
    every = asks(request.session, request.viewer)
    shown = [ask for ask in every if query.means(ask)]
    return request.page(
        "lobby/asks.html",
        listed=listed(shown, query.page),
        tallies=tallies(shown),
        query=query,
        bodies=[(name, name) for name in sorted({ask.of for ask in every if ask.of}, key=str.casefold)],
        years=[(year, str(year)) for year in sorted({ask.day.year for ask in every}, reverse=True)],
        results=[*options(OutcomeResult), OPEN],
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    query = request.read_query(AskQuery)
    shown = [ask for ask in asks(request.session, request.viewer) if query.means(ask)]
    return request.file("verzoeken", COLUMNS, map(_cells, shown))


def _cells(ask: Ask) -> list[object]:
    result = OutcomeResult(ask.result).label if ask.result else OPEN[1]
    return [ask.request, ask.dossier.title, ask.owner, ask.of, ask.day, result, ask.passage, ask.source]
