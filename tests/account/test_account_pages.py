"""The account as its reader gets it: pages, figures that lead to their rows, PDF with tags, a workbook, and goals."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import AuditEntry, Call, Challenge, Crawl, Goal, GoalValue
from db.session import reading, writing
from notifications.wording import local_day
from tests.make.awards import applied, award
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tests.make.pdf_tags import read_tags
from tracker.account import report, sheet
from tracker.account.goals import GoalWords, add_value, set_goal
from tracker.account.subjects import subject_of
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database

GOAL = {"text": "Van het gas", "target": "15.000", "unit": "woningen", "due_on": "2030-01-01", "source": "MRA Agenda"}
OPGAVE, GOALS = "/verantwoording/opgaven/A20-1", "/verantwoording/opgaven/A20-1/doelen"


@pytest.fixture
def cast(engine: Engine, now: datetime) -> Cast:
    with writing(engine) as session:
        cast = gather(session, now)
        award(cast, applied(cast, date(2026, 2, 1)), date(2026, 5, 1), "380000")
        applied(cast, date(2026, 2, 2), visibility="own", requested="111000")
    return cast


def test_a_figure_leads_to_its_rows_and_to_a_workbook(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with visit(engine, cast.now, tmp_path, cast.haarlem) as visitor:
        for path in ("/verantwoording", OPGAVE, "/verantwoording/deelnemers/haarlem"):
            page = visitor.get(path).text.replace("\xa0", " ")
            assert f'href="{path}?jaar=2026&amp;rijen=won#rijen"' in page, path
            assert "1, samen € 380.000" in page
            assert "111.000" not in page, "another organisation's own"
            rows = visitor.get(f"{path}?jaar=2026&rijen=won").text
            assert 'href="/aanvragen/1"' in rows
            file = visitor.get(f"{path}.xlsx?jaar=2026&rijen=applied")
            sheet_rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).active.values)
            assert [(row[0], row[2], row[4]) for row in sheet_rows] == [
                ("wat", "deelnemer", "bedrag in euro"), ("aanvragen ingediend", "Haarlem", 400000)
            ]  # fmt: skip
        past = visitor.get(f"{OPGAVE}?jaar=2027").text
        assert f'href="{OPGAVE}?jaar=2026&amp;rijen=won#rijen"' in past, "the year before leads to its rows too"
        ours = visitor.get("/verantwoording/deelnemers/haarlem").text
        assert "Regelingen gezien" not in ours
        assert 'id="doelen"' not in ours
        assert "Geen rij in 2024" in visitor.get("/verantwoording?jaar=2024&rijen=won").text
        assert visitor.get("/verantwoording/opgaven/nergens").status_code == 404
        assert visitor.get("/verantwoording/deelnemers/nergens/pdf").status_code == 404


def test_many_rows_come_in_pages(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with writing(engine) as session:
        seen = {"language": "nl", "first_seen": cast.now, "last_seen": cast.now, "programme": []}
        session.add_all(Call(title=f"Regeling {n:03}", url=f"https://example.nl/{n}", **seen) for n in range(120))
    with visit(engine, cast.now, tmp_path, cast.reader) as visitor:
        first = visitor.get("/verantwoording?rijen=seen").text
        assert 'href="/verantwoording?rijen=seen&amp;page=2#rijen"' in first
        assert ("Regeling 001" in first, "Regeling 119" in first) == (True, False)
        pages = [visitor.get(f"/verantwoording?rijen=seen&page={n}").text for n in range(2, 9)]
        last = next(page for page in pages if "Volgende" not in page)
        assert "Regeling 119" in last


def test_a_question_that_is_not_right_is_answered_in_one_line(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with visit(engine, cast.now, tmp_path, cast.reader) as visitor:
        for asked in ("jaar=0", "jaar=x", "stand=2999-01-01", "stand=gisteren", "rijen=alles", "x=1"):
            assert visitor.get(f"/verantwoording?{asked}").status_code in (400, 422), asked
        assert "nog niet te tonen" in visitor.get("/verantwoording?stand=2027-01-01").text
        before = (local_day(cast.now) - timedelta(days=1)).isoformat()
        assert "380.000" not in visitor.get(f"/verantwoording?stand={before}").text


def test_the_files_are_tagged_in_the_order_of_reading(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with visit(engine, cast.now, tmp_path, cast.reader) as visitor:
        for path, headings in (("/verantwoording", 7), (OPGAVE, 4), ("/verantwoording/deelnemers/haarlem", 3)):
            answer = visitor.get(f"{path}/pdf")
            assert answer.headers["content-type"] == "application/pdf"
            assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content
            tags = read_tags(answer.content)
            assert (tags.lang, tags.marked) == ("nl-NL", True)
            assert tags.title.startswith("Verantwoording 2026: ")
            told = [tag for tag in tags.order if tag in ("H1", "H2", "Table", "L")]
            assert told[:4] == ["H1", "H2", "Table", "H2"], path
            assert told.count("H2") == headings, path
            assert tags.order.count("TH") >= 3
            pages = list(dict.fromkeys(page for page, _ in tags.marks))
            by_page = [[mark for at, mark in tags.marks if at == page] for page in pages]
            assert by_page[0]
            assert all(marks == sorted(marks) for marks in by_page), "as they stand on the page"


def pages_of(pdf: bytes) -> int:
    return len({page for page, _ in read_tags(pdf).marks})


def test_a_sheet_is_one_page_however_much_there_is(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    for number in range(12):
        award(cast, applied(cast, date(2026, 2, 1), requested="400000"), date(2026, 3, 1), str(100_000 + number))
    challenge = session.get_one(Challenge, "A20-1")
    for _ in range(9):
        words = GoalWords("lang " * 80, Decimal(1), "woningen", date(2030, 1, 1), "bron " * 30, "visie " * 30)
        add_value(cast.deed(cast.coordinator), set_goal(cast.deed(cast.coordinator), challenge, words), Decimal(1),
                  date(2026, 1, 1), "CBS " * 20)  # fmt: skip
    span = report.year_span(2026, local_day(now), local_day(now))
    account = report.account_of(session, viewer_of(cast.lobbyist), subject_of(session, "opgaven/A20-1"), span)
    said = sheet.words(account, "Energietransitie", {"haarlem": "Haarlem"})
    assert [row[0] for row in said["rows"]] == ["aanvragen toegekend"] * 5, "what was won goes first"
    assert all("Bron: bron" in row[0] for row in said["goals"])
    assert said["more_goals"] == "Nog 6 doelen staan op het scherm."
    assert said["more_rows"].endswith("regels staan op het scherm.")
    assert pages_of(sheet.as_pdf(account, "Energietransitie", {"haarlem": "Haarlem"})) == 1


def test_a_coordinator_keeps_goals_and_each_form_leaves_a_line(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with visit(engine, cast.now, tmp_path, cast.coordinator) as visitor:
        assert visitor.send_form(GOALS, **{**GOAL, "target": "veel"}).status_code == 422  # type: ignore[attr-defined]
        assert visitor.send_form(GOALS, **GOAL).status_code == 303  # type: ignore[attr-defined]
        path = "/verantwoording/doelen/1"
        seen = visitor.seen_on(path)
        value = {"value": "1.200", "day": "2026-05-01", "value_source": "CBS"}
        assert visitor.send_form(f"{path}/waarden", **value).status_code == 303  # type: ignore[attr-defined]
        page = visitor.get(OPGAVE).text
        assert "15.000 woningen op 1 jan 2030" in page
        assert "1.200 op 1 mei 2026" in page
        change = {**GOAL, "target": "16.000", "seen": seen}
        assert visitor.send_form(path, **change).status_code == 303  # type: ignore[attr-defined]
        stale = visitor.send_form(path, **{**change, "text": "Mijn woorden"})
        assert stale.status_code == 409  # type: ignore[attr-defined]
        assert "Mijn woorden" in stale.text  # type: ignore[attr-defined]
        assert visitor.send_form(f"{path}/beeindigen", seen=2).status_code == 303  # type: ignore[attr-defined]
        assert visitor.get(path).status_code == 404
        assert "Er is nog geen doel vastgelegd" in visitor.get(OPGAVE).text
    with reading(engine) as session:
        deeds = [row.action for row in session.exec(select(AuditEntry).where(AuditEntry.object == "goal 1"))]
        assert deeds == ["goal set", "goal value added", "goal changed", "goal ended"]
        assert session.get_one(Goal, 1).target == 16_000
        assert [row.value for row in session.exec(select(GoalValue))] == [1200]


def test_who_only_reads_finds_no_form(engine: Engine, cast: Cast, tmp_path: Path) -> None:
    with visit(engine, cast.now, tmp_path, cast.lobbyist) as visitor:
        assert visitor.get(GOALS).status_code == 404
        assert visitor.send_form(GOALS, **GOAL).status_code == 404  # type: ignore[attr-defined]
        assert "/doelen" not in visitor.get(OPGAVE).text


def test_the_page_says_of_a_year_before_the_first_round_that_nobody_counted(
    engine: Engine, cast: Cast, tmp_path: Path
) -> None:
    began = datetime(2026, 1, 5, 8, tzinfo=UTC)
    with writing(engine) as session:
        session.add(Crawl(source="x", kind="stream", started_at=began, finished_at=began, complete=True))
    with visit(engine, cast.now, tmp_path, cast.reader) as visitor:
        page = visitor.get("/verantwoording?jaar=2026").text
    row = page[page.index("Regelingen gezien") :].partition("</tr>")[0]
    assert re.findall(r'data-label="(20\d\d)">(?:<a [^>]*>)?([^<]+)', row)[1] == ("2025", "nog niet geteld")
