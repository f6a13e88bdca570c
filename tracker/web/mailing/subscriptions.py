"""Abonnementen: what I get, how often, and what the next one would say."""

from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import REMINDER_DAYS, Challenge, Subscription, User
from db.queries import CallFilter
from db.vocabulary import Cadence, Eligibility, Instrument, Status, Visibility
from tracker.errors import NotPossible
from tracker.matching.search import find
from tracker.people.subscriptions import choose_reminders, leave
from tracker.web.calls.filter_form import Filter, choices, query_string
from tracker.web.frame import forms
from tracker.web.frame.actions import Euros
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.phrases import challenge_name, field_name, source_name

MOST = 50


class Wanted(BaseModel):
    """The form of a subscription: when, how much, and the filter."""

    name: str = Field(default="", max_length=120)
    every: Cadence
    weekday: int = Field(default=0, ge=0, le=6)
    most: int = Field(default=20, ge=1, le=100)
    nothing_new: bool = False
    text: str = Field(default="", max_length=200)
    challenges: Annotated[list[str], Field(default_factory=list, max_length=200)]
    status: Annotated[list[Status], Field(default_factory=list)]
    eligible: Annotated[list[Eligibility], Field(default_factory=list)]
    instruments: Annotated[list[Instrument], Field(default_factory=list)]
    sources: Annotated[list[str], Field(default_factory=list, max_length=100)]
    languages: Annotated[list[str], Field(default_factory=list, max_length=10)]
    at_least: Euros = None

    def filter(self) -> CallFilter:
        """What is kept."""
        return CallFilter(**{name: getattr(self, name) for name in FILTERS})


class Reminders(BaseModel):
    """The form of reminders: how many days before a date."""

    days: Annotated[list[int], Field(default_factory=list, max_length=12)]


FILTERS = ("text", "challenges", "status", "eligible", "instruments", "sources", "languages", "at_least")


def index(request: RequestContext) -> Response:
    """My subscriptions, each in words."""
    rows = request.session.exec(
        select(Subscription)
        .where(Subscription.user_id == request.viewer.user_id, col(Subscription.ended_at).is_(None))
        .order_by(col(Subscription.id))
    ).all()
    names = {c.id: challenge_name(c) for c in request.session.exec(select(Challenge))}
    described = [(row, in_words(CallFilter.model_validate(row.filter), names)) for row in rows]
    chosen = request.user.reminder_days if request.user.reminders else []
    offered = sorted({*REMINDER_DAYS, *chosen}, reverse=True)
    return request.page("mailing/subscriptions_index.html", rows=described, chosen=chosen, offered=offered)


def remind(request: RequestContext) -> Response:
    """How many days before a date of a followed call I get a reminder; none ticked is no reminders."""
    form, errors = forms.filled(Reminders, request.form)
    try:
        choose_reminders(
            request.session,
            request.session.get_one(User, request.viewer.user_id),
            form.days if form else [-1],
            request.now.instant,
        )
    except NotPossible:
        return request.page("frame/refused.html", 422, errors=errors or {"days": "Kies dagen uit de lijst."})
    return request.to("/abonnementen", done="herinneringen")


def new(request: RequestContext) -> Response:
    """The form, with the filter of the address filled in."""
    query, errors = forms.asked_for(Filter, request.query)
    if query is None:
        return request.page("frame/refused.html", 422, errors=errors)
    row = Subscription(user_id=0, participant_id="", every=Cadence.WEEK, filter={}, created_at=request.now.instant)
    return _form(request, row, query.wanted(), {})


def edit(request: RequestContext) -> Response:
    """The form of one of mine."""
    row = mine(request)
    return _form(request, row, CallFilter.model_validate(row.filter), {})


def create(request: RequestContext) -> Response:
    """A new one; the first mail is due at once."""
    user = request.user
    row = Subscription(
        user_id=user.id, participant_id=user.participant_id, visibility=Visibility.OWN,
        every=Cadence.WEEK, created_at=request.now.instant,
    )  # fmt: skip
    return _keep(request, row)


def save(request: RequestContext) -> Response:
    """Change one of mine."""
    return _keep(request, mine(request))


def stop(request: RequestContext) -> Response:
    """End one of mine, at once and for queued mail too."""
    leave(request.session, request.user.id, (mine(request).id,), request.now.instant)
    return request.to("/abonnementen", done="gestopt")


def mine(request: RequestContext) -> Subscription:
    """The subscription of the address, where it is this person's and stands."""
    row = request.session.get(Subscription, request.params["subscription_id"])
    if row is None or row.user_id != request.viewer.user_id or row.ended_at is not None:
        raise NotThere
    return row


def _keep(request: RequestContext, row: Subscription) -> Response:
    form, errors = forms.filled(Wanted, request.form)
    if form is not None:
        known = set(request.session.exec(select(Challenge.id)))
        errors = {} if set(form.challenges) <= known else {"challenges": "Kies opgaven uit de lijst."}
    if form is None or errors:
        kept = {name: request.form.getlist(name) for name in ("challenges", "sources", "languages")}
        return _form(request, row, CallFilter.model_validate(kept), errors, 422)
    row.filter = form.filter().model_dump(mode="json", exclude_defaults=True)
    row.name, row.every, row.weekday = form.name, form.every, form.weekday
    row.most, row.nothing_new = form.most, form.nothing_new
    request.session.add(row)
    return request.to("/abonnementen", done="abonnement")


def _form(
    request: RequestContext, row: Subscription,
    query: CallFilter, errors: forms.Errors, status: int = 200,
) -> Response:  # fmt: skip
    found = find(request.session, query, request.viewer, request.now.instant)
    return request.page(
        "mailing/subscriptions_form.html",
        status,
        row=row,
        query=query,
        total=found.total,
        saved=query_string(query),
        errors=errors,
        typed=request.form,
        **choices(request.session),
    )


def in_words(wanted: CallFilter, names: dict[str, str]) -> list[tuple[str, str]]:
    """A filter as a person reads it: field and values."""
    said: dict[str, Any] = {
        "text": wanted.text,
        "challenges": ", ".join(names.get(one, one) for one in wanted.challenges),
        "status": ", ".join(one.label for one in wanted.status),
        "eligible": ", ".join(one.label for one in wanted.eligible),
        "instruments": ", ".join(one.label for one in wanted.instruments),
        "sources": ", ".join(source_name(one) for one in wanted.sources),
        "languages": ", ".join(wanted.languages),
        "at_least": "" if wanted.at_least is None else f"€ {wanted.at_least:,.0f}".replace(",", "."),
    }
    return [(field_name(name), text) for name, text in said.items() if text]
