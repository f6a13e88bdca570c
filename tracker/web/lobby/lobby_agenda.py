"""One click from a call or a white spot to a dossier or an application; and the lobby agenda of a year."""

from collections.abc import Callable
from datetime import date

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Application, Call, Challenge, Dossier, LobbyAgenda, LobbyAgendaItem, Match, Resolution
from db.queries import Viewer, live_call
from db.rights import has_role
from db.vocabulary import Nature, Role, Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import AgendaState, Level, ResolutionKind
from tracker.applications import stages
from tracker.errors import NotFound
from tracker.exchange import agenda_files
from tracker.lobby import dossiers, resolutions
from tracker.lobby.agenda_document import AgendaDocument, document_of
from tracker.lobby.log import dossier_for
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, Text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _call(request: RequestContext) -> Call:
    """The call of the address; nobody applies to a moment, and its dossier is opened on its own page."""
    call = live_call(request.session, request.params["call_id"])
    if call is None or call.nature == Nature.MOMENT:
        raise NotFound
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
    running_id = request.session.exec(running).first()
    dossier_id = running_id or stages.start(request.deed, call).id
    return request.to(f"/aanvragen/{dossier_id}", "" if running_id else "bewaard")


def open_for_call(request: RequestContext) -> Response:
    """Open a lobby dossier on a call, on the opgaven it was matched to."""
    call = _call(request)
    matched = select(Match.challenge_id).where(Match.call_id == call.id, Match.score >= stages.MATCHING)
    opgaven = list(request.session.exec(matched.order_by(col(Match.score).desc()).limit(3)))
    level = Level.EU if call.language == "en" else Level.NATIONAL
    fields = dossiers.DossierFields(title=call.title, level=level, lobbyist_id=request.user.id)
    dossier = dossiers.open_dossier(request.deed, fields, challenges=opgaven, calls=[call.id])
    return request.to(f"/dossiers/{dossier.id}", "bewaard")


def open_for_white_spot(request: RequestContext) -> Response:
    """Open a lobby dossier for an opgave that has no scheme."""
    challenge = request.named(Challenge, "challenge_id")
    fields = dossiers.DossierFields(
        title=f"Geen regeling voor {challenge.name or challenge.id}",
        goal="Een regeling of middelen voor deze opgave.",
        lobbyist_id=request.user.id,
    )
    dossier = dossiers.open_dossier(request.deed, fields, challenges=[challenge.id])
    return request.to(f"/dossiers/{dossier.id}", "bewaard")


def _year(request: RequestContext) -> int:
    year: int = request.params["year"]
    if not 2000 <= year <= 2100:
        raise NotFound
    return year


def _agenda(request: RequestContext, year: int, state: FormState) -> Response:
    document = document_of(request.session, year, request.now.today)
    year_agenda = request.session.get(LobbyAgenda, year)
    settled = year_agenda is not None and year_agenda.state != AgendaState.DRAFT
    states = list(AgendaState)
    steps = resolutions.history_of(request.session, agenda_year=year)
    deciding = has_role(request.viewer, Role.COORDINATOR)
    step = states.index(AgendaState(year_agenda.state)) + 1 if year_agenda else len(states)
    return request.page(
        "lobby/lobby_agenda.html",
        state=state,
        year=year,
        agenda=year_agenda,
        document=document,
        rows=document.lines,
        differences=agenda_files.differences(document),
        others=[] if settled else [(d.id, d.title) for d in _not_on(request.session, request.viewer, year)],
        next_state=states[step] if step < len(states) else None,
        history=[step for step in steps if deciding or (step.settled_at and step.dropped_by is None)],
        waiting=resolutions.open_of(request.session, agenda_year=year) if deciding else None,
        people=actions.names(request.session),
    )


def _not_on(session: Session, viewer: Viewer, year: int) -> list[Dossier]:
    on_it = select(LobbyAgendaItem.dossier_id).where(LobbyAgendaItem.year == year)
    """What the viewer's own organisation could put on it: dossiers that the whole region sees."""
    rows = select(Dossier).where(
        Dossier.participant_id == viewer.participant_id,
        col(Dossier.visibility).in_([Visibility.REGION, Visibility.PUBLIC]),
        Dossier.kind == "lobby",
        col(Dossier.closed_at).is_(None),
        col(Dossier.id).not_in(on_it),
    )
    return list(session.exec(rows.order_by(col(Dossier.title))))


