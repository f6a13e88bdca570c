"""Two people: what carries the region's name counts once somebody else than who proposed it says so."""

from sqlmodel import Session

from db.models import PublicationRelease, PublicContact, Resolution, User
from tracker.errors import NotAllowed
from tracker.rights import Deed

Proposal = Resolution | PublicationRelease | PublicContact  # what says who proposed it, and when
ONE_IS_NOT_ENOUGH = "Een tweede mens bevestigt dit: u hebt het zelf voorgesteld."
NEW_ACCOUNT = "Een tweede mens bevestigt dit: iemand met een eigen postbus, die er al was toen het werd voorgesteld."


def is_another(session: Session, user: User, proposal: Proposal) -> bool:
    """Whether this is somebody else than who proposed it, who was here under this address before that."""
    proposer = session.get_one(User, proposal.proposed_by)
    since = max(filter(None, (user.created_at, user.address_since, user.participant_since)))
    return _mailbox(user) != _mailbox(proposer) and since <= proposal.proposed_at


def must_be_another(deed: Deed, proposal: Proposal) -> None:
    """Raises NotAllowed for who proposed it, and for who is not certainly somebody else."""
    if deed.by.id == proposal.proposed_by:
        raise NotAllowed(ONE_IS_NOT_ENOUGH)
    if not is_another(deed.session, deed.by, proposal):
        raise NotAllowed(NEW_ACCOUNT)


def _mailbox(user: User) -> str:
    """Where mail to it arrives: what follows a plus in an address is for its owner alone."""
    name, _, domain = user.email.partition("@")
    return f"{name.partition('+')[0]}@{domain}"
