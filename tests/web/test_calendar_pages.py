"""Kalender: every entry on its right local day, in every view; clocks, meetings and who looks after what."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.giver import giver_key
from db.models import (
    Assignment,
    Body,
    Call,
    Deadline,
    DecisionClock,
    Dossier,
    Meeting,
    Milestone,
    Moment,
    User,
    Verdict,
    YearPlan,
)
from db.session import reading, writing
from db.vocabulary import DeadlineKind, DeliveryState, Say
from db.vocabulary_calendar import EntryKind
from db.vocabulary_lobby import ApplicationStage
from tests.make.mail_cases import settle_all
from tests.make.pages import Visitor, visit
from tests.make.planning_mail import plan_once
from tests.make.planning_world import BRUSSELS_17, NOW, add_call, add_deadline, settle_world
from tracker.applications.stages import start
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import DecisionRoute, milestones_of, replan_meetings, replan_moved, start_clock
from tracker.calendar.due import due_items_of, week_end
from tracker.calendar.entries import Entry
from tracker.calendar.entry_events import entry_event
from tracker.calendar.latest_go import notice_for
from tracker.clock import Now
from tracker.mailing.due_lines import inside_due, lines_due
from tracker.rights import Deed
from tracker.web.calendar.views import (
    by_quarter,
    first_of,
    next_month,
    previous_month,
    quarter_name,
    span,
    timeline,
    weeks,
)

pytestmark = pytest.mark.one_database  # it only reads


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with writing(engine) as session:
        return settle_world(session)


@pytest.fixture
def me(engine: Engine, people: dict[str, User], tmp_path: Path) -> Iterator[Visitor]:
    with visit(engine, NOW, tmp_path, people["coordinator"]) as visitor:
        yield visitor


def entry(day: date, **fields: object) -> Entry:
    return Entry(
        **{"kind": EntryKind.DEADLINE, "day": day, "what": "sluit", "title": "T", "href": "/regelingen/1"}
        | {"call": "/regelingen/1"}
        | fields
    )  # type: ignore[arg-type]


# The grid, pure.


def test_weeks_begin_on_monday_and_2026_has_a_week_53() -> None:
    grid = weeks(date(2026, 12, 1), [])
    assert [week.number for week in grid] == [49, 50, 51, 52, 53]
    assert grid[0].cells[0].day == date(2026, 11, 30)
    assert grid[-1].cells[-1].day == date(2027, 1, 3)
    assert all(cell.day.weekday() == n for week in grid for n, cell in enumerate(week.cells))
    assert [week.number for week in weeks(date(2027, 1, 1), [])] == [53, 1, 2, 3, 4]


@pytest.mark.parametrize(("first", "rows"), [(date(2027, 2, 1), 4), (date(2028, 2, 1), 5), (date(2026, 8, 1), 6)])
def test_every_day_of_a_month_stands_in_its_grid_once(first: date, rows: int) -> None:
    grid = weeks(first, [entry(first + timedelta(days=n)) for n in range(28)])
    inside = [cell.day for week in grid for cell in week.cells if cell.inside]
    assert len(grid) == rows
    assert inside[0] == first
    assert inside[-1] == next_month(first) - timedelta(days=1)
    assert len(set(inside)) == len(inside)


def test_months_follow_each_other_over_the_turn_of_the_year() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert previous_month(date(2027, 1, 1)) == date(2026, 12, 1)
    assert first_of("2028-02", NOW.date()) == date(2028, 2, 1)


def test_a_recess_stands_on_all_of_its_days() -> None:
    recess = entry(date(2026, 12, 19), kind=EntryKind.CLOSED, until=date(2027, 1, 3))
    closed = [cell.day for week in weeks(date(2026, 12, 1), [recess]) for cell in week.cells if cell.closed]
    assert (closed[0], closed[-1], len(closed)) == (date(2026, 12, 19), date(2027, 1, 3), 16)


def test_the_timeline_runs_five_quarters_and_gives_the_open_ended_a_bar() -> None:
    since, until = span(date(2026, 11, 23))
    assert (since, until) == (date(2026, 10, 1), date(2027, 12, 31))
    line = timeline([entry(date(2027, 3, 30))], [("doorlopend open", "D", "/regelingen/2")], date(2026, 11, 23))
    assert [(lane.title, lane.open_end) for lane in line.lanes] == [("T", False), ("D", True)]
    step = entry(date(2027, 2, 1), kind=EntryKind.MILESTONE, href="/kalender/klok/3")
    budget = entry(date(2026, 12, 2), kind=EntryKind.MOMENT, title="Najaarsnota", href="", call="")
    line = timeline([entry(date(2027, 3, 30)), step, budget], [], date(2026, 11, 23))
    assert [(lane.title, "".join(e.mark for _, e in lane.marks)) for lane in line.lanes] == [
        ("Interventiemomenten", "●"),
        ("T", "◆■"),
    ]
    assert line.left_out == 0
    assert quarter_name(date(2027, 1, 1)) == "1e kwartaal 2027"
    assert [name for name, _ in by_quarter([entry(date(2027, 3, 31)), entry(date(2027, 4, 1))])] == [
        "1e kwartaal 2027",
        "2e kwartaal 2027",
    ]


# The page.


def cell_of(page: str, day: date) -> str:
    start = page.index(f'<time datetime="{day}"')
    return page[start : page.index("</td>", start)]


MOMENTS = [
    (datetime(2026, 12, 30, 23, 0, tzinfo=UTC), date(2026, 12, 31), "00:00"),
    (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31), "23:59"),
    (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1), "00:00"),
    (datetime(2026, 12, 31, 10, 59, tzinfo=UTC), date(2026, 12, 31), "11:59"),
]


@pytest.mark.parametrize(("at", "day", "hour"), MOMENTS)
def test_a_moment_stands_on_its_local_day(me: Visitor, engine: Engine, at: datetime, day: date, hour: str) -> None:
    with writing(engine) as session:
        add_deadline(session, add_call(session, "Om middernacht"), at)
    cell = cell_of(me.get(f"/kalender?month={day:%Y-%m}&show=deadline").text, day)
    assert "Om middernacht" in cell
    assert hour in cell


def test_every_view_shows_every_kind_with_a_word_and_a_mark(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session, "Met van alles")
        add_deadline(session, call, datetime(2026, 12, 1, 16, tzinfo=UTC), assumed=True)
        add_deadline(session, call, None, day=date(2026, 11, 30), kind=DeadlineKind.OPENS)
        add_deadline(session, add_call(session, "Zonder eind", closes_at=None), None, kind=DeadlineKind.ROLLING)
    for view in ("maand&month=2026-12", "lijst", "kwartalen"):
        page = me.get(f"/kalender?view={view}").text
        assert "Met van alles" in page, view
        assert "doorlopend open" in page, view
        assert "■" in page, view
    listed = me.get("/kalender?view=lijst").text
    assert "gebruikelijk uur" in listed
    assert "uur niet genoemd" in listed


def test_a_phone_lists_a_recess_once_a_month_and_always_today(me: Visitor, engine: Engine) -> None:
    for month in ("2027-07", "2027-08"):
        assert listed_on_a_phone(me.get(f"/kalender?month={month}").text) == ["t/m 22 aug 2027"]
    today = me.get("/kalender").text
    assert re.search(r'class="day day--today[^"]*" aria-current="date"', today)
    css = Path("tracker/web/static/calendar.css").read_text("utf-8")
    assert ".day--empty:not(.day--today)" in css


def listed_on_a_phone(page: str) -> list[str]:
    """Until when the recess runs, of the days without an entry that a phone lists."""
    cells = re.findall(r'<td class="([^"]*)"[^>]*>(.*?)</td>', page, re.DOTALL)
    holidays = [
        (names.split(), said) for names, said in cells if "zomervakantie" in said and "day__entries" not in said
    ]
    assert len(holidays) > 7
    listed = [said for names, said in holidays if not {"day--empty", "day--outside"} & set(names)]
    return [found for said in listed for found in re.findall(r'day__until"> (.*?)<', said)]


def test_the_calendar_answers_to_the_filter_of_regelingen(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        for title, language in (("In het Nederlands", "nl"), ("In English", "en")):
            add_deadline(session, add_call(session, title, language=language), datetime(2026, 12, 1, 16, tzinfo=UTC))
    page = me.get("/kalender?view=lijst&languages=en&show=deadline").text
    assert "In English" in page
    assert "In het Nederlands" not in page
    assert me.get("/kalender?bestaat=niet").status_code == 422
    assert me.get("/kalender?month=2026-13").status_code == 422


def test_a_consultation_stands_once_with_its_hour_as_a_moment(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session, "Wet regie", nature="moment", closes_at=datetime(2026, 12, 4, 23, tzinfo=UTC))
        add_deadline(session, call, None, day=date(2026, 12, 4), kind=DeadlineKind.CONSULTATION)
    listed = me.get("/kalender?view=lijst&show=moment").text
    assert listed.count("Wet regie") == 1
    assert "Wet regie" in listed[listed.index('datetime="2026-12-04"') :]
    assert "Wet regie" not in me.get("/kalender?view=lijst&show=deadline").text


def test_the_opening_of_a_consultation_is_no_opening_of_a_call(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session, "Wet regie", nature="moment", closes_at=datetime(2026, 12, 4, 23, tzinfo=UTC))
        add_deadline(session, call, None, day=date(2026, 11, 30), kind=DeadlineKind.OPENS)
        short = add_call(session, "Call 6", publisher="Interreg Noordzee")
        add_deadline(session, short, None, day=date(2026, 11, 30), kind=DeadlineKind.OPENS)
    cell = cell_of(me.get("/kalender?month=2026-11").text, date(2026, 11, 30))
    consultation = next(line for line in cell.split("<li>") if "Wet regie" in line)
    assert "reactie open" in consultation
    assert "▲" not in consultation
    assert "▲" in next(line for line in cell.split("<li>") if "Call 6" in line)
    assert "Interreg Noordzee" in cell, "a title that says nothing by itself stands beside whose it is"
    assert "Wet regie" not in me.get("/kalender?view=lijst&show=deadline").text


def test_a_moment_whose_day_nobody_knows_stands_on_no_day_and_says_so_everywhere(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        ours = {"kind": "other", "participant_id": "amsterdam"}
        session.add(Moment(title="Wintertrilogen", ends_on=date(2026, 12, 15), sure=False, **ours))
        session.add(Moment(title="Winterdebat", ends_on=date(2026, 12, 16), sure=True, **ours))
    month = me.get("/kalender?month=2026-12&scope=all").text
    above, _, grid = month.partition('<table class="month"')
    assert "dag nog niet bekend" in above
    assert "Wintertrilogen" in above
    assert "Wintertrilogen" not in grid
    assert "Winterdebat" in cell_of(month, date(2026, 12, 16))
    for path in ("/kalender?view=lijst&scope=all", "/kalender?view=kwartalen&scope=all"):
        page = me.get(path).text
        assert "dag nog niet bekend" in page[page.rindex("Wintertrilogen") :][:300], path
        before = page[: page.rindex("Wintertrilogen")][-700:]
        assert "15 dec" not in before, f"{path}: a day that nobody knows is told of none"
    rows = me.get("/kalender.csv?scope=all").text.splitlines()
    assert any("Wintertrilogen" in row and "dag nog niet bekend" in row for row in rows)
    event = entry_event(
        entry(date(2026, 12, 15), kind=EntryKind.MOMENT, unknown_day=True), "https://k.example", Now(NOW)
    )
    assert event.summary.endswith("(dag nog niet bekend)")


@pytest.mark.parametrize("eligible", ["unknown", "no"])
def test_what_the_calendar_leaves_out_is_a_list_of_as_many_rows_as_it_says(
    me: Visitor, engine: Engine, eligible: str
) -> None:
    with writing(engine) as session:
        for number in range(3):
            add_call(session, f"Buiten {number}", eligible=eligible)
        add_call(session, "Binnen", eligible="self")
        add_call(session, "Anders", eligible="no" if eligible == "unknown" else "unknown")
    page = me.get("/kalender").text
    address, many = re.findall(r'href="([^"]+)">(\d+) open', page.partition("Hier niet:")[2].partition("</p>")[0])[
        0 if eligible == "unknown" else 1
    ]
    listed = me.get(unescape(address)).text
    assert f"beside={eligible}" in address
    assert listed.count('<tr><th scope="row">') == int(many)
    assert "Buiten 2" in listed
    assert "Binnen" not in listed
    assert "Anders" not in listed


def test_the_list_begins_with_what_is_late_and_leaves_out_a_moment_that_is_off(
    me: Visitor, engine: Engine, people: dict[str, User]
) -> None:
    noon = datetime(2026, 12, 4, 11, tzinfo=UTC)
    with writing(engine) as session:
        late = add_deadline(session, add_call(session, "Al voorbij"), NOW - timedelta(days=9))
        given = {"deadline_id": late.id, "assignee_id": people["fundraiser"].id, "assigned_at": NOW}
        whose = {"assigned_by": people["coordinator"].id, "participant_id": "amsterdam", "state": "planned"}
        session.add(Assignment(**given, **whose))
        add_deadline(session, add_call(session, "Ook voorbij"), NOW - timedelta(days=9))
        off = add_call(session, "Debat van niks", nature="moment", closes_at=noon, source_word="withdrawn")
        add_deadline(session, off, noon, kind=DeadlineKind.CONSULTATION)
    listed = me.get("/kalender?view=lijst&scope=all").text
    assert (
        listed.index("Nog open van voor vandaag")
        < listed.index("Al voorbij")
        < listed.index('class="agenda__day"', listed.index("Al voorbij"))
    )
    assert "Ook voorbij" not in listed, "a date that nobody had is no work that is late"
    assert "Debat van niks" not in listed
    assert "Debat van niks" in me.get("/kalender?month=2026-12&scope=all").text
    assert "Nog open van voor vandaag" not in me.get("/kalender?view=lijst&scope=all&month=2026-12").text


def test_a_clock_is_planned_kept_assigned_and_settled(me: Visitor, engine: Engine, people: dict[str, User]) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, BRUSSELS_17)
    tried = me.get(f"/regelingen/{call.id}/klok?cofunding=true").text
    assert "De raad van Amsterdam" in tried
    with reading(engine) as session:
        assert session.exec(select(DecisionClock)).all() == []
    kept = me.send_form(f"/regelingen/{call.id}/klok", deadline=row.id, lead="amsterdam", cofunding="true")
    assert kept.headers["location"] == "/kalender/klok/1?gedaan=gepland"  # type: ignore[attr-defined]
    someone = people["fundraiser"]
    me.send_form("/mijlpalen/1", version=1, state="planned", assignee=someone.id)
    me.send_form("/mijlpalen/1", version=1, state="dropped", why="te laat gezien")
    me.send_form("/mijlpalen/2", version=1, state="dropped", why=" ")
    with reading(engine) as session:
        first, second = session.get_one(Milestone, 1), session.get_one(Milestone, 2)
        assert (first.assignee_id, first.state) == (someone.id, "planned")
        assert first.version > 1
        assert second.state == "planned"
    assert someone.name in me.get("/kalender/klok/1").text


def test_a_day_put_by_hand_stays_with_its_reason_and_is_given_back(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        clock = start_clock(Deed(session, session.get_one(User, 1), NOW), row, DecisionRoute("amsterdam"), "amsterdam")
        first, second = milestones_of(session, clock)[:2]
        was, before, version = second.day, first.day, second.version
    earlier = was - timedelta(days=7)

    def put(day: date, why: str = "", **more: object) -> str:
        row = {"about_row": f"mijlpaal-{second.id}", "was:why": "", "was:day": was}
        fields = {"version": version, "state": "planned", "day": day, "why": why, **row, **more}
        answer = me.send_form(f"/mijlpalen/{second.id}", **fields)
        return answer.headers.get("location", answer.text)

    assert "zeg waarom dit vervalt of verschuift" in put(earlier)
    assert "die dag ligt na de termijn" in put(BRUSSELS_17.date() + timedelta(days=1), "kan niet eerder")
    assert "gedaan=bewaard" in put(earlier, "de wethouder is er dan")
    typed = put(earlier - timedelta(days=1), "een ander was eerder")
    assert "Iemand anders heeft dit net gewijzigd" in typed
    assert 'value="een ander was eerder"' in typed, "what was typed is still there"
    assert "Iemand anders maakte hiervan: de wethouder is er dan" in typed
    page = me.get("/kalender/klok/1").text
    assert "dag met de hand gezet: de wethouder is er dan" in page
    with writing(engine) as session:
        replan_meetings(session, NOW)
        moved, kept = session.get_one(Milestone, first.id), session.get_one(Milestone, second.id)
        assert (kept.day, kept.pinned, kept.why) == (earlier, True, "de wethouder is er dan")
        assert moved.day < before
        version = kept.version
    assert "gedaan=bewaard" in put(earlier, "", let_go="true")
    with reading(engine) as session:
        kept = session.get_one(Milestone, second.id)
        assert (kept.day, kept.pinned, kept.why) == (was, False, "")


def test_a_clock_belongs_to_its_organisation(
    engine: Engine, people: dict[str, User], me: Visitor, tmp_path: Path
) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, BRUSSELS_17)
    me.send_form(f"/regelingen/{call.id}/klok", deadline=row.id, lead="amsterdam")
    with visit(engine, NOW, tmp_path, people["haarlem"]) as other:
        assert other.get("/kalender/klok/1").status_code == 404
        assert other.send_form("/mijlpalen/1", version=1, state="done").status_code == 404  # type: ignore[attr-defined]
        assert "Mijlpalen van" not in other.get(f"/regelingen/{call.id}").text
    with visit(engine, NOW, tmp_path, people["reader"]) as reader:
        assert reader.get("/kalender/klok/1").status_code == 200
        assert reader.send_form("/mijlpalen/1", version=1, state="done").status_code == 404  # type: ignore[attr-defined]


def test_a_body_without_meetings_is_said_in_clear_words(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, BRUSSELS_17)
        body = session.get_one(Body, "college-amsterdam")
        body.weekday, body.weeks, body.months = 6, [5], [2]
        session.add(body)
    page = me.get(f"/regelingen/{call.id}/klok")
    assert "Van het college van Amsterdam zijn geen vergaderingen bekend" in page.text
    refused = me.send_form(f"/regelingen/{call.id}/klok", deadline=row.id, lead="amsterdam")
    assert refused.status_code == 422  # type: ignore[attr-defined]


def test_a_call_says_for_whom_it_is_too_late(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        near = add_call(session, "Dichtbij")
        add_deadline(session, near, datetime(2026, 12, 22, 16, tzinfo=UTC))
        far = add_call(session, "Ver weg")
        add_deadline(session, far, BRUSSELS_17)
        near.eligible, far.eligible = "self", "unknown"
        over = add_call(session, "Voorbij")
        add_deadline(session, over, datetime(2026, 11, 1, 16, tzinfo=UTC))
    assert "te laat voor de raad van Amsterdam" in me.get(f"/regelingen/{near.id}").text
    assert "te laat" not in me.get(f"/regelingen/{far.id}").text
    if_we_may = "Wie mag aanvragen is niet bekend: dit geldt alleen als uw organisatie het mag."
    assert [if_we_may in me.get(f"/regelingen/{call.id}").text for call in (near, far)] == [False, True]
    assert "Halen wij het nog?" not in me.get(f"/regelingen/{over.id}").text


def test_a_deadline_is_given_to_a_colleague_only(me: Visitor, engine: Engine, people: dict[str, User]) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
    me.send_form(f"/termijnen/{row.id}/toewijzen", version=0, assignee=people["haarlem"].id)
    with reading(engine) as session:
        assert session.exec(select(Assignment)).all() == []
    me.send_form(f"/termijnen/{row.id}/toewijzen", version=0, assignee=people["fundraiser"].id)
    at = {"version": 0, "about_row": f"termijn-{row.id}", "was:why": "", "why": "Is al ingediend"}
    late = me.send_form(f"/termijnen/{row.id}/toewijzen", assignee=people["coordinator"].id, state="done", **at)
    assert (late.status_code, 'value="Is al ingediend"' in late.text) == (409, True), "what was typed is still there"
    with reading(engine) as session:
        (kept,) = session.exec(select(Assignment)).all()
        assert (kept.assignee_id, kept.state) == (people["fundraiser"].id, "planned")
    assert people["fundraiser"].name in me.get("/kalender?view=lijst&month=2027-03&show=deadline").text


def test_a_coordinator_fills_in_meetings_and_milestones_follow(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, BRUSSELS_17)
    me.send_form(f"/regelingen/{call.id}/klok", deadline=row.id, lead="amsterdam")
    me.send_form("/kalender/vergaderingen/college-amsterdam/data", day="2027-03-15", papers_on="2027-03-08")
    with reading(engine) as session:
        step = session.exec(select(Milestone).where(Milestone.body_id == "college-amsterdam")).one()
        assert (step.day, step.begins_on, step.version) == (date(2027, 3, 15), date(2027, 3, 8), 2)
        assert session.exec(select(Meeting)).one().example is False
    refused = me.send_form("/kalender/vergaderingen/college-amsterdam/data", day="2027-03-15", papers_on="2027-03-16")
    assert "stukken moeten er voor" in refused.text  # type: ignore[attr-defined]
    me.send_form("/kalender/reces", kind="recess", name="Reces", first_day="2027-03-29", last_day="2027-03-01")
    added = me.send_form("/kalender/reces", kind="closure", name="Dicht", first_day="2027-03-15", last_day="2027-03-26")
    assert added.status_code == 303  # type: ignore[attr-defined]
    assert "Dicht" in me.get("/kalender/vergaderingen").text
    with reading(engine) as session:
        days = [row.day for row in session.exec(select(Milestone))]
        assert not [day for day in days if date(2027, 3, 15) <= day <= date(2027, 3, 26)]


def test_a_year_plan_is_shown_first_and_kept_whole_or_not_at_all(me: Visitor, engine: Engine) -> None:
    page = "/kalender/vergaderingen/college-amsterdam"
    asked = me.send_form(f"{page}/jaarplanning", lines="dinsdag 2 maart 2027\nzondag 7 maart 2027\nvolgt nog")
    assert "Er wordt niets bewaard" in asked.text  # type: ignore[attr-defined]
    lines = "dinsdag 2 maart 2027\nzondag 7 maart 2027\ndinsdag 16 maart 2027"
    refused = me.send_form(f"{page}/jaarplanning", lines=lines, keep="1")
    assert "Klopt dit? Het is een zondag" in refused.text  # type: ignore[attr-defined]
    with reading(engine) as session:
        assert session.exec(select(Meeting)).all() == []
    me.send_form(f"{page}/jaarplanning", lines=lines, keep="1", sure="true", source="planning.xlsx")
    with reading(engine) as session:
        data = body_calendar(session)
        march = data.meetings("college-amsterdam", date(2027, 3, 1), date(2027, 3, 31))
        assert [(m.day.day, m.assumed) for m in march] == [(2, False), (7, False), (16, False), (23, True), (30, True)]
    shown = me.get(page).text
    assert "planning.xlsx" in shown
    assert "aangenomen ritme" in shown
    me.send_form("/kalender/jaarplanning/1/weg")
    with reading(engine) as session:
        march = body_calendar(session).meetings("college-amsterdam", date(2027, 3, 1), date(2027, 3, 31))
        assert all(meeting.assumed for meeting in march)


@pytest.mark.parametrize(
    ("without", "left"),
    [("2 feb", {2: True, 12: False, 23: False}), ("12 jan", {2: False, 5: False, 9: True, 16: True})],
)
def test_of_two_year_plans_on_the_same_days_the_one_that_is_not_withdrawn_stands(
    me: Visitor, engine: Engine, without: str, left: dict[int, bool]
) -> None:
    """Else a body has no meeting at all where the one gave way to the other; by day and whether it is assumed."""
    page = "/kalender/vergaderingen/college-amsterdam"
    for lines in ("13-01-2027\n12-02-2027\n23-02-2027", "02-02-2027\n05-02-2027"):
        me.send_form(f"{page}/jaarplanning", lines=lines, keep="1", sure="true")
    with reading(engine) as session:
        plans = session.exec(select(YearPlan).order_by(col(YearPlan.first_day))).all()
        assert [(p.first_day.day, p.last_day.day) for p in plans] == [(13, 1), (2, 5), (6, 23)]
    for plan in [plans[1]] if without == "2 feb" else [plans[0], plans[2]]:
        me.send_form(f"/kalender/jaarplanning/{plan.id}/weg")
    with reading(engine) as session:
        met = body_calendar(session).meetings("college-amsterdam", date(2027, 2, 1), date(2027, 2, 28))
        assert left.items() <= {meeting.day.day: meeting.assumed for meeting in met}.items()


def test_an_odd_day_is_asked_about_and_a_wrong_one_can_be_taken_away(me: Visitor, engine: Engine) -> None:
    page = "/kalender/vergaderingen/college-amsterdam"
    asked = me.send_form(f"{page}/data", day="2027-03-07", papers_on="2027-03-01")
    assert "zondag" in asked.text  # type: ignore[attr-defined]
    me.send_form(f"{page}/data", day="2027-01-04", papers_on="2027-01-01", sure="true")  # gone by
    with reading(engine) as session:
        (meeting,) = session.exec(select(Meeting)).all()
    assert f"/kalender/vergadering/{meeting.id}/weg" in me.get(page).text
    me.send_form(f"/kalender/vergadering/{meeting.id}/weg")
    with reading(engine) as session:
        assert session.exec(select(Meeting)).all() == []


def test_what_rests_on_an_assumed_rhythm_says_so_and_is_never_red(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, NOW + timedelta(days=9))
    shown = me.get(f"/regelingen/{call.id}").text
    assert "waarschijnlijk te laat voor" in shown
    assert "aangenomen ritme" in shown
    assert '<b class="alarm">te laat' not in shown
    me.send_form(f"/regelingen/{call.id}/klok", deadline=row.id, lead="amsterdam")
    for address in ("/kalender", "/kalender?view=lijst", "/kalender/klok/1"):
        assert "aangenomen ritme" in me.get(address).text, address
    me.send_form(f"/regelingen/{call.id}/aanvraag")
    assert "<b>te laat</b>" not in me.get("/kalender/klok/1").text, "nor black on white"
    assumed = [row for row in me.get("/aanvragen/1").text.split("<tr>") if "aangenomen ritme" in row]
    assert any("nog niet gedaan" in row for row in assumed)
    assert not any("te laat" in row for row in assumed)
    kept = me.get("/kalender.csv?show=milestone&month=2026-12").text
    assert ";ja;ja;" not in kept, "nor is it late in a file"
    assert '/kalender/vergaderingen/None"' not in me.get(f"/regelingen/{call.id}/klok?cofunding=true").text


def test_only_coordinators_change_meetings(engine: Engine, people: dict[str, User], tmp_path: Path) -> None:
    with visit(engine, NOW, tmp_path, people["fundraiser"]) as other:
        assert other.get("/kalender/vergaderingen/college-amsterdam").status_code == 200
        for path in ("/kalender/vergaderingen/college-amsterdam", "/kalender/reces"):
            assert other.send_form(path, weekday=1, paper_days=7).status_code == 404  # type: ignore[attr-defined]


# What asks for attention.


@pytest.fixture
def clocked(session: Session) -> dict[str, User]:
    """A clock of Amsterdam whose go/no-go is the fundraiser's."""
    people = settle_world(session)
    row = add_deadline(session, add_call(session), BRUSSELS_17)
    clock = start_clock(Deed(session, people["coordinator"], NOW), row, DecisionRoute("amsterdam"), "amsterdam")
    milestones_of(session, clock)[0].assignee_id = people["fundraiser"].id
    session.flush()
    return people


