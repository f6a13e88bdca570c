"""What export gave, import takes: the same calls, nothing twice, and nothing at all where a row is wrong."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import Call, Revision, Subscription, User
from db.queries import CallFilter
from db.session import open_engine, writing
from db.vocabulary import Role
from tests.make.crawls import closes, make_listing, store
from tests.make.nursery import kansenradar
from tracker.challenges.agenda import load_agendas
from tracker.clock import Now
from tracker.errors import NotPossible
from tracker.exchange.import_calls import CALL_COLUMNS, import_calls
from tracker.exchange.import_people import import_people
from tracker.exchange.rows import Imported, NotImported, NotReadable, rows_of
from tracker.exchange.tables import FORMATS, calls
from tracker.people.participants import load_participants
from tracker.people.subscriptions import add_user

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

SAME = ("url", "title", "language", "status", "instrument", "applicants", "amounts", "publisher", "programme", "nature")


def exported(session: Session, now: datetime) -> list[dict[str, Any]]:
    return list(calls(session, CallFilter(), now))


def fill(session: Session, now: datetime) -> None:
    dates = [closes("2026-06-01", kind="opens"), closes("2026-10-01", "17:00", zone="Europe/Brussels", assumed=True)]
    store(
        session,
        [
            make_listing(1, title="=HYPERLINK('x')", summary="'=1+1\nregel; twee", budget="2500000.50"),
            make_listing(
                2, title="Café & co", deadlines=dates, programme=["LIFE", "ELFPO"], applicants=["municipality"]
            ),
            make_listing(3, deadlines=[{"kind": "rolling"}], instrument="loan", publisher="'-tje", rate="40"),
            make_listing(4, deadlines=[], source_word="withdrawn"),
            make_listing(5, deadlines=[closes("2026-05-01"), closes("2027-02-01", kind="reporting")]),
        ],
        now,
    )


def counted(session: Session, rows: bytes, form: str, now: datetime) -> Imported:
    done = import_calls(session, rows_of(rows, form), None, now)
    session.commit()
    return done


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
def test_what_was_exported_comes_back_as_it_was(
    session: Session, now: datetime, form: str, sqlite_template: Path, tmp_path: Path
) -> None:
    fill(session, now)
    written = FORMATS[form](exported(session, now))
    path = tmp_path / "elsewhere.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as elsewhere:
        assert counted(elsewhere, written, form, now) == Imported(5, 5)
        before = {call["title"]: call for call in exported(session, now)}
        after = {call["title"]: call for call in exported(elsewhere, now)}
        assert counted(elsewhere, written, form, now) == Imported(5, 0)
        assert counted(elsewhere, FORMATS[form](after.values()), form, now) == Imported(5, 0)
    engine.dispose()
    assert before.keys() == after.keys()
    for title, call in before.items():
        assert {name: after[title][name] for name in SAME} == {name: call[name] for name in SAME}
        assert after[title]["summary"] == call["summary"]
        mine, theirs = (
            [(d["kind"], d["at"], d["date"], d["assumed"]) for d in c["deadlines"]] for c in (after[title], call)
        )
        assert mine == theirs
    assert counted(session, written, form, now) == Imported(5, 0), "its own sources speak of them already"


def test_a_file_by_hand_needs_a_title_and_an_address_only(session: Session, now: datetime) -> None:
    rows = "title,url,deadlines\nFonds X,https://x.nl/fonds,closes 2026-10-01T17:00; opens 2026-06-01\n"
    assert counted(session, rows.encode(), "csv", now) == Imported(1, 1)
    [call] = exported(session, now)
    assert (call["source"], call["deadlines"][1]["at"]) == ("handmatig", "2026-10-01T17:00:00+02:00")
    [added] = session.exec(select(Revision).where(Revision.field == "added"))
    assert added.call_id == call["id"]
    moved = rows.replace("2026-10-01T17:00", "2026-11-02T17:00")
    assert counted(session, moved.encode(), "csv", now) == Imported(1, 0, 1)


def test_many_calls_by_hand_are_no_flood(session: Session, now: datetime) -> None:
    for first in (0, 30):
        lines = [json.dumps({"title": f"F{n}", "url": f"https://x.nl/{n}"}) for n in range(first, first + 30)]
        assert counted(session, "\n".join(lines).encode(), "jsonl", now) == Imported(30, 30)
    assert session.exec(select(func.count()).select_from(Call).where(col(Call.held))).one() == 0


def test_what_no_database_takes_as_text_is_taken_out(session: Session, now: datetime) -> None:
    odd = {"title": "X", "url": "https://x.nl", "source": "rvo", "external_id": "a\0b\ud800", "summary": "c\0\ud800"}
    assert counted(session, json.dumps(odd).encode(), "jsonl", now) == Imported(1, 1)
    assert session.exec(select(Call.summary)).one() == "c ?"
    session.rollback()
    odd["external_id"], odd["source"] = "http://[x", ""
    assert counted(session, json.dumps(odd).encode(), "jsonl", now) == Imported(1, 1)


WRONG = {
    '{"title": "X"}': "row 1: ",
    '{"title": "X", "url": "javascript:alert(1)"}': "row 1: url: ",
    '{"title": "", "url": "https://x.nl"}': "row 1: title: ",
    '{"titel": "X", "url": "https://x.nl"}': "row 1: no column 'titel'",
    '{"title": "X", "url": "https://x.nl", "deadlines": "closes binnenkort"}': "row 1: deadlines: 'closes binnenkort'",
    '{"title": "X", "url": "https://x.nl", "deadlines": [{"kind": "closes", "at": "31-02-2026"}]}': "row 1: deadlines: ",
    '{"title": "X", "url": "https://x.nl", "deadlines": [{"kind": "closes", "at": "9999-12-31T23:59Z"}]}': "row 1: deadlines: ",
    '{"title": "X", "url": "https://x.nl", "deadlines": [{"kind": "sluit", "date": "2026-10-01"}]}': "row 1: deadlines.0.kind",
    '{"title": "X", "url": "https://x.nl", "amounts": {"budget": 1e999}}': "row 1: budget: ",
    '{"title": "X", "url": "https://x.nl", "amounts": {"rate": 400}}': "row 1: rate: ",
    '{"title": "X", "url": "https://x.nl", "status": "vast"}': "row 1: source_word: ",
    '{"title": "X", "url": "https://x.nl"}\n{"title": "Y", "url": "http://X.nl/"}': "row 2: the same call",
}


@pytest.mark.parametrize(("rows", "says"), WRONG.items())
def test_a_wrong_row_is_named_and_nothing_is_stored(session: Session, now: datetime, rows: str, says: str) -> None:
    good = '{"title": "Goed", "url": "https://goed.nl"}'
    with pytest.raises(NotImported) as error:
        counted(session, f"{rows}\n{good}".encode(), "jsonl", now)
    assert says in str(error.value)
    session.rollback()
    assert session.exec(select(Call)).all() == []


def workbook(*cells: object) -> bytes:
    book, written = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["title", "url"])
    book.active.append(list(cells))
    book.save(written)
    return written.getvalue()


def broken(book: bytes) -> bytes:
    """A workbook with a cell that says to hold a number and does not."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as whole, zipfile.ZipFile(written, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name).replace(b"<v>77</v>", b"<v>many</v>"))
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (b'{"title": ', "jsonl", "row 1: no JSON"),
        (b"[" * 100_000, "jsonl", "row 1: no JSON"),
        ("title;url\ncaf\xe9;x".encode("latin-1"), "csv", "save it as 'CSV UTF-8'"),
        (b"title;title\na;b", "csv", "two columns have one name"),
        (b"title;url\na;b;c", "csv", "row 2: more cells"),
        (b"title\n" + b"x\n" * 20_001, "csv", "more than 20000 rows"),
        (b"PK\x03\x04 no workbook", "xlsx", "no Excel workbook"),
        (broken(workbook(77, "https://x.nl")), "xlsx", "no Excel workbook: .*many"),
        (workbook("=1+1", "https://x.nl"), "xlsx", "row 2: A2 holds a formula"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(content: bytes, form: str, says: str) -> None:
    with pytest.raises(NotReadable, match=says):
        rows_of(content, form)


def sheets(*named: tuple[str, list[list[object]]], percent: str = "") -> bytes:
    """A workbook with these sheets; ``percent``: the cell that is shown as a percentage."""
    book, written = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in named:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if percent:
        book.worksheets[-1][percent].number_format = "0%"
    book.save(written)
    return written.getvalue()


HEAD: list[object] = ["title", "url", "amounts_budget", "amounts_rate", "closes"]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"sep=;\r\ntitle;url;amounts_budget\r\nX;https://x.nl;2.500\r\n", "csv"),
        (b"title;url;amounts_budget;;;\nX;https://x.nl;2.500;;;\n", "csv"),
        (b"Title;URL;Amounts_Budget\nX;https://x.nl;\xe2\x82\xac 2.500,00\n", "csv"),
        (b"Title\tURL\tAmounts_Budget\nX\thttps://x.nl\t2.500\n", "csv"),
        (b"Onze regelingen;;\n;;\ntitle;url;amounts_budget\nX;https://x.nl;2,5 duizend\n", "csv"),
        (sheets(("Blad1", [["Onze regelingen"], [], HEAD[:3], ["X", "https://x.nl", 2500]])), "xlsx"),
        (sheets(("Toelichting", [["Lees dit eerst"]]), ("Data", [HEAD[:3], ["X", "https://x.nl", "2.500"]])), "xlsx"),
        (sheets(("Blad1", [[*HEAD[:3], None], ["X", "https://x.nl", 2500.0000001, None]])), "xlsx"),
    ],
)
def test_a_file_as_excel_leaves_it_is_read(session: Session, now: datetime, content: bytes, form: str) -> None:
    done = import_calls(session, rows_of(content, form, CALL_COLUMNS), None, now)
    assert (done.new, session.exec(select(Call.budget)).one()) == (1, 2500)


