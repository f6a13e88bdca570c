"""Pictures of our work: load against what people can do, a year as a timeline, money per opgave; each as a table too."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Deadline, Dossier, Instalment
from db.session import writing
from db.vocabulary import DeadlineKind, Role, Visibility
from db.vocabulary_lobby import ApplicationStage, TaskKind
from tests.make.lobby import gather
from tests.make.pages import make_user, visit
from tracker.applications import stages, tasks
from tracker.applications.totals import Sum
from tracker.calendar.due import DueItem
from tracker.calendar.load import WEEKS, WeekLoad, load_by_week, people_days
from tracker.people.absences import arrange
from tracker.rights import Deed
from tracker.web.calendar.pictures import bars, columns
from tracker.workdays import ClosedDays

pytestmark = pytest.mark.one_database

TODAY = date(2026, 11, 25)  # a Wednesday
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


def item(day: date, assignee: int | None = 1) -> DueItem:
    return DueItem(f"task:{day}", day, "taak", "Titel", "/x", assignee)


def test_what_is_due_falls_in_its_week_and_what_is_late_in_this_one() -> None:
    items = [item(TODAY), item(MONDAY + WEEK, None), item(MONDAY - timedelta(days=1)), item(MONDAY + WEEK * WEEKS)]
    weeks = load_by_week(items, TODAY, {MONDAY: 10, MONDAY + WEEK: 0}, 1)
    assert len(weeks) == WEEKS
    assert weeks[0] == WeekLoad(MONDAY, 1, 0, 2, 1)
    assert weeks[1] == WeekLoad(MONDAY + WEEK, 1, 1, 0)
    assert [week.too_much for week in weeks[:3]] == [0, 1, 0]
    drawn = columns(weeks)
    assert drawn[0].top == drawn[0].line, "as much as can be done"
    assert drawn[1].fits > drawn[1].top, "nothing fits, one is too much"


def test_who_is_away_and_holidays_can_do_less(session: Session) -> None:
    now = datetime(2026, 12, 21, 8, tzinfo=UTC)
    one, two = make_user(session, now, Role.LOBBYIST), make_user(session, now, Role.COORDINATOR)
    make_user(session, now, Role.READER)
    arrange(Deed(session, one, now), one, two, date(2026, 12, 22), date(2026, 12, 23))
    days = people_days(session, "amsterdam", now.date(), ClosedDays())
    assert days[date(2026, 12, 21)] == 2 * 4 - 2, "Christmas falls on that Friday, and one is away for two days"
    assert days[date(2027, 1, 4)] == 10, "readers carry no work"
    assert people_days(session, "haarlem", now.date(), ClosedDays())[date(2027, 1, 4)] == 0


def test_bars_keep_their_proportion_and_nothing_is_asked_is_no_error() -> None:
    one = Sum("A", 1, Decimal(100), Decimal(50), Decimal(0))
    lengths = [length for _, length, _ in bars([one])[0].lengths]
    assert lengths[0] == 2 * lengths[1] > 0 == lengths[2]
    assert bars([Sum("A", 1)])[0].lengths[0][1] == 0
    assert bars([]) == []


def _applications(session: Session, now: datetime) -> dict[str, Dossier]:
    """One that only Amsterdam sees, and one that the whole MRA sees, on the same opgave, each with money of its own."""
    cast = gather(session, now)
    closes = Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=date(2026, 9, 1), modified_at=now)
    session.add(closes)
    made = {}
    for name, visibility, asked in (("Geheim", Visibility.OWN, 7_000_010), ("Open", Visibility.REGION, 300_070)):
        dossier = stages.start(cast.deed(), cast.call, "amsterdam", visibility, ["A20-1"])
        dossier.title = name
        stages.set_money(cast.deed(), dossier, stages.Money(Decimal(asked), Decimal(asked), 50), dossier.version)
        stages.promise(cast.deed(), dossier, "amsterdam", now.year, Decimal(asked) / 10)
        made[name] = dossier
    tasks.add_task(cast.deed(), made["Geheim"], TaskKind.TASK, date(2026, 10, 1), "Bel de notaris")
    made["Geheim"].stage = ApplicationStage.AWARDED
    stages.application_of(session, made["Geheim"]).granted = Decimal(6_000_003)
    session.add(Instalment(dossier_id=made["Geheim"].id, expected_on=now.date(), amount=Decimal(5_000_000),
                           received_on=now.date(), received=Decimal(4_000_005)))  # fmt: skip
    return made


@pytest.mark.parametrize(
    "path", ["/aanvragen", "/aanvragen/cofinanciering", "/kalender/beelden", "/opgaven", "/overleg"]
)
def test_no_sum_holds_an_amount_from_what_the_reader_may_not_see(
    engine: Engine, now: datetime, tmp_path: Path, path: str
) -> None:
    with writing(engine) as session:
        made = _applications(session, now)
        own, other = make_user(session, now, Role.LOBBYIST, "amsterdam", "een@amsterdam.nl"), "haarlem"
        reader = make_user(session, now, Role.LOBBYIST, other, "twee@haarlem.nl")
        hidden = made["Geheim"].id

    def amounts(user: object) -> set[str]:
        with visit(engine, now, tmp_path, user) as visitor:  # type: ignore[arg-type]
            page = visitor.get(path)
            assert page.status_code == 200
            return set(re.findall(r"€ [\d.,]+(?: mln)?|\d+%", page.text))

    before = amounts(reader)
    secret = {"7.000.010", "6.000.003", "4.000.005", "700.001", "7.300.080", "730.008"}
    assert not {amount for amount in before if any(number in amount for number in secret)}
    if path in ("/aanvragen", "/kalender/beelden"):
        assert any("6.000.003" in amount for amount in amounts(own)), "its own organisation counts it"
        assert any("300.070" in amount for amount in before), "what everybody sees is counted for everybody"
    with writing(engine) as session:
        stages.application_of(session, session.get_one(Dossier, hidden)).granted = Decimal(1)
    assert amounts(reader) == before, "no sum of theirs moves with it"


def test_the_year_holds_our_own_steps_and_dates_and_says_them_as_a_table(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        lobbyist = make_user(session, now, Role.LOBBYIST, "amsterdam", "drie@amsterdam.nl")
        stranger = make_user(session, now, Role.LOBBYIST, "almere")
        deed = Deed(session, lobbyist, now)
        session.add(Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=date(2026, 9, 1), modified_at=now))
        dossier = stages.start(deed, cast.call, "amsterdam")
        tasks.add_task(deed, dossier, TaskKind.TASK, date(2026, 10, 1), "Bel de notaris")
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        page = visitor.get("/kalender/beelden?year=2026").text
        assert page.count("Bel de notaris") >= 2, "in the picture and in its table"
        assert "1 sep 2026" in page
        assert "Bel de notaris" not in visitor.get("/kalender/beelden?year=2027").text
        assert visitor.get("/kalender/beelden?each=0").status_code == 422
        assert "Drukte als tabel" in page
    with visit(engine, now, tmp_path, stranger) as visitor:
        page = visitor.get("/kalender/beelden?year=2026").text
        assert "notaris" not in page
        assert "Subsidie warmtenetten" not in page, "nobody there works on it"
