"""A crawl becomes calls, dates and revisions, in one transaction; silence is never news."""

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from db.last_seen import last_seen
from db.models import Call, Crawl, Deadline, Revision, Sighting, Snapshot
from db.status import status_of
from db.vocabulary import RevisionKind, SourceKind, Status
from scrapers.crawled import Page, Unreadable
from tests.make.crawls import closes, make_crawled, make_listing, store
from tracker.calls.floods import release
from tracker.calls.ingest import ingest

DAY = timedelta(days=1)


def revisions(session: Session, **where: Any) -> list[Revision]:
    return list(session.exec(select(Revision).filter_by(**where).order_by(col(Revision.id))))


def only_call(session: Session) -> Call:
    session.expire_all()
    return session.exec(select(Call)).one()


def test_a_first_crawl_stores_calls_dates_and_news(session: Session, now: datetime) -> None:
    result = store(session, [make_listing(1, budget="2500000"), make_listing(2)], now)
    assert (len(result.new), result.changed, result.gone, result.back, result.unchanged) == (2, (), (), (), 0)
    calls = session.exec(select(Call).order_by(col(Call.id))).all()
    assert calls[0].title == "Regeling 1"
    assert calls[0].budget == 2_500_000
    assert calls[0].provenance["closes"] == "rvo"
    assert calls[0].closes_at is not None
    assert calls[0].closes_at.isoformat() == "2026-10-01T15:00:00+00:00"
    assert session.exec(select(func.count()).select_from(Deadline)).one() == 2
    assert [(r.kind, r.telling) for r in revisions(session)] == [("new", True), ("new", True)]


def test_crawling_again_changes_nothing(session: Session, now: datetime) -> None:
    listings = [make_listing(n) for n in range(5)]
    store(session, listings, now)
    result = store(session, listings, now + DAY)
    assert (result.new, result.changed, result.gone, result.back, result.unchanged) == ((), (), (), (), 5)
    assert len(revisions(session)) == 5
    assert seen(session) == {now + DAY}


def seen(session: Session) -> set[datetime]:
    session.expire_all()
    return set(last_seen(session, session.exec(select(Sighting))).values())


def test_a_moved_deadline_keeps_its_row_and_is_told(session: Session, now: datetime) -> None:
    store(session, [make_listing()], now)
    before = session.exec(select(Deadline)).one()
    result = store(session, [make_listing(deadlines=[closes("2026-11-02", "17:00")])], now + DAY)
    assert len(result.changed) == len(result.telling) == 1
    session.expire_all()
    after = session.exec(select(Deadline)).one()
    assert (after.id, after.version, str(after.day), after.modified_at) == (before.id, 2, "2026-11-02", now + DAY)
    [change] = revisions(session, kind="changed")
    assert (change.field, change.telling, change.version) == ("closes", True, 2)
    assert change.old == [{"day": "2026-10-01", "hour": "17:00"}]
    assert change.new == [{"day": "2026-11-02", "hour": "17:00"}]
    assert only_call(session).version == 2


def test_whitespace_entities_and_order_are_no_change(session: Session, now: datetime) -> None:
    store(session, [make_listing(title="Water & wegen", summary="Een  tekst", programme=["B", "A"])], now)
    noise = make_listing(title="Water &amp; wegen", summary="Een\ntekst ", programme=["A", "B"])
    result = store(session, [noise], now + DAY)
    assert result.changed == ()
    assert result.unchanged == 1
    assert revisions(session, kind="changed") == []


def test_a_first_abstract_is_stored_but_not_told(session: Session, now: datetime) -> None:
    store(session, [make_listing()], now)
    result = store(session, [make_listing(summary="Nu met tekst")], now + DAY)
    assert (len(result.changed), result.telling) == (1, ())
    assert only_call(session).summary == "Nu met tekst"
    assert only_call(session).version == 1


def test_a_value_that_flips_every_run_is_told_once(session: Session, now: datetime) -> None:
    for run in range(20):
        day = "2026-10-01" if run % 2 == 0 else "2026-10-08"
        store(session, [make_listing(deadlines=[closes(day)])], now + run * DAY)
    assert len(revisions(session, kind="changed")) == 19
    assert len(revisions(session, kind="changed", telling=True)) == 1


