"""The joint lobby agenda of a year as a document: an item a dossier, frozen as it was when the Bestuur adopted it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import Dossier, LobbyAgenda, LobbyAgendaItem, Participant, Resolution, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Role
from db.vocabulary_lobby import AgendaState, Gremium, Level, Priority, ResolutionKind
from notifications.wording import amount, short_day
from tracker.lobby.coalition import members_on
from tracker.lobby.moments import for_dossier
from tracker.lobby.position_book import opgaven_of
from tracker.lobby.positions import position_on

# Whoever takes part in the region, of no organisation: everybody reads the same document, nothing private stands in it.
ANYBODY = Viewer(0, Role.READER, None)
TOLD = {
    "position": "standpunt",
    "ask": "gevraagd besluit",
    "amount": "bedrag",
    "goal": "lobbydoel",
    "priority": "prioriteit",
}


@dataclass(frozen=True)
class AgendaLine:
    """An item: what we want, what we say, when it can still be influenced, with whom, and who carries it.

    People stand in it by number, so that whoever is erased has no name in an old agenda either. Amounts in euros.
    """

    dossier_id: int
    title: str
    owner: str
    opgaven: list[str]
    level: str
    priority: str
    goal: str
    message: str
    position: str
    decided: str
    ask: str
    amount: str
    moment: str
    moment_day: str
    moment_sure: bool
    coalition: list[str]
    political_lead: str
    official_id: int | None
    lobbyist_id: int | None
    rolled_over: bool
    example: bool

    @property
    def euros(self) -> str:
        """The amount as one says it; empty where none is asked."""
        return amount(Decimal(self.amount)) if self.amount else ""

    @property
    def when(self) -> str:
        """The next moment with its day, and whether that is only the usual time of year."""
        if not self.moment:
            return ""
        day = short_day(date.fromisoformat(self.moment_day)) if self.moment_day else "datum volgt"
        return f"{self.moment}, {day}{'' if self.moment_sure else ' (gebruikelijke tijd)'}"


@dataclass(frozen=True)
class AgendaChange:
    """What an item says that last year's agenda did not; ``was``: what that said, field by field."""

    new: bool = False
    was: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AgendaDocument:
    """The whole; ``frozen``: as it was adopted. ``dropped``: what stood on last year's agenda and no longer does."""

    year: int
    state: AgendaState
    decision: str
    adopted_on: date | None
    noted_on: date | None
    lines: list[AgendaLine]
    changes: dict[int, AgendaChange]
    dropped: list[str]
    people: dict[int, str]
    frozen: bool

    def who(self, line: AgendaLine) -> str:
        """Who carries an item: the political lead, the official and the lobbyist, as far as they are chosen."""
        named = [line.political_lead, *(self.people.get(i or 0, "") for i in (line.official_id, line.lobbyist_id))]
        return "; ".join(dict.fromkeys(filter(None, named))) or "nog te kiezen"


def document_of(session: Session, year: int, day: date) -> AgendaDocument:
    """The agenda of a year as adopted, or while it is a draft as it is on that day, laid beside last year's."""
    agenda = session.get(LobbyAgenda, year)
    lines, before = _lines(session, year, day), _lines(session, year - 1, day)
    kept = {line.dossier_id for line in lines}
    people = {i for line in lines for i in (line.official_id, line.lobbyist_id) if i}
    return AgendaDocument(
        year,
        AgendaState(agenda.state) if agenda else AgendaState.DRAFT,
        _decision(session, year) if agenda and agenda.state != AgendaState.DRAFT else "",
        agenda.adopted_on if agenda else None,
        agenda.noted_on if agenda else None,
        lines,
        changes(lines, before) if before else {},
        [line.title for line in before if line.dossier_id not in kept],
        dict(session.exec(select(User.id, User.name).where(col(User.id).in_(people))).all()),
        agenda is not None and agenda.document is not None,
    )


