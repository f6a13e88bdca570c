"""Another process that locks the database, a disk that fails and a file that rots: waited for, or said in one line."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from db.session import open_engine
from scrapers.sources.eu_portal import EuPortal
from tests.conftest import ROOT
from tests.make.crawls import make_listing, store
from tests.make.nursery import kansenradar
from tests.make.scripted import SEARCH, playing, portal, topic
from tracker.challenges.agenda import load_agendas
from tracker.sources.crawl import from_spool

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


def where_disk_calls_fail(
    folder: Path, fault: str, *arguments: str, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """A command for which the calls to the disk that ``fault`` names fail, as strace injects it."""
    if not shutil.which("strace"):
        pytest.skip("needs strace to let a disk fail")
    calls = fault.partition(":")[0]
    inject = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", f"inject={fault}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [*inject, sys.executable, "-m", "tracker", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    if "ptrace" in done.stderr:
        pytest.skip("this machine does not let processes be traced")
    return done


def test_a_disk_that_fails_is_no_success(ready: Path) -> None:
    (ready / "c.jsonl").write_text('{"title": "Derde", "url": "https://x.nl/3"}\n')
    done = where_disk_calls_fail(ready, "fdatasync,fsync:error=EIO", "import", "calls", "c.jsonl")
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1].endswith("disk I/O error"), done.stderr
    assert "new" not in done.stdout


@pytest.mark.slow
def test_a_disk_that_is_full_half_way_a_crawl_costs_that_crawl_only(ready: Path) -> None:
    with playing() as server:
        server.answers[SEARCH] = portal(
            [topic(n, descriptionByte=["circulair " * 500]) for n in range(1, 61)], size=100
        )
        address = f"127.0.0.1:{server.port}"
        settings = {"KANSENRADAR_SOURCE_EU_PORTAL_URL": server.url, "KANSENRADAR_FETCH_ALLOW": address}
        crawl = ("crawl", "eu_portal", "--json", "--queued")  # sixty long texts take a minute to match
        done = where_disk_calls_fail(ready, "pwrite64:error=ENOSPC:when=20+", *crawl, **settings)
        assert done.returncode == 1, done.stderr
        assert done.stderr.splitlines() == ["kansenradar: database: database or disk is full"]
        assert server.pages(), "it was not half-way: the source was not asked"
        assert len(kansenradar(ready, "export", "calls").stdout.splitlines()) == 2, "half a crawl was stored"
        again = kansenradar(ready, *crawl, **settings)
    assert again.returncode == 0, again.stderr
    [row] = json.loads(again.stdout)
    assert (row["seen"], row["new"], row["complete"]) == (60, 60, True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of so many bytes, where this machine lets one be mounted."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_restore_onto_a_disk_that_is_full_leaves_nothing_that_keeps_it_full(ready: Path, tmp_path: Path) -> None:
    assert kansenradar(ready, "backup", "b.zip").returncode == 0
    with small_disk(tmp_path / "full", "1m") as full:
        there = {"KANSENRADAR_DATABASE_URL": f"sqlite:///{full / 'k.db'}"}
        done = kansenradar(ready, "restore", "b.zip", **there)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "kansenradar: database: database or disk is full")
        assert list(full.iterdir()) == []


def test_a_database_on_a_disk_without_any_room_says_that_it_is_the_disk(ready: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "full", "8m") as full:
        shutil.copy(ready / "data/kansenradar.db", full / "k.db")
        with suppress(OSError), (full / "rest").open("wb", buffering=0) as rest:
            while rest.write(b"x" * 4096):
                pass
        done = kansenradar(ready, "check", KANSENRADAR_DATABASE_URL=f"sqlite:///{full / 'k.db'}")
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].endswith("(its disk is full)"), done.stderr


def test_a_full_disk_for_passing_pages_is_named_for_every_source_it_stops(tmp_path: Path) -> None:
    with small_disk(tmp_path / "full", "16k") as full:
        (full / "rest").write_bytes(b"x" * 12_288)
        assert from_spool(EuPortal, full, NOW, NOW, "").stopped == "this machine: No space left on device"
    assert from_spool(EuPortal, tmp_path, NOW, NOW, "").stopped == "the reading process ended without a result"


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
