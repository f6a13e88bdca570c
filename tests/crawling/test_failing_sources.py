"""A round over recorded sources while many fail, each in another way: the others do not notice. (A source that hangs: test_crawl.py.)"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from scrapy import Request
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Crawl
from db.session import open_engine, reading, writing
from db.status import status_of
from db.vocabulary import Cadence, Role
from notifications.source_names import source_name
from scrapers import sources
from scrapers.recordings import Recording, replay
from tests.make.nursery import kansenradar
from tests.make.scripted import Answer, Played, PlayedRequest, playing
from tracker.calls.ingest import ingest
from tracker.clock import Now
from tracker.people.subscriptions import add_user, subscribe

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[1] / "recordings"
OF_CALLS = [name for name in sources.names() if sources.load(name).lists_calls]
NAMES = [name for name in OF_CALLS if name not in sources.shipped() or name == "dus_i"]
OTHERS = sorted(set(sources.names()) - set(NAMES))
Sabotage = Callable[[Answer], Answer]


def broken(_good: Answer) -> Answer:
    return lambda call: call.send("oops", 500)


def maintenance(_good: Answer) -> Answer:
    return lambda call: call.send("<html><title>Onderhoud</title></html>", kind="text/html")


def cut(good: Answer) -> Answer:
    def answer(call: PlayedRequest) -> None:
        call.send(b"<rss version='2.0'><channel><item><title>half", kind="application/rss+xml", Content_Length="9000")
        call.close_connection = True

    return answer


def deadly(_good: Answer) -> Answer:
    return lambda call: os.kill(asking(call.client_address[1]), signal.SIGSEGV)


def asking(port: int) -> int:
    """The process at the other end of a connection to this machine."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    [inode] = [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(f) == f"socket:[{inode}]" for f in (process / "fd").iterdir()):
                return int(process.name)
        except OSError:
            continue
    raise AssertionError("nobody asks")


SABOTAGE: dict[str, Sabotage] = {
    "eu_portal": broken,
    "have_your_say": maintenance,
    "rijksoverheid": cut,
    "dus_i": deadly,
}
FORBIDDEN = "rvo"
WHY = {
    "dus_i": "the reading process ended with signal SIGSEGV",
    "eu_portal": "page 1: HTTP 500",
    "have_your_say": "page 1: an HTML page (Onderhoud) where JSON was expected",
    "rijksoverheid": "page 1: ",
    "rvo": "answers HTTP 503: not asked further",
}


def as_recorded(name: str) -> Answer:
    source, recording = sources.load(name), Recording(RECORDINGS / name)

    def answer(call: PlayedRequest) -> None:
        found = recording.answer(Request(source.root + call.path, method=call.command, body=call.body))
        call.send(found.body, found.status, (found.headers.get("Content-Type") or b"text/plain").decode())

    return answer


@pytest.fixture
def served() -> Iterator[dict[str, Played]]:
    """A server for each recording, five of them sabotaged."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(playing()) for name in NAMES}
        for name, server in servers.items():
            server.answers["*"] = SABOTAGE[name](as_recorded(name)) if name in SABOTAGE else as_recorded(name)
            server.answers["/robots.txt"] = lambda call: call.send("")
        servers[FORBIDDEN].answers["/robots.txt"] = lambda call: call.send("", 503)
        yield servers


@pytest.fixture
def day_before(ready: Path) -> Iterator[tuple[Engine, datetime]]:
    """A database in which every source was complete the day before, and somebody who gets everything every day."""
    engine = open_engine(f"sqlite:///{ready}/data/kansenradar.db")
    now = max(Recording(RECORDINGS / name).now for name in NAMES)
    for name in NAMES:
        with writing(engine) as session:
            ingest(session, replay(sources.load(name), RECORDINGS / name), now - timedelta(days=1))
    with writing(engine) as session:
        person = add_user(
            session, "els@voorbeeld.nl", "Els", Role.COORDINATOR, "amsterdam", Now(now - timedelta(days=2))
        )
        subscribe(session, person, (), Cadence.DAY, now - timedelta(days=2))
    yield engine, now
    engine.dispose()


def statuses(engine: Engine, now: datetime) -> dict[str, str]:
    with reading(engine) as session:
        return {call.title: str(status_of(call, now)) for call in session.exec(select(Call))}


@pytest.mark.long
def test_many_sources_fail_and_the_rest_does_not_notice(
    served: dict[str, Played], day_before: tuple[Engine, datetime], tmp_path: Path
) -> None:
    engine, now = day_before
    before = statuses(engine, now)
    roots = {f"KANSENRADAR_SOURCE_{name.upper()}_URL": server.url for name, server in served.items()}
    settings = {
        **roots,
        "KANSENRADAR_FETCH_ALLOW": ",".join(f"127.0.0.1:{server.port}" for server in served.values()),
        "KANSENRADAR_SOURCES_ON": "cvdr,bekendmakingen_sru",
        "KANSENRADAR_SOURCES_OFF": ",".join(OTHERS),
    }
    clock = ("--now", now.isoformat())
    done = kansenradar(tmp_path, *clock, "crawl", "--json", **settings)
    rows = {row["source"]: row for row in json.loads(done.stdout)}
    failing = {name: row["why"] for name, row in rows.items() if not row["complete"]}
    assert failing.keys() == WHY.keys(), failing
    assert all(WHY[name] in why for name, why in failing.items()), failing
    assert (set(rows), done.returncode) == (set(NAMES), 3)
    [named] = [line for line in done.stderr.splitlines() if line.startswith("incomplete: ")]
    assert all(f"{name}: " in named for name in WHY)
    assert [row for row in rows.values() if row["gone"]] == []
    assert statuses(engine, now) == before, "nothing closed, nothing lost"
    assert kansenradar(tmp_path, *clock, "plan", **settings).returncode == 0
    assert kansenradar(tmp_path, *clock, "send", **settings).returncode == 0
    [mail] = (tmp_path / "data/mail").glob("*.eml")
    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("plain",))
    assert text is not None
    said = " ".join(text.get_content().split())
    assert f"{len(rows) - len(WHY)} van {len(rows)} bronnen compleet (niet: " in said
    assert all(source_name(name) in said for name in WHY), said
    with reading(engine) as session:
        assert len(session.exec(select(Crawl)).all()) == 2 * len(rows)
