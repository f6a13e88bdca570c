"""From an application to its milestones in one click: for its deadline, its penvoerder, its partners and its own money."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, Assignment, Deadline, DecisionClock, Dossier, LogEntry, Milestone, Revision
from db.session import reading, writing
from db.vocabulary import DeadlineKind, RevisionKind, Visibility
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import ApplicationStage, Check, GoDecision, PartnerRole, StateAid
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.applications import stages
from tracker.applications.milestones import clocks_of, due_of, open_clock, route_for
from tracker.calendar.decision_clock import DecisionRoute, milestones_of, replan_moved, set_state, start_clock
from tracker.calendar.due import due_items_of
from tracker.calendar.load_bodies import load_bodies
from tracker.clock import Now
from tracker.errors import Incomplete, NotAllowed
from tracker.lobby.timeline import timeline
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # rules of stages on plain rows


def with_deadline(cast: Cast, day: date | None = date(2027, 3, 16)) -> Deadline:
    load_bodies(cast.session)
    row = Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=day, modified_at=cast.now)
    cast.session.add(row)
    cast.session.flush()
    return row


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def started(cast: Cast) -> Dossier:
    return stages.start(cast.deed(), cast.call, "haarlem", Visibility.REGION)


def test_the_clock_goes_by_the_penvoerder_the_partners_and_the_own_money(cast: Cast) -> None:
    row, dossier = with_deadline(cast), started(cast)
    stages.add_partner(cast.deed(), dossier, "", PartnerRole.PARTNER, party="hilversum")
    clock = open_clock(cast.deed(), dossier, row)
    steps = {m.key for m in milestones_of(cast.session, clock)}
    assert {"executive:college-haarlem", "executive:college-hilversum"} <= steps
    assert not any(key.startswith("council:") for key in steps)
    stages.promise(cast.deed(), dossier, "amsterdam", 2027, Decimal(50_000), cover="krediet 7")
    assert route_for(cast.session, dossier).partners == ("amsterdam", "hilversum")
    again = open_clock(cast.deed(), dossier, row)
    assert again.id == clock.id
    steps = {m.key for m in milestones_of(cast.session, again)}
    assert {"executive:college-amsterdam", "council:raad-amsterdam", "council:raad-haarlem"} <= steps


def test_its_milestones_stand_on_the_timeline_and_are_seen_by_its_organisation_only(cast: Cast) -> None:
    row, dossier = with_deadline(cast), started(cast)
    open_clock(cast.deed(), dossier, row)
    mine = [line for line in timeline(cast.session, dossier, viewer_of(cast.lobbyist)) if line.what == "milestone"]
    assert {line.word for line in mine} == {"interne mijlpaal"}
    assert {line.link.rpartition("/")[0] for line in mine} == {"/kalender/klok"}
    assert all(line.text for line in mine)
    assert {line.detail for line in mine} == {"gepland", "gepland, aangenomen ritme"}
    others = timeline(cast.session, dossier, viewer_of(cast.haarlem))
    assert [line for line in others if line.what == "milestone"] == []
    assert clocks_of(cast.session, viewer_of(cast.haarlem), dossier) == []


@pytest.mark.parametrize("day", [None, date(2026, 6, 1)])
def test_where_there_is_no_plan_it_says_so_and_keeps_nothing(cast: Cast, day: date | None) -> None:
    row, dossier = with_deadline(cast, day), started(cast)
    stages.set_lead(cast.deed(), dossier, "hilversum", dossier.version)
    if day is None:
        with pytest.raises(Incomplete, match="valt niet terug te rekenen"):
            open_clock(cast.deed(), dossier, row)
        assert cast.session.exec(select(DecisionClock)).all() == []
    else:  # three days ahead: there is a plan, and all of it is too late
        clock = open_clock(cast.deed(), dossier, row)
        assert min(m.begins_on for m in milestones_of(cast.session, clock)) < date(2026, 5, 29)


def test_another_organisation_opens_no_clock(cast: Cast) -> None:
    row, dossier = with_deadline(cast), started(cast)
    with pytest.raises(NotAllowed):
        open_clock(cast.deed(cast.haarlem), dossier, row)


def test_a_lesson_is_kept_long_after_the_decision(cast: Cast) -> None:
    dossier = started(cast)
    with pytest.raises(Incomplete):
        stages.learn(cast.deed(), dossier, "  ", dossier.version)
    stages.learn(cast.deed(), dossier, "Begin eerder", dossier.version)
    assert cast.session.get_one(Application, dossier.id).lesson == "Begin eerder"
    assert "Geleerd: Begin eerder" in {e.text for e in cast.session.exec(select(LogEntry))}


def test_the_page_opens_the_clock_in_one_click_and_again_when_the_lead_changes(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        with_deadline(cast)
        dossier = stages.start(Deed(session, cast.lobbyist, now), cast.call)
    page = f"/aanvragen/{dossier.id}"
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "Reken terug en plan de mijlpalen" in visitor.get(page).text
        assert visitor.send_form(f"{page}/klok").status_code == 303  # type: ignore[attr-defined]
        shown = visitor.get(page).text
        assert "college van Amsterdam" in shown
        assert "Reken opnieuw terug" not in shown
        visitor.send_form(f"{page}/penvoerder", lead="haarlem", seen=dossier.version)
        assert "Reken opnieuw terug" in visitor.get(page).text
        visitor.send_form(f"{page}/klok")
        shown = visitor.get(page).text
        assert "college van Haarlem" in shown
        assert "Reken opnieuw terug" not in shown
    with reading(engine) as session:
        assert session.exec(select(DecisionClock)).one().dossier_id == dossier.id
        assert session.exec(select(Milestone)).first() is not None
        assert session.get_one(Dossier, dossier.id).stage == ApplicationStage.SIGNAL


def states(cast: Cast, clock: DecisionClock) -> dict[str, set[str]]:
    """The keys of its milestones, by how they stand."""
    rows = milestones_of(cast.session, clock)
    return {state: {row.key for row in rows if row.state == state} for state in MilestoneState}


def decided(cast: Cast, dossier: Dossier) -> None:
    for stage in (ApplicationStage.SCOUTING, ApplicationStage.GO_NO_GO):
        stages.move(cast.deed(), dossier, stage, dossier.version)
    yes = {check.value: "yes" for check in Check}
    stages.decide_go(cast.deed(), dossier, GoDecision.GO, yes, [], "", dossier.version)


def test_the_page_of_steps_asks_for_nothing_more_once_it_is_in(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        row = with_deadline(cast, now.date() + timedelta(days=12))  # too near for the college
        row.gate_at = now + timedelta(days=12)
        dossier = stages.start(cast.deed(), cast.call, "haarlem")
        clock = open_clock(cast.deed(), dossier, row)
        decided(cast, dossier)
        stages.set_money(cast.deed(), dossier, stages.Money(Decimal(1), state_aid=StateAid.NONE), dossier.version)
    page, of_call = f"/kalender/klok/{clock.id}", f"/regelingen/{cast.call.id}"
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "te laat" in visitor.get(page).text
        assert "te laat voor het college" in visitor.get(of_call).text
        seen = visitor.seen_on(f"/aanvragen/{dossier.id}", f"/aanvragen/{dossier.id}/fase")
        visitor.send_form(f"/aanvragen/{dossier.id}/fase", to="submitted", seen=seen)
        shown, call = visitor.get(page).text, visitor.get(of_call).text
    assert "Halen wij het nog?" not in call
    assert "te laat voor" not in call
    assert "er valt niets meer te besluiten" in call
    assert "er valt niets meer te plannen" in shown
    assert not any(word in shown for word in ("te laat", "Reken opnieuw terug", "Zou nu", 'class="warning"'))


def test_a_go_ticks_its_milestone_and_handing_in_ends_the_rest_for_mail_and_calendar(cast: Cast) -> None:
    row, dossier = with_deadline(cast), started(cast)
    clock = open_clock(cast.deed(), dossier, row)
    by = {"assignee_id": cast.lobbyist.id, "assigned_by": cast.lobbyist.id, "assigned_at": cast.now}
    cast.session.add(Assignment(deadline_id=row.id, participant_id="amsterdam", **by))
    decided(cast, dossier)
    assert states(cast, clock)[MilestoneState.DONE] == {"go_no_go"}
    stages.set_money(cast.deed(), dossier, stages.Money(Decimal(1), state_aid=StateAid.NONE), dossier.version)
    stages.move(cast.deed(), dossier, ApplicationStage.SUBMITTED, dossier.version)
    after = states(cast, clock)
    assert after[MilestoneState.PLANNED] == set()
    assert {"go_no_go", "upload"} <= after[MilestoneState.DONE]
    assert due_items_of(cast.session, "amsterdam", Now(cast.now), date(2027, 12, 31)) == []
    assert due_of(cast.session, dossier, cast.now.date()) is None
    assert row.day
    row.day += timedelta(days=7)
    assert replan_moved(cast.session, cast.now) == 0, "a deadline that moves calls nothing back to life"
    with pytest.raises(Incomplete, match="niets meer te plannen"):
        open_clock(cast.deed(), dossier, row)


def test_what_a_person_settled_stays_when_the_application_ends_and_the_rest_comes_back_with_it(cast: Cast) -> None:
    row, dossier = with_deadline(cast), started(cast)
    clock = open_clock(cast.deed(), dossier, row)
    before = states(cast, clock)[MilestoneState.PLANNED]
    step = next(m for m in milestones_of(cast.session, clock) if m.key == "officials")
    set_state(step, MilestoneState.DONE, "", cast.lobbyist.id, cast.now)
    stages.move(cast.deed(), dossier, ApplicationStage.DROPPED, dossier.version)
    assert states(cast, clock)[MilestoneState.DONE] == {"officials"}
    assert states(cast, clock)[MilestoneState.PLANNED] == set()
    stages.move(cast.deed(), dossier, ApplicationStage.SCOUTING, dossier.version)
    assert states(cast, clock)[MilestoneState.PLANNED] == before - {"officials"}


def test_a_clock_that_was_planned_on_the_page_of_the_call_follows_the_application_too(cast: Cast) -> None:
    row = with_deadline(cast)
    clock = start_clock(cast.deed(), row, DecisionRoute("amsterdam"), "amsterdam")
    assert clock.dossier_id is None
    dossier = started(cast)
    assert clock.dossier_id == dossier.id
    decided(cast, dossier)
    assert states(cast, clock)[MilestoneState.DONE] == {"go_no_go"}


def test_the_timeline_calls_a_call_changed_only_when_it_was(cast: Cast) -> None:
    kinds = tuple(RevisionKind)
    cast.session.add_all(
        Revision(call_id=cast.call.id, at=cast.now, kind=kind, field="title", telling=True) for kind in kinds
    )
    lines = timeline(cast.session, started(cast), viewer_of(cast.lobbyist))
    assert [line.word for line in lines if line.what == "revision"] == [f"regeling {kind.label}" for kind in kinds]
