"""The next mail of a person, and what a subscription would find, by the functions that send it; nothing is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session, col

from db.bulk import uncollected
from db.models import Call
from db.queries import CallFilter, Viewer
from notifications.catalogue import read_calls
from notifications.digest import Coverage, Digest, SubscriptionQuery, compose
from notifications.message import Letter
from notifications.news import Memory
from tracker.calls.duplicate_pairs import Alike
from tracker.clock import Now
from tracker.lobby.call_work import read_call_work
from tracker.lobby.due import lobby_due
from tracker.mailing.coverage import read_coverage
from tracker.mailing.day_mail import due_for, our_work
from tracker.mailing.digest_context import read_digest_context
from tracker.mailing.digest_jobs import naming_until
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import next_due
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import Recipient, found_by_words, read_memories, read_recipients
from tracker.mailing.weighed_calls import Reader, read_weighed_for
from tracker.matching.ranking import leanings_of

NOBODY = 0  # whose subscription is not there yet


@dataclass(frozen=True)
class NextMail:
    """A mail as it would be written now, and whether it has enough to say to leave."""

    letter: Letter
    leaves: bool


@uncollected()
def preview(
    session: Session, mailer: Mailer, user_id: int, now: datetime, threshold: float, alike: Alike
) -> NextMail | None:
    """What would be mailed if all subscriptions of this person were due now; none without a subscription.

    ``alike``: which calls may be one, as the pages keep it.
    """
    recipients = read_recipients(session, now, only=[user_id])
    if not recipients:
        return None
    memory = read_memories(session, recipients)[user_id]
    run = PlanningRun(cast(Engine, session.get_bind()), mailer, now, epoch=0)
    lobby = lobby_due(session, Now(now).today)
    due = due_for(session, run, recipients[0].to, lobby).fitting
    memory.learn(due.tells, now)
    reader = Reader(memory, leanings_of(session, [user_id]).get(user_id, ()))
    weighed = read_weighed_for(session, recipients[0].queries, reader, now, threshold, alike)
    recipient = recipients[0].described(weighed.catalogue)
    context = read_digest_context(session, (), Now(now), user_id, lobby)
    digest = compose(
        weighed.catalogue, recipient.queries, memory, read_coverage(session, mailer.sources_on, now), now,
        windows=context.windows(recipient.viewer), until=naming_until(mailer, _next_at(recipient, now)),
        first=not any(subscription.had_first for subscription in recipient.subscriptions),
    )  # fmt: skip
    digest = _in_full(session, digest, threshold).counting(weighed.for_others)
    context.work = read_call_work(session, digest.names)
    filters = [query.filter.challenges for query in recipient.queries]
    extras, writer = context.extras(recipient.viewer, due, filters), mailer.writer(now)
    if digest.empty and due and not extras.has_news:
        return NextMail(writer.day(due, recipient.to, our_work(session, {user_id: due})[user_id]), leaves=True)
    leaves = not digest.empty or extras.speaks or any(query.nothing_new for query in recipient.queries)
    return NextMail(writer.digest(writer.fitted(digest, extras), recipient.to, extras), leaves)


@uncollected()
def finds(
    session: Session, mailer: Mailer, reader: Viewer, wanted: CallFilter, most: int, now: datetime,
    threshold: float, alike: Alike,
) -> Digest:  # fmt: skip
    """What the first mail of a subscription with this filter would name, and what would wait."""
    query = SubscriptionQuery(0, "", wanted, most, with_words=found_by_words(session, wanted))
    weighed = read_weighed_for(session, [query], Reader(Memory()), now, threshold, alike)
    context = read_digest_context(session, (), Now(now), NOBODY, ())
    until = naming_until(mailer, now)
    digest = compose(
        weighed.catalogue, [query], Memory(), Coverage(), now, first=True, windows=context.windows(reader),
        until=until,
    )  # fmt: skip
    return _in_full(session, digest, threshold).counting(weighed.for_others)


def _next_at(recipient: Recipient, now: datetime) -> datetime:
    return min(next_due(each.every, each.weekday, now) for each in recipient.subscriptions)


def _in_full(session: Session, digest: Digest, threshold: float) -> Digest:
    """The same with all there is to say of what it names."""
    named = col(Call.id).in_(sorted(digest.names))
    return digest.told_in_full(read_calls(session, digest.now, threshold, named))
