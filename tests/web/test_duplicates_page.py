"""The page of calls that may be one: what a coordinator sees and decides there, on both databases."""

import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import AuditEntry, Call, Dismissal, Revision, Sighting, User
from db.session import reading, writing
from tests.make.crawls import closes, make_listing, store
from tests.make.pages import Visitor, make_user, visit
from tracker.calls.duplicate_pairs import Alike, candidates, dismiss
from tracker.calls.merge import CannotJoin, join

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

PAGE = "/regelingen/dubbel"


@pytest.fixture
def coordinator(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    """With two sources that tell of one call: calls 1 and 2."""
    with Session(engine) as session:
        store(session, [make_listing(1, title="Circulaire ketens in de bouw", budget="1000")], now)
        other = make_listing(
            9,
            source="dus_i",
            title="Circulaire ketens bouw",
            budget="2000",
            deadlines=[closes("2026-10-02")],
            url="https://dus.nl/9",
        )
        store(session, [other], now, source="dus_i")
    with writing(engine) as session:
        user = make_user(session, now)
    with visit(engine, now, tmp_path, user) as visitor:
        yield visitor


def decide(visitor: Visitor, say: str, **fields: object) -> str:
    answer = visitor.send_form(PAGE, first=1, second=2, say=say, **fields)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    return str(answer.headers["location"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "days_dropped", "asked"),
    [(None, None, True), ("closed", None, False), ("withdrawn", None, False), (None, 89, True), (None, 91, False)],
)
def test_a_call_without_a_date_is_not_asked_about_for_ever(
    coordinator: Visitor, engine: Engine, now: datetime, word: str | None, days_dropped: int | None, asked: bool
) -> None:
    with writing(engine) as session:
        call = session.get_one(Call, 2)
        call.closes_at, call.source_word = None, word
        call.not_listed_since = None if days_dropped is None else now - timedelta(days=days_dropped)
    with reading(engine) as session:
        assert (2 in {candidate.id for candidate in candidates(session, now)}) == asked


def test_both_calls_stand_side_by_side_with_what_differs(coordinator: Visitor) -> None:
    page = coordinator.get(PAGE).text
    [row] = re.findall(r"<tr class=\"pair__differs\">(?:(?!</tr>).)*Budget(?:(?!</tr>).)*</tr>", page, re.DOTALL)
    assert "€ 1.000" in row.replace("\xa0", " ")
    assert "€ 2.000" in row.replace("\xa0", " ")
    assert "donderdag 1 oktober 2026" in page
    assert "vrijdag 2 oktober 2026" in page
    assert 'href="https://dus.nl/9"' in page
    assert "van de woorden in de titels" in page
    for where in ("/", "/regelingen"):
        assert f'<a href="{PAGE}">' in coordinator.get(where).text, where


def test_the_same_is_joined_and_can_be_undone(coordinator: Visitor, engine: Engine) -> None:
    where = decide(coordinator, "same")
    with reading(engine) as session:
        assert session.get_one(Call, 2).joined_into == 1
        assert session.exec(select(AuditEntry.action, AuditEntry.object, AuditEntry.result)).all() == [
            ("calls joined", "call 2", "into call 1")
        ]
        [note] = session.exec(select(Revision.new).where(Revision.field == "joined"))
        assert note is not None
        assert note["user"] is not None, "who joined them is written down"
    page = coordinator.get(where).text
    assert "Geen regelingen die op elkaar lijken" in page
    assert "/regelingen/2/losmaken" in page
    coordinator.send_form("/regelingen/2/losmaken")
    with reading(engine) as session:
        assert session.get_one(Call, 2).joined_into is None
        assert session.exec(select(Sighting.call_id).order_by(col(Sighting.id))).all() == [1, 2]
    assert "Dit is dezelfde" in coordinator.get(PAGE).text


def test_what_are_two_is_not_proposed_again_and_says_why(coordinator: Visitor, engine: Engine) -> None:
    decide(coordinator, "two", reason="gebeld met het loket")
    assert "Geen regelingen die op elkaar lijken" in coordinator.get(PAGE).text
    assert PAGE not in coordinator.get("/").text
    with reading(engine) as session:
        assert session.exec(select(Dismissal.first_id, Dismissal.second_id, Dismissal.reason)).one() == (
            1,
            2,
            "gebeld met het loket",
        )
        assert session.exec(select(AuditEntry.action)).all() == ["calls told apart"]


@pytest.mark.parametrize("say", ["same", "two"])
def test_who_decides_after_somebody_else_joined_them_is_told_so(
    coordinator: Visitor, engine: Engine, now: datetime, say: str
) -> None:
    with writing(engine) as session:
        join(session, 2, 1, now)
    assert "gedaan=intussen-besloten" in decide(coordinator, say)
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(AuditEntry)).one() == 0
    assert coordinator.send_form(PAGE, first=1, second=2, say="perhaps").status_code == 404  # type: ignore[attr-defined]
    assert "gedaan=intussen-besloten" in coordinator.send_form("/regelingen/1/losmaken").headers["location"]  # type: ignore[attr-defined]


