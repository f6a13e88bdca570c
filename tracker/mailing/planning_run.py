"""One run of the planner: its moment, and the lease that every commit of it checks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from db.leases import renew
from db.session import writing
from notifications import outbox
from notifications.letter import Writer
from notifications.outbox import Mail
from notifications.wording import local_day
from tracker.mailing.mailer import Mailer

LEASE = "planner"


class LeaseLost(Exception):
    """Another process took over; what was put in the outbox stays, the rest is up to the other."""


@dataclass(frozen=True)
class PlanningRun:
    """What stays the same while one process plans."""

    engine: Engine
    mailer: Mailer
    now: datetime
    epoch: int

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

    def put(self, session: Session, mails: Iterable[Mail]) -> int:
        """Put mails in the outbox; return how many are new."""
        return outbox.put(session, mails, self.mailer.key, self.mailer.domain)
