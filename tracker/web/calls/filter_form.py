"""The list's question as an address: filters, order and page."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from sqlmodel import Session, col, select

from db.models import Challenge, Crawl
from db.queries import CallFilter
from tracker.web.frame.actions import Euros
from tracker.web.frame.phrases import numbered, source_name

LANGUAGES = (("nl", "Nederlands"), ("en", "Engels"))


class Filter(CallFilter):
    """The filter as people type it into a form or an address."""

    at_least: Euros = None

    def wanted(self) -> CallFilter:
        """The filter alone: what a subscription keeps."""
        return CallFilter.model_validate(self.model_dump(include=set(CallFilter.model_fields)))


class ListQuery(Filter):
    """The address of the list: the filter, the order and the page."""

    order: Literal["closes", "new", "amount"] = "closes"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


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


def query_string(query: CallFilter, **changed: Any) -> str:
    """The filter as an address, without what is default; an amount stands in it as people type it."""
    kept = query.model_copy(update=changed).model_dump(mode="json", exclude_defaults=True)
    if "at_least" in kept:
        kept["at_least"] = kept["at_least"].replace(".", ",")
    return urlencode(sorted(kept.items()), doseq=True)
