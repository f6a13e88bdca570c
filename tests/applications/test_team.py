"""Who works on an application, on the board and on its page; and that the lists of calls say what runs on each."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Deadline, Dossier, User
from db.session import reading, writing
from db.vocabulary import DeadlineKind, Role, Visibility
from db.vocabulary_lobby import ApplicationStage, TaskKind
from tests.make.lobby import gather
from tests.make.pages import make_user, visit
from tracker.applications import stages, tasks
from tracker.applications.milestones import open_clock
from tracker.applications.team import Team, teams_of
from tracker.calendar.decision_clock import milestones_of
from tracker.calendar.load_bodies import load_bodies
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database


def test_who_has_a_task_or_a_step_is_on_the_team_and_steps_stay_with_who_sees_them(
    session: Session, now: datetime
) -> None:
    cast = gather(session, now)
    load_bodies(session)
    closes = Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=date(2027, 3, 16), modified_at=now)
    session.add(closes)
    session.flush()
    dossier = stages.start(cast.deed(), cast.call, "amsterdam", Visibility.REGION)
    tasks.add_task(cast.deed(), dossier, TaskKind.TASK, date(2026, 9, 1), "Bel", cast.coordinator.id)
    milestones_of(session, open_clock(cast.deed(), dossier, closes))[0].assignee_id = cast.second.id
    session.flush()

    def team(user: User) -> Team:
        return teams_of(session, viewer_of(user), [dossier])[dossier.id]

    ours = team(cast.lobbyist)
    assert ours == Team(cast.lobbyist.name, tuple(sorted((cast.coordinator.name, cast.second.name))))
    assert team(cast.haarlem).others == (cast.coordinator.name,)
    dossier.lobbyist_id = None
    assert team(cast.lobbyist).runs == ""


def test_the_board_says_by_one_word_whose_an_application_is_on_its_card_and_in_its_table(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        stages.start(cast.deed(), cast.call, "haarlem")
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page = visitor.get("/aanvragen").text
    card, table = page.partition('class="board__card"')[2].split("</li>")[0], page.partition("Van wie de aanvraag")[2]
    assert "Van Amsterdam; penvoerder Haarlem" in " ".join(card.split())
    assert '<th scope="col">Van</th>' in table
    assert '<th scope="row">Amsterdam</th>' in table
    assert "Per deelnemer" not in page


def test_the_board_says_that_an_amount_in_the_own_name_waits_for_a_word(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = stages.start(cast.deed(), cast.call, "amsterdam")  # seen by Amsterdam only
        stages.promise(cast.deed(), dossier, "haarlem", 2027, Decimal(25_000))
    for user, told in ((cast.haarlem, True), (cast.lobbyist, False)):
        with visit(engine, now, tmp_path, user) as visitor:
            assert ("1 bijdrage die een ander namens uw organisatie" in visitor.get("/aanvragen").text) is told


def test_the_board_names_who_runs_it_and_its_page_hands_it_on(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = stages.start(cast.deed(), cast.call, "amsterdam")
        address, number = f"/aanvragen/{dossier.id}", dossier.id
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        seen = visitor.seen_on(address, f"{address}/trekker")
        assert cast.lobbyist.name in visitor.get("/aanvragen").text.partition('class="board"')[2]
        refused = visitor.send_form(f"{address}/trekker", runs=cast.haarlem.id, seen=seen)
        assert refused.status_code == 422  # type: ignore[attr-defined]
        assert visitor.send_form(f"{address}/trekker", runs=cast.coordinator.id, seen=seen).status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form(f"{address}/trekker", runs=cast.lobbyist.id, seen=seen).status_code == 409  # type: ignore[attr-defined]
        board, page = visitor.get("/aanvragen").text, visitor.get(address).text
        files = [visitor.get(f"/aanvragen.csv?{asked}").text for asked in ("", "participant=amsterdam", "person=999")]
        narrowed = {
            name: visitor.get(f"/aanvragen?{name}").text
            for name in (
                f"person={cast.coordinator.id}",
                "participant=amsterdam",
                "person=999",
                "lead=haarlem",
                "challenge=x",
            )
        }
    assert [f'href="{address}"' in text for text in narrowed.values()] == [True, True, False, False, False]
    assert ["aanvraag" in text.lower().partition("\n")[2] or cast.call.title in text for text in files] == [
        True, True, False,
    ], "a file holds what its board shows"  # fmt: skip
    assert 'href="/aanvragen.xlsx?participant=amsterdam"' in narrowed["participant=amsterdam"]
    assert "Toon alles" in narrowed["person=999"]
    assert cast.coordinator.name in board.partition('class="board"')[2]
    assert f"lobbyist: was &#39;{cast.lobbyist.name}&#39;" in page, "the log says it by name"
    with reading(engine) as session:
        assert session.get_one(Dossier, number).lobbyist_id == cast.coordinator.id


def test_a_list_of_calls_says_what_runs_on_each_to_who_may_know(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = stages.start(cast.deed(), cast.call, "amsterdam")
        stranger, number = make_user(session, now, Role.LOBBYIST, "almere"), dossier.id
        cast.open("Lobby op warmte")

    def listed(user: User) -> str:
        with visit(engine, now, tmp_path, user) as visitor:
            return visitor.get("/regelingen").text

    ours, theirs = listed(cast.lobbyist), listed(stranger)
    assert f'<a href="/aanvragen/{number}">Aanvraag: signaal (Amsterdam)</a>' in ours
    assert "Aanvraag: signaal" not in theirs
    for text in (ours, theirs):
        assert "Lobbydossier: signaleren (Amsterdam)" in text
    with writing(engine) as session:
        dossier = session.get_one(Dossier, number)
        stages.move(stages.Deed(session, session.get_one(User, cast.lobbyist.id), now), dossier,
                    ApplicationStage.DROPPED, dossier.version)  # fmt: skip
    assert "Aanvraag: " not in listed(cast.lobbyist), "what is over does not run"
