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
from tracker.rights import Deed, may_change
from tracker.web.frame import actions, audit
from tracker.web.frame.actions import NOTHING, Euros, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import Asked, NotThere
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


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Every lobby dossier the viewer may see, those that run first."""
    rows = select(Dossier, Participant.name).where(visible(viewer, Dossier), Dossier.participant_id == Participant.id)
    rows = rows.where(Dossier.kind == DossierKind.LOBBY)
    found = list(session.exec(rows.order_by(col(Dossier.closed_at).is_not(None), col(Dossier.title))))
    order = list(Priority)
    found.sort(key=lambda row: (row[0].closed_at is not None, order.index(Priority(row[0].priority))))
    return asked.page(
        "lobby/dossiers_index.html",
        rows=[(d, owner, _opgaven(session, d), _next_moment(session, d, viewer, now)) for d, owner in found],
        people=actions.names(session),
        year=local_day(now).year,
        may_add=actions.may_add(viewer),
        mismatches=mismatches(session, viewer, now),
    )


def _opgaven(session: Session, dossier: Dossier) -> list[Challenge]:
    mine = select(Challenge).join(DossierChallenge).where(DossierChallenge.dossier_id == dossier.id)
    return list(session.exec(mine.order_by(col(Challenge.position))))


def _next_moment(session: Session, dossier: Dossier, viewer: Viewer, now: datetime) -> yearly_moments.Coming | None:
    mine, _ = moments.for_dossier(session, dossier, viewer, local_day(now))
    return mine[0] if mine else None


def show(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """One dossier."""
    dossier = dossier_of(session, viewer, asked)
    if dossier.kind == DossierKind.APPLICATION:
        return asked.to(f"/aanvragen/{dossier.id}")
    return _page(asked, viewer, session, now, dossier)


def _page(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, dossier: Dossier, sent: Typed = NOTHING
) -> Response:
    if dossier.kind == DossierKind.APPLICATION:
        from tracker.web.applications.applications import page

        return page(asked, viewer, session, now, dossier, sent)
    today = local_day(now)
    mine, maybe = moments.for_dossier(session, dossier, viewer, today)
    said = stances(session, dossier)
    position = position_on(session, dossier, today, viewer)
    calls = _calls(session, dossier)
    return asked.page(
        "lobby/dossiers_show.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        owner=session.get_one(Participant, dossier.participant_id).name,
        opgaven=_opgaven(session, dossier),
        calls=calls,
        chains=[(call, links) for call in calls if (links := chain(session, call, viewer))],
        visibilities=actions.visibilities_in(dossier),
        lines=timeline(session, dossier, viewer),
        people=actions.names(session),
        next_stages=[s for s in Stage if s in dossiers.MOVES[Stage(dossier.stage)]],
        position=position,
        designation=designation(position, today) if position else "",
        drafts=len([p for p in ledger(session, dossier, viewer) if p.state == "draft"]),
        mine=mine,
        maybe=maybe,
        flags=contradictions(members_on(session, dossier, today), said, dossier.participant_id),
        mismatches=mismatches(session, viewer, now, dossier),
        contacts=len(contacts_of(session, viewer, dossier)),
        may_change=may_change(viewer, dossier),
        may_add=actions.may_add(viewer),
        today=today,
    )


def _calls(session: Session, dossier: Dossier) -> list[Call]:
    linked = select(Call).join(DossierCall).where(DossierCall.dossier_id == dossier.id)
    return list(session.exec(linked.order_by(col(Call.id))))


def ask_new(asked: Asked, viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The form of a new dossier."""
    return _form(asked, viewer, session, None)


def _form(asked: Asked, viewer: Viewer, session: Session, dossier: Dossier | None, sent: Typed = NOTHING) -> Response:
    named = select(Challenge).where(col(Challenge.name).is_not(None)).order_by(col(Challenge.position))
    return asked.page(
        "lobby/dossiers_form.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        opgaven=[(c.id, f"{c.number or ''} {c.name}".strip()) for c in session.exec(named)],
        chosen=sent.typed.getlist("challenges"),
        colleagues=actions.colleagues(session, viewer),
        participants=actions.participants(session),
        joining=sent.typed.getlist("joining"),
        levels=choices(Level),
        priorities=choices(Priority),
        visibilities=actions.VISIBILITIES,
    )


