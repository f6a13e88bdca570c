"""What a council's own calendar says moves its body and the milestones that pass it; its silence moves nothing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Crawl, Deadline, DecisionClock, Meeting, Milestone, User, YearPlan
from db.session import writing
from db.vocabulary import DeadlineKind, Nature, SourceKind, Status
from scrapers.crawled import Crawled, Page
from scrapers.listing import ListedDeadline, Listing
from scrapers.source import Context
from scrapers.sources.notubiz import Notubiz, windows
from tests.make.crawls import closes, make_listing, store
from tests.make.pages import visit
from tests.make.planning_world import NOW, settle_world
from tracker.calendar.bodies import body_calendar
from tracker.calendar.council_dates import CANCELLED_THERE, keep_council_dates
from tracker.calendar.decision_clock import DecisionRoute, start_clock
from tracker.rights import Deed
from tracker.sources import rounds

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

COUNCIL, CLOSES = "raad-amsterdam", date(2027, 4, 20)
TODAY = NOW.date()
FIRST, SECOND, THIRD = (TODAY + timedelta(days=days) for days in (20, 60, 100))


def meeting(number: int, day: date, cancelled: bool = False, unsure: bool = False) -> Listing:
    return Listing(
        source="notubiz", external_id=f"amsterdam/{number}", nature=Nature.MOMENT, url="https://api.notubiz.nl/events/1",
        title="Raadsvergadering", language="nl", partial=unsure,
        deadlines=(ListedDeadline(kind=DeadlineKind.CONSULTATION, day=day, hour="13:00"),),
        source_word=Status.WITHDRAWN if cancelled else None,
    )  # fmt: skip


def said(*listings: Listing, whole: bool = True, stopped: str = "", at: datetime = NOW) -> Crawled:
    source = Notubiz(Context(at))
    url = source.ask("amsterdam", len(windows(TODAY)) - 1).url
    pages = (Page(url, "0", "application/json", b'{"events": []}', at),) if whole else ()
    return Crawled("notubiz", SourceKind.STREAM, at, at, listings=listings, pages=pages, stopped=stopped)


@pytest.fixture
def world(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        settle_world(session)
        session.commit()
        yield session


def known(session: Session) -> dict[date, bool]:
    rows = session.exec(select(Meeting).where(Meeting.body_id == COUNCIL).order_by(col(Meeting.day)))
    return {row.day: row.cancelled_at is None for row in rows}


def planned(session: Session, since: date, until: date) -> list[date]:
    return [m.day for m in body_calendar(session).meetings(COUNCIL, since, until)]


def test_real_dates_replace_the_rhythm_only_between_the_first_and_the_last(world: Session) -> None:
    before = planned(world, TODAY, THIRD + timedelta(days=120))
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, THIRD)), NOW)
    assert planned(world, FIRST, THIRD) == [FIRST, THIRD]
    later = THIRD + timedelta(days=17)
    assert planned(world, later, THIRD + timedelta(days=120)) == [day for day in before if day >= later] != []


@pytest.mark.parametrize("whole", [True, False])
def test_silence_and_what_breaks_off_take_nothing_away(world: Session, whole: bool) -> None:
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, SECOND), meeting(3, THIRD)), NOW)
    stood = known(world), planned(world, FIRST, THIRD)
    keep_council_dates(world, said(whole=whole), NOW)
    keep_council_dates(world, said(meeting(1, FIRST), whole=False, stopped="page 2: HTTP 404"), NOW)
    assert (known(world), planned(world, FIRST, THIRD)) == stood
    assert len(world.exec(select(YearPlan)).all()) == 1


def test_days_are_covered_only_where_the_whole_year_was_read_and_up_to_what_is_not_sure(world: Session) -> None:
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, THIRD), whole=False), NOW)
    assert world.exec(select(YearPlan)).all() == []
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, THIRD), meeting(3, SECOND, unsure=True)), NOW)
    [plan] = world.exec(select(YearPlan)).all()
    assert (plan.first_day, plan.last_day, plan.added_by, plan.source) == (FIRST, FIRST, None, "Notubiz")
    assert known(world) == {FIRST: True, THIRD: True}


def test_a_moved_meeting_leaves_its_old_day_and_two_may_change_places(world: Session) -> None:
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, SECOND)), NOW)
    keep_council_dates(world, said(meeting(1, SECOND), meeting(2, FIRST)), NOW)
    assert known(world) == {FIRST: True, SECOND: True}
    keep_council_dates(world, said(meeting(1, THIRD), meeting(2, FIRST)), NOW)
    assert known(world) == {FIRST: True, THIRD: True}


def test_what_is_cancelled_there_can_be_held_again_and_a_persons_word_stays(world: Session) -> None:
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, SECOND, cancelled=True)), NOW)
    assert known(world) == {FIRST: True, SECOND: False}
    mine = world.exec(select(Meeting).where(Meeting.body_id == COUNCIL, Meeting.day == FIRST)).one()
    mine.cancelled_at = NOW
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, SECOND)), NOW)
    assert known(world) == {FIRST: False, SECOND: True}


def test_a_day_filled_in_by_hand_keeps_the_day_of_its_papers(world: Session) -> None:
    papers = FIRST - timedelta(days=3)
    world.add(Meeting(body_id=COUNCIL, day=FIRST, papers_on=papers, modified_at=NOW))
    world.flush()
    keep_council_dates(world, said(meeting(1, FIRST), meeting(2, FIRST, cancelled=True)), NOW)
    [row] = world.exec(select(Meeting).where(Meeting.body_id == COUNCIL)).all()
    assert (row.papers_on, row.cancelled_at, row.source_key) == (papers, None, "amsterdam/1")


def test_a_meeting_that_is_cancelled_moves_the_milestones_that_pass_it_in_the_same_crawl(
    engine: Engine, world: Session
) -> None:
    store(world, [make_listing(1, deadlines=(closes(CLOSES.isoformat(), "17:00"),))], NOW)
    by, deadline = world.exec(select(User)).all()[0], world.exec(select(Deadline)).one()
    route = DecisionRoute("amsterdam", cofunding=True)
    clock = start_clock(Deed(world, by, NOW), deadline, route, "amsterdam")
    world.commit()
    day = council_day(world, clock)
    calls = len(world.exec(select(Call)).all())
    world.commit()
    crawled = said(meeting(1, day, cancelled=True))
    report = rounds.store(engine, crawled, NOW, {"notubiz": keep_council_dates})
    assert (report.seen, report.complete, report.why) == (1, True, "")
    world.expire_all()
    assert council_day(world, clock) < day
    assert len(world.exec(select(Call)).all()) == calls, "a meeting is no call"
    assert [row.source for row in world.exec(select(Crawl).where(Crawl.source == "notubiz"))] == ["notubiz"]


def council_day(session: Session, clock: DecisionClock) -> date:
    query = select(Milestone).where(Milestone.clock_id == clock.id, Milestone.body_id == COUNCIL)
    return session.exec(query).one().day


def test_the_page_of_the_body_names_where_a_date_came_from_and_when(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        people = settle_world(session)
        told = said(meeting(1, FIRST), meeting(2, SECOND, cancelled=True), meeting(3, THIRD))
        keep_council_dates(session, told, NOW)
    with visit(engine, NOW, tmp_path, people["coordinator"]) as me:
        page = me.get(f"/kalender/vergaderingen/{COUNCIL}").text
    assert "Notubiz, gelezen" in page
    assert CANCELLED_THERE in page
    assert "wordt opnieuw gelezen zolang die bron aanstaat" in page
