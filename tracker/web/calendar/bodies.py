"""Vergaderingen en reces: who meets when and what is closed; coordinators keep it."""

from datetime import date, timedelta
from itertools import groupby
from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Body, ClosedPeriod, Meeting, YearPlan
from db.vocabulary_audit import Action
from db.vocabulary_calendar import ClosedKind
from notifications.wording import day as in_words
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import replan_meetings
from tracker.calendar.meetings import KnownDates, odd_day
from tracker.errors import Incomplete, NotFound
from tracker.people.participants import takes_part
from tracker.versions import claim, must_stand, stand
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState

PLANNED = "vergaderingen"  # the notice after a change
AHEAD = timedelta(days=366)


class RhythmForm(BaseModel):
    """How a body usually meets; ``seen`` is the version the person had in front of them."""

    seen: int
    weekday: Annotated[int, Field(ge=0, le=6)]
    weeks: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    paper_days: Annotated[int, Field(ge=0, le=120)]
    keeps_recess: bool = False
    real: bool = False


class MeetingForm(BaseModel):
    """A known date of a body."""

    day: date
    papers_on: date
    seen: str = ""  # how the known dates stood when the page was made
    sure: bool = False  # somebody looked at an odd day, such as a Sunday

    @model_validator(mode="after")
    def _papers_first(self) -> "MeetingForm":
        if self.papers_on > self.day:
            raise ValueError("De stukken moeten er voor de vergadering zijn.")
        return self


class PeriodForm(BaseModel):
    """A recess or closure."""

    kind: ClosedKind
    name: Annotated[str, Field(min_length=1, max_length=100)]
    first_day: date
    last_day: date
    participant: str = ""
    seen: str = ""  # how the periods stood when the page was made

    @model_validator(mode="after")
    def _in_order(self) -> "PeriodForm":
        if self.last_day < self.first_day:
            raise ValueError("De laatste dag ligt voor de eerste.")
        return self


def _index(request: RequestContext, _: None, state: FormState) -> Response:
    """Every body with its next meeting, and what is closed in the year to come."""
    data, today = body_calendar(request.session), request.now.today
    ours = {None, request.viewer.participant_id}
    rows = [(body, next(iter(data.meetings(body.id, today, today + AHEAD)), None)) for body in data.bodies.values()]
    periods = request.session.exec(
        select(ClosedPeriod)
        .where(col(ClosedPeriod.last_day) >= today, col(ClosedPeriod.first_day) <= today + AHEAD)
        .order_by(col(ClosedPeriod.first_day))
    ).all()
    return request.page(
        "calendar/bodies.html",
        state=state,
        seen=stand(request.session.exec(select(ClosedPeriod))),
        rows=sorted(rows, key=lambda r: (r[0].participant_id not in ours, r[0].participant_id or "", r[0].name)),
        near=sum(body.participant_id in ours for body, _ in rows),
        years=[(year, list(some)) for year, some in groupby(periods, key=lambda p: max(p.first_day, today).year)],
        participants=data.participants,
        standing=[(p.id, p.name) for p in data.participants.values() if takes_part(p, today)],
    )


def _show(request: RequestContext, body: Body, state: FormState) -> Response:
    """One body: its rhythm, its meetings in the year to come, and what was filled in of days gone by or cancelled."""
    data, today = body_calendar(request.session), request.now.today
    known = data.known.get(body.id, KnownDates()).meetings
    held = {m.day: m for m in known if m.cancelled_at is None}
    return request.page(
        "calendar/bodies_body.html",
        state=state,
        body=body,
        seen=stand(known),
        meetings=[(m, held.get(m.day)) for m in data.meetings(body.id, today, today + AHEAD)],
        others=[m for m in known if m.day < today or m.cancelled_at is not None],
        plans=request.session.exec(
            select(YearPlan).where(YearPlan.body_id == body.id).order_by(col(YearPlan.first_day))
        ).all(),
    )


index = PageOf(no_subject, _index, lambda _: "/kalender/vergaderingen")
body_page = PageOf(
    lambda request: request.named(Body, "body_id"), _show, lambda body: f"/kalender/vergaderingen/{body.id}"
)


