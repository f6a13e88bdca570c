"""Another process that locks the database, a disk that fails and a file that rots: waited for, or said in one line."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from db.session import open_engine
from tests.conftest import ROOT
from tests.crawls import make_listing, store
from tests.test_commands import kansenradar
from tracker.agenda import load_agendas

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


@pytest.fixture
def ready(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder with a database of two calls."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/kansenradar.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        load_agendas(session)
        store(session, [make_listing(n, title=f"Circulair bouwen {n}") for n in (1, 2)], NOW)
    engine.dispose()
    return tmp_path


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Another process's hold on the database: nobody else can write."""
    other = sqlite3.connect(folder / "data/kansenradar.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(seconds, lambda: other.execute("ROLLBACK"))
    release.start()
    try:
        yield
    finally:
        release.join()
        other.close()


def test_while_another_process_holds_the_database_reading_goes_on_and_writing_waits(ready: Path) -> None:
    with locked(ready, 12):  # longer than one busy timeout
        began = time.monotonic()
        assert len(kansenradar(ready, "export", "calls").stdout.splitlines()) == 2
        row = '{"title": "Derde", "url": "https://x.nl/3"}\n'
        (ready / "c.jsonl").write_text(row)
        done = kansenradar(ready, "import", "calls", "c.jsonl")
        assert (done.returncode, time.monotonic() - began > 9) == (0, True), done.stderr
    assert len(kansenradar(ready, "export", "calls").stdout.splitlines()) == 3


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace to let a disk fail")
def test_a_disk_that_fails_is_no_success(ready: Path) -> None:
    (ready / "c.jsonl").write_text('{"title": "Derde", "url": "https://x.nl/3"}\n')
    inject = ["-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"]
    command = [
        "strace",
        "-f",
        "-qq",
        "-o",
        os.devnull,
        *inject,
        sys.executable,
        "-m",
        "tracker",
        "import",
        "calls",
        "c.jsonl",
    ]
    done = subprocess.run(
        command, cwd=ready, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )
    if "ptrace" in done.stderr:
        pytest.skip("this machine does not let processes be traced")
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1].endswith("disk I/O error"), done.stderr
    assert "new" not in done.stdout


def test_nothing_is_planned_or_sent_from_a_damaged_database(ready: Path) -> None:
    path = ready / "data/kansenradar.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'delivery'").fetchone()
        [size] = database.execute("PRAGMA page_size").fetchone()
    database.close()
    content = bytearray(path.read_bytes())
    for place in range((page - 1) * size, (page - 1) * size + 64):
        content[place] ^= 0xFF
    path.write_bytes(content)
    for command in ("plan", "send", "schedule", "serve"):
        done = kansenradar(ready, command)
        assert done.returncode == 1, (command, done.stderr)
        assert "the database is damaged: " in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(ready.glob("data/mail/*"))
