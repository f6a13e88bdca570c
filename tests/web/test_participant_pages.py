"""Participants in Beheer: added on screen, offered only while they are there, their people shown and their files handed over."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.models import User
from db.session import open_engine, reading, writing
from db.vocabulary import Role, Visibility
from tests.make.addresses import filled, is_page, plant
from tests.make.pages import make_user, settings_for, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.lobby import dossiers
from tracker.people.mergers import hand_over_due
from tracker.rights import Deed
from tracker.web.routes import ROUTES

pytestmark = pytest.mark.one_database
DAY = datetime(2027, 1, 4, 7, tzinfo=UTC)
OF_WORK = ("aanvragen", "dossiers", "regelingen", "kalender", "opgaven", "overleg", "momenten", "lobbyagenda")
OFFER = '<option value="{}"'


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def people(engine: Engine, now: datetime) -> dict[str, User]:
    """The seeded people, somebody of Wijdemeren with a file of her own, and somebody of Hilversum."""
    with writing(engine) as session:
        wil = make_user(session, now, Role.LOBBYIST, "wijdemeren")
        fields = dossiers.DossierFields(title="Plassen van Wil", visibility=Visibility.OWN, lobbyist_id=wil.id)
        dossiers.open_dossier(Deed(session, wil, now), fields)
        heir = make_user(session, now, Role.READER, "hilversum")
    with reading(engine) as session:
        return {**seeded_people(session), "wil": wil, "heir": heir}


def test_on_the_day_the_successor_finds_the_files_with_a_list_and_nobody_else_does(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    with visit(engine, now, tmp_path, people["administrator"]) as before:
        page = before.get("/beheer/deelnemers/wijdemeren").text
        assert "gaat alles wat Wijdemeren bijhoudt naar Hilversum" in page
        assert "1 dossier en 1 persoon" in page
        assert "Plassen van Wil" not in page
    with writing(engine) as session:
        hand_over_due(session, DAY, "clock")
    with visit(engine, DAY, tmp_path, people["heir"]) as heir:
        assert 'href="/overgenomen/wijdemeren"' in heir.get("/dossiers").text
        assert "Plassen van Wil" in heir.get("/overgenomen/wijdemeren").text
    with visit(engine, DAY, tmp_path, people["administrator"]) as other:
        assert other.get("/overgenomen/wijdemeren").status_code == 404
        page = other.get("/beheer/deelnemers/wijdemeren").text
        assert "ging alles wat Wijdemeren bijhield naar Hilversum" in page
        assert "Plassen van Wil" not in page


def test_who_belongs_to_a_participant_that_is_over_stands_out(
    engine: Engine, people: dict[str, User], tmp_path: Path
) -> None:
    with visit(engine, DAY, tmp_path, people["administrator"]) as visitor:
        assert "Eén persoon hoort bij een deelnemer die er niet meer is" in visitor.get("/beheer").text
        assert "(bestaat niet meer)" in visitor.get(f"/beheer/mensen/{people['wil'].id}").text


def test_what_is_over_is_offered_nowhere(engine: Engine, people: dict[str, User], tmp_path: Path) -> None:
    pages = (
        "/dossiers/nieuw",
        "/dossiers/1/coalitie",
        "/opgaven/A20-1-circulair/team",
        "/beheer/mensen/1",
        "/regelingen/3/klok",
    )
    with visit(engine, DAY, tmp_path, people["administrator"]) as visitor:
        for page in pages:
            text = visitor.get(page).text
            form = text.split('method="post"', 2)[2] if text.count('method="post"') > 1 else text
            assert OFFER.format("wijdemeren") not in form, page
            assert 'value="wijdemeren"' not in form, page


def test_a_participant_is_added_on_screen_once(
    engine: Engine, people: dict[str, User], now: datetime, tmp_path: Path
) -> None:
    new = {
        "name": "Nieuwe Meren",
        "kind": "municipality",
        "subregion": "Gooi en Vechtstreek",
        "valid_from": "2026-01-01",
    }
    with visit(engine, now, tmp_path, people["administrator"]) as visitor:
        assert (
            visitor.send_form("/beheer/deelnemers", **new)
            .headers["location"]
            .startswith("/beheer/deelnemers/nieuwe-meren")
        )  # type: ignore[attr-defined]
        again = visitor.send_form("/beheer/deelnemers", **new)
        assert "Er is al een deelnemer met deze naam." in again.text  # type: ignore[attr-defined]
        assert OFFER.format("nieuwe-meren") in visitor.get("/beheer").text


def test_a_participant_that_is_over_is_offered_by_no_form_and_taken_by_none(
    sqlite_world: Path, now: datetime, tmp_path: Path
) -> None:
    """P1-7: Beemster and Weesp, gone since 2022, could be chosen as penvoerder, partner and contributor in 2026."""
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        gaps = plant(session, settings_for(tmp_path), now)
        me = seeded_people(session)["coordinator"]
    pages = [r.path for r in ROUTES if is_page(r) and r.path.split("/")[1] in OF_WORK and _fills(r.path, gaps)]
    application, seen, offered = f"/aanvragen/{gaps['aanvragen dossier_id']}", 0, []
    with visit(engine, now, tmp_path, me, Unlimited()) as visitor:
        for path in pages:
            forms = re.findall(r'<form method="post".*?</form>', visitor.get(filled(path, gaps)).text, re.DOTALL)
            seen += sum('value="haarlem"' in form for form in forms)
            offered += [path for form in forms if re.search(r'value="(beemster|weesp)"', form)]
        for form, fields in (
            ("penvoerder", {"lead": "beemster"}),
            ("partners", {"party": "beemster"}),
            ("bijdragen", {"participant_id": "beemster", "year": "2026", "own_money": "1000"}),
        ):
            answer = visitor.send_form(
                f"{application}/{form}", seen=visitor.seen_on(application, f"{application}/{form}"), **fields
            )
            assert (answer.status_code, "bestaat sinds" in answer.text) == (422, True), form
    engine.dispose()
    assert offered == []
    assert seen >= 5, "forms that offer participants"


def _fills(path: str, gaps: dict[str, str]) -> bool:
    try:
        return bool(filled(path, gaps))
    except KeyError:
        return False