def told_on(session: Session, at: datetime) -> dict[int, list[str]]:
    lines = lines_due(inside_due(session, Now(at)), {}, Now(at))
    return {user: [line.key for line in of_person] for user, of_person in lines.items()}


def test_an_assignee_is_reminded_and_what_is_overdue_rises_to_the_coordinator(
    session: Session, clocked: dict[str, User]
) -> None:
    go = session.exec(select(Milestone).where(Milestone.step == "go_no_go")).one()
    at = datetime(go.begins_on.year, go.begins_on.month, go.begins_on.day, 8, tzinfo=UTC)
    for ahead in (14, 7, 1):
        assert told_on(session, at - timedelta(days=ahead)) == {
            clocked["fundraiser"].id: [f"milestone:{go.id}:{go.begins_on}:{ahead}"]
        }
    late = told_on(session, at + timedelta(days=1))
    assert f"milestone:{go.id}:{go.begins_on}:-1" in late[clocked["coordinator"].id]
    assert clocked["haarlem"].id not in late


def test_who_is_due_gets_one_mail_a_day_that_names_call_and_step(
    engine: Engine, people: dict[str, User], tmp_path: Path
) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        clock = start_clock(Deed(session, people["coordinator"], NOW), row, DecisionRoute("amsterdam"), "amsterdam")
        go = milestones_of(session, clock)[0]
        go.assignee_id = people["fundraiser"].id
        session.add(go)
    day = go.begins_on - timedelta(days=7)
    early, late = (datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for hour in (5, 9))
    assert plan_once(engine, early) == []
    (mail,) = plan_once(engine, late)
    assert plan_once(engine, late + timedelta(hours=1)) == [mail]
    assert mail.user_id == people["fundraiser"].id
    assert mail.subject == "nog 7 dagen: go/no-go (aangenomen ritme)"
    assert "go/no-go (aangenomen ritme) - Warmte in de wijk" in mail.text
    assert f"/kalender/klok/{clock.id}#mijlpaal-{go.id}" in mail.html


