"""Dossiers: open, edit, move, close, roll over to the next lobby agenda; and one chronological list of everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.models import (
    Call,
    Challenge,
    Commitment,
    ContactMoment,
    Dossier,
    DossierCall,
    DossierChallenge,
    DossierParticipant,
    LobbyAgenda,
    LobbyAgendaItem,
    LogEntry,
    Position,
    Stake,
    User,
)
from db.rights import has_role, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import (
    AgendaState,
    ApplicationStage,
    DossierKind,
    Level,
    LogKind,
    PositionState,
    Priority,
    Result,
    Stage,
)
from notifications.wording import amount, local_day
from tracker.errors import Incomplete, MoveNotAllowed, NotAllowed, NotThere, required
from tracker.lobby.log import log
from tracker.people.participants import standing_participant
from tracker.rights import must_add, must_change, must_fit, viewer_of
from tracker.versions import claim

MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.SPOTTED: frozenset({Stage.EXPLORING, Stage.STOPPED}),
    Stage.EXPLORING: frozenset({Stage.DRAFTING, Stage.STOPPED}),
    Stage.DRAFTING: frozenset({Stage.ADOPTED, Stage.EXPLORING, Stage.STOPPED}),
    Stage.ADOPTED: frozenset({Stage.ACTIVE, Stage.DRAFTING, Stage.STOPPED}),
    Stage.ACTIVE: frozenset({Stage.DRAFTING, Stage.CLOSED, Stage.STOPPED}),
    Stage.CLOSED: frozenset(),
    Stage.STOPPED: frozenset({Stage.EXPLORING}),
}
ENDED = frozenset({Stage.CLOSED, Stage.STOPPED, ApplicationStage.SETTLED, ApplicationStage.DROPPED})
NEEDS_POSITION = frozenset({Stage.ADOPTED, Stage.ACTIVE})
LABELS = {
    "title": "titel",
    "goal": "lobbydoel",
    "message_nl": "kernboodschap",
    "message_en": "kernboodschap (Engels)",
    "request": "gevraagd besluit",
    "requested_amount": "gevraagd bedrag",
    "level": "niveau",
    "political_lead": "bestuurlijk trekker",
    "official_id": "ambtelijk trekker",
    "lobbyist_id": "lobbyist",
    "priority": "prioriteit",
    "visibility": "zichtbaarheid",
}


@dataclass(frozen=True)
class DossierFields:
    """What people fill in of a dossier."""

    title: str
    goal: str = ""
    message_nl: str = ""
    message_en: str = ""
    request: str = ""
    requested_amount: Decimal | None = None
    level: str = Level.NATIONAL
    political_lead: str = ""
    official_id: int | None = None
    lobbyist_id: int | None = None
    priority: str = Priority.MIDDLE
    visibility: str = Visibility.OWN


def open_dossier(
    session: Session,
    fields: DossierFields,
    by: User,
    now: datetime,
    kind: DossierKind = DossierKind.LOBBY,
    challenges: Iterable[str] = (),
    calls: Iterable[int] = (),
    participants: Iterable[str] = (),
) -> Dossier:
    """A new dossier of the user's own organisation, with what it hangs on."""
    if not has_role(viewer_of(by), Role.FUNDRAISER):
        raise NotAllowed("Met de rol lezer kunt u geen dossier openen.")
    title = required(fields.title, "title", "Geef het dossier een titel.")
    standing_participant(session, by.participant_id, local_day(now))
    stage = Stage.SPOTTED if kind == DossierKind.LOBBY else ApplicationStage.SIGNAL
    dossier = Dossier(
        **{**vars(fields), "title": title}, kind=kind, stage=stage, participant_id=by.participant_id, opened_at=now
    )
    _check_people(session, dossier, fields, by)
    known_challenges, known_calls = _known(session, set(challenges), set(calls))
    joining = [standing_participant(session, p, local_day(now), "participants") for p in dict.fromkeys(participants)]
    session.add(dossier)
    session.flush()
    new = dossier.id
    session.add_all(DossierChallenge(dossier_id=new, challenge_id=c.id) for c in known_challenges)
    session.add_all(DossierCall(dossier_id=new, call_id=c.id, seen_version=c.version) for c in known_calls)
    session.add_all(DossierParticipant(dossier_id=new, participant_id=p.id) for p in joining)
    log(session, dossier, LogKind.OPENED, title, by, now, stages=(None, stage))
    session.flush()
    return dossier


def _check_people(session: Session, dossier: Dossier, fields: DossierFields, by: User) -> None:
    """Whoever carries a dossier is a colleague, its organisation's or the user's; who carried it already may stay."""
    for field in ("official_id", "lobbyist_id"):
        chosen = getattr(fields, field)
        if chosen is None or (dossier.id is not None and chosen == getattr(dossier, field)):
            continue
        user = session.get(User, chosen)
        ours = user is not None and user.participant_id in (dossier.participant_id, by.participant_id)
        if user is None or not ours or user.deactivated_at is not None:
            raise Incomplete("Kies een collega.", field)


