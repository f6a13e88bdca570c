"""The coalition of a dossier: who joined, what each said, sign-off rounds, and where parties contradict each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, union
from sqlmodel import Session, col, select

from db.models import CoalitionMember, CoalitionStance, Dissent, Dossier, Participant, Position, SignOffRound, User
from db.queries import IDS, Viewer
from db.region_served import region
from db.rights import may_see, visible
from db.vocabulary import Role
from db.vocabulary_lobby import OWN_BODIES, LogKind, PartyKind, PartyStance
from notifications.wording import local_day, short_day
from tracker.errors import Incomplete, MoveNotAllowed, required
from tracker.lobby.log import log
from tracker.lobby.positions import REGION_LINE, called, dissenters, holds_on, ledger, line_of, position_for
from tracker.people.participants import colleagues, participant_on
from tracker.rights import Deed, must_add, must_change, viewer_of
from tracker.versions import claim

AGAINST = frozenset({PartyStance.OBJECTS, PartyStance.OWN_LINE})


@dataclass(frozen=True)
class Contradiction:
    """Two lines that differ, told to both; ``parties`` are participants, so that their people can be told."""

    left: str
    right: str
    why: str
    parties: frozenset[str]


@dataclass(frozen=True)
class Tally:
    """How a sign-off round stands: names by stance. Silence is never consent."""

    agrees: tuple[str, ...]
    silent: tuple[str, ...]
    objects: tuple[str, ...]
    own_line: tuple[str, ...]

    @property
    def carried(self) -> bool:
        """Whether everybody said yes."""
        return bool(self.agrees) and not (self.silent or self.objects or self.own_line)

    @property
    def sentence(self) -> str:
        """How it stands, in one Dutch sentence."""
        if self.carried:
            return "Iedereen is akkoord."
        parts = []
        if self.objects:
            parts.append(f"bezwaar van {', '.join(self.objects)}")
        if self.own_line:
            parts.append(f"eigen lijn van {', '.join(self.own_line)}")
        if self.silent:
            parts.append(f"nog niets gehoord van {', '.join(self.silent)}")
        return f"Nog geen overeenstemming: {'; '.join(parts)}." if parts else "Er zijn nog geen partners."


def join(deed: Deed, dossier: Dossier, name: str, kind: PartyKind, day: date, party: str = "") -> CoalitionMember:
    """A party joins on a day, none to come, since who is in may read along; a participant that exists on that day."""
    must_change(deed, dossier)
    if kind == PartyKind.PARTICIPANT:
        name = participant_on(deed.session, party, day, "party").name
    must_be_past(deed, day, "joined_on")
    name = required(name, "name", "Noem de partij.")
    same_name = select(CoalitionMember).where(CoalitionMember.dossier_id == dossier.id, CoalitionMember.name == name)
    member = deed.session.exec(same_name).first()
    if member and member.left_on is None:
        raise Incomplete(f"{name} doet al mee.", "name")
    if member:
        claim(deed.session, member)
        member.joined_on, member.left_on = day, None
    else:
        owner, seen_by = dossier.participant_id, dossier.visibility
        member = CoalitionMember(
            dossier_id=dossier.id, kind=kind, name=name, joined_on=day, participant_id=owner, visibility=seen_by
        )
        member.party_id = party or None if kind == PartyKind.PARTICIPANT else None
        deed.session.add(member)
    log(deed, dossier, LogKind.STANCE, f"{name} doet mee", day=day, subject=member)
    return member


def must_be_past(deed: Deed, day: date, field: str) -> None:
    """Raises Incomplete for a day to come: what has not happened yet gives no rights and silences nobody."""
    if day > deed.today:
        raise Incomplete(f"{short_day(day)} moet nog komen: leg het op de dag zelf vast.", field)


def leave(deed: Deed, member: CoalitionMember, day: date) -> None:
    """A party leaves on a day; what it said stays."""
    dossier = deed.session.get_one(Dossier, member.dossier_id)
    must_change(deed, dossier)
    claim(deed.session, member)
    if member.left_on is not None:
        raise MoveNotAllowed(f"{member.name} doet al niet meer mee.")
    member.left_on = day
    log(deed, dossier, LogKind.STANCE, f"{member.name} doet niet meer mee", day=day, subject=member)


def open_round(deed: Deed, dossier: Dossier, question: str, due_on: date, position: int | None = None) -> SignOffRound:
    """Put a question, usually a draft position, to the coalition."""
    must_change(deed, dossier)
    question = required(question, "question", "Schrijf waarop u akkoord vraagt.")
    if due_on < deed.today:
        raise Incomplete("De dag van antwoord is al voorbij.", "due_on")
    if position is not None:
        position_for(deed.session, deed.viewer, dossier, position)
    sign_off = SignOffRound(
        dossier_id=dossier.id,
        position_id=position,
        question=question,
        due_on=due_on,
        opened_at=deed.now,
        opened_by=deed.by.id,
        participant_id=dossier.participant_id,
        visibility=dossier.visibility,
    )
    deed.session.add(sign_off)
    log(deed, dossier, LogKind.SIGN_OFF, f"tot {short_day(due_on)}: {question}", subject=sign_off)
    return sign_off


def close_round(deed: Deed, sign_off: SignOffRound) -> Tally:
    """Close a round; the log says how it stood, with the silent as silent."""
    dossier = deed.session.get_one(Dossier, sign_off.dossier_id)
    must_change(deed, dossier)
    claim(deed.session, sign_off)
    if sign_off.closed_at:
        raise MoveNotAllowed("Deze ronde is al gesloten.")
    sign_off.closed_at = deed.now
    result = tally(members_on(deed.session, dossier, deed.today), stances(deed.session, dossier), sign_off.id)
    log(deed, dossier, LogKind.SIGN_OFF, f"gesloten. {result.sentence}", subject=sign_off)
    return result


def say(
    deed: Deed,
    member: CoalitionMember,
    stance: PartyStance,
    day: date,
    text: str = "",
    in_round: SignOffRound | None = None,
    source: str = "",
) -> CoalitionStance:
    """Record what a party said. For a participant its own people may do so too; an objection needs a reason."""
    dossier = deed.session.get_one(Dossier, member.dossier_id)
    if deed.by.participant_id == member.party_id:
        must_add(deed, dossier)
    else:
        must_change(deed, dossier)
    if in_round and (in_round.dossier_id != dossier.id or in_round.closed_at):
        raise MoveNotAllowed("Deze ronde is gesloten.", "round")
    return record_stance(deed, dossier, member, Said(stance, text.strip(), source.strip()), day, in_round)


@dataclass(frozen=True)
class Said:
    """What a party says: its stance, in its own words, and where or how it said so."""

    stance: PartyStance
    text: str = ""
    source: str = ""


def record_stance(
    deed: Deed, dossier: Dossier, member: CoalitionMember, said: Said, day: date, in_round: SignOffRound | None = None
) -> CoalitionStance:
    """Keep what was said, whoever may say it; an objection needs a reason, and silence is nothing that was said."""
    must_be_past(deed, day, "said_on")
    if member.left_on is not None and day >= member.left_on:
        raise MoveNotAllowed(f"{member.name} doet sinds {short_day(member.left_on)} niet meer mee.", "said_on")
    if said.stance == PartyStance.SILENT:
        raise Incomplete("Wie nog niets zei, heeft geen houding: kies akkoord, bezwaar of eigen lijn.", "stance")
    if said.stance in AGAINST and not said.text:
        raise Incomplete("Schrijf in één zin waarom.", "text")
    entry = CoalitionStance(
        member_id=member.id,
        round_id=in_round.id if in_round else None,
        stance=said.stance,
        said_on=day,
        text=said.text,
        source=said.source,
        recorded_at=deed.now,
        recorded_by=deed.by.id,
        participant_id=dossier.participant_id,
        visibility=dossier.visibility,
    )
    deed.session.add(entry)
    deed.session.flush()
    how, why = f" ({said.source})" if said.source else "", f": {said.text}" if said.text else ""
    log(deed, dossier, LogKind.STANCE, f"{member.name}{how}: {said.stance.label}{why}", day=day, subject=entry)
    return entry


def last_said(session: Session, dossier: Dossier, member: CoalitionMember) -> int:
    """The number of the last statement of a party, 0 for none."""
    return max((s.id for s in stances(session, dossier) if s.member_id == member.id), default=0)


def newest(statements: Sequence[CoalitionStance], round_id: int | None = None) -> dict[int, CoalitionStance]:
    """What each member said last, overall or in one round; a kept silence answers nothing and undoes nothing."""
    said = [s for s in statements if s.stance != PartyStance.SILENT]
    of_round = [s for s in said if round_id is None or s.round_id == round_id]
    return {s.member_id: s for s in sorted(of_round, key=_spoken)}


def _spoken(statement: CoalitionStance) -> tuple[date, int]:
    """When it counts as said: never later than it was written down, and of one day the last written."""
    return min(statement.said_on, local_day(statement.recorded_at)), statement.id


def noted_for(session: Session, members: Sequence[CoalitionMember], said: Sequence[CoalitionStance]) -> dict[int, str]:
    """Statement -> who wrote it down, where that was nobody of the party; an answer by mail names its own author."""
    party_of = {member.id: member.party_id for member in members}
    writing = select(User, Participant.name).join(Participant, col(User.participant_id) == col(Participant.id))
    rows = session.exec(writing.where(col(User.id).in_({statement.recorded_by for statement in said})))
    writers = {user.id: (user.participant_id, f"{user.name}, {employer}") for user, employer in rows}
    return {
        each.id: writers[each.recorded_by][1]
        for each in said
        if not each.source and each.recorded_by in writers
        if writers[each.recorded_by][0] != party_of.get(each.member_id)
    }


def tally(
    members: Sequence[CoalitionMember], statements: Sequence[CoalitionStance], round_id: int | None = None
) -> Tally:
    """Names by stance; who said nothing in this round is silent, whatever was said before."""
    newest_of = newest(statements, round_id)
    names: dict[str, list[str]] = {stance: [] for stance in PartyStance}
    for member in members:
        stance = newest_of[member.id].stance if member.id in newest_of else PartyStance.SILENT
        names[stance].append(member.name)
    return Tally(*(tuple(names[s]) for s in PartyStance))


def contradictions(
    members: Sequence[CoalitionMember], statements: Sequence[CoalitionStance], owner: str
) -> list[Contradiction]:
    """Where a party's last word differs from the region's line, and where two partners' words differ."""
    newest_of = newest(statements)
    spoken = [(m, newest_of[m.id]) for m in members if m.id in newest_of]
    against = [(m, s) for m, s in spoken if s.stance in AGAINST]
    flags = [
        Contradiction(
            m.name, f"{region().short}-lijn", f"{PartyStance(s.stance).label}: {s.text}", _parties(m, owner=owner)
        )
        for m, s in against
    ]
    for member, said_against in against:
        for other, agreed in spoken:
            if agreed.stance == PartyStance.AGREES:
                why = f"{other.name} is akkoord, {member.name}: {PartyStance(said_against.stance).label}"
                flags.append(Contradiction(member.name, other.name, why, _parties(member, other, owner=owner)))
    return flags


