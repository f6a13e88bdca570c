"""The list's question as an address: filters, order and page."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import AwareDatetime, Field
from sqlmodel import Session, col, func, select

from db.models import Call, Challenge, Crawl, Revision
from db.queries import CallFilter, Viewer
from db.reach import Reach
from db.search import programmes
from notifications.source_names import source_name
from notifications.wording import short_day
from tracker.matching.search import MINE, OURS, PersonalFilter
from tracker.web.frame.actions import Euros
from tracker.web.frame.phrases import field_name, numbered

LANGUAGES = (("nl", "Nederlands"), ("en", "Engels"))
FITS = ((1, "past bij een opgave, ook zwak"), (50, "ten minste 50%"), (70, "ten minste 70%"), (90, "ten minste 90%"))
UNJUDGED = ((MINE, "nog niet door mij"), (OURS, "nog door niemand van ons"))
ORDERS = (
    ("words", "dichtst bij uw woorden"), ("fit", "best passend"), ("closes", "sluitdatum"),
    ("new", "nieuwste eerst"), ("amount", "hoogste bedrag"),
)  # fmt: skip


class Filter(CallFilter):
    """The filter as people type it into a form or an address."""

    at_least: Euros = None

    def wanted(self) -> CallFilter:
        """The filter alone: what a subscription keeps."""
        return CallFilter.model_validate(self.model_dump(include=set(CallFilter.model_fields)))


class ListQuery(Filter):
    """The address of a list: the filter, the order and the page."""

    order: Literal["words", "fit", "closes", "new", "amount"] | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class SearchQuery(ListQuery):
    """The same with what one person narrows it down to.

    ``area``: what lands outside that of the own organisation. ``set_aside`` and ``waiting``: what a digest counted and
    did not name, by when it was planned, as RFC 3339.
    """

    fit: Annotated[int | None, Field(ge=1, le=100)] = None
    unjudged: Literal["mine", "ours"] | None = None
    area: Literal["elsewhere"] | None = None
    set_aside: AwareDatetime | None = None
    waiting: AwareDatetime | None = None

    def personal(self, viewer: Viewer, reach: Reach) -> PersonalFilter:
        """What is narrowed down, for this viewer and the area of their organisation."""
        told, elsewhere = (self.set_aside, self.waiting), self.area is not None
        return PersonalFilter(viewer, reach, elsewhere, self.fit or 0, self.unjudged or "", *told)


class Programmes:
    """The programmes of all calls, read again when there is a new call or something of one changed."""

    def __init__(self) -> None:
        self._read_at: tuple[int | None, int | None] | None = None
        self._names: list[str] = []

    def options(self, session: Session) -> list[tuple[str, str]]:
        """By name, as choices."""
        # Each from the end of an index: two of one table, or a day, would read all calls.
        newest = (select(func.max(of.id)).scalar_subquery() for of in (Call, Revision))
        at = session.exec(select(*newest)).one()
        if at != self._read_at:
            self._names, self._read_at = programmes(session), at
        return [(name, name) for name in self._names]


def choices(session: Session) -> dict[str, Any]:
    """What the filter can be set to; the programmes come from ``Programmes``."""
    challenges, used = (session.connection().execute(asked).all() for asked in (_CHALLENGES, _SOURCES))
    return {
        "challenges": [(id_, numbered(number, name)) for id_, number, name in challenges],
        "sources": sorted((name, source_name(name)) for (name,) in used),
        "languages": LANGUAGES,
        "fits": FITS,
        "unjudged": UNJUDGED,
        "orders": ORDERS,
    }


# Said once: putting a question together takes longer than its answer.
_CHALLENGES = (
    select(Challenge.id, Challenge.number, Challenge.name)
    .where(col(Challenge.name) != "", col(Challenge.parent_id).is_not(None))
    .order_by(col(Challenge.agenda_id), col(Challenge.position))
)
_SOURCES = select(Crawl.source).distinct()


def query_string(query: CallFilter, **changed: Any) -> str:
    """The filter as an address, without what is default; an amount stands in it as people type it."""
    kept = query.model_copy(update=changed).model_dump(mode="json", exclude_defaults=True)
    if "at_least" in kept:
        kept["at_least"] = kept["at_least"].replace(".", ",")
    return urlencode(sorted(kept.items()), doseq=True)


def in_words(wanted: CallFilter, names: dict[str, str]) -> list[tuple[str, str]]:
    """A filter as a person reads it: field and values."""
    words: dict[str, Any] = {
        "text": wanted.text,
        "challenges": ", ".join(names.get(value, value) for value in wanted.challenges),
        "status": ", ".join(value.label for value in wanted.status),
        "eligible": ", ".join(value.filter_label for value in wanted.eligible),
        "instruments": ", ".join(value.label for value in wanted.instruments),
        "sources": ", ".join(source_name(value) for value in wanted.sources),
        "languages": ", ".join(wanted.languages),
        "programmes": ", ".join(wanted.programmes),
        "closes_after": "" if wanted.closes_after is None else short_day(wanted.closes_after),
        "closes_before": "" if wanted.closes_before is None else short_day(wanted.closes_before),
        "at_least": "" if wanted.at_least is None else f"€ {wanted.at_least:,.0f}".replace(",", "."),
    }
    return [(field_name(name), text) for name, text in words.items() if text]
