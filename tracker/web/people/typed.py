"""Getypt: what somebody typed whose sign-in had run out, with the way back to the form it was typed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from starlette.responses import RedirectResponse, Response

from db.models import KeptForm
from tracker.errors import NotFound
from tracker.web.frame.actions import WAITED
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import WAS

TECHNICAL = ("seen", "version", "deeds", "back", "about_row")


@dataclass(frozen=True)
class Typed:
    """One form: what was written in it, and everything that goes back to it."""

    id: int
    at: datetime
    texts: list[str]
    fields: list[list[str]]


def show(request: RequestContext) -> Response:
    """Mine, the newest first."""
    mine = select(KeptForm).where(KeptForm.user_id == request.viewer.user_id).order_by(col(KeptForm.id).desc())
    return request.page("people/typed.html", rows=[_typed(row) for row in request.session.exec(mine)], waited=WAITED)


def _typed(row: KeptForm) -> Typed:
    # a word alone is mostly a choice or a number, which tells nobody what they wrote
    told = [value for name, value in row.fields if not name.startswith(WAS) and name not in TECHNICAL]
    return Typed(row.id, row.at, [value for value in told if " " in value], row.fields)


def go_on(request: RequestContext) -> Response:
    """Back to its form with what was typed in it: the browser sends the same on, and the form shows it."""
    row = _mine(request)
    request.session.delete(row)
    return RedirectResponse(row.path, 307, headers=request.answer_headers)


def throw_away(request: RequestContext) -> Response:
    request.session.delete(_mine(request))
    return request.to("/getypt", done="verwijderd")


def _mine(request: RequestContext) -> KeptForm:
    row = request.named(KeptForm, "kept_id")
    if row.user_id != request.viewer.user_id:
        raise NotFound
    return row
