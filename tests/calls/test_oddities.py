"""What is more likely a fault of a source than news is held: a different crawl whole, other odd things one by one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from db.models import Call, Crawl, Deadline, Revision, Sighting
from db.status import status_of
from db.vocabulary import Status
from tests.make.crawls import closes, make_listing, store
from tracker.calls.floods import release, waited_enough

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

DAY = timedelta(days=1)
MANY = range(12)


def calls(session: Session) -> list[Call]:
    session.expire_all()
    return list(session.exec(select(Call).order_by(col(Call.id))))


def last_crawl(session: Session) -> Crawl:
    session.expire_all()
    return session.exec(select(Crawl).order_by(col(Crawl.id).desc())).first() or Crawl()


def with_budget(numbers: range = MANY, **fields: Any) -> list[Any]:
    return [make_listing(n, budget="1000000", **fields) for n in numbers]


def facts(session: Session) -> list[tuple[Any, ...]]:
    """What people see of every call, and its dates."""
    dates = session.exec(select(Deadline.call_id, Deadline.day, Deadline.cancelled_at).order_by(col(Deadline.id))).all()
    return [*((c.id, c.title, c.budget, c.source_word, c.stale) for c in calls(session)), *map(tuple, dates)]


def test_a_crawl_in_which_more_than_a_third_lost_a_field_is_held_whole_whatever_time_passes(
    session: Session, now: datetime
) -> None:
    store(session, with_budget(), now)
    before = facts(session)
    without = [*with_budget(range(7)), *(make_listing(n) for n in range(7, 12)), make_listing("new")]
    for run in (1, 2, 10, 40):
        result = store(session, without, now + run * DAY)
        assert (result.new, result.changed, result.judgement.complete) == ((), (), False)
        assert result.judgement.why.startswith("different: no longer named: budget (5 calls)")
        assert last_crawl(session).lost == ["budget"]
    assert facts(session) == before
    assert len(store(session, [*with_budget(), make_listing("new")], now + 41 * DAY).new) == 1
    assert last_crawl(session).complete


def test_a_person_says_that_a_source_dropped_a_field_and_the_values_stay_with_a_mark(
    session: Session, now: datetime
) -> None:
    store(session, with_budget(), now)
    without = [make_listing(n) for n in MANY]
    store(session, without, now + DAY)
    release(session, "rvo", now + DAY)
    session.commit()
    assert store(session, without, now + 2 * DAY).judgement.complete
    assert {(c.budget, c.stale["budget"]) for c in calls(session)} == {(1_000_000, "2026-05-31")}
    assert store(session, without, now + 3 * DAY).judgement.complete
    other = [make_listing(n, deadlines=[]) for n in MANY]  # the word was about the budget, not about this
    assert last_crawl_lost(session, other, now + 4 * DAY) == ["closes"]


def last_crawl_lost(session: Session, listings: list[Any], now: datetime) -> list[str]:
    store(session, listings, now)
    return last_crawl(session).lost


def test_a_field_that_is_absent_from_all_holds_the_crawl_though_few_had_it(session: Session, now: datetime) -> None:
    had = [*with_budget(range(3)), *(make_listing(n) for n in range(3, 40))]
    store(session, had, now)
    assert last_crawl_lost(session, [make_listing(n) for n in range(40)], now + DAY) == ["budget"]
    still = [*with_budget(range(2, 3)), *(make_listing(n) for n in (0, 1, *range(3, 40)))]
    assert last_crawl_lost(session, still, now + 2 * DAY) == []


def test_a_lost_closing_date_closes_and_cancels_nothing(session: Session, now: datetime) -> None:
    both = [closes("2026-05-01", kind="cut_off"), closes("2026-10-01", kind="cut_off")]
    store(session, [make_listing(n, deadlines=both) for n in MANY], now)
    store(session, [make_listing(n, deadlines=[]) for n in MANY], now + DAY)
    assert {status_of(call, now + DAY) for call in calls(session)} == {Status.OPEN}
    assert (
        session.exec(select(func.count()).select_from(Deadline).where(col(Deadline.cancelled_at).is_not(None))).one()
        == 0
    )


def test_what_closes_by_its_sources_word_may_say_less(session: Session, now: datetime) -> None:
    store(session, with_budget(source_word="open"), now)
    closed = [make_listing(n, source_word="closed", deadlines=[]) for n in range(4)]
    result = store(session, [*closed, *with_budget(range(4, 12), source_word="open")], now + DAY)
    assert (result.judgement.complete, len(result.changed)) == (True, 4)


@pytest.mark.parametrize(("amount", "odd"), [("100000000", True), ("10000", True), ("2000000", False)])
def test_an_amount_a_hundredfold_waits_two_working_days_with_a_remark(
    amount: str, odd: bool, session: Session, now: datetime
) -> None:
    store(session, with_budget(range(1)), now)  # a Friday
    result = store(session, [make_listing(0, budget=amount)], now + 3 * DAY)
    [call] = calls(session)
    assert (call.budget == 1_000_000, call.held, bool(call.review), result.held) == (odd, odd, odd, int(odd))
    if odd:
        assert "De bron noemt nu een budget van" in call.review[0]
        store(session, [make_listing(0, budget=amount)], now + 4 * DAY)
        assert calls(session)[0].budget == 1_000_000
    store(session, [make_listing(0, budget=amount)], now + 5 * DAY)
    [call] = calls(session)
    assert (call.budget, call.held, call.review) == (int(amount), False, [])


def test_an_odd_value_that_its_source_takes_back_leaves_no_trace(session: Session, now: datetime) -> None:
    store(session, with_budget(range(1)), now)
    before = facts(session)
    store(session, [make_listing(0, budget="1000000000")], now + DAY)
    store(session, with_budget(range(1)), now + 2 * DAY)
    assert (facts(session), calls(session)[0].review) == (before, [])
    assert session.exec(select(Sighting.waiting_since)).one() is None
    assert session.exec(select(Revision).where(Revision.kind == "changed")).all() == []


def test_dates_that_slip_a_year_close_nothing_until_a_person_or_two_working_days_say_so(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(n) for n in MANY], now)
    slipped = [make_listing(n, deadlines=[closes("2025-10-01", "17:00")]) for n in MANY]
    result = store(session, slipped, now + DAY)
    assert (result.changed, result.held) == ((), 12)
    assert {status_of(call, now + DAY) for call in calls(session)} == {Status.OPEN}
    release(session, "rvo", now + DAY)
    session.commit()
    assert len(store(session, slipped, now + DAY).changed) == 12


def test_a_whole_type_that_is_over_at_once_waits_and_a_part_of_it_does_not(session: Session, now: datetime) -> None:
    kinds = [make_listing(n, source_word="open", type_of_action="A" if n < 6 else "B") for n in MANY]
    store(session, kinds, now)
    shut = [make_listing(n, source_word="closed", type_of_action="A") for n in range(6)]
    result = store(session, [*shut, *kinds[6:]], now + DAY)
    assert (result.changed, result.held) == ((), 6)
    assert {call.source_word for call in calls(session)} == {"open"}
    result = store(session, [*shut[:5], *kinds[5:]], now + 2 * DAY)
    assert len(result.changed) == 5


def test_a_type_that_vanished_at_once_is_gone_only_after_two_working_days(session: Session, now: datetime) -> None:
    kinds = [make_listing(n, type_of_action="A" if n < 6 else "B") for n in range(30)]
    store(session, kinds, now)
    gone = [len(store(session, kinds[6:], now + run * DAY).gone) for run in range(1, 7)]
    assert gone == [0, 0, 0, 0, 6, 0]  # Friday: absent for the third time on Monday, let go on Wednesday
    store(session, kinds, now + 8 * DAY)
    assert {call.not_listed_since for call in calls(session)} == {None}


def test_a_publication_day_of_plainly_new_calls_is_never_held(session: Session, now: datetime) -> None:
    store(session, [make_listing(n) for n in range(40)], now)
    result = store(session, [make_listing(n) for n in range(400)], now + DAY)
    assert (len(result.new), result.held) == (360, 0)


def test_known_calls_that_are_listed_under_new_ids_too_are_held_from_mail(session: Session, now: datetime) -> None:
    known = [make_listing(n) for n in MANY]
    store(session, known, now)
    copies = [make_listing(f"x-{n}", title=f"Regeling {n}") for n in MANY]
    result = store(session, [*known, *copies, make_listing("new")], now + DAY)
    assert (len(result.new), result.held) == (13, 12)
    assert {c.held_why for c in calls(session) if c.held} == {"een bekende titel en sluiting onder een nieuw nummer"}


def test_many_new_calls_without_a_door_to_come_are_held(session: Session, now: datetime) -> None:
    store(session, [make_listing(n) for n in range(40)], now)
    old = [make_listing(f"old-{n}", deadlines=[closes("2024-03-01")]) for n in range(30)]
    dateless = [make_listing(f"bare-{n}", deadlines=[]) for n in range(30)]
    known = [make_listing(n) for n in range(40)]
    result = store(session, [*known, *old, *dateless, make_listing("plain")], now + DAY)
    assert (len(result.new), result.held) == (61, 60)


def test_what_is_held_goes_by_itself_after_two_working_days_to_the_hour(now: datetime) -> None:
    friday, monday, tuesday = now, now + 3 * DAY, now + 4 * DAY
    assert not waited_enough(None, tuesday)
    assert not waited_enough(friday, monday)
    assert not waited_enough(friday, tuesday - timedelta(minutes=1))
    assert waited_enough(friday, tuesday)


def test_a_page_that_shows_something_else_leaves_its_call_as_it_was_for_as_long_as_it_lasts(
    session: Session, now: datetime
) -> None:
    store(session, with_budget(range(1)), now)
    before = facts(session)
    for run in (1, 5, 30):
        store(session, [make_listing(0, title="Inloggen", deadlines=[])], now + run * DAY)
        assert facts(session) == before
    assert "De pagina toont nu iets anders (“Inloggen”)" in calls(session)[0].review[0]
    store(session, with_budget(range(1)), now + 31 * DAY)
    assert (facts(session), calls(session)[0].review) == (before, [])


def test_a_page_with_the_title_of_another_call_leaves_its_own_as_it_was(session: Session, now: datetime) -> None:
    store(session, with_budget(range(2)), now)
    before = facts(session)
    other = make_listing(0, title="Regeling 1", budget="5", deadlines=[closes("2026-08-01")])
    store(session, [other, *with_budget(range(1, 2))], now + DAY)
    assert facts(session) == before


def test_other_titles_for_several_calls_at_once_wait_and_a_single_one_does_not(session: Session, now: datetime) -> None:
    store(session, with_budget(), now)
    other = [make_listing(n, title=f"Programma Warmte {n}", budget="1000000") for n in range(3)]
    result = store(session, [*other, *with_budget(range(3, 12))], now + DAY)
    assert (result.changed, result.held) == ((), 3)
    result = store(session, [*other[:1], *with_budget(range(1, 12))], now + 2 * DAY)
    assert len(result.changed) == 1


def test_what_was_read_from_a_list_alone_never_overwrites_what_was_read_from_the_page(
    session: Session, now: datetime
) -> None:
    store(session, with_budget(range(2)), now)
    before = facts(session)
    bare = make_listing(0, title="REGELING 0", deadlines=[], partial=True)
    result = store(session, [bare, *with_budget(range(1, 2))], now + DAY)
    assert (result.changed, result.unchanged, facts(session)) == ((), 2, before)


def test_a_catalogue_that_shrank_is_the_new_measure_after_three_crawls_that_agree_with_its_own_count(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(n) for n in range(40)], now, total=40)
    fewer = [make_listing(n) for n in range(25)]
    complete = [store(session, fewer, now + run * DAY, total=25).judgement.complete for run in (1, 2, 3, 4)]
    assert complete == [False, False, True, True]
    assert [c.expected for c in session.exec(select(Crawl).order_by(col(Crawl.id)))] == [None, 40, 40, 25, 25]


@pytest.mark.parametrize("totals", [(None, None, None, None), (25, 25, 40, 25), (40, 25, 25, 40)])
def test_a_catalogue_whose_own_count_is_not_there_or_does_not_agree_stays_incomplete(
    totals: tuple[int | None, ...], session: Session, now: datetime
) -> None:
    store(session, [make_listing(n) for n in range(40)], now, total=40)
    fewer = [make_listing(n) for n in range(25)]
    for run, total in enumerate(totals, 1):
        assert not store(session, fewer, now + run * DAY, total=total).judgement.complete
    assert last_crawl(session).shrunk


def test_a_person_says_that_a_catalogue_really_shrank(session: Session, now: datetime) -> None:
    store(session, [make_listing(n) for n in range(40)], now)
    fewer = [make_listing(n) for n in range(25)]
    store(session, fewer, now + DAY)
    release(session, "rvo", now + DAY)
    session.commit()
    for run in (2, 3):
        assert store(session, fewer, now + run * DAY).judgement.complete
    assert not store(session, fewer[:5], now + 4 * DAY).judgement.complete
