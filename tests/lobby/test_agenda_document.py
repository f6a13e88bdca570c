"""The joint lobby agenda as a document: frozen when adopted, the same for everybody, to read on screen, PDF and Word."""

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Dossier, LobbyAgenda
from db.session import writing
from db.vocabulary import Role
from db.vocabulary_lobby import AgendaState, PartyKind
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user, visit
from tracker.exchange.agenda_files import as_docx, as_pdf, differences, facts_of, status_of
from tracker.lobby import coalition, dossiers, moments, resolutions
from tracker.lobby.agenda_document import document_of, freeze, thaw

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def on_agenda(cast: Cast, year: int = 2026, **fields: object) -> Dossier:
    """A shared dossier with everything a decision needs, on the agenda of a year."""
    usual = {"request": "Een waarborgfonds", "requested_amount": Decimal("150000000"), "lobbyist_id": cast.lobbyist.id}
    dossier = cast.open(**{**usual, **fields})
    cast.adopted(dossier, date(2026, 3, 1), None, "Regie hoort bij gemeenten")
    moments.hook(cast.deed(), dossier, "pattern:bo-mirt:2026")
    coalition.join(cast.deed(), dossier, "Hogeschool", PartyKind.KNOWLEDGE, TODAY)
    dossiers.lobby_agenda(cast.deed(cast.coordinator), year)
    dossiers.put_on_agenda(cast.deed(), dossier, year)
    return dossier


def test_an_item_has_all_a_bestuurder_decides_on(cast: Cast) -> None:
    on_agenda(cast)
    document = document_of(cast.session, 2026, TODAY)
    (line,) = document.lines
    facts = dict(facts_of(document, line))
    assert facts["MRA-standpunt"] == "Regie hoort bij gemeenten (MRA Bestuur, MRA-2026-12)"
    assert (facts["Gevraagd"], facts["Bedrag"]) == ("Een waarborgfonds", "€ 150 mln")
    assert facts["Eerstvolgend moment"] == "BO MIRT Noordwest, 20 nov 2026 (gebruikelijke tijd)"
    assert (facts["Coalitie"], facts["Wie"]) == ("Hogeschool", cast.lobbyist.name)


def test_what_was_adopted_stays_as_it_was_whatever_is_edited_later(cast: Cast) -> None:
    dossier = on_agenda(cast)
    agenda = cast.session.get_one(LobbyAgenda, 2026)
    freeze(cast.session, agenda, TODAY)
    dossier.request, dossier.title = "Iets anders", "Nieuwe titel"
    cast.session.flush()
    frozen = document_of(cast.session, 2026, date(2026, 12, 1))
    assert (frozen.frozen, frozen.lines[0].ask, frozen.lines[0].title) == (
        True,
        "Een waarborgfonds",
        "Meer regie op warmtenetten",
    )
    thaw(agenda)
    cast.session.flush()
    assert document_of(cast.session, 2026, TODAY).lines[0].ask == "Iets anders"


def test_an_agenda_differs_from_last_years_by_what_is_new_changed_and_gone(cast: Cast) -> None:
    stays, goes = on_agenda(cast, 2025), on_agenda(cast, 2025, title="Gaat eraf")
    freeze(cast.session, cast.session.get_one(LobbyAgenda, 2025), TODAY)
    dossiers.lobby_agenda(cast.deed(cast.coordinator), 2026)
    dossiers.put_on_agenda(cast.deed(), stays, 2026)
    stays.requested_amount = Decimal("2500000")
    on_agenda(cast, 2026, title="Komt erbij")
    cast.session.flush()
    assert differences(document_of(cast.session, 2026, TODAY)) == [
        "Komt erbij: nieuw",
        "Meer regie op warmtenetten: bedrag was: € 150 mln",
        "Gaat eraf: staat er niet meer op",
    ]
    assert goes.title == "Gaat eraf"


