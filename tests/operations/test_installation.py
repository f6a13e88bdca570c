"""A backup holds the whole installation, a restore sends nothing twice, an upgrade can be taken back."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from db.migrate import upgrade
from db.models import Delivery, Snapshot
from db.schema import newest_schema, schema_of
from db.session import open_engine, reading, writing
from notifications.links import ALL, Links
from tests.conftest import ROOT
from tests.letters.test_outbox import make_mail, put, send
from tests.make.nursery import kansenradar
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.mailing.keys import signing_keys
from tracker.mailing.sent_before import ALREADY, sent_here
from tracker.operations.backup import write_backup
from tracker.operations.installation import SEALED, WrongPassphrase, belongings_of, seal, take_belongings, unseal
from tracker.operations.restore import NotRestorable, restore_backup
from tracker.settings import Settings

SILENT = lambda *_: None  # noqa: E731
PASSPHRASE = "een lange wachtzin"
OLDER = "told_means_named"  # a schema of before


def settings_at(folder: Path, **fields: object) -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings(data_dir=folder, _env_file=None, **fields)  # type: ignore[arg-type]


@pytest.fixture
def old(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "old.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    yield engine
    engine.dispose()


def test_after_a_restore_every_link_in_mail_already_sent_still_works(
    old: Engine, new: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANSENRADAR_MAIL_FROM", "k@k.example")
    here, there = (settings_at(tmp_path / name, backup_passphrase=PASSPHRASE) for name in ("here", "there"))
    links = Links("https://k.example", signing_keys(here))
    link = links.leaving(1, what=ALL)
    (here.data_dir / "watched").mkdir()
    (here.data_dir / "watched" / "fonds.yaml").write_text("url: https://fonds.example\n")
    write_backup(old, tmp_path / "b.zip", now, SILENT, belongings_of(here))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        sealed = archive.read(SEALED)
        assert b"k@k.example" not in sealed
        assert links.keys[0] not in sealed
    restore_backup(new, tmp_path / "b.zip", now, SILENT)
    own = signing_keys(there)  # the new machine had one of its own already
    assert Links("https://k.example", own).read_leaving(link) is None
    assert any("links in mail already sent work" in line for line in take_belongings(tmp_path / "b.zip", there))
    assert signing_keys(there) == (*links.keys, *own)
    assert Links("https://k.example", signing_keys(there)).read_leaving(link) is not None
    assert (there.data_dir / "watched" / "fonds.yaml").read_text() == "url: https://fonds.example\n"
    kept = there.data_dir / "restored-settings.env"
    assert (kept.stat().st_mode & 0o777, 'KANSENRADAR_MAIL_FROM="k@k.example"' in kept.read_text()) == (0o600, True)
    with pytest.raises(WrongPassphrase):
        take_belongings(tmp_path / "b.zip", settings_at(tmp_path / "else", backup_passphrase="een andere wachtzin"))
    without = take_belongings(tmp_path / "b.zip", settings_at(tmp_path / "none"))
    assert "set BACKUP_PASSPHRASE and restore again" in without[-1]


def test_what_is_sealed_is_authenticated() -> None:
    sealed = seal(b"geheim", PASSPHRASE)
    assert unseal(sealed, PASSPHRASE) == b"geheim"
    with pytest.raises(WrongPassphrase):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), PASSPHRASE)


def installation(folder: Path) -> dict[str, str]:
    return {
        "KANSENRADAR_DATABASE_URL": f"sqlite:///{folder / 'k.db'}", "KANSENRADAR_DATA_DIR": str(folder / "data"),
        "KANSENRADAR_MAIL_URL": f"file:{folder / 'mail'}", "KANSENRADAR_BASE_URL": "https://k.example",
    }  # fmt: skip


def test_a_restore_names_what_had_left_already_and_leaves_it_out(tmp_path: Path, now: datetime) -> None:
    """Backup, a mail leaves, restore on the same machine: `resume` says so and nothing leaves a second time."""
    ours = installation(tmp_path)
    assert kansenradar(tmp_path, "init", **ours).returncode == 0
    engine = open_engine(ours["KANSENRADAR_DATABASE_URL"])
    soon = datetime.now(now.tzinfo)
    put(engine, make_mail(soon, "jan@x.example", expires_at=soon + timedelta(days=1)))
    assert kansenradar(tmp_path, "backup", "b.zip", **ours).returncode == 0
    assert kansenradar(tmp_path, "send", **ours).stdout.startswith("1 accepted")
    put(engine, make_mail(soon, "piet@x.example", expires_at=soon + timedelta(days=1)))
    engine.dispose()
    again = ours | {"KANSENRADAR_DATABASE_URL": f"sqlite:///{tmp_path / 'again.db'}"}
    restored = kansenradar(tmp_path, "restore", "b.zip", **again)
    assert "sending is paused" in restored.stdout, restored.stderr
    elsewhere = again | {"KANSENRADAR_DATA_DIR": str(tmp_path / "other")}  # that machine does not know what left
    asked = kansenradar(tmp_path, "resume", **elsewhere)
    assert (asked.returncode, "1 mails wait, and this machine does not know" in asked.stderr) == (1, True)
    done = kansenradar(tmp_path, "resume", **again)
    assert "not sent again: digest:jan@x.example" in done.stdout
    assert kansenradar(tmp_path, "send", **again).stdout.startswith("0 accepted")
    engine = open_engine(again["KANSENRADAR_DATABASE_URL"])
    with reading(engine) as session:
        assert session.exec(select(Delivery.state, Delivery.last_text)).all() == [("accepted", ALREADY)]
    engine.dispose()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_what_this_machine_sent_is_written_down_beside_the_database(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(3)))
    with writing(engine) as session:
        check_not_a_copy(session, tmp_path, now)
    send(engine, f"file:{tmp_path / 'mail'}", now)
    with writing(engine) as session:
        check_not_a_copy(session, tmp_path, now)
        check_not_a_copy(session, tmp_path, now)
        ids = set(session.exec(select(Delivery.message_id)))
    assert sent_here(tmp_path).keys() == ids
    assert "@x.example" not in (tmp_path / "sent.log").read_text()


def test_an_older_database_is_backed_up_as_it_is_and_taken_back(
    database_url: str, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "older.db"
    older = open_engine(f"sqlite:///{path}")
    upgrade(older, OLDER)
    with older.begin() as connection:
        connection.execute(
            text("INSERT INTO participant (id, name, kind, remark) VALUES ('haarlem', 'Haarlem', 'municipality', '')")
        )
    write_backup(older, tmp_path / "b.zip", now, SILENT)
    older.dispose()
    newest = open_engine(database_url)
    with pytest.raises(NotRestorable, match="restore into a new database"):
        restore_backup(newest, tmp_path / "b.zip", now, SILENT)
    newest.dispose()
    taken = open_engine(f"sqlite:///{tmp_path / 'taken.db'}")
    assert restore_backup(taken, tmp_path / "b.zip", now, SILENT)["schema"] == OLDER
    assert schema_of(taken) == newest_schema()
    with taken.connect() as connection:
        assert connection.execute(text("SELECT name FROM participant")).all() == [("Haarlem",)]
    taken.dispose()


def test_init_says_what_it_would_do_backs_up_first_and_refuses_what_is_newer(tmp_path: Path) -> None:
    ours = installation(tmp_path)
    assert "would make" in kansenradar(tmp_path, "init", "--dry-run", **ours).stdout
    assert not (tmp_path / "k.db").exists()
    engine = open_engine(ours["KANSENRADAR_DATABASE_URL"])
    upgrade(engine, OLDER)
    would = kansenradar(tmp_path, "init", "--dry-run", **ours).stdout
    assert f"from schema {OLDER} to {newest_schema()}" in would
    assert schema_of(engine) == OLDER
    assert "not yet" in kansenradar(tmp_path, "sources", **ours).stderr
    done = kansenradar(tmp_path, "init", **ours)
    assert f"upgraded from schema {OLDER} to {newest_schema()}" in done.stdout, done.stderr
    (made,) = (tmp_path / "data" / "backups").iterdir()
    assert made.stat().st_mode & 0o077 == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    for command in ("init", "sources"):
        refused = kansenradar(tmp_path, command, **ours)
        assert (refused.returncode, "use a newer one" in refused.stderr) == (1, True)
    engine.dispose()


def test_files_are_for_their_owner_and_a_full_disk_keeps_no_half_key(tmp_path: Path) -> None:
    ours = installation(tmp_path / "in")
    (tmp_path / "in").mkdir()
    assert kansenradar(tmp_path, "init", **ours).returncode == 0
    assert kansenradar(tmp_path, "backup", str(tmp_path / "in" / "b.zip"), **ours).returncode == 0
    files = [path for path in (tmp_path / "in").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"k.db", "b.zip", "secret.key"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
    assert [path.name for path in files if path.name.startswith("secret.") and path.name != "secret.key"] == []
    assert not (tmp_path / "in" / "k.db-wal").exists()  # taken in at the end, or it would keep a full disk full


@pytest.mark.prove
def test_a_large_database_is_backed_up_and_restored_in_little_memory(
    old: Engine, now: datetime, tmp_path: Path
) -> None:
    """300 MB of stored pages: each way takes less than 200 MiB."""
    for start in range(0, 20_000, 500):
        with writing(old) as session:
            for number in range(start, start + 500):
                bytes_ = os.urandom(15_000)
                session.add(
                    Snapshot(sha256=f"{number:064x}", url="https://e.nl", fetched_at=now, size=15_000, body=bytes_)
                )
    old.dispose()
    for step in ("backup", "restore"):
        script = _MEASURED.format(step=step, folder=tmp_path)
        ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=900)
        assert int(ran.stdout) < 200 * 1024, ran.stderr


_MEASURED = """
import re
from datetime import datetime, UTC
from pathlib import Path
from db.session import open_engine
from tracker.operations.backup import write_backup
from tracker.operations.restore import restore_backup
folder, now = Path("{folder}"), datetime.now(UTC)
if "{step}" == "backup":
    write_backup(open_engine(f"sqlite:///{{folder / 'old.db'}}"), folder / "b.zip", now, lambda *_: None)
else:
    restore_backup(open_engine(f"sqlite:///{{folder / 'large.db'}}"), folder / "b.zip", now, lambda *_: None)
# Not getrusage: its maximum begins with what the process that started this one took.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
