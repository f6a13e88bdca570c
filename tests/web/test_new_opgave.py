"""A wholly new opgave on screen: tried before it is kept, placed in an agenda, matched from its words at once."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import AuditEntry, Challenge
from db.session import open_engine, reading
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited

pytestmark = pytest.mark.one_database
WHERE = "/opgaven/nieuw"
TYPED = {"name": "Fiets parkeren", "words_nl": "fietsparkeren", "words_en": "", "under": "A20-1"}


@pytest.fixture
def engine(tmp_path: Path, sqlite_world: Path) -> Iterator[Engine]:
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def coordinator(engine: Engine, tmp_path: Path, now: datetime) -> Iterator[Visitor]:
    with reading(engine) as session:
        person = seeded_people(session)["coordinator"]
    with visit(engine, now, tmp_path, person, Unlimited()) as visitor:
        yield visitor


def opgaven(engine: Engine) -> dict[str, Challenge]:
    with reading(engine) as session:
        return {challenge.id: challenge for challenge in session.exec(select(Challenge))}


def test_it_shows_what_it_would_find_and_how_sure_and_keeps_nothing(coordinator: Visitor, engine: Engine) -> None:
    before = set(opgaven(engine))
    assert 'href="/opgaven/nieuw"' in coordinator.get("/opgaven").text
    empty = coordinator.get(WHERE).text
    assert "Alleen op woorden en strekking" in empty
    assert "Hierop is nog niets geijkt" in empty
    typing = coordinator.post(f"{WHERE}/proef", data={"csrf": coordinator.csrf, **TYPED}).text
    for page in (typing, coordinator.send_form(WHERE, **TYPED, proef="ja").text):
        assert re.search(r"stimuleringsregeling fietsparkeren.*?<b>nieuw</b>.*?\d\d%</b> · fietsparkeren", page, re.S)
    assert set(opgaven(engine)) == before


def test_it_is_kept_at_its_place_and_shows_its_calls_before_the_next_round(
    coordinator: Visitor, engine: Engine
) -> None:
    kept = coordinator.send_form(WHERE, **TYPED)
    assert (kept.status_code, kept.headers["location"]) == (303, "/opgaven/A20-fiets-parkeren?gedaan=opgave")
    added, others = opgaven(engine)["A20-fiets-parkeren"], opgaven(engine).values()
    assert (added.parent_id, added.agenda_id, added.words_nl) == ("A20-1", "A20", ["fietsparkeren"])
    assert added.position == max(other.position for other in others if other.agenda_id == "A20")
    page = coordinator.get("/opgaven/A20-fiets-parkeren").text
    assert "nog nagerekend" in page
    assert "stimuleringsregeling fietsparkeren" in page
    with reading(engine) as session:
        assert session.exec(select(AuditEntry.object).where(AuditEntry.action == "opgave added")).all() == [
            "challenge A20-fiets-parkeren"
        ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"under": ""}, "Valt onder"),
        ({"under": "A20-nergens"}, "Kies waar de opgave onder valt."),
        ({"name": ""}, "Naam"),
        ({"name": "CIRCULAIRE ECONOMIE"}, "Deze agenda heeft al een opgave met deze naam."),
        ({"words_nl": "ab"}, "Te kort om op te zoeken: ab."),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_typed(
    coordinator: Visitor, engine: Engine, typed: dict[str, str], said: str
) -> None:
    before = set(opgaven(engine))
    answer = coordinator.send_form(WHERE, **{**TYPED, "goal": "Meer plek voor fietsen", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Meer plek voor fietsen" in answer.text
    assert set(opgaven(engine)) == before


def test_two_with_one_name_in_two_agendas_have_ids_of_their_own(coordinator: Visitor, engine: Engine) -> None:
    for under in ("A20", "A25"):
        assert coordinator.send_form(WHERE, **{**TYPED, "under": under}).status_code == 303
    assert coordinator.send_form(WHERE, **{**TYPED, "name": "Fiets; parkeren!"}).status_code == 303
    assert {"A20-fiets-parkeren", "A25-fiets-parkeren", "A20-fiets-parkeren-2"} <= set(opgaven(engine))
    assert opgaven(engine)["A20-fiets-parkeren"].parent_id is None
