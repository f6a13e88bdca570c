"""Pages of positions: the ledger with 'wat zeiden wij op', drafts, decisions, the text for outside; the coalition."""

from datetime import date, timedelta
from typing import ClassVar, TypeVar

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import PlainTextResponse, Response

from db.lists import listed
from db.models import (
    CoalitionMember,
    Dissent,
    Dossier,
    Participant,
    Position,
    Resolution,
    RoundInvitation,
    SignOffRound,
)
from db.queries import Viewer
from db.rights import group_of, has_role, in_group, may_read_inside
from db.vocabulary import Role, Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind, Gremium, PartyKind, PartyStance, PositionState
from notifications.wording import count, short_day
from tracker.documents.documents import documents_of
from tracker.errors import ChangedMeanwhile, NotFound, PositionNotAllowed
from tracker.lobby import coalition, positions, resolutions
from tracker.lobby.audience import audiences
from tracker.lobby.position_book import HeldPosition, positions_on
from tracker.lobby.round_answers import invitations
from tracker.lobby.search import positions_with
from tracker.rights import may_change
from tracker.versions import MEANWHILE
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, dossier_of, lobby_dossier
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, REFUSED, FormState, Line, Sharing, Text, asked_for
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name, options

M = TypeVar("M", CoalitionMember, Position, SignOffRound)


class DayQuery(BaseModel):
    """Which day one asks about."""

    op: date | None = None


class BookQuery(ListQuery):
    """Which day one asks about, and what the list is narrowed to."""

    PATH: ClassVar[str] = "/standpunten"

    op: date | None = None
    text: Line = ""
    opgave: Line = ""


BOOK_COLUMNS = ("dossier", "standpunt", "tekst", "vastgesteld door", "besluit", "op", "geldt tot en met", "opgaven")


def book(request: RequestContext) -> Response:
    """Standpunten: every position that holds over all dossiers, today or on another day."""
    query = request.read_query(BookQuery)
    day = query.op or request.now.today
    every = positions_on(request.session, request.viewer, day)
    opgaven = {o.id: challenge_name(o) for held in every for o in held.opgaven}
    return request.page(
        "lobby/position_book.html",
        day=day,
        query=query,
        listed=listed(_meant(request, query, every), query.page),
        opgaven=sorted(opgaven.items(), key=lambda pair: pair[1]),
    )


def _meant(request: RequestContext, query: BookQuery, every: list[HeldPosition]) -> list[HeldPosition]:
    if query.text.strip():
        found = set(positions_with(request.session, request.viewer, query.text))
        every = [held for held in every if held.position.id in found]
    return [held for held in every if not query.opgave or query.opgave in {o.id for o in held.opgaven}]


def book_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    query = request.read_query(BookQuery)
    every = positions_on(request.session, request.viewer, query.op or request.now.today)
    return request.file("standpunten", BOOK_COLUMNS, map(_book_cells, _meant(request, query, every)))


def _book_cells(held: HeldPosition) -> list[object]:
    position = held.position
    said = (held.dossier.title, held.name, position.public_wording, Gremium(position.gremium or "").label)
    opgaven = "; ".join(map(challenge_name, held.opgaven))
    return [*said, position.decision, position.adopted_on, held.until, opgaven]


class DraftForm(BaseModel):
    """The words of a draft."""

    internal: Text = ""
    public: Text = ""
    red_lines: Text = ""
    ground: Line = ""
    visibility: Sharing = Visibility.OWN
    seen: int | None = None  # the draft that is written anew; 0 where there was none

    def wording(self) -> positions.Wording:
        """As a position keeps them."""
        return positions.Wording(**self.model_dump(exclude={"visibility", "seen"}))


