"""Pages of what bodies decide: adopt a draft, put a decision right, take it back, confirm it as a second person."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Dissent, Dossier, Participant, Position, Resolution
from db.region_served import region
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import OWN_BODIES, DossierKind, Gremium, PositionState, ResolutionKind
from tracker.errors import ChangedMeanwhile, NotFound
from tracker.lobby import positions, resolutions
from tracker.lobby.audience import audiences
from tracker.people.participants import takes_part
from tracker.versions import MEANWHILE
from tracker.web.frame.actions import PageOf, dossier_of, lobby_dossier
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import WAS, FormState, Line, Sharing, Text, asked_for
from tracker.web.frame.phrases import options
from tracker.web.lobby.positions import ledger

DISSENT = "dissent:"


class Door(BaseModel):
    """Whose decision one records: of a body of the region, or of the own college or raad."""

    door: str = "eigen"


class DecisionForm(BaseModel):
    """What a body decided."""

    gremium: Gremium
    decision: Line = ""
    adopted_on: date
    valid_from: date
    valid_to: date | None = None
    next_review: date | None = None

    def adoption(self) -> positions.Adoption:
        """As a position keeps it."""
        return positions.Adoption(**{name: getattr(self, name) for name in DecisionForm.model_fields})


class AdoptForm(DecisionForm):
    """The decision on a draft."""

    position: int
    succeeds: int | None = None
    visibility: Sharing = Visibility.OWN


class ChangeForm(DecisionForm):
    """What is wrong with a decision as it stands, or that it was taken back."""

    what: ResolutionKind = ResolutionKind.CORRECTION
    reason: Text = ""


class DissentForm(BaseModel):
    """Why the own organisation does not share a position; nothing: it does again."""

    why: Text = ""


def bodies(line: str) -> list[tuple[str, str]]:
    """The bodies that decide on this line, as choices."""
    of_region = line == positions.REGION_LINE
    chosen = region().gremia if of_region else OWN_BODIES
    return [(value, label) for value, label in options(Gremium) if value in chosen]


def _adopting(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    """The form offers only what it can do: drafts to decide on, bodies of one line, and what that line can follow."""
    query, _ = asked_for(Door, request.query)
    typed = state.typed.get("gremium")
    of_region = Gremium(typed) not in OWN_BODIES if typed in list(Gremium) else bool(query and query.door == "regio")
    line = positions.REGION_LINE if of_region else request.user.participant_id
    every = positions.ledger(request.session, dossier, request.viewer)
    drafts = [p for p in every if p.state == PositionState.DRAFT and (of_region or p.participant_id == line)]
    if not drafts or (of_region and not resolutions.may_speak_for_region(request.viewer, dossier)):
        raise NotFound
    return request.page(
        "lobby/resolutions_adopt.html",
        state=state,
        dossier=dossier,
        of_region=of_region,
        drafts=[(p.id, f"{positions.called(p)}: {(p.public_wording or p.internal_wording)[:60]}") for p in drafts],
        bodies=bodies(line),
        follows=[(p.id, positions.called(p)) for p in positions.succeedable(request.session, dossier.id, line)],
        audiences=audiences(request.session, request.viewer, dossier),
        parties=standing_parties(request),
    )


def standing_parties(request: RequestContext) -> list[tuple[str, str]]:
    """The participants that are there today, as choices."""
    rows = request.session.exec(select(Participant).order_by(col(Participant.name)))
    return [(p.id, p.name) for p in rows if takes_part(p, request.now.today)]


adopting = PageOf(lobby_dossier, _adopting, lambda dossier: f"/dossiers/{dossier.id}/standpunten")


@adopting.form(AdoptForm)
def adopt(request: RequestContext, dossier: Dossier, form: AdoptForm) -> None:
    """Record the decision that adopts a draft; a body of the region's waits for a second person."""
    position = positions.position_for(request.session, request.viewer, dossier, form.position)
    former = positions.position_for(request.session, request.viewer, dossier, form.succeeds) if form.succeeds else None
    dissent = dissent_of(request.form)
    resolution = resolutions.adopt(request.deed, position, form.adoption(), dissent, former, form.visibility)
    _put_on_record(request, resolution, "adopt")


