"""The wall clock, read in one place; everything else gets ``now`` handed in."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """Tells the time, or the time it was set to by ``--now``."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        """Aware, in UTC."""
        return self.fixed or datetime.now(UTC)

    @property
    def is_set(self) -> bool:
        """Whether a person set it: then it is not compared with the sources' clocks."""
        return self.fixed is not None