def test_percentages_and_dates_of_cells_are_what_a_person_sees(session: Session, now: datetime) -> None:
    row: list[object] = ["X", "https://x.nl", 1_600_000, 0.125, datetime(2026, 10, 1, 17)]  # noqa: DTZ001
    content = sheets(("Blad1", [HEAD, row]), percent="D2")
    import_calls(session, rows_of(content, "xlsx", CALL_COLUMNS), None, now)
    [call] = exported(session, now)
    assert (call["amounts"]["rate"], call["deadlines"][0]["at"]) == (12.5, "2026-10-01T17:00:00+02:00")


@pytest.mark.parametrize(
    ("cells", "kind", "day"),
    [
        ("title;url;closes\nX;https://x.nl;1 oktober 2026", "closes", "2026-10-01"),
        ("title;url;deadlines\nX;https://x.nl;sluit 1-10-2026; opent 1 juni 2026", "closes", "2026-10-01"),
        ("title;url;deadlines\nX;https://x.nl;fase 1 15-9-2026", "stage_1", "2026-09-15"),
    ],
)
def test_dates_are_typed_in_dutch(session: Session, now: datetime, cells: str, kind: str, day: str) -> None:
    if "; opent" in cells:
        cells = cells.replace("sluit", '"sluit').replace("juni 2026", 'juni 2026"')
    import_calls(session, rows_of(cells.encode(), "csv", CALL_COLUMNS), None, now)
    [call] = exported(session, now)
    assert {d["kind"]: d["date"] for d in call["deadlines"]}[kind] == day


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("X;https://x.nl;2.5;;", "row 2: budget: '2.5' is op twee manieren te lezen: schrijf 2,5 of 25."),
        ("X;https://x.nl;50%;;", "row 2: budget: '50%' is geen bedrag"),
        ("X;https://x.nl;;2.5;", "row 2: rate: '2.5' is op twee manieren te lezen"),
        ("X;https://x.nl;;0,5;", "row 2: rate: '0,5' is op twee manieren te lezen: schrijf 0,5% of 50%."),
        ("X;https://x.nl;;;5/6/2026", "row 2: closes: '5/6/2026' is op twee manieren te lezen"),
    ],
)
def test_what_has_two_readings_is_refused_with_both(session: Session, now: datetime, cells: str, says: str) -> None:
    content = f"{';'.join(map(str, HEAD))}\n{cells}\n".encode()
    with pytest.raises(NotImported) as error:
        import_calls(session, rows_of(content, "csv", CALL_COLUMNS), None, now)
    assert says in str(error.value)


