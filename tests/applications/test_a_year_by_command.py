"""The same year asked of the commands alone, month by month with --now: what was mailed, and how each application stood.

One is won, one lost, one withdrawn. Each Monday is planned and sent; the first day of each month the board is exported
and the calendar page read. ``pytest -s`` prints the months.
"""

import email
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from db.models import Call, Deadline, Dossier, User
from db.session import open_engine, reading, writing
from db.vocabulary_lobby import ApplicationStage, Check, GoDecision, StateAid, TaskKind
from notifications.wording import AMSTERDAM
from tests.make.pages import visit
from tracker.__main__ import app, for_all_first
from tracker.applications import stages, tasks
from tracker.applications.milestones import open_clock
from tracker.calendar.decision_clock import milestones_of
from tracker.rights import Deed

pytestmark = pytest.mark.slow

S = ApplicationStage
WON, LOST, GONE = TITLES = ("Warmtenet Noord", "Fietspad Oost", "Haven West")
CLOSES = "2027-03-16T17:00"
ANNA = "anna@amsterdam.example"
WEEK = timedelta(days=7)


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


@dataclass
class Year:
    """An installation reached by its commands; people's deeds are those of their pages, at the moment handed in."""

    folder: Path
    engine: Engine
    dossiers: dict[str, int] = field(default_factory=dict)

    def run(self, now: datetime, *arguments: str) -> str:
        before = {name: None for name in os.environ if name.startswith("KANSENRADAR_")}
        settings = {
            "DATABASE_URL": f"sqlite:///{self.folder / 'k.db'}", "DATA_DIR": str(self.folder / "data"),
            "MAIL_URL": f"file:{self.folder / 'mail'}", "BASE_URL": "https://k.example",
            "MAIL_FROM": "kansenradar@k.example",
        }  # fmt: skip
        env = before | {f"KANSENRADAR_{name}": value for name, value in settings.items()}
        done = CliRunner().invoke(app, for_all_first([*arguments, "--now", now.isoformat()]), env=env)
        assert done.exit_code == 0, (arguments, done.output, done.exception)
        return done.stdout

    def begin(self, now: datetime) -> None:
        """Somebody of Amsterdam starts an application for each of three calls, and has every step of it."""
        self.run(now, "init")
        who = ["--name", "Anna", "--role", "fondsenwerver", "--participant", "amsterdam"]
        self.run(now, "user", "add", ANNA, *who)
        for title in TITLES:
            address = f"https://fonds.example/{title.replace(' ', '-')}"
            about = ["--title", title, "--url", address, "--closes", CLOSES]
            self.run(now, "call", "add", *about, "--user", ANNA)
        with writing(self.engine) as session:
            deed = self.deed(session, now)
            for title in TITLES:
                call = session.exec(select(Call).where(Call.title == title)).one()
                dossier = stages.start(deed, call, "amsterdam")
                closing = session.exec(select(Deadline).where(Deadline.call_id == call.id)).one()
                for step in milestones_of(session, open_clock(deed, dossier, closing)):
                    step.assignee_id = deed.by.id
                self.dossiers[title] = dossier.id

    def deed(self, session: Session, now: datetime) -> Deed:
        return Deed(session, session.exec(select(User).where(User.email == ANNA)).one(), now)

    def do(self, now: datetime, title: str, *to: ApplicationStage) -> None:
        """Bring it on, with what each stage asks."""
        with writing(self.engine) as session:
            deed, dossier = self.deed(session, now), session.get_one(Dossier, self.dossiers[title])
            for stage in to:
                if stage == S.PREPARING:
                    answers = {check.value: "yes" for check in Check}
                    stages.decide_go(deed, dossier, GoDecision.GO, answers, [], "", dossier.version)
                elif stage in stages.DECIDED:
                    granted = Decimal(90_000) if stage == S.AWARDED else None
                    stages.decide(deed, dossier, stage, deed.today, dossier.version, granted, "WIS-1", "Eerder bellen")
                else:
                    if stage == S.SUBMITTED:
                        money = stages.Money(Decimal(100_000), Decimal(200_000), 50, StateAid.NONE)
                        stages.set_money(deed, dossier, money, dossier.version)
                    proof = "https://zaak.example/ontvangen" if stage == S.SUBMITTED else ""
                    stages.move(deed, dossier, stage, dossier.version, proof=proof)

    def report_due(self, now: datetime, day: date) -> None:
        with writing(self.engine) as session:
            deed, dossier = self.deed(session, now), session.get_one(Dossier, self.dossiers[WON])
            tasks.add_task(deed, dossier, TaskKind.PROGRESS, day, assignee=deed.by.id)

    def report_done(self, now: datetime) -> None:
        with writing(self.engine) as session:
            deed, dossier = self.deed(session, now), session.get_one(Dossier, self.dossiers[WON])
            for task in tasks.tasks_of(session, dossier):
                tasks.tick_task(deed, dossier, task.id, task.version)

    def mailed(self, since: date, until: date) -> set[str]:
        """Which applications the mails of these Mondays named."""
        before, day = self._mails(), since + timedelta(days=-since.weekday() % 7)
        while day < until:
            self.run(at(day), "plan")
            self.run(at(day, 9), "send")
            day += WEEK
        text = " ".join(
            email.message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
            for path in self._mails() - before
        )
        return {title for title in TITLES if title in " ".join(text.split())}

    def _mails(self) -> set[Path]:
        return set((self.folder / "mail").rglob("*.eml"))

    def stood(self, now: datetime) -> dict[str, str]:
        """Each application on the board, as the export tells."""
        rows = self.run(now, "export", "applications", "--as", ANNA).splitlines()
        return {row["title"]: row["stage"] for row in map(json.loads, rows)}

    def in_calendar(self, now: datetime) -> set[str]:
        """Of which something still is to be done in the three months from now."""
        with reading(self.engine) as session:
            anna = session.exec(select(User).where(col(User.email) == ANNA)).one()
        with visit(self.engine, now, self.folder, anna) as visitor:
            page = visitor.get(f"/kalender?view=lijst&show=milestone&show=application&month={now:%Y-%m}").text
        open_lines = [line for line in page.split("<li>") if "gedaan" not in line and "vervallen" not in line]
        return {title for title in TITLES if any(f">{title}</a>" in line for line in open_lines)}


