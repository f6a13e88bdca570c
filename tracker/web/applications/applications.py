"""Pages of applications: the board from signal to settlement, one application, the co-funding guard and hit rates."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

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
from db.rights import visible
from db.vocabulary import NoReason
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage, Check, CheckAnswer, DossierKind, GoDecision, PartnerRole, StateAid
from tracker.applications import cofunding, milestones, stages
from tracker.applications.milestones import _due, clocks_of, open_clock, way_for
from tracker.applications.mismatches import mismatches
from tracker.calendar.decision_clock import milestone_name, milestones_of, way_of
from tracker.calls.publications import chain
from tracker.lobby.timeline import timeline
from tracker.rights import may_change
from tracker.web.frame import actions, audit
from tracker.web.frame.actions import NOTHING, Euros, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import filled

S = ApplicationStage
Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=300)]
COLUMNS = (
    ("Signaal", (S.SIGNAL,)),
    ("Verkennen", (S.SCOUTING,)),
    ("Go/no-go", (S.GO_NO_GO,)),
    ("In voorbereiding", (S.PREPARING,)),
    ("Ingediend", (S.SUBMITTED, S.RESERVE)),
    ("Toegekend", (S.AWARDED, S.RUNNING, S.ACCOUNTED)),
    ("Afgesloten", (S.SETTLED, S.REJECTED, S.DROPPED)),
)

CHOICES: dict[str, Any] = {
    "checks": list(Check),
    "answers": choices(CheckAnswer),
    "reasons": choices(NoReason),
    "grounds": choices(StateAid),
    "roles": choices(PartnerRole),
    "goes": choices(GoDecision),
    "milestone_states": MilestoneState,
}


class StageForm(BaseModel):
    """The next stage."""

    to: ApplicationStage
    submitted_on: date | None = None
    seen: int


class LeadForm(BaseModel):
    """The penvoerder."""

    lead: Line = ""
    seen: int


class MoneyForm(BaseModel):
    """What is asked, at what cost, with what chance, on which ground."""

    requested: Euros = None
    total_cost: Euros = None
    chance: int | None = None
    state_aid: StateAid = StateAid.UNKNOWN
    seen: int


class PromiseForm(BaseModel):
    """Own money of one participant in one year."""

    participant_id: Line = ""
    year: int
    own_money: Euros = None
    de_minimis: Euros = None
    cover: Line = ""


class PartnerForm(BaseModel):
    """A partner."""

    party: Line = ""
    partner_name: Line = ""
    partner_role: PartnerRole = PartnerRole.PARTNER


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


def board(request: RequestContext) -> Response:
    """Every application the viewer may see, in columns by stage."""
    rows = select(Dossier, Application, Participant.name).where(
        Application.dossier_id == Dossier.id, visible(request.viewer, Dossier), Dossier.participant_id == Participant.id
    )
    found = list(request.session.exec(rows.order_by(col(Dossier.title))))
    columns = [
        (title, [_card(request.session, *row, request.now.instant) for row in found if row[0].stage in stages])
        for title, stages in COLUMNS
    ]
    return request.page(
        "applications/applications_board.html",
        columns=columns,
        count=len(found),
        people=actions.names(request.session),
        leads=dict(actions.participants(request.session)),
        rates=cofunding.rates_for(request.session, request.viewer),
        enough=cofunding.ENOUGH_CASES,
        mismatches={m.dossier.id: m.text for m in mismatches(request.session, request.viewer, request.now.instant)},
    )


def _card(session: Session, dossier: Dossier, application: Application, owner: str, now: datetime) -> dict[str, object]:
    call = session.get(Call, application.call_id) if application.call_id else None
    return {"dossier": dossier, "application": application, "owner": owner, "due": _due(session, call, now)}


def show(request: RequestContext) -> Response:
    """One application."""
    return page(request, dossier_of(request, DossierKind.APPLICATION))


def page(request: RequestContext, dossier: Dossier, sent: Typed = NOTHING) -> Response:
    """The page of an application, also after a form that was refused."""
    application = stages.of(request.session, dossier)
    call = request.session.get(Call, application.call_id) if application.call_id else None
    partners = select(ApplicationPartner).where(ApplicationPartner.dossier_id == dossier.id)
    money = select(Cofunding).where(Cofunding.dossier_id == dossier.id)
    due = _due(request.session, call, request.now.instant)
    nexts = [s for s in S if s in stages.MOVES[S(dossier.stage)]]
    return request.page(
        "applications/applications_show.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        application=application,
        owner=request.session.get_one(Participant, dossier.participant_id).name,
        call=call,
        due=due,
        clock=clock_part(request.session, request.viewer, dossier, due),
        chain=chain(request.session, call, request.viewer) if call else [],
        partners=list(request.session.exec(partners.order_by(col(ApplicationPartner.name)))),
        cofunding=list(request.session.exec(money.order_by(col(Cofunding.year), col(Cofunding.participant_id)))),
        visibilities=actions.visibilities_in(dossier),
        lines=timeline(request.session, dossier, request.viewer),
        people=actions.names(request.session),
        participants=actions.participants(request.session),
        named=dict(actions.participants(request.session)),
        next_stages=[s for s in nexts if s not in stages.DECIDED and (s != S.PREPARING or application.go)],
        decisions=[(s.value, s.label) for s in nexts if s in stages.DECIDED],
        **CHOICES,
        mismatches=mismatches(request.session, request.viewer, request.now.instant, dossier),
        may_change=may_change(request.viewer, dossier),
        today=request.now.today,
    )


def move(request: RequestContext) -> Response:
    """Bring an application to its next stage."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(StageForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.to, form.seen, form.submitted_on
    refused = tried(request.session, request.form, lambda: stages.move(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def set_lead(request: RequestContext) -> Response:
    """Choose the penvoerder."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(LeadForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.lead, form.seen
    refused = tried(request.session, request.form, lambda: stages.set_lead(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def set_money(request: RequestContext) -> Response:
    """Keep the amounts."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(MoneyForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    money = stages.Money(form.requested, form.total_cost, form.chance, form.state_aid)
    given = money, form.seen
    refused = tried(request.session, request.form, lambda: stages.set_money(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def promise(request: RequestContext) -> Response:
    """Keep what a participant puts in."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(PromiseForm, request.form)
    if form is None or form.own_money is None:
        missing = {"own_money": "Vul een bedrag in, zoals 25.000."}
        return page(request, dossier, Typed(request.form, errors or missing, actions.REFUSED))
    aid = form.de_minimis or Decimal(0)
    given = form.participant_id, form.year, form.own_money, form.cover, aid
    refused = tried(request.session, request.form, lambda: stages.promise(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def add_partner(request: RequestContext) -> Response:
    """Add a partner."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(PartnerForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.partner_name, form.partner_role, form.party
    refused = tried(request.session, request.form, lambda: stages.add_partner(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def decide_go(request: RequestContext) -> Response:
    """Go or no-go."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(GoForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    answers = {check.value: str(request.form.get(check.value, "")) for check in Check}
    given = form.go, answers, form.reasons, form.go_text, form.seen
    refused = tried(request.session, request.form, lambda: stages.decide_go(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def decide(request: RequestContext) -> Response:
    """What the funder decided."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(DecisionForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.decided, form.decided_on, form.seen, form.granted, form.grant_number, form.lesson
    refused = tried(request.session, request.form, lambda: stages.decide(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def _back(request: RequestContext, dossier: Dossier, refused: Typed | None) -> Response:
    path = f"/aanvragen/{dossier.id}"
    return after(request, refused, path, lambda sent: page(request, dossier, sent))


class LessonForm(BaseModel):
    """What we learnt."""

    learnt: Text = ""
    seen: int


def learn(request: RequestContext) -> Response:
    """Keep what was learnt, at any moment."""
    dossier = dossier_of(request, DossierKind.APPLICATION)
    form, errors = filled(LessonForm, request.form)
    if form is None:
        return page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.learnt, form.seen
    refused = tried(request.session, request.form, lambda: stages.learn(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def guard(request: RequestContext) -> Response:
    """Own money and de-minimis by participant and year."""
    return _guard(request)


def _guard(request: RequestContext, sent: Typed = NOTHING) -> Response:
    return request.page(
        "applications/applications_guard.html",
        rows=cofunding.guard(request.session, request.viewer),
        ceiling=cofunding.DE_MINIMIS,
        year=request.now.today.year,
        typed=sent.typed,
        errors=sent.errors,
        status=sent.status,
        may_add=actions.may_add(request.viewer),
    )


class RoomForm(BaseModel):
    """What the own organisation has set aside in a year."""

    year: int
    room: Euros = None


def set_room(request: RequestContext) -> Response:
    """Keep what the own organisation has set aside."""
    form, errors = filled(RoomForm, request.form)
    if form is None or form.room is None:
        missing = {"room": "Vul een bedrag in, zoals 250.000."}
        return _guard(request, Typed(request.form, errors or missing, actions.REFUSED))
    year, room = form.year, form.room
    refused = tried(request.session, request.form, lambda: cofunding.set_room(request.deed, year, room))
    return after(request, refused, "/aanvragen/cofinanciering", lambda sent: _guard(request, sent))


def clock_part(session: Session, viewer: Viewer, dossier: Dossier, due: Deadline | None) -> dict[str, Any]:
    """What the page needs: every clock with its steps, whether it still fits, and whether one can be opened."""
    found = clocks_of(session, viewer, dossier)
    bodies = {body.id: body for body in session.exec(select(Body))}
    return {
        "clocks": [
            {
                "clock": clock,
                "deadline": deadline,
                "fits": way_of(clock) == way_for(session, dossier, clock.table_ids),
                "steps": [(row, milestone_name(row, bodies)) for row in milestones_of(session, clock) if _stands(row)],
            }
            for clock, deadline in found
        ],
        "may_open": due is not None and all(deadline.id != due.id for _, deadline in found),
    }


def _stands(row: Milestone) -> bool:
    return row.state != MilestoneState.DROPPED


def count_back(request: RequestContext) -> Response:
    """Open the clock for the next deadline, or count back again for the penvoerder and partners as they are now."""
    dossier = actions.dossier_of(request, DossierKind.APPLICATION)
    due = milestones.due_of(request.session, dossier, request.now.instant)
    refused = actions.tried(request.session, request.form, lambda: open_clock(request.deed, dossier, due))
    if refused:
        return page(request, dossier, refused)
    audit.record(request, "decision clock planned", f"application {dossier.id}")
    return request.to(f"/aanvragen/{dossier.id}#mijlpalen", "gepland")
