"""By hand: add a regeling, correct a field or date, take that back, join two that are one."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Call, Correction
from db.queries import CallFilter
from db.rights import visible
from db.vocabulary import DeadlineKind, Instrument, Nature
from db.vocabulary_audit import Action
from scrapers.listing import AMOUNTS, ListedDeadline, Listing
from tracker.calendar.decision_clock import replan_moved
from tracker.calls import parse_values
from tracker.calls.consolidate import BY_HAND
from tracker.calls.corrections import (
    add_call,
    correct,
    deeds_on,
    must_have_seen,
    standing_corrections,
    take_back,
)
from tracker.calls.merge import CannotJoin, join
from tracker.calls.typed_values import kept_moment, on_the_clock
from tracker.errors import ChangedMeanwhile, Incomplete, NotFound, required
from tracker.matching.search import find
from tracker.web.calls.rows import find_call, rows_for
from tracker.web.frame import forms
from tracker.web.frame.actions import STATUSES, Euros, PageOf, Percentage, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm
from tracker.web.frame.phrases import field_name

TEXTS = ("title", "publisher")
DATES = (DeadlineKind.CLOSES, DeadlineKind.OPENS, DeadlineKind.PRE_REGISTRATION, DeadlineKind.CUT_OFF)
CORRECTABLE = [(name, field_name(name)) for name in (*[d.value for d in DATES], *AMOUNTS, *TEXTS)]
OF_MOMENT = [
    (DeadlineKind.CONSULTATION.value, "reactietermijn, of de dag van een debat"),
    *((name, field_name(name)) for name in (DeadlineKind.OPENS.value, *TEXTS)),
]
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class CorrectionForm(BaseModel):
    """The form of a correction: a date with an hour for dates, a number for amounts, else a text.

    ``version`` and ``deeds``: the call and what people did to it, as the person had them in front of them.
    """

    version: int
    deeds: int = 0
    field: str
    day: date | None = None
    hour: Hour | None = None
    value: str = Field(default="", max_length=500)
    reason: str = Field(min_length=1, max_length=500)

    @field_validator("field")
    @classmethod
    def _ours(cls, value: str) -> str:
        if value not in dict(CORRECTABLE + OF_MOMENT):
            raise ValueError("Kies een veld uit de lijst.")
        return value


class CallForm(BaseModel):
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


def _new(request: RequestContext, _: None, state: FormState) -> Response:
    return request.page("calls/correct_new.html", state=state)


new = PageOf(no_subject, _new, lambda _: "/regelingen")


@new.form(CallForm)
def create(request: RequestContext, _: None, form: CallForm) -> str:
    call_id = add_call(request.session, _listing(form), request.now.instant)
    replan_moved(request.session, request.now.instant)
    request.record(Action.CALL_ADDED, f"call {call_id}")
    return f"/regelingen/{call_id}"


def _listing(form: CallForm) -> Listing:
    dates = [ListedDeadline(kind=DeadlineKind.OPENS, day=form.opens)] if form.opens else []
    if form.closes:
        last = on_the_clock(form.closes, form.hour)
        dates.append(ListedDeadline(kind=DeadlineKind.CLOSES, day=last.day, hour=last.hour))
    kept = form.model_dump(exclude={"opens", "closes", "hour"})
    try:
        return Listing(source=BY_HAND, external_id=form.url[:300], deadlines=tuple(dates), **kept)
    except ValidationError as error:
        wrong = {str(e["loc"][0]): forms.message(e) for e in error.errors()}
        if "url" in wrong:
            wrong = {"url": "Vul een volledig adres in, zoals https://www.voorbeeld.nl/regeling."}
        raise InvalidForm(wrong) from error


def _form(request: RequestContext, call: Call, state: FormState) -> Response:
    return request.page(
        "calls/correct.html",
        state=state,
        call=call,
        fields=OF_MOMENT if call.nature == Nature.MOMENT else CORRECTABLE,
        moved=state.status == STATUSES[ChangedMeanwhile],
        deeds=deeds_on(request.session, call.id),
        standing=standing_corrections(request.session, call.id, request.viewer),
    )


correction = PageOf(find_call, _form, lambda call: f"/regelingen/{call.id}")


@correction.form(CorrectionForm, done="gecorrigeerd")
def save(request: RequestContext, call: Call, form: CorrectionForm) -> None:
    """Correct one field, unless the call changed while the person looked at it; the same press twice corrects once."""
    value = _value(form)
    request.session.refresh(call, with_for_update=True)  # two people at once wait for each other
    if _is_kept(request, call, form, value):
        return
    must_have_seen(request.session, call, form.version, form.deeds)
    correct(request.session, request.user, call.id, form.field, value, form.reason, request.now.instant)
    replan_moved(request.session, request.now.instant)
    request.record(Action.CALL_CORRECTED, f"call {call.id}", form.field)


def _is_kept(request: RequestContext, call: Call, form: CorrectionForm, value: Any) -> bool:
    """Whether this very correction by this person stands: the second press of one button finds it done."""
    standing = standing_corrections(request.session, call.id, request.viewer)
    kept = [(person.id, row.field, row.value, row.reason) for row, person in standing]
    return (request.user.id, form.field, value, form.reason) in kept


def _value(form: CorrectionForm) -> Any:
    if form.field in {d.value for d in (*DATES, DeadlineKind.CONSULTATION)}:
        if form.day is None:
            raise Incomplete("Vul een datum in.", "day")
        return kept_moment(on_the_clock(form.day, form.hour))
    if form.field in AMOUNTS:
        number = parse_values.NUMBERS[form.field](form.value, "value")
        if number is None:
            raise Incomplete("Vul een getal in, zoals 25000 of 25.000,50.", "value")
        return str(number)
    return required(form.value, "value", "Vul in wat er moet staan.")


def withdraw(request: RequestContext) -> Response:
    """Take a correction back."""
    query = select(Correction).where(
        Correction.id == request.params["correction_id"], visible(request.viewer, Correction)
    )
    standing = query.where(col(Correction.withdrawn_at).is_(None)).with_for_update()
    correction = request.session.exec(standing).first()
    if correction is None:
        raise NotFound
    call_id = correction.call_id
    take_back(request.session, correction, request.now.instant)
    replan_moved(request.session, request.now.instant)
    request.record(Action.CORRECTION_WITHDRAWN, f"call {call_id}")
    return request.to(f"/regelingen/{call_id}", done="teruggenomen")


def _join_form(request: RequestContext, call: Call, state: FormState) -> Response:
    """Look for the other one: by its own title first, or by what was typed."""
    words = request.query.get("zoek") or " ".join(call.title.split()[:3])
    results = find(request.session, CallFilter(text=words[:200]), request.now.instant)
    others = [other for other in results.calls if other.id != call.id][:20]
    return request.page("calls/correct_join.html", state=state, call=call, words=words, rows=rows_for(request, others))


joining = PageOf(find_call, _join_form, lambda call: f"/regelingen/{call.id}")


@joining.button(done="samengevoegd")
def save_join(request: RequestContext, call: Call) -> str:
    """Join this one into the chosen one."""
    chosen = str(request.form.get("met", ""))
    if not chosen.isdecimal() or len(chosen) > 9:
        raise Incomplete("Kies de andere regeling.", "met")
    try:
        join(request.session, call.id, int(chosen), request.now.instant, request.user)
    except CannotJoin as error:
        raise InvalidForm({"met": str(error)}) from error
    replan_moved(request.session, request.now.instant)
    request.record(Action.CALLS_JOINED, f"call {call.id}", f"into call {chosen}")
    return f"/regelingen/{chosen}"
