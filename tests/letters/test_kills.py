"""Senders are killed at the worst moment: nothing is lost, and copies are no more than kills, each the same mail.

The relay freezes the sender when it has the final dot, takes the mail, and kills the sender before it can note that.
"""

import os
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Attempt, Delivery
from db.session import writing
from db.vocabulary import DeliveryState
from notifications import outbox
from tests.letters.test_outbox import DOMAIN, KEY, make_mail
from tests.make.nursery import Beside
from tests.make.smtp_server import SmtpServer, running


def start(database_url: str, server: SmtpServer, now: datetime, file_limit: int | None = None) -> Beside:
    about = [database_url, server.url(), now.isoformat(), *([str(file_limit)] if file_limit else [])]
    with Path(os.devnull).open("wb") as said:
        return Beside("tests.make.sender_process:main", *about, environment=dict(os.environ), said=said)


def prove(engine: Engine, database_url: str, now: datetime, mails: int, kills: int, senders: int) -> SmtpServer:
    """Senders go on, and are started anew when killed, until nothing is due; one hour passes between rounds."""
    with writing(engine) as session:
        all_mails = [make_mail(now, f"p{n}@x.example", expires_at=now + timedelta(days=30)) for n in range(mails)]
        assert outbox.put(session, all_mails, KEY, DOMAIN) == mails
    deadly = set(random.Random(7).sample(range(2, mails), kills))
    with running(SmtpServer()) as server:

        def victim(count: int, sender: str) -> int | None:
            return int(sender.partition("+")[2].partition("@")[0]) if count in deadly else None

        server.victim = victim
        moment = now
        for _ in range(kills * 3 + 20):
            for one in [start(database_url, server, moment) for _ in range(senders)]:
                one.wait(600)
            moment += timedelta(hours=1)
            with writing(engine) as session:
                if not session.exec(select(Delivery.id).where(Delivery.finished_at.is_(None))).first():  # type: ignore[union-attr]
                    break
    return server


def check(engine: Engine, server: SmtpServer, mails: int) -> None:
    copies = Counter(mail.message_id for mail in server.accepted)
    assert len(copies) == mails, "a mail was lost"
    assert sum(copies.values()) - mails <= server.kills
    assert len({(mail.message_id, mail.digest) for mail in server.accepted}) == mails, "a copy differs"
    with writing(engine) as session:
        assert {one.state for one in session.exec(select(Delivery))} == {DeliveryState.ACCEPTED}
        numbers = session.exec(select(Attempt.delivery_id, Attempt.number)).all()
    assert len(set(numbers)) == len(numbers)


@pytest.mark.slow
def test_a_sender_killed_between_accept_and_mark_loses_nothing(
    engine: Engine, database_url: str, now: datetime
) -> None:
    server = prove(engine, database_url, now, mails=30, kills=3, senders=1)
    assert server.kills == 3
    check(engine, server, 30)


@pytest.mark.slow
def test_two_senders_share_the_work_and_a_kill_doubles_one_mail_at_most(
    engine: Engine, database_url: str, now: datetime
) -> None:
    server = prove(engine, database_url, now, mails=60, kills=2, senders=2)
    check(engine, server, 60)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_while_sending_costs_two_copies_at_most_and_loses_nothing(
    engine: Engine, database_url: str, now: datetime
) -> None:
    """The write-ahead log may not grow beyond a limit: the attempt at, or the outcome of, some mail cannot be kept."""
    with writing(engine) as session:
        outbox.put(session, [make_mail(now, f"p{n}@x.example") for n in range(40)], KEY, DOMAIN)
    log = Path(engine.url.database or "").with_name("kansenradar.db-wal")
    full = 0
    with running(SmtpServer()) as server:
        for hours in range(3):
            limit = log.stat().st_size + 60_000
            one = start(database_url, server, now + timedelta(hours=hours), file_limit=limit)
            full += one.wait(300) != 0
        assert start(database_url, server, now + timedelta(hours=4)).wait(300) == 0
    copies = Counter(mail.message_id for mail in server.accepted)
    assert full == 3, "the disk was never full"
    assert len(copies) == 40
    assert max(copies.values()) <= 2
    assert sum(copies.values()) - 40 <= full


@pytest.mark.prove
def test_ten_thousand_recipients_and_thirty_kills(engine: Engine, database_url: str, now: datetime) -> None:
    server = prove(engine, database_url, now, mails=10_000, kills=30, senders=2)
    assert server.kills == 30
    check(engine, server, 10_000)
