"""A strong match that nobody judged within the team's working days goes to its coordinator: on Vandaag and by mail, once."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from db.models import Call, ClosedPeriod, Match, Revision, Team, User, Verdict
from tests.make.crawls import make_listing, store
from tests.make.pages import make_user
from tracker.challenges.agenda import load_agendas
from tracker.clock import Now
from tracker.mailing.due_lines import inside_due, lines_due
from tracker.matching.unjudged import MOST_TOLD, ran_out, unjudged, waiting_for
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # it only reads

OPGAVE = "A20-1-circulair"


@pytest.fixture
def coordinator(session: Session, now: datetime) -> User:
    load_agendas(session)
    user = make_user(session, now)
    session.add(Team(challenge_id=OPGAVE, coordinator_id=user.id, patience=2))
    return user


def strong(session: Session, now: datetime, number: int = 1, score: float = 0.9) -> Call:
    if session.get(Call, number) is None:
        store(session, [make_listing(n) for n in range(1, 14)], now)
    call = session.get_one(Call, number)
    session.add(Match(call_id=number, challenge_id=OPGAVE, score=score, topic=score, model="m", at=now))
    session.flush()
    return call


def told_on(session: Session, since: datetime, days: int = 12) -> list[str]:
    """The weekdays, in the days after, on which the coordinator is told."""
    every = (since + timedelta(days=n) for n in range(days))
    return [f"{day:%a %d}" for day in every if ran_out(session, Now(day))]


def test_it_is_told_once_when_the_working_days_are_over(session: Session, now: datetime, coordinator: User) -> None:
    strong(session, now)  # a Friday: Monday and Tuesday are the team's
    assert told_on(session, now) == ["Tue 02"]
    assert [one.call.id for one in unjudged(session, Now(now + timedelta(days=9)))] == [1]


def test_a_day_on_which_nobody_works_does_not_count(session: Session, now: datetime, coordinator: User) -> None:
    monday = (now + timedelta(days=3)).date()
    session.add(ClosedPeriod(kind="public_holiday", name="vrij", first_day=monday, last_day=monday))
    strong(session, now)
    assert told_on(session, now) == ["Wed 03"]


def test_what_was_judged_is_weak_or_held_is_not_told(session: Session, now: datetime, coordinator: User) -> None:
    judged, _weak, held = strong(session, now), strong(session, now, 2, score=0.4), strong(session, now, 3)
    held.held = True
    session.add(Verdict(call_id=judged.id, user_id=coordinator.id, participant_id="amsterdam", visibility="own", say="no", reason="too_small", at=now))  # fmt: skip
    session.flush()
    assert told_on(session, now) == []


def test_a_verdict_for_another_opgave_leaves_it_with_the_team(
    session: Session, now: datetime, coordinator: User
) -> None:
    call = strong(session, now)
    session.add(Verdict(call_id=call.id, challenge_id="A20-1-energie", user_id=coordinator.id, participant_id="amsterdam", visibility="own", say="no", reason="too_small", at=now))  # fmt: skip
    session.flush()
    assert told_on(session, now) == ["Tue 02"]


def test_the_mail_of_that_day_names_ten_and_counts_the_rest(session: Session, now: datetime, coordinator: User) -> None:
    for number in range(1, 14):
        strong(session, now, number)
    day = Now(now + timedelta(days=4))
    lines = lines_due(inside_due(session, day), {}, day)[coordinator.id]
    assert len(lines) == MOST_TOLD + 1
    assert {line.what for line in lines} == {
        "nog niet beoordeeld voor Circulaire economie",
        "en nog 3 die niemand beoordeelde",
    }
    assert {line.path for line in lines} >= {"/", "/regelingen/1"}


@pytest.mark.parametrize(("say", "reason", "comes_back"), [
    ("yes", None, True), ("later", None, True), ("no", "too_late", True), ("no", "off_topic", False),
])  # fmt: skip
def test_a_call_whose_date_moved_comes_back_for_judging(
    session: Session, now: datetime, coordinator: User, say: str, reason: str | None, comes_back: bool
) -> None:
    call = strong(session, now)
    viewer = viewer_of(coordinator)
    session.add(Verdict(call_id=call.id, user_id=coordinator.id, participant_id="amsterdam", visibility="own", say=say, reason=reason, at=now))  # fmt: skip
    session.flush()
    assert call.id not in waiting_for(session, viewer, now)
    session.add(Revision(call_id=call.id, at=now + timedelta(hours=1), kind="changed", field="closes", telling=True,
                         old=[{"day": "2026-10-01"}], new=[{"day": "2026-12-01"}], version=2))  # fmt: skip
    session.flush()
    assert (call.id in waiting_for(session, viewer, now + timedelta(hours=2))) == comes_back
    verdict = session.exec(select(Verdict)).one()
    verdict.at = now + timedelta(hours=3)
    session.flush()
    assert call.id not in waiting_for(session, viewer, now + timedelta(hours=4))
