"""Seven things that alert engines get wrong, asked of ours from outside: only its commands, a source and a mail server."""

import json
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from notifications.wording import AMSTERDAM
from tests.make.scripted import SEARCH, Played, PlayedRequest, playing, portal, topic
from tests.make.smtp_server import SmtpServer, running
from tracker.__main__ import app, for_all_first

CIRCULAR = "Circular economy in cities: reuse of construction materials, circular building and less waste"
ENERGY = "Energy transition in the built environment: heat networks, district heating and energy savings in homes"
FRIDAY = datetime(2026, 5, 29, 8, 0, tzinfo=AMSTERDAM)
MONDAY = datetime(2026, 6, 1, 7, 30, tzinfo=AMSTERDAM)
DAY = timedelta(days=1)
pytestmark = pytest.mark.slow


@dataclass
class Installation:
    """One installation, reached through its commands; ``topics`` is what its source shows."""

    folder: Path
    source: Played
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    mail_url: str = ""

    def run(self, now: datetime, *arguments: str, code: int = 0) -> str:
        """What a command prints at that moment; it must end with that exit code."""
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        before = {name: None for name in os.environ if name.startswith("KANSENRADAR_")}
        settings = {
            "DATABASE_URL": f"sqlite:///{self.folder / 'k.db'}", "DATA_DIR": str(self.folder / "data"),
            "MAIL_URL": self.mail_url, "SOURCE_EU_PORTAL_URL": self.source.url,
            "FETCH_ALLOW": f"127.0.0.1:{self.source.port}",
            "BASE_URL": "https://k.example", "MAIL_FROM": "kansenradar@k.example",
        }  # fmt: skip
        env = before | {f"KANSENRADAR_{name}": value for name, value in settings.items()}
        done = CliRunner().invoke(app, for_all_first([*arguments, "--now", now.isoformat()]), env=env)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        assert done.exit_code == code, (arguments, done.output, done.exception)
        return done.stdout

    def json(self, now: datetime, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.run(now, *arguments, "--json", code=code))

    def show(self, number: int, text: str = CIRCULAR, closes: str = "2026-10-01", **fields: Any) -> None:
        """Let the source show a topic from its next crawl on."""
        changed = {"title": [f"{text.partition(':')[0]} {number}"], "descriptionByte": [f"<p>{text}</p>"]}
        self.topics[number] = topic(number, **changed, deadlineDate=[f"{closes}T00:00:00.000+0000"], **fields)

    def crawl(self, now: datetime, code: int = 0) -> dict[str, Any]:
        (row,) = self.json(now, "crawl", "eu_portal", code=code)
        return dict(row)

    def morning(self, now: datetime) -> tuple[int, int]:
        """Plan and send; how many digests and how many mails left."""
        return self.json(now, "plan")["digests"], self.json(now, "send")["accepted"]


@pytest.fixture(scope="module")
def source() -> Iterator[Played]:
    with playing() as played:
        yield played


