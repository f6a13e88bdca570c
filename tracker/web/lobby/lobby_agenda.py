"""One click from a call or a white spot to a dossier or an application; and the lobby agenda of a year."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Application, Call, Challenge, Dossier, LobbyAgenda, LobbyAgendaItem, Match
from db.queries import Viewer
from db.rights import has_role, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import AgendaState, Level
from notifications.wording import local_day
from tracker.applications import stages
from tracker.lobby import dossiers
from tracker.rights import Deed
from tracker.web.frame import actions
from tracker.web.frame.actions import tried
from tracker.web.frame.context import Asked, NotThere
from tracker.web.frame.forms import filled


def _call(asked: Asked, session: Session) -> Call:
    call = session.get(Call, asked.params["call_id"])
    if call and call.joined_into:
        call = session.get(Call, call.joined_into)
    if call is None:
        raise NotThere
    return call


def start_application(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Start an application for a call; an own one that runs already is opened instead of doubled."""
    call = _call(asked, session)
    running = (
        select(Dossier.id)
        .join(Application)
        .where(
            Application.call_id == call.id,
            Dossier.participant_id == asked.user.participant_id,
            col(Dossier.closed_at).is_(None),
        )
    )
    known = session.exec(running).first()
    dossier_id = known or stages.start(Deed(session, asked.user, now), call).id
    return asked.to(f"/aanvragen/{dossier_id}", "" if known else "bewaard")


def open_for_call(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Open a lobby dossier on a call, on the opgaven it was matched to."""
    call = _call(asked, session)
    matched = select(Match.challenge_id).where(Match.call_id == call.id, Match.score >= stages.MATCHING)
    opgaven = list(session.exec(matched.order_by(col(Match.score).desc()).limit(3)))
    level = Level.EU if call.language == "en" else Level.NATIONAL
    fields = dossiers.DossierFields(title=call.title, level=level, visibility=Visibility.MRA, lobbyist_id=asked.user.id)
    dossier = dossiers.open_dossier(Deed(session, asked.user, now), fields, challenges=opgaven, calls=[call.id])
    return asked.to(f"/dossiers/{dossier.id}", "bewaard")


def open_for_white_spot(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Open a lobby dossier for an opgave that has no scheme."""
    challenge = session.get(Challenge, asked.params["challenge_id"])
    if challenge is None:
        raise NotThere
    fields = dossiers.DossierFields(
        title=f"Geen regeling voor {challenge.name or challenge.id}",
        goal="Een regeling of middelen voor deze opgave.",
        visibility=Visibility.MRA,
        lobbyist_id=asked.user.id,
    )
    dossier = dossiers.open_dossier(Deed(session, asked.user, now), fields, challenges=[challenge.id])
    return asked.to(f"/dossiers/{dossier.id}", "bewaard")


def agenda(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The lobby agenda of one year, with its dossiers and how far it is."""
    return _agenda(asked, viewer, session, now, {})


def _agenda(asked: Asked, viewer: Viewer, session: Session, now: datetime, errors: dict[str, str]) -> Response:
    year = asked.params["year"]
    if not 2000 <= year <= 2100:
        raise NotThere
    rows = select(Dossier, LobbyAgendaItem).where(
        LobbyAgendaItem.dossier_id == Dossier.id, LobbyAgendaItem.year == year, visible(viewer, Dossier)
    )
    found = session.get(LobbyAgenda, year)
    states = list(AgendaState)
    step = states.index(AgendaState(found.state)) + 1 if found else len(states)
    return asked.page(
        "lobby/lobby_agenda.html",
        status=actions.REFUSED if errors else 200,
        errors=errors,
        year=year,
        this_year=local_day(now).year,
        agenda=found,
        rows=list(session.exec(rows.order_by(col(Dossier.priority), col(Dossier.title)))),
        others=[(d.id, d.title) for d in _not_on(session, viewer, year)],
        next_state=states[step] if step < len(states) else None,
        may_set=has_role(viewer, Role.COORDINATOR),
        people=actions.names(session),
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


def put(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Put a dossier on the agenda of a year."""
    year = asked.params["year"]
    form, errors = filled(ItemForm, asked.form)
    if form is None:
        return _agenda(asked, viewer, session, now, errors)
    asked.params["dossier_id"] = form.dossier
    dossier = actions.dossier_of(session, viewer, asked)
    refused = tried(session, asked.form, lambda: dossiers.put_on_agenda(Deed(session, asked.user, now), dossier, year))
    if refused:
        return _agenda(asked, viewer, session, now, refused.errors)
    return asked.to(f"/lobbyagenda/{year}", "bewaard")


def set_state(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Mark the agenda as adopted or noted, today."""
    year = asked.params["year"]
    found = session.get(LobbyAgenda, year)
    if found is None:
        raise NotThere
    form, errors = filled(StateForm, asked.form)
    if form is None:
        return _agenda(asked, viewer, session, now, errors)
    step = form.state, local_day(now), form.seen
    refused = tried(
        session, asked.form, lambda: dossiers.set_agenda_state(Deed(session, asked.user, now), found, *step)
    )
    if refused:
        return _agenda(asked, viewer, session, now, refused.errors)
    return asked.to(f"/lobbyagenda/{year}", "bewaard")


def roll_over(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Take what is not finished along to the next year."""
    year = asked.params["year"]
    refused = tried(session, asked.form, lambda: dossiers.roll_over(Deed(session, asked.user, now), year))
    if refused:
        return _agenda(asked, viewer, session, now, refused.errors)
    return asked.to(f"/lobbyagenda/{year + 1}", "bewaard")