def test_a_mail_calls_no_assumed_day_missed(engine: Engine, people: dict[str, User]) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        clock = start_clock(Deed(session, people["coordinator"], NOW), row, DecisionRoute("amsterdam"), "amsterdam")
        go = milestones_of(session, clock)[0]
    after = datetime.combine(go.begins_on + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=9)
    mails = {mail.user_id: mail for mail in plan_once(engine, after)}
    told = mails[people["coordinator"].id]
    assert told.subject.startswith("nog niet gedaan: ")
    assert "(nog niet gedaan): go/no-go (aangenomen ritme)" in told.text
    assert "te laat" not in told.text + told.html


def test_what_was_due_while_nothing_was_planned_is_told_once_when_it_is_again(
    engine: Engine, people: dict[str, User]
) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        clock = start_clock(Deed(session, people["coordinator"], NOW), row, DecisionRoute("amsterdam"), "amsterdam")
        go = milestones_of(session, clock)[0]
        go.assignee_id = people["fundraiser"].id
        session.add(go)
    day = datetime.combine(go.begins_on - timedelta(days=7), datetime.min.time(), UTC) + timedelta(hours=9)
    assert len(plan_once(engine, day - timedelta(days=7))) == 1
    settle_all(engine, DeliveryState.ACCEPTED, day)
    _, mail = plan_once(engine, day + timedelta(days=3))  # three days down
    assert (mail.user_id, mail.text.count("go/no-go (aangenomen ritme) -")) == (people["fundraiser"].id, 1)
    settle_all(engine, DeliveryState.ACCEPTED, day)
    assert len(plan_once(engine, day + timedelta(days=4))) == 2


