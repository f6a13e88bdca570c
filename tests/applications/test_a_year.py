"""Three applications through their year, one won, one lost, one withdrawn: what calendar, mail and board said when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call, Deadline, Delivery, Dossier, User
from db.session import reading, writing
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import FeedScope, MilestoneState
from db.vocabulary_lobby import ApplicationStage, Check, GoDecision, StateAid, TaskKind
from tests.make.lobby import gather
from tests.make.pages import visit
from tests.make.planning_mail import plan_once
from tracker.applications import stages, tasks
from tracker.applications.milestones import open_clock
from tracker.calendar.application_days import task_entries
from tracker.calendar.decision_clock import milestones_of
from tracker.calendar.entries import milestone_entries
from tracker.calendar.feeds import feed_file, open_feed
from tracker.calendar.load_bodies import load_bodies
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database

S = ApplicationStage
TITLES = ("Gewonnen", "Verloren", "Ingetrokken")
CLOSES = date(2027, 3, 16)
YES = {check.value: "yes" for check in Check}


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 7, tzinfo=UTC)


@dataclass
class Year:
    """What happens in the year, and what is said of it; every moment is handed in."""

    engine: Engine
    folder: Path
    user: User
    dossiers: dict[str, int]

    def deed(self, session: Session, now: datetime) -> Deed:
        return Deed(session, self.user, now)

    def move(self, now: datetime, title: str, to: ApplicationStage) -> None:
        with writing(self.engine) as session:
            dossier = session.get_one(Dossier, self.dossiers[title])
            stages.move(self.deed(session, now), dossier, to, dossier.version)

    def go(self, now: datetime, title: str) -> None:
        for stage in (S.SCOUTING, S.GO_NO_GO):
            self.move(now, title, stage)
        with writing(self.engine) as session:
            dossier = session.get_one(Dossier, self.dossiers[title])
            stages.decide_go(self.deed(session, now), dossier, GoDecision.GO, YES, [], "", dossier.version)

    def hand_in(self, now: datetime, title: str) -> None:
        with writing(self.engine) as session:
            dossier = session.get_one(Dossier, self.dossiers[title])
            money = stages.Money(Decimal(100_000), Decimal(200_000), 50, StateAid.NONE)
            stages.set_money(self.deed(session, now), dossier, money, dossier.version)
        self.move(now, title, S.SUBMITTED)

    def decided(self, now: datetime, title: str, to: ApplicationStage, granted: int | None = None) -> None:
        with writing(self.engine) as session:
            dossier, euros = session.get_one(Dossier, self.dossiers[title]), Decimal(granted) if granted else None
            stages.decide(self.deed(session, now), dossier, to, now.date(), dossier.version, euros, "WIS-1")

    def in_calendar(self, now: datetime) -> set[str]:
        """Of which applications something still is to be done."""
        with reading(self.engine) as session:
            viewer, days = viewer_of(self.user), (date(2026, 1, 1), date(2029, 12, 31))
            entries = milestone_entries(session, viewer, now.date(), *days)
            entries += task_entries(session, viewer, now.date(), *days)
            return {entry.title for entry in entries if entry.state == MilestoneState.PLANNED}

    def in_feed(self, now: datetime) -> set[str]:
        """Which applications the events of the person's own feed name that are not called off."""
        with writing(self.engine) as session:
            feed, _ = open_feed(session, self.user, FeedScope.PERSONAL, "mijn", now)
            content = feed_file(session, feed, self.user, now, "https://k.example", now.isoformat()).decode()
        standing = " ".join(event for event in content.split("BEGIN:VEVENT")[1:] if "STATUS:CANCELLED" not in event)
        return {title for title in TITLES if title in standing}

    def in_mail(self, now: datetime) -> set[str]:
        """Which applications the mails planned now name."""
        with reading(self.engine) as session:
            before = set(session.exec(select(Delivery.id)))
        plan_once(self.engine, now)
        with reading(self.engine) as session:
            mails = [mail for mail in session.exec(select(Delivery)) if mail.id not in before]
            text = " ".join(f"{mail.subject} {mail.text}" for mail in mails if mail.user_id == self.user.id)
        return {title for title in TITLES if title in text}

    def on_board(self, now: datetime) -> dict[str, str]:
        """In which column each stands."""
        with visit(self.engine, now, self.folder, self.user) as visitor:
            page = visitor.get("/aanvragen").text
        columns = page.split('class="board__title"')[1:]
        return {
            title: column.split(">")[1].split("<")[0].strip()
            for column in columns
            for title in TITLES
            if title in column
        }


