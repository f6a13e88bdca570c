"""Positions: draft, adopt, succeed; which holds on a day, what it may be called, and whether it may leave the house."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from db.models import Dissent, Dossier, Participant, Position
from db.queries import Viewer
from db.region_served import region
from db.rights import readable
from db.vocabulary import Visibility
from db.vocabulary_lobby import OWN_BODIES, Gremium, LogKind, PositionState
from notifications.wording import local_day, short_day
from tracker.errors import ChangedMeanwhile, Incomplete, NotFound, PositionNotAllowed, required
from tracker.lobby.log import log
from tracker.rights import Deed, must_add, must_fit
from tracker.versions import MEANWHILE, claim

REGION_LINE = Visibility.REGION.value


@dataclass(frozen=True)
class Wording:
    """What a position says: inside, outside, and how far we go."""

    internal: str = ""
    public: str = ""
    red_lines: str = ""
    ground: str = ""


@dataclass(frozen=True)
class Adoption:
    """By whom, when and for how long a position was adopted."""

    gremium: Gremium
    decision: str
    adopted_on: date
    valid_from: date
    valid_to: date | None = None
    next_review: date | None = None


def line_of(position: Position) -> str:
    """Whose line an adopted position is: the region's, or that of the participant whose own body adopted it."""
    return position.participant_id if position.gremium in OWN_BODIES else REGION_LINE


def called(position: Position) -> str:
    """What people call it: by the number its body gave it, by the decision of an own body, or as a draft of a day.

    The order of writing stays inside, since a gap in it tells that something lies there which one may not see.
    """
    if position.region_number is not None:
        return f"standpunt {position.region_number}"
    if position.state == PositionState.ADOPTED:
        return f"standpunt van besluit {position.decision}"
    return f"concept van {short_day(local_day(position.created_at))}"


def next_number(session: Session, dossier_id: int) -> int:
    """The number of the next position that a body of the region adopts in this dossier."""
    last = select(func.max(Position.region_number)).where(Position.dossier_id == dossier_id)
    return (session.exec(last).one() or 0) + 1


def holds_on(position: Position, day: date) -> bool:
    """Whether the position was adopted and its mandate ran on that day."""
    if position.state != PositionState.ADOPTED or position.valid_from is None or day < position.valid_from:
        return False
    expired = position.valid_to is not None and day > position.valid_to
    return not expired and (position.ended_on is None or day < position.ended_on)


def designation(position: Position, day: date, participant: str = "") -> str:
    """What it may be called on that day: only what was adopted and still holds is a position of the region."""
    if position.state != PositionState.ADOPTED:
        return PositionState(position.state).label
    if holds_on(position, day):
        return (
            f"{region().short}-standpunt"
            if line_of(position) == REGION_LINE
            else f"standpunt van {participant or 'een deelnemer'}"
        )
    if position.ended_on and day >= position.ended_on:
        return "ingetrokken standpunt" if position.withdrawn else "opgevolgd standpunt"
    if position.valid_from and day < position.valid_from:
        return f"vastgesteld, geldt vanaf {short_day(position.valid_from)}"
    return "verlopen standpunt"


def exportable(position: Position, day: date) -> str:
    """The public wording, for use outside.

    Raises PositionNotAllowed when it was never adopted, is not valid that day, or has no public wording.
    """
    if position.state != PositionState.ADOPTED:
        raise PositionNotAllowed("Een concept kan niet naar buiten: het is niet vastgesteld.")
    if not holds_on(position, day):
        until = mandate_ends(position)
        word = f"gold tot en met {short_day(until)}" if until and day > until else "geldt nog niet"
        raise PositionNotAllowed(f"Dit standpunt kan niet naar buiten: het mandaat {word}.")
    if not position.public_wording.strip():
        raise PositionNotAllowed("Dit standpunt heeft geen openbare tekst.")
    return position.public_wording


def draft(
    deed: Deed, dossier: Dossier, wording: Wording, visibility: str = Visibility.OWN, seen: int | None = None
) -> Position:
    """A new draft, for those who work on it: the own organisation, or the group; an earlier one stays as replaced.

    ``seen``: the draft that the person had in front of them, 0 for none; a newer one refuses.
    """
    must_add(deed, dossier)
    if visibility not in (Visibility.OWN, Visibility.GROUP):
        raise Incomplete("Een concept is voor de eigen organisatie of voor de groep van het dossier.", "visibility")
    must_fit(deed, dossier, visibility)
    required(wording.internal or wording.public, "public", "Schrijf de interne of de openbare tekst.")
    claim(deed.session, dossier)
    number = deed.session.exec(select(func.max(Position.number)).where(Position.dossier_id == dossier.id)).one() or 0
    own_drafts = select(Position).where(
        Position.dossier_id == dossier.id,
        Position.state == PositionState.DRAFT,
        Position.participant_id == deed.by.participant_id,
    )
    earlier_ones = list(deed.session.exec(own_drafts))
    if seen is not None and any(earlier.id > seen for earlier in earlier_ones):
        raise ChangedMeanwhile(MEANWHILE)
    for earlier in earlier_ones:
        earlier.state = PositionState.REPLACED
    position = Position(
        dossier_id=dossier.id,
        number=number + 1,
        internal_wording=wording.internal.strip(),
        public_wording=wording.public.strip(),
        red_lines=wording.red_lines.strip(),
        ground=wording.ground.strip(),
        created_at=deed.now,
        created_by=deed.by.id,
        participant_id=deed.by.participant_id,
        visibility=visibility,
    )
    deed.session.add(position)
    log(deed, dossier, LogKind.POSITION, called(position), subject=position)
    return position