def test_a_moved_deadline_moves_the_reminder_along(session: Session, clocked: dict[str, User]) -> None:
    before = due_items_of(session, "amsterdam", Now(NOW), date(2028, 1, 1))
    row = session.exec(select(Deadline)).one()
    row.at = BRUSSELS_17 + timedelta(days=28)
    replan_moved(session, NOW)
    after = due_items_of(session, "amsterdam", Now(NOW), date(2028, 1, 1))
    assert len(before) == len(after)
    assert {w.key for w in before}.isdisjoint({w.key for w in after})


def test_vandaag_shows_what_becomes_too_late_this_week(engine: Engine, people: dict[str, User], tmp_path: Path) -> None:
    with writing(engine) as session:
        call = add_call(session, "Nu of nooit")
        row = add_deadline(session, call, BRUSSELS_17)
        judged = {"call_id": call.id, "user_id": people["coordinator"].id, "participant_id": "amsterdam"}
        session.add(Verdict(**judged, say=Say.YES, at=NOW))
        notice = notice_for([row], "amsterdam", (), body_calendar(session), Now(NOW))
    assert notice is not None
    assert notice.go_by is not None
    monday = notice.go_by - timedelta(days=notice.go_by.weekday())
    assert monday <= notice.go_by <= week_end(monday)
    for day, there in ((monday, True), (monday - timedelta(days=1), False)):
        now = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        with visit(engine, now, tmp_path, people["coordinator"]) as me:
            assert ("Wordt deze week te laat" in me.get("/").text) is there
    now = datetime(monday.year, monday.month, monday.day, 8, tzinfo=UTC)
    with visit(engine, now, tmp_path, people["coordinator"]) as me:
        for stage, there in ((ApplicationStage.SCOUTING, True), (ApplicationStage.SUBMITTED, False)):
            with writing(engine) as session:
                if stage == ApplicationStage.SCOUTING:
                    dossier = start(Deed(session, people["coordinator"], NOW), session.get_one(Call, call.id))
                session.get_one(Dossier, dossier.id).stage = stage
            assert ("Wordt deze week te laat" in me.get("/").text) is there, "who decided is not asked to"


