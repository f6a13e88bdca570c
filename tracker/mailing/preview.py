"""The next digest of a person, by the functions that send it; nothing is stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from notifications.catalogue import read_catalogue
from notifications.digest import compose
from notifications.message import Letter
from tracker.calls.duplicate_pairs import unjudged_partners
from tracker.clock import Now
from tracker.mailing.coverage import read_coverage
from tracker.mailing.digest_context import read_digest_context
from tracker.mailing.mailer import Mailer
from tracker.mailing.recipients import read_memories, read_recipients


@dataclass(frozen=True)
class NextMail:
    """A digest as it would be written now, and whether it has enough to say to leave."""

    letter: Letter
    leaves: bool


def preview(session: Session, mailer: Mailer, user_id: int, now: datetime, threshold: float) -> NextMail | None:
    """What would be mailed if all subscriptions of this person were due now; none without a subscription."""
    catalogue = read_catalogue(session, now, threshold)
    catalogue.doubles = unjudged_partners(session, now)
    recipients = read_recipients(session, catalogue, now, only=[user_id])
    if not recipients:
        return None
    [recipient] = recipients
    memory = read_memories(session, recipients)[user_id]
    first = not any(subscription.had_first for subscription in recipient.subscriptions)
    coverage = read_coverage(session, catalogue, mailer.sources_on, now)
    context = read_digest_context(session, catalogue.calls, Now(now))
    windows, writer = context.windows(recipient.participant_id), mailer.writer(now)
    digest = compose(catalogue, recipient.queries, memory, coverage, now, first=first, windows=windows)
    extras = context.extras(user_id, recipient.participant_id)
    leaves = not digest.empty or bool(extras.in_doubt) or any(query.nothing_new for query in recipient.queries)
    return NextMail(writer.digest(writer.fitted(digest, extras), recipient.to, extras), leaves)
