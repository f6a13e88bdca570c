"""People from a sheet: what is wrong is said row by row, nothing is taken in by halves, and each is invited once."""

import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Delivery, Subscription, User
from db.session import reading, writing
from db.vocabulary import Role
from tests.make.pages import make_participant, make_user, visit
from tracker.errors import Incomplete
from tracker.exchange.people_sheet import COLUMNS, SHEET, PersonLine, look, read_sheet, take_in
from tracker.lobby.dossiers import DossierFields, open_dossier
from tracker.rights import Deed

HEAD = list(COLUMNS)
GOOD = [
    ["jan@haarlem.nl", "Jan Groen", "fondsenwerver", "Gemeente Haarlem", "alle", "wekelijks"],
    ["eva@haarlem.nl", "Eva Blauw", "", "Haarlem", "", ""],
]


def sheet(*rows: list[str], head: list[str] = HEAD) -> bytes:
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def lines_of(session: Session, now: datetime, *rows: list[str]) -> list[PersonLine]:
    boss = make_user(session, now, Role.ADMINISTRATOR, "almere")
    return look(session, read_sheet(sheet(*rows), "mensen.xlsx"), boss, now.date())


@pytest.mark.one_database
def test_each_row_says_what_is_wrong_with_it(session: Session, now: datetime) -> None:
    make_participant(session, "haarlem", "Haarlem")
    make_participant(session, "oud", "Oud").valid_to = now.date()
    make_user(session, now, Role.ADMINISTRATOR, "weesp")
    make_user(session, now, Role.READER, "haarlem", "oud@haarlem.nl").deactivated_at = now
    make_user(session, now, Role.READER, "haarlem", "er@haarlem.nl")
    wrong = [
        ["geen adres", "Jan", "lezer", "Haarlem", "", ""],
        ["", "Jan", "lezer", "Haarlem", "", ""],
        ["a@haarlem.nl", "", "lezer", "Haarlem", "", ""],
        ["b@haarlem.nl", "B", "baas", "Haarlem", "", ""],
        ["c@haarlem.nl", "C", "lezer", "Parijs", "", ""],
        ["d@haarlem.nl", "D", "lezer", "Oud", "", ""],
        ["e@haarlem.nl", "E", "lezer", "Haarlem", "alle", ""],
        ["f@haarlem.nl", "F", "lezer", "Haarlem", "A99", "week"],
        ["B@Haarlem.nl", "B", "lezer", "Haarlem", "", ""],
        ["er@haarlem.nl", "", "", "", "", ""],
        ["oud@haarlem.nl", "", "", "", "", ""],
        ["g@weesp.nl", "G", "lezer", "Weesp", "", ""],
    ]
    lines = lines_of(session, now, *GOOD, *wrong)
    assert [(line.number, line.wrong, line.known) for line in lines] == [
        (2, "", ""),
        (3, "", ""),
        (4, "Dit is geen e-mailadres.", ""),
        (5, "Vul een e-mailadres in.", ""),
        (6, "Vul een naam in.", ""),
        (7, "Rol 'baas' is er niet; er zijn lezer, fondsenwerver, lobbyist, coördinator, beheerder.", ""),
        (8, "Deelnemer 'Parijs' is er niet.", ""),
        (9, "Oud is nu geen deelnemer.", ""),
        (
            10,
            "Een overzicht vraagt om opgaven (of 'alle') en hoe vaak: dagelijks of wekelijks of direct bij spoed.",
            "",
        ),
        (11, "Opgave 'A99' is er niet.", ""),
        (12, "Dit adres staat ook in rij 7.", ""),
        (13, "", "staat er al"),
        (14, "", "heeft geen toegang meer"),
        (15, "Weesp heeft een eigen beheerder: vraag die.", ""),
    ]
    with pytest.raises(Incomplete, match="niets ingelezen"):
        take_in(session, lines, now)
    assert session.exec(select(User).where(User.email == "jan@haarlem.nl")).first() is None


@pytest.mark.parametrize(
    ("content", "strange"),
    [(b"een;twee\n1;2\n", ["een", "twee"]), (b"mail;naam;salaris\na@b.nl;A;1\n", ["salaris"])],
)
def test_columns_that_are_none_of_ours_are_asked_about(content: bytes, strange: list[str]) -> None:
    assert [column.name for column in SHEET.strange(read_sheet(content, "x.csv"))] == strange


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "x.csv"), (b"PK\x03\x04 no workbook", "x.xlsx"), (b"\xff\xfe\x00", "x.csv"),
     (b"e-mailadres;naam\n", "x.csv")],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused_in_dutch(content: bytes, name: str) -> None:
    with pytest.raises(Incomplete) as refused:
        read_sheet(content, name)
    assert re.match(r"Dit bestand is niet te lezen|Kolom 'salaris' kennen wij niet", str(refused.value))


