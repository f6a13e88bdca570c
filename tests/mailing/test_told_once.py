"""What a person was told stays told, whatever happens to a call, and what lost its meaning does not leave."""

import asyncio
import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Delivery, Follow, Match, Revision, Sighting, User
from db.session import writing
from db.vocabulary import DeliveryState, Status
from notifications.alerts import raise_alert, standing_alerts
from notifications.dispatcher import send_due
from notifications.outbox import Rules, SendTally
from notifications.transport import open_transport
from tests.make.crawls import closes, make_crawled, make_listing
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at, settle_all, told
from tests.make.smtp_server import SmtpServer, running
from tracker.calls.ingest import ingest
from tracker.calls.merge import join

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def send(engine: Engine, now: datetime) -> SendTally:
    with running(SmtpServer()) as server:
        transport = open_transport(server.url())
        rules = Rules("test:0", random.Random(1).uniform, lambda: now, transport.name)
        return asyncio.run(send_due(engine, transport, rules, lambda _: "k@x.example"))


def heard(engine: Engine, source: str, day: str, at: datetime) -> int:
    """A source tells of a call that closes on that day; the call's id, matched with an opgave when it is new."""
    listing = make_listing(source=source, title=f"Houtbouw ({source})", deadlines=(closes(day, "17:00"),))
    with writing(engine) as session:
        ingest(session, make_crawled([listing], at, source), at)
        call = session.exec(select(Sighting.call_id).where(Sighting.source == source)).one()
        if not session.exec(select(Match).where(Match.call_id == call)).first():
            session.add(Match(call_id=call, challenge_id="circulair", score=0.9, model="t", at=at))
    return call


def test_a_call_joined_into_one_nobody_was_told_of_is_told_no_second_time(agenda: Engine, now: datetime) -> None:
    """New, closing soon and reminded of under its old number; only what changes after the join is news."""
    person, seen = make_reader(agenda, now), heard(agenda, "rvo", "2026-06-12", now)
    with writing(agenda) as session:
        session.add(Follow(user_id=person, call_id=seen, at=now))
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 6, 5, 8, 0))
    before = [("new", seen), ("closing", seen), ("reminder", seen)]
    assert [(one.kind, one.call_id) for one in told(agenda)] == before
    other = heard(agenda, "dus_i", "2026-06-12", local(2026, 6, 5, 9, 0))
    with writing(agenda) as session:
        join(session, seen, other, local(2026, 6, 5, 10, 0))
    assert (plan_at(agenda, local(2026, 6, 8, 8, 0)).digests, len(told(agenda))) == (0, 3)
    for source in ("rvo", "dus_i"):
        heard(agenda, source, "2026-07-12", local(2026, 6, 8, 9, 0))
    assert plan_at(agenda, local(2026, 6, 9, 8, 0)).digests == 1
    digest = next(mail for mail in reversed(deliveries(agenda)) if mail.kind == "digest")
    assert "sluit nu 12 juli 17:00, was 12 juni 17:00" in digest.text


def test_a_date_that_its_source_calls_otherwise_is_reminded_of_no_second_time(agenda: Engine, now: datetime) -> None:
    """The only closing becomes the first of two cut-offs, and the only closing again."""
    person, call = make_reader(agenda, now), heard(agenda, "rvo", "2026-09-22", now)
    with writing(agenda) as session:
        session.add(Follow(user_id=person, call_id=call, at=now))
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 8, 24, 8, 0))
    cut_offs = (closes("2026-09-22", "17:00", "cut_off"), closes("2026-12-01", "17:00", "cut_off"))
    for day, dates in ((25, cut_offs), (26, (closes("2026-09-22", "17:00"),))):
        listing = make_listing(source="rvo", title="Houtbouw (rvo)", deadlines=dates)
        with writing(agenda) as session:
            at = local(2026, 8, day, 6, 0)
            ingest(session, make_crawled([listing], at, "rvo"), at)
        plan_at(agenda, local(2026, 8, day, 8, 0))
    assert [one.detail.split(":", 2)[2][:13] for one in told(agenda) if one.kind == "reminder"] == ["30:2026-09-22"]


