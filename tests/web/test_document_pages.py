"""Documents on screen: put there, fetched as a file and nothing else, taken back; what is wrong is one Dutch line."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import AuditEntry, Document, DocumentContent
from db.session import open_engine, reading, writing
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, visit
from tests.web.test_rights import Unlimited
from tracker.web.documents.documents import AS_FILE

pytestmark = pytest.mark.one_database  # what is stored, and who sees it, tests/documents asks on both

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
World = tuple[Engine, Cast, Visitor, str]


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path, now: datetime) -> Iterator[World]:
    (tmp_path / "world.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path / 'world.db'}")
    with writing(engine) as session:
        cast = gather(session, now)
        page = f"/dossiers/{cast.open().id}/documenten"
    with visit(engine, now, tmp_path, cast.lobbyist, Unlimited()) as visitor:
        yield engine, cast, visitor, page
    engine.dispose()


def sent(visitor: Visitor, page: str, name: str, content: bytes, **fields: str) -> object:
    data = {"csrf": visitor.csrf, "visibility": "own", **fields}
    return visitor.post(page, data=data, files={"file": (name, content)}, follow_redirects=False)


def test_a_file_comes_back_as_a_file_under_its_own_name_and_is_on_record(world: World) -> None:
    engine, _cast, visitor, page = world
    assert sent(visitor, page, "Voorstel één.pdf", PDF).status_code == 303
    assert "Voorstel één.pdf" in visitor.get(page).text
    assert "Voorstel één.pdf" in visitor.get(page.removesuffix("/documenten")).text
    with reading(engine) as session:
        row = session.exec(select(Document)).one()
    answer = visitor.get(f"/documenten/{row.id}")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert {name: answer.headers[name] for name in AS_FILE} == AS_FILE
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Voorstel%20%C3%A9%C3%A9n.pdf" in answer.headers["content-disposition"]
    assert visitor.send_form(f"/documenten/{row.id}/intrekken", seen="1").status_code == 303
    assert visitor.get(f"/documenten/{row.id}").status_code == 404
    assert "1 document ingetrokken" in visitor.get(page).text
    with reading(engine) as session:
        lines = session.exec(select(AuditEntry).where(AuditEntry.object == f"document {row.id}")).all()
        assert session.exec(select(DocumentContent)).all() == []
    assert [line.action for line in lines] == ["document added", "document fetched", "document withdrawn"]
    assert {line.dossier_id for line in lines} == {row.dossier_id}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leeg.pdf", b"", "leeg.pdf is leeg."),
        ("groot.pdf", PDF + bytes(10 * 2**20), "groot.pdf is groter dan 10 MB"),
        ("nota.pdf", b"MZ" + bytes(60), "nota.pdf: dit soort bestand kan hier niet."),
        ("nota\u202efdp.pdf", PDF, "Een bestandsnaam heeft hier geen schuine streep"),
    ],
)
def test_a_file_that_cannot_be_says_why_and_leaves_nothing(world: World, name: str, content: bytes, said: str) -> None:
    engine, _cast, visitor, page = world
    answer = sent(visitor, page, name, content)
    assert (answer.status_code, answer.text.count(said)) == (422, 2)  # above the form and at its field
    with reading(engine) as session:
        assert (session.exec(select(Document)).all(), session.exec(select(DocumentContent)).all()) == ([], [])


def test_only_the_form_for_files_takes_more_than_a_form(world: World) -> None:
    _engine, _cast, visitor, page = world
    much = bytes(3 * 2**20)
    refused = [sent(visitor, page, "x.pdf", much * 8), sent(visitor, "/contacten/importeren", "x.csv", much)]
    assert [(answer.status_code, "Dit is te groot" in answer.text) for answer in refused] == [(413, True), (413, True)]
    assert visitor.send_form(page).status_code == 422
    assert "Kies een bestand." in visitor.send_form(page).text


def test_a_link_and_what_hangs_on_a_position_and_a_contact(world: World, now: datetime, tmp_path: Path) -> None:
    engine, cast, visitor, page = world
    link = {"link": "true", "title": "Kamerbrief", "url": "https://example.nl/brief", "visibility": "mra"}
    assert visitor.send_form(page, **link).status_code == 303
    wrong = visitor.send_form(page, **{**link, "url": "javascript:alert(1)"})
    assert (wrong.status_code, "Geef een heel adres" in wrong.text) == (422, True)
    said = {"organisation": "Ministerie van VRO", "message": "x", "dossier_id": page.split("/")[2], "visibility": "own"}
    contact = visitor.send_form("/contacten", **said).headers["location"].split("?")[0]
    assert sent(visitor, f"{contact}/documenten", "verslag.txt", b"gezegd").status_code == 303
    assert "verslag.txt" in visitor.get(contact).text
    assert "bij een contact" in visitor.get(page).text
    with visit(engine, now, tmp_path, cast.haarlem, Unlimited()) as other:
        seen = other.get(page).text
        assert ("Kamerbrief" in seen, "verslag.txt" in seen) == (True, False)
        assert [other.get(path).status_code for path in (contact, f"{contact}/documenten", "/documenten/2")] == [
            404
        ] * 3
