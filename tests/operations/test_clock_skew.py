"""A clock that is wrong does no harm: nothing is planned, expired, sent or erased until it is known what time it is."""

import asyncio
import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import take
from db.models import Crawl, Lease
from db.session import writing
from db.vocabulary import MailKind
from notifications.dispatcher import send_due
from notifications.outbox import Rules, put
from notifications.transport import open_transport
from tests.letters.test_outbox import DOMAIN, KEY, make_mail
from tests.make.smtp_server import SmtpServer, running
from tracker.clock import Clock, Now
from tracker.operations.scheduler import Scheduler
from tracker.settings import Settings
from tracker.sources.clock_skew import DOUBT, SkewMonitor, clock_trouble
from tracker.sources.rounds import _last_complete

YEAR, HOUR, MINUTE = timedelta(days=365), timedelta(hours=1), timedelta(minutes=1)


def asked(engine: Engine, ours: datetime, theirs: datetime | None, source: str = "rvo") -> None:
    """A source was asked when our clock said ``ours``, and said that it was ``theirs``."""
    skew = (ours - theirs).total_seconds() if theirs else None
    with writing(engine) as session:
        session.add(Crawl(source=source, started_at=ours, finished_at=ours, complete=True, skew_seconds=skew))


def sense(engine: Engine, askable: bool = True, all_asked: bool = False) -> SkewMonitor:
    return SkewMonitor(engine, lambda: askable, lambda: all_asked)


def test_a_clock_that_jumps_is_not_believed_until_a_source_agrees(engine: Engine, now: datetime) -> None:
    asked(engine, now, now)
    clock = sense(engine)
    assert clock.doubt(now, 0) == ""
    assert clock.doubt(now + MINUTE, 60) == ""
    assert clock.doubt(now + YEAR, 120) == DOUBT
    assert clock.doubt(now + YEAR + MINUTE, 180) == DOUBT
    asked(engine, now + YEAR + MINUTE, None)  # it did not answer
    assert clock.doubt(now + YEAR + 2 * MINUTE, 240) == DOUBT
    asked(engine, now + YEAR + 2 * MINUTE, now + 4 * MINUTE)
    assert "minutes apart" in clock.doubt(now + YEAR + 3 * MINUTE, 300)
    asked(engine, now + YEAR + 3 * MINUTE, None)  # what is known is not forgotten where a source fails
    assert "minutes apart" in clock.doubt(now + YEAR + 4 * MINUTE, 360)
    assert clock.doubt(now + 7 * MINUTE, 420) == ""  # back where it was: nobody need be asked
    assert clock.sure