def dissent_of(form: Mapping[str, object]) -> dict[str, str]:
    """Who does not share it and why: a field a participant, filled in for those alone."""
    fields = {name.removeprefix(DISSENT): str(value) for name, value in form.items() if name.startswith(DISSENT)}
    return {party: why.strip() for party, why in fields.items() if why.strip()}


def _put_on_record(request: RequestContext, resolution: Resolution, deed: str) -> None:
    what = f"position {resolution.position_id}" if resolution.position_id else f"lobby agenda {resolution.agenda_year}"
    waits = "waits for a second person" if resolution.settled_at is None else "done"
    request.record(Action(f"{deed} {resolution.kind}"), what, waits)


def _adopted(request: RequestContext) -> Position:
    """The adopted position in the address, whose decision this person may change."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    position = positions.position_for(request.session, request.viewer, dossier, request.params["number"])
    if not resolutions.may_decide_on(request.viewer, dossier, position):
        raise NotFound
    return position


def _changing(request: RequestContext, position: Position, state: FormState) -> Response:
    line = positions.line_of(position)
    return request.page(
        "lobby/resolutions_change.html",
        state=state,
        dossier=request.session.get_one(Dossier, position.dossier_id),
        position=position,
        bodies=bodies(line),
        of_region=line == positions.REGION_LINE,
        called=positions.called,
        waiting=resolutions.open_of(request.session, position_id=position.id),
    )


changing = PageOf(_adopted, _changing, lambda position: f"/dossiers/{position.dossier_id}/standpunten")


@changing.form(ChangeForm)
def change(request: RequestContext, position: Position, form: ChangeForm) -> None:
    """Put a decision right, or take the position back; of a body of the region this waits for a second person."""
    if form.what == ResolutionKind.WITHDRAWAL:
        taken = form.gremium, form.decision, form.adopted_on, form.reason
        resolution = resolutions.withdraw(request.deed, position, *taken)
    else:
        resolution = resolutions.correct(request.deed, position, form.adoption(), form.reason)
    _put_on_record(request, resolution, "propose")


@ledger.form(DissentForm)
def dissent(request: RequestContext, dossier: Dossier, form: DissentForm) -> None:
    """The own organisation does not share this position, or does again."""
    position = positions.position_for(request.session, request.viewer, dossier, request.params["number"])
    said = request.session.get(Dissent, (position.id, request.user.participant_id))
    was = request.form.get(f"{WAS}why")
    if was is not None and str(was) != (said.reason if said else "") != form.why.strip():
        raise ChangedMeanwhile(MEANWHILE)
    resolutions.dissent(request.deed, position, form.why)
    request.record(Action.DISSENT, f"position {position.id}")


def _of_dossier(request: RequestContext, dossier: Dossier) -> Resolution:
    """The resolution in the address, one on a position of this dossier that this person may know of."""
    resolution = request.named(Resolution, "resolution_id")
    known = resolutions.may_know(request.session, request.viewer, resolution)
    if not known or resolutions.subject_of(request.session, resolution) is not dossier:
        raise NotFound
    return resolution


@ledger.button()
def agree(request: RequestContext, dossier: Dossier) -> None:
    """As a second person: it is so."""
    resolution = _of_dossier(request, dossier)
    resolutions.confirm(request.deed, resolution)
    _put_on_record(request, resolution, "confirm")


@ledger.button()
def drop(request: RequestContext, dossier: Dossier) -> None:
    """It is not so, or not yet."""
    resolution = _of_dossier(request, dossier)
    resolutions.drop(request.deed, resolution)
    _put_on_record(request, resolution, "drop")