def test_a_share_in_a_plain_cell_is_refused_and_one_in_our_own_export_is_read(session: Session, now: datetime) -> None:
    content = sheets(("Blad1", [HEAD, ["X", "https://x.nl", None, 0.5, None]]))
    with pytest.raises(NotImported, match=r"rate: '0,5' is op twee manieren te lezen: schrijf 0,5% of 50%"):
        import_calls(session, rows_of(content, "xlsx", CALL_COLUMNS), None, now)
    ours = b"title;url;first_seen;amounts_rate\nX;https://x.nl;2026-05-01T08:00:00+02:00;0,5\n"
    import_calls(session, rows_of(ours, "csv", CALL_COLUMNS), None, now)
    assert [call["amounts"]["rate"] for call in exported(session, now)] == [0.5]


@pytest.mark.parametrize(
    ("content", "form", "says"),
    [
        (
            sheets(("Toelichting", [["Lees dit eerst"]])),
            "xlsx",
            "no head found in .* the first is 'Toelichting'; a head names",
        ),
        (sheets(("Blad1", [HEAD])), "xlsx", "no rows below the head"),
        (b"title;url\n", "csv", "no rows below the head"),
        (
            b"Naam;Adres\nX;https://x.nl\n",
            "csv",
            "no head found in the first 20 rows of the file; a head names columns such as id, source",
        ),
        (b"\n\n", "jsonl", "no rows"),
        (b"title;url\nX;https://x.nl;wat is dit\n", "csv", "row 2: more cells than columns have a name"),
    ],
)
def test_a_file_that_brings_nothing_says_why(content: bytes, form: str, says: str) -> None:
    with pytest.raises(NotReadable, match=says):
        rows_of(content, form, CALL_COLUMNS)


