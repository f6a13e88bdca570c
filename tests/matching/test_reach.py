"""Whose money can land where its reader works: what a participant cannot use is said to lie elsewhere, on every page."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.giver import giver_key
from db.home import read_homes
from db.models import Call, Participant, User
from db.queries import CallFilter, Viewer
from db.reach import ANYWHERE, reach_of, told_to
from db.region import SHIPPED, USUAL, Region
from db.region_folder import RegionUnreadable, read_region, read_yaml
from db.region_served import region, serve
from db.session import reading, writing
from db.vocabulary import Eligibility, Role
from notifications.places import Place
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tests.make.pages import make_user, visit
from tracker.matching.search import PersonalFilter, find
from tracker.matching.unjudged import waiting_for

DAY = date(2026, 12, 1)
FLEVOLAND, HOLLAND = "Provincie Flevoland", "Provincie Noord-Holland (Provinciaal blad)"


def reader(participant: str | None, role: Role = Role.FUNDRAISER) -> Viewer:
    return Viewer(1, role, participant)


@pytest.mark.parametrize(
    ("participant", "publisher", "out"),
    [
        ("amsterdam", FLEVOLAND, True),
        ("almere", FLEVOLAND, False),
        ("almere", HOLLAND, True),
        ("flevoland", FLEVOLAND, False),
        ("flevoland", HOLLAND, True),
        ("vervoerregio-amsterdam", HOLLAND, False),
        ("vervoerregio-amsterdam", FLEVOLAND, True),
        ("vervoerregio-amsterdam", "Gemeente Zaanstad", False),
        ("vervoerregio-amsterdam", "gemeente Velsen", True),
        ("haarlem", "Gemeente Haarlem", False),
        ("haarlem", "Gemeente Zaanstad", True),
        ("noord-holland", "Gemeente Zaanstad", False),
        ("noord-holland", "Gemeente Almere", True),
        ("noord-holland", "Gemeente Alkmaar", False),  # it takes no part, and yet lies there
        ("amsterdam", "gemeente Weesp", False),  # which it has become
        ("lelystad", "Waterschap Zuiderzeeland", False),
        ("haarlem", "Waterschap Zuiderzeeland", True),
        ("haarlem", "Hoogheemraadschap van Rijnland", False),
        ("hilversum", "Waterschap Amstel, Gooi en Vecht", False),
        ("almere", "waterschap Amstel, Gooi en Vecht (Waterschapsblad)", True),
        ("amsterdam", "Provincie Noord-Holland en provincie Flevoland", False),  # no one authority
        ("amsterdam", "Dagblad (over provincie Flevoland)", False),
        ("amsterdam", None, False),
        ("amsterdam", "European Commission", False),
        ("nergens", FLEVOLAND, False),  # nobody knows where it lies: as for the public
        (None, FLEVOLAND, False),
    ],
)
def test_money_within_borders_is_out_of_reach_of_who_lies_outside(
    participant: str | None, publisher: str | None, out: bool
) -> None:
    reach = reach_of(reader(participant), DAY)
    assert reach.is_out_of(Eligibility.SELF, giver_key(publisher)) is out
    assert told_to(reach, "self", True, publisher).startswith("elders: alleen in ") is out


def test_what_is_elsewhere_is_said_in_those_words_and_what_is_for_others_stays_so() -> None:
    amsterdam = reach_of(reader("amsterdam"), DAY)
    assert told_to(amsterdam, "self", False, FLEVOLAND) == "elders: alleen in de provincie Flevoland"
    assert told_to(amsterdam, "partner", True, FLEVOLAND) == "elders: alleen in de provincie Flevoland"
    assert told_to(amsterdam, "unknown", True, FLEVOLAND) == "elders: alleen in de provincie Flevoland"
    assert told_to(amsterdam, "no", False, FLEVOLAND) == "niet voor overheden"
    assert told_to(ANYWHERE, "self", False, FLEVOLAND) == "zelf aan te vragen, alleen in de provincie Flevoland"


def test_who_sees_to_the_whole_region_reads_by_name_who_can_use_it() -> None:
    coordinator = reach_of(reader("amsterdam", Role.COORDINATOR), DAY)
    assert not coordinator.is_out_of("self", giver_key(FLEVOLAND))
    told = "zelf aan te vragen, alleen in de provincie Flevoland, door Almere, Lelystad en Flevoland"
    assert told_to(coordinator, "self", False, FLEVOLAND) == told
    assert told_to(coordinator, "self", False, HOLLAND) == "zelf aan te vragen, alleen in de provincie Noord-Holland"
    administrator = reach_of(reader("amsterdam", Role.ADMINISTRATOR), DAY)
    assert told_to(administrator, "self", False, FLEVOLAND) == "elders: alleen in de provincie Flevoland"
    other = reach_of(reader("almere", Role.COORDINATOR), DAY)
    assert "door 30 deelnemers daar" in told_to(other, "self", False, HOLLAND)
    after = reach_of(reader("almere", Role.COORDINATOR), date(2027, 1, 1))  # one of them merged
    assert "door 29 deelnemers daar" in told_to(after, "self", False, HOLLAND)


@pytest.fixture
def other() -> Iterator[Region]:
    serve(read_region(SHIPPED / "waterhoek"))
    yield region()
    serve(None)


def test_where_participants_lie_comes_from_the_folder_of_the_region(other: Region) -> None:
    assert reach_of(reader("oudersluis"), DAY).is_out_of("self", "gemeente:merendam")
    assert not reach_of(reader("oudersluis"), DAY).is_out_of("self", "provincie:veenland")
    assert not reach_of(reader("amsterdam"), DAY).is_out_of("self", "provincie:flevoland")


def test_a_folder_that_says_nothing_of_where_they_lie_puts_no_province_out_of_reach() -> None:
    people = {
        k: v for k, v in read_yaml(USUAL / "participants.yaml").items() if k not in ("lies_in", "water_authorities")
    }
    apart = read_homes(people)["amsterdam"].apart
    assert {key.partition(":")[0] for key in apart} == {"gemeente"}


def test_a_member_that_is_no_municipality_there_is_refused_in_one_line(tmp_path: Path) -> None:
    for path in USUAL.iterdir():
        if path.suffix == ".yaml":
            (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    people = tmp_path / "participants.yaml"
    people.write_text(people.read_text("utf-8").replace("Zuiderzeeland: [Almere,", "Zuiderzeeland: [Almeer,"), "utf-8")
    with pytest.raises(RegionUnreadable, match=r"participants.yaml: Almeer is no municipality of it"):
        read_region(tmp_path)


def two_provinces(engine: Engine, now: datetime) -> tuple[int, int]:
    make_agenda(engine)
    with writing(engine) as session:
        if session.get(Participant, "almere") is None:
            session.add(Participant(id="almere", name="Almere", kind="municipality"))
    there = make_call(
        engine, now, "Elders gegeven", publisher=FLEVOLAND, given_within="provincie:flevoland", score=0.95
    )
    here = make_call(engine, now, "Hier gegeven", publisher=HOLLAND, given_within="provincie:noord-holland", score=0.9)
    return there, here


def people(engine: Engine, now: datetime) -> list[User]:
    with writing(engine) as session:
        return [make_user(session, now, Role.FUNDRAISER, participant) for participant in ("haarlem", "almere")]


def test_pages_filter_and_file_count_what_is_elsewhere_apart(engine: Engine, now: datetime, tmp_path: Path) -> None:
    there, _ = two_provinces(engine, now)
    haarlem, almere = people(engine, now)
    words = "elders: alleen in de provincie Flevoland"
    with visit(engine, now, tmp_path, haarlem) as visitor:
        whole = visitor.get("/regelingen").text
        assert (words in whole, "Elders gegeven" in whole, "Hier gegeven" in whole) == (True, True, True)
        assert "niet in uw gebied" in whole
        ours = visitor.get("/regelingen?eligible=self").text
        assert ("Elders gegeven" in ours, "Hier gegeven" in ours) == (False, True)
        theirs = visitor.get("/regelingen?area=elsewhere").text
        assert ("Elders gegeven" in theirs, "Hier gegeven" in theirs) == (True, False)
        page = visitor.get(f"/regelingen/{there}").text
        assert page.count(words) >= 2  # in the head and among the facts
        assert "zelf aan te vragen" not in re.sub(r'(?s)<div class="hidden.*', "", page).split("Klopt")[0]
        assert (
            f"Wat nu haar plaats bepaalt: past 95% bij Circulair; {words}"
            in visitor.get(f"/regelingen/{there}/waarom").text
        )
        sheet = openpyxl.load_workbook(io.BytesIO(visitor.get("/regelingen.xlsx").content)).active
        assert sheet is not None
        assert words in [cell for row in sheet.iter_rows(values_only=True) for cell in row]
        first = visitor.get("/").text
        assert first.index("Hier gegeven") < first.index("Elders gegeven")
    with visit(engine, now, tmp_path, almere) as visitor:
        ours = visitor.get("/regelingen?eligible=self").text
        assert ("Elders gegeven" in ours, "Hier gegeven" in ours) == (True, False)


def test_the_order_of_judging_is_that_of_the_mail(engine: Engine, now: datetime) -> None:
    there, here = two_provinces(engine, now)
    with reading(engine) as session:
        assert waiting_for(session, reader("haarlem"), now) == [here, there]
        assert waiting_for(session, reader("almere"), now) == [there, here]
        wanted = CallFilter(eligible=(Eligibility.SELF,))
        for participant, found in (("haarlem", {here}), ("almere", {there}), ("nergens", {here, there})):
            personal = PersonalFilter(reader(participant), reach_of(reader(participant), DAY))
            assert {call.id for call in find(session, wanted, now, "fit", personal=personal).calls} == found


def test_a_mail_names_it_under_a_heading_of_its_own_and_counts_it_apart(engine: Engine, now: datetime) -> None:
    two_provinces(engine, now)
    make_call(engine, now, "Zwak en elders", publisher=FLEVOLAND, given_within="provincie:flevoland", score=0.4)
    make_reader(engine, now)
    plan_at(engine, now)
    mail = deliveries(engine)[-1]
    assert "1 niet in uw gebied" in mail.subject
    assert "1 kans om eerst te kiezen" in mail.subject
    section = mail.text.split(f"{Place.ELSEWHERE.label.upper()} (1)")[1]
    assert "Elders gegeven" in section
    assert "elders: alleen in de provincie Flevoland" in section
    assert "Hier gegeven" not in section
    assert "Zwak en elders" not in mail.text


def test_a_mail_to_who_sees_to_the_whole_region_names_who_can(engine: Engine, now: datetime) -> None:
    two_provinces(engine, now)
    coordinator = make_reader(engine, now)
    with writing(engine) as session:
        session.get_one(User, coordinator).role = Role.COORDINATOR
    plan_at(engine, now)
    mail = deliveries(engine)[-1]
    assert "niet in uw gebied" not in mail.subject
    assert "alleen in de provincie Flevoland, door Almere, Lelystad en Flevoland" in mail.text


def test_who_asks_for_what_they_can_apply_for_gets_nothing_from_elsewhere(engine: Engine, now: datetime) -> None:
    two_provinces(engine, now)
    make_reader(engine, now, filter={"eligible": ["self"]})
    plan_at(engine, now)
    assert "Elders gegeven" not in deliveries(engine)[-1].text


def test_its_closing_is_not_told_again(engine: Engine, now: datetime) -> None:
    make_agenda(engine)
    closes = (now + timedelta(days=40)).date()
    for title, giver in (("Elders gegeven", "flevoland"), ("Hier gegeven", "noord-holland")):
        make_call(
            engine, now, title, closes=closes, given_within=f"provincie:{giver}", publisher=f"Provincie {giver.title()}"
        )
    make_reader(engine, now)
    plan_at(engine, now)
    later = now + timedelta(days=28)
    with writing(engine) as session:
        for call in session.exec(select(Call)):
            call.last_seen = later
    plan_at(engine, later)
    first, last = deliveries(engine)[0].text, deliveries(engine)[-1].text
    assert "Elders gegeven" in first
    assert ("Elders gegeven" in last, "Hier gegeven" in last) == (False, True)
