"""By hand: add a regeling, correct a field or date, take that back, join two that are one."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Correction
from db.queries import CallFilter, Viewer
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
from tracker.web.frame.context import Asked, NotThere
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


def new(asked: Asked, _viewer: Viewer, _session: Session, _now: datetime) -> Response:
    """The form."""
    return asked.page("calls/correct_new.html", errors={}, typed=asked.form)


def create(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Add a call."""
    form, errors = forms.filled(ByHand, asked.form)
    listing, wrong = _listing(form) if form else (None, {})
    if listing is None:
        return asked.page("calls/correct_new.html", 422, errors={**errors, **wrong}, typed=asked.form)
    call_id = add_call(session, listing, now)
    replan_moved(session, now)
    audit.record(session, asked, "call added", f"call {call_id}")
    return asked.to(f"/regelingen/{call_id}", done="bewaard")


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


def ask(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The form of a correction."""
    return _form(asked, find_call(session, asked), {})


def save(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Correct one field, unless the call changed while the person looked at it."""
    call = find_call(session, asked)
    form, errors = forms.filled(Corrected, asked.form)
    value, wrong = _value(form) if form else (None, {})
    if form is None or wrong:
        return _form(asked, call, {**errors, **wrong}, 422)
    if form.version != call.version:
        return _form(asked, call, {}, 409, moved=True)
    correct(session, asked.user, call.id, form.field, value, form.reason, now)
    replan_moved(session, now)
    audit.record(session, asked, "call corrected", f"call {call.id}", form.field)
    return asked.to(f"/regelingen/{call.id}", done="gecorrigeerd")


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


def withdraw(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Take a correction back."""
    query = select(Correction).where(Correction.id == asked.params["correction_id"], visible(viewer, Correction))
    correction = session.exec(query.where(col(Correction.withdrawn_at).is_(None))).first()
    if correction is None:
        raise NotThere
    call_id = correction.call_id
    take_back(session, correction, now)
    replan_moved(session, now)
    audit.record(session, asked, "correction withdrawn", f"call {call_id}")
    return asked.to(f"/regelingen/{call_id}", done="teruggenomen")


def ask_join(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Look for the other one: by its own title first, or by what was typed."""
    return _join_form(asked, viewer, session, now, find_call(session, asked), {})


def save_join(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Join this one into the chosen one."""
    call = find_call(session, asked)
    chosen = str(asked.form.get("met", ""))
    if not chosen.isdecimal() or len(chosen) > 9:
        return _join_form(asked, viewer, session, now, call, {"met": "Kies de andere regeling."}, 422)
    try:
        join(session, call.id, int(chosen), now, asked.user)
    except CannotJoin as error:
        return _join_form(asked, viewer, session, now, call, {"met": str(error)}, 422)
    replan_moved(session, now)
    audit.record(session, asked, "calls joined", f"call {call.id}", f"into call {chosen}")
    return asked.to(f"/regelingen/{chosen}", done="samengevoegd")


def _form(asked: Asked, call: Call, errors: forms.Errors, status: int = 200, moved: bool = False) -> Response:
    return asked.page(
        "calls/correct.html", status, call=call, errors=errors, typed=asked.form, fields=CORRECTABLE, moved=moved
    )


def _join_form(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, call: Call,
    errors: forms.Errors, status: int = 200,
) -> Response:  # fmt: skip
    words = asked.query.get("zoek") or " ".join(call.title.split()[:3])
    found = find(session, CallFilter(text=words[:200]), viewer, now)
    others = [one for one in found.calls if one.id != call.id][:20]
    return asked.page(
        "calls/correct_join.html",
        status,
        call=call,
        words=words,
        rows=rows_for(session, others, viewer, now),
        errors=errors,
    )
