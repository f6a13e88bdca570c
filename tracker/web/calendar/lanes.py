"""Which calls the picture of quarters shows: those that end soonest, found by the database among thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from db.bulk import among
from db.models import Call, Deadline
from tracker.calendar.deadline_days import DeadlineDay, deadline_days, still_kept
from tracker.calendar.everything import DatesAsked
from tracker.clock import Now

FIRST, WIDER = timedelta(days=13), 5  # a fortnight holds a picture where there are thousands; else five times as long


@dataclass(frozen=True)
class Lanes:
    """The dates of the calls with a lane, and how many calls have none."""

    dates: list[DeadlineDay]
    left_out: int


def lanes_of(session: Session, now: Now, since: date, until: date, asked: DatesAsked, most: int) -> Lanes:
    """The calls whose last date is soonest among those that are not over, with all their dates on these days."""
    shown = [col(Deadline.day).between(now.today, until), *still_kept(now), *asked.where]
    ids = _soonest(session, now.today, until, shown, most)
    of_calls = [*asked.where, among(session, col(Deadline.call_id), ids)]
    dates = deadline_days(session, now, since, until, of_calls, asked.ours) if ids else []
    return Lanes(dates, _count(session, shown) - most if len(ids) == most else 0)


def _soonest(
    session: Session, today: date, until: date, shown: Sequence[ColumnElement[bool]], most: int
) -> Sequence[int]:
    """The calls that end first: looked for among those with a date soon, then among more, at last among all."""
    last: Any = func.max(col(Deadline.day))
    days = FIRST
    while True:
        near = min(today + days, until)
        with_one_soon = select(col(Deadline.call_id)).where(col(Deadline.day).between(today, near))
        calls = (
            select(col(Deadline.call_id))
            .join(Call, col(Deadline.call_id) == col(Call.id))
            .where(*shown, col(Deadline.call_id).in_(with_one_soon))
            .group_by(col(Deadline.call_id))
            .having(last <= near)
            .order_by(last, col(Deadline.call_id))
        )
        ids = session.exec(calls.limit(most)).all()
        if len(ids) == most or near == until:
            return ids
        days *= WIDER


def _count(session: Session, shown: Sequence[ColumnElement[bool]]) -> int:
    """Of all the calls that have such a date, counted by call: to look at each date takes twice as long."""
    has_one = select(col(Deadline.id)).where(col(Deadline.call_id) == col(Call.id), *shown).correlate(Call).exists()
    return session.exec(select(func.count()).select_from(Call).where(has_one)).one()
