"""A backup with files in it, however large: what comes back is what was there, and neither way takes much memory."""

import hashlib
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import DocumentContent, Snapshot
from db.session import open_engine, writing
from tests.conftest import ROOT
from tests.operations.test_upkeep import SILENT, hashes
from tracker.operations import large_values
from tracker.operations.backup import write_backup
from tracker.operations.restore import NotRestorable, restore_backup

MIB = 2**20
MOST_MIB = 200
PEAK = """
import atexit, re, sys
from pathlib import Path
atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr))
from tracker.__main__ import main
main()
"""


@pytest.fixture
def other(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_values, "LONGEST", 100)
    monkeypatch.setattr(large_values, "PIECE", 30)


def document(content: bytes) -> DocumentContent:
    return DocumentContent(sha256=hashlib.sha256(content).hexdigest(), content=content)


def page(sha256: str, body: bytes, now: datetime) -> Snapshot:
    return Snapshot(
        sha256=sha256, url="https://e.nl", media_type="text/html", body=body, size=len(body), fetched_at=now
    )


def contents(engine: Engine) -> dict[str, bytes]:
    with Session(engine) as session:
        return {kept.sha256: kept.content for kept in session.exec(select(DocumentContent))}


@pytest.mark.usefixtures("small_pieces")
def test_files_longer_than_a_line_come_back_byte_for_byte(
    engine: Engine, other: Engine, tmp_path: Path, now: datetime
) -> None:
    there = [random.Random(n).randbytes(n) for n in (1, 99, 100, 101, 119, 120, 121, 1000)]
    with writing(engine) as session:
        session.add_all(document(content) for content in there)
        body = b"\x00'\\\xff" * 60
        session.add(page("a" * 64, body, now))
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    assert write_backup(engine, first, now, SILENT)["document_content"] == 8
    restore_backup(other, first, now, SILENT)
    assert contents(other) == contents(engine)
    with Session(other) as session:
        assert session.exec(select(Snapshot.body)).all() == [body]
    write_backup(other, second, now, SILENT)
    assert hashes(first) == hashes(second)


@pytest.mark.usefixtures("small_pieces")
def test_either_database_takes_files_in_pieces(engine: Engine, other: Engine, tmp_path: Path, now: datetime) -> None:
    with writing(other) as session:
        session.add_all(document(random.Random(n).randbytes(n)) for n in (50, 400, 401))
    write_backup(other, tmp_path / "a.zip", now, SILENT)
    restore_backup(engine, tmp_path / "a.zip", now, SILENT)
    assert contents(engine) == contents(other)


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_misses_a_piece_is_no_whole_backup(
    other: Engine, engine: Engine, tmp_path: Path, now: datetime
) -> None:
    with writing(other) as session:
        session.add(document(b"x" * 400))
    write_backup(other, tmp_path / "a.zip", now, SILENT)
    with zipfile.ZipFile(tmp_path / "a.zip") as whole, zipfile.ZipFile(tmp_path / "b.zip", "w") as short:
        for name in whole.namelist():
            lines = whole.read(name).splitlines(keepends=True)
            short.writestr(name, b"".join(lines[:-1] if name == "document_content.jsonl" else lines))
    with pytest.raises(NotRestorable, match="a file in it is not whole"):
        restore_backup(engine, tmp_path / "b.zip", now, SILENT)
    assert contents(engine) == {}


@pytest.mark.prove
def test_a_backup_and_its_restore_take_little_memory_whatever_the_size(
    database_url: str, tmp_path: Path, now: datetime
) -> None:
    """Three files of 50 MB, fifteen of 10, eight thousand pages: about 430 MB that no zip makes smaller."""
    engine = open_engine(database_url)
    for size in (50, 50, 50, *[10] * 15):
        with writing(engine) as session:
            session.add(document(os.urandom(size * MIB)))
    for begin in range(0, 8000, 500):
        with writing(engine) as session:
            session.add_all(page(f"{n:064}", os.urandom(15_000), now) for n in range(begin, begin + 500))
    engine.dispose()
    peaks = {"backup": peak_of(tmp_path, database_url, "backup", "big.zip")}
    back = f"sqlite:///{tmp_path / 'back.db'}" if database_url.startswith("sqlite") else emptied(database_url)
    peaks["restore"] = peak_of(tmp_path, back, "restore", "big.zip")
    print(
        f"{(tmp_path / 'big.zip').stat().st_size / MIB:.0f} MiB: " + ", ".join(f"{k} {v} MiB" for k, v in peaks.items())
    )
    assert max(peaks.values()) < MOST_MIB
    restored = open_engine(back)
    with Session(restored) as session:
        assert session.exec(select(func.sum(func.length(DocumentContent.content)))).one() == 300 * MIB
        assert session.exec(select(func.count(col(Snapshot.sha256)))).one() == 8000
    restored.dispose()


def emptied(database_url: str) -> str:
    """The same database without rows, in which nobody works yet."""
    engine = open_engine(database_url)
    with writing(engine) as session:
        for row in ("document_content", "snapshot"):
            session.connection().exec_driver_sql(f"TRUNCATE {row} CASCADE")
    engine.dispose()
    return database_url


def peak_of(folder: Path, database_url: str, *command: str) -> int:
    """In MiB, of the process alone."""
    given = {"KANSENRADAR_DATABASE_URL": database_url, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *command], cwd=folder, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split()[-1]) // 1024