def test_a_job_counts_on_from_when_the_time_was_sure_though_the_clock_jumps_under_its_hands(
    engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall, counted = [now], [1_000.0]
    monkeypatch.setattr(Clock, "now", lambda self: Now(wall[0]))
    monkeypatch.setattr("tracker.clock.monotonic", lambda: counted[0])
    asked(engine, now, now)
    monitor, clock = sense(engine), Clock()
    assert (monitor.steady(clock), monitor.doubt(now, counted[0])) == (clock, "")
    job = monitor.steady(clock)
    wall[0], counted[0] = now + YEAR, counted[0] + 30
    assert (job.now().instant, monitor.jumped(clock)) == (now + timedelta(seconds=30), True)
    assert monitor.doubt(wall[0], counted[0]) == DOUBT
    assert (monitor.steady(clock), monitor.jumped(clock)) == (clock, True)
    set_by_hand = Clock(now)
    assert monitor.steady(set_by_hand) is set_by_hand


def test_a_machine_that_slept_asks_first_and_goes_on(engine: Engine, now: datetime) -> None:
    asked(engine, now, now)
    clock = sense(engine)
    assert [clock.doubt(now, 0), clock.doubt(now + 9 * HOUR, 60)] == ["", DOUBT]
    asked(engine, now + 9 * HOUR + MINUTE, now + 9 * HOUR + MINUTE)
    assert clock.doubt(now + 9 * HOUR + 2 * MINUTE, 180) == ""
    alone = sense(engine, askable=False)
    assert [alone.doubt(now + 9 * HOUR, 0), alone.doubt(now + 18 * HOUR, 60)] == ["", ""]


def test_who_starts_long_after_all_that_is_known_asks_once(engine: Engine, now: datetime) -> None:
    asked(engine, now, now)
    assert sense(engine).doubt(now + timedelta(days=7), 0) == ""
    late = sense(engine)
    assert late.doubt(now + YEAR, 0) == DOUBT
    assert late.doubt(now + YEAR + MINUTE, 60) == DOUBT
    late.asked = lambda: True  # and nobody answered
    assert late.doubt(now + YEAR + 2 * MINUTE, 120) == ""


def test_a_clock_behind_what_the_sources_said_is_wrong(engine: Engine, now: datetime) -> None:
    asked(engine, now, now)
    assert clock_trouble(engine, now - 5 * MINUTE) == ""
    assert "120 minutes apart" in clock_trouble(engine, now - 2 * HOUR)


def test_only_sign_in_mail_leaves_and_nothing_expires_while_the_time_is_in_doubt(engine: Engine, now: datetime) -> None:
    wrong = now + YEAR
    login = make_mail(wrong, "in@x.example", kind=MailKind.SIGN_IN, lane=0, expires_at=wrong + 10 * MINUTE)
    with writing(engine) as session:
        put(session, [make_mail(now), login], KEY, DOMAIN)
    with running(SmtpServer()) as server:
        transport = open_transport(server.url())

        def send(moment: datetime, halted: str) -> str:
            rules = Rules("test:0", random.Random(1).uniform, lambda: moment, transport.name, halted=halted)
            return asyncio.run(send_due(engine, transport, rules, lambda _: "k@x.example")).stopped

        assert send(wrong, DOUBT) == DOUBT
        assert [mail.recipients for mail in server.accepted] == [["in@x.example"]]
        assert send(now + HOUR, "") == ""
    assert len(server.accepted) == 2


def test_a_tick_in_doubt_plans_and_erases_nothing_and_asks_every_ten_minutes(
    engine: Engine, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    asked(engine, now - YEAR, now - YEAR)
    done: list[str] = []
    scheduler = Scheduler(Settings(), engine, Clock(now), done.append)

    async def note(name: str) -> None:
        done.append(name)

    for part in ("crawl", "plan", "bounces", "watch", "send", "tidy"):
        setattr(scheduler, part, lambda part=part: note(part))
    asyncio.run(scheduler.tick())
    assert done == ["crawl", "bounces", "watch", "send"]
    assert caplog.messages == [f"alert clock:time began: time: {DOUBT}"]
    assert "rvo" in scheduler.due_sources()
    asked(engine, now - 5 * MINUTE, None)
    assert "rvo" in scheduler.due_sources()
    asked(engine, now, None)
    assert "rvo" not in scheduler.due_sources()


def test_what_a_clock_far_ahead_left_behind_holds_nobody_up(engine: Engine, now: datetime) -> None:
    """A lease, a crawl and the moment to ask again, all of next year."""
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:1") == 1
        lease = session.exec(select(Lease)).one()
        lease.until += YEAR
    with writing(engine) as session:
        assert take(session, "x", "elsewhere:2") == 2
        session.add(
            Crawl(source="rvo", started_at=now + YEAR, finished_at=now + YEAR, complete=True,
                  skew_seconds=YEAR.total_seconds(), come_back_at=now + YEAR + HOUR)
        )  # fmt: skip
        session.flush()
        assert _last_complete(session, "rvo", now + HOUR) == now
    assert "rvo" in Scheduler(Settings(), engine, Clock(now + HOUR), print).due_sources()
