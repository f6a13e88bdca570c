"""Pages of applications: the board from signal to settlement, one application, the co-funding guard and hit rates."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import (
    Application,
    ApplicationPartner,
    Body,
    Call,
    Cofunding,
    Deadline,
    Dossier,
    Milestone,
    Participant,
)
from db.queries import Viewer
from db.vocabulary import NoReason
from db.vocabulary_audit import Action
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage, Check, DossierKind, GoDecision, PartnerRole, StateAid
from tracker.applications import budget, cofunding, milestones, stages, tasks
from tracker.applications.milestones import clocks_of, due_of, route_for
from tracker.applications.mismatches import mismatches
from tracker.applications.team import teams_of
from tracker.calendar.decision_clock import is_over_for, milestone_name, milestones_of, route_of
from tracker.calls.publications import chain
from tracker.documents.documents import documents_of
from tracker.errors import Incomplete
from tracker.lobby import dossiers
from tracker.lobby.audience import audiences
from tracker.lobby.timeline import timeline
from tracker.people.participants import colleagues
from tracker.rights import may_change
from tracker.versions import must_stand, stand
from tracker.web.frame import actions
from tracker.web.frame.actions import Euros, PageOf, dossier_of
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, Text

S = ApplicationStage


class ApplicationStageForm(BaseModel):
    to: ApplicationStage
    submitted_on: date | None = None
    proof: Line = ""
    seen: int


class LeadForm(BaseModel):
    """The penvoerder."""

    lead: Line = ""
    seen: int


class RunsForm(BaseModel):
    """Who runs the application."""

    runs: int
    seen: int


class MoneyForm(BaseModel):
    """What is asked, at what cost, with what chance, on which ground."""

    requested: Euros = None
    total_cost: Euros = None
    chance: int | None = None
    state_aid: StateAid = StateAid.UNKNOWN
    seen: int


class CofundingForm(BaseModel):
    """Own money of one participant in one year."""

    participant_id: Line = ""
    year: int
    own_money: Euros = None
    de_minimis: Euros = None
    cover: Line = ""
    seen: int = 0


class PartnerForm(BaseModel):
    party: Line = ""
    partner_name: Line = ""
    partner_role: PartnerRole = PartnerRole.PARTNER
    seen: int = 0


class GoForm(BaseModel):
    """Go or no-go; the answers to the checklist come under their own names."""

    go: GoDecision
    reasons: list[NoReason] = Field(default=[], max_length=9)
    go_text: Text = ""
    seen: int


class DecisionForm(BaseModel):
    """What the funder decided."""

    decided: ApplicationStage
    decided_on: date
    granted: Euros = None
    grant_number: Line = ""
    lesson: Text = ""
    seen: int


class LessonForm(BaseModel):
    """What we learnt."""

    learnt: Text = ""
    seen: int


class RoomForm(BaseModel):
    """What the own organisation has set aside in a year."""

    year: int
    room: Euros = None
    seen: str = ""  # how the own rooms stood when the page was made


def _application(request: RequestContext) -> Dossier:
    return dossier_of(request, DossierKind.APPLICATION)


def _page(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    session, viewer, now = request.session, request.viewer, request.now.instant
    application = stages.application_of(session, dossier)
    call = session.get(Call, application.call_id) if application.call_id else None
    partners = select(ApplicationPartner).where(ApplicationPartner.dossier_id == dossier.id)
    money = select(Cofunding).where(Cofunding.dossier_id == dossier.id)
    due = due_of(session, dossier, request.now.today)
    nexts = [s for s in S if s in stages.MOVES[S(dossier.stage)]]
    return request.page(
        "applications/applications_show.html",
        state=state,
        dossier=dossier,
        application=application,
        owner=session.get_one(Participant, dossier.participant_id).name,
        call=call,
        due=due,
        clock=_clocks(session, viewer, dossier, due),
        chain=chain(session, call, viewer) if call else [],
        partners=list(session.exec(partners.order_by(col(ApplicationPartner.name)))),
        cofunding=list(session.exec(money.order_by(col(Cofunding.year), col(Cofunding.participant_id)))),
        audiences=audiences(session, request.viewer, dossier),
        lines=timeline(session, dossier, viewer),
        people=actions.names(session),
        participants=actions.participants(session, request.now.today),
        named=dict(actions.participants(session)),
        next_stages=[s for s in nexts if s not in stages.DECIDED and (s != S.PREPARING or application.go)],
        decisions=[(s.value, s.label) for s in nexts if s in stages.DECIDED],
        mismatches=mismatches(session, viewer, now, dossier),
        may_change=may_change(viewer, dossier),
        documents=documents_of(session, viewer, dossier),
        team=teams_of(session, viewer, [dossier])[dossier.id],
        colleagues=[(user.id, user.name) for user in colleagues(session, dossier.participant_id)],
        settlement=_settlement(session, dossier, application),
    )


def _settlement(session: Session, dossier: Dossier, application: Application) -> dict[str, Any]:
    """What the page needs of tasks, budget and payments."""
    lines, paid = budget.lines_of(session, dossier), tasks.instalments_of(session, dossier)
    by_partner, whole = budget.shares(lines)
    return {
        "tasks": tasks.tasks_of(session, dossier),
        "colleagues": [(user.id, user.name) for user in colleagues(session, dossier.participant_id)],
        "awarded": dossier.stage not in tasks.UNDECIDED,
        "instalments": paid,
        "expected": sum((row.amount for row in paid), Decimal(0)),
        "received": sum((row.received or Decimal(0) for row in paid), Decimal(0)),
        "lines": lines,
        "shares": by_partner,
        "whole": whole,
        "money": sum((share.own_money for share in by_partner), Decimal(0)),
        "differs": bool(lines) and application.requested not in (None, whole.asked),
    }


def _clocks(session: Session, viewer: Viewer, dossier: Dossier, due: Deadline | None) -> dict[str, Any]:
    """What the page needs: every clock with its steps, whether it still fits, and whether one can be opened."""
    clocks = clocks_of(session, viewer, dossier)
    bodies = {body.id: body for body in session.exec(select(Body))}
    return {
        "clocks": [
            {
                "clock": clock,
                "deadline": deadline,
                "fits": is_over_for(session, dossier.id, deadline)
                or route_of(clock, deadline) == route_for(session, dossier, clock.table_ids),
                "steps": [(row, milestone_name(row, bodies)) for row in milestones_of(session, clock) if _stands(row)],
            }
            for clock, deadline in clocks
        ],
        "may_open": due is not None and all(deadline.id != due.id for _, deadline in clocks),
    }


def _stands(row: Milestone) -> bool:
    return row.state != MilestoneState.DROPPED


application = PageOf(_application, _page, lambda dossier: f"/aanvragen/{dossier.id}")


@application.form(ApplicationStageForm)
def move(request: RequestContext, dossier: Dossier, form: ApplicationStageForm) -> None:
    """Bring an application to its next stage."""
    stages.move(request.deed, dossier, form.to, form.seen, form.submitted_on, form.proof)


@application.form(LeadForm)
def set_lead(request: RequestContext, dossier: Dossier, form: LeadForm) -> None:
    """Choose the penvoerder."""
    stages.set_lead(request.deed, dossier, form.lead, form.seen)


@application.form(RunsForm)
def entrust(request: RequestContext, dossier: Dossier, form: RunsForm) -> None:
    """Say which colleague runs it."""
    dossiers.entrust(request.deed, dossier, form.runs, form.seen)


@application.form(MoneyForm)
def set_money(request: RequestContext, dossier: Dossier, form: MoneyForm) -> None:
    """Keep the amounts."""
    money = stages.Money(form.requested, form.total_cost, form.chance, form.state_aid)
    stages.set_money(request.deed, dossier, money, form.seen)


@application.form(CofundingForm)
def promise(request: RequestContext, dossier: Dossier, form: CofundingForm) -> None:
    """Keep what a participant puts in."""
    if form.own_money is None:
        raise Incomplete("Vul een bedrag in, zoals 25.000.", "own_money")
    de_minimis = form.de_minimis or Decimal(0)
    given = form.participant_id, form.year, form.own_money, form.cover, de_minimis
    stages.promise(request.deed, dossier, *given, seen=form.seen)


@application.form(PartnerForm)
def add_partner(request: RequestContext, dossier: Dossier, form: PartnerForm) -> None:
    stages.add_partner(request.deed, dossier, form.partner_name, form.partner_role, form.party, form.seen)


@application.form(GoForm)
def decide_go(request: RequestContext, dossier: Dossier, form: GoForm) -> None:
    """Go or no-go."""
    answers = {check.value: str(request.form.get(check.value, "")) for check in Check}
    stages.decide_go(request.deed, dossier, form.go, answers, form.reasons, form.go_text, form.seen)


@application.form(DecisionForm)
def decide(request: RequestContext, dossier: Dossier, form: DecisionForm) -> None:
    """What the funder decided."""
    granted = form.granted, form.grant_number, form.lesson
    stages.decide(request.deed, dossier, form.decided, form.decided_on, form.seen, *granted)


@application.form(LessonForm)
def learn(request: RequestContext, dossier: Dossier, form: LessonForm) -> None:
    """Keep what was learnt, at any moment."""
    stages.learn(request.deed, dossier, form.learnt, form.seen)


@application.button(done="gepland")
def count_back(request: RequestContext, dossier: Dossier) -> str:
    """Open the clock for the next deadline, or count back again for the penvoerder and partners as they are now."""
    deadline = milestones.due_of(request.session, dossier, request.now.today)
    milestones.open_clock(request.deed, dossier, deadline)
    request.record(Action.DECISION_CLOCK_PLANNED, f"application {dossier.id}")
    return f"/aanvragen/{dossier.id}#mijlpalen"


def _guard(request: RequestContext, _subject: None, state: FormState) -> Response:
    return request.page(
        "applications/applications_guard.html",
        state=state,
        rows=cofunding.guard(request.session, request.viewer),
        waiting=cofunding.waiting_for_word(request.session, request.viewer),
        counted=cofunding.counted_for_us(request.session, request.viewer),
        ceiling=cofunding.DE_MINIMIS,
        seen=stand(cofunding.rooms_of(request.session, request.user.participant_id)),
        year=request.now.today.year,
    )


def _promise_to_agree(request: RequestContext) -> Cofunding:
    return cofunding.promise_in_our_name(request.session, request.viewer, request.params["promise_id"])


guard = PageOf(lambda _: None, _guard, lambda _: "/aanvragen/cofinanciering")


@guard.form(RoomForm)
def set_room(request: RequestContext, _subject: None, form: RoomForm) -> None:
    """Keep what the own organisation has set aside."""
    if form.room is None:
        raise Incomplete("Vul een bedrag in, zoals 250.000.", "room")
    rooms = cofunding.rooms_of(request.session, request.user.participant_id)
    if any(row.year == form.year and row.amount != form.room for row in rooms):
        must_stand(rooms, form.seen)
    cofunding.set_room(request.deed, form.year, form.room)


promise_page = PageOf(
    _promise_to_agree,
    lambda request, _promise, state: _guard(request, None, state),
    lambda _: "/aanvragen/cofinanciering",
)


@promise_page.button(done="bewaard")
def agree(request: RequestContext, promise: Cofunding) -> None:
    """Say that an amount in one's own organisation's name is right: from now on it counts."""
    cofunding.agree(request.deed, promise)
