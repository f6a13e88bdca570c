"""From budget to settlement: what is asked and brought, what is to be done and when, what comes in, and who sees sums."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import BudgetLine, Dossier
from db.session import writing
from db.vocabulary import Visibility
from db.vocabulary_calendar import FeedScope
from db.vocabulary_lobby import ApplicationStage, TaskKind
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, visit
from tracker.applications import tasks
from tracker.applications.budget import Share, add_line, lines_of, shares, withdraw_line
from tracker.applications.stages import start
from tracker.applications.totals import Counted, Sum, sums
from tracker.calendar.application_days import task_entries
from tracker.calendar.due import due_items_of
from tracker.calendar.feeds import feed_file, open_feed
from tracker.clock import Now
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # rules on plain rows

S = ApplicationStage


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def awarded(cast: Cast, visibility: str = Visibility.OWN) -> Dossier:
    dossier = start(cast.deed(), cast.call, "amsterdam", visibility)
    dossier.stage = S.AWARDED
    return dossier


def line(partner: str, costs: str, rate: str, in_kind: str = "0") -> BudgetLine:
    return BudgetLine(partner=partner, costs=Decimal(costs), rate=Decimal(rate), in_kind=Decimal(in_kind))


def test_costs_times_the_rate_is_asked_and_hours_come_off_what_is_to_be_found_in_money(cast: Cast) -> None:
    dossier = awarded(cast)
    for one in (line("Haarlem", "100.01", "66.67", "20"), line("Haarlem", "50", "100"), line("AMS", "80", "0", "80")):
        add_line(cast.deed(), dossier, one)
    by_partner, whole = shares(lines_of(cast.session, dossier))
    assert by_partner == [
        Share("AMS", Decimal("80"), Decimal("0.00"), Decimal("80")),
        Share("Haarlem", Decimal("150.01"), Decimal("116.68"), Decimal("20")),
    ]
    assert [share.own_money for share in by_partner] == [Decimal(0), Decimal("13.33")]
    assert whole.costs == whole.asked + whole.own
    for wrong in (line(" ", "1", "1"), line("X", "1", "101"), line("X", "1", "1", "2")):
        with pytest.raises(Incomplete):
            add_line(cast.deed(), dossier, wrong)
    for one in lines_of(cast.session, dossier):
        withdraw_line(cast.deed(), dossier, one.id)
    assert lines_of(cast.session, dossier) == []
    with pytest.raises(NotAllowed):
        add_line(cast.deed(cast.haarlem), awarded(cast, Visibility.REGION), line("X", "1", "1"))


def test_a_day_to_report_on_stands_in_calendar_feed_and_vandaag_until_it_is_done(cast: Cast, now: datetime) -> None:
    dossier = awarded(cast)
    day = date(2026, 6, 3)
    task = tasks.add_task(cast.deed(), dossier, TaskKind.SISA, day, assignee=cast.lobbyist.id)
    feed, _ = open_feed(cast.session, cast.lobbyist, FeedScope.TEAM, "Team", now)

    def told() -> tuple[int, int]:
        due = due_items_of(cast.session, "amsterdam", Now(now), day)
        return len(due), len(
            task_entries(cast.session, viewer_of(cast.haarlem), now.date(), date(2026, 1, 1), date(2027, 1, 1))
        )

    def in_feed(etag: str) -> str:
        return feed_file(cast.session, feed, cast.lobbyist, now, "https://x.example", etag).decode()

    assert told() == (1, 0), "due for its organisation, nothing for who may not see the application"
    (entry,) = task_entries(cast.session, viewer_of(cast.lobbyist), now.date(), date(2026, 1, 1), date(2027, 1, 1))
    assert (entry.day, entry.what, entry.who) == (day, "SiSa-verantwoording", cast.lobbyist.name)
    assert "SiSa-verantwoording" in in_feed("a")
    tasks.change_task(cast.deed(), dossier, task.id, task.version, date(2026, 7, 1), None)
    assert told() == (0, 0)
    tasks.tick_task(cast.deed(), dossier, task.id, task.version)
    assert "Gedaan." in in_feed("b")
    assert due_items_of(cast.session, "amsterdam", Now(now), date(2027, 1, 1)) == []


def test_reports_and_payments_come_only_after_an_award_and_tasks_always(cast: Cast) -> None:
    dossier = start(cast.deed(), cast.call)
    with pytest.raises(Incomplete, match="pas na een toekenning"):
        tasks.add_task(cast.deed(), dossier, TaskKind.FINAL, date(2027, 1, 1))
    with pytest.raises(Incomplete, match="pas na een toekenning"):
        tasks.expect(cast.deed(), dossier, date(2027, 1, 1), Decimal(1))
    with pytest.raises(Incomplete, match="wat er gedaan moet worden"):
        tasks.add_task(cast.deed(), dossier, TaskKind.TASK, date(2027, 1, 1), " ")
    with pytest.raises(Incomplete, match="collega"):
        tasks.add_task(cast.deed(), dossier, TaskKind.TASK, date(2027, 1, 1), "Bel", cast.haarlem.id)
    task = tasks.add_task(cast.deed(), dossier, TaskKind.TASK, date(2027, 1, 1), "Bel")
    other = awarded(cast)
    with pytest.raises(NotFound):
        tasks.tick_task(cast.deed(), other, task.id, task.version)


def test_sums_hold_what_is_still_asked_what_was_awarded_and_what_came() -> None:
    rows = [
        Counted(("A", "B"), S.SUBMITTED, Decimal(10), None),
        Counted(("A",), S.REJECTED, Decimal(1000), None),
        Counted(("C",), S.DROPPED, Decimal(7), Decimal(7)),  # awarded, and not taken up
        Counted(("A",), S.RUNNING, Decimal(100), Decimal(90), Decimal(30)),
    ]
    assert sums(rows) == [
        Sum("A", 3, Decimal(10), Decimal(90), Decimal(30)),
        Sum("B", 1, Decimal(10), Decimal(0), Decimal(0)),
        Sum("C", 1),
    ]


def shown(visitor: Visitor) -> list[str]:
    """The pages with sums, without the marks of one session."""
    pages = [visitor.get(path).text for path in ("/aanvragen", "/aanvragen/cofinanciering")]
    return [re.sub(r'(name="csrf"[^>]*|value="[^"]{16,}")', "", page) for page in pages]


def test_the_pages_take_budget_task_payment_and_proof_and_no_sum_of_another_changes(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = start(Deed(session, cast.lobbyist, now), cast.call, "amsterdam")
    address = f"/aanvragen/{dossier.id}"
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        before = shown(visitor)
    with writing(engine) as session:
        session.get_one(Dossier, dossier.id).stage = S.AWARDED
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        for step, fields in (
            ("begroting", {"budget_partner": "Haarlem", "costs": "44.444.444", "rate": "50", "in_kind": "1.000"}),
            ("taken", {"task_kind": "final_report", "task_day": "2026-05-30"}),
            ("betalingen", {"expected_on": "2026-05-01", "instalment": "44.000.001"}),
            ("betalingen/1", {"received_on": "2026-05-20", "received": "44.000.001", "seen": "1"}),
        ):
            answer = visitor.send_form(f"{address}/{step}", **fields)
            assert answer.status_code == 303, (step, answer.text)
        page, board = visitor.get(address).text, visitor.get("/aanvragen").text
        assert visitor.send_form(f"{address}/begroting", budget_partner="X", rate="50").status_code == 422
        vandaag = visitor.get("/").text
    for said in ("€ 44.444.444", "€ 22.222.222", "€ 22.221.222", "Einddeclaratie", "€ 44.000.001 op 20 mei"):
        assert said in page, said
    assert "€ 44.000.001" in board
    assert "Einddeclaratie" in vandaag
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert shown(visitor) == before
