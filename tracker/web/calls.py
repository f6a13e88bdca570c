"""Regelingen: search as you type, filter, and save the filter as a subscription. The filter is the address."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Challenge, Crawl
from db.queries import OpportunityFilter, Viewer
from db.vocabulary import Role
from tracker.web import duplicates, forms
from tracker.web.acting import Euros
from tracker.web.asked import Asked
from tracker.web.finding import find
from tracker.web.phrases import numbered, source_name
from tracker.web.rows import rows_for

LANGUAGES = (("nl", "Nederlands"), ("en", "Engels"))


class Filter(OpportunityFilter):
    """The filter as people type it into a form or an address."""

    at_least: Euros = None

    def wanted(self) -> OpportunityFilter:
        """The filter alone: what a subscription keeps."""
        return OpportunityFilter.model_validate(self.model_dump(include=set(OpportunityFilter.model_fields)))


class ListQuery(Filter):
    """The address of the list: the filter, the order and the page."""

    order: Literal["closes", "new", "amount"] = "closes"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The list; htmx asks for the results only."""
    query, errors = forms.asked_for(ListQuery, asked.query)
    if query is None:
        return asked.page("calls/refused.html", 422, errors=errors)
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


def choices(session: Session) -> dict[str, Any]:
    """What the filter can be set to."""
    named = select(Challenge.id, Challenge.number, Challenge.name).where(
        col(Challenge.name) != "", col(Challenge.parent_id).is_not(None)
    )
    challenges = session.exec(named.order_by(col(Challenge.agenda_id), col(Challenge.position))).all()
    used = set(session.exec(select(Crawl.source).distinct()))
    return {
        "challenges": [(id_, numbered(number, name)) for id_, number, name in challenges],
        "sources": sorted((name, source_name(name)) for name in used),
        "languages": LANGUAGES,
    }


def query_string(query: OpportunityFilter, **changed: Any) -> str:
    """The filter as an address, without what is default; an amount stands in it as people type it."""
    kept = query.model_copy(update=changed).model_dump(mode="json", exclude_defaults=True)
    if "at_least" in kept:
        kept["at_least"] = kept["at_least"].replace(".", ",")
    return urlencode(sorted(kept.items()), doseq=True)
