"""Every list as a file in three forms, a filter as a feed for everybody, and calls in the shape that others read."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import icalendar
import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from db.models import Call, Deadline, Revision, Sighting
from db.session import writing
from tests.make.addresses import is_page
from tests.make.pages import Visitor, visit
from tests.make.seed_pages import seeded_people
from tests.web.test_rights import Unlimited
from tracker.web.routes import ROUTES

pytestmark = pytest.mark.one_database  # it only reads, but for rows of its own
ENDS = [r.path.removesuffix(".{form:file}") for r in ROUTES if r.path.endswith(".{form:file}")]
LISTS = [path for path in ENDS if "{" not in path]  # a programme's list is read in its own test
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


@pytest.fixture
def me(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with writing(engine) as session:
        user = seeded_people(session)["administrator"]
    with visit(engine, now, tmp_path, user, Unlimited()) as visitor:
        yield visitor


@pytest.fixture
def nobody(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with visit(engine, now, tmp_path, None, Unlimited()) as visitor:
        yield visitor


@pytest.mark.parametrize("path", LISTS)
def test_the_three_forms_of_a_list_hold_the_same(me: Visitor, path: str) -> None:
    sheet, text, data = (me.get(f"{path}.{form}") for form in ("xlsx", "csv", "json"))
    assert [a.status_code for a in (sheet, text, data)] == [200] * 3
    heads, *rows = load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True)
    table = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig")), delimiter=";"))
    listed = json.loads(data.content)
    if path == "/beheer/logboek":  # that it was taken along is a line itself
        assert len(rows) + 2 == len(table) == len(listed)
    else:
        assert len(rows) == len(table) - 1 == len(listed)
    assert list(heads) == table[0]
    assert all(list(row) == table[0] for row in listed)
    assert me.get(f"{path}.doc").status_code == 404
    assert f'href="{path.replace("/beheer/mensen", "/beheer/mensen")}.csv' in me.get(_page(path)).text


# Pages with a table that are no list of things: what they show, and where it is had as a file.
NO_LISTS = {
    "/account": "one's own sessions", "/regelingen/dubbel": "pairs to decide on, one by one",
    "/opgaven/witte-vlekken": "a picture of what /opgaven has", "/beheer/privacy": "the register, which /privacy is",
    "/aanvragen/cofinanciering": "a sum of what /aanvragen has", "/kalender/beelden": "pictures of /kalender",
    "/kalender/vergaderingen": "where bodies are kept up; their days are in /kalender",
    "/beheer/mail": "the queue of a moment", "/openbaar": "the catalogue, and a feed", "/beheer": "the people",
    "/toetsen": "keys", "/actualiteit": "of /bronnen what everybody may know", "/contactregister": "has files at addresses of its own", "/vragen": "a queue",
}  # fmt: skip


def test_every_page_that_lists_has_its_list_as_a_file(me: Visitor) -> None:
    without = []
    for route in ROUTES:
        if not is_page(route) or "{" in route.path or route.path in NO_LISTS or route.path in LISTS:
            continue
        answer = me.get(route.path)
        if answer.status_code == 200 and "<table" in answer.text:
            without.append(route.path)
    assert without == []


@pytest.mark.parametrize(
    "asked", ["openstaand.csv?person=abc", "kalender.csv?month=2026-99", "verantwoording.csv?jaar=9"]
)
def test_a_question_that_is_not_right_gives_no_file(me: Visitor, asked: str) -> None:
    answer = me.get(f"/{asked}")
    assert (answer.status_code, "content-disposition" in answer.headers) == (422, False)


def _page(path: str) -> str:
    return "/beheer" if path == "/beheer/mensen" else path


def test_an_amount_leaves_as_a_dutch_excel_reads_it(me: Visitor, engine: Engine) -> None:
    with writing(engine) as session:
        call = session.get_one(Call, 1)
        call.budget = 2_500_000.5  # type: ignore[assignment]
        call.title = "=SOM(A1:A9); met een puntkomma"
    table = list(csv.DictReader(io.StringIO(me.get("/regelingen.csv").content.decode("utf-8-sig")), delimiter=";"))
    row = next(row for row in table if "SOM" in row["Titel"])
    assert (row["Titel"][0], row["Budget in euro"]) == ("'", "2500000,5")


@pytest.fixture
def typed(engine: Engine, now: datetime) -> str:
    """A call that a person typed, which is nobody's business outside."""
    with writing(engine) as session:
        moments = {"first_seen": now, "last_seen": now}
        call = Call(title="Vertrouwelijk genoteerd", url="https://voorbeeld.nl/x", language="nl", **moments)
        session.add(call)
        session.flush()
        session.add(
            Sighting(
                source="handmatig",
                external_id="x",
                fields={},
                fingerprint="f",
                call_id=call.id,
                url=call.url,
                **moments,
            )
        )
        session.add(Deadline(call_id=call.id, kind="closes", day=now.date(), modified_at=now))
    return "Vertrouwelijk"


