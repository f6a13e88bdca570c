"""What bodies decide on positions and lobby agendas: a second person confirms what carries the region's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Dissent, Dossier, LobbyAgenda, Position, Resolution, User
from db.queries import Viewer
from db.region_served import region
from db.rights import group_of, has_role, in_group, may_see, readable
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import OWN_BODIES, AgendaState, Gremium, LogKind, PositionState, ResolutionKind
from tracker.errors import Incomplete, MoveNotAllowed, NotFound, PositionNotAllowed, required
from tracker.lobby.agenda_document import freeze, thaw
from tracker.lobby.log import log
from tracker.lobby.positions import REGION_LINE, Adoption, called, check_decision, line_of, make_room, next_number
from tracker.people.participants import participant_on
from tracker.people.second_person import is_another, must_be_another
from tracker.rights import Deed, may_change, must_change, must_fit, must_have, must_see, viewer_of
from tracker.versions import claim

DECIDED = ("gremium", "decision", "adopted_on", "valid_from", "valid_to", "next_review")
AGENDA_BODY = {AgendaState.ADOPTED: Gremium.BOARD, AgendaState.NOTED: Gremium.ASSEMBLY}


def adopt(
    deed: Deed,
    position: Position,
    decision: Adoption,
    dissenting: Mapping[str, str] | None = None,
    succeeds: Position | None = None,
    visibility: str = Visibility.OWN,
) -> Resolution:
    """Record that a body adopted the draft; with ``succeeds`` the former position ends where this one begins.

    An own body's counts at once, and is seen by whom ``visibility`` says; the region's waits for a second person.
    Raises PositionNotAllowed where it would hold beside another one of the same line, and nothing is stored.
    """
    dossier = _opened(deed, position, decision.gremium)
    check_decision(decision, deed.today)
    if position.state != PositionState.DRAFT:
        raise PositionNotAllowed("Alleen een concept kan worden vastgesteld; maak eerst een nieuw concept.")
    make_room(deed.session, position, decision, succeeds)
    reasons = {
        p: required(why, "dissent", "Schrijf waarom een deelnemer afwijkt.") for p, why in (dissenting or {}).items()
    }
    for party in reasons:
        participant_on(deed.session, party, deed.today, "dissent")
    terms = {"succeeds_id": succeeds.id if succeeds else None, "dissent": reasons}
    resolution = _propose(deed, position, ResolutionKind.ADOPTION, decision, **terms)
    if decision.gremium in OWN_BODIES:
        must_fit(deed, dossier, visibility)
        position.visibility = visibility
        _settle(deed, resolution, dossier, position)
    return resolution


def correct(deed: Deed, position: Position, decision: Adoption, reason: str) -> Resolution:
    """Put right what was written of a decision; what stood there stays in its history."""
    dossier = _opened(deed, position, decision.gremium)
    _must_be_adopted(position)
    if (decision.gremium in OWN_BODIES) != (position.gremium in OWN_BODIES):
        raise PositionNotAllowed(
            f"Een besluit van een eigen college of raad wordt geen {region().short}-besluit, of omgekeerd.", "gremium"
        )
    check_decision(decision, deed.today)
    make_room(deed.session, position, decision, None)
    reason = required(reason, "reason", "Schrijf waarom dit wordt verbeterd.")
    resolution = _propose(deed, position, ResolutionKind.CORRECTION, decision, reason=reason)
    if decision.gremium in OWN_BODIES:
        _settle(deed, resolution, dossier, position)
    return resolution


def withdraw(deed: Deed, position: Position, gremium: Gremium, decision: str, day: date, reason: str) -> Resolution:
    """Take a position back from that day on; what was said before stays true of the days before."""
    dossier = _opened(deed, position, gremium)
    _must_be_adopted(position)
    if position.ended_on:
        raise PositionNotAllowed("Dit standpunt geldt al niet meer.")
    if (gremium in OWN_BODIES) != (position.gremium in OWN_BODIES):
        raise PositionNotAllowed("Wie een standpunt vaststelt, trekt het ook in: kies zo'n gremium.", "gremium")
    taken_back = Adoption(gremium, decision, day, max(day, position.valid_from or day))
    check_decision(taken_back, deed.today)
    reason = required(reason, "reason", "Schrijf waarom dit wordt ingetrokken.")
    resolution = _propose(deed, position, ResolutionKind.WITHDRAWAL, taken_back, reason=reason)
    if gremium in OWN_BODIES:
        _settle(deed, resolution, dossier, position)
    return resolution


def may_speak_for_region(viewer: Viewer, dossier: Dossier) -> bool:
    """Whether the viewer may propose what a body of the region decided: a coordinator of the dossier's owner."""
    return may_change(viewer, dossier) and has_role(viewer, Role.COORDINATOR)


