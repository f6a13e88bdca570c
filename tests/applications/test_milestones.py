"""From an application to its milestones in one click: for its deadline, its penvoerder, its partners and its own money."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, Deadline, DecisionClock, Dossier, LogEntry, Milestone
from db.session import reading, writing
from db.vocabulary import DeadlineKind, Visibility
from db.vocabulary_lobby import ApplicationStage, PartnerRole
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.applications import stages
from tracker.applications.milestones import clocks_of, open_clock, route_for
from tracker.calendar.decision_clock import milestones_of
from tracker.calendar.load_bodies import load_bodies
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
    return stages.start(cast.deed(), cast.call, "haarlem", Visibility.MRA)


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
    assert all(line.text and line.detail == "gepland" for line in mine)
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
