"""The besluitvormingsklok on the web: plan it for a call, see it, assign its milestones, say how they ended."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select
from starlette.responses import Response

from db.models import Call, Deadline, DecisionClock, Milestone, Moment
from db.queries import Viewer
from db.rights import has_role, visible
from db.vocabulary import Nature, Role
from db.vocabulary_audit import Action
from db.vocabulary_calendar import BodyKind, MilestoneState
from notifications.ical import page_of
from tracker.calendar.backward_schedule import BackwardPlan, NoPlan
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.decision_clock import (
    OVER,
    AfterDeadline,
    DecisionRoute,
    WhyMissing,
    fixed_of,
    is_over_for,
    milestone_name,
    milestones_of,
    plan_for,
    replan_clock,
    route_of,
    start_clock,
)
from tracker.calendar.latest_go import tables_of
from tracker.calendar.milestones import MilestoneWord, assign_deadline, change_milestone
from tracker.calendar.targets import Target, asks_reaction, closings_of, deadline_day, target_day, target_of
from tracker.errors import NotFound
from tracker.people.participants import colleagues, takes_part
from tracker.versions import MEANWHILE
from tracker.web.calls.detail import page as call_page
from tracker.web.calls.rows import find_call
from tracker.web.frame import forms
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, REFUSED, FormState
from tracker.web.frame.phrases import done_text

NOT_KEPT = {WhyMissing: "waarom", AfterDeadline: "na-termijn"}
TABLES = (BodyKind.PLATFORM, BodyKind.PORTFOLIO_TABLE, BodyKind.BOARD)


class WayForm(BaseModel):
    """How an application would go."""

    deadline: int = 0
    lead: str = ""
    partners: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    cofunding: bool = False


def ask(request: RequestContext) -> Response:
    """Try out a plan for a call: nothing is kept yet."""
    return _ask(request, request.query)


def _ask(request: RequestContext, typed: Any, status: int = 200) -> Response:
    call = find_call(request)
    form, errors = forms.filled(WayForm, typed)
    rows = closings_of(request.session, call, request.now.today)
    data = body_calendar(request.session)
    chosen = next((row for row in rows if form and row.id == form.deadline), rows[0] if rows else None)
    reaction = call.nature == Nature.MOMENT
    way = replace(_way(form or WayForm(), request.viewer, data), reaction=reaction)
    if reaction and not typed:  # nobody chose yet
        way = replace(way, tables=tuple(tables_of(request.session, call)))
    plan, refusal = plan_or_reason(data, deadline_day(chosen) if chosen else None, way, request.now.today)
    return request.page(
        "calendar/decision_clock_new.html",
        status,
        call=call,
        reaction=reaction,
        deadlines=rows,
        chosen=chosen,
        way=way,
        plan=plan,
        refusal=refusal,
        errors=errors,
        participants=sorted(
            (p for p in data.participants.values() if takes_part(p, request.now.today)), key=lambda p: p.name
        ),
        tables=[body for body in data.bodies.values() if body.kind in TABLES],
    )


def _way(form: WayForm, viewer: Viewer, data: BodyCalendar) -> DecisionRoute:
    """The form as a way; tables in the order they are passed: platforms and PHO's first, then the Bestuur."""
    tables = [data.bodies[t] for t in form.tables if t in data.bodies]
    ordered = sorted(tables, key=lambda body: (body.kind == BodyKind.BOARD, body.id))
    lead = form.lead or viewer.participant_id or ""
    return DecisionRoute(
        lead, tuple(p for p in form.partners if p != lead), tuple(b.id for b in ordered), form.cofunding
    )


def plan_or_reason(
    data: BodyCalendar, day: date | None, way: DecisionRoute, today: date, fixed: Sequence[Any] = ()
) -> tuple[BackwardPlan | None, str]:
    """A plan, or in clear Dutch why there is none."""
    if day is None:
        return None, "Er is geen dag die nog komt: er valt niet terug te rekenen."
    try:
        return plan_for(data, day, way, today, fixed), ""
    except NoPlan as error:
        return None, str(error)


def keep(request: RequestContext) -> Response:
    """Keep the plan: its steps become milestones of my organisation."""
    call = find_call(request)
    form, _ = forms.filled(WayForm, request.form)
    coming = {row.id: row for row in closings_of(request.session, call, request.now.today)}
    deadline = coming.get(form.deadline) if form else None
    if form is None or deadline is None:
        return _ask(request, request.form, 422)
    way = _way(form, request.viewer, body_calendar(request.session))
    try:
        clock = start_clock(request.deed, deadline, way, request.user.participant_id)
    except NoPlan:
        return _ask(request, request.form, 422)
    request.record(Action.DECISION_CLOCK_PLANNED, f"clock {clock.id}")
    return request.to(f"/kalender/klok/{clock.id}", done="gepland")


def show(request: RequestContext) -> Response:
    """The milestones as they stand, beside what they would be if they were counted back now."""
    return _page(request, _clock(request), EMPTY_FORM)


