"""The clock looks in our tables; it holds nothing itself."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import is_dead, release, renew, take, this_process
from db.models import Delivery, Run
from db.session import open_engine, reading, writing
from notifications import claims, outbox
from notifications.alerts import standing_alerts
from notifications.outbox import Rules, SendTally
from notifications.transport import SendOutcome, SendResult, SmtpStage
from tests.conftest import ROOT
from tests.letters.test_outbox import make_mail
from tests.make.mail_cases import MAILER, THRESHOLD, make_agenda, make_call, make_reader
from tests.make.nursery import COMMAND, Beside, kansenradar
from tests.make.smtp_server import SmtpServer, running
from tracker.clock import Clock
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.mailing.plan import plan
from tracker.operations.jobs import last_round
from tracker.operations.scheduler import Scheduler
from tracker.settings import Settings
from tracker.web.frame.request_log import PlainLines


@pytest.mark.parametrize(
    ("now", "round_"),
    [
        (datetime(2026, 5, 29, 5, 0, tzinfo=UTC), datetime(2026, 5, 29, 5, 0, tzinfo=UTC)),
        (datetime(2026, 5, 29, 4, 59, tzinfo=UTC), datetime(2026, 5, 28, 23, 0, tzinfo=UTC)),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_round_is_never_in_the_hour_the_clocks_change(now: datetime, round_: datetime) -> None:
    assert last_round(now) == round_


def test_a_lease_passes_on_with_a_higher_number_and_the_old_holder_is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:1") == 1
        assert take(session, "x", "elsewhere:2") is None
        release(session, "x", 1)
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:2") == 2
        assert renew(session, "x", 1) is False
        assert renew(session, "x", 2) is True


def test_a_lease_of_a_dead_process_of_this_machine_is_taken_at_once(engine: Engine) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    holder = f"{this_process().rpartition(':')[0]}:{gone.pid}"
    assert is_dead(holder)
    assert not is_dead(this_process())
    with writing(engine) as session:
        assert take(session, "x", holder) == 1
        assert take(session, "x", "me:1") == 2


@pytest.mark.slow
def test_the_clock_plans_and_sends_by_itself_and_stops_cleanly(database_url: str, tmp_path: Path) -> None:
    """Two schedulers on one database: one mail. SIGTERM ends both within seconds."""
    engine = _with_one_reader(database_url)
    settings = _settings(database_url, tmp_path)
    assert _two_until_mail("schedule", settings, tmp_path / "mail") == [0, 0]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with writing(engine) as session:
        assert len(session.exec(select(Delivery)).all()) == 1
        assert session.exec(select(Run).where(Run.job == "digest:first")).one().outcome == "planned"
    engine.dispose()


@pytest.mark.slow
def test_workers_empty_the_outbox_beside_each_other_and_stop_cleanly(database_url: str, tmp_path: Path) -> None:
    engine = _with_one_reader(database_url)
    settings = _settings(database_url, tmp_path)
    assert kansenradar(tmp_path, "plan", **settings).returncode == 0
    assert not list((tmp_path / "mail").glob("*.eml"))
    assert _two_until_mail("worker", settings, tmp_path / "mail") == [0, 0]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with writing(engine) as session:
        assert [mail.state for mail in session.exec(select(Delivery)).all()] == ["accepted"]
    engine.dispose()


@pytest.mark.slow
def test_sigterm_lets_the_mail_in_hand_arrive_and_be_noted(database_url: str, tmp_path: Path) -> None:
    """One command a database: the other differs only in what else it does."""
    command = ["send"] if database_url.startswith("sqlite") else ["run", "--port", str(_free_port())]
    engine = open_engine(database_url)
    now = datetime.now(UTC)
    make_agenda(engine)
    make_call(engine, now, closes=now.date().replace(year=now.year + 1))
    for name in ("jan", "piet", "anna"):
        make_reader(engine, now, f"{name}@haarlem.example")
    plan(engine, MAILER, now, THRESHOLD)
    with running(SmtpServer()) as server:
        settings = {**_settings(database_url, tmp_path), "KANSENRADAR_MAIL_URL": server.url()}
        with (tmp_path / "said").open("wb") as said:
            sender = Beside(COMMAND, *command, environment=settings, said=said)

        def ask_to_stop() -> bool:
            sender.send_signal(signal.SIGTERM)
            time.sleep(1)
            return False

        server.on("dot", "never", when=ask_to_stop)
        code, told = sender.wait(600), (tmp_path / "said").read_text()
    assert (code, "Traceback" in told) == (0, False), told
    with writing(engine) as session:
        states = sorted(mail.state for mail in session.exec(select(Delivery)).all())
    assert (len(server.accepted), states) == (1, ["accepted", "planned", "planned"])
    assert watch_again(engine, tmp_path / "data") == ""
    engine.dispose()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_claims_that_were_never_begun_do_not_make_a_database_look_old(engine: Engine, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    mails = [make_mail(now, f"{name}@haarlem.example") for name in ("jan", "piet", "anna")]
    rules = Rules("dead:0", random.Random(1).uniform, lambda: now, "test", ())
    with writing(engine) as session:
        outbox.put(session, mails, b"key", "haarlem.example")
        claimed = claims.claim_next(session, claims.due_mails(session, rules), 3, rules, SendTally())
        outbox.record_outcome(
            session, claimed[0], SendOutcome(SendResult.ACCEPTED, SmtpStage.DOT, 250, "ok"), rules, SendTally()
        )
    assert watch_again(engine, tmp_path) == ""
    with writing(engine) as session:
        for taken in claimed[1:]:
            claims.give_back(session, taken)
    assert watch_again(engine, tmp_path) == ""


def test_a_part_of_a_tick_that_fails_without_a_word_is_told_and_stops_no_other(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = Scheduler(Settings(), engine, Clock(), print)

    async def fails() -> None:
        raise TimeoutError

    asyncio.run(scheduler.guarded("plan", "mail plannen", fails))
    assert caplog.messages == ["alert clock:plan began: plan: TimeoutError"]


def test_a_fault_of_ours_in_one_part_stops_no_other_and_is_told_without_what_it_was_about(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = Scheduler(Settings(), engine, Clock(), print)

    async def fails() -> None:
        raise AttributeError("geheim")

    line = asyncio.run(scheduler.guarded("bounces", "teruggekomen mail lezen", fails))
    assert line == "a fault of ours: AttributeError"
    assert "geheim" not in "".join(PlainLines().format(record) for record in caplog.records)
    with reading(engine) as session:
        [alert] = standing_alerts(session)
    assert alert.line == "teruggekomen mail lezen: een fout in het programma (AttributeError)"


def watch_again(engine: Engine, data_dir: Path) -> str:
    """Why sending is paused for a database that looks older than it was, if it does."""
    with writing(engine) as session:
        return check_not_a_copy(session, data_dir, datetime.now(UTC))


def _with_one_reader(database_url: str) -> Engine:
    """One open call that matches, and one person whose first digest is due now."""
    engine = open_engine(database_url)
    now = datetime.now(UTC)
    make_agenda(engine)
    make_call(engine, now, closes=now.date().replace(year=now.year + 1))
    make_reader(engine, now)
    return engine


def _settings(database_url: str, folder: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("KANSENRADAR_")},
        "PYTHONPATH": str(ROOT), "KANSENRADAR_DATABASE_URL": database_url,
        "KANSENRADAR_BASE_URL": "https://k.example", "KANSENRADAR_MAIL_FROM": "kansenradar@k.example",
        "KANSENRADAR_DATA_DIR": str(folder / "data"), "KANSENRADAR_MAIL_URL": f"file:{folder / 'mail'}",
        "KANSENRADAR_SOURCES_OFF": _all_sources(),
    }  # fmt: skip


def _two_until_mail(command: str, settings: dict[str, str], box: Path) -> list[int]:
    """Run a command twice until a mail is there and a little longer; how both ended after SIGTERM."""
    with Path(os.devnull).open("wb") as said:
        running = [Beside(COMMAND, command, environment=settings, said=said) for _ in range(2)]
    try:
        deadline = time.monotonic() + 600  # for a machine that is busy with other things
        while time.monotonic() < deadline and not list(box.glob("*.eml")):
            time.sleep(0.5)
        time.sleep(3)
    finally:
        for one in running:
            one.send_signal(signal.SIGTERM)
        codes = [one.wait(120) for one in running]
    return codes


def _all_sources() -> str:
    from scrapers.sources import names

    return ",".join(names())