def show(request: RequestContext) -> Response:
    """The ledger. It holds internal words, so reading it leaves a line in the audit log."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    request.record(Action.READ_POSITIONS, f"dossier {dossier.id}")
    return _page(request, dossier, EMPTY_FORM)


def _page(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    query, errors = asked_for(DayQuery, request.query) if request.method == "GET" else (None, {})
    if errors:
        state = FormState(state.typed, errors, REFUSED)
    today = request.now.today
    day = (query.op if query else None) or today
    every = positions.ledger(request.session, dossier, request.viewer)
    owners = dict(actions.participants(request.session))
    group = group_of(request.session, dossier)
    following = in_group(request.viewer, group)
    deciding = resolutions.may_speak_for_region(request.viewer, dossier)
    own = [p for p in every if p.state == PositionState.DRAFT and p.participant_id == request.viewer.participant_id]
    return request.page(
        "lobby/positions_show.html",
        state=state,
        dossier=dossier,
        day=day,
        said=[p for p in every if positions.holds_on(p, day)],
        rows=[(p, positions.designation(p, today, owners.get(p.participant_id, ""))) for p in every],
        dissenters={p.id: positions.dissenters(request.session, p) for p in every if p.adopted_on},
        inside={p.id for p in every if may_read_inside(request.viewer, p, group)},
        audiences=audiences(request.session, request.viewer, dossier),
        called=positions.called,
        holds={p.id: positions.holds_on(p, today) for p in every},
        draft=own[0] if own else None,
        region_drafts=[p for p in every if p.state == PositionState.DRAFT] if deciding else [],
        changeable={p.id for p in every if resolutions.may_decide_on(request.viewer, dossier, p)},
        histories={p.id: _history(request, p, following) for p in every if p.adopted_on},
        waiting=_waiting(request, dossier),
        may_confirm=has_role(request.viewer, Role.COORDINATOR),
        may_dissent=has_role(request.viewer, Role.LOBBYIST),
        own_dissent={p.id: _own_reason(request, p) for p in every if p.adopted_on},
        people=actions.names(request.session),
        owners=owners,
        documents={p.id: documents_of(request.session, request.viewer, p) for p in every},
    )


def _own_reason(request: RequestContext, position: Position) -> str:
    """Why the viewer's own organisation does not share it, if it does not."""
    row = request.session.get(Dissent, (position.id, request.viewer.participant_id))
    return row.reason if row else ""


def _history(request: RequestContext, position: Position, following: bool) -> list[Resolution]:
    """What took effect; and for who follows the dossier's decisions what was proposed and dropped."""
    steps = resolutions.history_of(request.session, position_id=position.id)
    return [step for step in steps if step.settled_at and (following or step.dropped_by is None)]


def _waiting(request: RequestContext, dossier: Dossier) -> list[tuple[Resolution, Position, list[str]]]:
    """What waits for a second person and the viewer may know of, with the position, and with who can confirm it."""
    session, viewer = request.session, request.viewer
    rows = select(Resolution, Position).where(
        Resolution.position_id == Position.id, Position.dossier_id == dossier.id, col(Resolution.settled_at).is_(None)
    )
    known = [
        row for row in session.exec(rows.order_by(col(Resolution.id))) if resolutions.may_know(session, viewer, row[0])
    ]
    return [(resolution, position, _seconds(session, resolution)) for resolution, position in known]


def _seconds(session: Session, resolution: Resolution) -> list[str]:
    owners = dict(actions.participants(session))
    return [f"{user.name} ({owners[user.participant_id]})" for user in resolutions.seconds(session, resolution)]


def _position(request: RequestContext, dossier: Dossier, position_id: int) -> Position:
    return positions.position_for(request.session, request.viewer, dossier, position_id)


ledger = PageOf(lobby_dossier, _page, lambda dossier: f"/dossiers/{dossier.id}/standpunten")


@ledger.form(DraftForm)
def draft(request: RequestContext, dossier: Dossier, form: DraftForm) -> None:
    positions.draft(request.deed, dossier, form.wording(), form.visibility, form.seen)