def test_a_stand_in_for_no_end_is_no_deadline(session: Session, now: datetime) -> None:
    import_calls(session, rows_of(b"title;url;deadlines\nX;https://x.nl;closes 2100-01-01", "csv"), None, now)
    call = session.exec(select(Call)).one()
    assert (call.closes_at, call.review) == (None, ["Geen einddatum: de bron noemt 1 jan 2100 (sluit)."])


PEOPLE = (
    "email;name;role;participant;opgaven;every\n"
    "Jan@Voorbeeld.nl;Jan;fondsenwerver;Gooise Meren;A20-1-circulair, A20-1-deelregio;week\n"
    "els@voorbeeld.nl;Els;;Gemeente Amsterdam;all;day\n"
    "bo@voorbeeld.nl;Bo;;Provincie Noord-Holland;;\n"
    "pim@voorbeeld.nl;Pim;lezer;almere;;\n"
)


def with_agendas(engine: Engine) -> None:
    with writing(engine) as session:
        load_agendas(session)
        load_participants(session)


def test_people_come_with_their_subscriptions_and_only_once(engine: Engine, now: datetime) -> None:
    with_agendas(engine)
    for expected in (Imported(4, 4), Imported(4, 0)):
        with writing(engine) as session:
            assert import_people(session, rows_of(PEOPLE.encode(), "csv"), now) == expected
    with Session(engine) as session:
        assert session.exec(select(User.email, User.role).order_by(col(User.id))).all()[0] == (
            "jan@voorbeeld.nl",
            "fundraiser",
        )
        assert session.exec(select(Subscription.every).order_by(col(Subscription.id))).all() == ["week", "day"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("x@y.nl;X;lezer;atlantis;;", "row 6: no participant 'atlantis'; there are aalsmeer"),
        ("x@y.nl;X;lezer;Gemeente Noord-Holland;;", "row 6: no participant 'gemeente-noord-holland'"),
        ("x@y.nl;X;baas;almere;;", "row 6: no role 'baas'"),
        ("x@y.nl;X;lezer;almere;A99;week", "row 6: no opgave 'A99'"),
        ("x@y.nl;X;lezer;almere;all;maand", "row 6: a subscription needs"),
        ("geen adres;X;lezer;almere;;", "row 6: 'geen adres' is no mail address"),
    ],
)
def test_people_who_belong_nowhere_are_refused_and_nobody_is_added(
    engine: Engine, now: datetime, wrong: str, says: str
) -> None:
    with_agendas(engine)
    with pytest.raises(NotImported, match=says), writing(engine) as session:
        import_people(session, rows_of(f"{PEOPLE}{wrong}\n".encode(), "csv"), now)
    with Session(engine) as session:
        assert session.exec(select(User)).all() == []


