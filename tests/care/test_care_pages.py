"""The pages of care: looked at before pressing, pressed twice, on record without a name, and for the own organisation."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import AuditEntry, ContactMoment, Delivery, Hold, Informed, Stakeholder, User
from db.session import writing
from db.vocabulary import Role
from notifications.transport import read_mail_url
from tests.care.test_erasure import NAME, with_person
from tests.make.lobby import Cast
from tests.make.pages import Visitor, make_user, settings_for, visit
from tracker.documents import documents
from tracker.people.data_register import categories

pytestmark = pytest.mark.one_database  # what is stored has tests of its own


@pytest.fixture
def world(engine: Engine, now: datetime) -> tuple[Engine, Cast, User]:
    with writing(engine) as session:
        cast, _person = with_person(session, now)
        administrator = make_user(session, now, Role.ADMINISTRATOR)
        cast.open("Naria-Vogel heeft bezwaar")
        session.expunge_all()
    return engine, cast, administrator


def pressed(page: Visitor, address: str, **typed: object) -> tuple[int, str]:
    """What comes of pressing on a page as it stands."""
    seal = re.search(r'name="seal" value="(\w+)"', page.get(address).text)
    answer = page.send_form(address, **{"seal": seal[1] if seal else "", **typed})
    return answer.status_code, answer.text


def test_a_person_is_looked_at_taken_along_and_erased(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, _cast, administrator = world
    address = "/beheer/privacy/personen/1"
    with visit(engine, now, tmp_path, administrator) as page:
        assert NAME in page.get("/beheer/privacy").text
        file = page.get(f"{address}/inzage.zip")
        told = json.loads(zipfile.ZipFile(io.BytesIO(file.content)).read("gegevens.json"))
        assert told["stakeholder"][0]["person"] == NAME
        assert "Alleen de achternaam" in page.get(address).text
        status, text = pressed(page, address)
        assert (status, "zet het vinkje" in text) == (422, True)
        assert "intussen iets veranderd" in page.send_form(address, seal="old", sure="true").text
        status, _ = pressed(page, address, sure="true", also="dossier 2, title")
        assert status == 303
        after = page.get(address).text
        assert (NAME in after, "De naam is gewist" in after) == (False, True)
    with Session(engine) as session:
        lines = session.exec(select(AuditEntry).where(col(AuditEntry.object) == "stakeholder 1")).all()
        assert [line.action for line in lines] == ["access export", "erase"]
        assert session.exec(select(Stakeholder.person)).one() == ""


def test_a_hold_stands_on_the_page_and_is_lifted_there(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, _cast, administrator = world
    with visit(engine, now, tmp_path, administrator) as page:
        page.send_form("/beheer/privacy/bewaren", subject="persons", reason="Woo 2026-14", until="2026-06-19")
        held = page.get("/beheer/privacy").text
        assert ("Woo 2026-14" in held, "Hef op" in held) == (True, True)
        page.send_form("/beheer/privacy/bewaren/1/opheffen")
        assert "Woo 2026-14" not in page.get("/beheer/privacy").text


def test_another_organisations_person_does_not_exist(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, _cast, _administrator = world
    with writing(engine) as session:
        stranger = make_user(session, now, Role.ADMINISTRATOR, "haarlem")
    with visit(engine, now, tmp_path, stranger) as page:
        assert NAME not in page.get("/beheer/privacy").text
        for address in ("/beheer/privacy/personen/1", "/beheer/privacy/personen/1/inzage.zip"):
            assert page.get(address).status_code == 404
        assert page.send_form("/beheer/privacy/personen/1", sure="true").status_code == 404


def test_erasing_tells_of_no_file_or_hold_of_others(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, cast, administrator = world
    with writing(engine) as session:
        haarlem = session.get_one(User, cast.haarlem.id)
        theirs = Cast(**{**vars(cast), "session": session, "haarlem": haarlem})
        hidden = theirs.open(NAME, by=haarlem, visibility="own")
        documents.add_file(theirs.deed(haarlem), hidden, "nota.txt", NAME.encode(), "own", 100)
        hold = {"dossier_id": hidden.id, "reason": "GEHEIM", "until": now.date()}
        session.add(Hold(**hold, participant_id="haarlem", set_by=haarlem.id, set_at=now))
    with visit(engine, now, tmp_path, administrator) as page:
        text = page.get("/beheer/privacy/personen/1").text
    assert ("GEHEIM" in text, "/documenten/1" in text, "Hier gaat de naam weg" in text) == (False, False, True)


def test_a_page_from_before_a_colleague_decided_decides_nothing(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, cast, _administrator = world
    with visit(engine, now, tmp_path, cast.lobbyist) as page:
        text = page.get("/dossiers/1/woo").text
        seal = re.search(r'name="seal" value="(\w+)"><input type="hidden" name="seen" value=""', text)[1]
        typed = {"piece": "dossier 1", "seal": seal}
        first = page.send_form("/dossiers/1/woo", **typed, verdict="withhold", ground="5.2")
        assert first.status_code == 303
        assert page.send_form("/dossiers/1/woo", **typed, verdict="share").status_code == 409
        seen = re.search(r'name="seen" value="([^"]+)"', page.get("/dossiers/1/woo").text)[1]
        assert page.send_form("/dossiers/1/woo", **typed, verdict="share", seen=seen).status_code == 303


def test_who_is_kept_is_told_by_mail_or_in_person(
    world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path
) -> None:
    engine, cast, _administrator = world
    late = now + timedelta(days=31)
    with writing(engine) as session:
        session.get_one(Stakeholder, 1).address = "020 123 45 67; k.naria@minvro.example"
    with visit(engine, late, tmp_path, cast.lobbyist) as page:
        assert "te laat: uiterlijk" in page.get("/contacten/informeren").text
        assert "nog niet ingelicht" in page.get("/contacten/1").text
        tomorrow = (late + timedelta(days=1)).date()
        said = page.send_form("/contacten/informeren", stakeholder="1", way="in_person", day=str(tomorrow))
        assert "moet nog komen" in said.text
        assert page.send_form("/contacten/informeren", stakeholder="1", way="mail").status_code == 303
        assert NAME not in page.get("/contacten/informeren").text
        assert re.search(r"ingelicht op 29 jun[^<]*, per mail", page.get("/contacten/1").text)
    with Session(engine) as session:
        mail = session.exec(select(Delivery)).one()
        assert mail.address == "k.naria@minvro.example"
        assert "2 jaar, gerekend vanaf" in mail.text
        assert session.exec(select(Informed.way)).all() == ["mail"]
        assert session.exec(select(ContactMoment.id)).all() == [1]


def test_the_privacy_page_is_the_register(world: tuple[Engine, Cast, User], now: datetime, tmp_path: Path) -> None:
    engine, _cast, _administrator = world
    with visit(engine, now, tmp_path, None) as page:
        text = page.get("/privacy").text
    for about in categories().values():
        assert about.name in text
        assert about.purpose[1:] in text
    assert "2 jaar na de dag waarop de naam is vastgelegd" in text
    assert "ook als u niet met Kansenradar werkt maar wij met u spraken" in text
    assert "openbare bron waar dat staat" in text


def test_mail_that_went_into_a_folder_goes_with_the_account_it_was_for(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        administrator, leaves = make_user(session, now, Role.ADMINISTRATOR), make_user(session, now, Role.READER)
    with visit(engine, now, tmp_path, administrator) as page:
        folder = read_mail_url(settings_for(tmp_path).mail)
        assert isinstance(folder, Path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, address in (("theirs", leaves.email.title()), ("ours", administrator.email)):
            (folder / f"{name}.eml").write_text(f"To: Iemand <{address}>\nSubject: Overzicht\n\nTekst\n")
        status, _ = pressed(page, f"/beheer/privacy/gebruikers/{leaves.id}", sure="true")
        assert status == 303
        assert [path.name for path in folder.glob("*.eml")] == ["ours.eml"]