def test_a_filter_is_an_atom_feed_for_everybody(nobody: Visitor, engine: Engine, now: datetime, typed: str) -> None:
    with writing(engine) as session:
        session.add(Revision(call_id=2, at=now, kind="changed", field="title", old="a", new="b"))
    answer = nobody.get("/regelingen.atom")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = Xml.fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    moments = [entry.findtext("a:updated", "", ATOM) for entry in entries]
    assert len(entries) > 5
    assert moments == sorted(moments, reverse=True)
    assert entries[0].findtext("a:id", "", ATOM).endswith("/regelingen/2")
    assert all(entry.findtext("a:title", "", ATOM) and entry.findtext("a:summary", "", ATOM) for entry in entries)
    assert typed not in answer.text
    fiets = Xml.fromstring(nobody.get("/regelingen.atom?text=fiets").content).findall("a:entry", ATOM)
    assert 0 < len(fiets) < len(entries)
    assert nobody.get("/regelingen.atom?fiets=1").status_code == 422


def test_a_filter_is_a_calendar_for_everybody(nobody: Visitor, typed: str) -> None:
    whole = nobody.get("/regelingen.ics")
    some = nobody.get("/regelingen.ics?text=fiets")
    none = nobody.get("/regelingen.ics?text=xyzzyqwert")
    counts = [len(icalendar.Calendar.from_ical(a.content).walk("VEVENT")) for a in (whole, some, none)]
    assert counts[0] > counts[1] > counts[2] == 0
    assert typed not in whole.text


def test_calls_stand_in_the_shape_of_common_grants(nobody: Visitor, typed: str) -> None:
    first = nobody.get("/common-grants/opportunities?pageSize=3").json()
    told = first["paginationInfo"]
    assert (first["status"], len(first["items"]), told["page"], told["pageSize"]) == (200, 3, 1, 3)
    assert told["totalPages"] == -(-told["totalItems"] // 3)
    met = [
        item
        for page in range(1, told["totalPages"] + 1)
        for item in nobody.get(f"/common-grants/opportunities?pageSize=3&page={page}").json()["items"]
    ]
    assert len({item["id"] for item in met}) == len(met) == told["totalItems"]
    assert typed not in json.dumps(met)
    assert {item["status"]["value"] for item in met} <= {"forecasted", "open", "closed", "custom"}
    needed = {"id", "title", "status", "description", "createdAt", "lastModifiedAt"}
    assert all(needed <= item.keys() for item in met)
    one = nobody.get(f"/common-grants/opportunities/{met[0]['id']}").json()["data"]
    assert one == {**met[0], "competitions": []}
    for strange in ("1", "00000000-0000-0000-0000-000000000001", "nee"):
        refused = nobody.get(f"/common-grants/opportunities/{strange}")
        assert (refused.status_code, refused.json()["errors"]) == (404, [])
