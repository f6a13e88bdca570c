"""What was told as lost and is to be had again is told too; a subject says of each only what is so of it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from db.models import Call, Revision
from db.session import writing
from db.vocabulary import Cadence
from tests.make.mail_cases import deliveries, follow, make_agenda, make_call, make_reader, plan_at, update

pytestmark = pytest.mark.one_database  # what is told and when, not how it is asked


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def test_a_call_that_was_told_as_gone_is_told_as_listed_again_once_each_time(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now, every=Cadence.WEEK)
    call = make_call(agenda, now, "Klimaatplan", eligible="self")
    plan_at(agenda, now)
    follow(agenda, reader, call, now)
    for gone, back in ((4, 7), (11, 18)):
        update(agenda, call, not_listed_since=now + timedelta(days=gone))
        plan_at(agenda, now + timedelta(days=gone + 1))
        update(agenda, call, not_listed_since=None)
        plan_at(agenda, now + timedelta(days=back))
        plan_at(agenda, now + timedelta(days=back, hours=24))
    subjects = [mail.subject for mail in deliveries(agenda) if "Klimaatplan" in mail.subject][1:]
    gone, back = "Niet meer vermeld bij de bron: Klimaatplan", "Weer vermeld bij de bron: Klimaatplan"
    assert subjects == [gone, back, gone, back]
    assert "U kreeg eerder bericht dat de bron deze regeling niet meer noemde" in deliveries(agenda)[-1].text


def test_a_followed_call_that_was_told_as_closed_and_opens_again_is_told(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now, every=Cadence.WEEK)
    call = make_call(agenda, now, "Op is op", closes=date(2026, 6, 30), eligible="self")
    plan_at(agenda, now)
    follow(agenda, reader, call, now)
    for day, (old, new) in ((4, ("open", "closed")), (5, ("closed", "open"))):
        with writing(agenda) as session:
            row = session.get_one(Call, call)
            row.source_word, row.version = new, row.version + 1
            session.add(
                Revision(
                    call_id=call, kind="changed", field="source_word", old=old, new=new, telling=True,
                    version=row.version, at=now + timedelta(days=day),
                )
            )  # fmt: skip
        plan_at(agenda, now + timedelta(days=day, hours=1))
    subjects = [mail.subject for mail in deliveries(agenda)][1:]
    assert subjects == ["Nu gesloten: Op is op", "Weer open: Op is op"]


def test_what_a_subject_says_of_the_first_is_not_said_of_another_kind(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now, every=Cadence.WEEK)
    numbers = [make_call(agenda, now, title, closes=date(2026, 7, 30), eligible="self") for title in ("Weg", "Dicht")]
    plan_at(agenda, now)
    for call in numbers:
        follow(agenda, reader, call, now)
    update(agenda, numbers[0], not_listed_since=now + timedelta(days=4))
    update(agenda, numbers[1], source_word="closed", version=2)
    with writing(agenda) as session:
        session.add(
            Revision(
                call_id=numbers[1], kind="changed", field="source_word", old="open", new="closed", telling=True,
                version=2, at=now + timedelta(days=4),
            )
        )  # fmt: skip
    plan_at(agenda, now + timedelta(days=5))
    assert deliveries(agenda)[-1].subject == "Niet meer vermeld bij de bron: Weg; verder nog 1"
