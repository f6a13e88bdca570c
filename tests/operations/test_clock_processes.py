"""The clock as a process, with a wall clock that a test moves: jumps, restarts at the due moment, zones, slow sources."""

import socket
import time
import urllib.error
import urllib.request
from collections import deque
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Alert, Delivery, Lease, Stakeholder
from db.session import open_engine, writing
from notifications.outbox import put
from notifications.wording import AMSTERDAM
from tests.conftest import ROOT
from tests.letters.test_outbox import DOMAIN, KEY, make_mail
from tests.make.clocks import WAYS, FakedClock, forked, settings, start, wait_for
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tests.make.nursery import Piped
from tests.make.scripted import SEARCH, playing, portal, topic
from tracker.workdays import is_working_day

pytestmark = pytest.mark.slow
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    """A database in a file, since its processes go by one clock; the agenda is in it."""
    (tmp_path / "k.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'k.db'}")
    make_agenda(engine)
    engine.dispose()
    return f"sqlite:///{tmp_path / 'k.db'}"


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_a_clock_that_jumps_forty_days_or_two_hours_and_back_does_nothing_but_ask(
    url: str, tmp_path: Path, way: str
) -> None:
    """What waits does not expire, nobody is erased, nothing leaves; back at the right time it goes on by itself."""
    now, engine, clock, box = datetime.now(UTC), open_engine(url), FakedClock(tmp_path, way), tmp_path / "mail"
    waiting = _with_something_to_lose(engine, now)
    with playing() as source:
        source.answers[SEARCH] = portal([topic(1)])
        ours = {
            "KANSENRADAR_SOURCE_EU_PORTAL_URL": source.url, "KANSENRADAR_FETCH_ALLOW": f"127.0.0.1:{source.port}",
            **clock.settings,
        }  # fmt: skip
        said = tmp_path / "said"
        process = start(settings(url, tmp_path, "eu_portal", **ours), "schedule", said=said)
        try:
            wait_for(lambda: list(box.glob("*.eml")) and "crawl ended, exit code 0" in said.read_text())
            for shift, apart in ((40 * DAY, "schelen 57600 minuten"), (-2 * HOUR, "schelen 120 minuten")):
                clock.jump(shift)
                wait_for(lambda apart=apart: _standing(engine, apart))
                asked = len(source.pages())
                clock.jump(timedelta())
                wait_for(lambda: not _standing(engine, ""))
                assert asked > 1
            assert len(list(box.glob("*.eml"))) == 1
            with writing(engine) as session:
                assert session.get_one(Delivery, waiting).state == "planned"
                assert session.exec(select(Stakeholder.person)).one() == "Jan"
                session.get_one(Delivery, waiting).next_attempt_at = now
            wait_for(lambda: len(list(box.glob("*.eml"))) == 2)
        finally:
            process.terminate()
            assert process.wait(120) == 0, said.read_text()
    assert "Traceback" not in said.read_text()
    engine.dispose()


def test_a_clock_killed_and_started_every_second_around_half_past_seven_mails_once(url: str, tmp_path: Path) -> None:
    engine, clock, box = open_engine(url), FakedClock(tmp_path, "in python"), tmp_path / "mail"
    friday, monday = _local(2027, 5, 28, 9), _local(2027, 5, 31, 7, 30)
    make_call(engine, friday, "Voor het begin", closes=date(2027, 12, 1))
    make_reader(engine, friday)
    plan_at(engine, friday)
    make_call(engine, friday + HOUR, "Nieuw", closes=date(2027, 12, 1))
    clock.stand_at(monday - timedelta(seconds=8))
    ours, going = settings(url, tmp_path, **clock.settings), deque[Any]()
    for _ in range(8):
        going.append(start(ours, "schedule"))
        time.sleep(1)
        if len(going) > 3:
            oldest = going.popleft()
            oldest.kill()
            oldest.wait()
    wait_for(lambda: list(box.glob("*.eml")))
    time.sleep(2)
    for one in going:
        one.kill()
        one.wait()
    assert [mail.key for mail in deliveries(engine)][1:] == ["digest:1:day:2027-05-31"]
    assert len(list(box.glob("*.eml"))) == 1
    engine.dispose()


def test_two_planners_plan_each_morning_once(engine: Engine, database_url: str, tmp_path: Path, now: datetime) -> None:
    """Twenty mornings, both told that it is half past seven at the same moment."""
    make_agenda(engine)
    make_call(engine, now, "Voor het begin")
    make_reader(engine, now, nothing_new=True)
    plan_at(engine, now)
    with (tmp_path / "said").open("wb") as said:
        two = [Piped("tests.make.planner_process:main", settings(database_url, tmp_path), said) for _ in range(2)]
    mornings = [m for m in (_local(2026, 6, 1, 7, 30) + n * DAY for n in range(30)) if is_working_day(m.date())][:20]
    planned = []
    for morning in mornings:
        for one in two:
            one.stdin.write(f"{morning.isoformat()}\n".encode())
            one.stdin.flush()
        planned.append(sum(int(one.stdout.readline()) for one in two))
    for one in two:
        one.__exit__()
    slots = [mail.key.rpartition(":")[2] for mail in deliveries(engine)][1:]
    assert (planned, slots) == ([1] * 20, [morning.date().isoformat() for morning in mornings])


