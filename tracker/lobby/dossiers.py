"""Dossiers: open, edit, move, close, roll over to the next lobby agenda; and one chronological list of everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.models import (
    Application,
    Call,
    Challenge,
    CoalitionMember,
    CoalitionStance,
    Commitment,
    ContactMoment,
    Document,
    Dossier,
    DossierCall,
    DossierChallenge,
    DossierParticipant,
    LobbyAgenda,
    LobbyAgendaItem,
    LogEntry,
    Outcome,
    Position,
    SignOffRound,
    Stake,
    User,
)
from db.region_served import region
from db.rights import visible, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import (
    AgendaState,
    ApplicationStage,
    DossierKind,
    Level,
    LoggedDeed,
    LoggedKind,
    LogKind,
    PositionState,
    Priority,
    Result,
    Stage,
)
from notifications.wording import amount
from tracker.errors import Incomplete, MoveNotAllowed, NotAllowed, NotFound, required
from tracker.lobby.history import remember
from tracker.lobby.log import bring_to_stage, check_follows, log
from tracker.lobby.positions import REGION_LINE, holds_on, line_of
from tracker.people.participants import participant_on
from tracker.rights import Deed, must_add, must_change, must_fit, must_have
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
    "group_parties": "de coalitie leest mee",
    "group_lobbyists": "alle lobbyisten lezen mee",
}
# What is the dossier's own, and so is seen by whoever sees it; a talk or a draft has a visibility of its own.
FOLLOWING = (CoalitionMember, SignOffRound, Outcome, Application)


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
    group_parties: bool = False
    group_lobbyists: bool = False


def open_dossier(
    deed: Deed,
    fields: DossierFields,
    kind: DossierKind = DossierKind.LOBBY,
    challenges: Iterable[str] = (),
    calls: Iterable[int] = (),
    participants: Iterable[str] = (),
) -> Dossier:
    """A new dossier of the user's own organisation, with what it hangs on."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen dossier openen.")
    title = required(fields.title, "title", "Geef het dossier een titel.")
    participant_on(deed.session, deed.by.participant_id, deed.today)
    stage = Stage.SPOTTED if kind == DossierKind.LOBBY else ApplicationStage.SIGNAL
    dossier = Dossier(
        **{**vars(fields), "title": title},
        kind=kind,
        stage=stage,
        participant_id=deed.by.participant_id,
        opened_at=deed.now,
    )
    _check_people(deed, dossier, fields)
    known_challenges, known_calls = _known(deed.session, set(challenges), set(calls))
    joining = [participant_on(deed.session, p, deed.today, "participants") for p in dict.fromkeys(participants)]
    deed.session.add(dossier)
    deed.session.flush()
    new = dossier.id
    deed.session.add_all(DossierChallenge(dossier_id=new, challenge_id=c.id) for c in known_challenges)
    deed.session.add_all(DossierCall(dossier_id=new, call_id=c.id, seen_version=c.version) for c in known_calls)
    deed.session.add_all(DossierParticipant(dossier_id=new, participant_id=p.id) for p in joining)
    log(deed, dossier, LogKind.OPENED, title, stages=(None, stage))
    return dossier


def _check_people(deed: Deed, dossier: Dossier, fields: DossierFields) -> None:
    """Whoever carries a dossier is a colleague, its organisation's or the user's; who carried it already may stay."""
    for field in ("official_id", "lobbyist_id"):
        chosen = getattr(fields, field)
        if chosen is None or (dossier.id is not None and chosen == getattr(dossier, field)):
            continue
        user = deed.session.get(User, chosen)
        ours = user is not None and user.participant_id in (dossier.participant_id, deed.by.participant_id)
        if user is None or not ours or user.deactivated_at is not None:
            raise Incomplete("Kies een collega.", field)


def _known(session: Session, challenges: set[str], calls: set[int]) -> tuple[list[Challenge], list[Call]]:
    known_challenges = list(session.exec(select(Challenge).where(col(Challenge.id).in_(challenges))))
    known_calls = list(session.exec(select(Call).where(col(Call.id).in_(calls))))
    if len(known_challenges) < len(challenges):
        raise NotFound("Deze opgave bestaat niet.", "challenges")
    if len(known_calls) < len(calls):
        raise NotFound("Deze regeling bestaat niet.", "calls")
    return known_challenges, known_calls


def edit(deed: Deed, dossier: Dossier, fields: DossierFields, seen: int) -> None:
    """Change what people filled in; the log keeps what stood there before, for who saw that and still may.

    A group can let others in later, who were not meant to read what stood there: that stays with the organisation.
    """
    must_change(deed, dossier)
    required(fields.title, "title", "Geef het dossier een titel.")
    _check_people(deed, dossier, fields)
    if wider(Visibility.REGION, fields.visibility):
        check_not_on_agenda(deed.session, dossier, "visibility")
    claim(deed.session, dossier, seen)
    before, changes = dossier.visibility, []
    for field, new in vars(fields).items():
        old = getattr(dossier, field)
        if old != new:
            changes.append(f"{LABELS[field]}: was '{_as_said(deed.session, field, old)}'")
            setattr(dossier, field, new)
    if changes:
        seen_by = before if wider(dossier.visibility, before) else None
        if before == Visibility.GROUP:
            seen_by = Visibility.OWN
        log(deed, dossier, LogKind.EDITED, "; ".join(changes), visibility=seen_by)
    deed.session.flush()
    _follow(deed.session, dossier)
    narrow(deed.session, dossier)


