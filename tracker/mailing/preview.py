"""The next mail of a person, and what a subscription would find, by the functions that send it; nothing is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session, and_, col, not_, or_, select

from db.bulk import uncollected
from db.models import Call, Match
from db.queries import CallFilter
from db.vocabulary import Eligibility
from notifications.catalogue import Catalogue, read_calls, read_opgaven, read_weighed, remembered, with_children
from notifications.digest import Coverage, Digest, SubscriptionQuery, compose
from notifications.message import Letter
from notifications.news import Memory
from tracker.calls.duplicate_pairs import Alike
from tracker.clock import Now
from tracker.lobby.call_work import read_call_work
from tracker.mailing.coverage import read_coverage
from tracker.mailing.day_mail import due_for, our_work
from tracker.mailing.digest_context import read_digest_context
from tracker.mailing.digest_jobs import naming_until
from tracker.mailing.leanings import for_reader
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import next_due
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import Recipient, found_by_words, read_follows, read_memories, read_recipients
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
    wanted = [query.filter for query in recipients[0].queries]
    follows = read_follows(session, [user_id]).get(user_id, {})
    catalogue = _weighed_catalogue(session, now, threshold, alike, wanted, follows)
    recipient = recipients[0].described(catalogue)
    memory = read_memories(session, [recipient])[user_id]
    catalogue = for_reader(catalogue, leanings_of(session, [user_id]).get(user_id, ()), threshold)
    coverage = read_coverage(session, mailer.sources_on, now)
    run = PlanningRun(cast(Engine, session.get_bind()), mailer, now, epoch=0)
    due = due_for(session, run, recipient.to).fitting
    memory.learn(due.tells, now)
    context = read_digest_context(session, (), Now(now), only=user_id)
    digest = compose(
        catalogue, recipient.queries, memory, coverage, now, windows=context.windows(recipient.participant_id),
        first=not any(subscription.had_first for subscription in recipient.subscriptions),
        until=naming_until(mailer, _next_at(recipient, now)),
    )  # fmt: skip
    digest = _in_full(session, digest, threshold)
    context.work = read_call_work(session, digest.names)
    filters = [query.filter.challenges for query in recipient.queries]
    extras, writer = context.extras(recipient.viewer, due, filters), mailer.writer(now)
    if digest.empty and due and not (extras.moments or extras.dossiers):
        return NextMail(writer.day(due, recipient.to, our_work(session, {user_id: due})[user_id]), leaves=True)
    leaves = not digest.empty or extras.speaks or any(query.nothing_new for query in recipient.queries)
    return NextMail(writer.digest(writer.fitted(digest, extras), recipient.to, extras), leaves)


@uncollected()
def finds(
    session: Session, mailer: Mailer, participant: str, wanted: CallFilter, most: int, now: datetime,
    threshold: float, alike: Alike,
) -> Digest:  # fmt: skip
    """What the first mail of a subscription with this filter would name, and what would wait."""
    catalogue = _weighed_catalogue(session, now, threshold, alike, [wanted], ())
    query = SubscriptionQuery(0, "", wanted, most, with_words=found_by_words(session, wanted))
    context = read_digest_context(session, (), Now(now), only=NOBODY)
    until = naming_until(mailer, now)
    digest = compose(
        catalogue, [query], Memory(), Coverage(), now, first=True, windows=context.windows(participant), until=until
    )
    return _in_full(session, digest, threshold)


def _next_at(recipient: Recipient, now: datetime) -> datetime:
    return min(next_due(each.every, each.weekday, now) for each in recipient.subscriptions)


def _in_full(session: Session, digest: Digest, threshold: float) -> Digest:
    """The same with all there is to say of what it names."""
    named = col(Call.id).in_(sorted(digest.names))
    return digest.told_in_full(read_calls(session, digest.now, threshold, named))


def _weighed_catalogue(
    session: Session, now: datetime, threshold: float, alike: Alike, wanted: Iterable[CallFilter],
    follows: Iterable[int],
) -> Catalogue:  # fmt: skip
    """The calls that a mail for these filters could name, and what is followed, by what they are weighed by alone."""
    opgaven, filters = read_opgaven(session), list(wanted)
    matched = select(Match.call_id).where(Match.score >= threshold)
    of_everything = not all(each.challenges for each in filters)
    if not of_everything:
        roots = {root for each in filters for root in each.challenges}
        families = {name for root in roots for name in with_children(root, opgaven.values())}
        matched = matched.where(col(Match.challenge_id).in_(families))
    found = and_(col(Call.id).in_(matched), remembered(now))
    if of_everything:
        ours = and_(Call.eligible == Eligibility.SELF, not_(col(Call.eligible_estimate)), remembered(now))
        found = or_(found, ours)
    calls = read_weighed(session, now, threshold, or_(found, col(Call.id).in_(sorted(follows))))
    return Catalogue(calls, opgaven, alike.partners(session, now))
