"""What a digest says beside its calls, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from notifications.due_today import AgendaLine, DueToday


@dataclass(frozen=True)
class InDoubt:
    """An earlier digest of which nobody knows whether it arrived, and the path where it can be read."""

    day: date
    path: str


@dataclass(frozen=True)
class FollowedDossier:
    """A dossier that the reader follows, its path, and what happened: what, of what, and where it is read."""

    title: str
    path: str
    lines: tuple[AgendaLine, ...]


@dataclass(frozen=True)
class DigestExtras:
    """What a digest says beside its calls: what is due today and in the lobby, and which digest may be lost.

    ``ours``: per call what of our own runs on it, as far as this reader may know. ``moments``: where one is heard.
    ``dossiers``: those the reader follows, each with what happened in it and on its subject. ``activities``: of the
    network, for who may see them.
    """

    lobby: tuple[AgendaLine, ...] = ()
    in_doubt: tuple[InDoubt, ...] = ()
    ours: Mapping[int, str] = field(default_factory=dict)
    due: DueToday = field(default_factory=DueToday)
    moments: tuple[AgendaLine, ...] = ()
    dossiers: tuple[FollowedDossier, ...] = ()
    activities: tuple[AgendaLine, ...] = ()

    @property
    def lines_beside(self) -> int:
        """How many lines it puts beside the calls."""
        beside = (
            self.lobby,
            self.moments,
            self.activities,
            self.in_doubt,
            self.due.lines,
            *(each.lines for each in self.dossiers),
        )
        return sum(map(len, beside))

    @property
    def speaks(self) -> bool:
        """Whether there is a digest in it also where no call is named."""
        return bool(self.in_doubt) or self.has_news

    @property
    def has_news(self) -> bool:
        """Whether something happened that only a digest tells."""
        return bool(self.moments or self.dossiers or self.activities)


NO_EXTRAS = DigestExtras()
NOTHING_RUNS: Mapping[int, str] = {}
