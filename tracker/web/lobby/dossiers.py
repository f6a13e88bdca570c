"""Pages of dossiers: the list, one dossier with its timeline, opening and editing, stages, the year's lobby agenda."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Challenge, Dossier, DossierCall, DossierChallenge, Participant
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_lobby import DossierKind, Level, OutcomeResult, Priority, Result, Stage
from notifications.wording import local_day
from tracker.applications.mismatches import mismatches
from tracker.calls.publications import chain
from tracker.lobby import dossiers, moments, yearly_moments
from tracker.lobby.coalition import contradictions, members_on, stances
from tracker.lobby.contacts import contacts_of
from tracker.lobby.positions import designation, ledger, position_on
from tracker.lobby.timeline import timeline
from tracker.rights import may_change
from tracker.web.frame import actions, audit
from tracker.web.frame.actions import NOTHING, Euros, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.forms import filled

Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=300)]


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
    visibility: Visibility = Visibility.MRA
    challenges: list[str] = Field(default=[], max_length=10)
    joining: list[str] = Field(default=[], max_length=40)
    seen: int = 0

    def fields(self) -> dossiers.DossierFields:
        """As the dossier keeps them."""
        given = self.model_dump(exclude={"challenges", "joining", "seen", "ask"})
        return dossiers.DossierFields(**given, request=self.ask)


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
    visibility: Visibility = Visibility.OWN


class OutcomeForm(BaseModel):
    """What came of a request."""

    request: Text = ""
    outcome: OutcomeResult
    passage: Text = ""
    outcome_source: Line = ""
    outcome_day: date | None = None


def index(request: RequestContext) -> Response:
    """Every lobby dossier the viewer may see, those that run first."""
    rows = select(Dossier, Participant.name).where(
        visible(request.viewer, Dossier), Dossier.participant_id == Participant.id
    )
    rows = rows.where(Dossier.kind == DossierKind.LOBBY)
    found = list(request.session.exec(rows.order_by(col(Dossier.closed_at).is_not(None), col(Dossier.title))))
    order = list(Priority)
    found.sort(key=lambda row: (row[0].closed_at is not None, order.index(Priority(row[0].priority))))
    return request.page(
        "lobby/dossiers_index.html",
        rows=[
            (
                d,
                owner,
                _opgaven(request.session, d),
                _next_moment(request.session, d, request.viewer, request.now.instant),
            )
            for d, owner in found
        ],
        people=actions.names(request.session),
        year=request.now.today.year,
        may_add=actions.may_add(request.viewer),
        mismatches=mismatches(request.session, request.viewer, request.now.instant),
    )


def _opgaven(session: Session, dossier: Dossier) -> list[Challenge]:
    mine = select(Challenge).join(DossierChallenge).where(DossierChallenge.dossier_id == dossier.id)
    return list(session.exec(mine.order_by(col(Challenge.position))))


def _next_moment(session: Session, dossier: Dossier, viewer: Viewer, now: datetime) -> yearly_moments.Coming | None:
    mine, _ = moments.for_dossier(session, dossier, viewer, local_day(now))
    return mine[0] if mine else None


def show(request: RequestContext) -> Response:
    """One dossier."""
    dossier = dossier_of(request)
    if dossier.kind == DossierKind.APPLICATION:
        return request.to(f"/aanvragen/{dossier.id}")
    return _page(request, dossier)


def _page(request: RequestContext, dossier: Dossier, sent: Typed = NOTHING) -> Response:
    if dossier.kind == DossierKind.APPLICATION:
        from tracker.web.applications.applications import page

        return page(request, dossier, sent)
    today = request.now.today
    mine, maybe = moments.for_dossier(request.session, dossier, request.viewer, today)
    said = stances(request.session, dossier)
    position = position_on(request.session, dossier, today, request.viewer)
    calls = _calls(request.session, dossier)
    return request.page(
        "lobby/dossiers_show.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        owner=request.session.get_one(Participant, dossier.participant_id).name,
        opgaven=_opgaven(request.session, dossier),
        calls=calls,
        chains=[(call, links) for call in calls if (links := chain(request.session, call, request.viewer))],
        visibilities=actions.visibilities_in(dossier),
        lines=timeline(request.session, dossier, request.viewer),
        people=actions.names(request.session),
        next_stages=[s for s in Stage if s in dossiers.MOVES[Stage(dossier.stage)]],
        position=position,
        designation=designation(position, today) if position else "",
        drafts=len([p for p in ledger(request.session, dossier, request.viewer) if p.state == "draft"]),
        mine=mine,
        maybe=maybe,
        flags=contradictions(members_on(request.session, dossier, today), said, dossier.participant_id),
        mismatches=mismatches(request.session, request.viewer, request.now.instant, dossier),
        contacts=len(contacts_of(request.session, request.viewer, dossier)),
        may_change=may_change(request.viewer, dossier),
        may_add=actions.may_add(request.viewer),
        today=today,
    )


def _calls(session: Session, dossier: Dossier) -> list[Call]:
    linked = select(Call).join(DossierCall).where(DossierCall.dossier_id == dossier.id)
    return list(session.exec(linked.order_by(col(Call.id))))


def ask_new(request: RequestContext) -> Response:
    """The form of a new dossier."""
    return _form(request, None)


def _form(request: RequestContext, dossier: Dossier | None, sent: Typed = NOTHING) -> Response:
    named = select(Challenge).where(col(Challenge.name).is_not(None)).order_by(col(Challenge.position))
    return request.page(
        "lobby/dossiers_form.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        opgaven=[(c.id, f"{c.number or ''} {c.name}".strip()) for c in request.session.exec(named)],
        chosen=sent.typed.getlist("challenges"),
        colleagues=actions.colleagues(request.session, request.viewer),
        participants=actions.participants(request.session),
        joining=sent.typed.getlist("joining"),
        levels=choices(Level),
        priorities=choices(Priority),
        visibilities=actions.VISIBILITIES,
    )


def create(request: RequestContext) -> Response:
    """Open a dossier from the form."""
    form, errors = filled(DossierForm, request.form)
    if form is None:
        return _form(request, None, Typed(request.form, errors, actions.REFUSED))
    made: list[Dossier] = []
    given = form.fields()
    refused = tried(
        request.session,
        request.form,
        lambda: made.append(
            dossiers.open_dossier(request.deed, given, challenges=form.challenges, participants=form.joining)
        ),
    )
    if refused:
        return _form(request, None, refused)
    return request.to(f"/dossiers/{made[0].id}", "bewaard")


def ask_edit(request: RequestContext) -> Response:
    """The form of a dossier that is there."""
    dossier = dossier_of(request)
    if not may_change(request.viewer, dossier):
        raise NotThere
    return _form(request, dossier)


def edit(request: RequestContext) -> Response:
    """Keep what was changed, unless somebody else was first."""
    dossier = dossier_of(request)
    form, errors = filled(DossierForm, request.form)
    if form is None:
        return _form(request, dossier, Typed(request.form, errors, actions.REFUSED))
    before = dossier.visibility
    refused = tried(
        request.session, request.form, lambda: dossiers.edit(request.deed, dossier, form.fields(), form.seen)
    )
    if refused is None and dossier.visibility != before:
        audit.record(request, "visibility changed", f"dossier {dossier.id}", f"{before} to {dossier.visibility}")
    return after(request, refused, f"/dossiers/{dossier.id}", lambda sent: _form(request, dossier, sent))


def move(request: RequestContext) -> Response:
    """Bring a dossier to its next stage."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(StageForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    refused = tried(request.session, request.form, lambda: dossiers.move(request.deed, dossier, form.to, form.seen))
    return _back(request, dossier, refused)


