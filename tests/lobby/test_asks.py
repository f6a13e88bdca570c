"""What happened to our asks, which positions hold, and what the page of an opgave shows of its lobby."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Dossier, Outcome
from db.session import reading, writing
from db.vocabulary_lobby import OutcomeResult, StakeRole
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.lobby import contacts, moments
from tracker.lobby.asks import asks, tallies
from tracker.organisations.load import load_organisations
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def came_of(cast: Cast, dossier: Dossier, result: OutcomeResult, day: date, asked_of: str = "") -> None:
    said = ("" if result == OutcomeResult.NOT else "artikel 3", "https://voorbeeld.nl/stuk")
    moments.record_outcome(cast.deed(), dossier, f"Ruimte {day.year}", result, day, *said, asked_of=asked_of)


def test_asks_over_all_dossiers_are_one_list_with_body_year_result_and_passage(cast: Cast) -> None:
    first, second = cast.open(title="Een", visibility="mra"), cast.open(title="Twee", visibility="mra", request="Geld")
    came_of(cast, first, OutcomeResult.TAKEN_OVER, date(2026, 3, 1), "Ministerie van IenW")
    came_of(cast, first, OutcomeResult.NOT, date(2025, 3, 1), "Ministerie van  IenW")
    rows = asks(cast.session, viewer_of(cast.haarlem))
    assert [(a.dossier.title, a.of, a.day.year, a.result) for a in rows] == [
        ("Twee", "", 2026, None),
        ("Een", "Ministerie van IenW", 2026, "taken_over"),
        ("Een", "Ministerie van IenW", 2025, "not"),
    ]
    assert (rows[1].passage, rows[1].address) == ("artikel 3", "https://voorbeeld.nl/stuk")
    (body, unnamed) = tallies(rows)
    assert (body.of, body.taken_over, body.partly, body.refused, body.open) == ("Ministerie van IenW", 1, 0, 1, 0)
    assert (unnamed.of, unnamed.open) == ("", 1)
    assert second.request == "Geld"


def test_one_ministry_under_two_spellings_is_counted_as_one(cast: Cast) -> None:
    load_organisations(cast.session, cast.now)
    dossier = cast.open(visibility="mra")
    for day, name in ((TODAY, "KGG"), (date(2025, 3, 1), "Min. van Klimaat en Groene Groei")):
        came_of(cast, dossier, OutcomeResult.PARTLY, day, name)
    (tally,) = tallies(asks(cast.session, viewer_of(cast.haarlem)))
    assert (tally.of, tally.partly) == ("Ministerie van Klimaat en Groene Groei", 2)


def test_of_whom_is_who_decides_on_the_dossier_where_nobody_said(cast: Cast) -> None:
    dossier = cast.open(visibility="mra")
    office = contacts.stakeholder_for(cast.deed(), contacts.Office("Ministerie van VRO", "Directeur Bouwen"))
    contacts.stake_for(cast.deed(), dossier, office, StakeRole.DECIDES, 8, None, "")
    came_of(cast, dossier, OutcomeResult.PARTLY, TODAY)
    assert [a.of for a in asks(cast.session, viewer_of(cast.lobbyist))] == ["Ministerie van VRO"]


def test_what_one_may_not_see_is_in_no_table(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        own = cast.open(title="KANARIE", request="KANARIEVRAAG", visibility="own")
        came_of(cast, own, OutcomeResult.TAKEN_OVER, TODAY, "KANARIEMINISTERIE")
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        for page in ("/verzoeken", "/standpunten", "/verzoeken?jaar=2026"):
            assert "KANARIE" not in visitor.get(page).text, page
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page = visitor.get("/verzoeken?aan=KANARIEMINISTERIE&uitkomst=taken_over").text
        assert "artikel 3" in page
        assert 'href="https://voorbeeld.nl/stuk"' in page
        assert "artikel 3" not in visitor.get("/verzoeken?jaar=2025").text
        dossier_page = visitor.get(f"/dossiers/{own.id}").text
        assert "artikel 3" in dossier_page
        assert 'href="https://voorbeeld.nl/stuk"' in dossier_page
        assert visitor.get("/verzoeken?jaar=x").status_code == 422
        assert visitor.get("/standpunten?op=x").status_code == 422


def test_one_page_has_every_position_that_holds_as_of_a_day(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open(title="Warmte", visibility="mra")
        cast.adopted(dossier, date(2026, 3, 1), date(2026, 6, 30), "Regie hoort bij gemeenten")
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        for day, there in (("2026-02-28", False), ("2026-03-01", True), ("2026-06-30", True), ("2026-07-01", False)):
            assert ("Regie hoort bij gemeenten" in visitor.get(f"/standpunten?op={day}").text) == there, day
        assert "Regie hoort bij gemeenten" in visitor.get("/standpunten").text


def test_the_page_of_an_opgave_shows_its_lobby(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open(title="Warmte", visibility="mra")
        cast.adopted(dossier, date(2026, 3, 1), None, "Regie hoort bij gemeenten")
        moments.hook(cast.deed(), dossier, "pattern:bo-mirt:2026")
        came_of(cast, dossier, OutcomeResult.PARTLY, TODAY, "Ministerie van KGG")
        talk = contacts.ContactFields(dossier_id=dossier.id, message="Regie", day=TODAY)
        contacts.log_contact(cast.deed(), talk, contacts.Office("Ministerie van KGG", "Directeur Warmte"))
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page = visitor.get("/opgaven/A20-1").text
        for part in ("Warmte", "Regie hoort bij gemeenten", "BO MIRT Noordwest", "Directeur Warmte", "artikel 3"):
            assert part in page, part


def test_what_came_of_a_request_is_written_by_its_owner_only(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        path = f"/dossiers/{cast.open(visibility='mra').id}"
    answers = {}
    for who in (cast.haarlem, cast.lobbyist):
        with visit(engine, now, tmp_path, who) as visitor:
            offered = "Opbrengst van een verzoek" in visitor.get(path).text
            sent = visitor.send_form(f"{path}/opbrengsten", request="Wie vroeg dit?", outcome="not")
            answers[who.id] = (offered, sent.status_code)
    assert answers == {cast.haarlem.id: (False, 403), cast.lobbyist.id: (True, 303)}
    with reading(engine) as session:
        assert [row.recorded_by for row in session.exec(select(Outcome))] == [cast.lobbyist.id]