def test_an_administrator_sees_the_rows_then_adds_and_invites_all(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        make_participant(session, "haarlem", "Haarlem")
        boss = make_user(session, now, Role.ADMINISTRATOR)
    with visit(engine, now, tmp_path, boss) as visitor:

        def upload(content: bytes, name: str) -> str:
            sent = {"file": (name, content, "application/octet-stream")}
            return str(visitor.post("/beheer/mensen/inlezen", data={"csrf": visitor.csrf}, files=sent).text)

        csv = b"e-mailadres;naam;rol;deelnemer\njan@haarlem.nl;Jan <b>;baas;Haarlem\n"
        refused = upload(csv, "mensen.csv")
        assert "Rol &#39;baas&#39; is er niet" in refused
        assert "Jan &lt;b&gt;" in refused
        assert 'name="keep"' not in refused
        shown = upload(sheet(*GOOD), "mensen.xlsx")
        assert "Er is nog niets bewaard" in shown
        found = re.search(r"<textarea name=\"content\" hidden>\n(.*?)</textarea>", shown, re.DOTALL)
        assert found
        rows = found[1].replace("&#34;", '"').replace("&#39;", "'")
        with reading(engine) as session:
            assert len(session.exec(select(User)).all()) == 1
        assert visitor.send_form("/beheer/mensen/inlezen", content="x", keep="1").status_code == 422
        kept = visitor.send_form("/beheer/mensen/inlezen", content=rows, keep="1", invite="true")
        assert kept.headers["location"] == "/beheer?gedaan=ingelezen"
        again = visitor.send_form("/beheer/mensen/inlezen", content=rows)
        assert "Iedereen in dit bestand staat er al" in again.text
        assert visitor.get("/beheer/mensen/inlezen.xlsx").content[:2] == b"PK"
    with reading(engine) as session:
        people = session.exec(select(User).order_by(User.id)).all()[1:]
        assert [(p.email, p.role, p.participant_id) for p in people] == [
            ("jan@haarlem.nl", "fundraiser", "haarlem"),
            ("eva@haarlem.nl", "reader", "haarlem"),
        ]
        assert {mail.address for mail in session.exec(select(Delivery))} == {"jan@haarlem.nl", "eva@haarlem.nl"}
        assert [s.user_id for s in session.exec(select(Subscription))] == [people[0].id]


def test_who_leaves_by_the_page_is_out_at_once(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        boss, leaver = make_user(session, now, Role.ADMINISTRATOR), make_user(session, now, Role.LOBBYIST)
    with visit(engine, now, tmp_path, boss) as visitor, visit(engine, now, tmp_path, leaver) as own:
        assert "staat niets meer open" in visitor.get(f"/beheer/mensen/{leaver.id}/vertrek").text
        assert visitor.get(f"/beheer/mensen/{boss.id}/vertrek").status_code == 404
        left = visitor.send_form(f"/beheer/mensen/{leaver.id}/vertrek", heir=boss.id)
        assert left.headers["location"] == "/beheer?gedaan=vertrokken"
        assert own.get("/account", follow_redirects=False).status_code == 303
        assert visitor.get(f"/beheer/mensen/{leaver.id}/vertrek").status_code == 404


def test_how_much_is_somebodys_is_counted_for_the_own_organisation_only(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        boss, stranger = make_user(session, now, Role.ADMINISTRATOR), make_user(session, now, Role.LOBBYIST, "haarlem")
        heir, alone = make_user(session, now, Role.FUNDRAISER, "haarlem"), make_user(session, now, participant="weesp")
        make_user(session, now, Role.ADMINISTRATOR, "weesp")
        opening = DossierFields(title="Van Haarlem", lobbyist_id=stranger.id)
        open_dossier(Deed(session, stranger, now), opening)
    with visit(engine, now, tmp_path, boss) as visitor:
        refused = visitor.get(f"/beheer/mensen/{alone.id}/vertrek").text
        assert ("Dit kan alleen een beheerder" in refused, "open op naam" in refused) == (True, False)
        assert visitor.send_form(f"/beheer/mensen/{alone.id}/vertrek").status_code == 403
        shown = visitor.get(f"/beheer/mensen/{stranger.id}/vertrek").text
        assert (heir.name in shown, "dossiers en aanvragen" in shown, "Er staat niets meer open" in shown) == (
            True, False, False,
        )  # fmt: skip
        assert visitor.send_form(f"/beheer/mensen/{stranger.id}/vertrek").status_code == 422
        assert visitor.send_form(f"/beheer/mensen/{stranger.id}/vertrek", heir=heir.id).status_code == 303
