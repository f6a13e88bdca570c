"""One round: ask sources, several at a time, and store each as it comes in; a bad source never stops the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, col, func, select

from db import leases
from db.models import Crawl, RememberedAddress
from db.session import reading, writing
from scrapers.crawled import Crawled, Remembered
from tracker.calls.completeness import enough
from tracker.calls.ingest import ingest
from tracker.calls.plan import IngestResult
from tracker.calls.store import absentees, known_pages, past
from tracker.settings import Settings
from tracker.sources import alerts
from tracker.sources.crawl import Progress, can_be_asked, crawl, reads_known_pages
from tracker.sources.health import LONGEST_REST
from tracker.sources.places import Places

AT_A_TIME, MOST_SLOW = 4, 8  # a slow one beside them mostly waits for the network
SLOW = 1 / 15  # of the time that a source may take: two minutes of thirty
QUEUE = "queue"  # who asks for a source where jobs are handed out; a person's own crawl is still respected
BUSY = "another process is crawling it now"
ASKED = "not asked: it wants to be left alone until"
Keep = Callable[[Session, Crawled, datetime], int]  # gives how much there was to keep
NOTHING_APART: Mapping[str, Keep] = {}


@dataclass(frozen=True)
class CrawlReport:
    """How one source fared: what was stored, or why nothing could be."""

    source: str
    seen: int
    complete: bool
    why: str
    seconds: float
    ingested: IngestResult | None = None

    def as_json(self) -> dict[str, object]:
        """The keys that ``crawl --json`` promises."""
        stored = self.ingested
        counts = {name: len(getattr(stored, name)) if stored else 0 for name in ("new", "changed", "gone", "back")}
        more = {"unchanged": stored.unchanged, "held": stored.held, "telling": len(stored.telling)} if stored else {}
        return {
            "source": self.source,
            "seen": self.seen,
            **counts,
            "complete": self.complete,
            "why": self.why,
            "seconds": round(self.seconds, 1),
            **more,
        }

    def as_line(self) -> str:
        """For people."""
        fields = self.as_json()
        counts = ", ".join(f"{fields[name]} {name}" for name in ("seen", "new", "changed", "gone", "back"))
        held = f"; {fields['held']} held until released" if fields.get("held") else ""
        how = "complete" if self.complete else "NOT complete"
        return f"{self.source}: {counts}; {how}{': ' + self.why if self.why else ''}{held} ({self.seconds:.1f} s)"


def crawl_sources(
    engine: Engine, settings: Settings, names: Sequence[str], now: datetime, clock_is_set: bool, progress: Progress,
    round_since: datetime | None = None, apart: Mapping[str, Keep] = NOTHING_APART, holder: str = "",
) -> Iterator[CrawlReport]:  # fmt: skip
    """Yield an outcome a source, in the order in which they end.

    Only a database that cannot be written to stops the round (OperationalError). ``clock_is_set``: our clock is a
    trial's, so how much it differs from the sources' clocks means nothing. ``round_since``: who was asked since then
    has had this round; another process may have served it between our being started and our turn. ``apart``: by
    source, how what it lists is kept where that is no calls, in the same transaction. ``holder``: who asks, if not this
    process; QUEUE takes over from itself, since the queue never lets one source be asked twice at once.
    """
    with reading(engine) as session:
        waiting = _patience(session, names, now)
    yield from (
        CrawlReport(name, 0, False, f"{ASKED} {until:%Y-%m-%d %H:%M} UTC", 0) for name, until in waiting.items()
    )
    epochs = {name: _take(engine, settings, name, holder) for name in names if name not in waiting}
    yield from (CrawlReport(name, 0, False, BUSY, 0) for name, epoch in epochs.items() if epoch is None)
    taken = {name: epoch for name, epoch in epochs.items() if epoch is not None}
    for name in _served(engine, taken, round_since):
        _give_back(engine, name, taken.pop(name))
    places = Places(AT_A_TIME, settings.source_limit_seconds * SLOW)
    with ThreadPoolExecutor(AT_A_TIME + MOST_SLOW, thread_name_prefix="crawl") as pool:
        futures = [pool.submit(_ask, engine, settings, name, now, progress, places) for name in taken]
        for future in as_completed(futures):
            crawled = future.result()
            yield store(engine, replace(crawled, skew_seconds=None) if clock_is_set else crawled, now, apart)
            _give_back(engine, crawled.source, taken[crawled.source])


def _take(engine: Engine, settings: Settings, name: str, holder: str = "") -> int | None:
    """Nobody else may crawl this source until we are done, or have been dead for a while."""
    longest = timedelta(seconds=settings.source_limit_seconds + 300)
    with writing(engine) as session:
        return leases.take(session, f"crawl {name}", holder or leases.this_process(), longest)


def _served(engine: Engine, names: Iterable[str], since: datetime | None) -> list[str]:
    """Which of these were asked since the round began."""
    if since is None:
        return []
    asked = select(Crawl.source).where(col(Crawl.source).in_(list(names)), Crawl.started_at >= since)
    with reading(engine) as session:
        return sorted(set(session.exec(asked)))


def _give_back(engine: Engine, name: str, epoch: int) -> None:
    with writing(engine) as session:
        leases.release(session, f"crawl {name}", epoch)


def _ask(engine: Engine, settings: Settings, name: str, now: datetime, progress: Progress, places: Places) -> Crawled:
    with places.taken():
        return _asked(engine, settings, name, now, progress)


def _asked(engine: Engine, settings: Settings, name: str, now: datetime, progress: Progress) -> Crawled:
    with reading(engine) as session:
        rows = session.exec(select(RememberedAddress).where(RememberedAddress.source == name)).all()
        remembered = [Remembered(row.url, row.etag, row.last_modified) for row in rows]
        since = _last_complete(session, name, now)
        on_the_brink = absentees(session, name, now) if can_be_asked(name, settings) else ()
        known = known_pages(session, name, now) if reads_known_pages(name, settings) else ()
        fewest = enough(past(session, name).seen) if on_the_brink else 0
    more: dict[str, Any] = {"since": since, "absentees": on_the_brink, "known": known, "fewest": fewest}
    return crawl(name, settings, remembered, now, progress, **more)


def _last_complete(session: Session, name: str, now: datetime) -> datetime | None:
    """When a source was last read to its end, by its own clock: ours may have been wrong, and is never ahead of now."""
    last = select(Crawl.started_at, Crawl.skew_seconds).where(Crawl.source == name, col(Crawl.complete))
    newest = session.exec(last.order_by(col(Crawl.id).desc()).limit(1)).first()
    return min(newest[0] - timedelta(seconds=max(newest[1] or 0.0, 0.0)), now) if newest else None


def store(engine: Engine, crawled: Crawled, now: datetime, apart: Mapping[str, Keep] = NOTHING_APART) -> CrawlReport:
    """One crawl in one transaction."""
    seconds = (crawled.finished_at - crawled.started_at).total_seconds()
    try:
        with writing(engine) as session:
            keep = apart.get(crawled.source)
            kept = keep(session, crawled, now) if keep else 0
            stored = ingest(session, without_calls(crawled) if keep else crawled, now)
            alerts.note(session, crawled, stored.judgement, now)
    except (DataError, IntegrityError) as error:
        why = f"could not be stored: {str(error.orig).splitlines()[0]}"
        return CrawlReport(crawled.source, len(crawled.listings), False, why, seconds)
    judged = stored.judgement
    return CrawlReport(crawled.source, kept or stored.seen, judged.complete, judged.why, seconds, stored)


def without_calls(crawled: Crawled) -> Crawled:
    """How a crawl went, without what it listed; no address is remembered, so that it is always told all."""
    return replace(crawled, listings=(), pages=(), remembered=())


def _patience(session: Session, names: Sequence[str], now: datetime) -> dict[str, datetime]:
    """The sources that asked at their last crawl not to be asked before a moment that is still to come."""
    last = select(func.max(Crawl.id)).where(col(Crawl.source).in_(names)).group_by(col(Crawl.source))
    waiting = select(Crawl.source, Crawl.come_back_at).where(col(Crawl.id).in_(last), col(Crawl.come_back_at) > now)
    # Nobody asks for more than a day: what is further off was noted by a clock that has been set back since.
    return {source: at for source, at in session.exec(waiting) if at is not None and at <= now + 2 * LONGEST_REST}
