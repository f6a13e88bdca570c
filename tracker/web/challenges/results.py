"""Resultaat van een opgave: one sheet for a council, of what was asked and won in a year, and by whom."""

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from tracker.challenges.agenda import below
from tracker.challenges.results import results
from tracker.web.challenges.detail import find_challenge
from tracker.web.frame import forms
from tracker.web.frame.context import RequestContext


class YearQuery(BaseModel):
    """Which year; this one where none is named."""

    jaar: Annotated[int | None, Field(ge=2000, le=2100)] = None


def show(request: RequestContext) -> Response:
    """The sheet, with the opgaven below this one."""
    challenge = find_challenge(request)
    query, _ = forms.asked_for(YearQuery, request.query)
    this_year = request.now.today.year
    year = query.jaar if query and query.jaar else this_year
    yearly = results(request.session, below(request.session, (challenge.id,)), year, request.viewer)
    return request.page("challenges/results.html", challenge=challenge, found=yearly, year=year, this=this_year)
