"""A stored besluitvormingsklok follows its deadline, and leaves alone what people settled."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from db.models import Agenda, Call, Challenge, Deadline, DecisionClock, Match, Meeting, Milestone, User
from db.region_served import region
from db.vocabulary import DeadlineKind, Role
from db.vocabulary_calendar import MilestoneState
from tracker.calendar.backward_schedule import NoPlan
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import (
    DecisionRoute,
    WhyMissing,
    milestones_of,
    replan_meetings,
    replan_moved,
    set_state,
    start_clock,
)
from tracker.calendar.latest_go import routes_to, tables_of
from tracker.calendar.load_bodies import load_bodies
from tracker.people.participants import load_participants
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
HAARLEM = DecisionRoute("haarlem", partners=("zaanstad",), tables=("economie", "mra-bestuur"), cofunding=True)


@pytest.fixture
def deadline(session: Session) -> Deadline:
    load_participants(session)
    load_bodies(session)
    session.add(
        User(id=1, email="c@haarlem.example", name="C", role=Role.COORDINATOR, participant_id="haarlem", created_at=NOW)
    )
    session.add(Call(id=1, title="T", language="nl", url="https://e.example", first_seen=NOW, last_seen=NOW))
    session.flush()
    at = datetime(2027, 3, 16, 16, tzinfo=UTC)
    row = Deadline(call_id=1, kind=DeadlineKind.CLOSES, at=at, gate_at=at, modified_at=NOW)
    session.add(row)
    session.flush()
    return row


def started(session: Session, deadline: Deadline, way: DecisionRoute = HAARLEM) -> DecisionClock:
    return start_clock(Deed(session, session.get_one(User, 1), NOW), deadline, way, owner="haarlem")


def days(session: Session, clock: DecisionClock) -> dict[str, date]:
    return {row.key: row.day for row in milestones_of(session, clock)}


def test_a_clock_keeps_a_milestone_for_every_step(session: Session, deadline: Deadline) -> None:
    clock = started(session, deadline)
    assert list(days(session, clock)) == [
        "go_no_go",
        "officials",
        "platform:economie",
        "board:mra-bestuur",
        *sorted(("executive:college-haarlem", "executive:college-zaanstad")),
        *sorted(("council:raad-haarlem", "council:raad-zaanstad")),
        "signatures",
        "upload",
    ]


def test_milestones_follow_a_deadline_that_moves_and_keep_their_rows(session: Session, deadline: Deadline) -> None:
    clock = started(session, deadline)
    before = {row.key: (row.id, row.day, row.version) for row in milestones_of(session, clock)}
    assert deadline.at
    deadline.at += timedelta(days=70)
    assert replan_moved(session, NOW + timedelta(days=1)) > 0
    after = {row.key: (row.id, row.day, row.version) for row in milestones_of(session, clock)}
    assert {key: row[0] for key, row in after.items()} == {key: row[0] for key, row in before.items()}
    assert after["upload"][1] == before["upload"][1] + timedelta(days=70)
    assert after["upload"][2] == before["upload"][2] + 1


def test_planning_again_without_a_change_moves_nothing(session: Session, deadline: Deadline) -> None:
    clock = started(session, deadline)
    before = [row.model_dump() for row in milestones_of(session, clock)]
    assert replan_meetings(session, NOW + timedelta(days=1)) == 0
    assert [row.model_dump() for row in milestones_of(session, clock)] == before


def test_what_is_done_or_set_by_hand_does_not_move(session: Session, deadline: Deadline) -> None:
    clock = started(session, deadline)
    rows = {row.key: row for row in milestones_of(session, clock)}
    set_state(rows["go_no_go"], MilestoneState.DONE, "", by=1, now=NOW)
    rows["signatures"].pinned = True
    kept = rows["go_no_go"].day, rows["signatures"].day
    assert deadline.at
    deadline.at += timedelta(days=70)
    replan_moved(session, NOW)
    again = days(session, clock)
    assert (again["go_no_go"], again["signatures"]) == kept
    assert again["upload"] > kept[1] + timedelta(days=60)


def test_a_new_meeting_of_one_body_moves_only_its_own_step_and_what_precedes_it(
    session: Session, deadline: Deadline
) -> None:
    clock = started(session, deadline)
    before = days(session, clock)
    session.add(Meeting(body_id="raad-haarlem", day=date(2027, 3, 4), papers_on=date(2027, 2, 12), modified_at=NOW))
    session.flush()
    replan_meetings(session, NOW)
    after = days(session, clock)
    assert after["council:raad-haarlem"] == date(2027, 3, 4)
    assert {key for key in after if after[key] != before[key]} <= {
        "council:raad-haarlem", "executive:college-haarlem", "board:mra-bestuur", "platform:economie", "officials", "go_no_go",
    }  # fmt: skip


def test_a_step_left_out_comes_back_when_it_is_needed_again(session: Session, deadline: Deadline) -> None:
    clock = started(session, deadline)
    started(session, deadline, DecisionRoute("haarlem"))
    states = {row.key: row.state for row in milestones_of(session, clock)}
    assert states["council:raad-haarlem"] == MilestoneState.DROPPED
    started(session, deadline)
    assert {row.state for row in milestones_of(session, clock)} == {MilestoneState.PLANNED}


def test_dropping_needs_a_reason(session: Session, deadline: Deadline) -> None:
    row = milestones_of(session, started(session, deadline))[0]
    with pytest.raises(WhyMissing, match="waarom"):
        set_state(row, MilestoneState.DROPPED, "  ", by=1, now=NOW)
    set_state(row, MilestoneState.DROPPED, "geen capaciteit", by=1, now=NOW)
    session.flush()


def test_a_deadline_without_a_day_has_no_clock(session: Session, deadline: Deadline) -> None:
    rolling = Deadline(call_id=1, kind=DeadlineKind.ROLLING, modified_at=NOW)
    session.add(rolling)
    session.flush()
    with pytest.raises(NoPlan, match="geen datum"):
        started(session, rolling)
    assert session.exec(select(Milestone)).all() == []


def test_an_opgave_of_the_board_itself_passes_the_board_once(session: Session, deadline: Deadline) -> None:
    board = region().board
    session.add(Agenda(id="T", name="Toets", valid_from=date(2020, 1, 1)))
    session.flush()
    session.add(Challenge(id="net", agenda_id="T", kind="line", status="official", name="Net", platforms=[board]))
    session.flush()
    session.add(Match(call_id=deadline.call_id, challenge_id="net", score=0.9, reasons=[], model="t", at=NOW))
    session.flush()
    passed = tables_of(session, session.get_one(Call, deadline.call_id))
    assert passed == [board]
    assert [
        each.refusal for each in routes_to(date(2027, 9, 1), "haarlem", passed, body_calendar(session), NOW.date())
    ] == ["", "", ""]
