"""Bronnen: the health of every source; a silent source is worse than none. Freshness is public."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Call, Crawl, Sighting
from db.queries import newest_crawls
from tracker.calls.consolidate import BY_HAND
from tracker.calls.floods import release
from tracker.errors import NotFound
from tracker.sources.health import OVERDUE_AFTER
from tracker.web.frame.charts import Spark, spark
from tracker.web.frame.context import RequestContext

CRAWLS_SHOWN = 30


class Health(NamedTuple):
    """One source: its last crawl, its last complete one, what it knows, and what is wrong in words."""

    name: str
    last: Crawl
    complete: Crawl | None
    calls: int
    held: int
    spark: Spark
    trouble: str


def index(request: RequestContext) -> Response:
    """All sources, those in trouble first."""
    sources = health(request.session, request.now.instant)
    return request.page(
        "sources/sources.html",
        sources=sources,
        silent=OVERDUE_AFTER.days,
    )


def show(request: RequestContext) -> Response:
    """One source: its last crawls, with why they were not complete."""
    name = request.params["source"]
    crawls = request.session.exec(
        select(Crawl).where(Crawl.source == name).order_by(col(Crawl.id).desc()).limit(CRAWLS_SHOWN)
    ).all()
    if not crawls:
        raise NotFound
    source = next(h for h in health(request.session, request.now.instant) if h.name == name)
    return request.page(
        "sources/sources_show.html",
        source=source,
        crawls=crawls,
    )


def freshness(request: RequestContext) -> Response:
    """For everybody: how fresh what we show is."""
    return request.page("sources/sources_freshness.html", sources=health(request.session, request.now.instant))


def let_through(request: RequestContext) -> Response:
    """Release the held calls of a source."""
    name = request.params["source"]
    count = release(request.session, name)
    request.record("release", f"source {name}", f"{count} calls")
    return request.to("/bronnen", done="vrijgegeven")


def in_trouble(session: Session, now: datetime) -> list[tuple[str, str]]:
    """The sources that need a look, with what is wrong."""
    complete = newest_crawls(session, complete=True)
    newest = sorted(newest_crawls(session).items())
    return [(name, wrong) for name, last in newest if (wrong := trouble(last, complete.get(name), now))]


def health(session: Session, now: datetime) -> list[Health]:
    """Every source that was ever crawled; trouble first, then by name."""
    complete = newest_crawls(session, complete=True)
    calls, held, lately = _counts(session), _counts(session, held=True), _lately(session)
    sources = [
        Health(
            name=name,
            last=last,
            complete=complete.get(name),
            calls=calls.get(name, 0),
            held=held.get(name, 0),
            spark=_spark(lately[name]),
            trouble=trouble(last, complete.get(name), now),
        )
        for name, last in newest_crawls(session).items()
        if name != BY_HAND
    ]
    return sorted(sources, key=lambda source: (not source.trouble, source.name))


def trouble(last: Crawl, complete: Crawl | None, now: datetime) -> str:
    """What is wrong, in one line; nothing when the last crawl was complete and recent."""
    if complete is None:
        return last.why or "nog nooit volledig opgehaald"
    if now - complete.finished_at > OVERDUE_AFTER:
        return last.why or f"al {(now - complete.finished_at).days} dagen niet opgehaald"
    return "" if last.complete else (last.why or "niet volledig opgehaald")


def _lately(session: Session) -> dict[str, list[Crawl]]:
    number = func.row_number().over(partition_by=col(Crawl.source), order_by=col(Crawl.id).desc()).label("number")
    recent = select(Crawl.id, number).subquery()
    query = select(Crawl).join(recent, recent.c.id == col(Crawl.id)).where(recent.c.number <= CRAWLS_SHOWN)
    by_source: dict[str, list[Crawl]] = defaultdict(list)
    for crawl in session.exec(query.order_by(col(Crawl.id))):
        by_source[crawl.source].append(crawl)
    return by_source


def _spark(crawls: list[Crawl]) -> Spark:
    return spark([c.seen for c in crawls], [c.complete for c in crawls], crawls[-1].expected if crawls else None)


def _counts(session: Session, held: bool = False) -> dict[str, int]:
    query = (
        select(Sighting.source, func.count(func.distinct(col(Sighting.call_id))))
        .where(col(Sighting.gone_at).is_(None))
        .group_by(col(Sighting.source))
    )
    if held:
        query = query.join(Call, col(Call.id) == col(Sighting.call_id)).where(Call.held)
    return dict(session.exec(query).all())