def test_a_long_list_is_turned_by_the_same_two_links_as_any_other(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(101):
            add_deadline(session, add_call(session, f"Regeling {number}"), NOW + timedelta(days=9))
    first = me.get("/kalender?view=lijst").text
    assert 'rel="next">Verder</a>' in first
    assert 'rel="prev"' not in first
    second = me.get("/kalender?view=lijst&page=2").text
    assert 'rel="prev">Eerder</a>' in second
    assert "bladzijde 2" in second


def test_what_lands_elsewhere_is_counted_beside_the_calendar_and_stands_in_all_of_it(
    me: Visitor, engine: Engine, people: dict[str, User], tmp_path: Path
) -> None:
    with writing(engine) as session:
        for number, giver in enumerate(("provincie Flevoland", "provincie Noord-Holland")):
            call = add_call(session, f"Geld van {giver}", publisher=giver, given_within=giver_key(giver))
            add_deadline(session, call, NOW + timedelta(days=8 + number))
    with visit(engine, NOW, tmp_path, people["fundraiser"]) as visitor:
        page = visitor.get("/kalender?view=lijst").text
        assert ("Geld van provincie Flevoland" in page, "Geld van provincie Noord-Holland" in page) == (False, True)
        address = re.findall(r'href="([^"]+)">1 open regeling die niet in uw gebied is<', page)[0]
        assert "Geld van provincie Flevoland" in visitor.get(unescape(address)).text
        assert "Geld van provincie Flevoland" not in visitor.get("/kalender?view=lijst&eligible=self").text
        assert "Geld van provincie Flevoland" in visitor.get("/kalender?view=lijst&scope=all").text
    assert "Geld van provincie Flevoland" in me.get("/kalender?view=lijst").text, "a coordinator sees to the region"
