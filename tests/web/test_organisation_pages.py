"""The register, the page of an organisation, the brief before a talk, and contacts found back, as somebody sees them."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import ContactMoment, Organisation, Stakeholder
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import StakeRole
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.lobby import contacts
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.organisations import register
from tracker.organisations.load import load_organisations
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

DAY = date(2026, 5, 20)
HEAT = Office("KGG", "directeur Warmte")


@pytest.fixture
def cast(engine: Engine, now: datetime) -> Iterator[Cast]:
    with writing(engine) as session:
        cast = gather(session, now)
        load_organisations(session, now)
        yield cast


def id_of(session: Session, cast: Cast, name: str) -> int:
    found = register.find(session, viewer_of(cast.lobbyist), name, DAY)
    assert found, name
    return found.id


def test_a_page_shows_what_the_viewer_may_see_and_no_more(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    dossier = cast.open("Warmte in de wijk")
    told = ContactFields(DAY, "Gedeeld bericht", dossier_id=dossier.id, visibility=Visibility.REGION)
    contact = log_contact(cast.deed(cast.haarlem), told, HEAT)
    contacts.commit_to(cast.deed(cast.haarlem), contact, "Stuurt de verkenning", date(2026, 6, 10))
    log_contact(
        cast.deed(cast.haarlem), ContactFields(DAY, "KANARIE"), Office("KGG", "KANARIE-functie", "KANARIE-naam")
    )
    office = contacts.stakeholder_for(cast.deed(cast.haarlem), HEAT)
    given = StakeRole.DECIDES, 9, 1, "Kamerbrief", Visibility.REGION
    contacts.stake_for(cast.deed(cast.haarlem), dossier, office, *given)
    ministry = id_of(cast.session, cast, "Ministerie KGG")
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        page, brief = visitor.get(f"/organisaties/{ministry}").text, visitor.get(f"/organisaties/{ministry}/kort").text
        for text in ("Warmte in de wijk", "lobbyist haarlem", "Stuurt de verkenning", "directeur Warmte"):
            assert text in page, text
        assert "Gedeeld bericht" in brief
        assert "Iemand van Haarlem was er dit kwartaal of het vorige" in page
        assert "Bestaat sinds 23 feb 2026 niet meer" in " ".join(page.split())
        everything = [page, brief, visitor.get("/organisaties").text, visitor.get("/contacten").text]
        everything += [visitor.get("/contacten/nieuw").text, visitor.get(f"/contacten?organisation={ministry}").text]
        assert not any("KANARIE" in text for text in everything)
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert "KANARIE-naam" in visitor.get(f"/organisaties/{ministry}").text


def test_what_one_participant_typed_is_nobody_elses_until_it_shares_it(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    private = log_contact(cast.deed(cast.haarlem), ContactFields(DAY, "x"), Office("Geheim Fonds B.V.", "directie"))
    mine = log_contact(cast.deed(), ContactFields(DAY, "y"), Office("geheim fonds", "directie"))
    places = [cast.session.get_one(Stakeholder, c.stakeholder_id).organisation_id for c in (private, mine)]
    theirs = cast.session.get_one(Organisation, places[0]).parent_id
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert [
            visitor.get(f"/organisaties/{n}{end}").status_code for n in (theirs, places[0]) for end in ("", "/kort")
        ] == [404] * 4
        assert visitor.get(f"/contacten?organisation={theirs}").status_code == 404
        assert "Geheim Fonds B.V." not in visitor.get("/organisaties").text
    with writing(engine) as session:
        haarlem = session.merge(cast.haarlem)
        deed = type(cast.deed())(session, haarlem, now)
        log_contact(deed, ContactFields(DAY, "z", visibility=Visibility.REGION), Office("Geheim Fonds", "directie"))
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        shown = visitor.get(f"/organisaties/{theirs}").text
        assert ("lobbyist haarlem" in shown, "lobbyist amsterdam" in shown) == (True, True), "one organisation now"
        assert visitor.get("/organisaties").text.lower().count("geheim fonds") == 1


def test_two_that_are_one_are_merged_and_parted_again(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    log_contact(cast.deed(), ContactFields(DAY, "Een"), Office("Alliander"))
    log_contact(cast.deed(), ContactFields(DAY, "Twee"), Office("Netbeheerder Liander"))
    first, second = (id_of(cast.session, cast, name) for name in ("Alliander", "Netbeheerder Liander"))
    ministries = [id_of(cast.session, cast, name) for name in ("EZK", "BZK")]
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert visitor.send_form(f"/organisaties/{second}/samenvoegen", into=second, seen=1).status_code == 422
        assert visitor.send_form(f"/organisaties/{second}/samenvoegen", into=first, seen=1).status_code == 303
        page = visitor.get(f"/organisaties/{first}").text
        assert page.count("lobbyist amsterdam (Amsterdam)") == 2
        assert unmarked(visitor.get(f"/organisaties/{second}").text) == unmarked(page), "the old address leads on"
        assert visitor.get(f"/contacten?organisation={first}").text.count('href="/contacten/') >= 2
        assert visitor.send_form(f"/organisaties/{first}/losmaken", organisation=second).status_code == 303
        assert visitor.get(f"/organisaties/{first}").text.count("lobbyist amsterdam (Amsterdam)") == 1
        refused = visitor.send_form(f"/organisaties/{ministries[0]}/samenvoegen", into=ministries[1], seen=1)
        assert refused.status_code == 403, "the register is a coordinator's"
    with visit(engine, now, tmp_path, cast.coordinator) as visitor:
        named = {"name": "Ministerie van EZK", "kind": "ministry", "names": "EZK\nKlimaatministerie", "seen": "1"}
        assert visitor.send_form(f"/organisaties/{ministries[0]}", **named).status_code == 303
        assert visitor.send_form(f"/organisaties/{ministries[0]}", **named).status_code == 409
    with reading(engine) as session:
        for name in ("klimaatministerie", "Ministerie van Economische Zaken en Klimaat", "EZK"):
            assert id_of(session, cast, name) == ministries[0], name


def test_every_contact_can_be_found_back(cast: Cast, engine: Engine, now: datetime, tmp_path: Path) -> None:
    dossier = cast.open("Warmte")
    for number in range(120):
        office = Office("Ministerie KGG" if number % 2 else "VNG")
        fields = ContactFields(
            DAY - timedelta(days=number), f"Bericht {number}", dossier_id=dossier.id if number < 3 else None
        )
        log_contact(cast.deed(), fields, office)
    log_contact(cast.deed(cast.haarlem), ContactFields(DAY, "KANARIE"), Office("KGG"))
    ministry = id_of(cast.session, cast, "KGG")
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:

        def listed(**query: object) -> tuple[int, bool]:
            page = visitor.get("/contacten", params=query).text
            return page.count('class="figure"><a href="/contacten/'), ">120 contacten<" in page

        assert listed() == (50, True)
        assert listed(page=3) == (20, True)
        assert listed(organisation=ministry)[0] == 50
        assert listed(organisation=ministry, page=2)[0] == 10
        assert listed(dossier=dossier.id)[0] == 3
        assert listed(text="bericht 11")[0] == 11
        assert listed(text="100%")[0] == 1  # a search is by words: a sign stands for nothing, and least for anything
        assert listed(after="2026-05-19", before="2026-05-20")[0] == 2
        assert listed(person=cast.haarlem.id)[0] == 0
        book = load_workbook(io.BytesIO(visitor.get("/contacten.xlsx", params={"organisation": ministry}).content))
        rows = list(book["contacten"].iter_rows(values_only=True))
        assert (len(rows), rows[0][:3], rows[1][1]) == (
            61,
            ("datum", "organisatie", "functie"),
            "Ministerie van Economische Zaken en Klimaat (voorheen Ministerie van Klimaat en Groene Groei)",
        )
        assert "KANARIE" not in str(rows)
        empty = load_workbook(io.BytesIO(visitor.get("/contacten.xlsx", params={"text": "nergens"}).content))
        assert empty["contacten"]["A1"].value == "datum"
    with reading(engine) as session:
        assert len(session.exec(select(ContactMoment)).all()) == 121


GOOGLE = "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value\nAnna,de Vries,Ministerie KGG,adviseur,anna@kgg.example\nBob,,,,\n"


def test_an_address_book_is_read_in_after_its_columns_were_looked_at(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    ministry = id_of(cast.session, cast, "KGG")
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        looked = visitor.post(
            "/contacten/importeren",
            data={"csrf": visitor.csrf},
            files={"file": ("c.csv", GOOGLE.encode("cp1252"), "text/csv")},
        )
        assert (looked.status_code, "anna@kgg.example" in looked.text) == (200, True)
        assert '<option value="Organization Name" selected>' in looked.text
        mapping = {
            "first": "First Name",
            "last": "Last Name",
            "organisation": "Organization Name",
            "mail": "E-mail 1 - Value",
        }
        form = {"content": GOOGLE, "keep": "1", "purpose": "Overleg", "until": "2027-01-01", **mapping}
        with reading(engine) as session:
            assert session.exec(select(Stakeholder)).all() == [], "looking keeps nothing"
        assert visitor.send_form("/contacten/importeren", **form | {"until": "2020-01-01"}).status_code == 422
        for _ in range(2):
            assert visitor.send_form("/contacten/importeren", **form).status_code == 303
        assert "Anna de Vries" in visitor.get(f"/organisaties/{ministry}").text
        with reading(engine) as session:
            who = session.exec(select(Stakeholder)).one()
        assert (who.person, who.purpose, who.retain_until, who.visibility) == (
            "Anna de Vries",
            "Overleg",
            date(2027, 1, 1),
            "own",
        )
        card = visitor.get(f"/contacten/personen/{who.id}.vcf").text
        assert "FN:Anna de Vries\r\n" in card
        assert "EMAIL;TYPE=work:anna@kgg.example\r\n" in card
        again = visitor.send_form("/contacten/importeren", content=card)
        assert "Anna de Vries" in again.text, "a vCard is an address book too"
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert visitor.get(f"/contacten/personen/{who.id}.vcf").status_code == 404
        assert "Anna" not in visitor.get(f"/organisaties/{ministry}").text


def test_a_contact_is_corrected_and_taken_back_on_its_page(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    dossier = cast.open("Warmte")
    told = ContactFields(DAY, "Te veel gezegd", dossier_id=dossier.id, visibility=Visibility.REGION)
    contact = log_contact(cast.deed(), told, HEAT)
    promised = contacts.commit_to(cast.deed(), contact, "Stuurt de brif", None)
    cast.session.commit()
    here = f"/contacten/{contact.id}"
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert (visitor.get(here).status_code, visitor.get(f"{here}/bewerken").status_code) == (200, 404)
        assert visitor.send_form(f"{here}/intrekken", seen=1).status_code == 403
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "Te veel gezegd" in visitor.get(f"{here}/bewerken").text
        form = {
            "organisation": "KGG",
            "office": "directeur Warmte",
            "message": "Regie gevraagd",
            "visibility": "own",
            "seen": 1,
        }
        assert visitor.send_form(f"{here}/bewerken", **form, day="2026-05-20", dossier_id=dossier.id).status_code == 303
        assert visitor.send_form(f"{here}/bewerken", **form).status_code == 409
        words = {"promise": "Stuurt de brief", "promise_kind": "promise", "seen": promised.version + 1}
        assert visitor.send_form(f"{here}/toezeggingen/{promised.id}/wijzigen", **words).status_code == 303
        page = visitor.get(here).text
        assert ("Te veel gezegd" in page, "Stuurt de brif" in page, "Geschiedenis" in page) == (True, False, True)
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert visitor.get(here).status_code == 404
        assert "Directeur Warmte" not in visitor.get(f"/dossiers/{dossier.id}").text
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert visitor.send_form(f"{here}/intrekken", seen=2).status_code == 303
        assert visitor.get(here).status_code == 404
        shown = visitor.get(f"/dossiers/{dossier.id}").text
        assert ("Contactmoment ingetrokken" in shown, f'href="{here}"' in shown) == (True, False)
        assert visitor.get("/dossiers", params={"text": "warmte"}).text.count('<th scope="row">') == 1
        assert visitor.get("/dossiers.xlsx").status_code == 200
        assert visitor.send_form(f"/dossiers/{dossier.id}/weggooien", seen=dossier.version).status_code == 303
        assert visitor.get(f"/dossiers/{dossier.id}").status_code == 404


def unmarked(page: str) -> str:
    """A page without what tells one rendering from another."""
    return re.sub(r'name="csrf" value="[^"]*"', "", page)


@pytest.mark.parametrize(
    ("day", "meant", "kept"),
    [
        ("2026-05-20", "successor", "Ministerie van Economische Zaken en Klimaat"),
        ("2026-05-20", "as typed", "Ministerie van Klimaat en Groene Groei"),
        ("2026-01-20", "", "Ministerie van Klimaat en Groene Groei"),  # it was there that day: nothing is asked
    ],
)
def test_whom_one_spoke_with_is_asked_where_the_organisation_had_ended_by_that_day(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path, day: str, meant: str, kept: str
) -> None:
    cast.session.commit()
    typed = {"organisation": "Ministerie van Klimaat en Groene Groei", "message": "Waarborg gevraagd", "day": day}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        if meant:
            looked = visitor.send_form("/contacten", **typed, only_look="true").text
            asked = visitor.send_form("/contacten", **typed)
            assert asked.status_code == 422
            for page in (looked, asked.text):
                assert "bestaat sinds 23 feb 2026 niet meer en ging op in" in page
                assert 'name="meant" value="successor" checked' in page
        assert visitor.send_form("/contacten", **typed, meant=meant).status_code == 303
    with reading(engine) as session:
        assert session.exec(select(Stakeholder.organisation).join(ContactMoment)).one() == kept


@pytest.mark.parametrize(
    ("meant", "kept"),
    [
        ("successor", "Ministerie van Economische Zaken en Klimaat"),
        ("as typed", "Ministerie van Klimaat en Groene Groei"),
    ],
)
def test_a_corrected_day_after_the_organisation_ended_asks_the_same_and_other_words_ask_nothing(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path, meant: str, kept: str
) -> None:
    cast.session.commit()
    typed = {"organisation": "Ministerie van Klimaat en Groene Groei", "message": "Regie", "person": "K. Naria"}
    before, after = {**typed, "day": "2026-01-20"}, {**typed, "day": "2026-05-20"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        here = visitor.send_form("/contacten", **before).headers["location"].partition("?")[0] + "/bewerken"
        assert "ging op in" not in visitor.get(here).text
        assert visitor.send_form(here, **before, seen=1).status_code == 303
        asked = visitor.send_form(here, **after, seen=2)
        assert (asked.status_code, "ging op in" in asked.text) == (422, True)
        assert 'name="meant" value="successor" checked' in asked.text
        assert visitor.send_form(here, **after, seen=2, meant=meant).status_code == 303
        again = {**after, "organisation": kept, "message": "Regie op warmte"}
        assert visitor.send_form(here, **again, seen=3).status_code == 303, "answered before"
    with reading(engine) as session:
        whom = session.exec(select(Stakeholder).join(ContactMoment)).one()
        assert (whom.organisation, whom.person) == (kept, "K. Naria")


def test_a_name_that_is_cleared_stands_there_no_more(cast: Cast, engine: Engine, now: datetime, tmp_path: Path) -> None:
    cast.session.commit()
    typed = {"organisation": "KGG", "office": "directeur", "message": "Regie", "person": "K. Naria"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        here = visitor.send_form("/contacten", **typed, day="2026-01-20").headers["location"].partition("?")[0]
        cleared = {**typed, "person": "", "day": "2026-01-20", "seen": 1}
        assert visitor.send_form(f"{here}/bewerken", **cleared).status_code == 303
        assert "K. Naria" not in visitor.get(f"{here}/bewerken").text
