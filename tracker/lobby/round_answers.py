"""Sign-off rounds answered from a mail: who may answer for a party by a link, and what is kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import CoalitionMember, CoalitionStance, Dossier, RoundInvitation, SignOffRound, User
from db.rights import may_see
from db.vocabulary_lobby import PartyStance
from notifications.links import AnswerLink
from tracker.errors import Incomplete, MoveNotAllowed, NotFound, required
from tracker.lobby.coalition import Said, members_on, newest, record_stance, stances
from tracker.rights import Deed, must_change, viewer_of

BY_MAIL = "via de mail"
MOST_ADDRESSES = 20  # in one round


@dataclass(frozen=True)
class AskedParty:
    """A party that is asked for its answer in a round that is open: by a person of ours, or at an address.

    ``by`` is under whose name it is kept: that person, or whoever sent the invitation.
    """

    sign_off: SignOffRound
    dossier: Dossier
    member: CoalitionMember
    by: User
    invitation: RoundInvitation | None = None


def invite(deed: Deed, dossier: Dossier, sign_off: SignOffRound, member: int, email: str) -> RoundInvitation:
    """Ask a party at an address for its answer; once an address and party."""
    must_change(deed, dossier)
    deed.session.refresh(sign_off, with_for_update=True)
    if sign_off.closed_at or sign_off.dossier_id != dossier.id:
        raise MoveNotAllowed("Deze ronde is gesloten.")
    if member not in {each.id for each in members_on(deed.session, dossier, sign_off.due_on)}:
        raise NotFound
    known = invitations(deed.session, [sign_off.id])
    if any((each.member_id, each.email) == (member, email) for each in known):
        raise Incomplete("Dit adres kreeg de vraag al.", "email")
    if len(known) >= MOST_ADDRESSES:
        raise Incomplete(f"In een ronde gaan ten hoogste {MOST_ADDRESSES} mails naar adressen buiten.", "email")
    asked = RoundInvitation(
        round_id=sign_off.id, member_id=member, email=email, invited_by=deed.by.id, invited_at=deed.now
    )
    deed.session.add(asked)
    deed.session.flush()
    return asked


def invitations(session: Session, rounds: Iterable[int]) -> list[RoundInvitation]:
    """The addresses that were asked in these rounds, oldest first."""
    rows = select(RoundInvitation).where(col(RoundInvitation.round_id).in_(list(rounds)))
    return list(session.exec(rows.order_by(col(RoundInvitation.id))))


def link_of(invitation: RoundInvitation) -> AnswerLink:
    """What the link in the mail to this address is good for."""
    return AnswerLink(invitation.round_id, invitation.member_id, invitation_id=invitation.id)


def asked_by(session: Session, link: AnswerLink) -> AskedParty | None:
    """Who is asked by a link; none once the round is closed, the party left, or its person may not see it any more."""
    sign_off, member = session.get(SignOffRound, link.round_id), session.get(CoalitionMember, link.member_id)
    if sign_off is None or member is None or sign_off.closed_at or member.left_on:
        return None
    dossier = session.get_one(Dossier, sign_off.dossier_id)
    if dossier.closed_at or dossier.deleted_at or member.dossier_id != dossier.id:
        return None
    if link.invitation_id:
        invitation = session.get(RoundInvitation, link.invitation_id)
        if invitation is None or (invitation.round_id, invitation.member_id) != (sign_off.id, member.id):
            return None
        return AskedParty(sign_off, dossier, member, session.get_one(User, invitation.invited_by), invitation)
    user = session.get(User, link.user_id)
    theirs = user is not None and user.deactivated_at is None and user.participant_id == member.party_id
    if user is None or not theirs or not may_see(session, viewer_of(user), dossier):
        return None
    return AskedParty(sign_off, dossier, member, user)


def answer(deed: Deed, asked: AskedParty, stance: PartyStance, text: str, who: str = "") -> CoalitionStance:
    """Keep the answer of a party, with the office or person who gave it; the same answer twice is kept once."""
    if asked.invitation is not None:
        who = required(who, "who", "Schrijf wie antwoordt: functie en naam.")
    deed.session.refresh(asked.sign_off, with_for_update=True)  # nobody closes it meanwhile, or answers at once
    if asked.sign_off.closed_at:
        raise MoveNotAllowed("Deze ronde is gesloten.")
    said = Said(stance, text.strip(), f"{BY_MAIL}, {who.strip()}" if asked.invitation else BY_MAIL)
    last = newest(stances(deed.session, asked.dossier), asked.sign_off.id).get(asked.member.id)
    if last is not None and Said(PartyStance(last.stance), last.text, last.source) == said:
        return last
    if asked.invitation is not None:
        asked.invitation.answered_at = deed.now
    return record_stance(deed, asked.dossier, asked.member, said, deed.today, asked.sign_off)
