"""News that is odd is more likely a source that changed than news: show it, but hold it from mail, two working days.

A *different* crawl is another thing (oddities.py): nothing of it is taken over, and no time releases it.
"""

from datetime import UTC, datetime, timedelta
from statistics import median

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from db.models import Call, Crawl, Sighting
from notifications.wording import local_day
from tracker.calls.completeness import History
from tracker.workdays import is_working_day

MOST_NEW = 20
MOST_CHANGED_SHARE = 0.3
FEW_CHANGED = 5
LONG_AGO, DAY = timedelta(days=7), timedelta(days=1)
WORKING_DAYS = 2
LET_GO = datetime(1970, 1, 1, tzinfo=UTC)  # since when something waits that a person released


def is_flood_of_new(new: int, history: History, now: datetime) -> bool:
    """More than max(20, 3 x the median) without a door to come; after more than a week as many for each day."""
    if history.last_complete is None:
        return False
    usual = median(history.new) if history.new else 0
    gap = now - history.last_complete
    return new > max(MOST_NEW, 3 * usual) * (gap / DAY if gap > LONG_AGO else 1)


def is_flood_of_changes(telling: int, seen: int, history: History) -> bool:
    """More than 30 % of the calls seen again; a handful is no flood, however few calls a source has."""
    if history.last_complete is None or telling < FEW_CHANGED:
        return False
    return telling > MOST_CHANGED_SHARE * seen


def waited_enough(since: datetime | None, now: datetime) -> bool:
    """Whether two working days have passed, to the hour, or a person released it."""
    if since is None:
        return False
    moment, left = since, WORKING_DAYS
    while left and moment <= now:
        moment += DAY
        left -= is_working_day(local_day(moment))
    return moment <= now


def release(session: Session, source: str, now: datetime) -> int:
    """A person's word that a source is right: its held calls go; how many they were.

    What waits is taken over by the next crawl, and so is a different crawl or a smaller catalogue.
    """
    of_source = select(Sighting.call_id).where(Sighting.source == source)
    waiting = update(Sighting).where(col(Sighting.source) == source, col(Sighting.waiting_since).is_not(None))
    session.exec(waiting.values(waiting_since=LET_GO))
    last_complete = select(func.max(Crawl.id)).where(Crawl.source == source, col(Crawl.complete))
    after = col(Crawl.id) > func.coalesce(last_complete.scalar_subquery(), 0)
    for crawl in session.exec(select(Crawl).where(Crawl.source == source, after, col(Crawl.released_at).is_(None))):
        crawl.released_at = now if crawl.shrunk or crawl.lost else None
    return _let_go(session, col(Call.id).in_(of_source))


def release_due(session: Session, now: datetime) -> int:
    """Let go what was held for two working days; how many they were."""
    held = select(Call.held_since).where(col(Call.held), col(Call.held_since).is_not(None))
    moments = [since for since in session.exec(held.distinct()) if waited_enough(since, now)]
    return _let_go(session, col(Call.held_since).in_(moments)) if moments else 0


def _let_go(session: Session, which: object) -> int:
    held = update(Call).where(col(Call.held), which)  # type: ignore[arg-type]
    return session.exec(held.values(held=False, held_since=None, held_why="")).rowcount


def held_calls(session: Session) -> dict[str, int]:
    """Source -> how many of its calls wait for release."""
    count = func.count(func.distinct(col(Call.id)))
    rows = select(Sighting.source, count).join(Call, col(Call.id) == col(Sighting.call_id))
    return dict(session.exec(rows.where(col(Call.held)).group_by(col(Sighting.source))).all())