def _as_said(session: Session, field: str, value: Any) -> Any:
    """A value as people read it: of a person the name."""
    if value is None:
        return ""
    return session.get_one(User, value).name if field in ("official_id", "lobbyist_id") else value


def entrust(deed: Deed, dossier: Dossier, user_id: int | None, seen: int) -> None:
    """Say who pulls it: the lobbyist of a dossier, and who runs an application."""
    kept = {field.name: getattr(dossier, field.name) for field in fields_of(DossierFields)}
    edit(deed, dossier, DossierFields(**{**kept, "lobbyist_id": user_id}), seen)


def check_not_on_agenda(session: Session, dossier: Dossier, field: str) -> None:
    """What a body adopted with this dossier on it stays where everybody reads it. Raises Incomplete."""
    adopted = select(LobbyAgenda.year).join(LobbyAgendaItem).where(LobbyAgendaItem.dossier_id == dossier.id)
    year = session.exec(adopted.where(LobbyAgenda.state != AgendaState.DRAFT)).first()
    if year is not None:
        raise Incomplete(
            f"Dit staat op de vastgestelde lobbyagenda van {year}, die iedereen in {region().called} ziet.", field
        )


def _follow(session: Session, dossier: Dossier) -> None:
    """What is the dossier's own, the region's position too, gets its visibility; an own body's has one of its own."""
    members = select(CoalitionMember.id).where(CoalitionMember.dossier_id == dossier.id)
    session.exec(
        update(CoalitionStance).where(col(CoalitionStance.member_id).in_(members)).values(visibility=dossier.visibility)
    )
    for model in FOLLOWING:
        session.exec(update(model).where(col(model.dossier_id) == dossier.id).values(visibility=dossier.visibility))
    adopted = select(Position).where(Position.dossier_id == dossier.id, Position.state == PositionState.ADOPTED)
    for position in session.exec(adopted):
        if line_of(position) == REGION_LINE:
            position.visibility = dossier.visibility
    session.flush()


def narrow(session: Session, dossier: Dossier) -> None:
    """Contacts, promises, stakes and drafts are seen by no more people than their dossier, whoever wrote them."""
    for model in (ContactMoment, Commitment, Stake, Position, Document):
        too_wide = [v for v in Visibility if wider(v, dossier.visibility)]
        rows = update(model).where(col(model.dossier_id) == dossier.id, col(model.visibility).in_(too_wide))
        session.exec(rows.values(visibility=dossier.visibility, version=col(model.version) + 1))


def note(deed: Deed, dossier: Dossier, text: str, visibility: str = Visibility.OWN) -> LogEntry:
    """A line of free text of the user's own organisation on the timeline."""
    must_add(deed, dossier)
    must_fit(deed, dossier, visibility)
    text = required(text, "text", "Schrijf eerst iets op.")
    return log(deed, dossier, LogKind.NOTE, text, visibility=visibility)


def check_move(stage: Stage, to: Stage, holds: bool) -> None:
    """Raises MoveNotAllowed unless ``to`` follows ``stage``; ``holds`` = an adopted position is valid today."""
    check_follows(MOVES, stage, to, "dossier")
    if to in NEEDS_POSITION and not holds:
        raise MoveNotAllowed(f"'{to.label}' kan pas met een vastgesteld standpunt dat vandaag geldt.", "to")


def move(deed: Deed, dossier: Dossier, to: Stage, seen: int) -> None:
    """Bring a lobby dossier to its next stage; closing goes through ``close``, which asks for the result."""
    must_change(deed, dossier)
    if dossier.kind != DossierKind.LOBBY:
        raise MoveNotAllowed("Een aanvraag volgt de fasen van een aanvraag.", "to")
    if to == Stage.CLOSED:
        raise MoveNotAllowed("Sluit een dossier met het resultaat erbij.", "to")
    check_move(Stage(dossier.stage), to, _position_holds(deed.session, dossier, deed.today))
    bring_to_stage(deed, dossier, to, seen, closed=to in ENDED)