def test_the_proposals_kept_in_memory_follow_what_is_stored(engine: Engine, now: datetime) -> None:
    alike = Alike()

    def pairs() -> list[tuple[int, int]]:
        with reading(engine) as session:
            return [(p.first, p.second) for p in alike.proposals(session, now)]

    assert pairs() == []
    with Session(engine) as session:
        store(session, [make_listing(1, title="Circulaire ketens in de bouw")], now)
        store(session, [make_listing(9, source="dus_i", title="Circulaire ketens bouw")], now, source="dus_i")
    assert pairs() == [(1, 2)]
    with Session(engine) as session:
        store(session, [make_listing(9, source="dus_i", title="Iets heel anders")], now + timedelta(1), source="dus_i")
    assert pairs() == [], "a title that changed"
    with Session(engine) as session:
        store(session, [make_listing(9, source="dus_i", title="Circulaire ketens bouw")], now, source="dus_i")
    assert pairs() == [(1, 2)]
    with writing(engine) as session:
        dismiss(session, 1, 2, make_user(session, now), "", now)
    assert pairs() == []


def test_a_consultation_is_never_proposed_as_the_call_it_is_about(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, title="Circulaire ketens in de bouw")], now)
    about = make_listing(9, source="dus_i", title="Circulaire ketens in de bouw", nature="moment")
    store(session, [about], now, source="dus_i")
    assert Alike().proposals(session, now) == []


def test_two_people_at_once_never_join_two_calls_into_each_other(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        store(session, [make_listing(1), make_listing(2)], now)
    begun, outcomes = threading.Barrier(2), []

    def joins(one: int, other: int) -> None:
        try:
            with writing(engine) as session:
                begun.wait(60) if engine.dialect.name == "postgresql" else None
                join(session, one, other, now)
            outcomes.append("joined")
        except CannotJoin:
            outcomes.append("told")

    people = [threading.Thread(target=joins, args=pair) for pair in ((1, 2), (2, 1))]
    for person in people:
        person.start()
    for person in people:
        person.join(120)
    assert sorted(outcomes) == ["joined", "told"]
    with reading(engine) as session:
        assert session.exec(select(func.count()).where(col(Call.joined_into).is_not(None))).one() == 1


def test_two_people_at_once_may_both_say_that_they_are_two(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        store(session, [make_listing(1), make_listing(2)], now)
    with writing(engine) as session:
        people = [make_user(session, now, email=f"{n}@amsterdam.nl") for n in range(2)]
    begun, fresh = threading.Barrier(2), []

    def says(person: User) -> None:
        with writing(engine) as session:
            begun.wait(60) if engine.dialect.name == "postgresql" else None
            fresh.append(dismiss(session, 1, 2, person, "", now))

    both = [threading.Thread(target=says, args=(person,)) for person in people]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert sorted(fresh) == [False, True]


def test_until_a_person_answers_each_shows_the_other_and_where_they_differ(coordinator: Visitor) -> None:
    page, other = (coordinator.get(f"/regelingen/{call}").text for call in (1, 2))
    assert '<b>Misschien dezelfde regeling:</b> <a href="/regelingen/2"' in page
    assert '<b>Misschien dezelfde regeling:</b> <a href="/regelingen/1"' in other
    apart = re.findall(r'<td data-label="Hier">(.*?)</td><td data-label="Daar">(.*?)</td>', page)
    assert ("€ 1.000", "€ 2.000") in apart
    assert any("1 oktober 2026" in here and "2 oktober 2026" in there for here, there in apart)
    assert "Misschien dezelfde als" in coordinator.get("/regelingen").text
    decide(coordinator, "two")
    assert "Misschien dezelfde" not in coordinator.get("/regelingen/1").text + coordinator.get("/regelingen").text
