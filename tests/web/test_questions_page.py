"""Vragen: one tap answers a question, any reader may say that a value is wrong, and nothing is taken away by that."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Answer, Call, Correction, Deadline, Doubt, Question, User
from db.session import reading, writing
from db.vocabulary import Role
from notifications.links import DOUBT, Links
from tests.make.crawls import closes, make_listing, store
from tests.make.pages import BASE, Visitor, make_user, settings_for, visit
from tracker.mailing.keys import signing_keys

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

SENTENCE = "Aanvragen kan tot 1 oktober, of tot 1 november voor wie samenwerkt."


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[Role, User]:
    """A call that asks for its closing and its status, one whose values are certain, and three people."""
    asked = {
        "field": "closes",
        "sentence": SENTENCE,
        "readings": ["2026-09-30", "2026-10-31T17:00"],
        "why": "twee data",
    }
    status = {"field": "source_word", "sentence": "Status: on hold", "readings": ["open", "closed"]}
    certain = closes("2026-10-01", "17:00", sentence="Dien in voor 1 oktober 2026, 17.00 uur.", certainty=0.97)
    with Session(engine) as session:
        listings = [
            make_listing(1, deadlines=(), questions=(asked, status), title="Vraagt", snapshot="a" * 64),
            make_listing(2, title="Zeker", deadlines=(certain,), budget="2500000"),
        ]
        store(session, listings, now)
    with writing(engine) as session:
        return {role: make_user(session, now, role) for role in (Role.READER, Role.FUNDRAISER, Role.COORDINATOR)}


@pytest.fixture
def fundraiser(engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, people[Role.FUNDRAISER]) as visitor:
        yield visitor


@pytest.fixture
def reader(engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, people[Role.READER]) as visitor:
        yield visitor


def sent(visitor: Visitor, path: str, **fields: object) -> Any:
    return visitor.send_form(path, **fields)


def test_the_page_shows_the_sentence_the_readings_and_the_source(fundraiser: Visitor) -> None:
    page = fundraiser.get("/vragen").text
    assert SENTENCE in page
    for text in (
        "30 september 2026",
        "31 oktober 2026, 17:00",
        "Staat er niet",
        "Geen van deze",
        "Vraagt",
        "Twee data",
    ):
        assert text in page
    assert 'href="https://www.example.nl/regeling/1"' in page
    assert f"/vastlegging/{'a' * 64}" in page
    assert "2 vragen wachten" in fundraiser.get("/").text


def test_one_tap_answers_with_the_name_of_who_did(
    fundraiser: Visitor, engine: Engine, people: dict[Role, User]
) -> None:
    answered = sent(fundraiser, "/vragen/1", say="reading:2026-10-31T17:00")
    assert answered.headers["location"] == "/vragen?gedaan=beantwoord"
    with reading(engine) as session:
        assert session.get_one(Call, 1).closes_at == datetime.fromisoformat("2026-10-31T16:00+00:00")
        assert session.exec(select(Correction.user_id)).one() == people[Role.FUNDRAISER].id
    page = fundraiser.get("/regelingen/1").text
    assert "Antwoord op een vraag over" in page
    assert people[Role.FUNDRAISER].name in page
    again = sent(fundraiser, "/vragen/1", say="absent")
    assert (again.status_code, "intussen beantwoord" in again.text) == (409, True)  # though it stands there no more


@pytest.mark.parametrize(
    ("number", "fields", "field", "value"),
    [
        (1, {"day": "2026-11-15", "hour": "12:00"}, "closes", [{"day": "2026-11-15", "hour": "12:00"}]),
        (2, {"value": "withdrawn"}, "source_word", "withdrawn"),
    ],
)
def test_a_value_of_ones_own_is_kept(
    fundraiser: Visitor, engine: Engine, number: int, fields: dict[str, str], field: str, value: object
) -> None:
    assert sent(fundraiser, f"/vragen/{number}", say="typed", **fields).status_code == 303
    with reading(engine) as session:
        correction = session.exec(select(Correction)).one()
        assert (correction.field, correction.value) == (field, value)


@pytest.mark.parametrize(
    "fields",
    [{"say": "typed"}, {"say": "reading:2031-01-01"}, {"say": "confirmed"}, {"say": "typed", "day": "vrijdag"}, {}],
)
def test_what_is_no_answer_is_said_at_the_question_and_changes_nothing(
    fundraiser: Visitor, engine: Engine, fields: dict[str, str]
) -> None:
    refused = sent(fundraiser, "/vragen/1", **fields)
    assert refused.status_code == 422
    assert "klopt nog niet" in refused.text or "Er is niets bewaard" in refused.text
    with reading(engine) as session:
        assert session.exec(select(Answer)).all() == []


def test_a_reader_sees_the_sentence_and_answers_nothing(reader: Visitor) -> None:
    assert reader.get("/vragen").status_code == 404
    assert sent(reader, "/vragen/1", say="absent").status_code == 404
    page = reader.get("/regelingen/1").text
    assert SENTENCE in page
    assert "reading:2026-09-30" not in page
    assert "vragen wachten" not in reader.get("/").text


def test_every_shown_value_has_its_sentence_and_a_button(reader: Visitor) -> None:
    page = reader.get("/regelingen/2").text
    assert "Dien in voor 1 oktober 2026, 17.00 uur." in page
    fields = re.findall(r'klopt-niet.*?name="field" value="(\w+)"', page)
    assert {"closes", "budget", "instrument"} <= set(fields)


def test_a_doubt_marks_the_value_asks_somebody_else_and_leaves_calendar_and_status_as_they_are(
    reader: Visitor, engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    assert sent(reader, "/regelingen/2/klopt-niet", field="closes").headers["location"].endswith("gedaan=twijfel")
    page = reader.get("/regelingen/2").text
    assert re.search(r"Een lezer meldde op 29.mei.2026 dat dit niet klopt", page)
    assert "1 oktober 2026, 17:00" in page
    with reading(engine) as session:
        assert session.exec(select(Deadline.cancelled_at).where(Deadline.call_id == 2)).one() is None
        assert session.get_one(Call, 2).closes_at is not None
    with visit(engine, now, tmp_path, people[Role.FUNDRAISER]) as other:
        queue = other.get("/vragen").text
        assert "Klopt dit: sluit 1 oktober 2026, 17:00?" in queue
        assert queue.index("Klopt dit") < queue.index(SENTENCE)  # what a reader doubts comes first
        number = re.findall(r'action="/vragen/(\d+)"', queue)[0]
        assert sent(other, f"/vragen/{number}", say="absent").status_code == 303
    with reading(engine) as session:
        assert session.get_one(Call, 2).closes_at is None
        assert session.exec(select(Doubt.user_id)).one() == people[Role.READER].id


def test_who_doubts_does_not_settle_it(fundraiser: Visitor) -> None:
    sent(fundraiser, "/regelingen/2/klopt-niet", field="budget")
    page = fundraiser.get("/vragen").text
    assert "U meldde dit zelf: iemand anders kijkt het na." in page
    number = int(max(re.findall(r"vraag-(\d+)", page), key=int))
    assert sent(fundraiser, f"/vragen/{number}", say="absent").status_code == 403


def test_what_is_not_shown_cannot_be_doubted(reader: Visitor, engine: Engine) -> None:
    for field in ("rate", "eligible", "nonsense"):
        assert sent(reader, "/regelingen/2/klopt-niet", field=field).headers["location"].endswith("staat-niet-meer")
    with reading(engine) as session:
        assert session.exec(select(Doubt)).all() == []


def test_the_link_in_a_mail_opens_a_page_and_only_its_button_says_so(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    links = Links(BASE, signing_keys(settings_for(tmp_path)))
    reader_id = people[Role.READER].id
    address = f"/klopt-niet/{links.decision(reader_id, 2, now, DOUBT)}"
    with visit(engine, now, tmp_path) as nobody:
        assert "Dien in voor 1 oktober 2026, 17.00 uur." in nobody.get(address).text
        with reading(engine) as session:
            assert session.exec(select(Doubt)).all() == []
        assert nobody.post(address, data={}).status_code == 422
        assert nobody.post(address, data={"field": "closes", "remark": "het is 15 oktober"}).status_code == 200
        assert (
            nobody.get(f"/klopt-niet/{links.decision(reader_id, 2, now)}").status_code == 410
        )  # that one is for verdicts
        assert nobody.get(f"/oordeel/{links.decision(reader_id, 2, now, DOUBT)}").status_code == 410
    with reading(engine) as session:
        doubt = session.exec(select(Doubt)).one()
        assert (doubt.user_id, doubt.remark) == (reader_id, "het is 15 oktober")
        assert session.exec(select(Question.readings).where(Question.id == doubt.question_id)).one() == [
            "2026-10-01T17:00"
        ]


def test_a_call_that_is_past_yet_open_waits_for_a_person_who_closes_it_in_one_tap(
    fundraiser: Visitor, engine: Engine, now: datetime
) -> None:
    passed = closes((now - timedelta(days=3)).date().isoformat(), "12:00")
    with Session(engine) as session:
        store(session, [make_listing(3, deadlines=(passed,), source_word="open", title="Voorbij")], now)
        call_id = session.exec(select(Call.id).where(Call.title == "Voorbij").order_by(col(Call.id))).one()
    assert "open volgens de bron, datum voorbij: kijk na" in fundraiser.get(f"/regelingen/{call_id}").text
    assert "3 vragen wachten" in fundraiser.get("/").text
    assert f'action="/regelingen/{call_id}/gesloten"' in fundraiser.get("/vragen").text
    sent(fundraiser, f"/regelingen/{call_id}/gesloten")
    assert "Voorbij" not in fundraiser.get("/vragen").text
    assert "kijk na" not in fundraiser.get(f"/regelingen/{call_id}").text
