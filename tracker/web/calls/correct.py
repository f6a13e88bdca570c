"""By hand: add a regeling, correct a field or date, take that back, join two that are one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Call, Correction
from db.queries import CallFilter
from db.rights import visible
from db.vocabulary import DeadlineKind, Instrument
from scrapers.listing import ListedDeadline, Listing
from tracker.calendar.decision_clock import replan_moved
from tracker.calls import parse_values
from tracker.calls.consolidate import BY_HAND
from tracker.calls.corrections import add_call, correct, take_back
from tracker.calls.merge import CannotJoin, join
from tracker.errors import NotAnAmount
from tracker.matching.search import find
from tracker.web.calls.rows import find_call, rows_for
from tracker.web.frame import audit, forms
from tracker.web.frame.actions import Euros, Percentage
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.phrases import field_name

AMOUNTS = ("budget", "min_amount", "max_amount", "rate")
TEXTS = ("title", "publisher")
DATES = (DeadlineKind.CLOSES, DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION, DeadlineKind.CUT_OFF)
CORRECTABLE = [(name, field_name(name)) for name in (*[d.value for d in DATES], *AMOUNTS, *TEXTS)]
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Corrected(BaseModel):
    """The form of a correction: a date with an hour for dates, a number for amounts, else a text."""

    version: int
    field: str
    day: date | None = None
    hour: Hour | None = None
    value: str = Field(default="", max_length=500)
    reason: str = Field(min_length=1, max_length=500)

    @field_validator("field")
    @classmethod
    def _ours(cls, value: str) -> str:
        if value not in dict(CORRECTABLE):
            raise ValueError("Kies een veld uit de lijst.")
        return value


class ByHand(BaseModel):
    """The form of a call typed in by a person."""

    title: str = Field(min_length=1, max_length=500)
    url: str = Field(min_length=1, max_length=2000)
    publisher: str | None = Field(default=None, max_length=300)
    summary: str = Field(default="", max_length=20_000)
    language: Literal["nl", "en"] = "nl"
    instrument: Instrument = Instrument.GRANT
    opens: date | None = None
    closes: date | None = None
    hour: Hour | None = None
    budget: Euros = None
    max_amount: Euros = None
    rate: Percentage = None


def new(request: RequestContext) -> Response:
    """The form."""
    return request.page("calls/correct_new.html", errors={}, typed=request.form)


def create(request: RequestContext) -> Response:
    """Add a call."""
    form, errors = forms.filled(ByHand, request.form)
    listing, wrong = _listing(form) if form else (None, {})
    if listing is None:
        return request.page("calls/correct_new.html", 422, errors={**errors, **wrong}, typed=request.form)
    call_id = add_call(request.session, listing, request.now.instant)
    replan_moved(request.session, request.now.instant)
    audit.record(request, "call added", f"call {call_id}")
    return request.to(f"/regelingen/{call_id}", done="bewaard")


def _listing(form: ByHand) -> tuple[Listing | None, forms.Errors]:
    dates = [ListedDeadline(kind=DeadlineKind.OPENS, day=form.opens)] if form.opens else []
    if form.closes:
        dates.append(ListedDeadline(kind=DeadlineKind.CLOSES, day=form.closes, hour=form.hour))
    kept = form.model_dump(exclude={"opens", "closes", "hour"})
    try:
        return Listing(source=BY_HAND, external_id=form.url[:300], deadlines=tuple(dates), **kept), {}
    except ValidationError as error:
        return None, {"url": "Vul een volledig adres in, zoals https://www.voorbeeld.nl/regeling."} if any(
            e["loc"][0] == "url" for e in error.errors()
        ) else {str(e["loc"][0]): forms.message(e) for e in error.errors()}


def ask(request: RequestContext) -> Response:
    """The form of a correction."""
    return _form(request, find_call(request), {})


def save(request: RequestContext) -> Response:
    """Correct one field, unless the call changed while the person looked at it."""
    call = find_call(request)
    form, errors = forms.filled(Corrected, request.form)
    value, wrong = _value(form) if form else (None, {})
    if form is None or wrong:
        return _form(request, call, {**errors, **wrong}, 422)
    if form.version != call.version:
        return _form(request, call, {}, 409, moved=True)
    correct(request.session, request.user, call.id, form.field, value, form.reason, request.now.instant)
    replan_moved(request.session, request.now.instant)
    audit.record(request, "call corrected", f"call {call.id}", form.field)
    return request.to(f"/regelingen/{call.id}", done="gecorrigeerd")


def _value(form: Corrected) -> tuple[Any, forms.Errors]:
    if form.field in {d.value for d in DATES}:
        if form.day is None:
            return None, {"day": "Vul een datum in."}
        return [{"day": form.day.isoformat(), **({"hour": form.hour} if form.hour else {})}], {}
    if form.field in AMOUNTS:
        return _number(form.value, parse_values.percentage if form.field == "rate" else parse_values.euros)
    return (form.value.strip(), {}) if form.value.strip() else (None, {"value": "Vul in wat er moet staan."})


def _number(text: str, read: Callable[[str], Decimal | None]) -> tuple[str | None, forms.Errors]:
    try:
        number = read(text)
    except NotAnAmount as error:
        return None, {"value": str(error)}
    return (str(number), {}) if number is not None else (None, {"value": "Vul een getal in, zoals 25000 of 25.000,50."})


def withdraw(request: RequestContext) -> Response:
    """Take a correction back."""
    query = select(Correction).where(
        Correction.id == request.params["correction_id"], visible(request.viewer, Correction)
    )
    correction = request.session.exec(query.where(col(Correction.withdrawn_at).is_(None))).first()
    if correction is None:
        raise NotThere
    call_id = correction.call_id
    take_back(request.session, correction, request.now.instant)
    replan_moved(request.session, request.now.instant)
    audit.record(request, "correction withdrawn", f"call {call_id}")
    return request.to(f"/regelingen/{call_id}", done="teruggenomen")


def ask_join(request: RequestContext) -> Response:
    """Look for the other one: by its own title first, or by what was typed."""
    return _join_form(request, find_call(request), {})


def save_join(request: RequestContext) -> Response:
    """Join this one into the chosen one."""
    call = find_call(request)
    chosen = str(request.form.get("met", ""))
    if not chosen.isdecimal() or len(chosen) > 9:
        return _join_form(request, call, {"met": "Kies de andere regeling."}, 422)
    try:
        join(request.session, call.id, int(chosen), request.now.instant, request.user)
    except CannotJoin as error:
        return _join_form(request, call, {"met": str(error)}, 422)
    replan_moved(request.session, request.now.instant)
    audit.record(request, "calls joined", f"call {call.id}", f"into call {chosen}")
    return request.to(f"/regelingen/{chosen}", done="samengevoegd")


def _form(
    request: RequestContext, call: Call, errors: forms.Errors, status: int = 200, moved: bool = False
) -> Response:
    return request.page(
        "calls/correct.html", status, call=call, errors=errors, typed=request.form, fields=CORRECTABLE, moved=moved
    )


def _join_form(
    request: RequestContext, call: Call,
    errors: forms.Errors, status: int = 200,
) -> Response:  # fmt: skip
    words = request.query.get("zoek") or " ".join(call.title.split()[:3])
    found = find(request.session, CallFilter(text=words[:200]), request.viewer, request.now.instant)
    others = [one for one in found.calls if one.id != call.id][:20]
    return request.page(
        "calls/correct_join.html",
        status,
        call=call,
        words=words,
        rows=rows_for(request.session, others, request.viewer, request.now.instant),
        errors=errors,
    )
