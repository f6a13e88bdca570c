"""Regelingen: search as you type, filter, and save the filter as a subscription. The filter is the address."""

from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from db.queries import Viewer
from db.vocabulary import Role
from tracker.matching.search import find
from tracker.web.calls import duplicates
from tracker.web.calls.filter_form import ListQuery, choices, query_string
from tracker.web.calls.rows import rows_for
from tracker.web.frame import forms
from tracker.web.frame.context import Asked


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The list; htmx asks for the results only."""
    query, errors = forms.asked_for(ListQuery, asked.query)
    if query is None:
        return asked.page("frame/refused.html", 422, errors=errors)
    found = find(session, query.wanted(), viewer, now, query.order, query.page)
    return asked.page(
        "calls/index.html",
        block="results" if asked.partial else None,
        query=query,
        found=found,
        rows=rows_for(session, found.calls, viewer, now, about=query.challenges),
        saved=query_string(query.wanted()),
        pages={n: query_string(query, page=n) for n in (query.page - 1, query.page + 1)},
        errors={},
        alike=0 if asked.partial else duplicates.waiting(asked, viewer, session, now),
        may_save=viewer.role is not None and viewer.role != Role.READER,
        **({} if asked.partial else choices(session)),
    )
