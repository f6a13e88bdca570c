"""Mail counts down to what a newcomer can still enter, marks what a reader doubts, and offers to say what is wrong."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Deadline, Follow, Match, User
from db.session import writing
from notifications.links import DOUBT, Links
from tests.make.crawls import closes, make_listing, store
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tracker.calls.answers import doubt
from tracker.calls.open_questions import past_yet_open
from tracker.rights import Deed

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

STAGES = (closes("2026-06-15", "17:00", "stage_1"), closes("2026-09-17", "17:00", "stage_2"))
SHUT_ALREADY = (closes("2026-04-29", "17:00", "stage_1"), closes("2026-09-17", "17:00", "stage_2"))


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1), last_seen=now - timedelta(days=40))
    return engine


def crawled(engine: Engine, now: datetime, *listings: object) -> None:
    """What a source lists, each call matched to the same opgave."""
    with Session(engine) as session:
        store(session, list(listings), now)  # type: ignore[arg-type]
        for call in session.exec(select(Call.id).where(col(Call.title).like("Regeling%"))):
            session.add(Match(call_id=call, challenge_id="circulair", score=0.9, model="t", at=now))
        session.commit()


def test_a_two_stage_call_counts_down_to_its_first_stage(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    crawled(agenda, now, make_listing(1, deadlines=STAGES, source_word="open"))
    plan_at(agenda, now)
    (mail,) = deliveries(agenda)
    assert "nog 17 dagen" in mail.text.lower()
    assert "daarna fase 2 sluit 17 september 2026" in mail.text


def test_a_call_whose_way_in_is_shut_or_whose_dates_are_past_is_not_new(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    past = make_listing(2, deadlines=(closes("2026-05-20", "12:00"),), source_word="open")
    crawled(agenda, now, make_listing(1, deadlines=SHUT_ALREADY, source_word="open"), past)
    plan_at(agenda, now)
    assert all("Regeling" not in mail.text for mail in deliveries(agenda))
    with Session(agenda) as session:
        assert [call.title for call in past_yet_open(session, now)] == ["Regeling 2"]


def test_who_follows_is_reminded_of_the_second_stage_and_told_for_whom_it_is(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now)
    crawled(agenda, now, make_listing(1, deadlines=SHUT_ALREADY, source_word="open"))
    with writing(agenda) as session:
        call = session.exec(select(Call.id).where(Call.title == "Regeling 1")).one()
        session.add(Follow(user_id=reader, call_id=call, at=now))
    plan_at(agenda, datetime.fromisoformat("2026-09-10T06:00:00+00:00"))
    reminders = [mail for mail in deliveries(agenda) if mail.kind == "reminder"]
    assert len(reminders) == 1
    assert "fase 2 sluit donderdag 17 september 2026, 17:00" in reminders[0].text
    assert "gesloten voor wie niet instapte" in reminders[0].text


def test_a_mail_offers_to_say_what_is_wrong_and_marks_what_a_reader_doubts(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now)
    crawled(agenda, now, make_listing(1), make_listing(2, budget="1000000"))
    with writing(agenda) as session:
        for row in session.exec(select(Call)):
            row.eligible = "self"
        call = session.exec(select(Call).where(Call.title == "Regeling 1")).one()
        doubt(Deed(session, session.get_one(User, reader), now), call, "closes", "")
        call_id = call.id
    plan_at(agenda, now)
    (mail,) = deliveries(agenda)
    marked = [line for line in mail.text.splitlines() if "een lezer meldt dat dit niet klopt" in line]
    assert len(marked) == 1
    assert "1 oktober 2026" in marked[0]
    tokens = re.findall(r"Klopt iets niet\? (\S+)/klopt-niet/(\S+)", mail.text)
    links = Links("https://kansenradar.example", (b"0" * 32,))
    assert len(tokens) == 2
    assert any(token.startswith(f"{reader}-{call_id}-") for _, token in tokens)
    assert links.read_decision(tokens[0][1], now, DOUBT) is None  # another key signed it
    assert mail.html.count("/klopt-niet/") == 2
    with Session(agenda) as session:
        standing = select(Deadline).where(Deadline.call_id == call_id, col(Deadline.cancelled_at).is_(None))
        assert session.exec(standing).all()
