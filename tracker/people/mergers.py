"""Participants that merge: on the day, what the one that ended kept goes to its successor, once, with a list of it.

What was said stays said: a position that its own college adopted and others can read, a dissent, a contribution to a
year that is over keep the old name.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, func, not_, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as rows_of

from db.models import (
    Application,
    CoalitionMember,
    Cofunding,
    CofundingRoom,
    ContactMoment,
    DecisionClock,
    Dossier,
    DossierParticipant,
    LogEntry,
    Organisation,
    Participant,
    Position,
    Stake,
    Stakeholder,
    User,
)
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import OWN_BODIES, DossierKind, LogKind, PositionState
from notifications.wording import count, local_day, short_day
from tracker.errors import MoveNotAllowed
from tracker.people.on_record import put_on_record
from tracker.people.second_person import must_be_another
from tracker.rights import Deed

SAID = or_(col(Participant.proposed_by).is_(None), col(Participant.confirmed_by).is_not(None))
# Named after the participant for what it is or was, and not because the row is its file.
STAYS = {
    "audit_entry",
    "participant",
    "body",
    "closed_period",
    "cofunding",
    "cofunding_room",
    "dossier_participant",
    "dissent",
}
# Tables where the successor may have the same thing already; then its own row counts, and the other is left behind.
ONCE = {
    "assignment": ("deadline_id",),
    "decision_clock": ("deadline_id",),
    "stakeholder": ("organisation_id", "person"),
}
ONE = {
    "dossiers": "dossier", "aanvragen": "aanvraag", "mensen": "persoon", "contacten": "contact",
    "standpunten": "standpunt", "toezeggingen": "toezegging",
}  # fmt: skip
LISTED = {"user": "mensen", "contact_moment": "contacten", "position": "standpunten", "commitment": "toezeggingen"}


def in_words(counts: Mapping[str, int]) -> list[str]:
    """'3 dossiers', '1 aanvraag', ...: what there is of each kind, where there is any."""
    return [count(number, ONE[what], what) for what, number in counts.items() if number]


def successor(session: Session, gone: Participant, day: date) -> Participant | None:
    """Into whom it merged; where that one merged too, the last one that is there."""
    seen: set[str] = set()
    into: Participant | None = gone
    while into is not None and into.merged_into and into.id not in seen and _ended(into, day) and not waits(into):
        seen.add(into.id)
        into = session.get(Participant, into.merged_into)
    return None if into is None or into.id == gone.id or _ended(into, day) else into


def say(deed: Deed, participant: Participant) -> None:
    """It merges, as its row says now, once a second person says so too; an own administrator may be newly made."""
    participant.proposed_by, participant.proposed_at, participant.confirmed_by = deed.by.id, deed.now, None


def waits(participant: Participant) -> bool:
    """Whether its merger waits for a second person."""
    return bool(participant.merged_into) and bool(participant.proposed_by) and not participant.confirmed_by


def confirm(deed: Deed, participant: Participant) -> None:
    """As the second person: it merges. Raises NotAllowed for who said so first, also by another account."""
    deed.session.refresh(participant, with_for_update=True)
    if not waits(participant):
        raise MoveNotAllowed("Er wacht geen samenvoeging op bevestiging.")
    must_be_another(deed, participant)
    participant.confirmed_by = deed.by.id
    deed.session.flush()


def _ended(participant: Participant, day: date) -> bool:
    return participant.valid_to is not None and participant.valid_to <= day


def kept_by(session: Session, participant: Participant) -> dict[str, int]:
    """What would go to its successor: how much of each kind, without a word of what stands in it."""
    kinds = rows_of(Dossier.kind, func.count()).where(Dossier.participant_id == participant.id).group_by(Dossier.kind)
    by_kind = dict(session.exec(kinds).all())
    dossiers = {"dossiers": by_kind.get(DossierKind.LOBBY, 0), "aanvragen": by_kind.get(DossierKind.APPLICATION, 0)}
    return dossiers | {what: _count(session, name, participant.id) for name, what in LISTED.items()}


def _count(session: Session, name: str, owner: str) -> int:
    here = SQLModel.metadata.tables[name]
    held = select(func.count()).select_from(here).where(here.c.participant_id == owner)
    return int(session.execute(held).scalar_one())


def due(session: Session, day: date) -> list[Participant]:
    """Who ended, merged, and was not handed over yet; what somebody said on screen waits for a second person."""
    ended = rows_of(Participant).where(
        col(Participant.valid_to) <= day, col(Participant.merged_into).is_not(None), SAID
    )
    return list(session.exec(ended.where(col(Participant.handed_over_at).is_(None)).order_by(col(Participant.id))))


def hand_over_due(session: Session, now: datetime, actor: str) -> list[tuple[Participant, Participant]]:
    """Hand over whatever is due; gives who went to whom. ``actor``: for the audit log, 'clock' or 'user 4'."""
    went = []
    for gone in due(session, local_day(now)):
        into = successor(session, gone, local_day(now))
        if into is not None:
            hand_over(session, gone, into, now, actor)
            went.append((gone, into))
    return went


def hand_over(session: Session, gone: Participant, into: Participant, now: datetime, actor: str) -> None:
    """Everything the one kept is the other's from now on, and the log of each dossier says so."""
    session.refresh(gone, with_for_update=True)
    if gone.handed_over_at is not None:
        return
    gone.handed_over = {what: number for what, number in kept_by(session, gone).items() if number}
    gone.handed_over_at, gone.handed_over_to = now, into.id
    session.add(gone)
    dossiers = list(session.exec(rows_of(Dossier).where(Dossier.participant_id == gone.id)))
    _meet_twins(session, gone, into)
    session.flush()
    for each in _owning_tables():
        session.execute(_moved(each, gone, into))
    _in_other_roles(session, gone, into, local_day(now))
    _say_so(session, dossiers, gone, into, now)
    told = ", ".join(in_words(gone.handed_over)) or "niets"
    about, result = f"participant {gone.id}", f"to {into.id}: {told}"
    put_on_record(session, now, Action.FILES_HANDED_OVER, about, result, actor, origin="hand-over")
    session.flush()