def create(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Open a dossier from the form."""
    form, errors = filled(DossierForm, asked.form)
    if form is None:
        return _form(asked, viewer, session, None, Typed(asked.form, errors, actions.REFUSED))
    made: list[Dossier] = []
    given = form.fields()
    refused = tried(
        session,
        asked.form,
        lambda: made.append(
            dossiers.open_dossier(
                Deed(session, asked.user, now), given, challenges=form.challenges, participants=form.joining
            )
        ),
    )
    if refused:
        return _form(asked, viewer, session, None, refused)
    return asked.to(f"/dossiers/{made[0].id}", "bewaard")


def ask_edit(asked: Asked, viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The form of a dossier that is there."""
    dossier = dossier_of(session, viewer, asked)
    if not may_change(viewer, dossier):
        raise NotThere
    return _form(asked, viewer, session, dossier)


def edit(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep what was changed, unless somebody else was first."""
    dossier = dossier_of(session, viewer, asked)
    form, errors = filled(DossierForm, asked.form)
    if form is None:
        return _form(asked, viewer, session, dossier, Typed(asked.form, errors, actions.REFUSED))
    before = dossier.visibility
    refused = tried(
        session, asked.form, lambda: dossiers.edit(Deed(session, asked.user, now), dossier, form.fields(), form.seen)
    )
    if refused is None and dossier.visibility != before:
        audit.record(session, asked, "visibility changed", f"dossier {dossier.id}", f"{before} to {dossier.visibility}")
    return after(asked, refused, f"/dossiers/{dossier.id}", lambda sent: _form(asked, viewer, session, dossier, sent))


def move(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Bring a dossier to its next stage."""
    dossier = dossier_of(session, viewer, asked, DossierKind.LOBBY)
    form, errors = filled(StageForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, dossier, Typed(asked.form, errors, actions.REFUSED))
    refused = tried(
        session, asked.form, lambda: dossiers.move(Deed(session, asked.user, now), dossier, form.to, form.seen)
    )
    return _back(asked, viewer, session, now, dossier, refused)


def close(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Close a dossier with its result."""
    dossier = dossier_of(session, viewer, asked, DossierKind.LOBBY)
    form, errors = filled(ResultForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, dossier, Typed(asked.form, errors, actions.REFUSED))
    result = form.result, form.seen, form.result_text, form.result_amount
    refused = tried(session, asked.form, lambda: dossiers.close(Deed(session, asked.user, now), dossier, *result))
    return _back(asked, viewer, session, now, dossier, refused)


def note(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Add a line to the timeline."""
    dossier = dossier_of(session, viewer, asked)
    form, errors = filled(NoteForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, dossier, Typed(asked.form, errors, actions.REFUSED))
    given = form.text, form.visibility
    refused = tried(session, asked.form, lambda: dossiers.note(Deed(session, asked.user, now), dossier, *given))
    return _back(asked, viewer, session, now, dossier, refused)


def hook(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Let the dossier hook on to a moment."""
    dossier = dossier_of(session, viewer, asked)
    ref = str(asked.form.get("moment", ""))
    refused = tried(session, asked.form, lambda: moments.hook(Deed(session, asked.user, now), dossier, ref))
    return _back(asked, viewer, session, now, dossier, refused)


def record_outcome(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Mark what came of a request."""
    dossier = dossier_of(session, viewer, asked)
    form, errors = filled(OutcomeForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, dossier, Typed(asked.form, errors, actions.REFUSED))
    day = form.outcome_day or local_day(now)
    given = form.request, form.outcome, day, form.passage, form.outcome_source
    refused = tried(
        session, asked.form, lambda: moments.record_outcome(Deed(session, asked.user, now), dossier, *given)
    )
    return _back(asked, viewer, session, now, dossier, refused)


def see_calls(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The person looked at what changed in the linked calls."""
    dossier = dossier_of(session, viewer, asked)
    refused = tried(
        session, asked.form, lambda: dossiers.see_calls_as_they_are(Deed(session, asked.user, now), dossier)
    )
    return _back(asked, viewer, session, now, dossier, refused)


def _back(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, dossier: Dossier, refused: Typed | None
) -> Response:
    path = f"/dossiers/{dossier.id}" if dossier.kind == DossierKind.LOBBY else f"/aanvragen/{dossier.id}"
    return after(asked, refused, path, lambda sent: _page(asked, viewer, session, now, dossier, sent))
