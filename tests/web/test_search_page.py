"""The page Regelingen: what one narrows down for oneself, the file for Excel, and sharing with a colleague."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import Call, Delivery, Match, Told, User, Verdict
from db.session import reading, writing
from db.vocabulary import Say, ToldKind
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tracker.matching.search import SHOWN_FROM
from tracker.matching.verdicts import judge


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with reading(engine) as session:
        return seeded_people(session)


@pytest.fixture
def fundraiser(engine: Engine, now: datetime, tmp_path: Path, people: dict[str, User]) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, people["fundraiser"]) as visitor:
        yield visitor


def counted(page: str) -> int:
    shown = re.search(r'<b class="figure">(\d+) regeling', page)
    assert shown is not None
    return int(shown[1])


def test_a_code_is_found_and_stands_on_the_row_and_the_page(fundraiser: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        from db.models import Sighting

        sighting = session.exec(select(Sighting).order_by(col(Sighting.id))).first()
        assert sighting is not None
        sighting.references, call_id = ["rvo-2026-0"], sighting.call_id
    page = fundraiser.get("/regelingen?text=rvo-2026-0").text
    assert counted(page) == 1
    assert "rvo-2026-0 ·" in page
    assert "rvo-2026-0" in fundraiser.get(f"/regelingen/{call_id}").text


def test_fit_unjudged_and_order(fundraiser: Visitor, engine: Engine, now: datetime, people: dict[str, User]) -> None:
    everything = counted(fundraiser.get("/regelingen").text)
    with reading(engine) as session:
        strong = session.exec(select(func.count(Match.call_id.distinct())).where(Match.score >= 0.9)).one()  # type: ignore[attr-defined]
        judged = set(session.exec(select(Verdict.call_id).where(Verdict.user_id == people["fundraiser"].id)))
    assert counted(fundraiser.get("/regelingen?fit=90").text) == strong
    with writing(engine) as session:
        free = session.exec(select(Call.id).where(col(Call.id).not_in(judged)).order_by(col(Call.id))).first()
        assert free is not None
        judge(session, session.get_one(User, people["fundraiser"].id), free, None, Say.YES, now)
        judge(session, session.get_one(User, people["haarlem"].id), free + 1, None, Say.YES, now)
    assert counted(fundraiser.get("/regelingen?unjudged=mine").text) == everything - len(judged) - 1
    assert f'href="/regelingen/{free}"' not in fundraiser.get("/regelingen?unjudged=ours").text
    assert fundraiser.get("/regelingen?order=fit").status_code == 200
    assert fundraiser.get("/regelingen?fit=0").status_code == 422


def test_the_calls_that_one_digest_set_aside(fundraiser: Visitor, engine: Engine, people: dict[str, User]) -> None:
    with writing(engine) as session:
        mail = session.exec(select(Delivery).order_by(col(Delivery.id))).first()
        assert mail is not None
        mail.user_id, planned_at = people["fundraiser"].id, mail.planned_at
        for call in (1, 2, 3):
            kind = ToldKind.NEW if call == 3 else ToldKind.SET_ASIDE
            session.add(Told(user_id=mail.user_id, call_id=call, version=1, kind=kind, delivery_id=mail.id))
    address = f"/regelingen?set_aside={planned_at:%Y-%m-%dT%H:%M:%SZ}"
    page = fundraiser.get(address).text
    assert counted(page) == 2
    assert "waarschijnlijk niets voor een gemeente" in page
    assert fundraiser.get("/regelingen?set_aside=2026-05-29").status_code == 422
    assert counted(fundraiser.get("/regelingen?set_aside=2020-01-01T00:00:00Z").text) == 0


def test_the_file_for_excel_has_days_numbers_and_texts(fundraiser: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        session.get_one(Call, 2).title = "=HYPERLINK(1)"
    answer = fundraiser.get("/regelingen/uitvoer?status=open")
    assert "regelingen-2026-05-29.xlsx" in answer.headers["content-disposition"]
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    head, *cells = rows
    assert len(cells) == counted(fundraiser.get("/regelingen?status=open").text)
    by_name = [dict(zip(head, row, strict=True)) for row in cells]
    first = next(row for row in by_name if str(row["Hier"]).endswith("/regelingen/2"))
    assert first["Titel"] == "'=HYPERLINK(1)"
    assert isinstance(first["Dag"], date)
    assert isinstance(first["Budget in euro"], int | float)
    assert first["Oordelen"] is None or isinstance(first["Oordelen"], str)


def test_no_weak_match_stands_among_the_opgaven_of_the_file(fundraiser: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        for match in session.exec(select(Match)):
            match.score = SHOWN_FROM / 2
    content = fundraiser.get("/regelingen/uitvoer").content
    head, *cells = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    at = head.index("Opgaven")
    assert {row[at] for row in cells} == {None}


def test_a_search_and_a_call_are_shared_with_ones_own_sentence(
    fundraiser: Visitor, engine: Engine, people: dict[str, User]
) -> None:
    sentence = "Kijk: <b>dit</b> is iets voor ons"
    to = people["coordinator"]
    answer = fundraiser.send_form("/regelingen/delen?text=warmtenetten", colleague=to.id, sentence=sentence)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    fundraiser.send_form("/regelingen/1/delen", colleague=to.id, sentence=sentence)
    with Session(engine) as session:
        shared = session.exec(select(Delivery).where(col(Delivery.key).startswith("shared:"))).all()
        search, call = sorted(shared, key=lambda mail: mail.id)
        assert {mail.address for mail in shared} == {to.email}
        assert sentence in search.written.text
        assert "<b>dit" not in search.written.html
        assert "https://kansenradar.test/regelingen?text=warmtenetten" in search.written.text
        assert "Warmtenetten Investeringssubsidie" in search.written.text
        assert search.subject.startswith("Fatima Bakker deelt:")
        assert search.headers["Reply-To"] == people["fundraiser"].email
        assert "https://kansenradar.test/regelingen/1" in call.written.text


def test_sharing_with_nobody_or_oneself_is_refused(fundraiser: Visitor, people: dict[str, User]) -> None:
    for colleague in (0, people["fundraiser"].id, 999_999):
        answer = fundraiser.send_form("/regelingen/1/delen", colleague=colleague, sentence="Hallo")
        assert answer.status_code == 422  # type: ignore[attr-defined]
    assert (
        fundraiser.send_form("/regelingen/1/delen", colleague=people["coordinator"].id, sentence="").status_code == 422
    )  # type: ignore[attr-defined]