class ItemForm(BaseModel):
    """Which dossier comes on the agenda."""

    dossier: int


class DecisionForm(BaseModel):
    """What a body decided on the agenda, and the version the person had in front of them."""

    decision: Line = ""
    decided_on: date | None = None
    reason: Text = ""
    seen: int

    def given(self, today: date) -> resolutions.AgendaDecision:
        """As the agenda takes it."""
        return resolutions.AgendaDecision(self.decision, self.decided_on or today, self.reason)


class StateForm(DecisionForm):
    """The next state."""

    state: AgendaState


class ChangeForm(DecisionForm):
    """What is wrong with the newest decision, or that it was taken back."""

    what: ResolutionKind = ResolutionKind.CORRECTION


def as_pdf(request: RequestContext) -> Response:
    """The agenda to decide on, as a file that a screen reader reads."""
    return _file(request, agenda_files.as_pdf, "pdf", "application/pdf")


def as_word(request: RequestContext) -> Response:
    """The same, to work on."""
    return _file(request, agenda_files.as_docx, "docx", WORD)


def _file(
    request: RequestContext, written: Callable[[AgendaDocument, date], bytes], ending: str, media: str
) -> Response:
    document = document_of(request.session, _year(request), request.now.today)
    if not document.lines:
        raise NotFound
    return request.download(f"lobbyagenda-{document.year}.{ending}", written(document, request.now.today), media)


agenda = PageOf(_year, _agenda, lambda year: f"/lobbyagenda/{year}")


@agenda.form(ItemForm)
def put(request: RequestContext, year: int, form: ItemForm) -> None:
    dossiers.put_on_agenda(request.deed, dossier_for(request.session, request.viewer, form.dossier), year)


@agenda.form(ItemForm)
def take_off(request: RequestContext, year: int, form: ItemForm) -> None:
    """Take a dossier off an agenda that is not adopted yet."""
    dossiers.take_off_agenda(request.deed, dossier_for(request.session, request.viewer, form.dossier), year)


@agenda.form(StateForm)
def set_state(request: RequestContext, year: int, form: StateForm) -> None:
    """Propose that the agenda was adopted or noted; a second person confirms it."""
    given = form.given(request.now.today)
    resolutions.decide_agenda(request.deed, _of_year(request, year), form.state, given, form.seen)
    request.record(Action.PROPOSE, f"lobby agenda {year}", form.state)


@agenda.form(ChangeForm)
def change(request: RequestContext, year: int, form: ChangeForm) -> None:
    """Propose to put the newest decision right, or that it was taken back."""
    year_agenda, given = _of_year(request, year), form.given(request.now.today)
    if form.what == ResolutionKind.WITHDRAWAL:
        resolutions.withdraw_agenda(request.deed, year_agenda, given, form.seen)
    else:
        resolutions.correct_agenda(request.deed, year_agenda, given, form.seen)
    request.record(Action.PROPOSE, f"lobby agenda {year}", form.what)


@agenda.button()
def confirm(request: RequestContext, year: int) -> None:
    """As a second person: it is so."""
    resolutions.confirm(request.deed, _resolution(request, year))
    request.record(Action.CONFIRM, f"lobby agenda {year}")


@agenda.button()
def drop(request: RequestContext, year: int) -> None:
    """It is not so, or not yet."""
    resolutions.drop(request.deed, _resolution(request, year))
    request.record(Action.DROP, f"lobby agenda {year}")


def _of_year(request: RequestContext, year: int) -> LobbyAgenda:
    year_agenda = request.session.get(LobbyAgenda, year)
    if year_agenda is None:
        raise NotFound
    return year_agenda


def _resolution(request: RequestContext, year: int) -> Resolution:
    resolution = request.named(Resolution, "resolution_id")
    if resolution.agenda_year != year:
        raise NotFound
    return resolution


@agenda.button()
def roll_over(request: RequestContext, year: int) -> str:
    """Take what is not finished along to the next year."""
    dossiers.roll_over(request.deed, year)
    return f"/lobbyagenda/{year + 1}"
