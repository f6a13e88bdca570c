"""Two calls that may be one: a mail names them once, together, and where they differ."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call, Match, User
from db.session import writing
from tests.make.crawls import closes, make_listing, store
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at, told
from tracker.calls.duplicate_pairs import dismiss

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

AGENCY = make_listing("wis", title="Warmtenetten Investeringssubsidie (WIS)", publisher="RVO", budget=200_000_000)
GAZETTE = make_listing(
    "stcrt-2026-1",
    source="bekendmakingen",
    title="Besluit openstelling en subsidieplafond WIS 2026",
    publisher="Ministerie van Klimaat en Groene Groei",
    deadlines=(closes("2026-10-04"),),
)


@pytest.fixture
def world(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Fietsen", closes=date(2026, 9, 1))
    make_reader(engine, now)
    plan_at(engine, now)
    with Session(engine) as session:
        store(session, [AGENCY], now)
        store(session, [GAZETTE], now, "bekendmakingen")
        for call in session.exec(select(Call.id).where(Call.title != "Fietsen")):
            session.add(Match(call_id=call, challenge_id="circulair", score=0.9, model="t", at=now))
        session.commit()
    return engine


MONDAY = datetime.fromisoformat("2026-06-01T06:00:00+00:00")


def test_two_that_may_be_one_stand_in_a_mail_once_with_where_they_differ(world: Engine) -> None:
    plan_at(world, MONDAY)
    mail = deliveries(world)[-1]
    assert mail.subject.startswith("Kansenradar: 1 niet bekend voor wie: Warmtenetten Investeringssubsidie (WIS)")
    assert mail.text.count("* ") == 1
    line = next(line for line in mail.text.splitlines() if "Misschien dezelfde als" in line)
    assert "Besluit openstelling en subsidieplafond WIS 2026 (Ministerie van Klimaat en Groene Groei)" in line
    assert "4 oktober 2026" in line
    assert "Misschien dezelfde als" in mail.html
    calls = {row.call_id for row in told(world) if row.kind == "new"}
    assert len(calls) == 3  # both count as told
    plan_at(world, MONDAY.replace(day=2))
    assert deliveries(world)[-1].id == mail.id


def test_once_a_person_said_that_they_are_two_each_stands_by_itself(world: Engine, now: datetime) -> None:
    with writing(world) as session:
        first, second = session.exec(select(Call.id).where(Call.title != "Fietsen")).all()
        dismiss(session, first, second, session.exec(select(User)).first() or User(), "", now)
    plan_at(world, MONDAY)
    mail = deliveries(world)[-1]
    assert mail.subject.startswith("Kansenradar: 2 niet bekend voor wie, zoals Warmtenetten Investeringssubsidie (WIS)")
    assert "Misschien dezelfde als" not in mail.text