def may_decide_on(viewer: Viewer, dossier: Dossier, position: Position) -> bool:
    """Whether the viewer may have the decision on an adopted position corrected or withdrawn."""
    if position.state != PositionState.ADOPTED:
        return False
    return may_speak_for_region(viewer, dossier) if line_of(position) == REGION_LINE else may_change(viewer, position)


def _must_be_adopted(position: Position) -> None:
    if position.state != PositionState.ADOPTED:
        raise PositionNotAllowed("Dit standpunt is niet vastgesteld.")


def _opened(deed: Deed, position: Position, gremium: Gremium) -> Dossier:
    """The dossier, claimed, so that two who decide at once wait for each other. Raises NotAllowed, NotFound.

    On what the region says decides the dossier's owner, by a coordinator; on what a participant says that participant.
    """
    dossier = deed.session.get_one(Dossier, position.dossier_id)
    must_see(deed, position)
    if gremium in OWN_BODIES:
        must_change(deed, position)
    else:
        must_change(deed, dossier)
        must_have(deed, Role.COORDINATOR, f"Een besluit van een {region().short}-gremium legt een coördinator vast.")
    claim(deed.session, dossier)
    deed.session.refresh(position)
    if open_of(deed.session, position_id=position.id):
        raise PositionNotAllowed("Over dit standpunt wacht al een besluit op bevestiging.")
    return dossier


def _propose(deed: Deed, position: Position, kind: ResolutionKind, decision: Adoption, **terms: Any) -> Resolution:
    resolution = Resolution(
        position_id=position.id,
        kind=kind,
        gremium=decision.gremium,
        decision=decision.decision.strip(),
        decided_on=decision.adopted_on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        next_review=decision.next_review,
        proposed_by=deed.by.id,
        proposed_at=deed.now,
        **terms,
    )
    deed.session.add(resolution)
    deed.session.flush()
    return resolution


def open_of(session: Session, position_id: int | None = None, agenda_year: int | None = None) -> Resolution | None:
    """What waits for a second person."""
    waits = _resolutions(position_id, agenda_year).where(col(Resolution.settled_at).is_(None))
    return session.exec(waits).first()


def history_of(session: Session, position_id: int | None = None, agenda_year: int | None = None) -> list[Resolution]:
    """Every resolution on it, oldest first: who proposed, who confirmed, and what stood there before."""
    return list(session.exec(_resolutions(position_id, agenda_year).order_by(col(Resolution.id))))


def _resolutions(position_id: int | None, agenda_year: int | None) -> SelectOfScalar[Resolution]:
    of_position = position_id is not None
    on = Resolution.position_id == position_id if of_position else Resolution.agenda_year == agenda_year
    return select(Resolution).where(on)


def may_know(session: Session, viewer: Viewer, resolution: Resolution) -> bool:
    """Whether the viewer may know that it waits: who works on what it is about, and may read the words it is about.

    Of the joint agenda these are the coordinators: it is the whole region's, and its decision theirs to confirm.
    """
    subject = subject_of(session, resolution)
    if isinstance(subject, LobbyAgenda):
        return has_role(viewer, Role.COORDINATOR) and may_see(session, viewer, subject)
    if not may_see(session, viewer, subject) or not in_group(viewer, group_of(session, subject)):
        return False
    words = select(Position.id).where(Position.id == resolution.position_id, readable(viewer))
    return session.exec(words).first() is not None


def seconds(session: Session, resolution: Resolution) -> list[User]:
    """Who may be the second person: every coordinator who may know of it and did not propose it."""
    active = select(User).where(User.role == Role.COORDINATOR, col(User.deactivated_at).is_(None))
    others = session.exec(active.where(col(User.id) != resolution.proposed_by).order_by(col(User.id)))
    able = (user for user in others if may_know(session, viewer_of(user), resolution))
    return [user for user in able if is_another(session, user, resolution)]


def _must_decide(deed: Deed, resolution: Resolution, sentence: str) -> None:
    if not may_know(deed.session, deed.viewer, resolution):
        raise NotFound
    must_have(deed, Role.COORDINATOR, sentence)