def contradictions_in(session: Session, dossier: Dossier, viewer: Viewer, day: date) -> list[Contradiction]:
    """Every contradiction of a dossier that the viewer may read: of words, of adopted positions, of dissent."""
    said = contradictions(members_on(session, dossier, day), stances(session, dossier), dossier.participant_id)
    return [*said, *_of_positions(session, dossier, viewer, day)]


def _of_positions(session: Session, dossier: Dossier, viewer: Viewer, day: date) -> list[Contradiction]:
    """Who adopted something else than the position of the region of that day, and who dissents from it."""
    holding = [p for p in ledger(session, dossier, viewer) if holds_on(p, day)]
    ours = next((p for p in holding if line_of(p) == REGION_LINE), None)
    if ours is None:
        return []
    right, names = f"{region().short}-{called(ours)}", {p.id: p.name for p in session.exec(select(Participant))}
    differing = [
        Contradiction(
            names[p.participant_id], right, f"stelde een eigen standpunt vast: {p.public_wording or p.decision}",
            frozenset({dossier.participant_id, p.participant_id}),
        )
        for p in holding
        if line_of(p) != REGION_LINE and not _same_words(p.public_wording, ours.public_wording)
    ]  # fmt: skip
    dissenting = [
        Contradiction(party.name, right, f"deelt het niet: {why}", frozenset({dossier.participant_id, party.id}))
        for party, why in dissenters(session, ours)
    ]
    return [*differing, *dissenting]