@pytest.fixture
def year(engine: Engine, tmp_path: Path) -> Year:
    now = at(2026, 9, 1)
    with writing(engine) as session:
        cast = gather(session, now)
        load_bodies(session)
        dossiers = {}
        for title in TITLES:
            seen = {"first_seen": now, "last_seen": now, "url": f"https://example.nl/{title}", "language": "nl"}
            call = Call(title=title, programme=["WIS"], **seen)
            session.add(call)
            session.flush()
            row = Deadline(call_id=call.id, kind=DeadlineKind.CLOSES, day=CLOSES, modified_at=now)
            session.add(row)
            session.flush()
            deed = Deed(session, cast.lobbyist, now)
            dossier = stages.start(deed, call, "amsterdam")
            for step in milestones_of(session, open_clock(deed, dossier, row)):
                step.assignee_id = cast.lobbyist.id
            dossiers[title] = dossier.id
    return Year(engine, tmp_path, cast.lobbyist, dossiers)


def test_calendar_mail_and_board_follow_three_applications_to_their_end(year: Year) -> None:
    started = at(2026, 9, 1)
    assert year.in_calendar(started) == set(TITLES)
    assert set(year.on_board(started).values()) == {"Signaal"}

    for title in ("Gewonnen", "Verloren"):
        year.go(at(2026, 10, 1), title)
    year.move(at(2026, 11, 2), "Ingetrokken", S.DROPPED)
    november = at(2026, 11, 3)
    assert year.in_calendar(november) == {"Gewonnen", "Verloren"}
    assert year.in_feed(november) == {"Gewonnen", "Verloren"}, "nor does its closing stand among what one works on"
    assert year.on_board(november) == {
        "Gewonnen": "In voorbereiding", "Verloren": "In voorbereiding", "Ingetrokken": "Afgesloten"
    }  # fmt: skip
    told = set().union(*(year.in_mail(at(2027, 2, day)) for day in (1, 9, 16, 23)))
    assert told == {"Gewonnen", "Verloren"}, "what was withdrawn asks for nothing any more"

    for title in ("Gewonnen", "Verloren"):
        year.hand_in(at(2027, 3, 10), title)
    assert year.in_calendar(at(2027, 3, 11)) == set()
    assert year.in_mail(at(2027, 3, 15)) == set(), "the day before it closes: it is in"
    assert year.on_board(at(2027, 3, 15))["Verloren"] == "Ingediend"

    year.decided(at(2027, 6, 1), "Gewonnen", S.AWARDED, 90_000)
    year.decided(at(2027, 6, 1), "Verloren", S.REJECTED)
    with writing(year.engine) as session:
        deed, won = year.deed(session, at(2027, 6, 2)), session.get_one(Dossier, year.dossiers["Gewonnen"])
        tasks.add_task(deed, won, TaskKind.PROGRESS, date(2027, 9, 1), assignee=year.user.id)
    summer = at(2027, 8, 18)  # two weeks ahead
    assert year.in_calendar(summer) == {"Gewonnen"}
    assert year.in_mail(summer) == {"Gewonnen"}
    board = year.on_board(summer)
    assert (board["Gewonnen"], board["Verloren"], board["Ingetrokken"]) == ("Toegekend", "Afgesloten", "Afgesloten")

    with writing(year.engine) as session:
        won = session.get_one(Dossier, year.dossiers["Gewonnen"])
        deed = year.deed(session, at(2027, 8, 30))
        (report,) = tasks.tasks_of(session, won)
        tasks.tick_task(deed, won, report.id, report.version)
    assert year.in_calendar(at(2027, 8, 31)) == set()
    assert year.in_mail(at(2027, 8, 31)) == set()
