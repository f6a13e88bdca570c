"""The minutes of a review meeting as a mail: for each reader what they may see, and anew where it waits and changed."""

from datetime import datetime

from sqlmodel import Session

from db.models import Review, User
from notifications.outbox import Mail
from notifications.plain_letter import plain_letter
from tracker.errors import NotFound
from tracker.mailing.mailer import Mailer
from tracker.mailing.personal import mail_to, rewrite_waiting
from tracker.review.meetings import review_for
from tracker.review.minutes import as_letter, minutes_for
from tracker.rights import viewer_of

MINUTES = "minutes:"


def minutes_mail(session: Session, mailer: Mailer, by: User, to: User, review: Review, now: datetime) -> Mail | None:
    """The minutes for one person; none for who may see nothing of them."""
    minutes = minutes_for(session, viewer_of(to), review)
    if not minutes.parts:
        return None
    about = {"link": mailer.links.page(f"/overleg/{review.id}"), "sender": by.name, "sender_name": mailer.sender.name}
    return mail_to(by, to, f"{MINUTES}{review.id}:", plain_letter("minutes", {**as_letter(minutes), **about}), now)


def rewrite_minutes(session: Session, mailer: Mailer, now: datetime) -> int:
    """Write waiting minutes anew for who still takes part and has access; how many were taken back."""

    def anew(number: int, by: User, to: User, moment: datetime) -> Mail | None:
        try:
            review = review_for(session, viewer_of(to), number)
        except NotFound:
            return None
        return minutes_mail(session, mailer, by, to, review, moment) if to.deactivated_at is None else None

    return rewrite_waiting(session, MINUTES, anew, (mailer.key, mailer.domain), now)
