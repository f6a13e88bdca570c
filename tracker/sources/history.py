"""What the database remembers of sources: their last crawls and the calls that are held."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from db.models import Call, Crawl, Sighting
from db.queries import last_crawls
from tracker.sources.health import LONGEST_REST

REMEMBERED = 60


def past_crawls(session: Session, most: int = REMEMBERED) -> dict[str, list[Crawl]]:
    """Each source's last crawls, newest first."""
    return last_crawls(session, most)


def patience(session: Session, names: Sequence[str], now: datetime) -> dict[str, datetime]:
    """The sources that asked at their last crawl not to be asked before a moment that is still to come."""
    last = select(func.max(Crawl.id)).where(col(Crawl.source).in_(names)).group_by(col(Crawl.source))
    waiting = select(Crawl.source, Crawl.come_back_at).where(col(Crawl.id).in_(last), col(Crawl.come_back_at) > now)
    # Nobody asks for more than a day: what is further off was noted by a clock that has been set back since.
    return {source: at for source, at in session.exec(waiting) if at is not None and at <= now + 2 * LONGEST_REST}


def held_calls(session: Session) -> dict[str, int]:
    """Source -> how many of its calls wait for release."""
    count = func.count(func.distinct(col(Call.id)))
    rows = select(Sighting.source, count).join(Call, col(Call.id) == col(Sighting.call_id))
    return dict(session.exec(rows.where(col(Call.held)).group_by(col(Sighting.source))).all())
