"""A crawl that is killed or finds the disk full leaves nothing of itself; the next one ends as if nothing had been."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, func, select

from db.migrate import upgrade
from db.models import Call, Crawl
from db.session import open_engine, writing
from tests.calls.test_ingest import state
from tests.conftest import NOW, ROOT
from tests.make.crawls import make_crawled, make_listing, store
from tracker.calls.ingest import ingest

MANY = 600
CRAWL = """
import sys
from datetime import datetime
from db.session import open_engine, writing
from tests.conftest import NOW
from tests.calls.test_breaking_off import MANY, second_crawl
from tracker.calls.ingest import ingest
engine = open_engine(sys.argv[1])
crawled = second_crawl()
print("ready", flush=True)
with writing(engine) as session:
    ingest(session, crawled, crawled.finished_at)
print("done", flush=True)
"""


def first_crawl() -> object:
    return make_crawled([make_listing(n) for n in range(MANY // 2)], NOW)


def second_crawl() -> object:
    """Half of the first one changed, and as much again."""
    listings = [make_listing(n, title=f"Nieuw {n}", summary="Tekst " * 50) for n in range(MANY)]
    return make_crawled(listings, NOW + timedelta(days=1))


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.0, 0.1, 0.3])
def test_a_kill_at_any_moment_and_a_rerun_end_like_one_clean_run(
    database_url: str, tmp_path: Path, wait: float
) -> None:
    engine = open_engine(database_url)
    with writing(engine) as session:
        ingest(session, first_crawl(), NOW)  # type: ignore[arg-type]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", CRAWL, database_url], env=environment, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
    crawled = second_crawl()
    with Session(engine) as session:
        done = len(session.exec(select(Crawl)).all()) == 2
        assert session.exec(select(func.count()).select_from(Call)).one() == (MANY if done else MANY // 2)
    if not done:
        with writing(engine) as session:
            ingest(session, crawled, crawled.finished_at)  # type: ignore[arg-type, attr-defined]
    assert after(engine) == clean_run(tmp_path)
    engine.dispose()


def after(engine: Engine) -> object:
    with Session(engine) as session:
        return state(session)


def clean_run(folder: Path) -> object:
    engine = open_engine(f"sqlite:///{folder / 'clean.db'}")
    upgrade(engine)
    for crawled in (first_crawl(), second_crawl()):
        with writing(engine) as session:
            ingest(session, crawled, crawled.finished_at)  # type: ignore[arg-type, attr-defined]
    found = after(engine)
    engine.dispose()
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes; only root can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_and_the_crawl_after_it_everything(small_disk: Path, sqlite_template: Path) -> None:
    path = small_disk / "k.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    many = [make_listing(n, summary="x" * 3_000) for n in range(500)]
    with Session(engine) as session:
        store(session, [make_listing(1)], NOW)
    with pytest.raises(OperationalError, match="disk is full"), writing(engine) as session:
        ingest(session, make_crawled(many, NOW), NOW)
    with Session(engine) as session:
        assert [c.title for c in session.exec(select(Call))] == ["Regeling 1"]
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    again = open_engine(f"sqlite:///{path}")
    with writing(again) as session:
        assert len(ingest(session, make_crawled(many, NOW), NOW).new) == 499
    again.dispose()