def export(request: RequestContext) -> Response:
    """The public words as plain text, with who adopted them; refused when the mandate has expired."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    position = _position(request, dossier, request.params["number"])
    today = request.now.today
    try:
        text = positions.exportable(position, today)
    except PositionNotAllowed as error:
        return PlainTextResponse(f"{error}\n", 409, headers=request.answer_headers)
    owner = request.session.get_one(Participant, position.participant_id).name
    name = positions.designation(position, today, owner)
    gremium = Gremium(position.gremium or "").label
    by_whom = f"Vastgesteld door {gremium}, besluit {position.decision}, {position.adopted_on}"
    request.record(Action.EXPORT_POSITION, f"position {position.id}")
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
    seen: int | None = None  # the last stance that stood here when the page was made
    said_on: date | None = None


def _coalition(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    today = request.now.today
    members, stances = (
        coalition.members_on(session, dossier, today),
        coalition.stances(session, dossier),
    )
    rounds = coalition.rounds(session, dossier)
    drafts = [p for p in positions.ledger(session, dossier, viewer) if p.state == PositionState.DRAFT]
    return request.page(
        "lobby/positions_coalition.html",
        state=state,
        dossier=dossier,
        members=members,
        later=coalition.joining_later(session, dossier, today),
        noted=coalition.noted_for(session, members, stances),
        last=coalition.newest(stances),
        last_said=max((s.id for s in stances), default=0),
        rounds=[(r, coalition.tally(members, stances, r.id), coalition.newest(stances, r.id)) for r in rounds],
        asked={r.id: _asked(session, viewer, dossier, r) for r in rounds if not r.closed_at},
        flags=coalition.contradictions_in(session, dossier, viewer, today),
        drafts=[(p.id, positions.called(p)) for p in drafts],
        stances=[c for c in options(PartyStance) if c[0] != PartyStance.SILENT],
        participants=actions.participants(session, request.now.today),
        may_change=may_change(viewer, dossier),
        in_two_weeks=today + timedelta(days=14),
    )


def _asked(
    session: Session, viewer: Viewer, dossier: Dossier, sign_off: SignOffRound
) -> list[tuple[CoalitionMember, list[str], str]]:
    """Each party that has not answered, with the names of its people who were asked and what went out by mail."""
    addresses = invitations(session, [sign_off.id])
    return [
        (
            member,
            [user.name for user in coalition.asked_people(session, dossier, member)],
            _mailed([each for each in addresses if each.member_id == member.id], may_change(viewer, dossier)),
        )
        for member in coalition.silent_members(session, sign_off)
    ]


def _mailed(asked: list[RoundInvitation], by_address: bool) -> str:
    """The addresses and days, to who asked; people outside gave theirs to them, so others read how many there are."""
    if by_address or not asked:
        return ", ".join(f"{each.email} ({short_day(each.invited_at)})" for each in asked)
    return count(len(asked), "adres", "adressen")


coalition_page = PageOf(lobby_dossier, _coalition, lambda dossier: f"/dossiers/{dossier.id}/coalitie")


@coalition_page.form(JoinForm)
def join(request: RequestContext, dossier: Dossier, form: JoinForm) -> None:
    coalition.join(request.deed, dossier, form.name, form.kind, form.joined_on or request.now.today, form.party)


@coalition_page.button()
def leave(request: RequestContext, dossier: Dossier) -> None:
    """A party leaves today."""
    coalition.leave(
        request.deed, _of(request, dossier, CoalitionMember, request.params["member_id"]), request.now.today
    )


@coalition_page.form(RoundForm)
def open_round(request: RequestContext, dossier: Dossier, form: RoundForm) -> None:
    """Put a draft or a question to the coalition."""
    coalition.open_round(request.deed, dossier, form.question, form.due_on, form.about)


@coalition_page.button()
def close_round(request: RequestContext, dossier: Dossier) -> None:
    """Close a round as it stands."""
    coalition.close_round(request.deed, _of(request, dossier, SignOffRound, request.params["round_id"]))


@coalition_page.form(SayForm)
def say(request: RequestContext, dossier: Dossier, form: SayForm) -> None:
    """Record what a party said."""
    member = _of(request, dossier, CoalitionMember, form.member)
    if form.seen is not None and coalition.last_said(request.session, dossier, member) > form.seen:
        raise ChangedMeanwhile(MEANWHILE)
    in_round = _of(request, dossier, SignOffRound, form.round) if form.round else None
    coalition.say(request.deed, member, form.stance, form.said_on or request.now.today, form.why, in_round)


def _of(request: RequestContext, dossier: Dossier, table: type[M], row_id: int) -> M:
    """A row of this dossier."""
    row = request.session.get(table, row_id)
    if row is None or row.dossier_id != dossier.id:
        raise NotFound
    return row
