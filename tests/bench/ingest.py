"""Store crawls of 20,000 calls: all new, all unchanged, 5 % changed; beside dlt's SCD2 merge and a bare executemany.

dlt is installed by the bench into a folder of its own. The bare executemany is an upsert of the same rows into one
table, which keeps no history at all. Seconds are of processor time, so that what else runs on the machine does not count.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from db.migrate import upgrade
from db.search_words import searchable
from db.session import open_engine, writing
from scrapers.listing import Listing
from tests.bench.peer import answer
from tests.bench.row import FEWEST, Row, at_least, of_ratios
from tests.make.crawls import closes, make_crawled, make_listing
from tracker.calls.ingest import ingest
from tracker.calls.plan import IngestResult

CALLS = 20_000
LIMITS = {"new": 3_000, "unchanged": 10_000, "5 % changed": 8_000}
AIMS = {"new": 1.2, "unchanged": 5.0, "5 % changed": 3.0}
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
TEXT = "De regeling ondersteunt gemeenten bij het verduurzamen van wijken, wegen en water. " * 12
Speeds = dict[str, list[float]]


def listings(moved: int = 0, calls: int = CALLS) -> list[Listing]:
    """Calls with a kilobyte of text; the first so many have their deadline moved."""
    days = ["2026-10-01"] * moved + ["2026-09-01"] * (calls - moved)
    return [
        make_listing(
            n,
            title=f"Regeling {n} voor circulaire bouw",
            summary=f"{TEXT}{n}",
            budget="2500000",
            deadlines=[closes("2026-06-01", kind="opens"), closes(day, "17:00")],
        )
        for n, day in enumerate(days)
    ]


def bench() -> Iterator[Row]:
    """Ours, and the peers on the same rows, five times in turn."""
    first, later = listings(), listings(moved=CALLS // 20)
    ours, dlt, bare = ({work: list[float]() for work in LIMITS} for _ in range(3))
    for _ in range(FEWEST):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _note(ours, measure_ours(folder, first, later))
            _note(dlt, measure_dlt(folder, first, later))
            _note(bare, upsert(folder, first, later))
    for work, limit in LIMITS.items():
        what = f"ingest {CALLS:,} calls, {work}"
        yield at_least(what, ours[work], limit, "/s")
        yield _against(what, ours[work], "dlt SCD2 merge", dlt[work], AIMS[work])
        yield _against(what, ours[work], "bare executemany, no history", bare[work], None)


def _note(speeds: Speeds, found: dict[str, float]) -> None:
    for work, speed in found.items():
        speeds[work].append(speed)


def _against(work: str, ours: list[float], peer: str, theirs: list[float], aim: float | None) -> Row:
    ratios = (mine / other for mine, other in zip(ours, theirs, strict=True))
    return of_ratios(work, f"{median(ours):,.0f}/s", f"{peer} {median(theirs):,.0f}/s", ratios, aim)


def measure_ours(folder: Path, first: list[Listing], later: list[Listing]) -> dict[str, float]:
    """Calls a second for each kind of crawl, on SQLite."""
    engine = open_engine(f"sqlite:///{folder / 'ours.db'}")
    upgrade(engine)
    searchable("nl", "de woordenlijst wordt eenmaal per proces geladen")
    found = {}
    for day, (work, crawl) in enumerate((("new", first), ("unchanged", first), ("5 % changed", later))):
        now = NOW + timedelta(days=day)
        crawled, started = make_crawled(crawl, now), time.process_time()
        with writing(engine) as session:
            result = ingest(session, crawled, now)
        found[work] = CALLS / (time.process_time() - started)
        check(work, result)
    engine.dispose()
    return found


def check(work: str, result: IngestResult) -> None:
    """Speed counts only if the work was done."""
    done = (len(result.new), result.unchanged, len(result.telling))
    expected = {"new": (CALLS, 0, 0), "unchanged": (0, CALLS, 0), "5 % changed": (0, CALLS - CALLS // 20, CALLS // 20)}
    assert done == expected[work], (work, done)


def measure_dlt(folder: Path, first: list[Listing], later: list[Listing]) -> dict[str, float]:
    """The same rows by dlt, in a process of its own."""
    for name, crawl in (("first", first), ("later", later)):
        rows = "\n".join(json.dumps({"id": c.external_id, **flat(c)}) for c in crawl)
        (folder / f"{name}.jsonl").write_text(rows, "utf-8")
    seconds = answer("dlt", "dlt_scd2.py", folder)
    return {work: CALLS / seconds[work] for work in LIMITS}


def flat(listing: Listing) -> dict[str, str]:
    """A call as one flat row, for peers that keep rows."""
    said = listing.as_json()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in said.items()}


def upsert(folder: Path, first: list[Listing], later: list[Listing]) -> dict[str, float]:
    """One table, one statement: the least any store must do."""
    database = sqlite3.connect(folder / "peer.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE c (id PRIMARY KEY, j, seen)")
    found = {}
    for work, crawl in (("new", first), ("unchanged", first), ("5 % changed", later)):
        started = time.process_time()
        database.execute("BEGIN IMMEDIATE")
        statement = "INSERT INTO c VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET j = excluded.j, seen = excluded.seen"
        database.executemany(statement, ((c.external_id, json.dumps(c.as_json()), work) for c in crawl))
        database.execute("COMMIT")
        found[work] = CALLS / (time.process_time() - started)
    database.close()
    return found
