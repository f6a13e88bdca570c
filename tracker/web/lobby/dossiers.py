"""Pages of dossiers: the list, one dossier with its timeline, opening and editing, stages, the year's lobby agenda."""

from datetime import date

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Challenge, Dossier, DossierCall, Participant, PublicationLink, User
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind, Level, OutcomeResult, Priority, Result, Stage
from tracker.applications.mismatches import mismatches
from tracker.calls.publications import chain
from tracker.documents.documents import documents_of
from tracker.errors import NotFound
from tracker.knowledge.links import linked_to
from tracker.lobby import audience, dossier_ends, dossier_list, dossiers, moments, watch
from tracker.lobby.asks import asks
from tracker.lobby.coalition import contradictions_in
from tracker.lobby.contact_list import contacts_of
from tracker.lobby.history import history_in
from tracker.lobby.moment_days import is_paper, moved_from
from tracker.lobby.moments import of_call
from tracker.lobby.position_book import opgaven_of
from tracker.lobby.positions import designation, ledger, position_on
from tracker.lobby.timeline import timeline
from tracker.lobby.yearly_moments import UpcomingMoment
from tracker.people.mergers import handed_over_to
from tracker.people.participants import colleagues
from tracker.rights import may_change
from tracker.web.applications.applications import application
from tracker.web.frame import actions
from tracker.web.frame.actions import Euros, PageOf, dossier_of, lobby_dossier, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, Line, Sharing, Text
from tracker.web.frame.lists import ListQuery


class DossierForm(BaseModel):
    """What the form of a dossier asks."""

    title: Line = ""
    goal: Text = ""
    message_nl: Text = ""
    message_en: Text = ""
    ask: Text = ""
    requested_amount: Euros = None
    level: Level = Level.NATIONAL
    political_lead: Line = ""
    official_id: int | None = None
    lobbyist_id: int | None = None
    priority: Priority = Priority.MIDDLE
    visibility: Sharing = Visibility.OWN
    group_parties: bool = False
    group_lobbyists: bool = False
    readers: Text = ""
    challenges: list[str] = Field(default=[], max_length=10)
    joining: list[str] = Field(default=[], max_length=40)
    seen: int = 0

    def fields(self) -> dossiers.DossierFields:
        """As the dossier keeps them."""
        fields = self.model_dump(exclude={"challenges", "joining", "seen", "ask", "readers"})
        return dossiers.DossierFields(**fields, request=self.ask)


class DossiersQuery(ListQuery):
    """What the list is narrowed to."""

    PATH = "/dossiers"

    text: Line = ""
    stage: Stage | None = None
    person: int | None = None
    owner: Line = ""
    after: date | None = None
    before: date | None = None
    parked: bool = False

    def wanted(self) -> dossier_list.DossierFilter:
        """The filter alone."""
        return dossier_list.DossierFilter(**self.filter())


DOSSIER_COLUMNS = (
    *("dossier", "fase", "prioriteit", "niveau", "opgaven", "lobbydoel", "gevraagd besluit", "gevraagd bedrag"),
    *("bestuurlijk trekker", "ambtelijk trekker", "lobbyist", "van", "resultaat", "zichtbaar voor"),
)


class StageForm(BaseModel):
    """The next stage, and the version the person had in front of them."""

    to: Stage
    seen: int


class ResultForm(BaseModel):
    """What a closed dossier brought."""

    result: Result
    result_text: Text = ""
    result_amount: Euros = None
    seen: int


class NoteForm(BaseModel):
    """A line on the timeline."""

    text: Text = ""
    visibility: Sharing = Visibility.OWN


class OutcomeForm(BaseModel):
    """What came of a request."""

    asked_of: Line = ""
    request: Text = ""
    outcome: OutcomeResult
    passage: Text = ""
    outcome_source: Line = ""
    outcome_day: date | None = None


