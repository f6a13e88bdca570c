"""Pages of positions: the ledger with 'wat zeiden wij op', drafts, decisions, the text for outside; the coalition."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import PlainTextResponse, Response

from db.models import CoalitionMember, Dossier, Participant, Position, SignOffRound
from db.queries import Viewer
from db.rights import may_see
from db.vocabulary_lobby import DossierKind, Gremium, PartyKind, PartyStance, PositionState
from tracker.errors import PositionNotAllowed
from tracker.lobby import coalition, positions
from tracker.rights import may_change
from tracker.web.frame import actions, audit
from tracker.web.frame.actions import NOTHING, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.forms import asked_for, filled

Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=300)]


class DayQuery(BaseModel):
    """Which day one asks about."""

    op: date | None = None


class DraftForm(BaseModel):
    """The words of a draft."""

    internal: Text = ""
    public: Text = ""
    red_lines: Text = ""
    ground: Line = ""


class AdoptForm(BaseModel):
    """The decision on a draft."""

    position: int
    gremium: Gremium
    decision: Line = ""
    adopted_on: date
    valid_from: date
    valid_to: date | None = None
    next_review: date | None = None
    succeeds: int | None = None
    dissenting: list[str] = Field(default=[], max_length=40)


def show(request: RequestContext) -> Response:
    """The ledger. It holds internal words, so reading it leaves a line in the audit log."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    audit.record(request, "read positions", f"dossier {dossier.id}")
    return _page(request, dossier)


def _page(request: RequestContext, dossier: Dossier, sent: Typed = NOTHING) -> Response:
    query, wrong = asked_for(DayQuery, request.query) if request.method == "GET" else (None, {})
    today = request.now.today
    day = (query.op if query else None) or today
    every = positions.ledger(request.session, dossier, request.viewer)
    owners = dict(actions.participants(request.session))
    own = [p for p in every if p.state == PositionState.DRAFT and p.participant_id == request.viewer.participant_id]
    return request.page(
        "lobby/positions_show.html",
        status=sent.status if sent.errors else (actions.REFUSED if wrong else 200),
        typed=sent.typed,
        errors={**sent.errors, **wrong},
        dossier=dossier,
        day=day,
        said=[p for p in every if positions.holds_on(p, day)],
        rows=[(p, positions.designation(p, today, owners.get(p.participant_id, ""))) for p in every],
        dissenters={p.id: positions.dissenters(request.session, p) for p in every if p.adopted_on},
        holds={p.id: positions.holds_on(p, today) for p in every},
        draft=own[0] if own else None,
        succeedable=[(p.id, f"standpunt {p.number}") for p in every if p.adopted_on and not p.ended_on],
        gremia=choices(Gremium),
        participants=actions.participants(request.session),
        people=actions.names(request.session),
        owners=owners,
        may_add=actions.may_add(request.viewer),
        today=today,
    )


def draft(request: RequestContext) -> Response:
    """Write a draft."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(DraftForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    words = positions.Wording(**form.model_dump())
    refused = tried(request.session, request.form, lambda: positions.draft(request.deed, dossier, words))
    return _back(request, dossier, refused)


def adopt(request: RequestContext) -> Response:
    """Record the decision that adopts a draft, and end what it succeeds."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(AdoptForm, request.form)
    if form is None:
        return _page(request, dossier, Typed(request.form, errors, actions.REFUSED))
    position = _position(request.session, request.viewer, dossier, form.position)
    former = _position(request.session, request.viewer, dossier, form.succeeds) if form.succeeds else None
    decision = positions.Decision(
        form.gremium, form.decision, form.adopted_on, form.valid_from, form.valid_to, form.next_review
    )
    dissent = dict.fromkeys(form.dissenting, "")
    refused = tried(
        request.session,
        request.form,
        lambda: positions.adopt(request.deed, position, decision, dissent, former),
    )
    return _back(request, dossier, refused)


def _position(session: Session, viewer: Viewer, dossier: Dossier, position_id: int) -> Position:
    found = session.get(Position, position_id)
    if found is None or found.dossier_id != dossier.id or not may_see(viewer, found.participant_id, found.visibility):
        raise NotThere
    return found


def _back(request: RequestContext, dossier: Dossier, refused: Typed | None) -> Response:
    path = f"/dossiers/{dossier.id}/standpunten"
    return after(request, refused, path, lambda sent: _page(request, dossier, sent))