def test_nobody_joins_a_participant_that_is_part_of_another_by_then(session: Session) -> None:
    load_participants(session)
    eve, after = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 1 January here
    assert add_user(session, "a@b.nl", "A", Role.READER, "wijdemeren", Now(eve)).participant_id == "wijdemeren"
    with pytest.raises(NotPossible, match="Wijdemeren is no participant on 2027-01-01; it is part of 'hilversum' now"):
        add_user(session, "c@d.nl", "C", Role.READER, "wijdemeren", Now(after))


def test_on_the_command_line(ready: Path) -> None:
    (ready / "c.jsonl").write_text('{"title": "X", "url": "https://x.nl"}\n{"title": "", "url": "https://y.nl"}\n')
    bad = kansenradar(ready, "import", "calls", "c.jsonl")
    assert (bad.returncode, bad.stderr.splitlines()[0].partition(":")[0]) == (1, "row 2")
    assert "nothing imported from c.jsonl" in bad.stderr
    (ready / "c.jsonl").write_text('{"title": "Circulaire economie", "url": "https://x.nl"}\n')
    done = kansenradar(ready, "import", "calls", "c.jsonl", "--json")
    assert json.loads(done.stdout) == {"rows": 1, "new": 1, "changed": 0, "known": 0}, done.stderr
    [call] = kansenradar(ready, "export", "calls").stdout.splitlines()
    assert json.loads(call)["opgaven"][0]["id"] == "A20-1-circulair"  # matched at once, as after a crawl
    assert kansenradar(ready, "import", "verdicts", "c.jsonl").returncode == 2
    assert kansenradar(ready, "import", "calls", "nowhere.csv").returncode == 1


def test_an_export_of_an_older_version_is_refused_with_what_to_do(session: Session, now: datetime) -> None:
    head = "title;url;first_seen;amounts_rate\n"
    with pytest.raises(NotImported, match=r"uitvoer van een oudere versie.*voer opnieuw uit, of als xlsx of jsonl"):
        counted(session, f"{head}A;https://e.nl/a;2026-05-01T08:00:00+02:00;62.5\n".encode(), "csv", now)
    assert counted(session, f"{head}A;https://e.nl/a;2026-05-01T08:00:00+02:00;62,5\n".encode(), "csv", now).new == 1