def _same_words(text: str, other: str) -> bool:
    """Whether two wordings say the same, whatever their spacing and capitals; two empty ones say nothing alike."""
    plain = " ".join(text.casefold().split())
    return bool(plain) and plain == " ".join(other.casefold().split())


def _parties(*members: CoalitionMember, owner: str) -> frozenset[str]:
    return frozenset({owner, *(m.party_id for m in members if m.party_id)})


def members_on(session: Session, dossier: Dossier, day: date) -> list[CoalitionMember]:
    """Who was in the coalition on that day, by name."""
    joined = select(CoalitionMember).where(CoalitionMember.dossier_id == dossier.id, CoalitionMember.joined_on <= day)
    rows = session.exec(joined.order_by(col(CoalitionMember.name)))
    return [member for member in rows if _is_in(member, day)]


def _is_in(member: CoalitionMember, day: date) -> bool:
    return member.joined_on <= day and (member.left_on is None or day < member.left_on)


def joining_later(session: Session, dossier: Dossier, day: date) -> list[CoalitionMember]:
    """Who was once written down with a day of joining after this one, so that it can be taken off."""
    later = select(CoalitionMember).where(CoalitionMember.dossier_id == dossier.id, CoalitionMember.joined_on > day)
    return list(session.exec(later.where(col(CoalitionMember.left_on).is_(None)).order_by(col(CoalitionMember.name))))