def export(request: RequestContext) -> Response:
    """The public words as plain text, with who adopted them; refused when the mandate has expired."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    position = _position(request.session, request.viewer, dossier, request.params["number"])
    today = request.now.today
    try:
        text = positions.exportable(position, today)
    except PositionNotAllowed as error:
        return PlainTextResponse(f"{error}\n", actions.MEANWHILE, headers=request.answer_headers)
    owner = request.session.get_one(Participant, position.participant_id).name
    name = positions.designation(position, today, owner)
    gremium = Gremium(position.gremium or "").label
    by_whom = f"Vastgesteld door {gremium}, besluit {position.decision}, {position.adopted_on}"
    audit.record(request, "export position", f"position {position.id}")
    return PlainTextResponse(f"{name}: {dossier.title}\n{by_whom}\n\n{text}\n", headers=request.answer_headers)


class JoinForm(BaseModel):
    """A party that joins."""

    kind: PartyKind
    party: Line = ""
    name: Line = ""
    joined_on: date | None = None


class RoundForm(BaseModel):
    """What is put to the coalition."""

    question: Text = ""
    due_on: date
    about: int | None = None


class SayForm(BaseModel):
    """What a party says."""

    member: int
    stance: PartyStance
    why: Text = ""
    round: int | None = None
    said_on: date | None = None


def show_coalition(request: RequestContext) -> Response:
    """Who stands beside us, what each said, and where they contradict."""
    return _coalition(request, dossier_of(request, DossierKind.LOBBY))


def _coalition(request: RequestContext, dossier: Dossier, sent: Typed = NOTHING) -> Response:
    today = request.now.today
    members, said = coalition.members_on(request.session, dossier, today), coalition.stances(request.session, dossier)
    rounds = coalition.rounds(request.session, dossier)
    drafts = [p for p in positions.ledger(request.session, dossier, request.viewer) if p.state == PositionState.DRAFT]
    return request.page(
        "lobby/positions_coalition.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        members=members,
        last=coalition.newest(said),
        rounds=[(r, coalition.tally(members, said, r.id), coalition.newest(said, r.id)) for r in rounds],
        flags=coalition.contradictions(members, said, dossier.participant_id),
        drafts=[(p.id, f"standpunt {p.number}") for p in drafts],
        kinds=choices(PartyKind),
        stances=[c for c in choices(PartyStance) if c[0] != PartyStance.SILENT],
        participants=actions.participants(request.session),
        may_change=may_change(request.viewer, dossier),
        may_add=actions.may_add(request.viewer),
        in_two_weeks=today + timedelta(days=14),
        today=today,
    )


def join(request: RequestContext) -> Response:
    """A party joins."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(JoinForm, request.form)
    if form is None:
        return _coalition(request, dossier, Typed(request.form, errors, actions.REFUSED))
    day = form.joined_on or request.now.today
    given = form.name, form.kind, day, form.party
    refused = tried(request.session, request.form, lambda: coalition.join(request.deed, dossier, *given))
    return _to_coalition(request, dossier, refused)


def leave(request: RequestContext) -> Response:
    """A party leaves today."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    member = _member(request.session, dossier, request.params["member_id"])
    refused = tried(request.session, request.form, lambda: coalition.leave(request.deed, member, request.now.today))
    return _to_coalition(request, dossier, refused)


def open_round(request: RequestContext) -> Response:
    """Put a draft or a question to the coalition."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(RoundForm, request.form)
    if form is None:
        return _coalition(request, dossier, Typed(request.form, errors, actions.REFUSED))
    given = form.question, form.due_on, form.about
    refused = tried(request.session, request.form, lambda: coalition.open_round(request.deed, dossier, *given))
    return _to_coalition(request, dossier, refused)


def close_round(request: RequestContext) -> Response:
    """Close a round as it stands."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    opened = _round(request.session, dossier, request.params["round_id"])
    refused = tried(request.session, request.form, lambda: coalition.close_round(request.deed, opened))
    return _to_coalition(request, dossier, refused)


def say(request: RequestContext) -> Response:
    """Record what a party said."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(SayForm, request.form)
    if form is None:
        return _coalition(request, dossier, Typed(request.form, errors, actions.REFUSED))
    member = _member(request.session, dossier, form.member)
    in_round = _round(request.session, dossier, form.round) if form.round else None
    given = form.stance, form.said_on or request.now.today, form.why, in_round
    refused = tried(request.session, request.form, lambda: coalition.say(request.deed, member, *given))
    return _to_coalition(request, dossier, refused)


def _member(session: Session, dossier: Dossier, member_id: int) -> CoalitionMember:
    found = session.get(CoalitionMember, member_id)
    if found is None or found.dossier_id != dossier.id:
        raise NotThere
    return found


def _round(session: Session, dossier: Dossier, round_id: int) -> SignOffRound:
    found = session.get(SignOffRound, round_id)
    if found is None or found.dossier_id != dossier.id:
        raise NotThere
    return found


def _to_coalition(request: RequestContext, dossier: Dossier, refused: Typed | None) -> Response:
    path = f"/dossiers/{dossier.id}/coalitie"
    return after(request, refused, path, lambda sent: _coalition(request, dossier, sent))
