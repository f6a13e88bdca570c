"""CORDIS's files: its form and pitfalls read as they are, bounded to the region, replaced as a whole, or not at all."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session, select

from db.models import Participant, PastPartner, PastProgramme, PastProject
from db.vocabulary import ParticipantKind
from tests.make.cordis import ORGANISATION, PROJECT, Rows, archive, as_published, organisation, project
from tests.make.nursery import kansenradar
from tests.make.pages import make_participant
from tracker.exchange import cordis_files
from tracker.exchange.cordis_files import Region, WrongFile, read_cordis
from tracker.exchange.import_cordis import region_of, replace_programme

HERE = Region(("NL32", "NL23"), {"amsterdam": "amsterdam", "almere": "almere"}, frozenset({"amsterdam", "laren"}))


def names(folder: Path, *organisations: dict[str, str]) -> list[str]:
    read = read_cordis(
        archive(folder, [organisation(name="KEPT BV", activityType="PRC"), *organisations], [project()]), HERE
    )
    return [partner.name for partner in read.projects[0].partners][1:]


def test_amounts_days_and_texts_are_read_as_the_publisher_writes_them(tmp_path: Path) -> None:
    abroad = organisation(name="KOBENHAVN", country="DK", nutsCode="DK011", role="coordinator", ecContribution="1,2,3")
    read = read_cordis(archive(tmp_path, [abroad, organisation()], [project(id="7"), project()]), HERE)
    assert (read.code, read.content_day, len(read.projects), read.partners) == ("HORIZON", date(2026, 6, 3), 1, 1)
    (found,) = read.projects
    assert (found.title, found.topic) == ('Gardens; and "roofs"', "HORIZON-CL5-2021-D3-01-05")
    assert (found.total_cost, found.contribution) == (Decimal("5000000.25"), Decimal(4000000))
    assert (found.starts_on, found.ends_on, found.coordinator) == (date(2022, 1, 1), date(2025, 12, 31), "KOBENHAVN")
    (partner,) = found.partners
    assert (partner.contribution, partner.participant_id, partner.role) == (
        Decimal("250000.50"),
        "amsterdam",
        "participant",
    )


@pytest.mark.parametrize(
    ("given", "net", "kept"),
    [("10", "7,555", "7.56"), ("0", "528340.97", "528340.97"), ("10.5", "", "10.5"), ("10", "0", "0"), ("", "", None)],
)
def test_what_stays_with_an_organisation_counts(tmp_path: Path, given: str, net: str, kept: str | None) -> None:
    row = organisation(ecContribution=given, netEcContribution=net, role="thirdParty", endOfParticipation="true")
    (partner,) = read_cordis(archive(tmp_path, [row], [project()]), HERE).projects[0].partners
    assert partner.contribution == (None if kept is None else Decimal(kept))
    assert (partner.role, partner.left_early) == ("thirdParty", True)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ({"nutsCode": "NL230", "city": "LELYSTAD", "activityType": "REC"}, True),
        ({"nutsCode": "nl321", "city": "DEN HELDER", "activityType": "OTH"}, True),
        ({"nutsCode": "NL310", "city": "UTRECHT", "activityType": "HES"}, False),
        ({"nutsCode": "NL", "city": "Amsterdam", "activityType": "PRC"}, True),
        ({"nutsCode": "", "city": "Laren", "activityType": "PRC"}, True),
        ({"nutsCode": "NL221", "city": "LAREN", "activityType": "PRC"}, False),
        ({"nutsCode": "BE100", "city": "AMSTERDAM", "country": "BE", "activityType": "PRC"}, False),
        ({"nutsCode": "NL310", "name": "Municipality of Almere"}, True),
        ({"nutsCode": "NL310", "name": "ALMERE", "activityType": "PRC"}, False),
        ({"nutsCode": "EL303", "country": "EL", "city": "ATHINA"}, False),
        ({"activityType": "PRC", "street": ""}, False),
    ],
)
def test_only_organisations_of_the_region_and_participants_are_kept(
    tmp_path: Path, row: dict[str, str], kept: bool
) -> None:
    named = {"name": "HET LAB", **row}
    assert names(tmp_path, organisation(**named)) == ([named["name"]] if kept else [])


def test_a_natural_person_is_nowhere_but_in_a_count(tmp_path: Path) -> None:
    person = organisation(name="JAN JANSEN", activityType="PRC", street="", role="coordinator")
    read = read_cordis(archive(tmp_path, [person, organisation()], [project()]), HERE)
    assert read.persons == 1
    assert "JANSEN" not in repr(read)


def test_words_that_are_new_to_us_refuse_nothing(tmp_path: Path) -> None:
    row = organisation(role="internationalPartner", activityType="XYZ")
    (found,) = read_cordis(archive(tmp_path, [row], [project(status="NEW")]), HERE).projects
    assert (found.status, found.partners[0].role, found.partners[0].kind) == ("OTHER", "other", "OTH")


@pytest.mark.parametrize(
    ("organisations", "projects", "told"),
    [
        ([organisation(netEcContribution="1.000,50")], [project()], "organization.csv, line 2: '1.000,50' is no amount"),
        ([organisation()], [project(startDate="31-12-2021")], "project.csv, line 3: '31-12-2021' is no day"),
        ([organisation()], [project(), project()], "project 101 stands there twice"),
        ([organisation()], [project(), project(id="7", frameworkProgramme="H2020")], "is read at a time"),
        ([organisation()], [project(frameworkProgramme="FP7")], "programme 'FP7'; one of HORIZON, H2020"),
        ([organisation(nutsCode="NL310", name="X")], [project()], "no project of an organisation in the region"),
        ([organisation()], [project(contentUpdateDate="")], "no row says when it was changed"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, organisations: Rows, projects: Rows, told: str) -> None:
    with pytest.raises(WrongFile, match=told.replace("(", r"\(")):
        read_cordis(archive(tmp_path, organisations, projects), HERE)


def test_a_wrong_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = as_published(PROJECT, [project()])
    people = as_published(ORGANISATION, [organisation()])
    wrong = [
        (whole.replace(b'"topics"', b'"topic"'), "project.csv: no column 'topics'"),
        (whole.replace(b'"101";', b'"101";"x";'), "21 cells where the head has 20"),
        (whole[:-10], "project.csv, line"),
        (whole.replace(b"Gardens", b"G\xe4rdens"), "no UTF-8 text"),
        (b"", "no column 'id'"),
    ]
    (tmp_path / "organization.csv").write_bytes(people)
    for content, told in wrong:
        (tmp_path / "project.csv").write_bytes(content)
        with pytest.raises(WrongFile, match=told):
            read_cordis(tmp_path, HERE)
    (tmp_path / "project.csv").unlink()
    with pytest.raises(WrongFile, match=r"cannot be read: .*project\.csv"):
        read_cordis(tmp_path, HERE)
    with pytest.raises(WrongFile, match="cannot be read: File is not a zip file"):
        read_cordis(tmp_path / "organization.csv", HERE)
    packed = tmp_path / "empty.zip"
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("project.csv", whole)
    with pytest.raises(WrongFile, match=r"no organization\.csv in it"):
        read_cordis(packed, HERE)
    monkeypatch.setattr(cordis_files, "MOST_UNPACKED", 100)
    with pytest.raises(WrongFile, match="larger than"):
        read_cordis(archive(tmp_path, [organisation()], [project()]), HERE)


def test_a_programme_is_replaced_and_the_other_stays(session: Session, now: datetime, tmp_path: Path) -> None:
    make_participant(session)
    session.add(Participant(id="weesp", name="Weesp", kind=ParticipantKind.MUNICIPALITY, merged_into="amsterdam"))
    session.flush()
    region = region_of(session)
    assert region.nuts == ("NL32", "NL23")
    h2020 = archive(tmp_path, [organisation(name="Gemeente Weesp")], [project(frameworkProgramme="H2020")])
    replace_programme(session, read_cordis(h2020, region), "h2020.zip", now)
    for acronym, day in (("OUD", "2026-05-01"), ("NIEUW", "2026-06-01")):
        rows = [organisation(), organisation(name="HVA", organisationID="901", activityType="HES")]
        path = archive(tmp_path, rows, [project(acronym=acronym, contentUpdateDate=day)])
        replace_programme(session, read_cordis(path, region), f"{acronym}.zip", now)
    kept = session.exec(
        select(PastProject.programme, PastProject.acronym, PastProject.line).order_by(PastProject.programme)
    )
    assert kept.all() == [("H2020", "TUIN", "HORIZON-CL5-D3"), ("HORIZON", "NIEUW", "HORIZON-CL5-D3")]
    partners = session.exec(select(PastPartner.name, PastPartner.participant_id).order_by(PastPartner.name)).all()
    assert partners == [("GEMEENTE AMSTERDAM", "amsterdam"), ("Gemeente Weesp", "amsterdam"), ("HVA", None)]
    programme = session.get_one(PastProgramme, "HORIZON")
    assert (programme.file_name, programme.content_day, programme.imported_at) == ("NIEUW.zip", date(2026, 6, 1), now)


def test_the_command_says_what_it_kept_and_a_wrong_file_changes_nothing(ready: Path) -> None:
    good = archive(ready, [organisation()], [project()])
    done = kansenradar(ready, "import", "cordis", str(good))
    assert done.returncode == 0, done.stderr
    assert "HORIZON as of 2026-06-03: 1 projects, 1 partners in the region" in done.stdout
    bad = archive(ready, [organisation(netEcContribution="veel")], [project()], "bad.zip")
    refused = kansenradar(ready, "import", "cordis", str(bad))
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("bad.zip: organization.csv, line 2: 'veel' is no amount")
    again = kansenradar(ready, "import", "cordis", str(good), "--json")
    assert '"projects": 1' in again.stdout
