"""Which calls the picture of quarters shows: those that end soonest, found by the database among thousands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from db.models import Call, Deadline
from tracker.calendar.deadline_days import DeadlineDay, deadline_days, still_kept
from tracker.calendar.everything import DatesAsked
from tracker.clock import Now


@dataclass(frozen=True)
class Lanes:
    """The dates of the calls with a lane, and how many calls have none."""

    dates: list[DeadlineDay]
    left_out: int


def lanes_of(session: Session, now: Now, since: date, until: date, asked: DatesAsked, most: int) -> Lanes:
    """The calls whose last date is soonest among those that are not over, with all their dates on these days."""
    last: Any = func.max(col(Deadline.day))
    calls = (
        select(col(Deadline.call_id), func.count().over())
        .join(Call, col(Deadline.call_id) == col(Call.id))
        .where(col(Deadline.day).between(now.today, until), *still_kept(now), *asked.where)
        .group_by(col(Deadline.call_id))
    )
    rows = session.exec(calls.order_by(last, col(Deadline.call_id)).limit(most)).all()
    ids, count = [id_ for id_, _ in rows], rows[0][1] if rows else 0
    of_calls = [*asked.where, col(Deadline.call_id).in_(ids)]
    dates = deadline_days(session, now, since, until, of_calls, asked.ours) if ids else []
    return Lanes(dates, count - len(ids))
