"""That we may apply can be doubted like every shown value; the answer settles it, and the matcher respects it."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Correction, Doubt, Question, Revision, User
from db.session import reading, writing
from db.vocabulary import Role
from notifications.links import DOUBT, Links
from tests.make.crawls import make_listing, store
from tests.make.pages import BASE, make_user, settings_for, visit
from tracker.calls.corrections import standing_correction, take_back
from tracker.challenges.agenda import load_agendas
from tracker.mailing.keys import signing_keys
from tracker.matching import Matcher, model_name
from tracker.matching.run import match_calls

pytestmark = pytest.mark.one_database  # words on a page; the queries of pages test_pages.py asks of both


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[Role, User]:
    with writing(engine) as session:
        load_agendas(session)
    with Session(engine) as session:
        store(session, [make_listing(1, title="Subsidie voor ondernemers: alleen bedrijven")], now)
    with writing(engine) as session:
        session.get_one(Call, 1).eligible = "no"
        session.get_one(Call, 1).eligible_why = "alleen bedrijven"
        session.get_one(Call, 1).eligible_estimate = False
        return {role: make_user(session, now, role) for role in (Role.READER, Role.FUNDRAISER)}


def shown(engine: Engine) -> tuple[str, str]:
    with reading(engine) as session:
        call = session.get_one(Call, 1)
        return call.eligible, call.eligible_why


def match(engine: Engine, now: datetime) -> int:
    return match_calls(engine, model_name(None), lambda texts: Matcher(texts, None), now).calls


def test_a_reader_doubts_it_on_the_page_and_it_stays_until_somebody_else_answers(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    with visit(engine, now, tmp_path, people[Role.READER]) as reader:
        assert 'name="field" value="eligible"' in reader.get("/regelingen/1").text
        answer = reader.send_form("/regelingen/1/klopt-niet", field="eligible")
        assert answer.headers["location"].endswith("gedaan=twijfel")
        page = reader.get("/regelingen/1").text
        assert "niet voor overheden" in page
        assert "dat dit niet klopt" in page
    assert shown(engine) == ("no", "alleen bedrijven")
    with visit(engine, now, tmp_path, people[Role.FUNDRAISER]) as fundraiser:
        queue = fundraiser.get("/vragen").text
        assert "Klopt dit: niet voor overheden?" in queue
        assert "alleen bedrijven" in queue
        number = re.findall(r'action="/vragen/(\d+)"', queue)[0]
        assert fundraiser.send_form(f"/vragen/{number}", say="typed", value="iedereen").status_code == 422
        assert fundraiser.send_form(f"/vragen/{number}", say="typed", value="partner").status_code == 303
        assert "Een lezer meldde" not in fundraiser.get("/regelingen/1").text
    eligible, why = shown(engine)
    assert (eligible, why.startswith("gecorrigeerd door ")) == ("partner", True)
    with reading(engine) as session:
        assert session.exec(select(Correction.field, Correction.value)).all() == [("eligible", "partner")]
        told = select(Revision.old, Revision.new, Revision.telling).where(Revision.field == "eligible")
        assert session.exec(told).all() == [("no", "partner", True)]


def test_the_answer_outlives_matching_and_a_crawl_and_ends_when_it_is_taken_back(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    match(engine, now)
    by_matcher, _ = shown(engine)
    with visit(engine, now, tmp_path, people[Role.READER]) as reader:
        reader.send_form("/regelingen/1/klopt-niet", field="eligible")
    with visit(engine, now, tmp_path, people[Role.FUNDRAISER]) as fundraiser:
        number = re.findall(r'action="/vragen/(\d+)"', fundraiser.get("/vragen").text)[0]
        assert fundraiser.send_form(f"/vragen/{number}", say="absent").status_code == 303
    assert shown(engine)[0] == "unknown"
    with Session(engine) as session:
        store(session, [make_listing(1, title="Subsidie voor ondernemers: alleen bedrijven", budget="5000")], now)
    assert match(engine, now) == 1
    assert shown(engine)[0] == "unknown"
    with writing(engine) as session:
        take_back(session, standing_correction(session, 1, "eligible"), now)
    assert match(engine, now) == 1
    assert shown(engine)[0] == by_matcher


def test_it_can_be_doubted_from_a_mail_and_opening_the_link_does_nothing(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    links = Links(BASE, signing_keys(settings_for(tmp_path)))
    address = f"/klopt-niet/{links.decision(people[Role.READER].id, 1, now, DOUBT)}"
    with visit(engine, now, tmp_path) as nobody:
        assert "voor ons: niet voor overheden" in " ".join(nobody.get(address).text.split())
        with reading(engine) as session:
            assert session.exec(select(Doubt)).all() == []
        assert nobody.post(address, data={"field": "eligible", "remark": "ook gemeenten"}).status_code == 200
    with reading(engine) as session:
        doubts = session.exec(select(Doubt.field, Doubt.value, Question.readings).join(Question)).all()
    assert doubts == [("eligible", "no", ["no"])]


def test_what_is_unknown_has_no_button_and_cannot_be_doubted(
    engine: Engine, now: datetime, tmp_path: Path, people: dict[Role, User]
) -> None:
    with writing(engine) as session:
        session.get_one(Call, 1).eligible = "unknown"
    with visit(engine, now, tmp_path, people[Role.READER]) as reader:
        assert 'name="field" value="eligible"' not in reader.get("/regelingen/1").text
        assert (
            reader.send_form("/regelingen/1/klopt-niet", field="eligible")
            .headers["location"]
            .endswith("staat-niet-meer")
        )
    with reading(engine) as session:
        assert session.exec(select(Question).where(col(Question.sighting_id).is_(None))).all() == []