def _page(request: RequestContext, clock: DecisionClock, state: FormState) -> Response:
    target = target_of(request.session, clock)
    data = body_calendar(request.session)
    rows = milestones_of(request.session, clock)
    day, way = target_day(request.session, target), route_of(clock, target)
    over = is_over_for(request.session, clock.dossier_id, target)
    plan, refusal = (None, OVER) if over else plan_or_reason(data, day, way, request.now.today, fixed_of(rows))
    planned = {p.step.key: p for p in plan.steps} if plan else {}
    return request.page(
        "calendar/decision_clock.html",
        clock=clock,
        deadline=None if isinstance(target, Moment) else target,
        day=day,
        around=isinstance(target, Moment) and not target.sure,
        reaction=asks_reaction(target),
        **_about(request.session, target),
        plan=plan,
        refusal=refusal,
        over=over,
        rows=[(row, milestone_name(row, data.bodies), planned.get(row.key)) for row in rows],
        moved=[row for row in rows if row.key in planned and planned[row.key].day != row.day],
        people={user.id: user.name for user in colleagues(request.session, clock.participant_id)},
        lead=data.participants[clock.lead_id].name,
        partners=[data.participants[p].name for p in clock.partner_ids if p in data.participants],
        may_change=_may_change(request.viewer, clock),
        state=state,
    )


def _about(session: Session, target: Target) -> dict[str, Any]:
    """What a clock is about, and the address of its page."""
    if isinstance(target, Moment):
        return {"title": target.title, "about": f"/momenten/{target.id}"}
    return {"title": session.get_one(Call, target.call_id).title, "about": page_of(target)}


def _may_change(viewer: Viewer, clock: DecisionClock) -> bool:
    return has_role(viewer, Role.FUNDRAISER) and viewer.participant_id == clock.participant_id


def _clock(request: RequestContext) -> DecisionClock:
    query = select(DecisionClock).where(
        DecisionClock.id == request.params["clock_id"], visible(request.viewer, DecisionClock)
    )
    clock = request.session.exec(query).first()
    if clock is None:
        raise NotFound
    return clock


def plan_again(request: RequestContext) -> Response:
    """Count back again from where the deadline and the meetings are now."""
    clock = _clock(request)
    if not _may_change(request.viewer, clock):
        raise NotFound
    target = target_of(request.session, clock)
    try:
        replan_clock(request.session, clock, target, body_calendar(request.session), request.now.instant)
    except NoPlan:
        return request.to(f"/kalender/klok/{clock.id}")
    return request.to(f"/kalender/klok/{clock.id}", done="gepland")


class MilestoneForm(BaseModel):
    """What a person says of a milestone or a deadline: who does it, and how it stands."""

    state: MilestoneState = MilestoneState.PLANNED
    assignee: int = 0
    why: Annotated[str, Field(max_length=500)] = ""
    version: int = 0
    day: date | None = None
    let_go: bool = False  # count the day back again, after it was put by hand

    def word(self) -> MilestoneWord:
        """What the form says, for the calendar."""
        return MilestoneWord(self.assignee, self.state, self.why, self.day, self.let_go)


def change(request: RequestContext) -> Response:
    """Assign a milestone, or say that it was done or dropped; what is refused stays as it was typed."""
    row = request.named(Milestone, "milestone_id")
    clock = request.session.get_one(DecisionClock, row.clock_id)
    if not _may_change(request.viewer, clock):
        raise NotFound
    form, errors = forms.filled(MilestoneForm, request.form)
    if form is None:
        return _page(request, clock, FormState(request.form, errors, REFUSED))
    kept = _kept(request, lambda: change_milestone(request.deed, row, form.word(), form.version))
    if kept is not None:
        return _page(request, clock, kept)
    request.record(Action.MILESTONE_CHANGED, f"milestone {row.id}", form.state.value)
    return request.to(f"/kalender/klok/{clock.id}#mijlpaal-{row.id}", done="bewaard")


def _kept(request: RequestContext, act: Callable[[], object]) -> FormState | None:
    """Nothing where it was kept, else what was typed and why it was not."""
    try:
        done = attempt(request, act)
    except (WhyMissing, AfterDeadline) as refused:
        return FormState(request.form, {"form": done_text(NOT_KEPT[type(refused)])}, REFUSED)
    except IntegrityError:  # somebody else was first
        return FormState(request.form, {"form": MEANWHILE}, 409)
    return done if isinstance(done, FormState) else None


def assign(request: RequestContext) -> Response:
    """Give a deadline of a call to a colleague, or say how it ended."""
    deadline = request.named(Deadline, "deadline_id")
    call = request.session.get_one(Call, deadline.call_id)
    form, errors = forms.filled(MilestoneForm, request.form)
    if form is None:
        return call_page(request, call, FormState(request.form, errors, REFUSED))
    kept = _kept(request, lambda: assign_deadline(request.deed, deadline, form.word(), form.version))
    if kept is not None:
        return call_page(request, call, kept)
    request.record(Action.DEADLINE_ASSIGNED, f"deadline {deadline.id}", form.state.value)
    return request.to(f"/regelingen/{call.id}", done="bewaard")
