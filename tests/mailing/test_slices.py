"""A plan of many people in slices, by several processes: each gets the mail of a plan by one, once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.leases import take
from db.models import Follow, Run
from db.session import writing
from tests.make.mail_cases import MAILER, THRESHOLD, deliveries, make_agenda, make_call, make_reader
from tracker.mailing import plan as planning
from tracker.mailing import planning_run
from tracker.mailing.plan import plan, plan_slice
from tracker.mailing.planning_run import LEASE, LeaseLost, PlanningRun, nobody

PEOPLE = 12


@pytest.fixture
def people(engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each has had the first digest, follows a call that closes in a week, and is due the digest of today."""
    monkeypatch.setattr(planning_run, "ENOUGH", 2)
    monkeypatch.setattr(planning, "BATCH", 2)
    before = now - timedelta(days=9)
    make_agenda(engine)
    call = make_call(engine, before, "Gevolgd", closes=now.date() + timedelta(days=7))
    everybody = [make_reader(engine, before, f"p{number}@x.example") for number in range(PEOPLE)]
    plan(engine, MAILER, before, THRESHOLD)
    make_call(engine, now - timedelta(days=1), "Nieuw", closes=date(2026, 12, 1))
    with writing(engine) as session:
        session.add_all(Follow(user_id=each, call_id=call, at=before) for each in everybody)
    return everybody


def planned(engine: Engine, now: datetime) -> list[tuple[int | None, str, str]]:
    return sorted((mail.user_id, mail.key, mail.subject) for mail in deliveries(engine) if mail.planned_at == now)


def test_slices_beside_the_planner_give_each_person_one_mail_with_what_is_due_inside(
    engine: Engine, now: datetime, people: list[int]
) -> None:
    """Two of three slices are done before the planner comes by, one is only begun when it has ended."""
    late: list[PlanningRun] = []

    def spread(moment: datetime, epoch: int, matching_since: datetime | None) -> None:
        run = PlanningRun(engine, MAILER, moment, epoch, nobody)
        assert [plan_slice(run, (number, 3), THRESHOLD, matching_since) for number in (1, 2)] == [4, 4]
        late.append(run)

    result = plan(engine, MAILER, now, THRESHOLD, spread=spread)
    assert (result.digests, result.reminders) == (4, 0)
    assert plan_slice(late[0], (3, 3), THRESHOLD, None) == 0
    with pytest.raises(LeaseLost), late[0].writing():  # one that was half-way keeps nothing any more
        pass
    day = f"day:{now.date().isoformat()}"
    assert [(user, key) for user, key, _ in planned(engine, now)] == sorted((p, f"digest:{p}:{day}") for p in people)
    assert plan(engine, MAILER, now + timedelta(minutes=1), THRESHOLD, spread=spread).digests == 0
    with writing(engine) as session:
        assert len(session.exec(select(Run.slot).where(Run.job == "digest:first")).all()) == PEOPLE
        assert take(session, LEASE, "elsewhere:1"), "the planner did not give its lease back"


def test_a_first_digest_is_noted_once_by_whichever_slice(engine: Engine, now: datetime, people: list[int]) -> None:
    new = [make_reader(engine, now, f"new{number}@x.example") for number in range(4)]

    def spread(moment: datetime, epoch: int, matching_since: datetime | None) -> None:
        plan_slice(PlanningRun(engine, MAILER, moment, epoch, nobody), (1, 2), THRESHOLD, matching_since)

    plan(engine, MAILER, now, THRESHOLD, spread=spread)
    firsts = [user for user, key, _ in planned(engine, now) if ":first:" in key]
    assert firsts == new
    with writing(engine) as session:
        assert len(session.exec(select(Run.slot).where(Run.job == "digest:first")).all()) == PEOPLE + len(new)