def index(request: RequestContext) -> Response:
    """The lobby dossiers that the viewer may see and the filter means, those that run first."""
    query = request.read_query(DossiersQuery)
    listed = dossier_list.dossiers_in(request.session, request.viewer, query.wanted(), request.now.today, query.page)
    ids = [row.dossier.id for row in listed.rows]
    opgaven = opgaven_of(request.session, ids)
    coming = moments.next_moments(request.session, request.viewer, ids, request.now.today)
    return request.page(
        "lobby/dossiers_index.html",
        query=query,
        listed=listed,
        rows=[
            (row.dossier, row.owner, opgaven.get(row.dossier.id, []), coming.get(row.dossier.id)) for row in listed.rows
        ],
        people=actions.names(request.session),
        carriers=dossier_list.carriers(request.session, request.viewer),
        owners=dossier_list.owners(request.session, request.viewer),
        year=request.now.today.year,
        mismatches=mismatches(request.session, request.viewer, request.now.instant),
        taken_over=[p for p in handed_over_to(request.session, request.viewer.participant_id or "") if p.handed_over],
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    query = request.read_query(DossiersQuery)
    listed = dossier_list.dossiers_in(request.session, request.viewer, query.wanted(), request.now.today, None)
    names = actions.names(request.session)
    opgaven = opgaven_of(request.session, [row.dossier.id for row in listed.rows])
    cells = [_cells(row, opgaven.get(row.dossier.id, []), names) for row in listed.rows]
    return request.file("dossiers", DOSSIER_COLUMNS, cells)


def _cells(row: dossier_list.DossierRow, opgaven: list[Challenge], names: dict[int, str]) -> list[object]:
    dossier = row.dossier
    return [
        dossier.title,
        Stage(dossier.stage).label,
        Priority(dossier.priority).label,
        Level(dossier.level).label,
        "; ".join(o.name or o.id for o in opgaven),
        dossier.goal,
        dossier.request,
        dossier.requested_amount,
        dossier.political_lead,
        names.get(dossier.official_id or 0, ""),
        names.get(dossier.lobbyist_id or 0, ""),
        row.owner,
        Result(dossier.result).label if dossier.result else "",
        Visibility(dossier.visibility).label,
    ]


def show(request: RequestContext) -> Response:
    dossier = dossier_of(request)
    if dossier.kind == DossierKind.APPLICATION:
        return request.to(f"/aanvragen/{dossier.id}")
    if dossier.id != request.params["dossier_id"]:  # it was merged
        return request.to(f"/dossiers/{dossier.id}")
    return _page(request, dossier, EMPTY_FORM)


def _page(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    session, viewer, today = request.session, request.viewer, request.now.today
    if dossier.kind == DossierKind.APPLICATION:
        return application.show(request, dossier, state)
    hooked, suggested = moments.for_dossier(session, dossier, viewer, today)
    position = position_on(session, dossier, today, viewer)
    calls = _calls(session, dossier)
    changeable = may_change(viewer, dossier)
    return request.page(
        "lobby/dossiers_show.html",
        left=dossier_ends.contents(session, dossier) if changeable else [],
        others=[(d.id, d.title) for d in dossier_ends.mergeable(session, viewer, dossier)] if changeable else [],
        state=state,
        dossier=dossier,
        owner=session.get_one(Participant, dossier.participant_id).name,
        opgaven=opgaven_of(session, [dossier.id]).get(dossier.id, []),
        calls=calls,
        chains=[(call, links) for call in calls if (links := chain(session, call, viewer))],
        audiences=audience.audiences(session, request.viewer, dossier),
        lines=timeline(session, dossier, viewer),
        people=actions.names(session),
        next_stages=[s for s in Stage if s in dossiers.MOVES[Stage(dossier.stage)]],
        position=position,
        designation=designation(position, today) if position else "",
        drafts=len([p for p in ledger(session, dossier, viewer) if p.state == "draft"]),
        mine=hooked,
        maybe=suggested,
        flags=contradictions_in(session, dossier, viewer, today),
        mismatches=mismatches(session, viewer, request.now.instant, dossier),
        asks=asks(session, viewer, [dossier.id]),
        contacts=len(contacts_of(session, viewer, dossier)),
        may_change=changeable,
        outcomes=[(outcome, may_change(viewer, outcome)) for outcome in moments.outcomes_of(session, viewer, dossier)],
        publications=linked_to(session, viewer, PublicationLink.dossier_id == dossier.id),
        history=history_in(session, viewer, dossier),
        follows=watch.follows(session, viewer.user_id, dossier),
        outside=_outside(session, dossier),
        documents=documents_of(session, viewer, dossier),
    )


def _outside(session: Session, dossier: Dossier) -> list[tuple[Call, UpcomingMoment, bool]]:
    """What sources tell on its subject, as moments, and whether each is a paper that is out."""
    found = watch.found_outside(session, dossier)
    was = moved_from(session, found)
    return [(call, of_call(call, was.get(call.id)), is_paper(call)) for call in found]


def _calls(session: Session, dossier: Dossier) -> list[Call]:
    linked = select(Call).join(DossierCall).where(DossierCall.dossier_id == dossier.id)
    return list(session.exec(linked.order_by(col(Call.id))))


def _form(request: RequestContext, dossier: Dossier | None, state: FormState) -> Response:
    named = actions.named_challenges(request.session)
    return request.page(
        "lobby/dossiers_form.html",
        state=state,
        dossier=dossier,
        opgaven=[(c.id, f"{c.number or ''} {c.name} ({agenda.name})".strip()) for c, agenda in named],
        chosen=state.typed.getlist("challenges"),
        colleagues=_carriers(request, dossier),
        participants=actions.participants(request.session, request.now.today),
        joining=state.typed.getlist("joining"),
        audiences=audience.audiences_of_dossier(request.session, request.user.participant_id, dossier),
        readers=[u.email for u in audience.named_readers(request.session, dossier)] if dossier else [],
    )


def _carriers(request: RequestContext, dossier: Dossier | None) -> list[tuple[int, str]]:
    """The colleagues, and who carries the dossier today: saving it takes it from nobody."""
    choices = {c.id: c.name for c in colleagues(request.session, request.user.participant_id)}
    for user_id in filter(None, (dossier.official_id, dossier.lobbyist_id) if dossier else ()):
        choices.setdefault(user_id, request.session.get_one(User, user_id).name)
    return list(choices.items())


new = PageOf(no_subject, _form, lambda _: "/dossiers")


@new.form(DossierForm)
def create(request: RequestContext, _: None, form: DossierForm) -> str:
    """Open a dossier from the form."""
    opened = dossiers.open_dossier(request.deed, form.fields(), challenges=form.challenges, participants=form.joining)
    audience.name_readers(request.deed, opened, form.readers)
    return f"/dossiers/{opened.id}"


def ask_edit(request: RequestContext) -> Response:
    """The form of a dossier that is there."""
    dossier = dossier_of(request)
    if not may_change(request.viewer, dossier):
        raise NotFound
    return _form(request, dossier, EMPTY_FORM)


@PageOf(dossier_of, _form, lambda dossier: f"/dossiers/{dossier.id}").form(DossierForm)
def edit(request: RequestContext, dossier: Dossier, form: DossierForm) -> None:
    """Keep what was changed, unless somebody else was first."""
    before = dossier.visibility
    dossiers.edit(request.deed, dossier, form.fields(), form.seen)
    audience.name_readers(request.deed, dossier, form.readers)
    if dossier.visibility != before:
        request.record(Action.VISIBILITY_CHANGED, f"dossier {dossier.id}", f"{before} to {dossier.visibility}")


def _address(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.id}" if dossier.kind == DossierKind.LOBBY else f"/aanvragen/{dossier.id}"


lobby_page = PageOf(lobby_dossier, _page, _address)
page = PageOf(dossier_of, _page, _address)  # a dossier of either kind


@lobby_page.form(StageForm)
def move(request: RequestContext, dossier: Dossier, form: StageForm) -> None:
    """Bring a dossier to its next stage."""
    dossiers.move(request.deed, dossier, form.to, form.seen)


@lobby_page.form(ResultForm)
def close(request: RequestContext, dossier: Dossier, form: ResultForm) -> None:
    dossiers.close(request.deed, dossier, form.result, form.seen, form.result_text, form.result_amount)


@page.form(NoteForm)
def note(request: RequestContext, dossier: Dossier, form: NoteForm) -> None:
    """Add a line to the timeline."""
    dossiers.note(request.deed, dossier, form.text, form.visibility)


@page.button()
def hook(request: RequestContext, dossier: Dossier) -> None:
    """Let the dossier hook on to a moment."""
    moments.hook(request.deed, dossier, str(request.form.get("moment", "")))


@page.form(OutcomeForm)
def record_outcome(request: RequestContext, dossier: Dossier, form: OutcomeForm) -> None:
    """Mark what came of a request."""
    day = form.outcome_day or request.now.today
    said = (form.passage, form.outcome_source)
    moments.record_outcome(request.deed, dossier, form.request, form.outcome, day, *said, asked_of=form.asked_of)


@page.button()
def see_calls(request: RequestContext, dossier: Dossier) -> None:
    """The person looked at what changed in the linked calls."""
    dossiers.see_calls_as_they_are(request.deed, dossier)
