"""Vergaderingen en reces: who meets when and what is closed; coordinators keep it."""

from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Body, ClosedPeriod, Meeting
from db.rights import has_role
from db.vocabulary import Role
from db.vocabulary_calendar import BodyKind, ClosedKind
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import replan_meetings
from tracker.web.frame import audit, forms
from tracker.web.frame.context import NotThere, RequestContext

AHEAD = timedelta(days=366)
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def index(request: RequestContext) -> Response:
    """Every body with its next meeting, and what is closed in the year to come."""
    return _index(request)


def _index(request: RequestContext, status: int = 200, **more: Any) -> Response:
    data, today = body_calendar(request.session), request.now.today
    ours = {None, request.viewer.participant_id}
    rows = [(body, next(iter(data.meetings(body.id, today, today + AHEAD)), None)) for body in data.bodies.values()]
    periods = request.session.exec(
        select(ClosedPeriod)
        .where(col(ClosedPeriod.last_day) >= today, col(ClosedPeriod.first_day) <= today + AHEAD)
        .order_by(col(ClosedPeriod.first_day))
    ).all()
    given = {"errors": {}, "typed": {}, **more}
    return request.page(
        "calendar/bodies.html",
        status,
        rows=sorted(rows, key=lambda r: (r[0].participant_id not in ours, r[0].participant_id or "", r[0].name)),
        near=sum(body.participant_id in ours for body, _ in rows),
        years=[(year, list(some)) for year, some in groupby(periods, key=lambda p: max(p.first_day, today).year)],
        participants=data.participants,
        may_change=has_role(request.viewer, Role.COORDINATOR),
        ClosedKind=ClosedKind,
        BodyKind=BodyKind,
        **given,
    )


def show(request: RequestContext) -> Response:
    """One body: its rhythm, and its meetings in the year to come."""
    return _show(request)


def _show(request: RequestContext, status: int = 200, **more: Any) -> Response:
    body = _body(request)
    data, today = body_calendar(request.session), request.now.today
    known = {m.day: m for m in data.known.get(body.id, []) if m.cancelled_at is None}
    given = {"errors": {}, "typed": {}, **more}
    return request.page(
        "calendar/bodies_body.html",
        status,
        body=body,
        meetings=[(m, known.get(m.day)) for m in data.meetings(body.id, today, today + AHEAD)],
        may_change=has_role(request.viewer, Role.COORDINATOR),
        WEEKDAYS=WEEKDAYS,
        BodyKind=BodyKind,
        **given,
    )


def _body(request: RequestContext) -> Body:
    body = request.session.get(Body, request.params["body_id"])
    if body is None:
        raise NotThere
    return body


class Rhythm(BaseModel):
    """How a body usually meets."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    weeks: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    paper_days: Annotated[int, Field(ge=0, le=120)]
    keeps_recess: bool = False
    real: bool = False


def change(request: RequestContext) -> Response:
    """Change the rhythm; every clock is counted back again."""
    body = _body(request)
    form, errors = forms.filled(Rhythm, request.form)
    if form is None:
        return _show(request, 422, errors=errors, typed=request.form)
    body.weekday, body.weeks, body.months = form.weekday, list(form.weeks), list(form.months)
    body.paper_days, body.keeps_recess, body.example = form.paper_days, form.keeps_recess, not form.real
    body.version += 1
    request.session.add(body)
    return _planned_again(request, f"body {body.id}", body.id)


class NewMeeting(BaseModel):
    """A known date of a body."""

    day: date
    papers_on: date

    @model_validator(mode="after")
    def _papers_first(self) -> "NewMeeting":
        if self.papers_on > self.day:
            raise ValueError("De stukken moeten er voor de vergadering zijn.")
        return self


def add_meeting(request: RequestContext) -> Response:
    """Fill in a date; from then on the dates of its year are facts, and the rhythm no longer counts for it."""
    body = _body(request)
    form, errors = forms.filled(NewMeeting, request.form)
    if form is None:
        return _show(request, 422, errors=errors, typed=request.form)
    found = request.session.exec(select(Meeting).where(Meeting.body_id == body.id, Meeting.day == form.day)).first()
    row = found or Meeting(
        body_id=body.id, day=form.day, papers_on=form.papers_on, modified_at=request.now.instant, version=0
    )
    row.papers_on, row.cancelled_at, row.modified_at, row.version = (
        form.papers_on,
        None,
        request.now.instant,
        row.version + 1,
    )
    request.session.add(row)
    return _planned_again(request, f"body {body.id}", body.id)


def cancel_meeting(request: RequestContext) -> Response:
    """A known meeting is not held."""
    row = request.session.get(Meeting, request.params["meeting_id"])
    if row is None or row.cancelled_at is not None:
        raise NotThere
    row.cancelled_at, row.modified_at, row.version = request.now.instant, request.now.instant, row.version + 1
    request.session.add(row)
    return _planned_again(request, f"meeting {row.id}", row.body_id)


class NewPeriod(BaseModel):
    """A recess or closure."""

    kind: ClosedKind
    name: Annotated[str, Field(min_length=1, max_length=100)]
    first_day: date
    last_day: date
    participant: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "NewPeriod":
        if self.last_day < self.first_day:
            raise ValueError("De laatste dag ligt voor de eerste.")
        return self


def add_period(request: RequestContext) -> Response:
    """Add a recess or closure, for all or for one participant."""
    form, errors = forms.filled(NewPeriod, request.form)
    if form is None:
        return _index(request, 422, errors=errors, typed=request.form)
    same = select(ClosedPeriod).where(
        ClosedPeriod.kind == form.kind, ClosedPeriod.first_day == form.first_day, ClosedPeriod.name == form.name
    )
    row = request.session.exec(same.where(ClosedPeriod.participant_id == form.participant)).first() or ClosedPeriod(
        kind=form.kind, name=form.name, first_day=form.first_day, last_day=form.last_day
    )
    row.last_day, row.participant_id, row.source = form.last_day, form.participant, f"ingevuld door {request.user.name}"
    request.session.add(row)
    return _planned_again(request, f"period {form.first_day}")


def remove_period(request: RequestContext) -> Response:
    """Take a recess or closure away."""
    row = request.session.get(ClosedPeriod, request.params["period_id"])
    if row is None:
        raise NotThere
    request.session.delete(row)
    return _planned_again(request, f"period {row.id}")


def _planned_again(request: RequestContext, what: str, body_id: str | None = None) -> Response:
    audit.record(request, "meetings changed", what)
    request.session.flush()
    replan_meetings(request.session, request.now.instant, body_id)
    return request.to(f"/kalender/vergaderingen{f'/{body_id}' if body_id else ''}", done="vergaderingen")
