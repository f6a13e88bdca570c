"""Who won before: on the page of a call, on the page of a programme, and as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call, Sighting, User
from db.session import writing
from db.vocabulary import Role
from tests.make.cordis import archive, organisation, project
from tests.make.pages import Visitor, make_user, visit
from tracker.exchange.cordis_files import read_cordis
from tracker.exchange.import_cordis import region_of, replace_programme

SCHOOL = {"name": "HVA", "organisationID": "901", "activityType": "HES", "netEcContribution": "1000000"}
ABROAD = {"name": "KOBENHAVN", "organisationID": "902", "country": "DK", "nutsCode": "DK011", "role": "coordinator"}


@pytest.fixture
def calls(engine: Engine, now: datetime, tmp_path: Path) -> dict[str, int]:
    """A call in a line in which twelve times was won, one in another line, and one of another programme."""
    with writing(engine) as session:
        make_user(session, now, Role.READER)
        codes = {
            "HORIZON-CL5-2027-D3-09": "Horizon Europe",
            "HORIZON-CL6-2027-FARM-01": "Horizon Europe",
            "LIFE-2027-X": "LIFE",
        }
        made = {code: _call(session, code, programme, now) for code, programme in codes.items()}
        schools = [organisation(**SCHOOL, projectID=str(number)) for number in range(101, 112)]
        projects = [
            project(id=str(number), acronym=f"P{number}", startDate=f"20{number - 90}-01-01")
            for number in range(101, 112)
        ]
        path = archive(tmp_path, [organisation(**ABROAD), organisation(), *schools], projects)
        replace_programme(session, read_cordis(path, region_of(session)), path.name, now)
    return made


def _call(session: Session, code: str, programme: str, now: datetime) -> int:
    address = f"https://x.example/{code}"
    call = Call(title=code, language="en", url=address, programme=[programme], first_seen=now, last_seen=now)
    session.add(call)
    session.flush()
    said = {"url": address, "fields": {}, "fingerprint": "f", "first_seen": now, "last_seen": now, "references": [code]}
    session.add(Sighting(source="eu_portal", external_id=code, call_id=call.id, **said))
    return call.id


@pytest.fixture
def visitor(engine: Engine, calls: dict[str, int], now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with Session(engine) as session:
        user = session.exec(select(User)).one()
    with visit(engine, now, tmp_path, user) as visitor:
        yield visitor


def said(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.text.replace("\xa0", " ")


def test_a_call_says_who_won_in_its_line(visitor: Visitor, calls: dict[str, int]) -> None:
    page = said(visitor, f"/regelingen/{calls['HORIZON-CL5-2027-D3-09']}")
    section = page.split('id="wie-won"')[1].split("<h2")[0]
    assert "In de onderwerplijn HORIZON-CL5-D3: 12 deelnames, hier de 10 nieuwste" in section
    assert section.count("<tr>") == 11
    first, second = section.split("<tr>")[2:4]
    assert "GEMEENTE AMSTERDAM" in first
    assert "KOBENHAVN; HVA" in first
    assert "€ 250.000,50" in first
    assert "P111" in second
    assert 'href="/programmas/HORIZON?lijn=HORIZON-CL5-D3"' in section


def test_a_call_in_a_line_where_nobody_won_shows_its_programme(visitor: Visitor, calls: dict[str, int]) -> None:
    page = said(visitor, f"/regelingen/{calls['HORIZON-CL6-2027-FARM-01']}")
    assert "In deze onderwerplijn nog niemand uit de regio; in Horizon Europe wel: 12 deelnames" in page
    assert 'href="/programmas/HORIZON"' in page
    assert "wie-won" not in said(visitor, f"/regelingen/{calls['LIFE-2027-X']}")


def test_a_programme_lists_who_won_with_totals(visitor: Visitor) -> None:
    page = said(visitor, "/programmas/HORIZON")
    assert "Uit de regio: 2 organisaties in 11 projecten, samen € 11.250.000,50 EU-bijdrage" in page
    assert page.index("GEMEENTE AMSTERDAM") < page.index(">HVA<"), "participants first"
    assert ">€ 11 mln<" in page
    assert 'href="/programmas/HORIZON?wie=901"' in page
    one = said(visitor, "/programmas/HORIZON?wie=901")
    assert "HVA in Horizon Europe" in one
    assert one.count("cordis.europa.eu/project/id/") == 11
    assert "Niemand uit de regio" in said(visitor, "/programmas/HORIZON?lijn=ANDERS")
    assert visitor.get("/programmas/H2020").status_code == 404


def test_a_programme_goes_along_as_a_file(visitor: Visitor) -> None:
    content = visitor.get("/programmas/HORIZON.csv?lijn=HORIZON-CL5-D3").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert len(rows) == 12
    assert (rows[0]["organisatie"], rows[0]["EU-bijdrage in euro"]) == ("GEMEENTE AMSTERDAM", "250000,5")
    for form in ("csv", "json", "xlsx"):
        assert f'href="/programmas/HORIZON.{form}?wie=901"' in said(visitor, "/programmas/HORIZON?wie=901")
        assert visitor.get(f"/programmas/HORIZON.{form}?wie=901").status_code == 200
