"""Resultaat van een opgave: one sheet for a council, of what was asked and won in a year, and by whom."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from db.queries import Viewer
from notifications.wording import local_day
from tracker.challenges.results import results
from tracker.challenges.tree import below
from tracker.web.challenges.detail import find_challenge
from tracker.web.frame import forms
from tracker.web.frame.context import Asked


class Year(BaseModel):
    """Which year; this one where none is named."""

    jaar: Annotated[int | None, Field(ge=2000, le=2100)] = None


def show(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The sheet, with the opgaven below this one."""
    challenge = find_challenge(session, asked)
    query, _ = forms.asked_for(Year, asked.query)
    this = local_day(now).year
    year = query.jaar if query and query.jaar else this
    found = results(session, below(session, (challenge.id,)), year, viewer)
    return asked.page("challenges/results.html", challenge=challenge, found=found, year=year, this=this)
