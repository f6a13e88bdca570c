"""The search box in the head, and lists that are narrowed, paged and taken along as Excel by one filter."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from db.session import open_engine, reading
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited

pytestmark = pytest.mark.one_database  # what is found tests/lobby/test_search.py asks on both


@pytest.fixture(scope="module")
def lobbyist(tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path, now: datetime) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("search")
    (folder / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'world.db'}")
    with reading(engine) as session:
        person = seeded_people(session)["lobbyist"]
    with visit(engine, now, folder, person, Unlimited()) as visitor:
        yield visitor
    engine.dispose()


def test_the_box_stands_on_every_page_and_leads_to_each_kind(lobbyist: Visitor) -> None:
    assert 'action="/zoeken"' in lobbyist.get("/").text
    found = lobbyist.get("/zoeken?text=mirt").text
    assert 'value="mirt"' in found
    assert 'href="/momenten/' in found
    assert 'href="/regelingen/' in lobbyist.get("/zoeken?text=subsidie").text
    assert "Niets gevonden" in lobbyist.get("/zoeken?text=xyzzyqwert").text
    assert lobbyist.get("/zoeken?text=x&wat=y").status_code == 422


@pytest.mark.parametrize("path", ["/dossiers", "/contacten", "/standpunten", "/verzoeken", "/momenten"])
def test_the_file_holds_what_the_page_counts(lobbyist: Visitor, path: str) -> None:
    for question in ("", "?text=mirt", "?text=xyzzyqwert"):
        page, file = lobbyist.get(f"{path}{question}"), lobbyist.get(f"{path}.xlsx{question}")
        assert (page.status_code, file.status_code) == (200, 200)
        rows = load_workbook(io.BytesIO(file.content)).active.max_row - 1
        assert f'<b class="figure">{rows} ' in page.text
        assert (f'href="{path}.xlsx{question}"' in page.text) == (rows > 0)


def test_a_search_that_finds_nothing_leads_to_what_each_word_finds(lobbyist: Visitor) -> None:
    page = lobbyist.get("/regelingen?text=fietsparkeren+warmtenetten&order=fit").text
    assert "Niets heeft al deze woorden. Elk apart:" in page
    for word in ("fietsparkeren", "warmtenetten"):
        address, count = re.findall(rf'href="(/regelingen\?order=fit&amp;text={word})">{word} \((\d+)\)<', page)[0]
        found = lobbyist.get(address.replace("&amp;", "&")).text
        assert f'<b class="figure">{count} ' in found
    assert "Elk apart" not in lobbyist.get("/regelingen?text=fietsparkeren").text