def close(
    deed: Deed, dossier: Dossier, result: Result, seen: int, text: str = "", brought: Decimal | None = None
) -> None:
    """Close an active lobby dossier with what it brought."""
    must_change(deed, dossier)
    if dossier.kind != DossierKind.LOBBY:
        raise MoveNotAllowed("Een aanvraag volgt de fasen van een aanvraag.", "to")
    check_move(Stage(dossier.stage), Stage.CLOSED, True)
    if result != Result.NOT and not text.strip():
        raise Incomplete("Schrijf op wat er is bereikt.", "result_text")
    bring_to_stage(deed, dossier, Stage.CLOSED, seen, closed=True)
    dossier.result, dossier.result_text, dossier.result_amount = result, text.strip(), brought
    money = f", {amount(brought)}" if brought else ""
    log(deed, dossier, LogKind.OUTCOME, f"{result.label}{money}. {text.strip()}".strip())


def _position_holds(session: Session, dossier: Dossier, day: date) -> bool:
    adopted = select(Position).where(Position.dossier_id == dossier.id, Position.state == PositionState.ADOPTED)
    return any(holds_on(p, day) for p in session.exec(adopted))


def lobby_agenda(deed: Deed, year: int) -> LobbyAgenda:
    """The lobby agenda of a year, made as a draft where there is none yet."""
    existing = deed.session.get(LobbyAgenda, year)
    if existing:
        return existing
    must_have(deed, Role.COORDINATOR, "Een nieuwe lobbyagenda begint bij een coördinator.")
    agenda = LobbyAgenda(year=year, participant_id=deed.by.participant_id, visibility=Visibility.REGION)
    deed.session.add(agenda)
    deed.session.flush()
    return agenda


def put_on_agenda(deed: Deed, dossier: Dossier, year: int) -> None:
    """Put an own dossier on the lobby agenda of a year; nothing happens where it stands there already."""
    must_change(deed, dossier)
    _put(deed, dossier, year, rolled_over=False)


def _put(deed: Deed, dossier: Dossier, year: int, rolled_over: bool) -> None:
    if dossier.kind != DossierKind.LOBBY:
        raise NotAllowed("Op de lobbyagenda staan lobbydossiers, geen aanvragen.")
    agenda = lobby_agenda(deed, year)
    if deed.session.get(LobbyAgendaItem, (year, dossier.id)):
        return
    if wider(Visibility.REGION, dossier.visibility):
        raise NotAllowed(
            f"Op de gezamenlijke lobbyagenda staat wat iedereen in {region().called} ziet; deel eerst het dossier."
        )
    if agenda.state != AgendaState.DRAFT:
        raise NotAllowed("Deze lobbyagenda is vastgesteld: er komt niets meer bij.")
    deed.session.add(LobbyAgendaItem(year=year, dossier_id=dossier.id, rolled_over=rolled_over, added_at=deed.now))
    log(deed, dossier, LogKind.AGENDA, f"Op de lobbyagenda van {year}")


def take_off_agenda(deed: Deed, dossier: Dossier, year: int) -> None:
    """Take a dossier off a lobby agenda that is still a draft; what was adopted stays as it was adopted."""
    must_change(deed, dossier)
    item, agenda = deed.session.get(LobbyAgendaItem, (year, dossier.id)), deed.session.get(LobbyAgenda, year)
    if item is None or agenda is None:
        raise NotFound("Dit dossier staat niet op deze lobbyagenda.")
    if agenda.state != AgendaState.DRAFT:
        raise NotAllowed("Deze lobbyagenda is vastgesteld: er gaat niets meer af.")
    deed.session.delete(item)
    log(deed, dossier, LogKind.AGENDA, f"Van de lobbyagenda van {year} gehaald")
    remember(deed, dossier, LoggedKind.AGENDA, LoggedDeed.WITHDRAWN, f"lobbyagenda: {year}", year)


def roll_over(deed: Deed, year: int) -> list[Dossier]:
    """Take what is not finished along to next year's joint lobby agenda, whoever's it is."""
    must_have(deed, Role.COORDINATOR, "Doorrollen naar een nieuw jaar doet een coördinator.")
    lobby_agenda(deed, year + 1)
    on_it = select(Dossier).join(LobbyAgendaItem).where(LobbyAgendaItem.year == year).order_by(col(Dossier.id))
    seen = on_it.where(
        visible(deed.viewer, Dossier), col(Dossier.visibility).in_([Visibility.REGION, Visibility.PUBLIC])
    )
    unfinished = [d for d in deed.session.exec(seen) if d.stage not in ENDED]
    for dossier in unfinished:
        _put(deed, dossier, year + 1, rolled_over=True)
    return unfinished


def see_calls_as_they_are(deed: Deed, dossier: Dossier) -> int:
    """Tell that people looked at the linked calls as they are now; gives back how many had changed."""
    must_change(deed, dossier)
    linked = select(DossierCall, Call).where(
        DossierCall.dossier_id == dossier.id,
        DossierCall.call_id == Call.id,
        DossierCall.seen_version < Call.version,
    )
    changed = list(deed.session.exec(linked))
    for link, call in changed:
        link.seen_version = call.version
    if changed:
        log(deed, dossier, LogKind.LINKED, "Wijzigingen in de gekoppelde regeling gezien")
    deed.session.flush()
    return len(changed)
