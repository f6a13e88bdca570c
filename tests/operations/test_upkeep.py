"""Backup, restore, check and prune: nothing is lost, and what is broken is said."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Delivery, MagicLink, MailText, Pause, Run, Snapshot, Stakeholder
from db.session import open_engine, writing
from db.vocabulary import MailKind
from notifications.brakes import pause
from scrapers.crawled import Page
from tests.make.crawls import make_crawled, make_listing, store
from tests.make.found import found_ids
from tests.make.pages import make_user
from tracker.calls.ingest import ingest
from tracker.calls.merge import join
from tracker.care.retention import Swept, dry_run, sweep
from tracker.challenges.agenda import load_agendas
from tracker.clock import Now
from tracker.operations.backup import write_backup
from tracker.operations.restore import GAP, NotRestorable, restore_backup
from tracker.operations.upkeep import LINK_COUNTS, findings, old_letters, tidy_once_a_day
from tracker.people.participants import load_participants
from tracker.watch.look import BACKUP, Watched
from tracker.watch.machine import Disk, Machine

DAY = timedelta(days=1)
SILENT: Any = lambda _done, _of: None  # noqa: E731


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """Another database, always SQLite."""
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def fill(engine: Engine, now: datetime) -> None:
    page = Page("https://e.nl", "a" * 64, "text/html", b"\x00\xff bytes", now)
    with writing(engine) as session:
        load_agendas(session)
        load_participants(session)
        listings = [make_listing(n, budget="674100000.10", summary="Café 🏗", snapshot="a" * 64) for n in range(30)]
        ingest(session, make_crawled(listings, now, pages=(page,)), now)
        other = make_listing(1, source="dus_i")
        ingest(session, make_crawled([other], now, "dus_i"), now)
    with writing(engine) as session:
        join(session, 31, 1, now)


def hashes(path: Path) -> dict[str, str]:
    said = json.loads(zipfile.ZipFile(path).read("manifest.json"))
    return {name: sha for name, sha in said["sha256"].items() if name not in ("pause", "alert", "run")}


def round_trip(source: Engine, target: Engine, folder: Path, now: datetime) -> None:
    fill(source, now)
    counts = write_backup(source, folder / "b.zip", now, SILENT)
    assert counts["call"] == 31
    restore_backup(target, folder / "b.zip", now, SILENT)
    write_backup(target, folder / "again.zip", now, SILENT)
    assert hashes(folder / "again.zip") == hashes(folder / "b.zip")
    with Session(target) as session:
        assert session.exec(select(Pause.everything)).all() == [True]
        assert len(found_ids(session, "cafe", now)) == 30
        result = store(session, [make_listing(n) for n in range(100, 103)], now + DAY, source="new")
        assert result.new == tuple(range(31 + GAP + 1, 31 + GAP + 4))


def test_a_backup_of_either_database_fills_sqlite(
    engine: Engine, sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    round_trip(engine, sqlite, tmp_path, now)


def test_a_backup_of_sqlite_fills_either_database(
    engine: Engine, sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    round_trip(sqlite, engine, tmp_path, now)


def test_nobody_gets_the_number_of_somebody_who_came_after_the_backup(
    engine: Engine, sqlite: Engine, tmp_path: Path, now: datetime
) -> None:
    """A number stands in links, in the key of each digest and so in its Message-ID: by it resume left out a stranger's
    mail as sent before, and a link in a mail to the one acted for the other."""
    with writing(sqlite) as session:
        make_user(session, now, email="els@amsterdam.nl")
    write_backup(sqlite, tmp_path / "b.zip", now, SILENT)
    with writing(sqlite) as session:
        later = make_user(session, now, email="jan@amsterdam.nl").id
    restore_backup(engine, tmp_path / "b.zip", now, SILENT)
    with writing(engine) as session:
        others = [make_user(session, now, email=f"iris{n}@amsterdam.nl").id for n in range(2)]
    assert later not in others
    assert others == [1 + GAP + 1, 1 + GAP + 2]


def test_a_database_with_work_in_it_is_not_overwritten(engine: Engine, tmp_path: Path, now: datetime) -> None:
    fill(engine, now)
    write_backup(engine, tmp_path / "b.zip", now, SILENT)
    with pytest.raises(NotRestorable, match="already has rows in call"):
        restore_backup(engine, tmp_path / "b.zip", now, SILENT)


@pytest.mark.parametrize("damage", ["cut", "flip", "none", "newer", "0007"])
def test_a_damaged_backup_changes_nothing(sqlite: Engine, tmp_path: Path, now: datetime, damage: str) -> None:
    path, target = tmp_path / "b.zip", sqlite
    source = open_engine(f"sqlite:///{tmp_path / 'source.db'}")
    (tmp_path / "source.db").write_bytes((tmp_path / "other.db").read_bytes())
    fill(source, now)
    write_backup(source, path, now, SILENT)
    source.dispose()
    damaged(path, damage)
    says = {"newer": "use a newer one", "0007": "schema 0007 is older than the baseline"}.get(damage, ".")
    with pytest.raises(NotRestorable, match=says):
        restore_backup(target, path, now, SILENT)
    with Session(target) as session:
        assert session.exec(select(Call)).all() == []


def damaged(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "none":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "flip":
        middle = len(content) // 3
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    else:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        other = f'"schema": "{how}"'.encode()
        files["manifest.json"], changed = re.subn(rb'"schema": "\w+"', other, files["manifest.json"])
        assert changed == 1
        with zipfile.ZipFile(path, "w") as archive:
            for name, said in files.items():
                archive.writestr(name, said)


def test_a_check_names_what_is_broken(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        store(session, [make_listing(1)], now)
        store(session, [], now, source="kapot", stopped="page 1: HTTP 500")
    watched = Watched(Machine(), backup_days=8)
    assert not any(f.broken for f in findings(engine, now, watched))
    later = findings(engine, now + 5 * DAY, watched)
    assert {f.what for f in later if f.broken} == {"backup", "source rvo", "source kapot"}  # the last was never whole
    assert any("HTTP 500" in f.said for f in later)
    with writing(engine) as session:
        session.add(Run.done(BACKUP, "now", now + 5 * DAY))
        pause(session, "herstel", now)
    later = findings(engine, now + 6 * DAY, Watched(Machine((Disk(Path("/"), 1 << 20, 1 << 33),)), backup_days=8))
    assert {"paused", "disk"} <= {f.what for f in later if f.broken}
    assert "backup" not in {f.what for f in later if f.broken}


def test_pages_that_something_shown_was_read_from_are_kept(session: Session, now: datetime) -> None:
    for run, sha in enumerate("abc"):
        page = Page("https://e.nl", sha * 64, "text/html", b"x", now + run * DAY)
        store(session, [make_listing(title=f"T{sha}", snapshot=sha * 64)], now + run * DAY, pages=(page,))
    assert sweep(session, {"snapshot_days": 1}, Now(now + 10 * DAY), only=["pages"]) == [Swept("pages", 2)]
    session.commit()
    assert session.exec(select(Snapshot.sha256).order_by(col(Snapshot.sha256))).all() == ["c" * 64]


def test_what_may_go_goes_once_a_day_and_what_was_sent_stays_on_record(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        user = make_user(session, now)
        for key, html, ended in (
            ("old", "<p>tekst</p>", now - 401 * DAY),
            ("plain", "", now - 401 * DAY),
            ("new", "<p>tekst</p>", now - 399 * DAY),
            ("waits", "<p>tekst</p>", None),
        ):
            session.add(
                Delivery(
                    key=key, message_id=key, kind=MailKind.DIGEST, user_id=user.id, address=user.email, subject="s",
                    written=MailText(text="tekst", html=html), sha256="x", planned_at=now - 500 * DAY,
                    not_before=now, expires_at=now, next_attempt_at=now, finished_at=ended,
                )
            )  # fmt: skip
        session.add(
            Stakeholder(
                organisation="Ministerie", person="Jan", purpose="overleg",
                participant_id="amsterdam", retain_until=now.date() - DAY, created_at=now,
            )
        )  # fmt: skip
    days = {"snapshot_days": 730, "mail_days": 400}
    assert tidy_once_a_day(engine, days, Now(now)) == "persons: 1, mail_texts: 2"
    with writing(engine) as session:  # today's is done: nobody who writes at this moment is waited for
        assert tidy_once_a_day(engine, days, Now(now)) == ""
        kept = {mail.key: mail.text for mail in session.exec(select(Delivery)).all()}
    assert kept == {"old": "", "plain": "", "new": "tekst", "waits": "tekst"}


def test_mails_that_lie_as_files_go_when_their_text_does(engine: Engine, now: datetime, tmp_path: Path) -> None:
    """MAIL_DAYS says how long the text of a mail is kept; in a folder it lay for ever."""
    names = ["20260101T0600-digest-jan-haarlem.nl-abcdefgh", "20260528T0600-digest-jan-haarlem.nl-abcdefgh", "eigen"]
    for name in names:
        (tmp_path / f"{name}.eml").write_text("To: jan@haarlem.nl\n\nTekst\n")
    days, where = {"snapshot_days": 9, "mail_days": 30}, f"file:{tmp_path}"
    with writing(engine) as session:
        (would,) = [one for one in dry_run(session, days, Now(now), old_letters(where, remove=False)) if one.count]
        assert (would.category, would.count, len(list(tmp_path.glob("*.eml")))) == ("mail_texts", 1, 3)
    assert tidy_once_a_day(engine, days, Now(now), old_letters(where)) == "mail_texts: 1"
    assert sorted(path.stem for path in tmp_path.glob("*.eml")) == names[1:]
    assert old_letters("smtp://relay.example:25")(now) == 0


def test_links_that_signed_in_are_forgotten_once_no_limit_counts_them(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        person = make_user(session, now)
        for name, whose, asked in (("old", person.id, now - LINK_COUNTS - 2 * DAY), ("unknown", None, now - 4 * DAY)):
            session.add(make_link(name, whose, asked))
        session.add(make_link("counts", person.id, now - timedelta(minutes=50)))
    tidy_once_a_day(engine, {"snapshot_days": 9, "mail_days": 9}, Now(now))
    with Session(engine) as session:
        assert session.exec(select(MagicLink.token_hash)).all() == ["counts"]


def make_link(name: str, whose: int | None, asked: datetime) -> MagicLink:
    return MagicLink(
        token_hash=name, address_hash=name, user_id=whose, requested_at=asked, expires_at=asked + timedelta(minutes=10)
    )