def close(request: RequestContext) -> Response:
    """Close a dossier with its result."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(ResultForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    result = form.result, form.seen, form.result_text, form.result_amount
    refused = tried(request.session, request.form, lambda: dossiers.close(request.deed, dossier, *result))
    return _back(request, dossier, refused)


def note(request: RequestContext) -> Response:
    """Add a line to the timeline."""
    dossier = dossier_of(request)
    form, errors = filled(NoteForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.text, form.visibility
    refused = tried(request.session, request.form, lambda: dossiers.note(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def hook(request: RequestContext) -> Response:
    """Let the dossier hook on to a moment."""
    dossier = dossier_of(request)
    ref = str(request.form.get("moment", ""))
    refused = tried(request.session, request.form, lambda: moments.hook(request.deed, dossier, ref))
    return _back(request, dossier, refused)


def record_outcome(request: RequestContext) -> Response:
    """Mark what came of a request."""
    dossier = dossier_of(request)
    form, errors = filled(OutcomeForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    day = form.outcome_day or request.now.today
    given = form.request, form.outcome, day, form.passage, form.outcome_source
    refused = tried(request.session, request.form, lambda: moments.record_outcome(request.deed, dossier, *given))
    return _back(request, dossier, refused)


def see_calls(request: RequestContext) -> Response:
    """The person looked at what changed in the linked calls."""
    dossier = dossier_of(request)
    refused = tried(request.session, request.form, lambda: dossiers.see_calls_as_they_are(request.deed, dossier))
    return _back(request, dossier, refused)


def _back(request: RequestContext, dossier: Dossier, refused: Typed | None) -> Response:
    path = f"/dossiers/{dossier.id}" if dossier.kind == DossierKind.LOBBY else f"/aanvragen/{dossier.id}"
    return after(request, refused, path, lambda sent: _page(request, dossier, sent))
