"""Who follows a call is told of its next round, once and by that name; nobody follows the next round unasked."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Delivery, Follow, Match
from db.session import writing
from tests.make.crawls import closes, make_listing, store
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tests.make.pages import make_user, visit

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

NOVEMBER = datetime(2026, 11, 10, 6, 45, tzinfo=UTC)


def crawled(engine: Engine, now: datetime, opens: str, until: str) -> None:
    with Session(engine) as session:
        period = [closes(opens, kind="opens"), closes(until)]
        store(session, [make_listing("dei", title="Circulaire ketens", deadlines=period)], now)


@pytest.fixture
def world(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1), last_seen=now - timedelta(days=40))
    crawled(engine, now, "2026-05-01", "2026-10-01")
    return engine


def rounds(engine: Engine) -> tuple[int, int]:
    with Session(engine) as session:
        calls = session.exec(select(Call.id).where(Call.title == "Circulaire ketens").order_by(col(Call.id))).all()
    return calls[0], calls[-1]


def mails_about_it(engine: Engine) -> list[Delivery]:
    return [mail for mail in deliveries(engine) if "Circulaire ketens" in mail.text]


def test_who_follows_a_call_is_told_once_of_its_next_round(world: Engine, now: datetime) -> None:
    reader, other = make_reader(world, now), make_reader(world, now, "piet@haarlem.example")
    old, _ = rounds(world)
    with writing(world) as session:
        session.add(Follow(user_id=reader, call_id=old, at=now))
    crawled(world, NOVEMBER, "2027-01-05", "2027-02-03")
    old, new = rounds(world)
    assert old != new
    for later in range(3):
        plan_at(world, NOVEMBER + timedelta(days=later))
    (mail,) = mails_about_it(world)
    assert (mail.user_id, mail.subject) == (reader, "Nieuwe ronde: Circulaire ketens")
    assert "De vorige ronde sloot op donderdag 1 oktober 2026." in mail.text
    assert f"/regelingen/{old}\n" in mail.text
    assert f"/regelingen/{new}" in mail.text
    assert other != reader


def test_a_digest_that_named_the_next_round_or_a_mail_of_its_own_is_enough(world: Engine, now: datetime) -> None:
    reader = make_reader(world, now)
    with writing(world) as session:
        session.add(Follow(user_id=reader, call_id=rounds(world)[0], at=now))
    crawled(world, NOVEMBER, "2027-01-05", "2027-02-03")
    with writing(world) as session:
        session.add(Match(call_id=rounds(world)[1], challenge_id="circulair", score=0.9, model="t", at=NOVEMBER))
    plan_at(world, NOVEMBER + timedelta(days=1))
    (mail,) = mails_about_it(world)
    assert mail.text.count("* Circulaire ketens") == 1


def test_both_rounds_lead_to_each_other(world: Engine, now: datetime, tmp_path: Path) -> None:
    crawled(world, NOVEMBER, "2027-01-05", "2027-02-03")
    old, new = rounds(world)
    with writing(world) as session:
        user = make_user(session, now)
    with visit(world, NOVEMBER, tmp_path, user) as visitor:
        before, after = (visitor.get(f"/regelingen/{call}").text for call in (old, new))
    assert f'Er is een nieuwe ronde: <a href="/regelingen/{new}"' in before
    assert "de bron begon een nieuwe ronde" in before.lower()
    assert f'Dit is een nieuwe ronde. De vorige: <a href="/regelingen/{old}"' in after
    assert "die sloot 1 okt 2026" in after