def _known(session: Session, challenges: set[str], calls: set[int]) -> tuple[list[Challenge], list[Call]]:
    found = list(session.exec(select(Challenge).where(col(Challenge.id).in_(challenges))))
    linked = list(session.exec(select(Call).where(col(Call.id).in_(calls))))
    if len(found) < len(challenges):
        raise NotThere("Deze opgave bestaat niet.", "challenges")
    if len(linked) < len(calls):
        raise NotThere("Deze regeling bestaat niet.", "calls")
    return found, linked


def edit(session: Session, dossier: Dossier, fields: DossierFields, by: User, now: datetime, seen: int) -> None:
    """Change what people filled in; the log keeps what stood there before."""
    must_change(by, dossier)
    required(fields.title, "title", "Geef het dossier een titel.")
    _check_people(session, dossier, fields, by)
    claim(session, dossier, seen)
    changes = []
    for field, new in vars(fields).items():
        old = getattr(dossier, field)
        if old != new:
            changes.append(f"{LABELS[field]}: was '{'' if old is None else old}'")
            setattr(dossier, field, new)
    if changes:
        log(session, dossier, LogKind.EDITED, "; ".join(changes), by, now)
    session.flush()
    _narrow(session, dossier)


def _narrow(session: Session, dossier: Dossier) -> None:
    """Contacts, promises and stakes are seen by no more people than their dossier, whoever wrote them."""
    for model in (ContactMoment, Commitment, Stake):
        too_wide = [v for v in Visibility if wider(v, dossier.visibility)]
        rows = update(model).where(col(model.dossier_id) == dossier.id, col(model.visibility).in_(too_wide))
        session.exec(rows.values(visibility=dossier.visibility, version=col(model.version) + 1))


def note(
    session: Session, dossier: Dossier, text: str, by: User, now: datetime, visibility: str = Visibility.OWN
) -> LogEntry:
    """A line of free text of the user's own organisation on the timeline."""
    must_add(by, dossier)
    must_fit(session, dossier, visibility)
    entry = log(session, dossier, LogKind.NOTE, required(text, "text", "Schrijf eerst iets op."), by, now)
    entry.participant_id, entry.visibility = by.participant_id, visibility
    return entry


def check_move(stage: Stage, to: Stage, holds: bool) -> None:
    """Raises MoveNotAllowed unless ``to`` follows ``stage``; ``holds`` = an adopted position is valid today."""
    if to not in MOVES[stage]:
        allowed = ", ".join(f"'{s.label}'" for s in Stage if s in MOVES[stage]) or "niets meer"
        raise MoveNotAllowed(f"Van '{stage.label}' kan een dossier niet naar '{to.label}', wel naar {allowed}.", "to")
    if to in NEEDS_POSITION and not holds:
        raise MoveNotAllowed(f"'{to.label}' kan pas met een vastgesteld standpunt dat vandaag geldt.", "to")


def move(session: Session, dossier: Dossier, to: Stage, by: User, now: datetime, seen: int) -> None:
    """Bring a lobby dossier to its next stage; closing goes through ``close``, which asks for the result."""
    must_change(by, dossier)
    if dossier.kind != DossierKind.LOBBY:
        raise MoveNotAllowed("Een aanvraag volgt de fasen van een aanvraag.", "to")
    if to == Stage.CLOSED:
        raise MoveNotAllowed("Sluit een dossier met het resultaat erbij.", "to")
    check_move(Stage(dossier.stage), to, _position_holds(session, dossier, local_day(now)))
    _arrive(session, dossier, to, by, now, seen)


def close(
    session: Session,
    dossier: Dossier,
    result: Result,
    by: User,
    now: datetime,
    seen: int,
    text: str = "",
    brought: Decimal | None = None,
) -> None:
    """Close an active lobby dossier with what it brought."""
    must_change(by, dossier)
    if dossier.kind != DossierKind.LOBBY:
        raise MoveNotAllowed("Een aanvraag volgt de fasen van een aanvraag.", "to")
    check_move(Stage(dossier.stage), Stage.CLOSED, True)
    if result != Result.NOT and not text.strip():
        raise Incomplete("Schrijf op wat er is bereikt.", "result_text")
    _arrive(session, dossier, Stage.CLOSED, by, now, seen)
    dossier.result, dossier.result_text, dossier.result_amount = result, text.strip(), brought
    money = f", {amount(brought)}" if brought else ""
    log(session, dossier, LogKind.OUTCOME, f"{result.label}{money}. {text.strip()}".strip(), by, now)
    session.flush()


