"""One click from a call or a white spot to a dossier or an application; and the lobby agenda of a year."""

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Application, Call, Challenge, Dossier, LobbyAgenda, LobbyAgendaItem, Match
from db.queries import Viewer
from db.rights import has_role, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import AgendaState, Level
from tracker.applications import stages
from tracker.lobby import dossiers
from tracker.web.frame import actions
from tracker.web.frame.actions import tried
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.forms import filled


def _call(request: RequestContext) -> Call:
    call = request.session.get(Call, request.params["call_id"])
    if call and call.joined_into:
        call = request.session.get(Call, call.joined_into)
    if call is None:
        raise NotThere
    return call


def start_application(request: RequestContext) -> Response:
    """Start an application for a call; an own one that runs already is opened instead of doubled."""
    call = _call(request)
    running = (
        select(Dossier.id)
        .join(Application)
        .where(
            Application.call_id == call.id,
            Dossier.participant_id == request.user.participant_id,
            col(Dossier.closed_at).is_(None),
        )
    )
    known = request.session.exec(running).first()
    dossier_id = known or stages.start(request.deed, call).id
    return request.to(f"/aanvragen/{dossier_id}", "" if known else "bewaard")


def open_for_call(request: RequestContext) -> Response:
    """Open a lobby dossier on a call, on the opgaven it was matched to."""
    call = _call(request)
    matched = select(Match.challenge_id).where(Match.call_id == call.id, Match.score >= stages.MATCHING)
    opgaven = list(request.session.exec(matched.order_by(col(Match.score).desc()).limit(3)))
    level = Level.EU if call.language == "en" else Level.NATIONAL
    fields = dossiers.DossierFields(
        title=call.title, level=level, visibility=Visibility.MRA, lobbyist_id=request.user.id
    )
    dossier = dossiers.open_dossier(request.deed, fields, challenges=opgaven, calls=[call.id])
    return request.to(f"/dossiers/{dossier.id}", "bewaard")


def open_for_white_spot(request: RequestContext) -> Response:
    """Open a lobby dossier for an opgave that has no scheme."""
    challenge = request.session.get(Challenge, request.params["challenge_id"])
    if challenge is None:
        raise NotThere
    fields = dossiers.DossierFields(
        title=f"Geen regeling voor {challenge.name or challenge.id}",
        goal="Een regeling of middelen voor deze opgave.",
        visibility=Visibility.MRA,
        lobbyist_id=request.user.id,
    )
    dossier = dossiers.open_dossier(request.deed, fields, challenges=[challenge.id])
    return request.to(f"/dossiers/{dossier.id}", "bewaard")


def agenda(request: RequestContext) -> Response:
    """The lobby agenda of one year, with its dossiers and how far it is."""
    return _agenda(request, {})


def _agenda(request: RequestContext, errors: dict[str, str]) -> Response:
    year = request.params["year"]
    if not 2000 <= year <= 2100:
        raise NotThere
    rows = select(Dossier, LobbyAgendaItem).where(
        LobbyAgendaItem.dossier_id == Dossier.id, LobbyAgendaItem.year == year, visible(request.viewer, Dossier)
    )
    found = request.session.get(LobbyAgenda, year)
    states = list(AgendaState)
    step = states.index(AgendaState(found.state)) + 1 if found else len(states)
    return request.page(
        "lobby/lobby_agenda.html",
        status=actions.REFUSED if errors else 200,
        errors=errors,
        year=year,
        this_year=request.now.today.year,
        agenda=found,
        rows=list(request.session.exec(rows.order_by(col(Dossier.priority), col(Dossier.title)))),
        others=[(d.id, d.title) for d in _not_on(request.session, request.viewer, year)],
        next_state=states[step] if step < len(states) else None,
        may_set=has_role(request.viewer, Role.COORDINATOR),
        people=actions.names(request.session),
    )


def _not_on(session: Session, viewer: Viewer, year: int) -> list[Dossier]:
    on_it = select(LobbyAgendaItem.dossier_id).where(LobbyAgendaItem.year == year)
    rows = select(Dossier).where(
        visible(viewer, Dossier),
        Dossier.kind == "lobby",
        col(Dossier.closed_at).is_(None),
        col(Dossier.id).not_in(on_it),
    )
    return list(session.exec(rows.order_by(col(Dossier.title))))


class ItemForm(BaseModel):
    """Which dossier comes on the agenda."""

    dossier: int


class StateForm(BaseModel):
    """The next state, and the version the person had in front of them."""

    state: AgendaState
    seen: int


def put(request: RequestContext) -> Response:
    """Put a dossier on the agenda of a year."""
    year = request.params["year"]
    form, errors = filled(ItemForm, request.form)
    if form is None:
        return _agenda(request, errors)
    request.params["dossier_id"] = form.dossier
    dossier = actions.dossier_of(request)
    refused = tried(request.session, request.form, lambda: dossiers.put_on_agenda(request.deed, dossier, year))
    if refused:
        return _agenda(request, refused.errors)
    return request.to(f"/lobbyagenda/{year}", "bewaard")


def set_state(request: RequestContext) -> Response:
    """Mark the agenda as adopted or noted, today."""
    year = request.params["year"]
    found = request.session.get(LobbyAgenda, year)
    if found is None:
        raise NotThere
    form, errors = filled(StateForm, request.form)
    if form is None:
        return _agenda(request, errors)
    step = form.state, request.now.today, form.seen
    refused = tried(request.session, request.form, lambda: dossiers.set_agenda_state(request.deed, found, *step))
    if refused:
        return _agenda(request, refused.errors)
    return request.to(f"/lobbyagenda/{year}", "bewaard")


def roll_over(request: RequestContext) -> Response:
    """Take what is not finished along to the next year."""
    year = request.params["year"]
    refused = tried(request.session, request.form, lambda: dossiers.roll_over(request.deed, year))
    if refused:
        return _agenda(request, refused.errors)
    return request.to(f"/lobbyagenda/{year + 1}", "bewaard")
