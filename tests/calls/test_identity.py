"""What makes two listings one call, over a crawl and from crawl to crawl; and when a known id is a new round."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db.models import Call, Deadline, Follow, Participant, Question, Revision, Sighting, User
from db.queries import Viewer
from db.status import status_of
from db.vocabulary import SourceKind, Status
from scrapers.listing import Listing
from tests.make.crawls import closes, make_listing, store
from tracker.calls.identity import NOISE, fingerprint
from tracker.calls.open_questions import count_waiting, waiting_questions

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
AUTUMN = datetime(2026, 11, 10, 6, tzinfo=UTC)


def topic(number: str = "5001", day: str = "2026-09-15", own: bool = True, stamp: str = "", **fields: Any) -> Listing:
    """A topic of the EU portal; its code is that of its identifier."""
    usual = {
        "source": "eu_portal", "code": "TEST-2026-01", "references": ("TEST-2026-01",), "title": "Test topic",
        "edition": {"own": own, "stamp": stamp}, "deadlines": (closes(day, "17:00", assumed=True),),
    }  # fmt: skip
    return make_listing(number, **(usual | fields))


def closings(session: Session) -> list[str]:
    rows = select(Deadline).where(Deadline.kind == "closes", col(Deadline.cancelled_at).is_(None))
    return [str(row.day) for row in session.exec(rows.order_by(col(Deadline.id)))]


def told(session: Session) -> list[Revision]:
    return list(session.exec(select(Revision).where(col(Revision.telling), Revision.kind == "changed")))


@pytest.mark.parametrize("turned", [False, True])
def test_two_rows_under_one_id_with_other_dates_are_asked_in_whatever_order(session: Session, turned: bool) -> None:
    rows = [make_listing(1), make_listing(1, deadlines=(closes("2026-11-30"),), budget=500)]
    store(session, rows[::-1] if turned else rows, NOW)
    assert closings(session) == []
    question = session.exec(select(Question)).one()
    assert (question.field, question.readings) == ("closes", ["2026-10-01T17:00", "2026-11-30"])
    assert question.sentence == "Regeling 1: 1-10-2026 17:00 | Regeling 1: 30-11-2026"
    assert session.exec(select(Call)).one().budget == 500  # what only one of them says is contradicted by none


def test_rows_that_contradict_each_other_in_turn_tell_nobody_anything(session: Session) -> None:
    store(session, [make_listing(1)], NOW)
    rows = [make_listing(1), make_listing(1, deadlines=(closes("2026-11-30"),))]
    for day in range(1, 5):
        store(session, rows if day % 2 else rows[::-1], NOW + timedelta(days=day))
    assert told(session) == []
    assert len(session.exec(select(Question)).all()) == 1
    assert closings(session) == ["2026-10-01"]  # what was known stays, and is asked
    assert [waiting.question.field for waiting in waiting_questions(session, Viewer(), NOW)] == ["closes"]
    assert count_waiting(session, NOW) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_mirrors_copy_moves_no_deadline(session: Session, order: int) -> None:
    own, mirror = topic(stamp="2026-06-01"), topic(day="2026-12-24", own=False, stamp="2026-08-01")
    store(session, [own], NOW, "eu_portal")
    store(session, [own, mirror][::order], NOW + timedelta(days=1), "eu_portal")
    store(session, [mirror], NOW + timedelta(days=2), "eu_portal")
    assert (closings(session), told(session)) == (["2026-09-15"], [])
    assert session.exec(select(Sighting)).one().missed == 0
    moved = topic(day="2026-10-01", stamp="2026-08-02")
    store(session, [mirror, moved][::order], NOW + timedelta(days=3), "eu_portal")
    assert (closings(session), len(told(session))) == (["2026-10-01"], 1)


def test_what_only_a_mirror_tells_asks_its_coming_dates_and_then_takes_the_sources_own(session: Session) -> None:
    store(session, [topic(day="2026-12-24", own=False)], NOW, "eu_portal")
    assert closings(session) == []
    assert session.exec(select(Question)).one().readings == ["2026-12-24T17:00"]
    store(session, [topic()], NOW + timedelta(days=1), "eu_portal")
    assert closings(session) == ["2026-09-15"]
    assert session.exec(select(Question)).one().settled_at is not None


def test_a_topic_under_a_new_number_is_the_same_call_and_told_to_nobody_as_new(session: Session) -> None:
    first = store(session, [topic("5001"), topic("9", code="OTHER", references=("OTHER",))], NOW, "eu_portal")
    again = store(session, [topic("77001"), topic("9", code="OTHER", references=("OTHER",))], later(1), "eu_portal")
    back = store(session, [topic("5001"), topic("9", code="OTHER", references=("OTHER",))], later(2), "eu_portal")
    assert (len(first.new), again.new, back.new) == (2, (), ())
    assert sorted(row.external_id for row in session.exec(select(Sighting))) == ["5001", "9"]
    assert len(session.exec(select(Call)).all()) == 2
    assert told(session) == []


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def test_an_address_that_moved_is_the_same_call(session: Session) -> None:
    store(session, [make_listing("warmte", title="Warmte"), make_listing("zon", title="Zon")], NOW)
    result = store(session, [make_listing("warmtenetten", title="Warmte"), make_listing("zon", title="Zon")], later(1))
    assert (result.new, result.gone) == ((), ())
    moved = session.exec(select(Sighting).where(Sighting.external_id == "warmtenetten")).one()
    assert moved.url.endswith("/warmtenetten")
    assert told(session) == []


def test_an_old_address_that_a_list_keeps_and_that_leads_on_to_the_new_one_is_no_second_call(session: Session) -> None:
    store(session, [make_listing("warmte", title="Warmte"), make_listing("zon", title="Zon")], NOW)
    moved = make_listing("warmtenetten", title="Warmte")
    led_on = make_listing("warmte", title="Warmte", url=moved.url)
    result = store(session, [led_on, moved, make_listing("zon", title="Zon")], later(1))
    assert (result.new, len(session.exec(select(Call)).all())) == ((), 2)


def test_a_scheme_whose_page_leads_to_its_successor_keeps_its_own_facts(session: Session) -> None:
    store(session, [make_listing("isde"), make_listing("isde-2", deadlines=(closes("2026-12-01"),))], NOW)
    successor = make_listing("isde-2", deadlines=(closes("2026-12-01"),))
    led_on = successor.model_copy(update={"external_id": "isde"})
    store(session, [led_on, successor], later(1))
    assert sorted(closings(session)) == ["2026-10-01", "2026-12-01"]


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Warmte 2027", {}),
        ("Warmte", {"deadlines": (closes("2027-10-01", "17:00"),)}),
        ("Warmte", {"references": ("stcrt-2026-2",)}),
    ],
)
def test_another_title_another_window_or_another_reference_is_another_call(
    session: Session, title: str, fields: dict[str, Any]
) -> None:
    store(session, [make_listing("warmte", title="Warmte", references=("stcrt-2026-1",))], NOW)
    assert len(store(session, [make_listing("warmtenetten", title=title, **fields)], later(1)).new) == 1


def test_two_new_pages_of_one_title_and_window_are_not_taken_for_one_that_moved(session: Session) -> None:
    store(session, [make_listing("a", title="Warmte")], NOW)
    assert len(store(session, [make_listing(x, title="Warmte") for x in "bc"], later(1)).new) == 2


def period(opens: str | None, until: str) -> dict[str, Any]:
    opening = ({"kind": "opens", "day": opens},) if opens else ()
    return {"deadlines": (*opening, closes(until))}


FIRST = period("2026-06-01", "2026-10-01")


@pytest.mark.parametrize("kind", [SourceKind.CATALOGUE, SourceKind.STREAM])
@pytest.mark.parametrize("next_period", [period("2027-01-05", "2027-02-03"), period(None, "2027-02-03")])
def test_a_new_round_under_the_same_id_is_a_new_call(
    session: Session, kind: SourceKind, next_period: dict[str, Any]
) -> None:
    store(session, [make_listing("dei", source_word="open", **FIRST)], NOW, kind=kind)
    old = session.exec(select(Call)).one().id
    result = store(session, [make_listing("dei", source_word="announced", **next_period)], AUTUMN, kind=kind)
    before, after = session.exec(select(Call).order_by(col(Call.id))).all()
    assert (result.new, result.changed, result.gone) == ((after.id,), (), ())
    assert (before.id, after.previous_round_id) == (old, old)
    assert status_of(before, AUTUMN) is Status.CLOSED
    assert status_of(after, AUTUMN) in (Status.ANNOUNCED, Status.OPEN)
    assert closings(session) == ["2026-10-01", "2027-02-03"]
    assert told(session) == []
    again = store(session, [make_listing("dei", **next_period)], AUTUMN + timedelta(days=1), kind=kind)
    assert again.new == ()
    assert len(session.exec(select(Sighting)).all()) == 2


def test_a_title_that_counts_on_is_a_new_round_though_it_closes_soon(session: Session) -> None:
    store(session, [make_listing("call", title="Call 5 voor steden", **FIRST)], NOW)
    result = store(session, [make_listing("call", title="Call 6 voor steden", **period(None, "2026-11-24"))], AUTUMN)
    assert session.get_one(Call, result.new[0]).previous_round_id is not None


def test_a_round_under_a_new_number_of_the_same_topic_is_a_new_call_too(session: Session) -> None:
    store(session, [topic("5001", **FIRST)], NOW, "eu_portal")
    result = store(session, [topic("77001", **period("2027-01-05", "2027-02-03"))], AUTUMN, "eu_portal")
    assert len(result.new) == 1
    assert session.get_one(Call, result.new[0]).previous_round_id is not None


@pytest.mark.parametrize(
    "prolonged",
    [
        period("2026-06-01", "2026-11-24"),  # the opening of then
        period(None, "2026-11-24"),
        {"deadlines": (closes("2026-10-01"), closes("2027-02-03", kind="cut_off"))},  # an old gate still stands
        period("2026-06-01", "2026-10-02"),  # nothing to come
    ],
)
def test_a_prolongation_or_a_further_gate_is_no_new_round(session: Session, prolonged: dict[str, Any]) -> None:
    store(session, [make_listing("dei", **FIRST)], NOW)
    assert store(session, [make_listing("dei", **prolonged)], AUTUMN).new == ()
    assert len(session.exec(select(Call)).all()) == 1


def test_dates_that_slipped_a_year_and_came_back_are_no_new_round(session: Session) -> None:
    store(session, [make_listing("dei", **FIRST)], NOW)
    store(session, [make_listing("dei", **period("2025-06-01", "2025-10-01"))], later(1))
    assert store(session, [make_listing("dei", **FIRST)], later(2)).new == ()


def test_what_people_said_stays_with_the_old_round(session: Session) -> None:
    session.add(Participant(id="almere", name="Almere", kind="municipality"))
    session.flush()
    user = User(email="sam@almere.nl", name="Sam", role="fundraiser", participant_id="almere", created_at=NOW)
    session.add(user)
    store(session, [make_listing("dei", **FIRST)], NOW)
    old = session.exec(select(Call)).one().id
    session.add(Follow(user_id=user.id, call_id=old, at=NOW))
    session.commit()
    store(session, [make_listing("dei", **period("2027-01-05", "2027-02-03"))], AUTUMN)
    assert session.exec(select(Follow.call_id)).all() == [old]


def test_next_years_page_is_a_new_call_that_knows_the_round_before_it(session: Session) -> None:
    store(session, [make_listing("dei-2026", title="Energie-innovatie DEI 2026", **FIRST)], NOW)
    result = store(session, [make_listing("dei-2027", title="Energie-innovatie DEI 2027", **NEXT)], AUTUMN)
    before, after = session.exec(select(Call).order_by(col(Call.id))).all()
    assert (result.new, after.previous_round_id) == ((after.id,), before.id)


NEXT = period("2027-01-05", "2027-02-03")


@pytest.mark.parametrize(
    ("title", "next_period", "source"),
    [
        ("Warmte in de wijk 2027", NEXT, "rvo"),  # another scheme
        ("Energie-innovatie DEI 2027", NEXT, "zonmw"),  # of another body
        ("Energie-innovatie DEI 2027", period("2026-06-01", "2026-11-30"), "rvo"),  # of the same time
    ],
)
def test_another_scheme_body_or_time_is_no_next_round(
    session: Session, title: str, next_period: dict[str, Any], source: str
) -> None:
    store(session, [make_listing("dei-2026", title="Energie-innovatie DEI 2026", **FIRST)], NOW)
    result = store(session, [make_listing("dei-2027", title=title, source=source, **next_period)], AUTUMN, source)
    assert session.get_one(Call, result.new[0]).previous_round_id is None


def test_of_several_new_calls_of_one_name_none_is_the_next_round(session: Session) -> None:
    store(session, [make_listing("a", title="Open call 1 voor steden", **FIRST)], NOW)
    listings = [make_listing(x, title=f"Open call {x} voor steden", **NEXT) for x in (2, 3)]
    result = store(session, listings, AUTUMN)
    assert {session.get_one(Call, call).previous_round_id for call in result.new} == {None}


@pytest.mark.parametrize(
    "noise", [{}, {"snapshot": "0a"}, {"code": "HORIZON-CL5-2027-07-D3", "evidence": {"title": "h1"}}]
)
def test_a_fingerprint_is_of_what_a_source_says_whatever_it_was_read_from(noise: dict[str, Any]) -> None:
    listing = make_listing(1, title="Één regeling", budget="2500000.50", **noise)
    said = listing.model_dump_json(exclude=NOISE, exclude_defaults=True)
    assert fingerprint(listing) == sha256(said.encode()).hexdigest() == fingerprint(make_listing(
        1, title="Één regeling", budget="2500000.50"
    ))  # fmt: skip
    assert fingerprint(listing) != fingerprint(make_listing(1, title="Eén regeling", budget="2500000.50", **noise))