@pytest.fixture(scope="module")
def installed(source: Played, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two people who want a digest each working day, on six calls of two kinds; nothing is mailed yet."""
    ours = Installation(tmp_path_factory.mktemp("installed"), source)
    source.answers[SEARCH] = lambda call: portal(list(ours.topics.values()))(call)
    for number in range(1, 7):
        ours.show(number, CIRCULAR if number <= 3 else ENERGY)
    ours.run(FRIDAY, "init")
    for name, opgave in (("jan", "A20-1-circulair"), ("anna", "A20-1-energie")):
        mine = ["--name", name, "--role", "fondsenwerver", "--participant", "haarlem"]
        ours.run(FRIDAY, "user", "add", f"{name}@haarlem.example", *mine)
        ours.run(FRIDAY, "subscribe", f"{name}@haarlem.example", "--opgave", opgave, "--every", "day")
    assert ours.crawl(FRIDAY)["new"] == 6
    return ours


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with running(SmtpServer()) as server:
        yield server


@pytest.fixture
def ours(installed: Installation, source: Played, smtp: SmtpServer, tmp_path: Path) -> Installation:
    """The same, for one test."""
    with sqlite3.connect(installed.folder / "k.db") as one, sqlite3.connect(tmp_path / "k.db") as other:
        one.backup(other)
    mine = Installation(tmp_path, source, dict(installed.topics), smtp.url())
    source.answers[SEARCH] = lambda call: portal(list(mine.topics.values()))(call)
    return mine


def texts(smtp: SmtpServer, whom: str) -> list[str]:
    """The text parts that arrived for somebody, in order."""
    mine = [mail.message for mail in smtp.accepted if mail.recipients == [f"{whom}@haarlem.example"]]
    return [message.get_payload()[0].get_payload(decode=True).decode() for message in mine]  # type: ignore[union-attr]


def test_mail_server_down_then_up_every_mail_arrives_once(ours: Installation, smtp: SmtpServer) -> None:
    with running(SmtpServer()) as gone:
        ours.mail_url = gone.url()
    assert ours.json(FRIDAY, "plan")["digests"] == 2
    for hours in (0, 1, 6, 30, 60):
        assert ours.json(FRIDAY + hours * DAY / 24, "send")["accepted"] == 0
    ours.mail_url = smtp.url()
    assert ours.morning(MONDAY + DAY / 24) == (2, 2)  # what could not leave before the next was due is told by that one
    assert ours.morning(MONDAY + DAY / 12) == (0, 0)
    assert all(text.count("\r\n* ") == 3 for name in ("jan", "anna") for text in texts(smtp, name))
    assert len({mail.message_id for mail in smtp.accepted}) == len(smtp.accepted) == 2


def test_run_twice_nothing_is_doubled(ours: Installation, smtp: SmtpServer) -> None:
    assert [ours.json(FRIDAY, "plan")["digests"] for _ in range(2)] == [2, 0]
    assert [ours.json(FRIDAY, "send")["accepted"] for _ in range(2)] == [2, 0]
    ours.run(FRIDAY, "init")
    ours.run(FRIDAY, "match", "--rebuild")
    assert ours.morning(MONDAY) == (0, 0)
    assert Counter(mail.recipients[0] for mail in smtp.accepted) == {
        "jan@haarlem.example": 1,
        "anna@haarlem.example": 1,
    }


def test_due_next_day_at_the_same_hour(ours: Installation, smtp: SmtpServer) -> None:
    mine = ["jan@haarlem.example", "--opgave", "A20-1-circulair", "--every", "day"]
    assert ours.json(FRIDAY, "subscribe", *mine, "--nothing-new")["new"] is False  # the one that is there is changed
    ours.run(FRIDAY, "subscribe", *mine)
    assert ours.morning(FRIDAY) == (2, 2)
    days = [MONDAY + n * DAY for n in range(5)]
    assert [ours.morning(day) for day in days] == [(1, 1)] * 5
    assert [ours.morning(day + timedelta(minutes=1)) for day in days[-1:]] == [(0, 0)]


def test_a_call_that_came_in_days_after_it_opened_is_mailed(ours: Installation, smtp: SmtpServer) -> None:
    ours.morning(FRIDAY)
    ours.show(7, startDate=["2026-03-01T00:00:00.000+0000"], publicationDateLong=["1772323200000"])
    assert ours.crawl(FRIDAY + 2 * DAY)["new"] == 1
    assert ours.morning(MONDAY) == (1, 1)
    assert "Circular economy in cities 7" in texts(smtp, "jan")[-1]


def test_a_moved_deadline_is_told_to_who_only_has_a_saved_search(ours: Installation, smtp: SmtpServer) -> None:
    ours.morning(FRIDAY)
    ours.show(2, closes="2026-10-15")
    assert ours.crawl(FRIDAY + DAY)["changed"] == 1
    assert ours.morning(MONDAY) == (1, 1)
    told = texts(smtp, "jan")[-1]
    assert "sluit nu 15 oktober 17:00 (gebruikelijk uur), was 1 oktober 17:00 (gebruikelijk uur)" in told
    assert told.count("\r\n* ") == 1
    assert ours.morning(MONDAY + DAY) == (0, 0)


def test_a_crawl_that_saw_half_of_the_pages_closes_nothing(ours: Installation, smtp: SmtpServer) -> None:
    ours.morning(FRIDAY)
    whole = portal(list(ours.topics.values()))

    def half(call: PlayedRequest) -> None:
        whole(call) if call.asked.query["pageNumber"] == "1" else call.send("", 500)

    ours.source.answers[SEARCH] = half
    for days in (1, 2):
        row = ours.crawl(FRIDAY + days * DAY, code=3)
        assert (row["complete"], row["gone"]) == (False, 0)
    calls = [json.loads(line) for line in ours.run(MONDAY, "export", "calls", "--format", "jsonl").splitlines()]
    assert [call["status"] for call in calls] == ["open"] * 6
    assert ours.morning(MONDAY) == (0, 0)


def test_the_saved_filter_is_honoured(ours: Installation, smtp: SmtpServer) -> None:
    ours.morning(FRIDAY)
    told = {name: texts(smtp, name)[0] for name in ("jan", "anna")}
    assert [told["jan"].count(word) for word in ("* Circular", "* Energy")] == [3, 0]
    assert [told["anna"].count(word) for word in ("* Circular", "* Energy")] == [0, 3]
