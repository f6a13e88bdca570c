"""Standpunten: every position that holds, today or on another day, over all dossiers."""

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from tracker.lobby.position_book import positions_on
from tracker.web.frame.context import RequestContext


class DayQuery(BaseModel):
    """As of which day; today where none is named."""

    op: date | None = None


def show(request: RequestContext) -> Response:
    """What we say, as of a day."""
    day = request.read_query(DayQuery).op or request.now.today
    return request.page("lobby/position_book.html", day=day, rows=positions_on(request.session, request.viewer, day))
