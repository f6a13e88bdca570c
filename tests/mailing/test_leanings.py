"""What somebody said moves the own mail, at once, and nobody else's."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from db.models import TeamMember, User
from db.session import writing
from db.vocabulary import LessonKind, NoReason, Say
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tests.make.vectors import alike
from tracker.matching.lessons import put_back, teach
from tracker.matching.verdicts import judge

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

SCHOOLING = [f"Scholing in derde landen: {place}" for place in ("Syrië", "Egypte", "Marokko", "Tunesië")]


@pytest.fixture
def calls(engine: Engine, now: datetime) -> list[int]:
    """Four calls of one kind, of which three are judged, and one of another kind."""
    make_agenda(engine)
    ids = [make_call(engine, now, title, eligible="self", score=0.8) for title in SCHOOLING]
    other = make_call(engine, now, "Circulair slopen", eligible="self")
    with writing(engine) as session:
        alike(session, *ids)
        alike(session, other, kind=1)
    return [*ids, other]


def reject(engine: Engine, now: datetime, person: int, calls: list[int]) -> None:
    with writing(engine) as session:
        user = session.get_one(User, person)
        for call in calls:
            judge(session, user, call, None, Say.NO, now, NoReason.OFF_TOPIC)


def mail_to(engine: Engine, person: int) -> str:
    return next(mail.text for mail in reversed(deliveries(engine)) if mail.user_id == person)


def test_three_rejections_take_their_kind_out_of_ones_own_mail_alone(
    engine: Engine, now: datetime, calls: list[int]
) -> None:
    jan, els = make_reader(engine, now), make_reader(engine, now, "els@haarlem.example")
    reject(engine, now, jan, calls[:3])
    plan_at(engine, now)
    assert SCHOOLING[3] not in mail_to(engine, jan)
    assert "Circulair slopen" in mail_to(engine, jan)
    assert SCHOOLING[3] in mail_to(engine, els)
    assert SCHOOLING[0] in mail_to(engine, els)


def test_a_colleague_in_the_team_hears_it_and_what_is_put_back_returns(
    engine: Engine, now: datetime, calls: list[int]
) -> None:
    jan, els = make_reader(engine, now), make_reader(engine, now, "els@haarlem.example")
    with writing(engine) as session:
        session.add_all(TeamMember(challenge_id="circulair", user_id=person) for person in (jan, els))
    reject(engine, now, jan, calls[:3])
    with writing(engine) as session:
        put_back(session, session.get_one(User, els), calls[:3], now)
    plan_at(engine, now)
    assert SCHOOLING[3] not in mail_to(engine, jan)
    assert SCHOOLING[3] in mail_to(engine, els)


def test_never_more_like_this_and_more_like_this(engine: Engine, now: datetime, calls: list[int]) -> None:
    jan = make_reader(engine, now, most=1)
    with writing(engine) as session:
        user = session.get_one(User, jan)
        teach(session, user, calls[0], LessonKind.NEVER, now)
        teach(session, user, calls[4], LessonKind.MORE, now)
    plan_at(engine, now)
    assert all(title not in mail_to(engine, jan) for title in SCHOOLING)
    assert "Circulair slopen" in mail_to(engine, jan)