def confirm(deed: Deed, resolution: Resolution) -> None:
    """A second person says that it is so. Raises NotFound for who may not know of it, NotAllowed."""
    _must_decide(deed, resolution, f"Een besluit van een {region().short}-gremium bevestigt een coördinator.")
    must_be_another(deed, resolution)
    _lock_open(deed, resolution)
    resolution.confirmed_by = deed.by.id
    if resolution.position_id is None:
        _settle_agenda(deed, resolution)
        return
    position = deed.session.get_one(Position, resolution.position_id)
    _settle(deed, resolution, deed.session.get_one(Dossier, position.dossier_id), position)


def drop(deed: Deed, resolution: Resolution) -> None:
    """Take a proposal off: its own side, or the second person who finds it is not so.

    It stays in the history, and out of the dossier's log, which more people read.
    """
    _must_decide(deed, resolution, "Een voorgesteld besluit haalt een coördinator weg.")
    _lock_open(deed, resolution)
    resolution.dropped_by, resolution.settled_at = deed.by.id, deed.now
    deed.session.flush()


def subject_of(session: Session, resolution: Resolution) -> Dossier | LobbyAgenda:
    """What a resolution is about: the dossier of its position, or the lobby agenda."""
    if resolution.position_id is None:
        return session.get_one(LobbyAgenda, resolution.agenda_year)
    return session.get_one(Dossier, session.get_one(Position, resolution.position_id).dossier_id)


def _lock_open(deed: Deed, resolution: Resolution) -> None:
    """Claimed through its subject, so that of two who settle it at once one is refused."""
    claim(deed.session, subject_of(deed.session, resolution))
    deed.session.refresh(resolution)
    if resolution.settled_at is not None:
        raise MoveNotAllowed("Over dit besluit is al beslist.")


def _settle(deed: Deed, resolution: Resolution, dossier: Dossier, position: Position) -> None:
    """Let a resolution on a position take effect."""
    if resolution.kind == ResolutionKind.ADOPTION:
        _adopted(deed, resolution, dossier, position)
    elif resolution.kind == ResolutionKind.CORRECTION:
        _corrected(deed.session, resolution, position)
    else:
        resolution.before = {"ended_on": ""}
        position.ended_on, position.withdrawn = resolution.valid_from, True
    position.version += 1
    resolution.settled_at = deed.now
    text = f"{called(position)}, {ResolutionKind(resolution.kind).label} door {Gremium(resolution.gremium).label}, "
    log(deed, dossier, LogKind.POSITION, f"{text}besluit {resolution.decision}", resolution.decided_on, position)


def _adopted(deed: Deed, resolution: Resolution, dossier: Dossier, position: Position) -> None:
    if position.state != PositionState.DRAFT:
        raise PositionNotAllowed("Er is intussen een nieuw concept; dit besluit past daar niet meer op.")
    succeeds = deed.session.get(Position, resolution.succeeds_id) if resolution.succeeds_id else None
    decision = _as_adoption(resolution)
    make_room(deed.session, position, decision, succeeds)
    if succeeds is not None:
        succeeds.ended_on = decision.valid_from
    position.state = PositionState.ADOPTED
    _write(position, decision)
    if line_of(position) == REGION_LINE:
        position.visibility, position.region_number = dossier.visibility, next_number(deed.session, dossier.id)
    for party, reason in resolution.dissent.items():
        deed.session.add(Dissent(position_id=position.id, participant_id=party, reason=reason))
    deed.session.flush()


def _corrected(session: Session, resolution: Resolution, position: Position) -> None:
    decision = _as_adoption(resolution)
    make_room(session, position, decision, None)
    resolution.before = {name: str(getattr(position, name) or "") for name in DECIDED}
    _write(position, decision)


def _as_adoption(resolution: Resolution) -> Adoption:
    return Adoption(
        Gremium(resolution.gremium), resolution.decision, resolution.decided_on,
        resolution.valid_from or resolution.decided_on, resolution.valid_to, resolution.next_review,
    )  # fmt: skip


def _write(position: Position, decision: Adoption) -> None:
    for name in DECIDED:
        setattr(position, name, getattr(decision, name))


def dissent(deed: Deed, position: Position, reason: str) -> None:
    """The own organisation does not share what the region adopted, and says why; an empty reason takes that back."""
    must_see(deed, position)
    must_have(deed, Role.LOBBYIST, "Namens uw organisatie spreekt een lobbyist of coördinator.")
    if position.state != PositionState.ADOPTED or line_of(position) != REGION_LINE:
        raise PositionNotAllowed(f"Afwijken kan van een vastgesteld {region().short}-standpunt.")
    participant = participant_on(deed.session, deed.by.participant_id, deed.today)
    dossier = deed.session.get_one(Dossier, position.dossier_id)
    claim(deed.session, dossier)
    row = deed.session.get(Dissent, (position.id, participant.id)) or Dissent(
        position_id=position.id, participant_id=participant.id
    )
    if reason.strip():
        row.reason = reason.strip()
        deed.session.add(row)
    elif row in deed.session:
        deed.session.delete(row)
    says = f"deelt {called(position)} niet: {reason.strip()}" if reason.strip() else "deelt het standpunt weer"
    log(deed, dossier, LogKind.STANCE, f"{participant.name} {says}", subject=position)