def test_what_is_private_is_in_nobodys_document(cast: Cast) -> None:
    dossier = on_agenda(cast, title="KANARIE")
    dossier.visibility = "own"
    cast.session.flush()
    assert document_of(cast.session, 2026, TODAY).lines == []


@pytest.mark.parametrize(
    "title", ["Regie #1 [a] $x$ *b* _c_ `d` \\e <f> @g", "Regie // /* = - + ~ “aanhaling” 漢字 🚲"]
)
def test_the_files_hold_what_people_typed_whatever_signs_it_has(cast: Cast, title: str) -> None:
    on_agenda(cast, title=title)
    document = document_of(cast.session, 2026, TODAY)
    pdf = as_pdf(document, TODAY)
    assert pdf.startswith(b"%PDF-1.")
    assert b"pdfuaid" in pdf, "it says that it is PDF/UA"
    word = docx.Document(io.BytesIO(as_docx(document, TODAY)))
    assert title in [paragraph.text for paragraph in word.paragraphs]
    overview, facts = word.tables
    assert [cell.text for cell in overview.rows[1].cells] == [title, "Rijk", "midden", "€ 150 mln"]
    assert facts.rows[1].cells[1].text.startswith("Regie hoort bij gemeenten")


def test_word_has_dutch_a4_headings_in_order_and_a_header_row(cast: Cast) -> None:
    on_agenda(cast)
    word = docx.Document(io.BytesIO(as_docx(document_of(cast.session, 2026, TODAY), TODAY)))
    page = word.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    levels = [int(p.style.name[-1]) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert levels == [1, 2, 2, 3]
    assert {lang.get(qn("w:val")) for lang in word.styles.element.iter(qn("w:lang"))} == {"nl-NL"}
    assert word.tables[0].rows[0]._tr.xpath("w:trPr/w:tblHeader"), "the heads come again on each page"
    assert page.footer.paragraphs[0].text.startswith("Lobbyagenda 2026, concept.")
    assert page.footer._element.xpath(".//w:fldSimple"), "pages are numbered"


def test_everybody_reads_the_same_agenda_and_can_take_it_along(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        on_agenda(cast)
    for person in (cast.lobbyist, cast.haarlem, cast.reader):
        with visit(engine, now, tmp_path, person) as visitor:
            page = visitor.get("/lobbyagenda/2026").text
            for part in (
                "Regie hoort bij gemeenten",
                "Een waarborgfonds",
                "€ 150 mln",
                "BO MIRT Noordwest",
                "Hogeschool",
            ):
                assert part in page, part
            for path, kind in (("pdf", "application/pdf"), ("word", "application/vnd.openxml")):
                answer = visitor.get(f"/lobbyagenda/2026/{path}")
                assert (answer.status_code, answer.headers["content-type"].startswith(kind)) == (200, True)
                assert f"lobbyagenda-2026.{'pdf' if path == 'pdf' else 'docx'}" in answer.headers["content-disposition"]
            assert visitor.get("/lobbyagenda/2031/pdf").status_code == 404


def test_adopting_the_agenda_freezes_it(cast: Cast) -> None:
    """Whatever way a decision takes, from the moment it counts the agenda shows what was decided."""
    dossier = on_agenda(cast)
    agenda = cast.session.get_one(LobbyAgenda, 2026)
    given = resolutions.AgendaDecision("MRA-2026-40", TODAY)
    proposed = resolutions.decide_agenda(
        cast.deed(cast.coordinator), agenda, AgendaState.ADOPTED, given, agenda.version
    )
    resolutions.confirm(cast.deed(make_user(cast.session, cast.now, Role.COORDINATOR, "haarlem")), proposed)
    dossier.request = "Iets anders"
    cast.session.flush()
    document = document_of(cast.session, 2026, TODAY)
    assert (document.frozen, document.lines[0].ask) == (True, "Een waarborgfonds")
    assert status_of(document) == "Vastgesteld door Bestuur, besluit MRA-2026-40, vrijdag 29 mei 2026."
