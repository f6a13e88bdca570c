"""Whether the application is well, for monitors: the clock's heartbeat, the oldest mail that is due, each source."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from db.leases import LEASE, database_clock
from db.models import Delivery, Lease
from db.queries import newest_crawls
from db.vocabulary import WAITING_STATES

CLOCK = "clock"  # the lease that the clock renews twice a minute: its heartbeat
STALE_AFTER = timedelta(minutes=5)


class Heartbeat(NamedTuple):
    """When the clock last showed itself, in UTC by the database's clock; none where it never ran (a trial, a demo)."""

    last: datetime | None
    stale: bool


def heartbeat(session: Session) -> Heartbeat:
    """Read from the clock's lease, so that whoever holds it, on whatever machine, is heard."""
    lease = session.get(Lease, CLOCK)
    if lease is None:
        return Heartbeat(None, False)
    last = lease.until - LEASE
    return Heartbeat(last, database_clock(session) - last > STALE_AFTER)


def report(session: Session, now: datetime) -> tuple[bool, dict[str, Any]]:
    """Ready or not, and why; names of sources and times only, since everybody may ask."""
    beat = heartbeat(session)
    oldest = session.exec(
        select(func.min(Delivery.not_before)).where(
            col(Delivery.state).in_([state.value for state in WAITING_STATES]),
            col(Delivery.finished_at).is_(None),
            col(Delivery.not_before) <= now,
        )
    ).one()
    late = int((now - oldest).total_seconds() // 60) if oldest else 0
    complete = newest_crawls(session, complete=True)
    return not beat.stale, {
        "status": "stale" if beat.stale else "ok",
        "database": "ok",
        "clock": {"last": _iso(beat.last), "state": "stale" if beat.stale else "ok" if beat.last else "never"},
        "mail": {
            "oldest_due": _iso(oldest),
            "minutes_late": late,
        },
        "sources": {
            name: {"last_complete": _iso(complete[name].finished_at) if name in complete else None}
            for name in sorted(newest_crawls(session))
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
