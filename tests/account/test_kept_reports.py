"""A kept report on paper and as a file: what stood on its day and not what came later, tagged in the order of reading."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Call, Challenge, Goal
from db.session import writing
from notifications.wording import local_day
from tests.make.awards import applied, award
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tests.make.pdf_tags import read_tags
from tracker.account import kept_sheet, reports
from tracker.account.goals import GoalWords, add_value, change_goal, set_goal
from tracker.rights import Deed

pytestmark = pytest.mark.one_database

YEAR, BEFORE = (date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31))
GOAL = GoalWords("Van het gas", Decimal(15_000), "woningen", date(2030, 1, 1), "Agenda", "De warme regio")


@pytest.fixture
def cast(engine: Engine, now: datetime) -> Iterator[Cast]:
    with writing(engine) as session:
        yield gather(session, now)


def words_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\xa0", " ").replace("-\n", "").split())


def kept(cast: Cast, days: tuple[date, date] = YEAR, visibility: str = "mra") -> int:
    deed = cast.deed(cast.coordinator)
    return reports.keep(deed, "opgaven/A20-1", *days, local_day(cast.now), visibility).id


def test_the_pdf_holds_what_stood_on_its_day_and_nothing_of_later(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    coordinator = cast.deed(cast.coordinator)
    won = applied(cast, date(2026, 2, 1))
    award(cast, won, date(2026, 3, 1), "300000")
    applied(cast, date(2026, 2, 2), visibility="own", requested="111000")
    goal = set_goal(coordinator, cast.session.get_one(Challenge, "A20-1"), GOAL)
    add_value(coordinator, goal, Decimal(1_200), date(2026, 5, 1), "CBS")
    kept(cast, BEFORE)
    number = kept(cast)
    later = Deed(cast.session, cast.coordinator, now + timedelta(days=40))
    change_goal(later, goal, GoalWords(**{**vars(GOAL), "target": Decimal(16_000)}), goal.version)
    add_value(later, goal, Decimal(9_999), date(2026, 6, 1), "CBS")
    award(cast, applied(cast, date(2026, 4, 1)), date(2026, 5, 1), "777000")
    cast.session.commit()
    with visit(engine, now + timedelta(days=41), tmp_path, cast.haarlem) as visitor:
        answer = visitor.get(f"/verantwoording/verslagen/{number}/pdf")
        assert answer.headers["content-type"] == "application/pdf"
        said = words_of(answer.content)
        for there in (
            "Stand van kennis op 29 mei 2026", "1, samen € 300.000", "15.000 woningen op 1 jan 2030",
            "1.200 op 1 mei 2026 (CBS)", "Dient: De warme regio", "2025 (vorige verslag)", "Aanvragen toegekend: 1",
            "iets anders bekend",
        ):  # fmt: skip
            assert there in said, there
        for gone in ("777.000", "16.000", "9.999", "111.000"):
            assert gone not in said, gone
        page = visitor.get(f"/verantwoording/verslagen/{number}").text
        assert f'href="/verantwoording/verslagen/{number}/pdf"' in page
        assert "15.000 woningen" in page
        assert "16.000" not in page
        rows = json.loads(visitor.get(f"/verantwoording/verslagen/{number}.json").text)
        assert {"aanvragen toegekend", "aanvragen ingediend"} <= {row["wat"] for row in rows}
        assert all(row["onderwerp"] for row in rows)
        assert "777000" not in str(rows)


def test_the_pdf_is_tagged_in_the_order_of_reading(cast: Cast, engine: Engine, now: datetime, tmp_path: Path) -> None:
    award(cast, applied(cast, date(2026, 2, 1)), date(2026, 3, 1), "300000")
    set_goal(cast.deed(cast.coordinator), cast.session.get_one(Challenge, "A20-1"), GOAL)
    kept(cast, BEFORE)
    number = kept(cast)
    own = kept(cast, visibility="own")
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        pdf = visitor.get(f"/verantwoording/verslagen/{number}/pdf").content
        assert visitor.get(f"/verantwoording/verslagen/{own}/pdf").status_code == 404
        assert visitor.get(f"/verantwoording/verslagen/{own}.csv").status_code == 404
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    tags = read_tags(pdf)
    assert (tags.lang, tags.marked, tags.title) == ("nl-NL", True, "Verslag 2026: Energietransitie")
    told = [tag for tag in tags.order if tag in ("H1", "H2", "Table", "L")]
    assert told == ["H1", "H2", "Table", "H2", "Table", "H2", "L", "H2", "Table"]
    pages = list(dict.fromkeys(page for page, _ in tags.marks))
    by_page = [[mark for at, mark in tags.marks if at == page] for page in pages]
    assert all(marks == sorted(marks) for marks in by_page), "as they stand on the page"
    said = words_of(pdf)
    order = [said.index(head) for head in ("Cijfers", "Doelen", "Wat er veranderde sinds", "Wat het opbracht")]
    assert order == sorted(order)


def test_a_report_from_before_goals_were_kept_tells_none(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    set_goal(cast.deed(cast.coordinator), cast.session.get_one(Challenge, "A20-1"), GOAL)
    report = reports.report_for(session, cast.deed().viewer, kept(cast))
    assert [one.goal.text for one in reports.goals_of(report)] == ["Van het gas"]
    assert session.get(Goal, 1) in session, "what is shown of a kept goal is in no table"
    report.goals = None
    told = kept_sheet.words(session, report, None, local_day(now), {})
    assert (told["has_goals"], told["goals"], told["changes"]) == (False, [], [])
    assert told["no_changes"] == "Dit is het eerste verslag hierover."


def test_a_page_tells_fifty_of_what_came_later_and_its_files_stay_whole(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    deed = cast.deed(cast.coordinator)
    number = reports.keep(deed, "", *YEAR, local_day(cast.now), "mra").id
    old = cast.call.model_dump(exclude={"id"})
    cast.session.add_all(Call(**{**old, "title": f"Nieuw {n:02}"}) for n in range(60))
    cast.session.commit()
    path = f"/verantwoording/verslagen/{number}"
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        first, second = (visitor.get(f"{path}{query}").text for query in ("", "?page=2"))
        assert len(json.loads(visitor.get(f"{path}.json").text)) == 1, "the file tells what was kept"
    told = [[f"Nieuw {n:02}" for n in range(60) if f">Nieuw {n:02}</a>" in page] for page in (first, second)]
    assert [len(names) for names in told] == [50, 10]
    assert len({*told[0], *told[1]}) == 60, "each stands on one page"
    assert "Later vastgelegd (60)" in first
    assert f'href="{path}?page=2#vorige" rel="next"' in first
    assert f'href="{path}#vorige" rel="prev"' in second