def _owning_tables() -> Iterator[Table]:
    for each in SQLModel.metadata.sorted_tables:
        if "participant_id" in each.c and each.name not in STAYS:
            yield each


def _moved(each: Table, gone: Participant, into: Participant) -> Update:
    mine = each.c.participant_id == gone.id
    if each.name in ONCE:
        twin = each.alias()
        same = [or_(twin.c[c] == each.c[c], and_(twin.c[c].is_(None), each.c[c].is_(None))) for c in ONCE[each.name]]
        mine = and_(mine, ~select(1).where(twin.c.participant_id == into.id, *same).correlate(each).exists())
    if each.name == "position":
        mine = and_(mine, not_(_said_aloud()))
    return update(each).where(mine).values(participant_id=into.id)


def _said_aloud() -> ColumnElement[bool]:
    """What its own college or council adopted, and others read as its word."""
    adopted = and_(
        col(Position.state) == PositionState.ADOPTED, col(Position.gremium).in_([str(b) for b in OWN_BODIES])
    )
    return and_(adopted, col(Position.visibility).in_((Visibility.REGION, Visibility.PUBLIC)))


def _meet_twins(session: Session, gone: Participant, into: Participant) -> None:
    """An organisation or person that both have: what hangs on the one hangs on the other from now on."""
    theirs, ours = aliased(Organisation), aliased(Organisation)
    no_parents = and_(col(theirs.parent_id).is_(None), col(ours.parent_id).is_(None))
    same = and_(col(theirs.key) == ours.key, or_(col(theirs.parent_id) == ours.parent_id, no_parents))
    twins = rows_of(theirs, ours).where(theirs.participant_id == gone.id, ours.participant_id == into.id, same)
    for one, other in session.exec(twins):
        one.merged_into_id = one.merged_into_id or other.id
    held, kept = aliased(Stakeholder), aliased(Stakeholder)
    pairs = rows_of(held.id, kept.id).where(
        held.participant_id == gone.id, kept.participant_id == into.id,
        held.organisation_id == kept.organisation_id, held.person == kept.person,
    )  # fmt: skip
    for one_id, other_id in session.exec(pairs).all():
        for model in (ContactMoment, Stake):
            moved = update(model).where(col(model.stakeholder_id) == one_id)
            session.execute(moved.values(stakeholder_id=other_id))


