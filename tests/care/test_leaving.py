"""What leaves for the public, a Woo request or the archive: by two people, piece by piece, with its metadata."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import ContactMoment, Dossier, PublicContact, User
from db.session import writing
from db.vocabulary import Role
from db.vocabulary_care import WooGround, WooVerdict
from tests.care.test_erasure import NAME, with_person
from tests.make.lobby import Cast
from tests.make.pages import make_user, visit
from tracker.care import archive, contact_register, woo
from tracker.care.contact_register import PublicLine
from tracker.care.pieces import Piece, file_of, pieces_of
from tracker.documents import documents
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.lobby import history, positions
from tracker.lobby.contacts import ContactFields, Office, log_contact, stakeholder_for
from tracker.rights import Deed, viewer_of
from tracker.web.care.woo import WooForm

pytestmark = pytest.mark.one_database  # rules on plain rows

LINE = PublicLine("lobbyist, Amsterdam", "Ministerie van VRO", "Directeur Woningbouw", "Warmte in de regio")
TERMS = archive.ArchiveTerms("V", 10, "5.1", "Selectielijst gemeenten 2020")
# The order of elements in the schema, 1.0.1; what this program writes must stand in it in that order.
OBJECT = ["identificatie", "naam", "aggregatieniveau", "classificatie", "trefwoord", "omschrijving", "raadpleeglocatie", "dekkingInTijd", "dekkingInRuimte", "taal", "event", "waardering", "bewaartermijn", "informatiecategorie", "isOnderdeelVan", "bevatOnderdeel", "heeftRepresentatie", "aanvullendeMetagegevens", "gerelateerdInformatieobject", "archiefvormer", "betrokkene", "activiteit", "beperkingGebruik"]  # fmt: skip
FILE = ["identificatie", "naam", "omvang", "bestandsformaat", "checksum", "URLBestand", "isRepresentatieVan"]
NEEDED = {
    "informatieobject": {"identificatie", "naam", "waardering", "archiefvormer", "beperkingGebruik"},
    "bestand": {"identificatie", "naam", "omvang", "bestandsformaat", "checksum", "isRepresentatieVan"},
}


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return with_person(session, now)[0]


def test_the_public_reads_what_a_second_person_let_out(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast, _person = with_person(session, now)
    with visit(engine, now, tmp_path, cast.coordinator) as page:
        assert page.send_form("/contacten/1/register", **vars(LINE)).status_code == 303
        refused = page.send_form("/contactregister/vrijgeven/1")
        assert (refused.status_code, contact_register.SECOND in refused.text) == (403, True)
    with visit(engine, now, tmp_path, None) as page:
        assert "Warmte in de regio" not in page.get("/contactregister").text
    with visit(engine, now, tmp_path, cast.second) as page:
        assert page.send_form("/contactregister/vrijgeven/1").status_code == 303
    with visit(engine, now, tmp_path, None) as page:
        text = page.get("/contactregister").text
        assert ("Warmte in de regio" in text, "Directeur Woningbouw" in text) == (True, True)
        assert "Warmte in de regio" in page.get("/contactregister.csv").text
        assert not any(word in text for word in (NAME, "regie", cast.lobbyist.name))
    with writing(engine) as session:  # a contact that is withdrawn takes its line along
        contact = session.get_one(ContactMoment, 1)
        lobbyist = session.get_one(User, cast.lobbyist.id)
        history.withdraw(
            Cast(**{**vars(cast), "session": session, "lobbyist": lobbyist}).deed(), contact, contact.version
        )
    with writing(engine) as session:  # and stays away where its number goes to another talk
        haarlem = session.get_one(User, cast.haarlem.id)
        again = log_contact(
            Deed(session, haarlem, now), ContactFields(now.date(), "Kennismaking"), Office("Rijk", "Chef")
        )
        assert session.get_bind().dialect.name != "sqlite" or again.id == 1
    with visit(engine, now, tmp_path, None) as page:
        assert "Warmte in de regio" not in page.get("/contactregister").text


def test_one_person_with_a_second_account_lets_no_line_out(cast: Cast) -> None:
    contact = cast.session.get_one(ContactMoment, 1)
    row = contact_register.propose(cast.deed(cast.coordinator), contact, LINE)
    later = make_user(cast.session, cast.now + timedelta(minutes=1), Role.COORDINATOR, email="nieuw@amsterdam.nl")
    alias = make_user(cast.session, cast.now, Role.COORDINATOR, email="coordinator+twee@amsterdam.nl")
    assert alias.email.replace("+twee", "") == cast.coordinator.email
    for same in (later, alias):
        with pytest.raises(NotAllowed):
            contact_register.release(cast.deed(same), row)
    contact_register.release(cast.deed(cast.second), row)
    assert row.released_by == cast.second.id


def test_a_line_whose_day_is_corrected_waits_again_and_one_with_somebody_else_ends(cast: Cast) -> None:
    session, contact = cast.session, cast.session.get_one(ContactMoment, 1)
    row = contact_register.propose(cast.deed(cast.coordinator), contact, LINE)
    contact_register.release(cast.deed(cast.second), row)
    other_day = contact.day - timedelta(days=1)
    history.correct(cast.deed(), contact, {"message": "Iets anders"}, contact.version)
    assert [line for line, _ in contact_register.register(session)] == [row]
    history.correct(cast.deed(), contact, {"day": other_day}, contact.version)
    assert contact_register.register(session) == []
    (again,) = contact_register.waiting(session, viewer_of(cast.coordinator))
    assert (again.day, again.subject, again.proposed_by) == (other_day, LINE.subject, cast.lobbyist.id)
    contact_register.release(cast.deed(cast.second), again)
    elsewhere = stakeholder_for(cast.deed(), Office("Rijk", "Chef"))
    history.correct(cast.deed(), contact, {"stakeholder_id": elsewhere.id}, contact.version)
    assert contact_register.register(session) == contact_register.waiting(session, viewer_of(cast.coordinator)) == []


def test_a_line_without_words_or_with_a_name_is_refused(cast: Cast) -> None:
    contact = cast.session.get_one(ContactMoment, 1)
    for bad in (
        {"subject": " "},
        {"ours": ""},
        {"subject": f"Met {NAME.upper()}"},
        {"office": "k.naria@minvro.example"},
        {"ours": cast.lobbyist.name},
    ):
        with pytest.raises(Incomplete):
            contact_register.propose(cast.deed(), contact, PublicLine(**{**vars(LINE), **bad}))
    with pytest.raises((NotAllowed, NotFound)):
        contact_register.propose(cast.deed(cast.haarlem), contact, LINE)
    row = contact_register.propose(cast.deed(), contact, LINE)
    with pytest.raises(NotAllowed):
        contact_register.release(cast.deed(), row)
    with pytest.raises(NotFound):
        contact_register.line_for(cast.session, viewer_of(cast.haarlem), row.id)
    assert cast.session.exec(select(PublicContact.released_at)).all() == [None]


def read(content: bytes) -> dict[str, bytes]:
    packed = zipfile.ZipFile(io.BytesIO(content))
    return {name: packed.read(name) for name in packed.namelist()}


def decide_all(cast: Cast, dossier: Dossier) -> None:
    """As proposed; what has no proposal is public, a file as well."""
    for one in woo.judged(cast.session, viewer_of(cast.lobbyist), dossier):
        struck = tuple((p.word, p.ground.value) for p in one.proposals)
        verdict = WooVerdict.PARTLY if struck else WooVerdict.SHARE
        woo.decide(cast.deed(), dossier, woo.WooJudgement(one.piece.key, one.piece.seal, verdict, struck))


def test_a_woo_bundle_leaves_once_every_piece_is_decided(cast: Cast) -> None:
    session, viewer, dossier = cast.session, viewer_of(cast.lobbyist), cast.session.get_one(Dossier, 1)
    positions.draft(cast.deed(), dossier, positions.Wording(internal="Wij geven toe", public="Wij willen regie"))
    documents.add_file(cast.deed(), dossier, "nota.txt", b"openbaar", "own", 100)
    with pytest.raises(Incomplete, match="er gaat niets weg"):
        woo.bundle(session, viewer, dossier, cast.now)
    decide_all(cast, dossier)
    files = read(woo.bundle(session, viewer, dossier, cast.now))
    page = files["leesmij.html"].decode()
    for hidden in ("k.naria@", cast.lobbyist.name, "Wij geven toe"):
        assert hidden not in page
    for shown in (NAME, "Wij willen regie", "Directeur Woningbouw", WooGround.PRIVACY.label, WooGround.OPINION.label):
        assert shown in page
    (name,) = (name for name in files if name.startswith("documenten/"))
    assert (files[name], ".." in name) == (b"openbaar", False)
    rows = list(openpyxl.load_workbook(io.BytesIO(files["inventaris.xlsx"])).active.values)
    assert {row[2] for row in rows[1:]} == {"openbaar", "deels openbaar"}
    contact = session.get_one(ContactMoment, 1)
    contact.reply = "Anders"
    session.flush()
    with pytest.raises(Incomplete, match="Nog 1 van"):  # what changed is to be decided again
        woo.bundle(session, viewer, dossier, cast.now)
    (changed,) = (one for one in woo.judged(session, viewer, dossier) if one.decision is None)
    for seal, verdict, struck, error in (
        ("old", WooVerdict.SHARE, (), ChangedMeanwhile),
        (changed.piece.seal, WooVerdict.WITHHOLD, (), Incomplete),
        (changed.piece.seal, WooVerdict.PARTLY, (), Incomplete),
    ):
        with pytest.raises(error):
            woo.decide(cast.deed(), dossier, woo.WooJudgement(changed.piece.key, seal, verdict, struck))
    with pytest.raises(NotAllowed):
        woo.decide(cast.deed(cast.haarlem), dossier, woo.WooJudgement("dossier 1", "x", WooVerdict.SHARE))


@pytest.mark.parametrize(("office", "left_out"), [("Beleidsadviseur", True), ("Directeur Woningbouw", False)])
def test_a_name_below_management_addresses_and_opinions_are_proposed(office: str, left_out: bool) -> None:
    said = ("Gebracht", f"Met {NAME} (k.naria@minvro.example, 06-1234 5678) over 2026-2027"), ("Rode lijnen", "Nooit")
    found = [p.word for p in woo.proposals_for(Piece("contact 1", "Gesprek", said, ((NAME, office),)))]
    assert found == [*([NAME] if left_out else []), "k.naria@minvro.example", "06-1234 5678", "§ Rode lijnen"]


def test_what_is_struck_is_not_in_a_title_and_no_word_is_dropped_unsaid(cast: Cast) -> None:
    session, viewer, dossier = cast.session, viewer_of(cast.lobbyist), cast.session.get_one(Dossier, 1)
    decide_all(cast, dossier)
    (talk,) = (one.piece for one in woo.judged(session, viewer, dossier) if one.piece.key == "contact 1")
    words = "; ".join(["Woningbouw", *(f"woord{number}" for number in range(25)), "regie"])
    stale = WooForm(piece=talk.key, seal=talk.seal, verdict=WooVerdict.SHARE)
    with pytest.raises(ChangedMeanwhile, match="collega"):
        woo.decide(cast.deed(), dossier, stale.judgement())
    (stand,) = (one.stand for one in woo.judged(session, viewer, dossier) if one.piece.key == talk.key)
    form = WooForm(piece=talk.key, seal=talk.seal, verdict=WooVerdict.PARTLY, more=words, seen=stand)
    woo.decide(cast.deed(), dossier, form.judgement())
    files = read(woo.bundle(session, viewer, dossier, cast.now))
    page = files["leesmij.html"].decode()
    assert "over regie" not in page
    assert [line for line in page.splitlines() if "<h2>" in line and "Woningbouw" in line] == []
    rows = list(openpyxl.load_workbook(io.BytesIO(files["inventaris.xlsx"])).active.values)
    assert not any("Woningbouw" in str(row) for row in rows)
    many = WooForm(
        piece=talk.key, seal=talk.seal, verdict=WooVerdict.PARTLY, struck=[f"{WooGround.PRIVACY.value}|x"] * 201
    )
    with pytest.raises(Incomplete):
        woo.decide(cast.deed(), dossier, many.judgement())


def test_another_sees_no_more_in_a_bundle_than_on_the_page(cast: Cast) -> None:
    dossier = cast.session.get_one(Dossier, 1)
    keys = {one.piece.key for one in woo.judged(cast.session, viewer_of(cast.haarlem), dossier)}
    assert "contact 1" not in keys  # it is the own organisation's
    assert "contact 1" in {one.piece.key for one in woo.judged(cast.session, viewer_of(cast.lobbyist), dossier)}


def test_what_hangs_on_a_position_is_a_piece_that_says_so(cast: Cast) -> None:
    dossier = cast.session.get_one(Dossier, 1)
    position = positions.draft(cast.deed(), dossier, positions.Wording(internal="Wij geven toe"))
    documents.add_file(cast.deed(), position, "brief.txt", b"tekst", "own", 100)
    (piece,) = (p for p in pieces_of(cast.session, viewer_of(cast.lobbyist), dossier) if p.key.startswith("document"))
    assert (piece.title, file_of(cast.session, piece)) == ("Document bij een standpunt", b"tekst")
    assert not any(p.document for p in pieces_of(cast.session, viewer_of(cast.haarlem), dossier))


def test_an_archived_dossier_has_metadata_in_the_order_of_the_schema(cast: Cast) -> None:
    session, viewer, dossier = cast.session, viewer_of(cast.lobbyist), cast.session.get_one(Dossier, 1)
    documents.add_file(cast.deed(), dossier, "nota.txt", b"tekst", "own", 100)
    with pytest.raises(Incomplete, match="gesloten dossier"):
        archive.bundle(session, viewer, dossier, TERMS, cast.now)
    dossier.closed_at = cast.now
    session.flush()
    for bad in ({"valuation": ""}, {"years": None}, {"category": " "}, {"selection_list": ""}):
        with pytest.raises(Incomplete):
            archive.bundle(session, viewer, dossier, archive.ArchiveTerms(**{**vars(TERMS), **bad}), cast.now)
    files = read(archive.bundle(session, viewer, dossier, TERMS, cast.now))
    metadata = {name: etree.fromstring(content) for name, content in files.items() if name.endswith(".mdto.xml")}
    assert len(metadata) == 1 + 2 * len([name for name in files if not name.endswith(".mdto.xml")])
    space = {"m": archive.SPACE}
    for name, root in metadata.items():
        (content,) = root
        kind = etree.QName(content).localname
        elements = [etree.QName(child).localname for child in content]
        order = FILE if kind == "bestand" else OBJECT
        assert elements == sorted(elements, key=order.index), name
        assert set(elements) >= NEEDED[kind], name
        for term in root.xpath("//m:begripLabel", namespaces=space):  # each says from which list it is
            assert term.getparent().findtext("m:begripBegrippenlijst/m:verwijzingNaam", namespaces=space), name
    keys = {root.findtext(".//m:identificatieKenmerk", namespaces=space) for root in metadata.values()}
    referred = {key.text for root in metadata.values() for key in root.xpath("//m:verwijzingIdentificatie/m:identificatieKenmerk", namespaces=space)}  # fmt: skip
    assert referred <= keys
    (text,) = (name for name in files if name.endswith("nota.txt"))
    size = metadata[f"{text}.bestand.mdto.xml"].findtext(".//m:omvang", namespaces=space)
    assert (files[text], size) == (b"tekst", "5")
