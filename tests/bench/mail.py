"""Plan and render digests for 10,000 people over 500 new calls; send to a local sink against a bare aiosmtplib loop."""

import asyncio
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import Engine, insert
from sqlmodel import select

from db.migrate import upgrade
from db.models import Call, Deadline, Delivery, Match, Run, Subscription, User
from db.session import open_engine, writing
from notifications.dispatcher import _bytes, send_due
from notifications.outbox import Claim, Rules
from notifications.transport import open_transport
from tests.bench.row import Row
from tests.make.mail_cases import MAILER, THRESHOLD, make_agenda
from tests.make.smtp_server import SmtpServer, running
from tracker.mailing.plan import plan

PEOPLE, CALLS, OPGAVEN, MAILS = 10_000, 500, 40, 1_000
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
MIX = [
    "self",
    "no",
    "partner",
    "no",
    "self",
    "no",
    "partner",
    "no",
    "partner",
    "no",
]  # as of 194 open calls of May 2026
NAMES = [f"opgave-{n}" for n in range(OPGAVEN)]


def world(engine: Engine) -> None:
    """People with three opgaven each, who had their first digest; calls that match two opgaven each, half for others."""
    make_agenda(engine, NAMES)
    chance = random.Random(1)
    with writing(engine) as session:
        db = session.connection()
        people = [
            {"id": n, "email": f"p{n}@x.example", "name": "P", "role": "reader", "participant_id": "haarlem",
             "created_at": NOW - timedelta(days=9), "reminders": True}
            for n in range(1, PEOPLE + 1)
        ]  # fmt: skip
        db.execute(insert(User), people)
        wanted = [
            {"id": n, "user_id": n, "participant_id": "haarlem", "filter": {"challenges": chance.sample(NAMES, 3)},
             "visibility": "own", "name": "", "every": "day", "weekday": 0, "most": 6, "nothing_new": False,
             "created_at": NOW - timedelta(days=9)}
            for n in range(1, PEOPLE + 1)
        ]  # fmt: skip
        db.execute(insert(Subscription), wanted)
        firsts = [{"job": "digest:first", "slot": str(n), "epoch": 0, "started_at": NOW, "finished_at": NOW, "outcome": ""}
                  for n in range(1, PEOPLE + 1)]  # fmt: skip
        db.execute(insert(Run), firsts)
        for n in range(1, CALLS + 1):
            due = date(2026, 6, 10) + timedelta(days=n % 200)
            at = datetime(due.year, due.month, due.day, 15, tzinfo=UTC)
            session.add(Call(id=n, title=f"Regeling {n} voor circulaire gebiedsontwikkeling", language="nl",
                                    url="https://e.example", source_word="open", eligible=MIX[n % len(MIX)], closes_at=at, first_seen=NOW, last_seen=NOW))  # fmt: skip
            session.flush()
            session.add(Deadline(call_id=n, kind="closes", day=due, hour="17:00", at=at, gate_at=at, modified_at=NOW))
            for one in chance.sample(NAMES, 2):
                words = [{"kind": "words", "weight": 1, "call": "circulair, gebiedsontwikkeling"}]
                session.add(Match(call_id=n, challenge_id=one, score=0.8, reasons=words, model="b", at=NOW))


def bench() -> Iterator[Row]:
    """Two rows: planning, and sending."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'mail.db'}"
        engine = open_engine(url)
        upgrade(engine)
        world(engine)
        begun, busy = time.perf_counter(), time.process_time()
        planned = plan(engine, MAILER, NOW, THRESHOLD)
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert planned.digests == PEOPLE, planned
        yield Row(f"plan and render {PEOPLE:,} digests over {CALLS} calls", f"{seconds:.1f} s ({busy:.1f} s of one core), {peak:.0f} MiB",
                  "60 s, 1024 MiB", 60 / seconds)  # fmt: skip
        yield sending(engine)
        engine.dispose()


def sending(engine: Engine) -> Row:
    """The same mails, by us and by a loop that builds them and talks SMTP; the sink runs in a process of its own."""
    port, sink = start_sink()
    try:
        bare = asyncio.run(bare_loop(engine, port))
        with writing(engine) as session:
            for extra in session.exec(select(Delivery).order_by(Delivery.id).offset(MAILS)):  # type: ignore[arg-type]
                extra.next_attempt_at = NOW + timedelta(days=1)
                session.add(extra)
        transport = open_transport(f"smtp://127.0.0.1:{port}")
        rules = Rules("bench:0", random.Random(1).uniform, lambda: NOW, transport.name)
        begun = time.perf_counter()
        tally = asyncio.run(send_due(engine, transport, rules, lambda _: "kansenradar@x.example"))
        ours = tally.accepted / (time.perf_counter() - begun)
    finally:
        sink.terminate()
    assert tally.accepted == MAILS, tally
    return Row("send to a local sink, one connection", f"{ours:.0f}/s", f"200/s; bare loop {bare:.0f}/s", ours / bare)


def start_sink() -> tuple[int, Any]:
    """An SMTP server in another process."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_sink, args=(there,), daemon=True)
    process.start()
    return here.recv(), process


def _sink(there: Any) -> None:
    with running(SmtpServer()) as server:
        there.send(server.port)
        time.sleep(3600)


async def bare_loop(engine: Engine, port: int) -> float:
    """Mails a second of aiosmtplib alone, which builds the same messages."""
    with writing(engine) as session:
        rows = session.exec(select(Delivery).order_by(Delivery.id).limit(MAILS)).all()  # type: ignore[arg-type]
    rules = Rules("b:0", random.Random(1).uniform, lambda: NOW, "b")
    fields = Claim.__dataclass_fields__
    claims = [Claim(**{n: getattr(row, n) for n in fields}) for row in rows]
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    begun = time.perf_counter()
    for claim in claims:
        await client.sendmail("kansenradar@x.example", [claim.address], _bytes(claim, claim.address, rules))
    seconds = time.perf_counter() - begun
    await client.quit()
    return MAILS / seconds
