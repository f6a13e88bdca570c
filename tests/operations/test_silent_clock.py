"""A clock that stands still is told by the pages, to the webhook at once and by mail once there is a clock again."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from db.leases import database_clock, take, this_process
from db.models import Delivery, Lease
from db.session import reading, writing
from db.vocabulary import MailKind, Role
from tests.make.pages import make_user
from tests.make.quick_clock import scheduler
from tracker.clock import Clock
from tracker.mailing.run import plan_now, send_now
from tracker.operations import silent_clock
from tracker.operations.silent_clock import look_in_its_place, stand_in, tell_of_a_silent_clock
from tracker.settings import Settings
from tracker.watch.note import note, watched_of
from tracker.watch.schema import SchemaWatch


@pytest.fixture
def posted() -> Any:
    """What a webhook hears, and its address."""
    heard: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    yield heard, server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path, posted: Any) -> Settings:
    """With that address as the webhook of alerts."""
    address = f"127.0.0.1:{posted[1]}"
    more: dict[str, Any] = {"alert_webhook": f"http://{address}", "fetch_allow": (address,)}
    return Settings(data_dir=tmp_path, _env_file=None, **more)


def heard(engine: Engine, minutes_ago: int) -> None:
    with writing(engine) as session:
        take(session, scheduler.LEASE, "elsewhere:1")
        lease = session.get_one(Lease, scheduler.LEASE)
        lease.until = database_clock(session) + timedelta(seconds=90) - timedelta(minutes=minutes_ago)


def test_the_pages_tell_what_no_clock_tells(
    engine: Engine, now: datetime, settings: Settings, posted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, clock = posted[0], Clock(now)
    with writing(engine) as session:
        make_user(session, now, Role.ADMINISTRATOR)
    assert not tell_of_a_silent_clock(settings, engine, clock)  # none ever ran
    heard(engine, 1)
    assert not tell_of_a_silent_clock(settings, engine, clock)
    heard(engine, 6)
    monkeypatch.setattr(silent_clock, "EVERY", 0.05)
    asyncio.run(_until(settings, engine, clock, said))
    assert [(each["key"], each["event"]) for each in said] == [("heartbeat", "began")]

    heard(engine, 0)  # it is back: what its first minute does
    note(engine, now, watched_of(settings))
    plan_now(settings, engine, clock, alerts_only=True)
    send_now(settings, engine, clock)
    plan_now(settings, engine, clock, alerts_only=True)
    with reading(engine) as session:
        mails = session.exec(select(Delivery).where(Delivery.kind == MailKind.ALERT).order_by("id")).all()
    assert [mail.key.split(":")[3] for mail in mails] == ["began", "over"]
    assert mails[0].state == "accepted"


async def _until(settings: Settings, engine: Engine, clock: Clock, said: list[Any]) -> None:
    """The pages look until the webhook heard something, and twice more."""
    looking, last = asyncio.create_task(stand_in(settings, engine, clock)), time.monotonic() + 60
    while not said and time.monotonic() < last:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    looking.cancel()


def test_pages_of_another_version_tell_that_and_plan_nothing(
    engine: Engine, now: datetime, settings: Settings, posted: Any
) -> None:
    said, clock = posted[0], Clock(now)
    with writing(engine) as session:
        make_user(session, now, Role.ADMINISTRATOR)
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    heard(engine, 6)  # the clock of the old version stopped, too
    for _ in range(2):
        look_in_its_place(settings, engine, clock, SchemaWatch(engine))
    assert [(each["key"], each["event"]) for each in said] == [(f"schema:{this_process()}", "began")]
    assert "of_tomorrow" in said[0]["line"]
    with reading(engine) as session:
        assert session.exec(select(Delivery.id)).all() == []
