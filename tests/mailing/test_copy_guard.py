"""Two databases that both send would mail everything twice: a copy starts paused, also one of a minute ago."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import take
from db.models import Attempt, Delivery
from db.session import open_engine, writing
from notifications.brakes import resume, standing_pause
from notifications.outbox import put
from tests.letters.test_outbox import DOMAIN, KEY, make_mail
from tracker.mailing.copy_guard import COPIED, check_not_a_copy, place, same_place


@pytest.fixture
def sender(sqlite_template: Path, tmp_path: Path, now: datetime) -> Iterator[tuple[Engine, Path]]:
    """A database that sent one mail just now, and the folder with it and with what this machine remembers."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "k.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'k.db'}")
    with writing(engine) as session:
        put(session, [make_mail(now)], KEY, DOMAIN)
        assert take(session, "planner", "here:1")
        mail = session.exec(select(Delivery)).one()
        session.add(Attempt(delivery_id=mail.id, number=1, started_at=now, finished_at=now))
    assert look(engine, folder, now) == ""
    yield engine, folder
    engine.dispose()


def look(engine: Engine, data_dir: Path, now: datetime) -> str:
    with writing(engine) as session:
        return check_not_a_copy(session, data_dir, now)


def copied(engine: Engine, to: Path) -> Engine:
    to.parent.mkdir(exist_ok=True)
    with sqlite3.connect(engine.url.database or "") as source, sqlite3.connect(to) as target:
        source.backup(target)
    return open_engine(f"sqlite:///{to}")


def test_a_copy_of_a_minute_ago_starts_paused(sender: tuple[Engine, Path], tmp_path: Path, now: datetime) -> None:
    engine, _ = sender
    copy = copied(engine, tmp_path / "staging" / "k.db")
    with writing(copy) as session:  # a trial may send to those on its list, and stays a copy for when that is gone
        assert check_not_a_copy(session, tmp_path / "staging", now, trial=True) == COPIED
        assert standing_pause(session) is None
    assert look(copy, tmp_path / "staging", now) == COPIED
    with writing(copy) as session:
        assert standing_pause(session) is not None
        resume(session, "beheerder", now)
    assert look(copy, tmp_path / "staging", now) == ""
    copy.dispose()


def test_a_copy_of_the_whole_folder_starts_paused_and_the_one_that_sends_does_not(
    sender: tuple[Engine, Path], tmp_path: Path, now: datetime
) -> None:
    engine, folder = sender
    copy = copied(engine, tmp_path / "staging" / "k.db")
    shutil.copy(folder / "instance.json", tmp_path / "staging" / "instance.json")
    assert look(copy, tmp_path / "staging", now) == COPIED
    assert look(engine, folder, now) == ""
    copy.dispose()


def test_another_machine_that_joins_and_a_file_that_was_renamed_are_no_copies(
    sender: tuple[Engine, Path], tmp_path: Path, now: datetime
) -> None:
    engine, folder = sender
    assert look(engine, tmp_path / "second", now) == ""
    with sqlite3.connect(folder / "k.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    (folder / "k.db").rename(folder / "renamed.db")
    renamed = open_engine(f"sqlite:///{folder / 'renamed.db'}")
    assert look(renamed, folder, now) == ""
    renamed.dispose()


def test_a_database_is_known_by_where_it_is(engine: Engine) -> None:
    with writing(engine) as session:
        here = place(session)
        assert here == place(session) != ""
    assert same_place("", here)
    assert not same_place("server 7 16384", "server 7 16385")
    assert not same_place("file 7 /a/k.db", "server 7 16385")