def check_decision(decision: Adoption, today: date) -> None:
    """Raises Incomplete or PositionNotAllowed where the decision itself cannot be."""
    required(decision.decision, "decision", "Noem het besluit: een nummer of de naam van het stuk.")
    if decision.adopted_on > today:
        raise PositionNotAllowed("Een besluit in de toekomst is nog geen besluit.", "adopted_on")
    if decision.valid_from < decision.adopted_on:
        raise PositionNotAllowed("Een standpunt kan niet gelden voordat het is vastgesteld.", "valid_from")
    if decision.valid_to and decision.valid_to < decision.valid_from:
        raise PositionNotAllowed("De laatste dag ligt voor de eerste.", "valid_to")
    if decision.next_review and decision.next_review < decision.valid_from:
        raise Incomplete("De herziening ligt voor de eerste dag.", "next_review")


def overlapping(others: Iterable[Position], line: str, valid_from: date, valid_to: date | None) -> Position | None:
    """The adopted position of the same line that holds on a day of this period, if there is one."""
    for other in others:
        if other.state != PositionState.ADOPTED or line_of(other) != line or other.valid_from is None:
            continue
        last = mandate_ends(other) or date.max
        if other.valid_from <= last and valid_from <= last and other.valid_from <= (valid_to or date.max):
            return other
    return None


def mandate_ends(position: Position) -> date | None:
    """The last day an adopted position holds; None while nothing ends it."""
    before = date.fromordinal(position.ended_on.toordinal() - 1) if position.ended_on else None
    days = [d for d in (position.valid_to, before) if d]
    return min(days) if days else None


def make_room(session: Session, position: Position, decision: Adoption, succeeds: Position | None) -> None:
    """Raises PositionNotAllowed where it would hold beside another one of its line; what it succeeds makes room."""
    line = position.participant_id if decision.gremium in OWN_BODIES else REGION_LINE
    if succeeds is not None and succeeds not in succeedable(session, position.dossier_id, line):
        whose = (
            f"het {region().short}-standpunt" if line == REGION_LINE else "het eigen standpunt van dezelfde deelnemer"
        )
        raise PositionNotAllowed(f"Dit besluit volgt alleen {whose} op, zolang dat geldt.", "succeeds")
    if succeeds is not None and succeeds.valid_from and decision.valid_from <= succeeds.valid_from:
        raise PositionNotAllowed("Een opvolger begint na zijn voorganger.", "valid_from")
    passed_over = {position.id, succeeds.id if succeeds else None}
    others = session.exec(select(Position).where(Position.dossier_id == position.dossier_id))
    rest = [other for other in others if other.id not in passed_over]
    other = overlapping(rest, line, decision.valid_from, decision.valid_to)
    if other:
        raise PositionNotAllowed(
            f"In deze periode geldt al {called(other)}; volg dat op of kies een andere eerste dag.",
            "valid_from",
        )


def succeedable(session: Session, dossier_id: int, line: str) -> list[Position]:
    """The positions of one line that a new one can follow: adopted, and ended by nothing yet."""
    adopted = select(Position).where(Position.dossier_id == dossier_id, Position.state == PositionState.ADOPTED)
    standing = session.exec(adopted.where(col(Position.ended_on).is_(None)).order_by(col(Position.number)))
    return [position for position in standing if line_of(position) == line]


def ledger(session: Session, dossier: Dossier, viewer: Viewer) -> list[Position]:
    """Every position of the dossier that the viewer may see, newest first."""
    positions = select(Position).where(Position.dossier_id == dossier.id, readable(viewer))
    return list(session.exec(positions.order_by(col(Position.number).desc())))


def position_for(session: Session, viewer: Viewer, dossier: Dossier, position_id: int) -> Position:
    """A position of this dossier, or NotFound for who may not read it."""
    position = select(Position).where(Position.id == position_id, Position.dossier_id == dossier.id, readable(viewer))
    readable_position = session.exec(position).first()
    if readable_position is None:
        raise NotFound
    return readable_position


def position_on(
    session: Session, dossier: Dossier, day: date, viewer: Viewer, line: str = REGION_LINE
) -> Position | None:
    """What we said on that day: the adopted position of the line that held then."""
    return next((p for p in ledger(session, dossier, viewer) if line_of(p) == line and holds_on(p, day)), None)


def dissenters(session: Session, position: Position) -> list[tuple[Participant, str]]:
    """The participants that do not share the position, with why."""
    rows = select(Participant, Dissent.reason).where(
        Dissent.position_id == position.id, Dissent.participant_id == Participant.id
    )
    return [(participant, reason) for participant, reason in session.exec(rows.order_by(col(Participant.name)))]
