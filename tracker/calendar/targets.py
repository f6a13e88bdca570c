"""What steps are counted back from: a deadline of a call or an outside moment, and the day on which that is."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlmodel import Session, select

from db.models import Call, Deadline, DecisionClock, Moment
from db.vocabulary import CLOSING_KINDS, DeadlineKind
from notifications.wording import local_day
from tracker.lobby.moment_days import last_day_of

Target = Deadline | Moment


class DatedRow(Protocol):
    """What is asked of a date of a call to know whether it closes, and when: a Deadline, or a row of these columns."""

    id: Any
    kind: Any
    day: Any
    at: Any
    gate_at: Any
    cancelled_at: Any


D = TypeVar("D", bound=DatedRow)


def deadline_day(deadline: DatedRow) -> date | None:
    """The Amsterdam day of a deadline, or none for 'until the money is gone'."""
    day: date | None = local_day(deadline.at) if deadline.at else deadline.day
    return day


def target_day(session: Session, target: Target) -> date | None:
    """The day that steps are counted back from; none where there is none, or where it will not be."""
    if isinstance(target, Moment):
        last = last_day_of(session, target)
        return None if last.ended else last.day
    return None if target.cancelled_at is not None else deadline_day(target)


def target_of(session: Session, clock: DecisionClock) -> Target:
    """What a clock counts back from."""
    if clock.moment_id is not None:
        return session.get_one(Moment, clock.moment_id)
    return session.get_one(Deadline, clock.deadline_id)


def upcoming_closings(deadlines: Iterable[D], today: date) -> list[tuple[date, D]]:
    """The closings that stand and are still to come, each with its day, soonest first."""
    dated = [
        (day, deadline)
        for deadline in deadlines
        if (deadline.kind in CLOSING_KINDS or deadline.gate_at is not None)
        and deadline.cancelled_at is None
        and (day := deadline_day(deadline))
    ]
    return sorted((pair for pair in dated if pair[0] >= today), key=lambda pair: (pair[0], pair[1].id))


def closings_of(session: Session, call: Call, today: date) -> list[Deadline]:
    """The closings of a call that are still to come, soonest first."""
    rows = session.exec(select(Deadline).where(Deadline.call_id == call.id))
    return [deadline for _, deadline in upcoming_closings(rows, today)]


def asks_reaction(target: Target) -> bool:
    """Whether it is a day to be heard at, and not to apply for something."""
    return isinstance(target, Moment) or target.kind == DeadlineKind.CONSULTATION
