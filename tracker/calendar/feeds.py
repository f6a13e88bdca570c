"""Calendar feeds: at secret addresses of which only a hash is kept, cheap to ask again, dead when they should be."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_, text
from sqlmodel import Session, col, select, union

from db.models import (
    ApplicationTask,
    Assignment,
    CalendarFeed,
    Call,
    Deadline,
    DecisionClock,
    Dossier,
    Follow,
    Milestone,
    User,
    Verdict,
)
from db.queries import CallFilter, Viewer, followed_calls
from db.rights import visible
from db.vocabulary import Role, Say
from db.vocabulary_calendar import FeedScope, MilestoneState
from notifications.ical import calendar_file
from tracker.calendar.application_days import task_events
from tracker.calendar.events import deadline_events, deadline_lines, filtered, milestone_events
from tracker.clock import Now

WITH_MILESTONES = (FeedScope.PERSONAL, FeedScope.TEAM)
KEPT_FILES = 200  # of some hundred kilobytes each


def hashed(token: str) -> str:
    """What is kept of a feed's secret."""
    return hashlib.sha256(f"feed:{token}".encode()).hexdigest()


def open_feed(
    session: Session,
    user: User,
    scope: FeedScope,
    name: str,
    now: datetime,
    challenge_id: str | None = None,
    call_filter: dict[str, Any] | None = None,
) -> tuple[CalendarFeed, str]:
    """A new feed of a person, and its secret, which is shown once and stored nowhere."""
    assert user.id is not None
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        token_hash=hashed(token),
        user_id=user.id,
        participant_id=user.participant_id,
        scope=scope,
        name=name,
        challenge_id=challenge_id,
        filter=call_filter or {},
        created_at=now,
    )
    session.add(feed)
    session.flush()
    return feed, token


def rotate(feed: CalendarFeed, now: datetime) -> str:
    """A new secret; the old address is gone at once."""
    token = secrets.token_urlsafe(32)
    feed.token_hash, feed.rotated_at, feed.version = hashed(token), now, feed.version + 1
    return token


def find_feed(session: Session, token: str) -> tuple[CalendarFeed, User] | None:
    """The feed behind a secret, unless it was revoked, its owner is gone, or moved to another organisation."""
    query = (
        select(CalendarFeed, User)
        .join(User, col(User.id) == col(CalendarFeed.user_id))
        .where(col(CalendarFeed.token_hash) == hashed(token), col(CalendarFeed.revoked_at).is_(None))
        .where(col(User.deactivated_at).is_(None), col(User.participant_id) == col(CalendarFeed.participant_id))
    )
    return session.exec(query).first()


# What a feed's content follows from: every change of a call leaves a revision or a correction, every round a crawl;
# what people plan has its own moments. As text: putting it together anew would cost half of what a 304 may take.
STATE = text(
    "SELECT (SELECT max(id) FROM crawl), (SELECT max(id) FROM revision), (SELECT max(id) FROM call),"
    " (SELECT max(id) FROM correction), (SELECT max(withdrawn_at) FROM correction), (SELECT max(id) FROM match),"
    " (SELECT max(id) FROM deadline), (SELECT max(modified_at) FROM deadline), (SELECT max(id) FROM verdict),"
    " (SELECT count(undone_at) FROM verdict), (SELECT max(modified_at) FROM milestone),"
    " (SELECT sum(version) FROM assignment WHERE participant_id = :organisation),"
    " (SELECT sum(version) FROM decision_clock WHERE participant_id = :organisation),"
    " (SELECT max(modified_at) FROM application_task), (SELECT sum(version) FROM dossier WHERE kind = 'application'),"
    " (SELECT count(*) FROM follow), (SELECT max(id) FROM follow)"
)


def stamp(session: Session, feed: CalendarFeed, now: Now, base_url: str) -> str:
    """An ETag that costs a few index lookups instead of the content; the day stands in it, since entries age by day."""
    values = session.connection().execute(STATE, {"organisation": feed.participant_id}).one()
    about = [feed.id, feed.version, feed.scope, feed.filter, feed.challenge_id, now.today, base_url, *values]
    return hashlib.sha256(repr(about).encode()).hexdigest()[:32]


@lru_cache(maxsize=KEPT_FILES)
def _kept(_stamp: str, _feed: str) -> list[bytes]:
    """A place to keep the file of one state of one feed; empty until it is made."""
    return []


def feed_file(session: Session, feed: CalendarFeed, user: User, now: datetime, base_url: str, etag: str) -> bytes:
    """The feed as it is now; kept in memory as long as its stamp stands."""
    place = _kept(etag, feed.token_hash)
    if not place:
        place.append(_made(session, feed, user, now, base_url))
    return place[0]


def _made(session: Session, feed: CalendarFeed, user: User, now: datetime, base_url: str) -> bytes:
    viewer = Viewer(user.id, Role(user.role), user.participant_id)
    events = deadline_events(deadline_lines(session, now, scope_of(session, feed, now)), base_url, now)
    if feed.scope in WITH_MILESTONES:
        milestones = col(Milestone.assignee_id) == user.id if feed.scope == FeedScope.PERSONAL else _of_team(feed)
        events += milestone_events(session, now, base_url, [visible(viewer, Milestone), milestones])
        mine = col(ApplicationTask.assignee_id) == user.id
        tasks = mine if feed.scope == FeedScope.PERSONAL else col(Dossier.participant_id) == feed.participant_id
        events += task_events(session, viewer, now, base_url, [tasks])
    return calendar_file(events, f"Kansenradar: {feed.name}")


def _of_team(feed: CalendarFeed) -> ColumnElement[bool]:
    return col(Milestone.participant_id) == feed.participant_id


def scope_of(session: Session, feed: CalendarFeed, now: datetime) -> Sequence[ColumnElement[bool]]:
    """Which calls a feed is about, as WHERE clauses."""
    if feed.scope == FeedScope.CHALLENGE:
        return filtered(session, CallFilter(challenges=(feed.challenge_id or "",)), now)
    if feed.scope == FeedScope.FILTER:
        return filtered(session, CallFilter.model_validate(feed.filter), now)
    return [or_(col(Call.id).in_(_calls_of(feed)), col(Deadline.id).in_(_deadlines_of(feed)))]


def _calls_of(feed: CalendarFeed) -> Any:
    """Personal: what I follow or found relevant. Team: what anybody of my organisation did."""
    if feed.scope == FeedScope.PERSONAL:
        return followed_calls(feed.user_id)
    relevant = select(Verdict.call_id).where(Verdict.say == Say.YES, col(Verdict.undone_at).is_(None))
    followed = select(Follow.call_id).join(User, col(User.id) == col(Follow.user_id))
    return union(
        followed.where(col(User.participant_id) == feed.participant_id),
        relevant.where(col(Verdict.participant_id) == feed.participant_id),
    )


def _deadlines_of(feed: CalendarFeed) -> Any:
    """What was assigned, and what has a clock."""
    assigned = select(Assignment.deadline_id).where(Assignment.state != MilestoneState.DROPPED)
    if feed.scope == FeedScope.PERSONAL:
        planned = select(DecisionClock.deadline_id).join(Milestone, col(Milestone.clock_id) == col(DecisionClock.id))
        return union(
            assigned.where(col(Assignment.assignee_id) == feed.user_id),
            planned.where(col(Milestone.assignee_id) == feed.user_id),
        )
    return union(
        assigned.where(col(Assignment.participant_id) == feed.participant_id),
        select(DecisionClock.deadline_id).where(col(DecisionClock.participant_id) == feed.participant_id),
    )
