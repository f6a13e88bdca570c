"""What gets into the outbox, when, and never twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import take
from db.models import Alert, Crawl, Delivery, Match, Run, Subscription, Suppression, User, Verdict
from db.session import writing
from db.vocabulary import Cadence, DeliveryState
from notifications.outbox import address_hash
from tests.make.mail_cases import (
    deliveries,
    follow,
    make_agenda,
    make_call,
    make_reader,
    move_deadline,
    plan_at,
    settle_all,
    told,
)
from tracker.mailing.periods import periods
from tracker.mailing.plan import PlannerBusy
from tracker.workdays import is_working_day

LOCAL = ZoneInfo("Europe/Amsterdam")


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    """With one call that is over: before anything is gathered no first digest is given."""
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def change(engine: Engine, row: Any, **fields: Any) -> None:
    with writing(engine) as session:
        session.add(row)
        for name, value in fields.items():
            setattr(row, name, value)


def test_a_first_digest_is_due_at_once_and_tells_only_what_it_names(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    for n in range(20):
        make_call(agenda, now, f"Regeling {n:02}", closes=date(2026, 10, 1) + timedelta(days=n), eligible="partner")
    assert plan_at(agenda, now).digests == 1
    (mail,) = deliveries(agenda)
    assert (
        mail.subject
        == "Kansenradar: 6 kansen om eerst te kiezen, zoals Regeling 00; 10 als partner; eerste go/no-go 7 sep"
    )
    assert mail.text.count("* Regeling") == 16
    assert "Nog 4 regelingen wachten op een volgend overzicht" in mail.text
    assert len({row.call_id for row in told(agenda)}) == 16
    assert plan_at(agenda, now).digests == 0


def test_what_waited_comes_by_name_in_the_next_digest_and_everything_is_named_once(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    for n in range(40):
        make_call(agenda, now, f"Regeling {n:02}", closes=date(2026, 10, 1) + timedelta(days=n), eligible="partner")
    plan_at(agenda, now)
    for day in (3, 4, 5, 6):
        plan_at(agenda, now + timedelta(days=day))
    lines = [line for mail in deliveries(agenda) for line in mail.text.splitlines() if line.startswith("* Regeling")]
    assert sorted(lines) == [f"* Regeling {n:02}" for n in range(40)]


def test_a_first_digest_waits_until_something_was_gathered(engine: Engine, now: datetime) -> None:
    make_agenda(engine)
    make_reader(engine, now)
    assert plan_at(engine, now).digests == 0
    make_call(engine, now)
    assert plan_at(engine, now).digests == 1
    assert (
        deliveries(engine)[0].subject
        == "Kansenradar: 1 kans om eerst te kiezen: Circulair bouwen; eerste go/no-go 5 nov"
    )


def test_no_day_to_decide_by_is_told_where_nobody_knows_who_may_apply(agenda: Engine, now: datetime) -> None:
    make_call(agenda, now, eligible="unknown")
    make_reader(agenda, now)
    plan_at(agenda, now)
    [mail] = deliveries(agenda)
    assert "niet bekend wie mag aanvragen" in mail.text
    assert "go/no-go" not in mail.subject + mail.text


def test_a_new_call_is_told_on_the_next_working_day_at_half_past_seven(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    plan_at(agenda, now)
    make_call(agenda, now)
    assert plan_at(agenda, local(2026, 5, 30, 9, 0)).digests == 0
    assert plan_at(agenda, local(2026, 6, 1, 7, 29)).digests == 0
    assert plan_at(agenda, local(2026, 6, 1, 7, 30)).digests == 1
    assert deliveries(agenda)[-1].key == "digest:1:day:2026-06-01"


def test_nothing_to_say_is_no_mail_unless_wanted(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, "stil@x.example")
    make_reader(agenda, now, "graag@x.example", nothing_new=True)
    plan_at(agenda, now)
    plan_at(agenda, now + timedelta(days=3))
    assert [(mail.address, mail.subject) for mail in deliveries(agenda)] == [
        ("graag@x.example", "Kansenradar: niets nieuws")
    ]


def test_mail_server_down_then_up_all_mail_arrives(agenda: Engine, now: datetime) -> None:
    """A digest that expired told nothing: the next one tells it. (peers.md 3: aides-territoires fails this.)"""
    make_reader(agenda, now)
    make_call(agenda, now)
    plan_at(agenda, now, leaves=False)
    settle_all(agenda, DeliveryState.FAILED, now)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 1
    assert "Circulair bouwen" in deliveries(agenda)[-1].text


def test_the_job_run_twice_doubles_nothing(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now)
    assert [plan_at(agenda, now).digests for _ in range(3)] == [1, 0, 0]


def test_a_daily_digest_is_due_next_day_at_the_same_hour(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, local(2026, 6, 1, 6, 0), nothing_new=True)
    plan_at(agenda, local(2026, 6, 1, 6, 0))
    for day in range(1, 6):
        assert plan_at(agenda, local(2026, 6, day, 7, 30)).digests == 1, day


def test_a_call_ingested_days_after_its_opening_is_mailed(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    plan_at(agenda, now)
    make_call(agenda, now + timedelta(days=3), opens_at=now - timedelta(days=5))
    assert plan_at(agenda, now + timedelta(days=4)).digests == 1


def test_a_moved_deadline_is_told_to_who_only_has_a_saved_search(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 10, 1))
    plan_at(agenda, now)
    move_deadline(agenda, call, date(2026, 10, 15), now + timedelta(days=1))
    assert plan_at(agenda, now + timedelta(days=3)).digests == 1
    assert "sluit nu 15 oktober 17:00, was 1 oktober 17:00" in deliveries(agenda)[-1].text
    assert plan_at(agenda, now + timedelta(days=4)).digests == 0


@pytest.mark.parametrize("damped", [False, True])
def test_a_change_that_went_back_is_not_told(agenda: Engine, now: datetime, damped: bool) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 10, 1))
    plan_at(agenda, now)
    move_deadline(agenda, call, date(2026, 10, 15), now + timedelta(days=1))
    move_deadline(agenda, call, date(2026, 10, 1), now + timedelta(days=2), damped)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 0


def test_each_reader_reads_what_a_date_was_when_last_told(agenda: Engine, now: datetime) -> None:
    for every in (Cadence.DAY, Cadence.WEEK):
        make_reader(agenda, now, f"{every.value}@haarlem.example", every)
    call = make_call(agenda, now, closes=date(2026, 10, 1))
    plan_at(agenda, now)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 0
    tuesday, monday = now + timedelta(days=4), now + timedelta(days=10)
    move_deadline(agenda, call, date(2026, 10, 15), tuesday - timedelta(hours=1))
    assert plan_at(agenda, tuesday).digests == 1
    move_deadline(agenda, call, date(2026, 10, 22), monday - timedelta(hours=1))
    assert plan_at(agenda, monday).digests == 2
    read = {mail.address.partition("@")[0]: mail.text for mail in deliveries(agenda)[-2:]}
    assert "sluit nu 22 oktober 17:00, was 15 oktober 17:00" in read["day"]
    assert "sluit nu 22 oktober 17:00, was 1 oktober 17:00" in read["week"]


def test_the_saved_filter_is_honoured(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, filter={"challenges": ["wonen"], "instruments": ["loan"]})
    wanted = make_call(agenda, now, "Lening wonen", challenge="wonen", instrument="loan")
    make_call(agenda, now, "Subsidie wonen", challenge="wonen")
    make_call(agenda, now, "Lening circulair", instrument="loan")
    make_call(agenda, now, "Zwak", challenge="wonen", instrument="loan", score=0.4)
    plan_at(agenda, now)
    assert {one.call_id for one in told(agenda)} == {wanted}


def test_subscriptions_of_one_cadence_merge_and_each_call_stands_once(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now, filter={"challenges": ["wonen"]}, name="Wonen")
    with writing(agenda) as session:
        session.add(
            Subscription(user_id=person, participant_id="haarlem", every="day", filter={}, name="Alles", created_at=now)
        )
    call = make_call(agenda, now, "Houtbouw", challenge="wonen")
    with writing(agenda) as session:
        session.add(Match(call_id=call, challenge_id="circulair", score=0.8, model="t", at=now))
    assert plan_at(agenda, now).digests == 1
    (mail,) = deliveries(agenda)
    assert mail.text.count("* Houtbouw") == 1
    assert "Wonen" in mail.text
    assert "Circulair" in mail.text
    assert mail.subscriptions == [1, 2]


def test_a_new_matcher_announces_nothing_again(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now)
    plan_at(agenda, now)
    with writing(agenda) as session:
        match = session.exec(select(Match).where(Match.call_id == call)).one()
        match.score, match.model = 0.99, "t2"
        session.add(match)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 0


def test_nothing_after_an_unsubscribe(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    plan_at(agenda, now)
    make_call(agenda, now)
    with writing(agenda) as session:
        row = session.exec(select(Subscription)).one()
        row.ended_at = now
        session.add(row)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 0


def test_the_suppressed_and_the_gone_get_nothing(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, "weg@x.example")
    person = make_reader(agenda, now, "uit@x.example")
    make_call(agenda, now)
    with writing(agenda) as session:
        session.add(Suppression(address_hash=address_hash("weg@x.example"), reason="550", since=now))
        user = session.get(User, person)
        assert user is not None
        user.deactivated_at = now
        session.add(user)
    assert plan_at(agenda, now).digests == 0


def test_a_refused_call_is_not_told_again_and_a_relevant_one_is_followed(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 6, 25))
    plan_at(agenda, now)
    with writing(agenda) as session:
        session.add(
            Verdict(call_id=call, challenge_id="circulair", user_id=person, participant_id="haarlem", say="no",
                    reason="off_topic", at=now)
        )  # fmt: skip
    assert plan_at(agenda, local(2026, 6, 8, 8, 0)).digests == 0


def test_what_closes_within_three_weeks_is_said_once_more_and_never_cut(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, most=1)
    for n in range(5):
        make_call(agenda, now, f"Spoed {n}", closes=date(2026, 6, 25))
    plan_at(agenda, now)
    assert plan_at(agenda, local(2026, 6, 3, 8, 0)).digests == 0
    assert plan_at(agenda, local(2026, 6, 4, 8, 0)).digests == 1
    assert deliveries(agenda)[-1].text.count("* Spoed") == 5
    assert plan_at(agenda, local(2026, 6, 5, 8, 0)).digests == 0


def test_every_call_of_ours_is_named_while_there_is_time_to_decide_however_many_there_are(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now, most=2)
    for n in range(50):
        make_call(agenda, now, f"Later {n:02}", closes=date(2026, 12, 1), score=0.99, eligible="self")
    make_call(agenda, now, "Bijna te laat", closes=date(2026, 7, 20), score=0.6, eligible="self")
    plan_at(agenda, now)
    (mail,) = deliveries(agenda)
    assert "* Bijna te laat" in mail.text
    assert mail.text.count("* Later") == 2 + 39
    plan_at(agenda, now + timedelta(days=3))
    assert deliveries(agenda)[-1].text.count("* Later") == 9


def test_held_calls_wait_and_are_counted(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "Vrij")
    make_call(agenda, now, "Vast", held=True)
    with writing(agenda) as session:
        session.add(Crawl(source="eu_portal", started_at=now, finished_at=now, complete=True))
    plan_at(agenda, now)
    text = deliveries(agenda)[-1].text
    assert "Vast" not in text
    assert "1 van 1 bron compleet; laatste ronde 08:00; 1 regeling wacht op vrijgave." in text


def test_a_week_down_gives_one_digest_per_cadence_over_the_gap(agenda: Engine, now: datetime) -> None:
    start = local(2026, 6, 1, 8, 0)
    make_reader(agenda, start, "dag@x.example")
    make_reader(agenda, start, "week@x.example", every=Cadence.WEEK)
    plan_at(agenda, start)
    for n in range(4):
        make_call(agenda, start + timedelta(days=n), f"Regeling {n}")
    assert plan_at(agenda, local(2026, 6, 8, 9, 0)).digests == 2
    assert all(mail.text.count("* Regeling") == 4 for mail in deliveries(agenda))
    with writing(agenda) as session:
        outcomes = [run.outcome for run in session.exec(select(Run).where(Run.job == "digest:day"))]
    assert outcomes.count("went along in 2026-06-08") >= 4


@pytest.mark.parametrize(
    ("night", "expected"),
    [
        (date(2026, 10, 25), ["digest:day Fri 07:30", "digest:day Mon 07:30", "digest:week:0 Mon 07:30"]),
        (date(2027, 3, 28), ["digest:week:0 Mon 07:30"]),  # Easter: Good Friday and Easter Monday are holidays
        (date(2028, 3, 26), ["digest:day Fri 07:30", "digest:day Mon 07:30", "digest:week:0 Mon 07:30"]),
    ],
)
def test_the_nights_the_clocks_change_lose_and_double_nothing(night: date, expected: list[str]) -> None:
    """Looked at every five minutes around the Sunday night: each period is due once, at 07:30 on the wall."""
    start = datetime.combine(night, datetime.min.time(), UTC) - timedelta(days=2)
    looks = [start + timedelta(minutes=5 * step) for step in range(4 * 24 * 12)]
    due = {period for look in looks for period in periods(look, look_back=timedelta(days=1))}
    near = sorted((p for p in due if p.due > start), key=lambda p: (p.job, p.due))
    assert [
        f"{p.job} {p.due.astimezone(LOCAL):%a %H:%M}"
        for p in near
        if p.due.astimezone(LOCAL).date() <= night + timedelta(days=1)
    ] == expected


def test_leap_days_and_long_years_have_unique_periods() -> None:
    slots = []
    day = local(2026, 12, 21, 8, 0)
    for n in range(500):
        slots += [(p.job, p.slot) for p in periods(day + timedelta(days=n), look_back=timedelta(days=1))]
    assert len(slots) == len(set(slots))
    assert ("digest:week:0", "2026-W53") in slots
    assert ("digest:day", "2028-02-29") in [(p.job, p.slot) for p in periods(local(2028, 2, 29, 8, 0))]


def test_holidays_are_no_working_days() -> None:
    assert [is_working_day(day) for day in (date(2026, 5, 25), date(2026, 4, 27), date(2026, 5, 29), date(2026, 5, 30))] == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_clock_that_disagrees_with_the_sources_plans_nothing_and_says_so(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now)
    with writing(agenda) as session:
        session.add(Crawl(source="a", started_at=now, finished_at=now, complete=True, skew_seconds=86400.0 * 365))
    assert "minutes apart" in plan_at(agenda, now).refused
    assert deliveries(agenda) == []
    with writing(agenda) as session:
        assert session.exec(select(Alert)).one().key == "clock"
        session.add(Crawl(source="a", started_at=now, finished_at=now, complete=True, skew_seconds=2.0))
    assert plan_at(agenda, now).digests == 1


def test_one_planner_at_a_time(agenda: Engine, now: datetime) -> None:
    with writing(agenda) as session:
        assert take(session, "planner", "elsewhere:1") == 1
    with pytest.raises(PlannerBusy):
        plan_at(agenda, now)


def test_one_persons_broken_data_costs_only_that_mail(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, "goed@x.example")
    make_reader(agenda, now, "kapot@x.example", filter={"challenges": ["wonen"]})
    make_call(agenda, now)
    make_call(agenda, now, "Fout", challenge="wonen", amount_text="x", language="nl", eligible="unknown")
    with writing(agenda) as session:
        row = session.exec(select(Match).where(Match.challenge_id == "wonen")).one()
        row.reasons = [{"word": "x"}]
        session.add(row)
        broken = session.exec(select(Subscription).where(Subscription.id == 2)).one()
        broken.filter = {"nonsense": 1}
        session.add(broken)
    assert plan_at(agenda, now).digests == 1
    assert [mail.address for mail in deliveries(agenda)] == ["goed@x.example"]


def test_an_urgent_subscription_tells_at_once_what_closes_within_three_weeks(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, every=Cadence.URGENT)
    plan_at(agenda, now)
    make_call(agenda, now, "Rustig")
    assert plan_at(agenda, now + timedelta(hours=1)).digests == 0
    make_call(agenda, now, "Spoed", closes=date(2026, 6, 10))
    assert plan_at(agenda, now + timedelta(hours=2)).digests == 1
    assert "* Spoed" in deliveries(agenda)[-1].text
    assert "Rustig" not in deliveries(agenda)[-1].text
    assert plan_at(agenda, now + timedelta(hours=3)).digests == 0


def reminders(engine: Engine) -> list[Delivery]:
    return [mail for mail in deliveries(engine) if mail.kind != "digest"]


def test_reminders_come_at_their_distances_once(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    closes = date(2026, 9, 1)
    call = make_call(agenda, now, closes=closes)
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    near = {closes - timedelta(days=distance + off) for distance in (60, 30, 14, 7, 1, 0) for off in (-2, -1, 0, 1, 2)}
    for day in sorted(near):
        plan_at(agenda, local(day.year, day.month, day.day, 8, 0))
    sent = reminders(agenda)
    assert [mail.subject.partition(":")[0] for mail in sent] == [
        "nog 60 dagen", "nog 32 dagen", "nog 14 dagen", "nog 7 dagen", "morgen",
    ]  # fmt: skip
    days = [mail.planned_at.astimezone(LOCAL).date() for mail in sent]
    assert [(day - date(2026, 9, 1)).days for day in days] == [-60, -32, -14, -7, -1]  # 30 days before is a Sunday


def test_a_reminder_after_downtime_says_the_true_days_left_and_the_missed_one_is_on_record(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 8, 11, 8, 0))  # three weeks before, the digest says so
    plan_at(agenda, local(2026, 8, 31, 8, 0), leaves=False)
    states = [(mail.key.rsplit(":", 1)[1], mail.state) for mail in reminders(agenda)]
    assert sorted(states) == [("2026-08-31", "planned"), ("7", "expired")]
    assert next(mail for mail in reminders(agenda) if mail.state == "planned").subject.startswith("morgen: ")


def test_a_reminder_whose_date_passed_is_on_record_and_never_leaves(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, local(2026, 9, 3, 8, 0))
    assert [(mail.key.rsplit(":", 1)[1], mail.state) for mail in reminders(agenda)] == [("1", "expired")]


def test_a_moved_deadline_replans_what_was_not_sent_and_tells_what_was(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 7, 31, 8, 0))
    move_deadline(agenda, call, date(2026, 10, 1), local(2026, 7, 31, 10, 0))
    for _ in range(3):
        plan_at(agenda, local(2026, 7, 31, 11, 0))
    assert [mail.kind for mail in reminders(agenda)] == ["reminder", "moved"]
    assert "Verplaatst van 1 september 2026, 17:00 naar 1 oktober 2026, 17:00 (Brussel)" in reminders(agenda)[-1].text
    plan_at(agenda, local(2026, 9, 1, 8, 0))
    assert reminders(agenda)[-1].subject.startswith("nog 30 dagen")


def test_a_move_in_the_night_or_at_the_weekend_waits_for_the_next_working_morning(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now, every=Cadence.WEEK)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 7, 31, 8, 0))
    move_deadline(agenda, call, date(2026, 10, 1), local(2026, 8, 1, 1, 0))  # a Saturday
    for hours in range(0, 72, 6):
        plan_at(agenda, local(2026, 8, 1, 1, 30) + timedelta(hours=hours))
    sent = [mail for mail in deliveries(agenda) if "Verplaatst van" in mail.text]
    assert [mail.planned_at for mail in sent] == [local(2026, 8, 3, 7, 30)]


def test_many_moves_at_once_are_one_mail(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    calls = [make_call(agenda, now, f"Onderwerp {n}", closes=date(2026, 9, 1)) for n in range(12)]
    for call in calls:
        follow(agenda, person, call, now)
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 7, 31, 8, 0))
    for call in calls:
        move_deadline(agenda, call, date(2026, 10, 1), local(2026, 7, 31, 10, 0))
    plan_at(agenda, local(2026, 7, 31, 11, 0))
    reminder, moved = reminders(agenda)
    assert reminder.subject == "nog 32 dagen: Onderwerp 0 en nog 11"
    assert moved.subject == "Verplaatst: Onderwerp 0 en nog 11"
    assert moved.text.count("Verplaatst van 1 september 2026") == moved.text.count("* Onderwerp") == 12


def test_a_mail_that_a_near_deadline_moved_is_not_followed_by_a_digest_with_only_that(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    for day in (local(2026, 7, 31, 8, 0), local(2026, 8, 11, 8, 0)):  # a reminder, and a digest that it closes soon
        plan_at(agenda, day)
    move_deadline(agenda, call, date(2026, 8, 31), local(2026, 8, 14, 20, 0))
    before = [mail.kind for mail in deliveries(agenda)]
    for day in (15, 17, 18):  # the digest that was missed tells the move, and that covers what was due by then
        plan_at(agenda, local(2026, 8, day, 8, 0))
    assert [mail.kind for mail in deliveries(agenda)][len(before) :] == ["digest", "reminder"]


def test_a_waiting_reminder_with_the_old_date_never_leaves(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now, every=Cadence.WEEK, weekday=3)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    follow(agenda, person, call, now)
    plan_at(agenda, now)
    plan_at(agenda, local(2026, 7, 30, 8, 0))
    plan_at(agenda, local(2026, 7, 31, 8, 0), leaves=False)
    move_deadline(agenda, call, date(2026, 9, 2), local(2026, 7, 31, 9, 0))
    plan_at(agenda, local(2026, 7, 31, 9, 1), leaves=False)
    plan_at(agenda, local(2026, 8, 3, 8, 0), leaves=False)
    assert [(mail.state, "1 september" in mail.text) for mail in reminders(agenda)] == [
        ("cancelled", True), ("planned", False),
    ]  # fmt: skip


def test_following_late_brings_no_old_reminders(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 6, 10))
    follow(agenda, person, call, now)
    plan_at(agenda, now + timedelta(hours=1))
    assert reminders(agenda) == []
