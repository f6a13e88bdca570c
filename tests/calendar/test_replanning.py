"""Whoever moves a deadline or a meeting moves the milestones before it at once; the planner of mail moves none."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select, update

from db.models import Body, ClosedPeriod, Correction, Deadline, DecisionClock, Meeting, Milestone, User
from db.session import open_engine, reading, writing
from db.vocabulary import ApiScope
from tests.make.crawls import closes, make_listing, store
from tests.make.nursery import kansenradar
from tests.make.pages import Visitor, visit
from tests.make.planning_mail import plan_once
from tests.make.planning_world import NOW, settle_world
from tracker.calendar.decision_clock import (
    DecisionRoute,
    milestones_of,
    replan_meetings,
    replan_moved,
    replan_stored,
    start_clock,
)
from tracker.people.api_keys import make_key
from tracker.rights import Deed

CLOSES, EARLIER = date(2027, 4, 20), date(2027, 4, 6)  # no holidays between


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with writing(engine) as session:
        return settle_world(session)


@pytest.fixture
def clock(engine: Engine, people: dict[str, User]) -> DecisionClock:
    with Session(engine, expire_on_commit=False) as session:
        return with_clock(session, people["coordinator"])


@pytest.fixture
def me(engine: Engine, people: dict[str, User], tmp_path: Path) -> Iterator[Visitor]:
    with visit(engine, NOW, tmp_path, people["coordinator"]) as visitor:
        yield visitor


def with_clock(session: Session, by: User) -> DecisionClock:
    """A call that closes on 20 April, with the clock of an application with own money."""
    store(session, [make_listing(1, deadlines=(closes(CLOSES.isoformat(), "17:00"),))], NOW)
    deadline = session.exec(select(Deadline)).one()
    started = start_clock(Deed(session, by, NOW), deadline, DecisionRoute("amsterdam", cofunding=True), "amsterdam")
    session.commit()
    return started


def upload(session: Session, clock: DecisionClock) -> date:
    return next(row.day for row in milestones_of(session, clock) if row.key == "upload")


def moves(engine: Engine, clock: DecisionClock) -> date:
    """How the last step stands now."""
    with reading(engine) as session:
        return upload(session, clock)


def test_a_correction_on_its_page_moves_the_milestones_and_taking_it_back_does_too(
    engine: Engine, clock: DecisionClock, me: Visitor
) -> None:
    before = moves(engine, clock)
    form = {"version": 1, "field": "closes", "day": EARLIER, "hour": "12:00", "reason": "gebeld"}
    me.send_form("/regelingen/1/corrigeren", **form)
    assert moves(engine, clock) == before - (CLOSES - EARLIER)
    with reading(engine) as session:
        correction = session.exec(select(Correction)).one()
    me.send_form(f"/correcties/{correction.id}/terugnemen")
    assert moves(engine, clock) == before


def test_joining_calls_moves_the_milestones_of_the_one_that_stays_and_parting_moves_them_back(
    engine: Engine, clock: DecisionClock, me: Visitor
) -> None:
    before = moves(engine, clock)
    with Session(engine) as session:
        earlier = make_listing(2, source="eu_portal", deadlines=(closes(EARLIER.isoformat(), "17:00"),))
        store(session, [earlier], NOW, source="eu_portal")
    me.send_form("/regelingen/2/samenvoegen", met=1)
    with reading(engine) as session:
        standing = session.exec(select(Deadline).where(Deadline.call_id == 1)).one()
    assert standing.day == EARLIER
    assert moves(engine, clock) == before - (CLOSES - EARLIER)
    me.send_form("/regelingen/2/losmaken")
    assert moves(engine, clock) == before


@pytest.mark.parametrize("door", ["question", "doubles"])
def test_an_answer_and_a_found_double_move_the_milestones_before_the_page_answers(
    engine: Engine, clock: DecisionClock, me: Visitor, door: str
) -> None:
    before = moves(engine, clock)
    asked = {"field": "closes", "sentence": "Tot 6 april.", "readings": [EARLIER.isoformat()], "why": "twee data"}
    with Session(engine) as session:
        if door == "question":
            at = NOW + timedelta(hours=1)
            store(session, [make_listing(1, deadlines=(closes(CLOSES.isoformat(), "17:00"),), questions=(asked,))], at)
        else:
            earlier = make_listing(2, source="eu_portal", deadlines=(closes(EARLIER.isoformat(), "17:00"),))
            store(session, [earlier], NOW, source="eu_portal")
    if door == "question":
        me.send_form("/vragen/1", say=f"reading:{EARLIER}")
    else:
        me.send_form("/regelingen/dubbel", first=1, second=2, say="same")
    assert moves(engine, clock) == before - (CLOSES - EARLIER)


def test_a_program_that_corrects_a_date_has_moved_the_milestones_when_it_is_answered(
    engine: Engine, me: Visitor, people: dict[str, User], clock: DecisionClock
) -> None:
    before = moves(engine, clock)
    with writing(engine) as session:
        deed = Deed(session, session.get_one(User, people["coordinator"].id), NOW)
        key = make_key(deed, "proef", [ApiScope.CORRECTIONS], NOW + timedelta(days=2))
    sent = {"field": "closes", "day": EARLIER.isoformat(), "reason": "gebeld"}
    answer = me.post("/api/v1/regelingen/1/correcties", json=sent, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201
    assert moves(engine, clock) == before - (CLOSES - EARLIER)


def test_a_stored_crawl_that_moved_nothing_takes_no_lock(engine: Engine, clock: DecisionClock) -> None:
    with writing(engine) as session:
        session.exec(select(DecisionClock).with_for_update()).all()
        assert replan_stored(engine, NOW) == 0


def test_a_clock_that_cannot_be_planned_any_more_takes_no_lock_either(engine: Engine, clock: DecisionClock) -> None:
    move_deadline(engine, NOW.date() + timedelta(days=3))
    with writing(engine) as session:
        for body in session.exec(select(Body)):
            body.months = [(NOW.month + 5) % 12 + 1]
    with writing(engine) as session:
        session.exec(select(DecisionClock).with_for_update()).all()
        assert replan_stored(engine, NOW) == 0


def move_deadline(engine: Engine, day: date) -> None:
    """As a crawl does, by statements that no object of a session sees."""
    with writing(engine) as session:
        row = session.exec(select(Deadline)).one()
        assert row.at
        row.at += day - row.at.date()
        row.day = day


def test_planning_mail_moves_no_milestone(engine: Engine, clock: DecisionClock) -> None:
    before = moves(engine, clock)
    move_deadline(engine, EARLIER)
    plan_once(engine, NOW)
    assert moves(engine, clock) == before
    assert replan_stored(engine, NOW) > 0
    assert moves(engine, clock) == before - (CLOSES - EARLIER)


def test_dates_written_by_statement_count_although_the_session_knows_older_ones(
    engine: Engine, clock: DecisionClock
) -> None:
    with Session(engine) as session:
        known = session.exec(select(Deadline)).one()
        assert known.day == CLOSES
        store(session, [make_listing(1, deadlines=(closes(EARLIER.isoformat(), "17:00"),))], NOW + timedelta(hours=1))
        assert replan_moved(session, NOW) > 0


def test_a_meeting_of_one_body_leaves_clocks_alone_that_do_not_pass_it(engine: Engine, clock: DecisionClock) -> None:
    with writing(engine) as session:
        council = session.exec(select(Milestone).where(Milestone.body_id == "raad-amsterdam")).one().day
        added = {"day": council - timedelta(days=1), "papers_on": council - timedelta(days=20), "modified_at": NOW}
        session.add_all(Meeting(body_id=body, **added) for body in ("raad-amsterdam", "raad-haarlem"))
        session.flush()
        assert replan_meetings(session, NOW, "raad-haarlem") == 0
        assert replan_meetings(session, NOW, "raad-amsterdam") > 0


def test_a_closure_typed_on_its_page_moves_the_milestones_in_it_and_taking_it_away_does_too(
    engine: Engine, clock: DecisionClock, me: Visitor
) -> None:
    before = moves(engine, clock)
    page = "/kalender/vergaderingen"
    closure = {"kind": "closure", "name": "Verhuizing", "first_day": before, "last_day": before, "participant": ""}
    me.send_form("/kalender/reces", **closure, seen=me.seen_on(page, "/kalender/reces"))
    with reading(engine) as session:
        period = session.exec(select(ClosedPeriod).where(ClosedPeriod.name == "Verhuizing")).one()
    assert moves(engine, clock) < before
    me.send_form(f"/kalender/reces/{period.id}/weg", seen=period.version)
    assert moves(engine, clock) == before


def test_every_door_to_a_bodys_meetings_has_moved_the_milestones_when_it_answers(
    me: Visitor, engine: Engine, clock: DecisionClock
) -> None:
    page, college = "/kalender/vergaderingen/college-amsterdam", "college-amsterdam"

    def step() -> date:
        with reading(engine) as session:
            row = select(Milestone.day).where(Milestone.clock_id == clock.id, Milestone.body_id == college)
            return session.exec(row).one()

    def behind() -> int:
        with writing(engine) as session:
            moved = replan_meetings(session, NOW)
            session.rollback()
        return moved

    usual = step()
    other, plan, beyond = usual - timedelta(days=1), usual - timedelta(days=4), usual + timedelta(days=63)
    papers = other - timedelta(days=7)
    weekday = {"weeks": [], "paper_days": 7, "keeps_recess": "true", "weekday": (usual.weekday() + 2) % 5}
    # The door, what is typed there, and whether the college now decides on another day than before.
    doors = [
        (f"{page}/data", {"day": other, "papers_on": papers}, other),
        ("/kalender/vergadering/1/vervalt", {}, None),
        ("/kalender/vergadering/1/weg", {}, usual),
        (f"{page}/jaarplanning", {"lines": f"{plan}\n{beyond}", "keep": "1", "sure": "true", "source": "x"}, plan),
        ("/kalender/jaarplanning/1/weg", {}, usual),
        (page, {**weekday, "seen": 1}, None),
    ]
    for door, typed, day in doors:
        before = step()
        assert me.send_form(door, **typed).status_code == 303, door  # type: ignore[attr-defined]
        assert (step() != before, step() == (day or step())) == (True, True), door
        assert behind() == 0, door


def test_the_commands_that_change_calls_move_milestones_without_any_planning_of_mail(ready: Path) -> None:
    engine = open_engine(f"sqlite:///{next(ready.rglob('*.db'))}")
    with Session(engine, expire_on_commit=False) as session:
        by = User(email="c@amsterdam.nl", name="C", role="coordinator", participant_id="amsterdam", created_at=NOW)
        session.add(by)
        session.flush()
        clock = with_clock(session, by)
        before = upload(session, clock)
    at = ("--now", NOW.isoformat())
    correction = ("--field", "closes", "--user", by.email, "--value", f"{EARLIER}T12:00", "--reason", "gebeld")
    assert kansenradar(ready, "call", "correct", "1", *correction, *at).returncode == 0
    assert moves(engine, clock) == before - (CLOSES - EARLIER)
    move_deadline(engine, CLOSES)
    nowhere = {"KANSENRADAR_SOURCE_EU_PORTAL_URL": "http://127.0.0.1:1", "KANSENRADAR_FETCH_ALLOW": "127.0.0.1:1"}
    assert kansenradar(ready, "crawl", "eu_portal", *at, **nowhere).returncode == 3
    assert moves(engine, clock) == before
    move_deadline(engine, EARLIER)
    rows = ready / "calls.jsonl"
    rows.write_text('{"title": "Nieuw", "url": "https://www.example.nl/nieuw"}\n')
    assert kansenradar(ready, "import", "calls", str(rows), *at).returncode == 0
    assert moves(engine, clock) == before - (CLOSES - EARLIER)
    with writing(engine) as session:
        session.exec(delete(ClosedPeriod).where(col(ClosedPeriod.first_day) >= date(2027, 3, 1)))
        college = Milestone.body_id == "college-amsterdam"
        session.exec(update(Milestone).where(college).values(day=date(2027, 1, 4), begins_on=date(2027, 1, 4)))
    assert kansenradar(ready, "init", *at).returncode == 0
    with reading(engine) as session:
        days = session.exec(select(Milestone.day).where(college)).all()
        assert days, "own money passes the college"
        assert date(2027, 1, 4) not in days
