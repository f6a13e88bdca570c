"""The wall clock, read in one place; everything else gets the moment handed in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from time import monotonic


@dataclass(frozen=True)
class Now:
    """The moment of a request, a command or a job, read once at its door."""

    instant: datetime  # aware, in UTC

    @cached_property
    def today(self) -> date:
        """The day it is in Amsterdam; babel and the zones load here, as `--help` does without."""
        from notifications.wording import local_day

        return local_day(self.instant)


@dataclass(frozen=True)
class Clock:
    """Tells the time, or the time it was set to by ``--now``."""

    fixed: datetime | None = None

    def now(self) -> Now:
        """The moment it is."""
        return Now(self.fixed or datetime.now(UTC))

    @property
    def is_set(self) -> bool:
        """Whether a person set it: then it is not compared with the sources' clocks."""
        return self.fixed is not None


@dataclass(frozen=True, kw_only=True)
class CountingClock(Clock):
    """Goes on from a moment that was sure, by the machine's own count of seconds, whatever the wall clock does."""

    sure_at: datetime
    count: float  # seconds that no setting of the clock changes, at that moment

    def now(self) -> Now:
        """That moment and the seconds counted since."""
        return Now(self.sure_at + timedelta(seconds=monotonic() - self.count))


@dataclass(frozen=True)
class SteppingClock(Clock):
    """A clock that stands still until a person moves it on, as in the demo."""

    steps: list[timedelta] = field(default_factory=list)

    def now(self) -> Now:
        """The moment it was set to, and what was added since."""
        return Now(super().now().instant + sum(self.steps, timedelta()))