def _in_other_roles(session: Session, gone: Participant, into: Participant, day: date) -> None:
    """Where it took part in what is another's: as penvoerder, with money to come, in a coalition, in a dossier."""
    for model in (Application, DecisionClock):
        session.execute(update(model).where(col(model.lead_id) == gone.id).values(lead_id=into.id))
    promises = rows_of(Cofunding).where(Cofunding.participant_id == gone.id, Cofunding.year >= day.year)
    for promise in session.exec(promises):
        _move_money(session, promise, into, col(Cofunding.dossier_id) == promise.dossier_id)
    rooms = rows_of(CofundingRoom).where(CofundingRoom.participant_id == gone.id, CofundingRoom.year >= day.year)
    for room in session.exec(rooms):
        _move_money(session, room, into)
    members = rows_of(CoalitionMember).where(CoalitionMember.party_id == gone.id)
    for member in session.exec(members.where(col(CoalitionMember.left_on).is_(None))):
        _succeed(session, member, into, day)
    for link in session.exec(rows_of(DossierParticipant).where(DossierParticipant.participant_id == gone.id)):
        if session.get(DossierParticipant, (link.dossier_id, into.id)) is None:
            session.add(DossierParticipant(**{**link.model_dump(), "participant_id": into.id}))


def _move_money(session: Session, row: Cofunding | CofundingRoom, into: Participant, *of: ColumnElement[bool]) -> None:
    """The amount is the successor's; where that has one for the year, it is added there."""
    model: Any = type(row)
    known = session.exec(rows_of(model).where(model.participant_id == into.id, model.year == row.year, *of)).first()
    if known is None:
        row.participant_id = into.id
        return
    known.amount += row.amount
    session.delete(row)


def _succeed(session: Session, member: CoalitionMember, into: Participant, day: date) -> None:
    """The one leaves the coalition on the day, the other joins; what was said stays with who said it."""
    member.left_on, member.version = day, member.version + 1
    there = rows_of(CoalitionMember).where(CoalitionMember.dossier_id == member.dossier_id)
    known = session.exec(there.where(CoalitionMember.name == into.name)).first()
    if known is None:
        new = {"id": None, "name": into.name, "party_id": into.id, "joined_on": day, "left_on": None, "version": 1}
        session.add(CoalitionMember(**{**member.model_dump(), **new}))
    elif known.left_on is not None:
        known.joined_on, known.left_on, known.version = day, None, known.version + 1


def _say_so(session: Session, dossiers: list[Dossier], gone: Participant, into: Participant, now: datetime) -> None:
    day = local_day(now)
    text = f"{gone.name} is op {short_day(gone.valid_to or day)} opgegaan in {into.name}; dit dossier ging mee."
    for dossier in dossiers:
        by = dossier.lobbyist_id or dossier.official_id or _somebody(session, into, gone)
        if by is not None:
            line = LogEntry(
                dossier_id=dossier.id, participant_id=into.id, visibility=dossier.visibility, at=now, day=day,
                user_id=by, kind=LogKind.EDITED, text=text,
            )  # fmt: skip
            session.add(line)


def _somebody(session: Session, *participants: Participant) -> int | None:
    of = col(User.participant_id).in_([p.id for p in participants])
    return session.exec(rows_of(User.id).where(of).order_by(col(User.id))).first()


def handed_over_to(session: Session, participant_id: str) -> list[Participant]:
    """Whose files this participant took over, the newest first."""
    rows = rows_of(Participant).where(Participant.handed_over_to == participant_id)
    return list(session.exec(rows.order_by(col(Participant.handed_over_at).desc())))
