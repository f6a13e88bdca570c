"""Workers and clocks on one PostgreSQL database are killed at random moments: no mail and no row is lost or doubled."""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from db.models import Call, Crawl, Delivery, Run, Sighting
from db.session import reading, writing
from db.vocabulary import WAITING_STATES, DeliveryState
from tests.make.clocks import settings, start, wait_for
from tests.make.mail_cases import make_agenda, make_call, make_reader
from tests.make.scripted import SEARCH, PlayedRequest, playing, portal, topic
from tests.make.smtp_server import SmtpServer, running

TOPICS = 12
PARTS = {"schedule": 2, "worker": 4}


@dataclass
class Machines:
    """The processes, each in a group of its own; one that is killed is started again."""

    environment: dict[str, str]
    said: Path
    chance: random.Random
    parts: list[tuple[str, "subprocess.Popen[bytes]"]] = field(default_factory=list)
    kills: int = 0

    def start(self, name: str) -> None:
        process = start(self.environment, name, said=self.said, module="tests.make.quick_queue")
        self.parts.append((name, process))

    def kill_one(self) -> None:
        """With or without the children that it started."""
        name, victim = self.parts.pop(self.chance.randrange(len(self.parts)))
        children = _children(victim.pid) if self.chance.random() < 0.5 else []
        for number in (victim.pid, *children):
            os.kill(number, signal.SIGKILL)
        victim.wait()
        self.kills += 1
        self.start(name)

    def stop(self) -> list[int]:
        for _, process in self.parts:
            process.terminate()
        return [process.wait(120) for _, process in self.parts]


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(number) for number in found.stdout.split()]


@contextmanager
def machines(url: str, folder: Path, source: str, relay: str) -> Iterator[Machines]:
    port = source.rpartition(":")[2]
    ours = settings(
        url, folder, "eu_portal", KANSENRADAR_SOURCE_EU_PORTAL_URL=source,
        KANSENRADAR_FETCH_ALLOW=f"127.0.0.1:{port}", KANSENRADAR_MAIL_URL=relay, OMP_NUM_THREADS="1",
        KANSENRADAR_BASE_URL="https://k.example", KANSENRADAR_MAIL_FROM="kansenradar@k.example",
    )  # fmt: skip
    all_parts = Machines(ours, folder / "said", random.Random(24))
    try:
        for name, number in PARTS.items():
            for _ in range(number):
                all_parts.start(name)
        yield all_parts
    finally:
        for _, process in all_parts.parts:
            process.kill()
            process.wait()


def _slowly(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@pytest.mark.prove
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_four_workers_and_two_clocks_killed_at_random_lose_and_double_nothing(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    kills, people = int(os.environ.get("KILLS", "30")), 0
    began = time.monotonic()
    now = datetime.now(UTC)
    make_agenda(engine)
    make_call(engine, now, closes=now.date() + timedelta(days=100))
    with playing() as source, running(SmtpServer()) as relay:
        topics = [topic(number) for number in range(TOPICS)]
        listed = portal(topics)

        def answer(call: PlayedRequest) -> None:
            time.sleep(0.3)
            listed(call)

        source.answers[SEARCH] = answer
        relay.on("dot", "never", when=lambda: _slowly(0.05))
        with machines(database_url, tmp_path, source.url, relay.url()) as parts:
            people += _more_people(engine, people, 6)
            wait_for(lambda: _count(engine, "crawl") and relay.accepted)
            while parts.kills < kills:
                people += _more_people(engine, people, 6)
                time.sleep(parts.chance.uniform(2, 12))
                parts.kill_one()
            wait_for(lambda: _all_told(engine, people), 600)
            wait_for(lambda: _all_matched(engine), 600)
            assert parts.stop() == [0] * sum(PARTS.values()), (tmp_path / "said").read_text()[-4000:]
        _check_mail(engine, relay, people, parts.kills)
        _check_calls(engine)
    _report(engine, relay, people, parts)
    print(f"{time.monotonic() - began:.0f} seconds")


def _more_people(engine: Engine, before: int, more: int) -> int:
    for number in range(before, before + more):
        make_reader(engine, datetime.now(UTC), f"p{number}@x.example")
    return more


def _count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _all_told(engine: Engine, people: int) -> bool:
    """Whether every mail has arrived; one in doubt is tried again now, and not in a quarter of an hour."""
    with writing(engine) as session:
        waiting = session.exec(select(Delivery).where(col(Delivery.state).in_([s.value for s in WAITING_STATES]))).all()
        for mail in waiting:
            if mail.state == DeliveryState.AMBIGUOUS:
                mail.next_attempt_at = min(mail.next_attempt_at, datetime.now(UTC))
        firsts = session.exec(select(Delivery.id).where(col(Delivery.key).contains(":first:"))).all()
        busy = session.exec(select(Delivery.id).where(col(Delivery.finished_at).is_(None))).all()
    return len(firsts) == people and not busy


def _all_matched(engine: Engine) -> bool:
    with reading(engine) as session:
        calls = session.exec(select(Call.matched_with)).all()
        crawled = session.exec(select(Crawl.id).where(Crawl.source == "eu_portal", col(Crawl.complete))).all()
    return len(calls) == TOPICS + 1 and all(calls) and len(crawled) > 1


def _check_mail(engine: Engine, relay: SmtpServer, people: int, kills: int) -> None:
    copies = Counter(mail.message_id for mail in relay.accepted)
    with reading(engine) as session:
        mails = session.exec(select(Delivery)).all()
        firsts = session.exec(select(Run.slot).where(Run.job == "digest:first")).all()
    assert {mail.message_id for mail in mails} == set(copies), "a mail was lost"
    assert {mail.state for mail in mails} == {DeliveryState.ACCEPTED}
    assert Counter(mail.user_id for mail in mails if ":first:" in mail.key) == Counter(range(1, people + 1))
    assert len(firsts) == len(set(firsts)) == people
    assert sum(copies.values()) - len(copies) <= kills
    assert len({(mail.message_id, mail.digest) for mail in relay.accepted}) == len(copies), "a copy differs"


def _check_calls(engine: Engine) -> None:
    with reading(engine) as session:
        seen = session.exec(select(Sighting.external_id).where(col(Sighting.external_id).not_like("X-%"))).all()
        numbers = session.exec(select(Crawl.id).where(Crawl.source == "eu_portal")).all()
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == TOPICS
    assert len(numbers) > 1


def _report(engine: Engine, relay: SmtpServer, people: int, parts: Machines) -> None:
    copies = Counter(mail.message_id for mail in relay.accepted)
    said = parts.said.read_text("utf-8")
    figures = {
        "kills": parts.kills, "people": people, "mails": len(copies), "lost": _count(engine, "delivery") - len(copies),
        "copies": sum(copies.values()) - len(copies), "crawls": _count(engine, "crawl"),
        "begun again": said.count("is begun again"), "calls": _count(engine, "call"),
    }  # fmt: skip
    print(json.dumps(figures))
