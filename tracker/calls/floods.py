"""Too much news at once is more likely a source that changed than news: show it, but hold it from mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import update
from sqlmodel import Session, col, select

from db.models import Call, Sighting

MOST_NEW = 20
MOST_CHANGED_SHARE = 0.3
FEW_CHANGED = 5
LONG_AGO, DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class History:
    """What a source's complete crawls saw and added, newest first; the first crawl's additions are left out."""

    seen: Sequence[int] = ()
    new: Sequence[int] = ()
    last_complete: datetime | None = None


def is_flood_of_new(new: int, history: History, now: datetime) -> bool:
    """More than max(20, 3 x the median); after more than a week without a complete crawl as many for each day."""
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


def release(session: Session, source: str) -> int:
    """Let the held calls of a source through; how many they were."""
    of_source = select(Sighting.call_id).where(Sighting.source == source)
    held = update(Call).where(col(Call.held), col(Call.id).in_(of_source))
    return session.exec(held.values(held=False)).rowcount
