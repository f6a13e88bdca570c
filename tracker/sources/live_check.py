"""Ask each source for as little as possible and compare what comes back with what its spider expects."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scrapers.crawled import Crawled
from scrapers.expectation import Expectation, differences
from scrapers.spool import read_events
from tracker.settings import Settings
from tracker.sources.crawl import crawl_sample
from tracker.sources.scaffold import kept_expectation

SAMPLE = 2  # lists, and as many pages of one row
LIMIT_SECONDS = 300
AS_EXPECTED, DIFFERENT, REFUSED, SILENT = "as expected", "different", "refused", "no answer"
LABELS = {
    AS_EXPECTED: "zoals verwacht",
    DIFFERENT: "anders dan verwacht",
    REFUSED: "de bron weigert",
    SILENT: "geen antwoord",
}
REFUSALS = ("robots.txt of", "HTTP 401", "HTTP 403", "HTTP 405", "HTTP 406", "HTTP 429", "HTTP 451")
SILENCES = (
    "did not answer", "leads nowhere", "refuses the connection", "broke off", "no connection with",
    "took longer", "HTTP 5",
)  # fmt: skip


@dataclass(frozen=True)
class CheckResult:
    """What the check of one source found; ``how`` is empty when all is as expected."""

    source: str
    verdict: str
    how: tuple[str, ...]
    rows: int

    @property
    def label(self) -> str:
        """The verdict in Dutch."""
        return LABELS[self.verdict]

    def as_line(self) -> str:
        """One line for a person."""
        return f"{self.source}: {self.verdict}" + (f": {'; '.join(self.how)}" if self.how else f" ({self.rows} rows)")


def check_live(names: list[str], settings: Settings, now: datetime) -> Iterator[CheckResult]:
    """Every source in turn, robots.txt first. Nothing is stored."""
    for name in names:
        yield check_source(name, settings, now)


def check_source(name: str, settings: Settings, now: datetime) -> CheckResult:
    """One source: a sample of it, compared."""
    return look_at(name, settings, now)[0]


def look_at(
    name: str, settings: Settings, now: datetime, limit_seconds: float = LIMIT_SECONDS
) -> tuple[CheckResult, Crawled]:
    """The same, with what was read."""
    with tempfile.TemporaryDirectory(prefix="kansenradar-") as folder:
        spool = Path(folder)
        crawled = crawl_sample(name, settings, now, spool, SAMPLE, limit_seconds)
        shape: dict[str, object] = next((event["shape"] for kind, event in read_events(spool) if kind == "end"), {})
    return judged(name, crawled, shape, kept_expectation(name, settings)), crawled


def judged(name: str, crawled: Crawled, shape: dict[str, object], expectation: Expectation | None) -> CheckResult:
    """The verdict on a sample."""
    rows = int(str(shape.get("rows", 0)))
    if crawled.stopped:
        words = crawled.stopped
        verdict = REFUSED if any(r in words for r in REFUSALS) else DIFFERENT
        verdict = SILENT if verdict == DIFFERENT and any(s in words for s in SILENCES) else verdict
        return CheckResult(name, verdict, (words,), rows)
    if expectation is None:
        return CheckResult(name, DIFFERENT, ("nothing is known of what to expect; record it first",), rows)
    how = tuple(differences(expectation, crawled, shape))
    return CheckResult(name, DIFFERENT if how else AS_EXPECTED, how, rows)
