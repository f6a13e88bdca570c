"""What a person taught, on the pages: told with a way back, asked for on every call, and what closed unread."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Leaning, Lesson, Match, User, Verdict
from db.session import writing
from db.vocabulary import LessonKind, NoReason, Say
from notifications.links import Links
from tests.make.mail_cases import make_agenda, make_call, make_reader
from tests.make.pages import BASE, Visitor, settings_for, visit
from tests.make.vectors import alike
from tracker.mailing.keys import signing_keys
from tracker.matching.search import SHOWN_FROM
from tracker.matching.verdicts import judge

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

PLACES = ("Western Balkans", "Southern Neighbourhood", "Central Asia", "Latin America")


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    """Four calls of one kind, three of them judged by the first person; the second works elsewhere."""
    make_agenda(engine)
    calls = [make_call(engine, now, f"Capacity building in VET: {place}", eligible="self") for place in PLACES]
    jan = make_reader(engine, now)
    with writing(engine) as session:
        alike(session, *calls)
        for call in calls[:3]:
            session.get_one(Call, call).language = "en"
            judge(session, session.get_one(User, jan), call, None, Say.NO, now, NoReason.OFF_TOPIC)
    return engine


@pytest.fixture
def visitor(agenda: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with Session(agenda) as session:
        jan = session.exec(select(User).order_by(col(User.id))).first()
    with visit(agenda, now, tmp_path, jan) as visitor:
        yield visitor


def test_a_kind_is_told_with_its_button_and_the_button_puts_it_back(visitor: Visitor, agenda: Engine) -> None:
    page = visitor.get("/beoordelen").text
    told = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "U zei drie keer nee tegen “capacity building” (ander onderwerp): die soort staat nu lager." in told
    assert "Voor u verschoven: lijkt op wat eerder werd afgewezen (ander onderwerp)" in visitor.get("/regelingen").text
    calls = re.findall(r'name="calls" value="(\d+)"', page)
    assert len(calls) == 3
    visitor.send_form("/beoordelen/geleerd/terugzetten", calls=calls, back="/beoordelen")
    assert "die soort staat nu lager" not in visitor.get("/beoordelen").text
    assert visitor.get("/beoordelen/geleerd").text.count("Teruggezet") == 3
    with Session(agenda) as session:
        moved = session.exec(select(Leaning).where(col(Leaning.call_id).not_in(map(int, calls)))).all()
        assert moved == []
        assert len(session.exec(select(Verdict).where(col(Verdict.undone_at).is_(None))).all()) == 3


def test_only_calls_of_ones_own_kinds_can_be_put_back(visitor: Visitor) -> None:
    answer = visitor.send_form("/beoordelen/geleerd/terugzetten", calls=["4"])
    assert answer.status_code == 404  # type: ignore[attr-defined]


def test_more_and_never_more_from_the_page_of_a_call_and_back(visitor: Visitor, agenda: Engine) -> None:
    assert "Nooit meer zoals deze" in visitor.get("/regelingen/4").text
    visitor.send_form("/regelingen/4/les", kind="never", back="/regelingen/4")
    page = visitor.get("/beoordelen/geleerd").text
    assert "Nooit meer zoals deze" in page
    with Session(agenda) as session:
        lesson = session.exec(select(Lesson)).one()
        assert (lesson.kind, lesson.call_id) == (LessonKind.NEVER, 4)
    visitor.send_form(f"/lessen/{lesson.id}/ongedaan")
    assert "Nog niets." in visitor.get("/beoordelen/geleerd").text
    assert visitor.send_form(f"/lessen/{lesson.id}/ongedaan").status_code == 404  # type: ignore[attr-defined]
    assert visitor.send_form("/regelingen/4/les", kind="reset").status_code in (404, 422)  # type: ignore[attr-defined]


def test_another_persons_lesson_is_not_there(visitor: Visitor, agenda: Engine, now: datetime, tmp_path: Path) -> None:
    visitor.send_form("/regelingen/4/les", kind="more")
    other = make_reader(agenda, now, "els@haarlem.example")
    with Session(agenda) as session:
        user, lesson = session.get_one(User, other), session.exec(select(Lesson)).one()
    with visit(agenda, now, tmp_path, user) as els:
        assert "Nog niets." in els.get("/beoordelen/geleerd").text
        assert els.send_form(f"/lessen/{lesson.id}/ongedaan").status_code == 404  # type: ignore[attr-defined]


def test_the_link_of_a_mail_opens_the_buttons_and_only_the_press_teaches(
    visitor: Visitor, agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    token = Links(BASE, signing_keys(settings_for(tmp_path))).decision(1, 4, now)
    assert "Meer zoals deze" in visitor.get(f"/oordeel/{token}").text
    with Session(agenda) as session:
        assert session.exec(select(Lesson)).all() == []
    assert visitor.post(f"/oordeel/{token}/les", data={"kind": "reset"}).status_code == 422
    assert "Bewaard: meer zoals deze" in visitor.post(f"/oordeel/{token}/les", data={"kind": "more"}).text
    with Session(agenda) as session:
        assert [lesson.kind for lesson in session.exec(select(Lesson))] == [LessonKind.MORE]
    assert visitor.post(f"/oordeel/{token}x/les", data={"kind": "more"}).status_code == 410


def test_never_more_from_a_mail_is_a_wish_of_one_person_and_no_verdict(
    visitor: Visitor, agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    noor = make_reader(agenda, now, "noor@haarlem.example")
    with writing(agenda) as session:
        session.get_one(User, noor).name = "Noor Bakker"
    path = f"/oordeel/{Links(BASE, signing_keys(settings_for(tmp_path))).decision(noor, 4, now)}"
    before = " ".join(re.sub("<[^>]+>", "", visitor.get(path).text).split())
    assert "U bent hier ingelogd als Jan, maar deze link is van iemand anders" in before
    assert "namens Noor Bakker" in before
    assert "met de naam Noor Bakker bij de regeling te staan" in before
    after = visitor.post(f"{path}/les", data={"kind": "never"}).text
    assert "namens Noor Bakker" in after
    assert "Er is geen oordeel bewaard" in after
    assert "uw mail" not in after
    with Session(agenda) as session:
        assert session.exec(select(Verdict).where(Verdict.call_id == 4)).all() == []
        assert [(each.user_id, each.kind) for each in session.exec(select(Lesson))] == [(noor, LessonKind.NEVER)]
    assert "Nog niemand heeft geoordeeld" in visitor.get("/regelingen/4").text
    assert "namens Noor Bakker" in visitor.post(path, data={"say": "yes"}).text
    assert "Noor Bakker, Haarlem; zichtbaar voor: MRA" in visitor.get("/regelingen/4").text


def test_what_closed_without_a_word_is_listed_by_opgave(visitor: Visitor, agenda: Engine, now: datetime) -> None:
    before = now - timedelta(days=20)
    closed = make_call(agenda, before, "Gesloten en nooit gelezen", closes=before.date(), eligible="self")
    make_call(agenda, before, "Gesloten, voor bedrijven", closes=before.date(), eligible="no")
    make_call(agenda, before, "Lang geleden", closes=(now - timedelta(days=400)).date(), eligible="self")
    weak = make_call(agenda, before, "Gesloten en zwak", closes=before.date(), eligible="self")
    with writing(agenda) as session:
        session.exec(select(Match).where(Match.call_id == weak)).one().score = SHOWN_FROM / 2
    page = visitor.get("/beoordelen/gesloten").text
    assert "Gesloten en nooit gelezen" in page
    assert all(title not in page for title in ("voor bedrijven", "Lang geleden", "Gesloten en zwak"))
    with writing(agenda) as session:
        judge(session, session.get_one(User, 1), closed, None, Say.LATER, now)
    assert "Gesloten en nooit gelezen" not in visitor.get("/beoordelen/gesloten").text