@pytest.mark.parametrize("word", [Status.CLOSED, Status.WITHDRAWN])
def test_a_reminder_of_what_was_closed_or_withdrawn_meanwhile_does_not_leave(
    agenda: Engine, now: datetime, word: Status
) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    with writing(agenda) as session:
        session.add(Follow(user_id=person, call_id=call, at=now))
    plan_at(agenda, now)
    assert plan_at(agenda, local(2026, 8, 25, 8, 0), leaves=False).reminders == 1
    with writing(agenda) as session:
        session.get_one(Call, call).source_word = word
    tally = send(agenda, local(2026, 8, 25, 8, 1))
    reminder = next(mail for mail in deliveries(agenda) if mail.kind == "reminder")
    assert (tally.cancelled, reminder.state) == (1, "cancelled")


def test_a_call_that_was_closed_is_on_record_as_changed_and_as_nothing_else(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1), opens_at=now)
    plan_at(agenda, now)
    with writing(agenda) as session:
        row = session.get_one(Call, call)
        row.source_word, row.version = Status.CLOSED, row.version + 1
        session.add(Revision(call_id=call, at=now, kind="changed", field="source_word", telling=True,
                             old="open", new="closed", version=row.version))  # fmt: skip
    assert plan_at(agenda, local(2026, 8, 25, 8, 0)).digests == 1
    assert [one.kind for one in told(agenda)] == ["new", "changed"]


def test_one_persons_broken_data_costs_only_that_persons_reminder(agenda: Engine, now: datetime) -> None:
    broken, whole = make_reader(agenda, now, "kapot@x.example"), make_reader(agenda, now, "goed@x.example")
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    with writing(agenda) as session:
        session.add_all(Follow(user_id=one, call_id=call, at=now) for one in (broken, whole))
        session.get_one(User, broken).reminder_days = ["zeven"]  # type: ignore[list-item]
    plan_at(agenda, local(2026, 8, 25, 8, 0))
    assert {mail.address for mail in deliveries(agenda) if "Herinnering" in mail.text} == {"goed@x.example"}
    assert len([mail for mail in deliveries(agenda) if mail.kind == "digest"]) == 2
    with writing(agenda) as session:
        assert [alert.line[:35] for alert in standing_alerts(session)] == [
            "unwritable reminder 1:2 (persoon, regeling)"[:35]
        ]
        session.get_one(User, broken).reminder_days = [7]
    plan_at(agenda, local(2026, 8, 25, 9, 0))
    assert len([mail for mail in deliveries(agenda) if mail.kind == "reminder"]) == 1
    with writing(agenda) as session:
        assert standing_alerts(session) == []


def test_what_a_held_mail_held_is_told_by_the_next_digest(agenda: Engine, now: datetime) -> None:
    """The relay refused its content, and nobody let it leave in time: it is not lost, and the alert is over."""
    make_reader(agenda, now)
    make_call(agenda, now, "Houtbouw")
    plan_at(agenda, now, leaves=False)
    settle_all(agenda, DeliveryState.HELD, now)
    with writing(agenda) as session:
        raise_alert(session, f"held:{deliveries(agenda)[0].key}", "refused", now)
    assert plan_at(agenda, local(2026, 6, 1, 7, 30)).digests == 1
    assert [(mail.state, "Houtbouw" in mail.text) for mail in deliveries(agenda)] == [
        ("expired", True), ("accepted", True),
    ]  # fmt: skip
    with writing(agenda) as session:
        assert standing_alerts(session) == []


def test_a_reminder_that_no_mail_server_took_for_days_is_written_anew(agenda: Engine, now: datetime) -> None:
    person, call = make_reader(agenda, now), make_call(agenda, now, closes=date(2026, 9, 1))
    with writing(agenda) as session:
        session.add(Follow(user_id=person, call_id=call, at=now))
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 8, 18, 8, 0), leaves=False)
    with writing(agenda) as session:
        for mail in session.exec(select(Delivery).where(Delivery.kind == "reminder")):
            mail.state, mail.attempts, mail.finished_at = DeliveryState.EXPIRED, 16, local(2026, 8, 20, 8, 0)
    for minute in (0, 1):
        plan_at(agenda, local(2026, 8, 20, 8, minute), leaves=False)
    subjects = [mail.subject.partition(":")[0] for mail in deliveries(agenda) if mail.kind == "reminder"]
    assert subjects == ["nog 14 dagen", "nog 12 dagen"]
