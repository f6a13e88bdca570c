"""The next mail of a person, and what a subscription would find, by the functions that send it; nothing is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session, col, not_, select

from db.models import Call, Challenge, Match
from db.queries import CallFilter
from db.vocabulary import Eligibility
from notifications.catalogue import Catalogue, Opgave, read_catalogue, remembered, with_children
from notifications.digest import Coverage, Digest, SubscriptionQuery, compose
from notifications.message import Letter
from notifications.news import Memory
from tracker.calls.duplicate_pairs import Alike
from tracker.clock import Now
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
    catalogue = _catalogue(session, now, threshold, alike, wanted, follows)
    recipient = recipients[0].described(catalogue)
    memory = read_memories(session, [recipient])[user_id]
    catalogue = for_reader(catalogue, leanings_of(session, [user_id]).get(user_id, ()), threshold)
    coverage = read_coverage(session, mailer.sources_on, now)
    run = PlanningRun(cast(Engine, session.get_bind()), mailer, now, epoch=0)
    due = due_for(session, run, recipient.to).fitting
    memory.learn(due.tells, now)
    context = read_digest_context(session, catalogue.calls, Now(now), only=user_id)
    digest = compose(
        catalogue, recipient.queries, memory, coverage, now, windows=context.windows(recipient.participant_id),
        first=not any(subscription.had_first for subscription in recipient.subscriptions),
        until=naming_until(mailer, _next_at(recipient, now)),
    )  # fmt: skip
    filters = [query.filter.challenges for query in recipient.queries]
    extras, writer = context.extras(recipient.viewer, due, filters), mailer.writer(now)
    if digest.empty and due and not (extras.moments or extras.dossiers):
        return NextMail(writer.day(due, recipient.to, our_work(session, {user_id: due})[user_id]), leaves=True)
    leaves = not digest.empty or extras.speaks or any(query.nothing_new for query in recipient.queries)
    return NextMail(writer.digest(writer.fitted(digest, extras), recipient.to, extras), leaves)


def finds(
    session: Session, mailer: Mailer, participant: str, wanted: CallFilter, most: int, now: datetime,
    threshold: float, alike: Alike,
) -> Digest:  # fmt: skip
    """What the first mail of a subscription with this filter would name, and what would wait."""
    catalogue = _catalogue(session, now, threshold, alike, [wanted], ())
    query = SubscriptionQuery(0, "", wanted, most, with_words=found_by_words(session, wanted))
    context = read_digest_context(session, catalogue.calls, Now(now), only=NOBODY)
    until = naming_until(mailer, now)
    return compose(
        catalogue, [query], Memory(), Coverage(), now, first=True, windows=context.windows(participant), until=until
    )


def _next_at(recipient: Recipient, now: datetime) -> datetime:
    return min(next_due(each.every, each.weekday, now) for each in recipient.subscriptions)


def _catalogue(
    session: Session, now: datetime, threshold: float, alike: Alike, wanted: Iterable[CallFilter],
    follows: Iterable[int],
) -> Catalogue:  # fmt: skip
    """The calls that a mail for these filters could name, and what is followed: not all that there is."""
    opgaven = [Opgave(number, "", parent) for number, parent in session.exec(select(Challenge.id, Challenge.parent_id))]
    matched = select(Match.call_id).join(Call, col(Call.id) == col(Match.call_id)).where(Match.score >= threshold)
    matched = matched.where(remembered(now))
    filters = list(wanted)
    if all(each.challenges for each in filters):
        families = {name for each in filters for root in each.challenges for name in with_children(root, opgaven)}
        matched = matched.where(col(Match.challenge_id).in_(families))
    ours = select(Call.id).where(Call.eligible == Eligibility.SELF, not_(col(Call.eligible_estimate)), remembered(now))
    said = () if all(each.challenges for each in filters) else session.exec(ours).all()
    catalogue = read_catalogue(session, now, threshold, {*session.exec(matched.distinct()), *follows, *said})
    catalogue.doubles = alike.partners(session, now)
    return catalogue
