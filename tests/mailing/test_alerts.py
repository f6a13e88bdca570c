"""Who looks after the sources is told once that something is held, and once that it is over; calls are named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from db.models import Alert, Call, Delivery
from db.session import reading, writing
from db.vocabulary import MailKind, Role
from tests.make.crawls import closes, make_crawled, make_listing
from tests.make.mail_cases import make_agenda, make_call, make_reader
from tests.make.pages import make_participant, make_user
from tests.make.planning_mail import plan_once
from tracker.calls.floods import release
from tracker.sources.rounds import store

DAY = timedelta(days=1)


def people(engine: Engine, now: datetime) -> None:
    """A reader, a coordinator and an administrator."""
    with writing(engine) as session:
        make_participant(session, "amsterdam", "Amsterdam")
        for role in (Role.READER, Role.COORDINATOR, Role.ADMINISTRATOR):
            make_user(session, now, role)


def crawled(engine: Engine, listings: Sequence[Any], now: datetime, **fields: Any) -> None:
    assert store(engine, make_crawled(list(listings), now, **fields), now).ingested


def alerts(engine: Engine, now: datetime) -> list[Delivery]:
    """What stands in the outbox after planning, oldest first."""
    plan_once(engine, now)
    with reading(engine) as session:
        rows = session.exec(select(Delivery).where(Delivery.kind == MailKind.ALERT).order_by(col(Delivery.id))).all()
        return [row for row in rows if row.text]


def test_an_administrator_is_told_once_that_digests_did_not_wait_for_matching_and_once_that_it_is_over(
    engine: Engine, now: datetime
) -> None:
    people(engine, now)
    make_agenda(engine)
    make_reader(engine, now)
    make_call(engine, now, "Vergeleken")
    unseen = make_call(engine, now, "Nog niet", matched_with="")
    for day in range(2):
        alerts(engine, now + day * DAY)
    (mail,) = alerts(engine, now + 2 * DAY)
    assert mail.subject == "Overzichten wachtten niet op het vergelijken met de opgaven"
    assert "overzichten gepland zonder 1 regeling" in mail.text
    assert "https://kansenradar.example/bronnen" in mail.html
    sent(engine)
    with writing(engine) as session:
        session.get_one(Call, unseen).matched_with = "t"
    alerts(engine, now + 3 * DAY)
    assert alerts(engine, now + 4 * DAY)[-1].subject == "Alle regelingen zijn weer met de opgaven vergeleken"


def sent(engine: Engine) -> None:
    with writing(engine) as session:
        for mail in session.exec(select(Delivery)):
            mail.state, mail.finished_at = "accepted", mail.planned_at


def test_held_calls_are_mailed_by_name_once_at_the_begin_and_once_when_they_go_by_themselves(
    engine: Engine, now: datetime
) -> None:
    people(engine, now)
    crawled(engine, [make_listing(n) for n in range(40)], now - DAY)
    moved = [make_listing(n, deadlines=[closes("2027-01-01")]) for n in range(30)]
    crawled(engine, [*moved, *(make_listing(n) for n in range(30, 40))], now)
    first = alerts(engine, now)
    assert len(first) == 2  # not the reader
    assert first[0].subject == "rvo: regelingen wachten met mail"
    assert "Regeling 0 (veel tegelijk gewijzigd)" in first[0].text
    assert "en nog 10 andere" in first[0].text
    sent(engine)
    for days in (1, 3):  # Saturday, Monday
        assert len(alerts(engine, now + days * DAY)) == 2
    over = alerts(engine, now + 4 * DAY)[2:]  # two working days later
    assert [mail.subject for mail in over] == ["rvo: er wacht geen regeling meer"] * 2
    assert len(alerts(engine, now + 5 * DAY)) == 4


def test_a_different_crawl_is_told_to_the_administrator_with_the_fields_name(engine: Engine, now: datetime) -> None:
    people(engine, now)
    crawled(engine, [make_listing(n, budget="1000") for n in range(9)], now - DAY)
    for run in range(3):
        crawled(engine, [make_listing(n) for n in range(9)], now + run * DAY)
        mails = alerts(engine, now + run * DAY)
    (mail,) = mails
    assert mail.subject == "rvo: de bron noemt een veld niet meer"
    assert "budget" in mail.text
    sent(engine)
    with writing(engine) as session:
        release(session, "rvo", now + 3 * DAY)
    crawled(engine, [make_listing(n) for n in range(9)], now + 3 * DAY)
    assert alerts(engine, now + 3 * DAY)[-1].subject == "rvo: het veld is terug, of er is over beslist"


def test_a_smaller_catalogue_is_one_question_to_the_administrator(engine: Engine, now: datetime) -> None:
    people(engine, now)
    crawled(engine, [make_listing(n) for n in range(40)], now - DAY)
    for run in range(5):
        crawled(engine, [make_listing(n) for n in range(25)], now + run * DAY)
        (mail,) = alerts(engine, now + run * DAY)
    assert mail.subject == "rvo: toont veel minder regelingen; klopt dat?"
    assert "25 gezien, 40 verwacht" in mail.text


def test_an_alert_after_a_restore_is_another_mail_than_one_of_that_number_before_it(
    engine: Engine, now: datetime
) -> None:
    """Alert 1 began after the backup and was mailed; after the restore another one is number 1, and is not dropped."""
    people(engine, now)

    def mailed(key: str, at: datetime) -> set[str]:
        with writing(engine) as session:
            session.add(Alert(id=1, key=key, line="regel", since=at, last_at=at))
        return {mail.message_id for mail in alerts(engine, at)}

    before = mailed("backup", now)
    with writing(engine) as session:
        session.exec(update(Alert).values(id=2, ended_at=now - 30 * DAY))
    (new,) = mailed("modes", now + timedelta(minutes=30)) - before
    assert new


def test_what_was_mailed_under_the_name_of_version_1_0_is_not_mailed_again(engine: Engine, now: datetime) -> None:
    people(engine, now)
    with writing(engine) as session:
        session.add(Alert(id=7, key="backup", line="regel", since=now, last_at=now))
    (mail,) = alerts(engine, now)
    sent(engine)
    with writing(engine) as session:
        session.get_one(Delivery, mail.id).key = f"alert:7:began:{mail.user_id}"
    assert [each.id for each in alerts(engine, now + timedelta(hours=1))] == [mail.id]
    with writing(engine) as session:
        session.get_one(Alert, 7).ended_at = now + timedelta(hours=1)
    assert len(alerts(engine, now + timedelta(hours=2))) == 2


def test_who_was_not_mailed_that_it_began_is_not_mailed_that_it_is_over(engine: Engine, now: datetime) -> None:
    people(engine, now)
    crawled(engine, [make_listing(n, budget="1000") for n in range(9)], now - DAY)
    crawled(engine, [make_listing(n) for n in range(9)], now)
    assert len(alerts(engine, now)) == 1
    crawled(engine, [make_listing(n, budget="1000") for n in range(9)], now + DAY)
    assert [mail.state for mail in alerts(engine, now + DAY)] == ["cancelled"]
    with Session(engine) as session:
        assert [bool(alert.ended_at) for alert in session.exec(select(Alert))] == [True]