def stances(session: Session, dossier: Dossier) -> list[CoalitionStance]:
    """Everything the coalition of this dossier ever said."""
    of_dossier = select(CoalitionStance).join(CoalitionMember).where(CoalitionMember.dossier_id == dossier.id)
    return list(session.exec(of_dossier.order_by(col(CoalitionStance.id))))


def rounds(session: Session, dossier: Dossier) -> list[SignOffRound]:
    """The sign-off rounds of a dossier, newest first."""
    of_dossier = select(SignOffRound).where(SignOffRound.dossier_id == dossier.id)
    return list(session.exec(of_dossier.order_by(col(SignOffRound.id).desc())))


# Who is asked for a partner: its lobbyists, or who stands nearest to that work.
ASKED_FIRST = (Role.LOBBYIST, Role.COORDINATOR, Role.FUNDRAISER, Role.READER, Role.ADMINISTRATOR)


def silent_members(session: Session, sign_off: SignOffRound) -> list[CoalitionMember]:
    """Who was in the coalition on the round's last day and has not answered in it."""
    return silent_in(session, [sign_off])[sign_off.id]


def silent_in(session: Session, sign_offs: Sequence[SignOffRound]) -> dict[int, list[CoalitionMember]]:
    """The same of many rounds, by two questions to the database."""
    answered = set(session.exec(_ANSWERED, params={"ids": [each.id for each in sign_offs]}).all())
    members = session.exec(_JOINED, params={"ids": sorted({each.dossier_id for each in sign_offs})}).all()
    return {
        each.id: [
            member
            for member in members
            if member.dossier_id == each.dossier_id
            and _is_in(member, each.due_on)
            and (each.id, member.id) not in answered
        ]
        for each in sign_offs
    }


_SPOKE = col(CoalitionStance.round_id).in_(IDS), CoalitionStance.stance != PartyStance.SILENT
_ANSWERED = select(CoalitionStance.round_id, CoalitionStance.member_id).where(*_SPOKE)
_JOINED = select(CoalitionMember).where(col(CoalitionMember.dossier_id).in_(IDS)).order_by(col(CoalitionMember.name))


def asked_people(session: Session, dossier: Dossier, member: CoalitionMember) -> list[User]:
    """The people of a partner who are asked for its answer; nobody where none of them may see the dossier."""
    return asked_of(session, dossier, people_at(session, member.party_id))


def people_at(session: Session, party: str | None) -> list[User]:
    """Who works at a partner that is a participant, by their number."""
    return sorted(colleagues(session, party), key=lambda user: user.id) if party else []


def asked_of(session: Session, dossier: Dossier, people: Sequence[User]) -> list[User]:
    """Which of these are asked."""
    seeing = [user for user in people if may_see(session, viewer_of(user), dossier)]
    by_role = ([user for user in seeing if user.role == role] for role in ASKED_FIRST)
    return next((users for users in by_role if users), [])


def flags_for(session: Session, viewer: Viewer, day: date) -> list[tuple[Dossier, Contradiction]]:
    """Every contradiction that concerns the viewer's own organisation, in dossiers the viewer may see."""
    speaking = select(Dossier).where(visible(viewer, Dossier), col(Dossier.id).in_(_with_differences()))
    return [
        (dossier, flag)
        for dossier in session.exec(speaking.order_by(col(Dossier.id)))
        if dossier.closed_at is None
        for flag in contradictions_in(session, dossier, viewer, day)
        if viewer.participant_id in flag.parties
    ]


@cache
def _with_differences() -> CompoundSelect[Any]:
    """The dossiers in which anybody ever said something else than it: few of all, and each takes six questions."""
    against = select(CoalitionMember.dossier_id).join(CoalitionStance).where(col(CoalitionStance.stance).in_(AGAINST))
    own = select(Position.dossier_id).where(col(Position.gremium).in_(OWN_BODIES))
    return union(against, own, select(Position.dossier_id).join(Dissent))
