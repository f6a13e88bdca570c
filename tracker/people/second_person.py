"""Two people: what carries the region's name counts once somebody else than who proposed it says so."""

from sqlmodel import Session, col, select

from db.models import (
    AccountRelease,
    AuditEntry,
    Identity,
    Participant,
    PublicationRelease,
    PublicContact,
    Resolution,
    User,
    VisionProposal,
)
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.errors import NotAllowed
from tracker.rights import Deed

Proposal = (
    Resolution | PublicationRelease | PublicContact | Participant | VisionProposal | AccountRelease
)  # what says who proposed it, and when
ONE_IS_NOT_ENOUGH = "Een tweede mens bevestigt dit: u hebt het zelf voorgesteld."
LET_IN = "Een tweede mens bevestigt dit: iemand die de eerste niet zelf heeft toegelaten, en omgekeerd."
SAME_ROOT = (
    "Een tweede mens bevestigt dit: iemand die niet door dezelfde beheerder is toegelaten als de eerste. "
    "Wie de server beheert, kan zo iemand toevoegen; zeg de samenvoeging daarna opnieuw."
)
NEW_ACCOUNT = "Een tweede mens bevestigt dit: iemand met een eigen postbus, die er al was toen het werd voorgesteld."


def is_another(session: Session, user: User, proposal: Proposal) -> bool:
    """Whether this is somebody else than who proposed it, who was here under this address before that.

    An account that one of the two made for the other, itself or through accounts of its making, counts as the same
    person's, since it may be. Where the files of an organisation go over, two accounts that go back to one person do,
    too: one administrator could otherwise let in both. Not where both sign in by the employer's own page, which knows
    people.
    """
    proposer = session.get_one(User, proposal.proposed_by)
    if not _was_here(user, proposer, proposal):
        return False
    if _known(session, user, proposer):
        return True
    one, other = _let_in_by(session, user), _let_in_by(session, proposer)
    return (
        one.isdisjoint(other) if isinstance(proposal, Participant) else {user.id, proposer.id}.isdisjoint(one & other)
    )


def may_confirm(session: Session, user: User, proposal: Proposal) -> bool:
    """Whether this person can let it as the second one: a coordinator who is certainly another."""
    coordinates = Role(user.role) in (Role.COORDINATOR, Role.ADMINISTRATOR)
    return coordinates and user.id != proposal.proposed_by and is_another(session, user, proposal)


def _was_here(user: User, proposer: User, proposal: Proposal) -> bool:
    since = max(filter(None, (user.created_at, user.address_since, user.participant_since)))
    return _mailbox(user) != _mailbox(proposer) and since <= (proposal.proposed_at or since)


def _known(session: Session, one: User, other: User) -> bool:
    """Whether the employer's page knows both."""
    known = select(Identity.user_id).where(col(Identity.user_id).in_((one.id, other.id)))
    return set(session.exec(known)) == {one.id, other.id}


def _let_in_by(session: Session, user: User) -> set[int]:
    """The person, and everybody to whom the account goes back: who gave it access or an address, and who gave them.

    As the log says; somebody added at the command line goes back to nobody.
    """
    found, new = set[int](), {user.id}
    while new:
        found |= new
        lines = select(AuditEntry.actor).where(
            col(AuditEntry.action).in_((Action.PERSON_ADDED, Action.ADDRESS_CHANGED)),
            col(AuditEntry.object).in_([f"user {number}" for number in new]),
        )
        new = {int(actor[5:]) for actor in session.exec(lines) if actor.startswith("user ")} - found
    return found


def must_be_another(deed: Deed, proposal: Proposal) -> None:
    """Raises NotAllowed for who proposed it, and for who is not certainly somebody else."""
    if deed.by.id == proposal.proposed_by:
        raise NotAllowed(ONE_IS_NOT_ENOUGH)
    if not _was_here(deed.by, deed.session.get_one(User, proposal.proposed_by), proposal):
        raise NotAllowed(NEW_ACCOUNT)
    if not is_another(deed.session, deed.by, proposal):
        raise NotAllowed(SAME_ROOT if isinstance(proposal, Participant) else LET_IN)


def _mailbox(user: User) -> str:
    """Where mail to it arrives: what follows a plus in an address is for its owner alone."""
    name, _, domain = user.email.partition("@")
    return f"{name.partition('+')[0]}@{domain}"