def _arrive(session: Session, dossier: Dossier, to: Stage, by: User, now: datetime, seen: int) -> None:
    came_from = dossier.stage
    claim(session, dossier, seen)
    dossier.stage = to
    dossier.closed_at = now if to in ENDED else None
    text = f"Van '{Stage(came_from).label}' naar '{to.label}'"
    log(session, dossier, LogKind.MOVED, text, by, now, stages=(came_from, to))
    session.flush()


def _position_holds(session: Session, dossier: Dossier, day: date) -> bool:
    from tracker.lobby.positions import holds_on

    adopted = select(Position).where(Position.dossier_id == dossier.id, Position.state == PositionState.ADOPTED)
    return any(holds_on(p, day) for p in session.exec(adopted))


def stage_on(session: Session, dossier_id: int, day: date) -> str | None:
    """Where the dossier stood at the end of that day, from its log; None before it was opened."""
    moved = select(LogEntry.to_stage).where(
        LogEntry.dossier_id == dossier_id, col(LogEntry.to_stage).is_not(None), LogEntry.day <= day
    )
    return session.exec(moved.order_by(col(LogEntry.at).desc(), col(LogEntry.id).desc())).first()


def lobby_agenda(session: Session, year: int, by: User) -> LobbyAgenda:
    """The lobby agenda of a year, made as a draft where there is none yet."""
    found = session.get(LobbyAgenda, year)
    if found:
        return found
    if not has_role(viewer_of(by), Role.COORDINATOR):
        raise NotAllowed("Een nieuwe lobbyagenda begint bij een coördinator.")
    agenda = LobbyAgenda(year=year, participant_id=by.participant_id, visibility=Visibility.MRA)
    session.add(agenda)
    session.flush()
    return agenda


def put_on_agenda(
    session: Session, dossier: Dossier, year: int, by: User, now: datetime, rolled_over: bool = False
) -> None:
    """Put a dossier on the lobby agenda of a year; nothing happens where it stands there already."""
    must_change(by, dossier)
    if dossier.kind != DossierKind.LOBBY:
        raise NotAllowed("Op de lobbyagenda staan lobbydossiers, geen aanvragen.")
    lobby_agenda(session, year, by)
    if session.get(LobbyAgendaItem, (year, dossier.id)):
        return
    session.add(LobbyAgendaItem(year=year, dossier_id=dossier.id, rolled_over=rolled_over, added_at=now))
    log(session, dossier, LogKind.AGENDA, f"Op de lobbyagenda van {year}", by, now)
    session.flush()


def roll_over(session: Session, year: int, by: User, now: datetime) -> list[Dossier]:
    """Take what is not finished along to next year's lobby agenda; what the user may not change stays behind."""
    from tracker.rights import may_change

    if not has_role(viewer_of(by), Role.COORDINATOR):
        raise NotAllowed("Doorrollen naar een nieuw jaar doet een coördinator.")
    lobby_agenda(session, year + 1, by)
    on_it = select(Dossier).join(LobbyAgendaItem).where(LobbyAgendaItem.year == year).order_by(col(Dossier.id))
    taken = [d for d in session.exec(on_it) if d.stage not in ENDED and may_change(viewer_of(by), d)]
    for dossier in taken:
        put_on_agenda(session, dossier, year + 1, by, now, rolled_over=True)
    return taken


def set_agenda_state(session: Session, agenda: LobbyAgenda, state: AgendaState, day: date, by: User, seen: int) -> None:
    """Draft -> adopted by the Bestuur -> noted by the AV; no step is skipped and none goes back."""
    if not has_role(viewer_of(by), Role.COORDINATOR):
        raise NotAllowed("De stand van de lobbyagenda wijzigt een coördinator.")
    order = list(AgendaState)
    if order.index(state) != order.index(AgendaState(agenda.state)) + 1:
        raise MoveNotAllowed(f"Na '{AgendaState(agenda.state).label}' volgt niet '{state.label}'.", "state")
    claim(session, agenda, seen)
    agenda.state = state
    if state == AgendaState.ADOPTED:
        agenda.adopted_on = day
    else:
        agenda.noted_on = day
    session.flush()


def see_calls_as_they_are(session: Session, dossier: Dossier, by: User, now: datetime) -> int:
    """Tell that people looked at the linked calls as they are now; gives back how many had changed."""
    must_change(by, dossier)
    linked = select(DossierCall, Call).where(
        DossierCall.dossier_id == dossier.id,
        DossierCall.call_id == Call.id,
        DossierCall.seen_version < Call.version,
    )
    changed = list(session.exec(linked))
    for link, call in changed:
        link.seen_version = call.version
    if changed:
        log(session, dossier, LogKind.LINKED, "Wijzigingen in de gekoppelde regeling gezien", by, now)
    session.flush()
    return len(changed)
