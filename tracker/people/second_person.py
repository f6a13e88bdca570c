"""Two people: what carries the region's name counts once somebody else than who proposed it says so."""

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from db.models import AuditEntry, Identity, Participant, PublicationRelease, PublicContact, Resolution, User
from db.vocabulary_audit import Action
from tracker.errors import NotAllowed
from tracker.rights import Deed

Proposal = Resolution | PublicationRelease | PublicContact | Participant  # what says who proposed it, and when
ONE_IS_NOT_ENOUGH = "Een tweede mens bevestigt dit: u hebt het zelf voorgesteld."
LET_IN = "Een tweede mens bevestigt dit: iemand die de eerste niet zelf heeft toegelaten, en omgekeerd."
NEW_ACCOUNT = "Een tweede mens bevestigt dit: iemand met een eigen postbus, die er al was toen het werd voorgesteld."


def is_another(session: Session, user: User, proposal: Proposal) -> bool:
    """Whether this is somebody else than who proposed it, who was here under this address before that.

    An account that one of the two made for the other counts as the same person's, since it may be; not where both
    sign in by the employer's own page, which knows people.
    """
    proposer = session.get_one(User, proposal.proposed_by)
    return _was_here(user, proposer, proposal) and not _let_in(session, user, proposer)


def _was_here(user: User, proposer: User, proposal: Proposal) -> bool:
    since = max(filter(None, (user.created_at, user.address_since, user.participant_since)))
    return _mailbox(user) != _mailbox(proposer) and since <= (proposal.proposed_at or since)


def _let_in(session: Session, one: User, other: User) -> bool:
    """Whether one of the two gave the other access or an address, as the log says, and no provider knows both."""
    known = select(Identity.user_id).where(col(Identity.user_id).in_((one.id, other.id)))
    if set(session.exec(known)) == {one.id, other.id}:
        return False
    ways = (Action.PERSON_ADDED, Action.ADDRESS_CHANGED)
    lines = select(AuditEntry.id).where(
        col(AuditEntry.action).in_(ways),
        tuple_(col(AuditEntry.actor), col(AuditEntry.object)).in_(
            [(f"user {one.id}", f"user {other.id}"), (f"user {other.id}", f"user {one.id}")]
        ),
    )
    return session.exec(lines.limit(1)).first() is not None


def must_be_another(deed: Deed, proposal: Proposal) -> None:
    """Raises NotAllowed for who proposed it, and for who is not certainly somebody else."""
    if deed.by.id == proposal.proposed_by:
        raise NotAllowed(ONE_IS_NOT_ENOUGH)
    if not _was_here(deed.by, deed.session.get_one(User, proposal.proposed_by), proposal):
        raise NotAllowed(NEW_ACCOUNT)
    if not is_another(deed.session, deed.by, proposal):
        raise NotAllowed(LET_IN)


def _mailbox(user: User) -> str:
    """Where mail to it arrives: what follows a plus in an address is for its owner alone."""
    name, _, domain = user.email.partition("@")
    return f"{name.partition('+')[0]}@{domain}"
