"""Send to a local sink over one connection, beside a bare aiosmtplib loop that builds the same messages."""

import asyncio
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import aiosmtplib
from sqlalchemy import Engine, update
from sqlmodel import col, select

from db.models import Delivery
from db.session import open_engine, reading, writing
from notifications.dispatcher import _bytes, send_due
from notifications.outbox import Claim, Rules
from notifications.transport import open_transport
from tests.bench.planning import planned
from tests.bench.row import FEWEST, Row, at_least, of_ratios
from tests.make.smtp_server import SmtpServer, running

MAILS, AIM, LEAST = 400, 0.95, 200
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
SENDER = "kansenradar@x.example"
Spent = tuple[float, float]  # seconds by the clock, and of this process


def bench() -> Iterator[Row]:
    """Some hundred mails by each, in turn; the sink runs in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        planned(MAILS * FEWEST, Path(folder))
        engine = open_engine(f"sqlite:///{Path(folder) / 'mail.db'}")
        port, sink = start_sink()
        try:
            pairs = [_round(engine, port, number) for number in range(FEWEST)]
        finally:
            sink.terminate()
        engine.dispose()
    yield at_least("send to a local sink, one connection", [MAILS / ours[0] for ours, _ in pairs], LEAST, "/s")
    for name, side in (("by the clock", 0), ("processor time", 1)):
        mine, other = (median(pair[who][side] for pair in pairs) * 1000 / MAILS for who in (0, 1))
        ratios = (bare[side] / ours[side] for ours, bare in pairs)
        peer = f"aiosmtplib loop that builds its messages {other:.2f} ms"
        yield of_ratios(f"send a mail, {name}", f"{mine:.2f} ms", peer, ratios, AIM)


def _round(engine: Engine, port: int, number: int) -> tuple[Spent, Spent]:
    """The mails of one round, by the loop and then by us; the others wait until tomorrow."""
    with writing(engine) as session:
        first = number * MAILS
        ids = session.exec(select(Delivery.id).order_by(col(Delivery.id)).offset(first).limit(MAILS)).all()
        waiting = col(Delivery.finished_at).is_(None)
        session.execute(update(Delivery).where(waiting).values(next_attempt_at=NOW + timedelta(days=1)))
        session.execute(update(Delivery).where(col(Delivery.id).in_(ids)).values(next_attempt_at=NOW))
    bare = asyncio.run(bare_loop(engine, port, ids))
    transport = open_transport(f"smtp://127.0.0.1:{port}")
    rules = Rules("bench:0", random.Random(1).uniform, lambda: NOW, transport.name)
    begun = (time.perf_counter(), time.process_time())
    tally = asyncio.run(send_due(engine, transport, rules, lambda _: SENDER))
    ours = (time.perf_counter() - begun[0], time.process_time() - begun[1])
    assert tally.accepted == MAILS, tally
    return ours, bare


async def bare_loop(engine: Engine, port: int, ids: Any) -> Spent:
    """What aiosmtplib alone needs for the same messages, which it builds."""
    with reading(engine) as session:
        rows = session.exec(select(Delivery).where(col(Delivery.id).in_(ids))).all()
    rules = Rules("b:0", random.Random(1).uniform, lambda: NOW, "b")
    claims = [Claim(**{name: getattr(row, name) for name in Claim.__dataclass_fields__}) for row in rows]
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    begun = (time.perf_counter(), time.process_time())
    for claim in claims:
        await client.sendmail(SENDER, [claim.address], _bytes(claim, claim.address, rules))
    spent = (time.perf_counter() - begun[0], time.process_time() - begun[1])
    await client.quit()
    return spent


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
