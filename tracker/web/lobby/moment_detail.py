"""One outside moment: when it is, the steps back from it, what its source says, and the dossiers that hook on to it."""

from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import DecisionClock, Dossier, Match
from db.region_served import region
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind, MomentKind
from tracker.applications.stages import MATCHING
from tracker.calendar.backward_schedule import BackwardPlan, NoPlan
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.decision_clock import DecisionRoute, plan_for, start_clock
from tracker.calendar.latest_go import tables_of
from tracker.calendar.targets import closings_of
from tracker.errors import Incomplete
from tracker.lobby import dossiers, moments
from tracker.lobby.log import dossier_for
from tracker.lobby.moment_sheet import MomentSheet, hooked_on, sheet_of
from tracker.lobby.yearly_moments import ref_of
from tracker.rights import may_change
from tracker.web.calls.detail import what_is_known
from tracker.web.frame.actions import PageOf, names
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState

# How one says that its day is the last one to be heard; any other kind can be influenced until and with its day.
WHEN = {
    MomentKind.CONSULTATION: "Reageren kan tot en met",
    MomentKind.HAVE_YOUR_SAY: "Reageren kan tot en met",
    MomentKind.COMMITTEE_DEBATE: "Debat op",
    MomentKind.EP_VOTE: "Stemming uiterlijk",
}
USUAL = "Te beïnvloeden tot en met"


class HookForm(BaseModel):
    """Which dossier hooks on."""

    dossier: int


def _find(request: RequestContext) -> MomentSheet:
    return sheet_of(request.session, request.viewer, ref_of(request.params["key"]))


def _page(request: RequestContext, sheet: MomentSheet, state: FormState) -> Response:
    session, viewer, today = request.session, request.viewer, request.now.today
    hooked = hooked_on(session, viewer, sheet.row, today)
    plan, refusal = _plan(request, sheet)
    plannable = bool(sheet.call and closings_of(session, sheet.call, today))
    return request.page(
        "lobby/moment_detail.html",
        state=state,
        moment=sheet.moment,
        paper=sheet.paper,
        when=WHEN.get(MomentKind(sheet.moment.kind), USUAL),
        hooked=hooked,
        others=_not_hooked(request, {h.dossier.id for h in hooked}),
        people=names(session),
        plan=plan,
        refusal=refusal,
        plannable=plannable,
        clock=_clock(request, sheet),
        call=sheet.call,
        **(what_is_known(request, sheet.call) if sheet.call else {}),
    )


def _plan(request: RequestContext, sheet: MomentSheet) -> tuple[BackwardPlan | None, str]:
    """The steps back from its day for my organisation, or why there are none."""
    day, lead = sheet.moment.ends_on, request.viewer.participant_id
    if sheet.paper or sheet.moment.ended or lead is None or (day and day < request.now.today):
        return None, ""
    if day is None:
        return None, "De dag is nog niet bekend: er valt nog niet terug te rekenen."
    data = body_calendar(request.session)
    try:
        return plan_for(data, day, _route(request, sheet, data), request.now.today), ""
    except NoPlan as error:
        return None, str(error)


def _route(request: RequestContext, sheet: MomentSheet, data: BodyCalendar) -> DecisionRoute:
    """Through the tables of the opgave its source's text matches; without a source, through the Bestuur."""
    tables = tables_of(request.session, sheet.call) if sheet.call else [region().board]
    passed = tuple(table for table in tables if table in data.bodies)
    return DecisionRoute(request.viewer.participant_id or "", tables=passed, reaction=True)


def _clock(request: RequestContext, sheet: MomentSheet) -> DecisionClock | None:
    """The steps that the own organisation keeps for it."""
    if sheet.row is None:
        return None
    kept = select(DecisionClock).where(
        DecisionClock.moment_id == sheet.row.id, DecisionClock.participant_id == request.viewer.participant_id
    )
    return request.session.exec(kept).first()


def _not_hooked(request: RequestContext, hooked: set[int]) -> list[tuple[int, str]]:
    """The running lobby dossiers the viewer may change that do not hook on to it yet."""
    rows = select(Dossier).where(
        visible(request.viewer, Dossier), Dossier.kind == DossierKind.LOBBY, col(Dossier.closed_at).is_(None)
    )
    running = request.session.exec(rows.order_by(col(Dossier.title), col(Dossier.id)))
    return [(d.id, d.title) for d in running if d.id not in hooked and may_change(request.viewer, d)]


page = PageOf(_find, _page, lambda sheet: sheet.moment.address)


@page.form(HookForm)
def hook(request: RequestContext, sheet: MomentSheet, form: HookForm) -> None:
    """Let a dossier hook on to this moment."""
    dossier = dossier_for(request.session, request.viewer, form.dossier, DossierKind.LOBBY)
    moments.hook(request.deed, dossier, sheet.moment.ref)


@page.button(done="gepland")
def keep_steps(request: RequestContext, sheet: MomentSheet) -> str:
    """Keep the steps back from a moment that no source dates as milestones of the own organisation."""
    moment = moments.moment_of(request.deed, sheet.moment.ref)
    route = _route(request, sheet, body_calendar(request.session))
    try:
        clock = start_clock(request.deed, moment, route, request.user.participant_id)
    except NoPlan as error:
        raise Incomplete(str(error)) from error
    request.record(Action.DECISION_CLOCK_PLANNED, f"clock {clock.id}")
    return f"/kalender/klok/{clock.id}"


@page.button()
def open_dossier(request: RequestContext, sheet: MomentSheet) -> str:
    """Open a dossier that hooks on to this moment, on the opgaven its source's text was matched to."""
    fields = dossiers.DossierFields(
        title=sheet.moment.title,
        level=sheet.moment.level,
        visibility=Visibility.OWN,
        lobbyist_id=request.user.id,
    )
    dossier = dossiers.open_dossier(request.deed, fields, challenges=_opgaven(request.session, sheet))
    moments.hook(request.deed, dossier, sheet.moment.ref)
    return f"/dossiers/{dossier.id}"


def _opgaven(session: Session, sheet: MomentSheet) -> list[Any]:
    if sheet.call is None:
        return []
    matched = select(Match.challenge_id).where(Match.call_id == sheet.call.id, Match.score >= MATCHING)
    return list(session.exec(matched.order_by(col(Match.score).desc()).limit(3)))