def test_a_value_that_went_back_and_stays_is_told_after_all(session: Session, now: datetime) -> None:
    days = ["2026-10-01", "2026-10-08", "2026-10-01", "2026-10-01", "2026-10-01", "2026-10-01", "2026-10-01"]
    for run, day in enumerate(days):
        store(session, [make_listing(deadlines=[closes(day)])], now + run * DAY)
    told = revisions(session, kind="changed", telling=True)
    assert [r.new[0]["day"] for r in told] == ["2026-10-08", "2026-10-01"]
    assert only_call(session).version == 3


def test_a_crawl_that_showed_nothing_is_no_proof_that_a_value_stays(session: Session, now: datetime) -> None:
    for run, day in enumerate(["2026-10-01", "2026-10-08", "2026-10-01"]):
        store(session, [make_listing(deadlines=[closes(day)])], now + run * DAY)
    for run in range(3, 8):
        store(session, [], now + run * DAY, stopped="page 1: HTTP 500")
    assert len(revisions(session, kind="changed", telling=True)) == 1
    for run in range(8, 12):
        store(session, [make_listing(deadlines=[closes("2026-10-01")])], now + run * DAY)
    assert len(revisions(session, kind="changed", telling=True)) == 2


def test_a_call_is_gone_after_three_complete_crawls_without_it(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    store(session, [make_listing(1), *rest], now)
    results = [store(session, rest, now + run * DAY) for run in (1, 2, 3, 4)]
    assert [len(r.gone) for r in results] == [0, 0, 1, 0]
    call = session.exec(select(Call).where(Call.title == "Regeling 1")).one()
    assert call.not_listed_since == now + 3 * DAY
    assert status_of(call, now + 4 * DAY) == Status.NOT_LISTED
    [gone] = revisions(session, kind=RevisionKind.GONE)
    assert not gone.telling


def test_a_call_that_comes_back_is_back(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    store(session, [make_listing(1), *rest], now)
    for run in (1, 2, 3):
        store(session, rest, now + run * DAY)
    result = store(session, [make_listing(1), *rest], now + 4 * DAY)
    assert len(result.back) == 1
    session.expire_all()
    call = session.exec(select(Call).where(Call.title == "Regeling 1")).one()
    assert call.not_listed_since is None
    assert session.exec(select(Sighting.missed).where(Sighting.external_id == "1")).one() == 0


def test_two_misses_and_a_return_start_counting_anew(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    everything = [make_listing(1), *rest]
    for run, listings in enumerate([everything, rest, rest, everything, rest, rest, everything]):
        assert store(session, listings, now + run * DAY).gone == ()


def test_an_incomplete_crawl_makes_nothing_gone(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    store(session, [make_listing(1), *rest], now)
    for run in range(1, 6):
        result = store(session, rest, now + run * DAY, stopped="page 3: HTTP 500")
        assert result.gone == ()
        assert not result.judgement.complete
    assert session.exec(select(Sighting.missed).where(Sighting.external_id == "1")).one() == 0


def test_an_incomplete_crawl_still_updates_what_it_saw(session: Session, now: datetime) -> None:
    store(session, [make_listing(1), make_listing(2)], now)
    moved = make_listing(1, deadlines=[closes("2026-12-01")])
    assert len(store(session, [moved], now + DAY, stopped="page 2: HTTP 500").changed) == 1


def test_an_unreadable_row_is_never_gone(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 103)]
    store(session, [make_listing(1), *rest], now)
    for run in range(1, 5):
        row = Unreadable("row 1", "no title", external_id="1")
        result = store(session, rest, now + run * DAY, unreadable=(row,))
        assert result.judgement.complete
        assert "with remarks" in result.judgement.why
        assert result.gone == ()


def test_an_unreadable_row_is_quoted_without_what_no_database_takes(session: Session, now: datetime) -> None:
    rows = [make_listing(n) for n in range(1, 103)]
    stored = store(session, rows, now, unreadable=(Unreadable("row 1", "'a\0\ud800' is no date"),))
    assert (len(stored.new), stored.judgement.complete) == (102, True)
    assert "'a ?' is no date" in session.exec(select(Crawl.why)).one()


def test_a_call_past_its_deadline_is_closed_by_date_and_not_gone(session: Session, now: datetime) -> None:
    rest = [make_listing(n) for n in range(2, 6)]
    store(session, [make_listing(1, deadlines=[closes("2026-05-29")]), *rest], now)
    for run in range(1, 6):
        assert store(session, rest, now + run * DAY).gone == ()
    call = session.exec(select(Call).where(Call.title == "Regeling 1")).one()
    assert status_of(call, now + 6 * DAY) == Status.CLOSED


def test_a_stream_never_makes_anything_gone(session: Session, now: datetime) -> None:
    store(session, [make_listing(1)], now, kind=SourceKind.STREAM)
    for run in range(1, 6):
        assert store(session, [], now + run * DAY, kind=SourceKind.STREAM).gone == ()


def test_a_source_that_says_unchanged_keeps_everything(session: Session, now: datetime) -> None:
    store(session, [make_listing(1), make_listing(2)], now)
    for run in range(1, 6):
        result = store(session, [], now + run * DAY, unchanged=True)
        assert result.judgement.complete
        assert result.gone == ()
    assert seen(session) == {now + 5 * DAY}
    assert session.exec(select(Crawl.seen).order_by(col(Crawl.id).desc())).first() == 2


def test_a_call_first_seen_after_its_deadline_is_stored_but_no_news(session: Session, now: datetime) -> None:
    store(session, [make_listing(deadlines=[closes("2026-05-01")])], now)
    [new] = revisions(session)
    assert (new.kind, new.telling) == ("new", False)


def test_a_page_that_drops_a_passed_date_leaves_the_call_closed(session: Session, now: datetime) -> None:
    store(session, [make_listing(deadlines=[closes("2026-06-01")])], now)
    later = now + 10 * DAY
    result = store(session, [make_listing(deadlines=[])], later)
    assert result.changed == ()
    assert status_of(only_call(session), later) == Status.CLOSED


def test_a_deadline_that_a_withdrawal_takes_away_is_cancelled_and_revived(session: Session, now: datetime) -> None:
    both = [closes("2026-09-01", kind="stage_1"), closes("2026-12-01", kind="stage_2")]
    store(session, [make_listing(deadlines=both)], now)
    store(session, [make_listing(deadlines=both[:1], source_word="withdrawn")], now + DAY)
    gone = session.exec(select(Deadline).where(Deadline.kind == "stage_2")).one()
    assert (gone.cancelled_at, gone.version) == (now + DAY, 2)
    store(session, [make_listing(deadlines=both)], now + 2 * DAY)
    session.expire_all()
    back = session.exec(select(Deadline).where(Deadline.kind == "stage_2")).one()
    assert (back.id, back.cancelled_at, back.version) == (gone.id, None, 3)


def test_the_same_address_written_otherwise_is_the_same_call(session: Session, now: datetime) -> None:
    spellings = [
        "http://Example.nl/Regeling?b=2&a=1",
        "https://example.nl/regeling/?a=1&b=2&utm_source=x",
        "https://example.nl/regeling?a=1&b=2",
    ]
    for run, spelling in enumerate(spellings):
        store(session, [make_listing(spelling, url="https://example.nl/x")], now + run * DAY)
    assert session.exec(select(func.count()).select_from(Call)).one() == 1


def test_a_flood_of_new_calls_without_a_date_is_held_until_released(session: Session, now: datetime) -> None:
    first = [make_listing(n) for n in range(40)]
    assert store(session, first, now).held == 0
    result = store(session, [*first, *(make_listing(n, deadlines=[]) for n in range(40, 80))], now + DAY)
    assert result.held == 40
    assert session.exec(select(func.count()).select_from(Call).where(col(Call.held))).one() == 40
    assert release(session, "rvo", now + DAY) == 40
    session.commit()
    assert session.exec(select(func.count()).select_from(Call).where(col(Call.held))).one() == 0


def test_a_flood_of_changes_is_held(session: Session, now: datetime) -> None:
    store(session, [make_listing(n) for n in range(40)], now)
    moved = [make_listing(n, deadlines=[closes("2027-01-01")]) for n in range(20)]
    assert store(session, moved + [make_listing(n) for n in range(20, 40)], now + DAY).held == 20


def test_only_pages_that_something_was_read_from_are_kept(session: Session, now: datetime) -> None:
    pages = tuple(Page("https://e.nl", sha * 64, "text/html", b"x" * 100, now) for sha in "ab")
    store(session, [make_listing(snapshot="a" * 64)], now, pages=pages)
    assert session.exec(select(Snapshot.sha256)).all() == ["a" * 64]
    assert session.exec(select(Sighting.snapshot)).one() == "a" * 64


def test_a_transaction_that_breaks_off_leaves_nothing(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        ingest(session, make_crawled([make_listing()], now), now)
        session.rollback()
        assert session.exec(select(Crawl)).all() == []
        assert session.exec(select(Call)).all() == []


def state(session: Session) -> dict[str, Any]:
    """Everything a crawl writes, without the order in which rows were made: calls by title, not by number."""
    session.expire_all()
    calls = {c.id: c.title for c in session.exec(select(Call))}

    def named(value: Any) -> str:
        return calls.get(value["call"], "?") if isinstance(value, dict) and "call" in value else str(value)

    numbers = {"id", "previous_round_id"}
    return {
        "calls": sorted(
            f"{c.model_dump(exclude=numbers)} after {calls.get(c.previous_round_id)}"
            for c in session.exec(select(Call))
        ),
        "sightings": sorted(str(s.model_dump(exclude={"id", "call_id"})) for s in session.exec(select(Sighting))),
        "dates": sorted((calls[d.call_id], d.kind, str(d.day), d.version) for d in session.exec(select(Deadline))),
        "revisions": sorted(
            (calls[r.call_id], r.kind, r.field, named(r.old), named(r.new), r.telling)
            for r in session.exec(select(Revision))
        ),
    }


def empty(session: Session) -> None:
    for name in ("reference", "deadline", "revision", "sighting", "call", "crawl"):
        session.connection().execute(text(f"DELETE FROM {name}"))
    session.commit()


days = st.sampled_from(["2026-05-01", "2026-06-01", "2026-10-01", "2026-10-08", "2027-01-15"])
dates = st.lists(st.tuples(days, st.sampled_from(["opens", "closes", "stage_1", "cut_off"])), max_size=3, unique=True)
one_listing = st.builds(
    lambda n, ds, title, budget: make_listing(
        n, deadlines=[closes(d, kind=k) for d, k in ds], title=title, budget=budget
    ),
    st.integers(0, 4),
    dates,
    st.sampled_from(["Een", "Twee & drie"]),
    st.sampled_from([None, "1000", "2000"]),
)
crawls = st.lists(st.lists(one_listing, max_size=5, unique_by=lambda x: x.external_id), min_size=1, max_size=4)
property_settings = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@property_settings
@given(history=crawls)
def test_storing_a_crawl_twice_is_storing_it_once(session: Session, now: datetime, history: Any) -> None:
    empty(session)
    for run, listings in enumerate(history):
        store(session, listings, now + run * DAY)
    before, again = state(session), now + len(history) * DAY - DAY
    result = store(session, history[-1], again)
    assert (result.new, result.changed, result.back) == ((), (), ())
    after = state(session)
    assert after["dates"] == before["dates"]
    assert [r for r in after["revisions"] if r[1] != "gone"] == [r for r in before["revisions"] if r[1] != "gone"]


@property_settings
@given(history=crawls, seed=st.integers(0, 1000))
def test_the_order_of_listings_does_not_matter(session: Session, now: datetime, history: Any, seed: int) -> None:
    found = []
    for shuffled in (False, True):
        empty(session)
        for run, listings in enumerate(history):
            listed = random.Random(seed).sample(listings, len(listings)) if shuffled else listings
            store(session, listed, now + run * DAY)
        found.append(state(session))
    assert found[0] == found[1]