BOTH, ALL = {WON, LOST}, set(TITLES)
Said = tuple[set[str], set[str], tuple[str, ...]]
# In the calendar of three months, named in mail, and how won, lost and withdrawn stood.
EXPECTED: dict[str, Said] = {
    "2026-09": (set(), set(), ("signal", "signal", "signal")),
    "2026-10": (set(), set(), ("preparing", "preparing", "signal")),
    "2026-11": (set(), set(), ("preparing", "preparing", "signal")),
    "2026-12": (ALL, set(), ("preparing", "preparing", "signal")),
    "2027-01": (ALL, set(), ("preparing", "preparing", "signal")),
    "2027-02": (BOTH, BOTH, ("preparing", "preparing", "dropped")),
    "2027-03": (set(), set(), ("submitted", "submitted", "dropped")),
    "2027-04": (set(), set(), ("submitted", "submitted", "dropped")),
    "2027-05": (set(), set(), ("submitted", "submitted", "dropped")),
    "2027-06": (set(), set(), ("awarded", "rejected", "dropped")),
    "2027-07": ({WON}, set(), ("awarded", "rejected", "dropped")),
    "2027-08": ({WON}, {WON}, ("awarded", "rejected", "dropped")),
    "2027-09": (set(), set(), ("awarded", "rejected", "dropped")),
}


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    with ExitStack() as stack:
        engine = open_engine(f"sqlite:///{tmp_path / 'k.db'}")
        stack.callback(engine.dispose)
        yield Year(tmp_path, engine)


def test_a_year_month_by_month(year: Year) -> None:
    year.begin(at(date(2026, 9, 1)))
    happens = {
        (2026, 10): lambda now: [year.do(now, title, S.SCOUTING, S.GO_NO_GO, S.PREPARING) for title in (WON, LOST)],
        (2027, 2): lambda now: year.do(now, GONE, S.DROPPED),
        (2027, 3): lambda now: [year.do(now, title, S.SUBMITTED) for title in (WON, LOST)],
        (2027, 6): lambda now: (year.do(now, WON, S.AWARDED), year.do(now, LOST, S.REJECTED)),
        (2027, 7): lambda now: year.report_due(now, date(2027, 9, 1)),
        (2027, 9): lambda now: year.report_done(now),
    }
    said: dict[str, Said] = {}
    for number in range(13):
        first = date(2026 + (8 + number) // 12, (8 + number) % 12 + 1, 1)
        after = date(2026 + (9 + number) // 12, (9 + number) % 12 + 1, 1)
        happens.get((first.year, first.month), lambda _now: None)(at(first, 7))
        stood = year.stood(at(first))
        said[f"{first:%Y-%m}"] = (
            year.in_calendar(at(first)), year.mailed(first, after), tuple(stood[title] for title in TITLES)
        )  # fmt: skip
        print(f"{first:%Y-%m}", *said[f"{first:%Y-%m}"])
    assert said == EXPECTED