@dataclass(frozen=True)
class AgendaDecision:
    """What a body decided on a lobby agenda: number or name, day, and of a correction or withdrawal why."""

    decision: str
    day: date
    reason: str = ""


def decide_agenda(deed: Deed, agenda: LobbyAgenda, state: AgendaState, given: AgendaDecision, seen: int) -> Resolution:
    """Propose that a body took the agenda a step on: adopted by the Bestuur, then noted by the AV; none is skipped."""
    order = list(AgendaState)
    if order.index(state) != order.index(AgendaState(agenda.state)) + 1:
        raise MoveNotAllowed(f"Na '{AgendaState(agenda.state).label}' volgt niet '{state.label}'.", "state")
    kind = ResolutionKind.ADOPTION if state == AgendaState.ADOPTED else ResolutionKind.NOTING
    return _propose_agenda(deed, agenda, kind, AGENDA_BODY[state], given, seen)


def correct_agenda(deed: Deed, agenda: LobbyAgenda, given: AgendaDecision, seen: int) -> Resolution:
    """Propose to put right the number or day of the newest decision on the agenda."""
    _must_be_decided(agenda, given)
    body = AGENDA_BODY[AgendaState(agenda.state)]
    return _propose_agenda(deed, agenda, ResolutionKind.CORRECTION, body, given, seen)


def withdraw_agenda(deed: Deed, agenda: LobbyAgenda, given: AgendaDecision, seen: int) -> Resolution:
    """Propose that the Bestuur took the agenda back: it is a draft again."""
    _must_be_decided(agenda, given)
    return _propose_agenda(deed, agenda, ResolutionKind.WITHDRAWAL, Gremium.BOARD, given, seen)


def _must_be_decided(agenda: LobbyAgenda, given: AgendaDecision) -> None:
    if agenda.state == AgendaState.DRAFT:
        raise MoveNotAllowed("Deze lobbyagenda is nog niet vastgesteld.")
    required(given.reason, "reason", "Schrijf waarom.")


def _propose_agenda(
    deed: Deed, agenda: LobbyAgenda, kind: ResolutionKind, gremium: Gremium, given: AgendaDecision, seen: int
) -> Resolution:
    must_have(deed, Role.COORDINATOR, "De stand van de lobbyagenda wijzigt een coördinator.")
    decision = required(given.decision, "decision", "Noem het besluit: een nummer of de naam van het stuk.")
    if given.day > deed.today:
        raise Incomplete("Een besluit in de toekomst is nog geen besluit.", "decided_on")
    claim(deed.session, agenda, seen)
    if open_of(deed.session, agenda_year=agenda.year):
        raise MoveNotAllowed("Over deze agenda wacht al een besluit op bevestiging.")
    resolution = Resolution(
        agenda_year=agenda.year, kind=kind, gremium=gremium, decision=decision, decided_on=given.day,
        reason=given.reason.strip(), proposed_by=deed.by.id, proposed_at=deed.now,
    )  # fmt: skip
    deed.session.add(resolution)
    deed.session.flush()
    return resolution


def _settle_agenda(deed: Deed, resolution: Resolution) -> None:
    agenda, day = deed.session.get_one(LobbyAgenda, resolution.agenda_year), resolution.decided_on
    resolution.before = {name: str(getattr(agenda, name) or "") for name in ("state", "adopted_on", "noted_on")}
    if resolution.kind == ResolutionKind.ADOPTION:
        agenda.state, agenda.adopted_on = AgendaState.ADOPTED, day
        freeze(deed.session, agenda, deed.today)
    elif resolution.kind == ResolutionKind.NOTING:
        agenda.state, agenda.noted_on = AgendaState.NOTED, day
    elif resolution.kind == ResolutionKind.WITHDRAWAL:
        agenda.state, agenda.adopted_on, agenda.noted_on = AgendaState.DRAFT, None, None
        thaw(agenda)
    elif agenda.state == AgendaState.NOTED:
        agenda.noted_on = day
    else:
        agenda.adopted_on = day
    resolution.settled_at = deed.now
    deed.session.flush()