def test_the_same_mail_leaves_whatever_zone_the_machine_is_in_and_none_without_zones(url: str, tmp_path: Path) -> None:
    now, written = _local(2026, 10, 23, 8), {}
    engine = open_engine(url)
    make_call(engine, now, closes=date(2026, 10, 27))
    make_reader(engine, now)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    for zone in ("UTC", "America/New_York", "Nergens/Huizen"):
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        (folder / "k.db").write_bytes((tmp_path / "k.db").read_bytes())
        own = {
            "TZ": zone,
            "KANSENRADAR_SECRET_KEY": "x" * 40,
            "KANSENRADAR_DATABASE_URL": f"sqlite:///{folder / 'k.db'}",
        }
        ours = settings(url, folder, **own)
        for command in ("plan", "send"):
            assert forked(ours, command, "--now", "2026-10-23T08:00", said=folder / "said").wait(300) == 0
        (mail,) = (folder / "mail").iterdir()
        written[zone] = (mail.name, mail.read_bytes())
    assert len(set(written.values())) == 1
    assert b"Fri, 23 Oct 2026 06:00:00 +0000" in written["UTC"][1]
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata/__init__.py").touch()
    without = settings(url, tmp_path, PYTHONTZPATH="", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert start(without, "schedule", said=tmp_path / "said", module="tracker").wait(300) == 1
    assert (tmp_path / "said").read_text().startswith("kansenradar: no time zone Europe/Amsterdam on this machine")


def test_a_source_that_never_answers_holds_up_no_mail_and_a_dead_clock_is_seen(url: str, tmp_path: Path) -> None:
    """One crawl at a time however long it takes; pages say within five minutes that the clock is silent."""
    now, engine, over = datetime.now(UTC), open_engine(url), Event()
    make_call(engine, now, closes=now.date() + timedelta(days=100))
    make_reader(engine, now)
    with playing() as source, socket.create_server(("127.0.0.1", 0)) as free:
        source.answers[SEARCH] = lambda _: over.wait(600)
        port = free.getsockname()[1]
        free.close()
        asks = {
            "KANSENRADAR_SOURCE_EU_PORTAL_URL": source.url,
            "KANSENRADAR_FETCH_ALLOW": f"127.0.0.1:{source.port}",
        }
        ours = settings(url, tmp_path, "eu_portal", **asks)
        clock, pages = forked(ours, "schedule"), forked(ours, "serve", "--port", str(port))
        try:
            wait_for(lambda: list((tmp_path / "mail").glob("*.eml")) and source.pages())
            time.sleep(3)  # ticks
            assert len(source.pages()) == 1
            wait_for(lambda: _asked(port, "/health/live") == 200)
            assert _asked(port, "/health/ready") == 200
            clock.kill()
            over.set()
            with writing(engine) as session:
                session.get_one(Lease, "clock").until -= timedelta(minutes=6)
            assert _asked(port, "/health/ready") == 503
        finally:
            over.set()
            for one in (clock, pages):
                one.kill()
                one.wait()
    engine.dispose()


def _asked(port: int, path: str) -> int:
    """The status of one of our pages; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=AMSTERDAM).astimezone(UTC)  # type: ignore[misc, arg-type]


def _with_something_to_lose(engine: Engine, now: datetime) -> int:
    """Someone whose first digest is due, a mail that waits for an hour, and a person kept for a month."""
    make_call(engine, now, closes=now.date() + timedelta(days=100))
    make_reader(engine, now)
    with writing(engine) as session:
        put(session, [make_mail(now, key="waits", expires_at=now + 48 * HOUR)], KEY, DOMAIN)
        mail = session.exec(select(Delivery)).one()
        mail.next_attempt_at = now + HOUR
        session.add(
            Stakeholder(
                organisation="Ministerie", person="Jan", purpose="overleg",
                participant_id="haarlem", retain_until=now.date() + timedelta(days=30), created_at=now,
            )
        )  # fmt: skip
        return mail.id


def _standing(engine: Engine, words: str) -> list[str]:
    """The alerts that stand and say so."""
    with writing(engine) as session:
        lines = session.exec(select(Alert.line).where(Alert.ended_at.is_(None))).all()  # type: ignore[union-attr]
    return [line for line in lines if words in line]
