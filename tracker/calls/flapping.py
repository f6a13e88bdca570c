"""A value that only went back was not told; tell it after all once it stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from db.bulk import add
from db.vocabulary import RevisionKind
from tracker.calls.rows import CALL, CRAWL, REVISION, revision

STAYS_AFTER = 3  # crawls of its source in which the value stood


def tell_what_stayed(session: Session, source: str, crawl_id: int, now: datetime) -> tuple[int, ...]:
    """Turn damped changes that stood for three crawls into one telling revision, if they differ from what was told.

    Returns the ids of the calls that have something to tell now.
    """
    r = REVISION.c
    crawls = select(CRAWL.c.id).where(CRAWL.c.source == source, CRAWL.c.id <= crawl_id).order_by(CRAWL.c.id.desc())
    last = list(session.connection().execute(crawls.limit(STAYS_AFTER + 1)).scalars())
    if len(last) <= STAYS_AFTER:
        return ()
    of_source = select(CRAWL.c.id).where(CRAWL.c.source == source, CRAWL.c.id <= last[-1])
    old = select(r.call_id, r.field).where(r.damped, r.crawl_id.in_(of_source)).distinct()
    waiting = session.connection().execute(old).all()
    told = [call for call, name in waiting if _settle_one(session, call, name, last[-1], crawl_id, now)]
    return tuple(sorted(set(told)))


def _settle_one(session: Session, call: int, name: str, before: int, crawl_id: int, now: datetime) -> bool:
    """Whether the field of this call stayed as it is, and is not what was told last."""
    r = REVISION.c
    mine = (r.call_id == call, r.field == name, r.kind == RevisionKind.CHANGED)
    rows = session.connection().execute(select(REVISION).where(*mine).order_by(r.id.desc())).all()
    if not rows[0].damped or rows[0].crawl_id > before:
        return False
    session.connection().execute(update(REVISION).where(*mine, r.damped).values(damped=False))
    told = next((row.new for row in rows if row.telling), rows[-1].old)
    if told == rows[0].new:
        return False
    _tell(session, call, crawl_id, now, {"field": name, "old": told, "new": rows[0].new, "snapshot": rows[0].snapshot})
    return True


def _tell(session: Session, call: int, crawl_id: int, now: datetime, said: dict[str, Any]) -> None:
    version = select(CALL.c.version).where(CALL.c.id == call)
    next_version = session.connection().execute(version).scalar_one() + 1
    session.connection().execute(update(CALL).where(CALL.c.id == call).values(version=next_version))
    kind = RevisionKind.CHANGED
    add(session, REVISION, [revision(call, crawl_id, now, kind, telling=True, version=next_version, **said)])