@body_page.form(RhythmForm, done=PLANNED)
def change(request: RequestContext, body: Body, form: RhythmForm) -> None:
    """Change the rhythm; every clock is counted back again."""
    claim(request.session, body, form.seen)
    body.weekday, body.weeks, body.months = form.weekday, list(form.weeks), list(form.months)
    body.paper_days, body.keeps_recess, body.example = form.paper_days, form.keeps_recess, not form.real
    _plan_again(request, f"body {body.id}", body.id)


@body_page.form(MeetingForm, done=PLANNED)
def add_meeting(request: RequestContext, body: Body, form: MeetingForm) -> None:
    """Fill in a date; it comes in the place of the nearest one of the rhythm. An odd day is asked about first."""
    now = request.now.instant
    odd = odd_day(body, form.day, body_calendar(request.session).closed, request.now.today)
    if odd and not form.sure:
        raise Incomplete(f"{in_words(form.day)} is {odd}. Vink aan dat het klopt, of kies een andere dag.", "day")
    known = request.session.exec(select(Meeting).where(Meeting.body_id == body.id, Meeting.day == form.day)).first()
    if known is not None and known.papers_on != form.papers_on:
        must_stand(request.session.exec(select(Meeting).where(Meeting.body_id == body.id)), form.seen)
    meeting = known or Meeting(body_id=body.id, day=form.day, papers_on=form.papers_on, modified_at=now, version=0)
    meeting.papers_on, meeting.cancelled_at, meeting.modified_at = form.papers_on, None, now
    meeting.version += 1
    request.session.add(meeting)
    _plan_again(request, f"body {body.id}", body.id)


def cancel_meeting(request: RequestContext) -> Response:
    """A known meeting is not held."""
    meeting = request.named(Meeting, "meeting_id")
    if meeting.cancelled_at is not None:
        raise NotFound
    meeting.cancelled_at = meeting.modified_at = request.now.instant
    meeting.version += 1
    _plan_again(request, f"meeting {meeting.id}", meeting.body_id)
    return request.to(f"/kalender/vergaderingen/{meeting.body_id}", PLANNED)


def remove_meeting(request: RequestContext) -> Response:
    """A date that was filled in wrongly, also of a day gone by, is taken away: the rhythm counts there again."""
    meeting = request.named(Meeting, "meeting_id")
    request.session.delete(meeting)
    _plan_again(request, f"meeting {meeting.id}", meeting.body_id)
    return request.to(f"/kalender/vergaderingen/{meeting.body_id}", PLANNED)


@index.form(PeriodForm, done=PLANNED)
def add_period(request: RequestContext, _: None, form: PeriodForm) -> None:
    """Add a recess or closure, for all or for one participant."""
    same = select(ClosedPeriod).where(
        ClosedPeriod.kind == form.kind, ClosedPeriod.first_day == form.first_day, ClosedPeriod.name == form.name
    )
    known = request.session.exec(same.where(ClosedPeriod.participant_id == form.participant)).first()
    if known is not None and known.last_day != form.last_day:
        must_stand(request.session.exec(select(ClosedPeriod)), form.seen)
    period = known or ClosedPeriod(kind=form.kind, name=form.name, first_day=form.first_day, last_day=form.last_day)
    period.last_day, period.participant_id = form.last_day, form.participant
    period.source = f"ingevuld door {request.user.name}"
    request.session.add(period)
    _plan_again(request, f"period {form.first_day}")


def remove_period(request: RequestContext) -> Response:
    """Take a recess or closure away."""
    period = request.named(ClosedPeriod, "period_id")
    request.session.delete(period)
    _plan_again(request, f"period {period.id}")
    return request.to("/kalender/vergaderingen", PLANNED)


def _plan_again(request: RequestContext, what: str, body_id: str | None = None) -> None:
    request.record(Action.MEETINGS_CHANGED, what)
    request.session.flush()
    replan_meetings(request.session, request.now.instant, body_id)
