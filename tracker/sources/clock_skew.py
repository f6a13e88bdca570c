"""Does our clock go as the sources' clocks do? While it does not, nothing is planned, expired, mailed or erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import Crawl
from db.queries import BY_HAND
from db.session import reading, writing
from notifications.alerts import end_alert, raise_alert, standing_alerts
from tracker.clock import Clock, CountingClock
from tracker.sources.health import clock_is_wrong

ALERT = "clock"
JUMP = 600  # seconds that the wall clock may run away from the machine's own count of seconds
LONGEST_ABSENCE = timedelta(days=8)  # who starts later than this after all that is known may have a wrong clock
DOUBT = "our clock jumped: nothing is planned or sent before a source says what time it is"


def crawls_with_time(session: Session) -> list[Crawl]:
    """Of each source the last crawl in which it told the time: one that failed before it answered says nothing."""
    newest = select(func.max(Crawl.id)).where(col(Crawl.skew_seconds).is_not(None), Crawl.source != BY_HAND)
    return list(session.exec(select(Crawl).where(col(Crawl.id).in_(newest.group_by(col(Crawl.source))))))


def clock_trouble(engine: Engine, now: datetime) -> str:
    """One line while our clock and the sources' clocks are more than ten minutes apart, and an alert; else nothing."""
    with reading(engine) as session:
        apart = clock_is_wrong(crawls_with_time(session), now)
        alerted = any(alert.key == ALERT for alert in standing_alerts(session))
    if apart is None and not alerted:
        return ""
    with writing(engine) as session:
        if apart is None:
            end_alert(session, ALERT, now)
            return ""
        line = f"our clock and the sources' clocks are {abs(apart) / 60:.0f} minutes apart: nothing is planned or sent"
        minutes = f"{abs(apart) / 60:.0f} minuten"
        told = f"onze klok en die van de bronnen schelen {minutes}: er wordt niets gepland of verstuurd"
        raise_alert(session, ALERT, told, now)
    return line


@dataclass
class SkewMonitor:
    """Whether a process that goes on knows what time it is.

    In doubt is who sees the wall clock jump, starts improbably long after all that is known, or hears another time from
    the sources. It is over when the clock is back where it was, or when a source that was asked since then agrees.
    ``askable``: whether there is any source to ask; ``asked``: whether all were since this process began.
    """

    engine: Engine
    askable: Callable[[], bool]
    asked: Callable[[], bool]
    doubted_at: datetime | None = None
    late: bool = False
    _sure_at: tuple[datetime, float] | None = None

    @property
    def sure(self) -> bool:
        """Whether there is no doubt."""
        return self.doubted_at is None

    def steady(self, clock: Clock) -> Clock:
        """A clock for one job, which may jump under its hands: it counts on from when the time was last sure."""
        if self._sure_at is None or clock.is_set or not self.sure:
            return clock
        sure_at, count = self._sure_at
        return CountingClock(sure_at=sure_at, count=count)

    def jumped(self, clock: Clock) -> bool:
        """Whether the wall clock has run away from the count of seconds since it was sure, or that is known already."""
        return not self.sure or abs(clock.now().instant - self.steady(clock).now().instant).total_seconds() > JUMP

    def doubt(self, now: datetime, count: float) -> str:
        """Why it is not sure what time it is, or nothing; ``count``: seconds that no setting of the clock changes."""
        if self._sure_at is None:
            self._sure_at, self.late = (now, count), self._is_late(now)
        before, counted = self._sure_at
        odd = self.late or abs((now - before).total_seconds() - (count - counted)) > JUMP
        line = clock_trouble(self.engine, now)
        if line or odd:
            self.doubted_at = min(self.doubted_at or now, now)
        if not line and (not odd or self._was_told(now)):
            self.doubted_at, self.late, self._sure_at = None, False, (now, count)
        return line or ("" if self.sure else DOUBT)

    def _is_late(self, now: datetime) -> bool:
        with reading(self.engine) as session:
            moments = [crawl.started_at for crawl in crawls_with_time(session)]
        return bool(moments) and now - max(moments) > LONGEST_ABSENCE

    def _was_told(self, now: datetime) -> bool:
        """Whether a source that agrees was heard since; after a late start one round of asking is enough."""
        with reading(self.engine) as session:
            moments = [crawl.started_at for crawl in crawls_with_time(session)]
        since = self.doubted_at or now
        return any(since < at <= now for at in moments) or (self.late and self.asked()) or not self.askable()
