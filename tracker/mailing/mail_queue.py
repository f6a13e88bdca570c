"""The mail queue as an administrator reads it: of other organisations whose mail it is and how it fares, no words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Delivery, Participant, User
from db.queries import Viewer
from notifications.message import without_addresses
from notifications.reasons import answer_in_dutch
from tracker.mailing.personal import sender_of

OUTSIDE = "een adres buiten"
NOT_YOURS = "onderwerp niet voor u"


@dataclass(frozen=True)
class QueuedMail:
    """A mail in the queue, in the words that are for its viewer."""

    delivery: Delivery
    to: str  # a name or address, of others their organisation
    address: str
    subject: str  # empty where it is not for the viewer
    own: bool
    participant: str = ""  # whose it is; empty for mail to whoever keeps this running

    def said(self, code: int | None, answer: str) -> str:
        """Why it did not leave, or what a mail server answered; it likes to repeat the address, not for others."""
        return answer_in_dutch(code, answer if self.own else without_addresses(answer))


def queued(session: Session, viewer: Viewer, deliveries: Sequence[Delivery]) -> list[QueuedMail]:
    """Each with whose it is: of the organisation of who gets it, or where nobody here does, of who had it sent."""
    ids = {each.user_id or sender_of(each.key) for each in deliveries}
    rows = select(User, Participant).where(User.participant_id == Participant.id, col(User.id).in_(ids - {None}))
    people = {user.id: (user, participant) for user, participant in session.exec(rows)}
    return [_read_by(viewer, each, people.get(each.user_id or sender_of(each.key) or 0)) for each in deliveries]


def _read_by(viewer: Viewer, mail: Delivery, whose: tuple[User, Participant] | None) -> QueuedMail:
    if whose is None:
        return QueuedMail(mail, OUTSIDE, OUTSIDE, "", False)
    user, organisation = whose
    if organisation.id != viewer.participant_id:
        whom = organisation.name if mail.user_id else f"{OUTSIDE}, namens {organisation.name}"
        return QueuedMail(mail, whom, whom, "", False, organisation.id)
    to = user.name if mail.user_id else mail.address
    return QueuedMail(mail, to, mail.address, mail.subject, True, organisation.id)
