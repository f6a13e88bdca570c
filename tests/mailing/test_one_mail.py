"""One mail a day with all that is due; a mail that waited says what is true on the morning it leaves."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Call, Deadline, Delivery, Subscription, User
from db.session import reading, writing
from db.vocabulary import Cadence, DeadlineKind, DeliveryState, NoReason, Role, Say
from notifications.claims import claim_next, due_mails
from notifications.outbox import Rules, SendTally
from notifications.wording import start_of_day
from tests.make.mail_cases import (
    MAILER,
    THRESHOLD,
    deliveries,
    follow,
    make_agenda,
    make_call,
    make_reader,
    move_deadline,
    plan_at,
    settle_all,
)
from tests.make.pages import make_user, visit
from tests.make.planning_world import add_call, add_deadline, settle_world
from tracker.calendar.decision_clock import DecisionRoute, milestones_of, start_clock
from tracker.lobby.contacts import ContactFields, Office, commit_to, log_contact
from tracker.mailing.plan import plan
from tracker.matching.verdicts import judge
from tracker.people.subscriptions import write_anew
from tracker.rights import Deed

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # 08:00 in Amsterdam


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def follower(engine: Engine, now: datetime, **call: object) -> tuple[int, int]:
    """Somebody without a digest who follows a call."""
    with writing(engine) as session:
        person = make_user(session, now, Role.FUNDRAISER, "haarlem").id
    number = make_call(engine, now, **call)  # type: ignore[arg-type]
    follow(engine, person, number, now)
    return person, number


def opening(engine: Engine, call: int, day: date, now: datetime) -> None:
    with writing(engine) as session:
        session.add(Deadline(call_id=call, kind=DeadlineKind.OPENS, day=day, zone="Europe/Brussels", modified_at=now))
        session.get_one(Call, call).opens_at = start_of_day(day)


def mails(engine: Engine) -> list[tuple[str, str, str]]:
    return [(mail.kind, mail.state, mail.subject) for mail in deliveries(engine)]


def test_a_reminder_that_waited_past_midnight_says_the_word_of_the_day_it_leaves(agenda: Engine, now: datetime) -> None:
    follower(agenda, now, closes=date(2026, 6, 2), hour="12:00")
    plan_at(agenda, MONDAY, leaves=False)
    plan_at(agenda, MONDAY + timedelta(hours=17), leaves=False)  # one in the night
    assert mails(agenda) == [
        ("reminder", "cancelled", "morgen: Circulair bouwen"), ("reminder", "planned", "vandaag: Circulair bouwen"),
    ]  # fmt: skip
    assert "Stand van 2 juni 2026" in deliveries(agenda)[-1].text
    plan_at(agenda, MONDAY + timedelta(hours=17, minutes=1), leaves=False)
    assert len(mails(agenda)) == 2


def test_a_mail_that_may_have_arrived_keeps_its_bytes(agenda: Engine, now: datetime) -> None:
    follower(agenda, now, closes=date(2026, 6, 2), hour="12:00")
    make_reader(agenda, now)
    plan_at(agenda, MONDAY, leaves=False)
    with writing(agenda) as session:
        for mail in session.exec(select(Delivery)):
            mail.state, mail.unsure, mail.next_attempt_at = DeliveryState.AMBIGUOUS, 1, MONDAY + timedelta(hours=18)
            session.add(mail)
    before = {mail.id: mail.sha256 for mail in deliveries(agenda)}
    plan_at(agenda, MONDAY + timedelta(hours=17), leaves=False)
    assert {mail.id: mail.sha256 for mail in deliveries(agenda)} == before
    assert {mail.state for mail in deliveries(agenda)} == {DeliveryState.AMBIGUOUS}


def test_a_digest_that_waited_past_midnight_is_written_anew_without_what_closed_meanwhile(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now, every=Cadence.WEEK)
    plan_at(agenda, now)
    make_call(agenda, now, "Sluit maandag", closes=date(2026, 6, 1), hour="23:00")
    opens = make_call(agenda, now, "Opent dinsdag", source_word="announced")
    opening(agenda, opens, date(2026, 6, 2), now)
    plan_at(agenda, MONDAY, leaves=False)
    plan_at(agenda, MONDAY + timedelta(hours=17), leaves=False)
    old, new = deliveries(agenda)
    assert (old.state, new.state) == ("cancelled", "planned")
    assert "* Sluit maandag" in old.text
    assert "Sluit maandag" not in new.text
    assert "opent 2 juni 2026" in old.text
    assert "sluit dinsdag 1 december 2026" in new.text
    assert "opent 2 juni" not in new.text
    settle_all(agenda, DeliveryState.ACCEPTED, MONDAY)
    assert plan_at(agenda, MONDAY + timedelta(days=1)).digests == 0


def test_a_digest_of_which_nothing_is_left_does_not_leave(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    plan_at(agenda, now)
    make_call(agenda, now, "Sluit maandag", closes=date(2026, 6, 1), hour="23:00")
    plan_at(agenda, MONDAY, leaves=False)
    plan_at(agenda, MONDAY + timedelta(hours=17), leaves=False)
    assert [mail.state for mail in deliveries(agenda)] == ["cancelled"]


def test_the_sender_leaves_what_was_written_yesterday_and_sends_what_may_have_arrived(
    agenda: Engine, now: datetime
) -> None:
    for name in ("wacht", "twijfel"):
        make_reader(agenda, now, f"{name}@x.example")
    make_call(agenda, now)
    plan_at(agenda, now, leaves=False)
    later = now + timedelta(days=1)
    with writing(agenda) as session:
        doubtful = session.exec(select(Delivery).where(Delivery.address == "twijfel@x.example")).one()
        doubtful.state, doubtful.unsure = DeliveryState.AMBIGUOUS, 1
    rules = Rules("t:1", random.Random(1).uniform, lambda: later, "r", written_since=start_of_day(later.date()))
    with writing(agenda) as session:
        claimed = claim_next(session, due_mails(session, rules), 9, rules, SendTally())
    assert [claim.address for claim in claimed] == ["twijfel@x.example"]


def test_a_digest_that_waits_is_written_anew_for_who_asks_for_something_else_or_says_not_for_us(
    agenda: Engine, now: datetime
) -> None:
    reader = make_reader(agenda, now)
    calls = [make_call(agenda, now, f"Regeling {n}", challenge=("wonen", "circulair")[n % 2]) for n in range(4)]
    plan_at(agenda, now, leaves=False)
    with writing(agenda) as session:
        judge(
            session, session.get_one(User, reader), calls[1], None, Say.NO, now + timedelta(minutes=1), NoReason.OTHER
        )
    plan_at(agenda, now + timedelta(minutes=2), leaves=False)
    first, second = deliveries(agenda)
    assert (first.state, second.state) == (DeliveryState.CANCELLED, DeliveryState.PLANNED)
    assert "Regeling 1" in first.text
    assert "Regeling 1" not in second.text
    with writing(agenda) as session:
        row = session.exec(select(Subscription).where(Subscription.user_id == reader)).one()
        row.filter = {"challenges": ["wonen"]}
        write_anew(session, row, now + timedelta(minutes=3))
    plan_at(agenda, now + timedelta(minutes=4), leaves=False)
    third = deliveries(agenda)[-1]
    assert [f"Regeling {n}" in third.text for n in range(4)] == [True, False, True, False]


def test_a_digest_that_waits_asks_what_its_subscription_asks_once_that_is_changed_on_the_page(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    reader = make_reader(agenda, now)
    for name in ("wonen", "circulair"):
        make_call(agenda, now, f"Voor {name}", challenge=name)
    plan_at(agenda, now, leaves=False)
    with reading(agenda) as session:
        user, row = session.get_one(User, reader), session.exec(select(Subscription)).one()
    asked = {"challenges": ["wonen"], "every": row.every, "weekday": row.weekday, "most": row.most}
    with visit(agenda, now + timedelta(minutes=1), tmp_path, user) as visitor:
        page = f"/abonnementen/{row.id}"
        assert visitor.send_form(page, **asked, seen=visitor.seen_on(page)).status_code == 303  # type: ignore[attr-defined]
    plan_at(agenda, now + timedelta(minutes=2), leaves=False)
    (waiting,) = [mail for mail in deliveries(agenda) if mail.state == DeliveryState.PLANNED]
    assert "Voor wonen" in waiting.text
    assert "Voor circulair" not in waiting.text


def test_a_reminder_that_waits_does_not_leave_to_who_says_not_for_us(agenda: Engine, now: datetime) -> None:
    person, call = follower(agenda, now, closes=date(2026, 6, 8))
    plan_at(agenda, MONDAY, leaves=False)
    with writing(agenda) as session:
        judge(session, session.get_one(User, person), call, None, Say.NO, MONDAY + timedelta(minutes=1), NoReason.OTHER)
    plan_at(agenda, MONDAY + timedelta(minutes=2), leaves=False)
    assert [mail.state for mail in deliveries(agenda)] == [DeliveryState.CANCELLED]
    plan_at(agenda, MONDAY + timedelta(days=1), leaves=False)
    assert len(deliveries(agenda)) == 1


def test_sending_writes_anew_what_waited_and_plans_nothing_else(agenda: Engine, now: datetime) -> None:
    follower(agenda, now, closes=date(2026, 6, 2), hour="12:00")
    plan_at(agenda, MONDAY, leaves=False)
    make_reader(agenda, now)
    at = MONDAY + timedelta(hours=23)
    plan(agenda, MAILER, at, THRESHOLD, outdated_only=True)
    assert [mail[2] for mail in mails(agenda) if mail[1] == "planned"] == ["vandaag: Circulair bouwen"]


def test_on_the_day_of_a_digest_what_is_due_stands_in_it(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    near = make_call(agenda, now, "Gevolgd", closes=date(2026, 6, 8))
    follow(agenda, person, near, now)
    plan_at(agenda, now)
    make_call(agenda, now, "Vers", eligible="self")
    assert (plan_at(agenda, MONDAY).digests, plan_at(agenda, MONDAY).reminders) == (1, 0)
    mail = deliveries(agenda)[-1]
    assert mail.subject.startswith("Kansenradar: nog 7 dagen: Gevolgd; en 1 kans om eerst te kiezen")
    due, rest = mail.text.split("KIES EERST")
    assert "VANDAAG VOOR U (1)" in due
    assert "* Gevolgd" in due
    assert "* Vers" in rest
    assert "Herinneringen opzeggen" in mail.html
    assert plan_at(agenda, MONDAY + timedelta(hours=2)).reminders == 0


def test_where_a_digest_would_name_nothing_what_is_due_leaves_as_the_mail_of_the_day(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now)
    follow(agenda, person, make_call(agenda, now, "Gevolgd", closes=date(2026, 6, 8)), now)
    plan_at(agenda, now)
    assert (plan_at(agenda, MONDAY).digests, plan_at(agenda, MONDAY).reminders) == (0, 0)
    assert mails(agenda)[-1] == ("reminder", "accepted", "nog 7 dagen: Gevolgd")


def test_daily_and_weekly_on_one_morning_are_one_mail_that_each_call_stands_in_once(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now, filter={"challenges": ["wonen"]})
    with writing(agenda) as session:
        session.add(Subscription(user_id=person, participant_id="haarlem", every="week", filter={}, created_at=now))
    make_call(agenda, now, "Eerder", challenge="wonen")
    plan_at(agenda, now)
    make_call(agenda, now, "Houtbouw", challenge="wonen")
    make_call(agenda, now, "Kringloop")
    assert plan_at(agenda, MONDAY).digests == 1
    text = deliveries(agenda)[-1].text
    assert (text.count("* Houtbouw"), text.count("* Kringloop")) == (1, 1)


def test_deadline_milestone_and_promise_of_one_day_are_one_mail(engine: Engine) -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    make_agenda(engine, participant=False)
    with writing(engine) as session:
        people = settle_world(session)
        person = people["fundraiser"]
        row = add_deadline(session, add_call(session), datetime(2027, 3, 30, 15, 0, tzinfo=UTC))
        clock = start_clock(Deed(session, people["coordinator"], now), row, DecisionRoute("amsterdam"), "amsterdam")
        go = milestones_of(session, clock)[0]
        go.assignee_id = person.id
        day = go.begins_on - timedelta(days=7)
        contact = log_contact(Deed(session, person, now), ContactFields(now.date(), "x"), Office("VRO"))
        commit_to(Deed(session, person, now), contact, "Brief", day + timedelta(days=7))
        session.add(go)
    followed = make_call(engine, now, "Gevolgd", closes=day + timedelta(days=7))
    follow(engine, person.id, followed, now)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    plan_at(engine, at)
    with reading(engine) as session:
        (mail,) = session.exec(select(Delivery).where(Delivery.user_id == person.id)).all()
    assert mail.subject == "nog 7 dagen: Gevolgd en nog 2"
    assert all(
        words in mail.text
        for words in ("* Gevolgd", "go/no-go (aangenomen ritme) - Warmte in de wijk", "Toezegging afhandelen")
    )


def test_nothing_that_is_due_leaves_on_a_day_off_and_what_is_due_on_monday_is_said_on_friday(
    agenda: Engine, now: datetime
) -> None:
    """26 October 2026 is a Monday: who is told the day before reads it on the day itself."""
    person, _ = follower(agenda, now, closes=date(2026, 10, 26))
    with writing(agenda) as session:
        session.get_one(User, person).reminder_days = [1]
    for day in range(22, 28):
        plan_at(agenda, datetime(2026, 10, day, 6, tzinfo=UTC))
    assert [(mail.planned_at.day, mail.subject) for mail in deliveries(agenda)] == [
        (23, "nog 3 dagen: Circulair bouwen")
    ]


def test_a_date_that_moved_into_the_past_is_told_to_who_holds_the_old_one(agenda: Engine, now: datetime) -> None:
    """The follower was reminded of 9 June and still believes it."""
    _, call = follower(agenda, now, closes=date(2026, 6, 9))
    plan_at(agenda, MONDAY + timedelta(days=1))
    assert mails(agenda)[-1][2] == "nog 7 dagen: Circulair bouwen"
    move_deadline(agenda, call, date(2026, 6, 1), MONDAY + timedelta(days=1, hours=1))
    for days in range(2, 9):
        plan_at(agenda, MONDAY + timedelta(days=days))
    told = [mail for mail in deliveries(agenda) if "1 juni" in mail.text]
    assert len(told) == 1
    assert "was 9 juni" in told[0].text


def test_the_day_of_opening_is_told_to_who_follows(agenda: Engine, now: datetime) -> None:
    _, call = follower(agenda, now, source_word="announced")
    opening(agenda, call, date(2026, 6, 3), now)
    for days in range(5):
        plan_at(agenda, MONDAY + timedelta(days=days))
    assert [(mail.planned_at.day, mail.subject) for mail in deliveries(agenda)] == [
        (3, "Opent vandaag: Circulair bouwen")
    ]


def test_a_refused_mail_of_the_day_is_not_written_every_minute(agenda: Engine, now: datetime) -> None:
    follower(agenda, now, closes=date(2026, 6, 8))
    plan_at(agenda, MONDAY, leaves=False)
    settle_all(agenda, DeliveryState.FAILED, MONDAY)
    for minute in range(1, 4):
        plan_at(agenda, MONDAY + timedelta(minutes=minute), leaves=False)
    with reading(agenda) as session:
        assert len(session.exec(select(Delivery).where(col(Delivery.key).startswith("day:"))).all()) == 1
