"""One run of the planner: its moment, and the lease that every commit of it checks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.leases import advance, renew
from db.models import Delivery
from db.session import writing
from db.vocabulary import DeliveryState, MailKind
from notifications import outbox
from notifications.letter import Writer
from notifications.outbox import Mail
from notifications.wording import local_day
from tracker.mailing.mailer import Mailer

LEASE = "planner"
ENOUGH = 400  # people from which on it is worth to ask others
Part = tuple[int, int]  # the first, second, ... of so many
Spread = Callable[[datetime, int, datetime | None], None]  # the planner's moment and number, and its matching_since


def nobody(_now: datetime, _epoch: int, _matching_since: datetime | None) -> None:
    """Who plans a slice asks no others."""


class LeaseLost(Exception):
    """Another process took over; what was put in the outbox stays, the rest is up to the other."""


@dataclass
class PlanningRun:
    """What stays the same while one process plans, but for its number. ``spread`` asks others to plan slices."""

    engine: Engine
    mailer: Mailer
    now: datetime
    epoch: int
    spread: Spread | None = None

    @cached_property
    def today(self) -> date:
        """The day it is in Amsterdam."""
        return local_day(self.now)

    @cached_property
    def writer(self) -> Writer:
        """Writes all letters of the run, because many people read the same calls."""
        return self.mailer.writer(self.now)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that begins by holding on to the lease. Raises LeaseLost."""
        with writing(self.engine) as session:
            if not renew(session, LEASE, self.epoch):
                raise LeaseLost("another process took over planning")
            yield session

    def spread_over(self, people: int, matching_since: datetime | None) -> None:
        """Ask others to help where there are many."""
        if self.spread is not None and people >= ENOUGH:
            self.spread(self.now, self.epoch, matching_since)

    def gather(self) -> set[int]:
        """From now on slices are refused; whose digest of this run holds what is due to them today."""
        if self.spread is None:
            return set()
        with self.writing() as session:
            self.epoch = advance(session, LEASE, self.epoch)
            mine = select(Delivery.user_id).where(
                Delivery.kind == MailKind.DIGEST, Delivery.planned_at == self.now,
                Delivery.state != DeliveryState.HELD, col(Delivery.key).not_like("%:urgent:%"),
            )  # fmt: skip
            return set(filter(None, session.exec(mine)))

    def put(self, session: Session, mails: Iterable[Mail]) -> int:
        """Put mails in the outbox; return how many are new."""
        return outbox.put(session, mails, self.mailer.key, self.mailer.domain)