def _decision(session: Session, year: int) -> str:
    """The number or name of the Bestuur's decision, as it was last put right."""
    kinds = (ResolutionKind.ADOPTION, ResolutionKind.CORRECTION)
    taken = select(Resolution.decision).where(
        Resolution.agenda_year == year,
        Resolution.gremium == Gremium.BOARD,
        col(Resolution.kind).in_(kinds),
        col(Resolution.confirmed_by).is_not(None),
    )
    return session.exec(taken.order_by(col(Resolution.id).desc())).first() or ""


def freeze(session: Session, agenda: LobbyAgenda, day: date) -> None:
    """Keep every item as it is now: what the Bestuur adopts can be shown again, whatever is edited later."""
    agenda.document = [asdict(line) for line in _live_lines(session, agenda.year, day)]


def thaw(agenda: LobbyAgenda) -> None:
    """The agenda is a draft again: it shows what its dossiers say."""
    agenda.document = None


def changes(lines: Sequence[AgendaLine], before: Sequence[AgendaLine]) -> dict[int, AgendaChange]:
    """Dossier -> what is new or differs from last year; pure."""
    earlier = {line.dossier_id: line for line in before}
    differing = {line.dossier_id: _change(line, earlier.get(line.dossier_id)) for line in lines}
    return {dossier: change for dossier, change in differing.items() if change.new or change.was}


def _change(line: AgendaLine, before: AgendaLine | None) -> AgendaChange:
    if before is None:
        return AgendaChange(new=True)
    differing = [name for name in TOLD if getattr(line, name) != getattr(before, name)]
    return AgendaChange(was={TOLD[name]: _said(before, name) for name in differing})


def _said(line: AgendaLine, name: str) -> str:
    return (line.euros if name == "amount" else str(getattr(line, name))) or "niets"


def _lines(session: Session, year: int, day: date) -> list[AgendaLine]:
    agenda = session.get(LobbyAgenda, year)
    if agenda is not None and agenda.document is not None:
        return [AgendaLine(**line) for line in agenda.document]
    return _live_lines(session, year, day)


def _live_lines(session: Session, year: int, day: date) -> list[AgendaLine]:
    """The items by priority and title; only what the whole region sees."""
    query = select(Dossier, LobbyAgendaItem, Participant.name).where(
        LobbyAgendaItem.year == year,
        LobbyAgendaItem.dossier_id == Dossier.id,
        Dossier.participant_id == Participant.id,
        visible(ANYBODY, Dossier),
    )
    rows = session.exec(query.order_by(col(Dossier.title), col(Dossier.id))).all()
    opgaven = opgaven_of(session, {dossier.id for dossier, _, _ in rows})
    lines = [
        _line(session, dossier, item, owner, [c.name for c in opgaven.get(dossier.id, []) if c.name], day)
        for dossier, item, owner in rows
    ]
    order = [priority.label for priority in Priority]
    return sorted(lines, key=lambda line: order.index(line.priority))


def _line(
    session: Session, dossier: Dossier, item: LobbyAgendaItem, owner: str, opgaven: list[str], day: date
) -> AgendaLine:
    position = position_on(session, dossier, day, ANYBODY)
    hooked = [m for m in for_dossier(session, dossier, ANYBODY, day)[0] if not m.ended]
    moment = hooked[0] if hooked else None
    decided = f"{Gremium(position.gremium).label}, {position.decision}" if position and position.gremium else ""
    return AgendaLine(
        dossier_id=dossier.id,
        title=dossier.title,
        owner=owner,
        opgaven=opgaven,
        level=Level(dossier.level).label,
        priority=Priority(dossier.priority).label,
        goal=dossier.goal,
        message=dossier.message_nl,
        position=position.public_wording if position else "",
        decided=decided,
        ask=dossier.request,
        amount=str(dossier.requested_amount) if dossier.requested_amount is not None else "",
        moment=moment.title if moment else "",
        moment_day=moment.ends_on.isoformat() if moment and moment.ends_on else "",
        moment_sure=moment.sure if moment else True,
        coalition=[member.name for member in members_on(session, dossier, day)],
        political_lead=dossier.political_lead,
        official_id=dossier.official_id,
        lobbyist_id=dossier.lobbyist_id,
        rolled_over=item.rolled_over,
        example=dossier.example,
    )
