"""People add, correct, join and part calls; crawls respect what they did."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from db.models import Call, Correction, Deadline, Dismissal, Participant, Revision, Sighting, User
from db.queries import CallFilter, calls_for, live_call, newest_crawls
from tests.make.crawls import closes, make_listing, store
from tests.make.found import found_ids
from tracker.calls.corrections import add_call, standing_correction, take_back
from tracker.calls.corrections import correct as correct_value
from tracker.calls.duplicate_pairs import candidates, dismiss, dismissed
from tracker.calls.duplicates import proposals
from tracker.calls.merge import CannotJoin, join, part
from tracker.calls.parse_values import listing, read_value
from tracker.calls.sheet import as_lines, sheet
from tracker.errors import NotPossible
from tracker.mailing.trace import addresses, find_call

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

DAY = timedelta(days=1)


@pytest.fixture
def person(session: Session, now: datetime) -> User:
    session.add(Participant(id="almere", name="Almere", kind="municipality"))
    session.flush()
    user = User(email="fatima@almere.nl", name="Fatima", role="fundraiser", participant_id="almere", created_at=now)
    session.add(user)
    session.commit()
    return user


def call(session: Session, number: int = 1) -> Call:
    session.expire_all()
    return session.get_one(Call, number)


def stcrt(number: int = 9, **fields: object) -> object:
    return make_listing(number, **{"source": "bekendmakingen", "url": f"https://stcrt.nl/{number}", **fields})


def correct(session: Session, number: int, field: str, value: str, person: User, now: datetime, why: str = "") -> None:
    correct_value(session, person, number, field, read_value(field, value), why, now)


def test_a_call_typed_in_again_keeps_what_is_not_said_now(session: Session, now: datetime) -> None:
    whole = {"title": "Fonds", "language": "nl", "budget": "1000", "instrument": "loan"}
    dates = [closes("2026-06-01", kind="opens"), closes("2026-10-01", "17:00")]
    first = add_call(session, listing(url="https://w.nl/a", deadlines=dates, **whole), now)
    again = {"title": "Fonds 2", "language": "nl", "deadlines": [closes("2026-11-01")]}
    assert add_call(session, listing(url="http://w.nl/a/?utm_source=x", **again), now + DAY) == first
    shown = call(session, first)
    assert (shown.title, shown.budget, shown.instrument) == ("Fonds 2", 1000, "loan")
    rows = session.exec(select(Deadline).where(col(Deadline.cancelled_at).is_(None)).order_by(col(Deadline.kind))).all()
    assert [(row.kind, str(row.day)) for row in rows] == [("closes", "2026-11-01"), ("opens", "2026-06-01")]


def test_a_call_typed_in_stands_among_the_others(session: Session, now: datetime, person: User) -> None:
    number = add_call(session, listing(title="Waddenfonds", url="https://w.nl", language="nl", budget="1000"), now)
    session.commit()
    assert call(session, number).provenance["title"] == "handmatig"
    assert newest_crawls(session) == {}
    with pytest.raises(NotPossible, match="budget"):
        listing(title="X", url="https://x.nl", language="nl", budget="veel")


@pytest.mark.parametrize("field", ["budget", "min_amount", "max_amount", "rate"])
def test_the_command_line_reads_numbers_as_the_page_does(field: str) -> None:
    with pytest.raises(NotPossible, match=f"{field}: '2.5' is op twee manieren te lezen: schrijf 2,5 of 25."):
        read_value(field, "2.5")
    assert (read_value(field, "2,5"), read_value(field, "25"), read_value(field, "")) == ("2.5", "25", None)
    if field != "rate":
        assert read_value(field, "2.500") == "2500"


def test_a_correction_outlives_crawls_until_it_is_withdrawn(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(budget="1000")], now)
    correct(session, 1, "closes", "2026-11-05T12:00", person, now, "gebeld")
    correct(session, 1, "budget", "2000", person, now)
    session.commit()
    store(session, [make_listing(budget="1500")], now + DAY)
    found = call(session)
    assert (found.budget, str(found.closes_at)) == (2000, "2026-11-05 11:00:00+00:00")
    assert found.provenance["budget"] == "correctie"
    assert found.conflicts["budget"] == {"rvo": "1500", "correctie": "2000"}
    take_back(session, standing_correction(session, 1, "budget"), now + DAY)
    session.commit()
    assert call(session).budget == 1500


def test_the_crawl_notes_when_the_source_agrees(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(budget="1000")], now)
    correct(session, 1, "budget", "2000", person, now)
    session.commit()
    store(session, [make_listing(budget="2000")], now + DAY)
    assert session.exec(select(Correction.agreed_at)).one() == now + DAY
    assert call(session).conflicts == {}


@pytest.mark.parametrize(("field", "value"), [("budget", "veel"), ("closes", "volgende week"), ("niets", "1")])
def test_a_correction_that_means_nothing_is_refused(
    session: Session, now: datetime, person: User, field: str, value: str
) -> None:
    store(session, [make_listing()], now)
    with pytest.raises(NotPossible):
        correct(session, 1, field, value, person, now)


def test_three_sources_one_call_and_a_visible_conflict(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(1, title="Regeling A")], now)
    other = stcrt(title="Regeling A", deadlines=[closes("2026-09-30")], rate="40")
    store(session, [other], now, source="bekendmakingen", kind="stream")
    store(session, [make_listing(7, source="dus_i", title="Regeling A")], now, source="dus_i")
    join(session, 2, 1, now)
    join(session, 3, 1, now)
    session.commit()
    found = call(session)
    assert found.conflicts["closes"]["rvo"] == [{"day": "2026-10-01", "hour": "17:00"}]
    assert found.conflicts["closes"]["bekendmakingen"] == [{"day": "2026-09-30"}]
    assert (found.provenance["closes"], found.provenance["rate"]) == ("rvo", "bekendmakingen")
    assert [c.id for c in session.exec(calls_for(CallFilter(), now))] == [1]
    redirect = live_call(session, 2)
    assert redirect is not None
    assert redirect.id == 1
    assert session.exec(select(Deadline.cancelled_at).where(Deadline.call_id == 2)).one() == now
    assert any("CONFLICT closes" in line for line in as_lines(sheet(session, 1, now)))


def test_parting_undoes_joining(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(1)], now)
    store(session, [stcrt(deadlines=[closes("2026-09-30")])], now, source="bekendmakingen")
    join(session, 2, 1, now)
    session.commit()
    assert part(session, 2, now) == 1
    session.commit()
    assert (call(session, 2).joined_into, call(session, 1).conflicts) == (None, {})
    assert session.exec(select(Sighting.call_id).order_by(col(Sighting.id))).all() == [1, 2]
    assert session.exec(select(Deadline.cancelled_at).where(Deadline.call_id == 2)).one() is None
    with pytest.raises(NotPossible):
        part(session, 2, now)
    with pytest.raises(CannotJoin):
        join(session, 1, 1, now)


def test_a_parted_call_is_found_by_what_its_source_said_while_it_was_joined(
    session: Session, now: datetime, person: User
) -> None:
    store(session, [make_listing(1)], now)
    store(session, [stcrt(title="Watervonk")], now, source="bekendmakingen")
    join(session, 2, 1, now)
    session.commit()
    store(session, [stcrt(title="Zonnevonk")], now + DAY, source="bekendmakingen")
    part(session, 2, now + DAY)
    session.commit()
    assert (call(session, 2).title, found_ids(session, "zonnevonk", now), found_ids(session, "watervonk", now)) == (
        "Zonnevonk",
        [2],
        [],
    )


def test_what_names_one_reference_joins_by_itself(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, references=["stcrt-2026-123"])], now)
    result = store(session, [stcrt(references=["Stcrt 2026 123"], rate="50")], now, source="bekendmakingen")
    assert (result.new, result.changed) == ((), (1,))
    assert call(session).rate == 50
    assert len(session.exec(select(Sighting)).all()) == 2
    again = store(session, [stcrt(references=["Stcrt 2026 123"], rate="50")], now + DAY, source="bekendmakingen")
    assert (again.new, again.changed, again.unchanged) == ((), (), 1)


def test_a_yearly_reopening_is_another_call(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, references=["BWBR001"])], now)
    next_year = stcrt(references=["BWBR001"], deadlines=[closes("2027-10-01")])
    assert len(store(session, [next_year], now, source="bekendmakingen").new) == 1
    rounds = [make_listing(n, title=f"Fonds, ronde {n}", references=["BWBR001"]) for n in (2, 3)]
    assert len(store(session, [make_listing(1, references=["BWBR001"]), *rounds], now).new) == 2


def test_calls_that_may_be_one_are_proposed_with_reasons(session: Session, now: datetime) -> None:
    titles = {1: "Circulaire ketens in de bouw 2026", 2: "Circulaire ketens bouw, ronde 1"}
    store(session, [make_listing(n, title=t) for n, t in titles.items()], now)
    others = ["Regeling circulaire ketens bouw 2026", "Circulaire ketens bouw, ronde 2", "Iets anders"]
    store(session, [stcrt(n, title=t) for n, t in enumerate(others)], now, source="bekendmakingen")
    [found] = proposals(candidates(session, now))
    first, second = call(session, found.first), call(session, found.second)
    assert (first.title, second.title) == (titles[1], others[0])
    assert "the same closing moment" in found.reasons


def test_a_join_is_no_news(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(1)], now)
    store(session, [stcrt(title="Regeling 1")], now, source="bekendmakingen")
    join(session, 2, 1, now)
    session.commit()
    assert session.exec(select(Revision).where(Revision.kind == "changed", col(Revision.telling))).all() == []


def test_a_call_is_found_by_its_number_topic_code_address_or_title_however_they_are_written(
    session: Session, now: datetime
) -> None:
    page = "https://ec.europa.eu/topic-details/LIFE-2027-CE"
    known = {"external_id": "50129698", "url": page, "title": "Circulaire ketens", "references": ("LIFE-2027-CE",)}
    store(session, [make_listing(1, **known), make_listing(2)], now, "eu_portal")
    found = find_call(session, "50129698")
    for text in (
        "LIFE-2027-CE",
        "life-2027-ce",
        page,
        f"{page.replace('https', 'http')}/?utm_source=mail",
        f"https://kansenradar.example/regelingen/{found.id}",
        "circulaire  ketens",
    ):
        assert find_call(session, text).id == found.id
    assert addresses("circulaire") == []
    with pytest.raises(NotPossible, match="no call"):
        find_call(session, "https://ec.europa.eu/topic-details")
    with pytest.raises(NotPossible, match="no call"):
        find_call(session, "9" * 25)


def test_a_proposal_that_a_person_dismissed_never_comes_back(session: Session, now: datetime, person: User) -> None:
    store(session, [make_listing(1, title="Circulaire ketens in de bouw")], now)
    store(session, [stcrt(title="Circulaire ketens bouw")], now, source="bekendmakingen")
    store(session, [make_listing(7, source="dus_i", title="Iets anders")], now, source="dus_i")
    assert [(p.first, p.second) for p in proposals(candidates(session, now), dismissed(session))] == [(1, 2)]
    assert dismiss(session, 2, 1, person, "gebeld", now)
    assert not dismiss(session, 1, 2, person, "", now)
    session.commit()
    assert proposals(candidates(session, now), dismissed(session)) == []
    assert session.exec(select(Dismissal.user_id, Dismissal.reason)).one() == (person.id, "gebeld")
    join(session, 1, 3, now, person)
    session.commit()
    assert dismissed(session) == {(2, 3)}, "what call 1 became part of is not call 2 either"
    with pytest.raises(NotPossible, match="one already"):
        dismiss(session, 1, 3, person, "", now)
    with pytest.raises(NotPossible, match="no call 99"):
        dismiss(session, 1, 99, person, "", now)


def test_a_date_that_flipped_at_its_source_may_be_corrected(session: Session, now: datetime, person: User) -> None:
    """A damped change by a person after one by a crawl stopped every later crawl of that source."""
    days = ["2026-10-01", "2026-10-08", "2026-10-01"]
    for run, day in enumerate(days):
        store(session, [make_listing(deadlines=[closes(day)])], now + run * DAY)
    correct(session, 1, "closes", "2026-10-08", person, now + 2 * DAY)
    for run in range(3, 8):
        result = store(session, [make_listing(deadlines=[closes("2026-10-01")])], now + run * DAY)
    assert result.unchanged == 1
    told = session.exec(select(Revision.new).where(Revision.kind == "changed", col(Revision.telling))).all()
    assert told == [[{"day": "2026-10-08"}]], "which is what people know already"


def test_a_call_that_no_source_speaks_of_can_be_corrected_and_keeps_its_other_facts(
    session: Session, now: datetime, person: User
) -> None:
    seen = {"first_seen": now, "last_seen": now}
    bare = Call(title="Zonder bron", language="nl", url="https://e.nl/x", budget=Decimal(5000), **seen)
    session.add(bare)
    session.flush()
    session.add(Deadline(call_id=bare.id, kind="closes", day=date(2026, 10, 1), hour="17:00", modified_at=now))
    session.commit()
    correct(session, bare.id, "rate", "40", person, now)
    shown = call(session, bare.id)
    assert (shown.title, shown.language, shown.budget, shown.rate) == ("Zonder bron", "nl", 5000, 40)
    assert session.exec(select(Deadline.cancelled_at)).all() == [None]
