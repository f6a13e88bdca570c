"""The next digest of a person, by the functions that send it; nothing is stored."""

from datetime import datetime

from sqlmodel import Session

from notifications.catalogue import read_catalogue
from notifications.digest import compose
from notifications.letter import Letter
from tracker.mailing.digest_context import read_digest_context
from tracker.mailing.mailer import Mailer
from tracker.mailing.plan import read_coverage
from tracker.mailing.recipients import read_memories, read_recipients


def preview(session: Session, mailer: Mailer, user_id: int, now: datetime, threshold: float) -> Letter | None:
    """What would be mailed if all subscriptions of this person were due now; none without a subscription."""
    catalogue = read_catalogue(session, now, threshold)
    recipients = read_recipients(session, catalogue, now, only=[user_id])
    if not recipients:
        return None
    memory = read_memories(session, recipients)[user_id]
    standing = recipients[0].standing
    first = not any(one.had_first for one in standing)
    digest = compose(
        catalogue, [one.wish for one in standing], memory, read_coverage(session, catalogue), now, first=first
    )
    around = read_digest_context(session, [item.call.id for item in digest.items], now)
    warned = around.warned(digest, recipients[0].participant_id)
    return mailer.writer(now).digest(warned, recipients[0].to, around.beside(user_id))
