"""Bronnen: the health of every source; a silent source is worse than none. Freshness is public."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Crawl, Sighting
from db.vocabulary_audit import Action
from notifications.source_names import source_name
from notifications.wording import local_day
from tracker.calls.consolidate import BY_HAND
from tracker.calls.floods import release
from tracker.errors import NotFound
from tracker.settings import Settings
from tracker.sources.coverage import SourceCoverage, coverage
from tracker.sources.health import OVERDUE_AFTER
from tracker.web.frame.charts import Spark, spark
from tracker.web.frame.context import RequestContext

CRAWLS_SHOWN = 30


class SourceRow(NamedTuple):
    """One source: what it covers and how it stands, and how many calls it knows."""

    covered: SourceCoverage
    calls: int

    @property
    def last(self) -> Crawl | None:
        """Its last crawl."""
        return self.covered.crawls[0] if self.covered.crawls else None

    @property
    def spark(self) -> Spark | None:
        """How many calls its last crawls showed, oldest first; none before it was crawled."""
        crawls = self.covered.crawls[CRAWLS_SHOWN - 1 :: -1]
        return spark([c.seen for c in crawls], [c.complete for c in crawls], crawls[-1].expected) if crawls else None

    @property
    def name(self) -> str:
        """As it is called in the code."""
        return self.covered.name

    @property
    def held(self) -> int:
        """How many of its calls are kept from mail."""
        return self.covered.held

    @property
    def trouble(self) -> str:
        """What is wrong, in one line."""
        return self.covered.trouble


def index(request: RequestContext) -> Response:
    """All sources, those in trouble first."""
    return request.page("sources/sources.html", sources=_rows(request), overdue=OVERDUE_AFTER.days)


def show(request: RequestContext) -> Response:
    """One source: its last crawls, with why they were not complete."""
    name = request.params["source"]
    crawls = request.session.exec(
        select(Crawl).where(Crawl.source == name).order_by(col(Crawl.id).desc()).limit(CRAWLS_SHOWN)
    ).all()
    source = next((row for row in _rows(request) if row.name == name), None)
    if source is None:
        raise NotFound
    return request.page(
        "sources/sources_show.html",
        source=source,
        asks=next((last for last in crawls[:1] if (last.lost or last.shrunk) and last.released_at is None), None),
        crawls=crawls,
    )


COLUMNS = ("bron", "soort", "stand", "wat er mis is", "laatst volledig", "gezien", "verwacht", "regelingen")


def as_file(request: RequestContext) -> Response:
    """Every source and how it stands, as a file."""
    return request.file("bronnen", COLUMNS, map(_cells, _rows(request)))


def _cells(row: SourceRow) -> list[object]:
    covered, last, whole = row.covered, row.last, row.covered.health.last_complete
    seen, expected = (last.seen, last.expected) if last else (None, None)
    said = [covered.called or source_name(row.name), covered.form.label, covered.state.label, row.trouble]
    return [*said, local_day(whole) if whole else None, seen, expected, row.calls]


def freshness(request: RequestContext) -> Response:
    """For everybody: how fresh what we show is."""
    rows = [row for row in _rows(request) if row.covered.on]
    return request.page("sources/sources_freshness.html", sources=rows)


def let_through(request: RequestContext) -> Response:
    """Release the held calls of a source."""
    name = request.params["source"]
    count = release(request.session, name, request.now.instant)
    request.record(Action.RELEASE, f"source {name}", f"{count} calls")
    return request.to("/bronnen", done="vrijgegeven")


def _rows(request: RequestContext) -> list[SourceRow]:
    return source_rows(request.session, request.site.settings, request.now.instant)


def source_rows(session: Session, settings: Settings, now: datetime) -> list[SourceRow]:
    """Every source; trouble first, then those that are on, then by name."""
    calls = _counts(session)
    rows = [
        SourceRow(covered, calls.get(covered.name, 0))
        for covered in coverage(session, settings, now)
        if covered.name != BY_HAND
    ]
    return sorted(rows, key=lambda row: (not row.trouble, not row.covered.on, row.name))


def _counts(session: Session) -> dict[str, int]:
    query = (
        select(Sighting.source, func.count(func.distinct(col(Sighting.call_id))))
        .where(col(Sighting.gone_at).is_(None))
        .group_by(col(Sighting.source))
    )
    return dict(session.exec(query).all())
