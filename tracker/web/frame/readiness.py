"""Whether the application is well, for monitors and for the banner: what is broken, the clock, the oldest due mail."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from db.leases import LEASE, database_clock
from db.models import Lease
from db.queries import newest_crawls
from tracker import __version__
from tracker.settings import Settings
from tracker.watch.kinds import HEARTBEAT, KINDS
from tracker.watch.look import CLOCK, Trouble, look, oldest_due
from tracker.watch.note import standing, watched_of


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
    return Heartbeat(last, database_clock(session) - last > HEARTBEAT)


def report(session: Session, now: datetime, settings: Settings) -> tuple[bool, dict[str, Any]]:
    """Ready or not, and why; names of sources and times only, since everybody may ask."""
    broken = standing(session, look(session, now, watched_of(settings)), looked=True)
    return not broken, {
        "status": "broken" if broken else "ok",
        "broken": sorted({trouble.key for trouble in broken}),
        "version": __version__,
        "database": "ok",
        "clock": _clock(heartbeat(session)),
        "mail": _mail(session, now),
        "sources": _sources(session),
    }


def _clock(beat: Heartbeat) -> dict[str, Any]:
    return {"last": _iso(beat.last), "state": "stale" if beat.stale else "ok" if beat.last else "never"}


def _mail(session: Session, now: datetime) -> dict[str, Any]:
    oldest = oldest_due(session, now)
    return {"oldest_due": _iso(oldest), "minutes_late": int((now - oldest).total_seconds() // 60) if oldest else 0}


def _sources(session: Session) -> dict[str, Any]:
    complete = newest_crawls(session, complete=True)
    ends = {name: complete[name].finished_at if name in complete else None for name in sorted(newest_crawls(session))}
    return {name: {"last_complete": _iso(end)} for name, end in ends.items()}


class Banner(NamedTuple):
    """One line on every page of who looks after the application: what is broken, and where to look."""

    text: str
    line: str
    path: str


def banners(found: list[Trouble]) -> list[Banner]:
    """What stands, as lines of a page; the silent clock has a banner of its own, for everybody."""
    split = [(KINDS[trouble.key.partition(":")[0]], trouble) for trouble in found]
    return [
        Banner(kind.began_with(what := each.key.partition(":")[2]), each.line, kind.page_of(what))
        for kind, each in split
        if kind.name != "heartbeat"
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
