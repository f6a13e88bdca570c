"""What each source covers: what it is, promises and cannot see, its age, and how it stands. One judgement for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from db.models import Crawl
from db.queries import last_crawls
from db.vocabulary import SourceForm, SourceState
from notifications.reasons import in_dutch
from scrapers import sources
from scrapers.profiles import SourceProfile, profile_of
from scrapers.watched_sites import Watched
from tracker.calls.floods import held_calls
from tracker.settings import Settings
from tracker.sources.crawl import crawlable, own_watched, paused
from tracker.sources.health import SourceHealth, source_health

WELL = frozenset({SourceState.OK, SourceState.NEVER, SourceState.OFF})


@dataclass(frozen=True)
class SourceCoverage:
    """One source. ``age``: since its last complete crawl, none where there was none. ``held``: calls kept from mail.

    ``crawls``: its last ones, newest first.
    """

    name: str
    state: SourceState
    health: SourceHealth
    form: SourceForm
    publisher: str
    promises: str
    unseen: str
    on: bool
    held: int
    age: timedelta | None
    paused: str = ""  # why a person put it to rest
    own: bool = False  # a watched page of this installation
    crawls: Sequence[Crawl] = ()

    @property
    def called(self) -> str:
        """What a page of this installation is called, by who typed it; nothing for the others."""
        return self.publisher if self.own else ""

    @property
    def trouble(self) -> str:
        """What is wrong, in one Dutch line; nothing where it stands well."""
        if self.state in WELL:
            return ""
        health, why = self.health, f": {in_dutch(self.health.why)}" if self.health.why else ""
        if self.state is SourceState.OVERDUE:
            return f"{self.state.label}: {f'al {self.age.days} dagen' if self.age else 'nog nooit'}{why}"
        if self.state is SourceState.SILENT and health.silence:
            usual = f"{health.silence.usual:.1f}".replace(".", ",")
            return f"al {health.silence.days:.0f} dagen niets nieuws, waar {usual} per dag gewoon is"
        return f"{'laatste ronde ' if self.state is SourceState.INCOMPLETE else ''}{self.state.label}{why}"

    def as_json(self) -> dict[str, Any]:
        """The keys that ``sources --json`` promises, and more."""
        health = self.health
        return {
            "source": self.name,
            "state": self.state.value,
            "error": health.error,
            "last_complete": _iso(health.last_complete),
            "age_hours": round(self.age.total_seconds() / 3600, 1) if self.age is not None else None,
            "expected": health.expected,
            "seen": health.seen,
            "trend": health.trend,
            "resting_until": _iso(health.resting_until),
            "moved": health.moved,
            "held": self.held,
            "on": self.on,
            "paused": self.paused,
            "form": self.form.value,
            "publisher": self.publisher,
            "promises": self.promises,
            "unseen": self.unseen,
        }


def coverage(session: Session, settings: Settings, now: datetime) -> list[SourceCoverage]:
    """Every source that there is, also those that are off, and those of which only crawls are left; by name."""
    return _coverage(session, settings, now, held_calls(session))


def _coverage(session: Session, settings: Settings, now: datetime, held: Mapping[str, int]) -> list[SourceCoverage]:
    past, on, own = last_crawls(session), set(crawlable(settings)), own_watched(settings)
    stand = {name: source_health(name, past.get(name, []), now) for name in sorted({*sources.names(), *own, *past})}
    found = [covered(health, source_of(name, own), now, name in on, held) for name, health in stand.items()]
    rests = paused(settings)
    return [
        replace(row, paused=rests.get(row.name, ""), own=row.name in own, crawls=past.get(row.name, ()))
        for row in found
    ]


def covered(
    health: SourceHealth, source: SourceProfile | None, now: datetime, on: bool, held: Mapping[str, int]
) -> SourceCoverage:
    """What one source covers; ``source`` is none where only its crawls are left."""
    return SourceCoverage(
        name=health.source,
        state=SourceState(health.state) if on else SourceState.OFF,
        health=health,
        form=source.form if source else SourceForm.EXACT,
        publisher=source.publisher if source else "",
        promises=source.promises if source else "",
        unseen=source.unseen if source else "alles: deze bron bestaat niet meer",
        on=on,
        held=held.get(health.source, 0),
        age=now - health.last_complete if health.last_complete else None,
    )


def source_of(name: str, own: Mapping[str, Watched]) -> SourceProfile | None:
    """What a source says of itself; none where only its crawls are left."""
    try:
        return profile_of(own[name]) if name in own else sources.profile(name)
    except sources.NoSuchSource:
        return None


def in_trouble(session: Session, settings: Settings, now: datetime) -> list[tuple[str, str]]:
    """The sources that need a look, with what is wrong; what they hold back is not counted for it."""
    return [(row.name, row.trouble) for row in _coverage(session, settings, now, {}) if row.trouble]


def as_age(age: timedelta | None) -> str:
    """ "5 h", "3 d": how long ago a source was last read to its end."""
    if age is None:
        return "-"
    hours = int(age.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
