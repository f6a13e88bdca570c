"""Calendar feeds: at secret addresses of which only a hash is kept, cheap to ask again, dead when they should be."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, text
from sqlmodel import Session, col, select

from db.models import CalendarFeed, Milestone, User
from db.queries import CallFilter
from db.rights import visible
from db.vocabulary_calendar import EntryKind, FeedScope
from notifications.ical import Event, calendar_file
from notifications.wording import local_day
from tracker.calendar.entry_events import entry_event
from tracker.calendar.events import BACK, deadline_events, deadline_lines, filtered, milestone_events
from tracker.calendar.everything import Wanted, dates_asked, planned
from tracker.clock import Now
from tracker.rights import viewer_of

AHEAD = timedelta(days=365)
# What people plan of the kinds that no feed renders by itself; dates of calls are asked for apart.
OTHERS = frozenset(EntryKind) - {EntryKind.MILESTONE, EntryKind.CLOSED}
WHOSE: dict[FeedScope, Callable[[CalendarFeed], Wanted]] = {
    FeedScope.PERSONAL: lambda feed: Wanted(OTHERS, person=feed.user_id),
    FeedScope.TEAM: lambda feed: Wanted(OTHERS, participant=feed.participant_id),
    FeedScope.ALL: lambda _: Wanted(OTHERS),
}
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
    " (SELECT count(*) FROM follow), (SELECT max(id) FROM follow),"
    # Of the lobby, of bodies and of who may see what: each deed leaves a line, but signing in changes no calendar.
    " (SELECT id FROM audit_entry WHERE action NOT LIKE 'sign%' ORDER BY id DESC LIMIT 1),"
    " (SELECT max(id) FROM contact_moment), (SELECT max(id) FROM meeting), (SELECT max(modified_at) FROM meeting)"
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
    events = deadline_events(deadline_lines(session, now, scope_of(session, feed, user, now)), base_url, now)
    planned = _planned(session, feed, user, Now(now), base_url) if feed.scope in WHOSE else []
    return calendar_file(chain(events, planned), f"Kansenradar: {feed.name}")


def _planned(session: Session, feed: CalendarFeed, user: User, now: Now, base_url: str) -> list[Event]:
    """What people plan: steps with their own history, all else as it stands on the calendar page."""
    viewer = viewer_of(user)
    events = milestone_events(session, now.instant, base_url, [visible(viewer, Milestone), *_whose(feed)])
    wanted = WHOSE[FeedScope(feed.scope)](feed)
    entries = planned(session, viewer, now, local_day(now.instant - BACK), now.today + AHEAD, wanted)
    return [*events, *(entry_event(entry, base_url, now) for entry in entries)]


def _whose(feed: CalendarFeed) -> list[ColumnElement[bool]]:
    if feed.scope == FeedScope.PERSONAL:
        return [col(Milestone.assignee_id) == feed.user_id]
    return [col(Milestone.participant_id) == feed.participant_id] if feed.scope == FeedScope.TEAM else []


def scope_of(session: Session, feed: CalendarFeed, user: User, now: datetime) -> Sequence[ColumnElement[bool]]:
    """Which dates of calls a feed is about, as WHERE clauses."""
    if feed.scope == FeedScope.CHALLENGE:
        return filtered(session, CallFilter(challenges=(feed.challenge_id or "",)), now)
    if feed.scope == FeedScope.FILTER:
        return filtered(session, CallFilter.model_validate(feed.filter), now)
    return dates_asked(session, viewer_of(user), Now(now), WHOSE[FeedScope(feed.scope)](feed)).where
