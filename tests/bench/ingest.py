"""Store crawls of 20,000 calls: all new, all unchanged, 5 % changed; against dlt's SCD2 merge where it is at hand.

dlt is no dependency of ours. Name a Python that has ``dlt[sqlalchemy]`` in KANSENRADAR_BENCH_DLT to have it measured;
otherwise the peer is a plain executemany upsert of the same rows in one table, which keeps no history at all.
Seconds are of processor time, so that what else runs on the machine does not count.
"""

import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.migrate import upgrade
from db.search_words import searchable
from db.session import open_engine, writing
from scrapers.listing import Listing
from tests.bench.row import Row
from tests.make.crawls import closes, make_crawled, make_listing
from tracker.calls.ingest import ingest
from tracker.calls.plan import IngestResult

CALLS = 20_000
LIMITS = {"new": 3_000, "unchanged": 10_000, "5 % changed": 8_000}
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
TEXT = "De regeling ondersteunt gemeenten bij het verduurzamen van wijken, wegen en water. " * 12
PEER = Path(__file__).with_name("peers") / "dlt_scd2.py"


def listings(moved: int = 0) -> list[Listing]:
    """Calls with a kilobyte of text; the first so many have their deadline moved."""
    days = ["2026-10-01"] * moved + ["2026-09-01"] * (CALLS - moved)
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
    """Ours, and the peer on the same rows."""
    first, later = listings(), listings(moved=CALLS // 20)
    with tempfile.TemporaryDirectory() as folder:
        ours = measure_ours(Path(folder), first, later)
        name, peer = measure_peer(Path(folder), first, later)
    for work, limit in LIMITS.items():
        ingested, reached = f"ingest {CALLS:,} calls, {work}", f"{ours[work]:,.0f} calls/s"
        yield Row(ingested, reached, f"limit {limit:,}/s", ours[work] / limit)
        yield Row(ingested, reached, f"{name}: {peer[work]:,.0f}/s", ours[work] / peer[work])


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


def measure_peer(folder: Path, first: list[Listing], later: list[Listing]) -> tuple[str, dict[str, float]]:
    """dlt where it is installed, else the plain upsert."""
    python = os.environ.get("KANSENRADAR_BENCH_DLT")
    if not python:
        return "plain upsert without history", upsert(folder, first, later)
    for name, crawl in (("first", first), ("later", later)):
        rows = "\n".join(json.dumps({"id": c.external_id, **flat(c)}) for c in crawl)
        (folder / f"{name}.jsonl").write_text(rows, "utf-8")
    answer = subprocess.run([python, PEER, folder], capture_output=True, text=True, check=True)
    seconds = json.loads(answer.stdout.splitlines()[-1])
    return "dlt SCD2 merge", {work: CALLS / seconds[work] for work in LIMITS}


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
