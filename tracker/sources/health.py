"""Is a source still alive? Pure: its crawls and the moment go in, its state and an explanation come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

from db.models import Crawl

OVERDUE_AFTER = timedelta(days=3)
IMPROBABLE = 0.001
FAILURES_BEFORE_REST = 3
FIRST_REST, LONGEST_REST = timedelta(hours=1), timedelta(hours=24)
RELEASED = "; released: the next crawl is taken as it is"
SKEW_ALLOWED = timedelta(minutes=10)


@dataclass(frozen=True)
class SourceHealth:
    """How a source stands.

    ``state``: ok, never (not crawled yet), incomplete (the last crawl), overdue (no complete crawl for three days),
    different (too many calls lost a field) or shrunk (far fewer calls than before), both until a person or the source
    itself says more, or silent (nothing new for improbably long). ``trend``: seen now against the median before, 1.0
    = as ever.
    """

    source: str
    state: str
    error: str = ""
    last_complete: datetime | None = None
    expected: int | None = None
    seen: int | None = None
    trend: float | None = None
    resting_until: datetime | None = None
    moved: str = ""
    why: str = ""  # the last crawl's own words, where it was not complete
    silence: "Silence | None" = None


@dataclass(frozen=True)
class Silence:
    """Nothing new for so many days, where so many new calls a day are usual."""

    days: float
    usual: float

    def __str__(self) -> str:
        return f"nothing new for {self.days:.0f} days, where {self.usual:.1f} a day is usual"


def source_health(source: str, crawls: Sequence[Crawl], now: datetime) -> SourceHealth:
    """``crawls``: the source's crawls, newest first."""
    if not crawls:
        return SourceHealth(source, "never", "not crawled yet")
    last, complete = crawls[0], [crawl for crawl in crawls if crawl.complete]
    state, error = _state(last, complete, now)
    if not complete and state == "incomplete" and now - crawls[-1].finished_at > OVERDUE_AFTER:
        state = "overdue"
    return SourceHealth(
        source=source,
        state=state,
        error=error,
        last_complete=complete[0].finished_at if complete else None,
        expected=last.expected,
        seen=last.seen,
        trend=round(last.seen / last.expected, 2) if last.expected else None,
        resting_until=resting_until(crawls),
        moved=last.moved,
        why="" if last.complete else last.why,
        silence=improbable_silence(complete) if state == "silent" else None,
    )


def _state(last: Crawl, complete: Sequence[Crawl], now: datetime) -> tuple[str, str]:
    if last.lost or last.shrunk:
        return ("different" if last.lost else "shrunk"), f"{last.why}{RELEASED if last.released_at else ''}"
    if not complete:
        return "incomplete", last.why or "never complete yet"
    age = now - complete[0].finished_at
    if age > OVERDUE_AFTER:
        lately = "" if last.complete or not last.why else f": {last.why}"
        return "overdue", f"no complete crawl for {age.days} days{lately}"
    if not last.complete:
        return "incomplete", last.why
    silence = improbable_silence(complete)
    return ("silent", str(silence)) if silence else ("ok", "")


def improbable_silence(complete: Sequence[Crawl]) -> Silence | None:
    """A silence when nothing new came for so long that its own past makes that improbable (Poisson, p < 0.001).

    ``complete``: complete crawls, newest first. The first one finds everything new and says nothing of a normal day.
    """
    usual = [crawl for crawl in complete[:-1] if crawl.new]
    if not usual:
        return None
    days = (usual[0].finished_at - complete[-1].finished_at).total_seconds() / 86_400
    silent = (complete[0].finished_at - usual[0].finished_at).total_seconds() / 86_400
    rate = sum(crawl.new for crawl in usual) / days if days > 0 else 0
    return None if exp(-rate * silent) >= IMPROBABLE else Silence(silent, rate)


def resting_until(crawls: Sequence[Crawl]) -> datetime | None:
    """Until when the clock leaves a source alone; none where nothing speaks against asking it.

    After three failures in a row for an hour, then two, then four, at most a day, and then once more; or for as long
    as the source asked. A person who asks for a crawl gets one, unless the source itself asked for patience.
    """
    rest, patience = _rest(crawls), crawls[0].come_back_at if crawls else None
    return max(filter(None, (rest, patience)), default=None)


def _rest(crawls: Sequence[Crawl]) -> datetime | None:
    failures = 0
    for crawl in crawls:
        if crawl.complete:
            break
        failures += 1
    if failures < FAILURES_BEFORE_REST:
        return None
    doublings: int = min(failures - FAILURES_BEFORE_REST, 10)
    return crawls[0].finished_at + min(FIRST_REST * (1 << doublings), LONGEST_REST)


def clock_is_wrong(crawls: Iterable[Crawl], now: datetime) -> float | None:
    """How many seconds our clock differs from the sources' clocks, where that is more than ten minutes.

    ``crawls``: of each source the last one in which it told the time. The middle of what they said counts, the one
    nearer to ours where there are two, so that one wrong clock out there is not ours.
    """
    differences = sorted((difference for crawl in crawls if (difference := _ahead(crawl, now)) is not None), key=abs)
    middle = differences[(len(differences) - 1) // 2] if differences else 0.0
    return middle if abs(middle) > SKEW_ALLOWED.total_seconds() else None


def _ahead(crawl: Crawl, now: datetime) -> float | None:
    """How many seconds our clock is ahead of a source's, by what it said; none where that says nothing any more.

    A crawl that began later than it is now was timed by a clock that has been set back since: all that is left of it
    is that it cannot be earlier now than it was there.
    """
    if crawl.skew_seconds is None or crawl.started_at <= now:
        return crawl.skew_seconds
    theirs = crawl.started_at - timedelta(seconds=crawl.skew_seconds)
    return min((now - theirs).total_seconds(), 0.0)
