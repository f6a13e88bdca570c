"""What a source no longer names stays, with the day since which; only a word, a value or a person replaces it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db.models import Call, Deadline, Revision
from db.status import status_of
from db.vocabulary import Status
from tests.make.crawls import closes, make_listing, store
from tracker.calls.consolidate import SourceRecord, merge_records
from tracker.calls.records import records
from tracker.calls.silence import keep_facts, lost_fields

pytestmark = pytest.mark.one_database  # rules on plain rows

DAY = timedelta(days=1)
MARCH, OCTOBER, NOVEMBER = "2027-03-17", "2026-10-01", "2026-11-02"


def only_call(session: Session) -> Call:
    session.expire_all()
    return session.exec(select(Call)).one()


def dates(session: Session) -> list[tuple[str, str, str | None]]:
    """Kind, day, and since when it is no longer named, of the dates that stand."""
    rows = session.exec(select(Deadline).where(col(Deadline.cancelled_at).is_(None)).order_by(col(Deadline.day)))
    return [(row.kind, str(row.day), str(row.stale_since) if row.stale_since else None) for row in rows]


def kept(now: datetime, before: list[Any], said: list[Any], **fields: Any) -> list[tuple[str, str, bool]]:
    """The dates of a call whose source named some before and others today; whether each is marked."""
    records = [SourceRecord("rvo", "1", make_listing(deadlines=each).as_json()) for each in (before, said)]
    records[1] = SourceRecord("rvo", "1", make_listing(deadlines=said, **fields).as_json())
    result = merge_records([keep_facts(*records, now, now.date())])
    return [(str(d.kind), str(d.day), d.stale_since is not None) for d in result.deadlines]


def test_a_closing_date_and_an_amount_that_are_no_longer_named_stay_with_the_day_since_which(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(budget="2500000", source_word="open", summary="Over wind")], now)
    result = store(session, [make_listing(deadlines=[])], now + DAY)
    assert (len(result.changed), result.telling) == (1, ())
    call = only_call(session)
    assert (call.budget, call.source_word, call.summary) == (2_500_000, "open", "Over wind")
    assert dates(session) == [("closes", OCTOBER, "2026-05-30")]
    assert call.stale == dict.fromkeys(("budget", "source_word", "summary"), "2026-05-30")
    assert status_of(call, now + DAY) == Status.OPEN
    [exported] = records(session, [call], now + DAY)
    assert exported["stale_since"] == call.stale
    assert [d["stale_since"] for d in exported["deadlines"]] == ["2026-05-30"]


def test_the_day_of_silence_stays_while_it_lasts_and_goes_when_the_value_is_named_again(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(budget="2500000")], now)
    for run in range(1, 5):
        store(session, [make_listing(deadlines=[], summary=f"nummer {run}")], now + run * DAY)
    assert dates(session) == [("closes", OCTOBER, "2026-05-30")]
    assert only_call(session).stale == {"budget": "2026-05-30"}
    store(session, [make_listing(budget="2500000")], now + 5 * DAY)
    assert dates(session) == [("closes", OCTOBER, None)]
    assert only_call(session).stale == {"summary": "2026-06-03"}
    marks = session.exec(select(Revision).where(Revision.field == "stale_since").order_by(col(Revision.id))).all()
    assert [(sorted(r.old), sorted(r.new), r.telling) for r in marks][:1] == [([], ["budget", "closes"], False)]
    assert session.exec(select(Revision).where(Revision.field == "closes")).all() == []


@pytest.mark.parametrize("named", [{"allocation": "rolling"}, {"deadlines": [{"kind": "until_exhausted"}]}])
def test_what_is_no_longer_said_to_be_closed_and_can_be_applied_for_all_along_is_open_again_and_told(
    session: Session, now: datetime, named: dict[str, Any]
) -> None:
    listing = {"deadlines": [], **named}
    store(session, [make_listing(**listing)], now)
    store(session, [make_listing(**listing, source_word="closed")], now + DAY)
    assert status_of(only_call(session), now + DAY) == Status.CLOSED
    for run in range(2, 6):
        store(session, [make_listing(**listing)], now + run * DAY)
        assert status_of(only_call(session), now + run * DAY) == Status.OPEN
    words = session.exec(select(Revision).where(Revision.field == "source_word").order_by(col(Revision.id))).all()
    told = [(word.old, word.new) for word in words if word.telling]
    assert told == [(None, "closed"), ("closed", None)]  # the way back once it stands still


def test_that_a_call_closes_early_is_told_where_its_source_said_no_word_before(session: Session, now: datetime) -> None:
    store(session, [make_listing()], now)
    result = store(session, [make_listing(deadlines=[], source_word="closed")], now + DAY)
    assert status_of(only_call(session), now + DAY) == Status.CLOSED
    assert len(result.telling) == 1


def test_what_is_merely_no_longer_said_to_be_closed_stays_closed(session: Session, now: datetime) -> None:
    store(session, [make_listing(deadlines=[])], now)
    store(session, [make_listing(deadlines=[], source_word="closed")], now + DAY)
    store(session, [make_listing(deadlines=[], summary="Over wind")], now + 2 * DAY)
    assert status_of(only_call(session), now + 2 * DAY) == Status.CLOSED
    assert only_call(session).stale == {"source_word": "2026-05-31"}
    store(session, [make_listing(deadlines=[], source_word="open")], now + 3 * DAY)
    assert status_of(only_call(session), now + 3 * DAY) == Status.OPEN


def test_a_call_closes_only_when_the_last_gate_ever_named_has_passed(session: Session, now: datetime) -> None:
    both = [closes("2026-05-20", kind="cut_off"), closes(OCTOBER, kind="cut_off")]
    store(session, [make_listing(deadlines=both)], now)
    for run, named in enumerate([both[:1], both[1:], both[:1]], 1):
        result = store(session, [make_listing(deadlines=named)], now + run * DAY)
        assert result.telling == ()
        assert status_of(only_call(session), now + run * DAY) == Status.OPEN
    assert dates(session) == [("cut_off", "2026-05-20", None), ("cut_off", OCTOBER, "2026-06-01")]


def test_a_word_that_is_no_longer_said_does_not_make_an_announced_call_open(session: Session, now: datetime) -> None:
    store(session, [make_listing(source_word="announced")], now)
    result = store(session, [make_listing()], now + DAY)
    assert (status_of(only_call(session), now + DAY), result.telling) == (Status.ANNOUNCED, ())


def test_who_no_longer_says_open_after_the_last_date_does_not_keep_the_call_open(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(source_word="open", deadlines=[closes("2026-05-31")])], now)
    store(session, [make_listing(deadlines=[closes("2026-05-31")])], now + 5 * DAY)
    assert status_of(only_call(session), now + 5 * DAY) == Status.CLOSED


@pytest.mark.parametrize(
    ("before", "said", "left"),
    [
        ([closes(OCTOBER)], [closes(NOVEMBER)], [("closes", NOVEMBER, False)]),
        ([closes(OCTOBER)], [closes(OCTOBER, kind="stage_1")], [("stage_1", OCTOBER, False)]),
        ([closes(OCTOBER)], [closes(NOVEMBER, kind="cut_off")], [("cut_off", NOVEMBER, False)]),
        ([closes(OCTOBER)], [{"kind": "rolling"}], [("rolling", "None", False)]),
        ([{"kind": "rolling"}], [closes(OCTOBER)], [("closes", OCTOBER, False)]),
        ([{"kind": "rolling"}], [], [("rolling", "None", True)]),
        (
            [closes(OCTOBER), closes(MARCH, kind="stage_2")], [closes(NOVEMBER)],
            [("closes", NOVEMBER, False), ("stage_2", MARCH, True)],
        ),
        (
            [closes(OCTOBER, kind="cut_off"), closes(MARCH, kind="cut_off")], [closes("2026-10-08", kind="cut_off")],
            [("cut_off", "2026-10-08", False), ("cut_off", MARCH, True)],
        ),
        (
            [closes("2026-05-01", kind="opens"), closes(OCTOBER)], [closes(OCTOBER)],
            [("opens", "2026-05-01", False), ("closes", OCTOBER, False)],
        ),
    ],
)  # fmt: skip
def test_another_date_replaces_one_that_is_no_longer_named_and_leaves_the_others(
    before: list[Any], said: list[Any], left: list[Any], now: datetime
) -> None:
    assert kept(now, before, said) == left


def test_a_reading_without_any_fact_does_not_turn_a_call_into_a_moment(now: datetime) -> None:
    known = SourceRecord("rvo", "1", make_listing().as_json())
    bare, full = (
        keep_facts(known, SourceRecord("rvo", "1", make_listing(nature="moment", **more).as_json()), now, now.date())
        for more in ({"deadlines": []}, {})
    )
    assert [merge_records([record]).fields["nature"] for record in (bare, full)] == ["call", "moment"]


def test_an_hour_that_is_no_longer_named_stays_and_another_hour_replaces_it(now: datetime) -> None:
    known = SourceRecord("rvo", "1", make_listing(deadlines=[closes(OCTOBER, "17:00")]).as_json())
    bare, other = (
        keep_facts(
            known, SourceRecord("rvo", "1", make_listing(deadlines=[closes(OCTOBER, hour)]).as_json()), now, now.date()
        )
        for hour in (None, "12:00")
    )
    assert merge_records([bare]).dates("closes") == [{"day": OCTOBER, "hour": "17:00"}]
    assert merge_records([bare]).silent == {"closes": "2026-05-29"}
    assert merge_records([other]).dates("closes") == [{"day": OCTOBER, "hour": "12:00"}]


@pytest.mark.parametrize("word", ["closed", "withdrawn", "converted"])
def test_the_word_that_it_is_over_takes_along_the_date_ahead_that_is_no_longer_named(word: str, now: datetime) -> None:
    passed = closes("2026-05-01", kind="cut_off")
    assert kept(now, [passed, closes(OCTOBER)], [], source_word=word) == [("cut_off", "2026-05-01", False)]


def test_the_word_open_replaces_an_opening_ahead(now: datetime) -> None:
    before = [closes(OCTOBER, kind="opens"), closes(MARCH)]
    assert kept(now, before, [closes(MARCH)], source_word="open") == [("closes", MARCH, False)]
    assert kept(now, before, [closes(MARCH)])[0] == ("opens", OCTOBER, True)


def test_what_one_source_still_names_goes_before_what_a_better_source_named_once(now: datetime) -> None:
    silent = keep_facts(
        SourceRecord("eu_portal", "1", make_listing(budget="100").as_json()),
        SourceRecord("eu_portal", "1", make_listing(deadlines=[]).as_json()), now, now.date(),
    )  # fmt: skip
    naming = SourceRecord("rvo", "2", make_listing(budget="200", deadlines=[closes(NOVEMBER)]).as_json())
    merged = merge_records([silent, naming])
    assert (merged.fields["budget"], merged.provenance["budget"], merged.stale) == ("200", "rvo", {})
    assert (merged.dates("closes"), merged.conflicts) == ([{"day": NOVEMBER}], {})


def test_a_correction_of_a_value_that_is_no_longer_named_takes_its_mark_away(now: datetime) -> None:
    silent = keep_facts(
        SourceRecord("rvo", "1", make_listing(budget="100").as_json()),
        SourceRecord("rvo", "1", make_listing(deadlines=[]).as_json()), now, now.date(),
    )  # fmt: skip
    merged = merge_records([silent], {"budget": "300", "closes": [{"day": NOVEMBER}]})
    assert (merged.fields["budget"], merged.silent, merged.dates("closes")) == ("300", {}, [{"day": NOVEMBER}])


def test_what_merely_passed_or_was_silent_before_is_not_lost(now: datetime) -> None:
    before = make_listing(budget="100", deadlines=[closes("2026-05-01"), closes(NOVEMBER, kind="stage_2")])
    said = SourceRecord("rvo", "1", make_listing(deadlines=[]).as_json())
    known = SourceRecord("rvo", "1", before.as_json())
    assert lost_fields(known, said, now) == {"budget", "stage_2"}
    assert lost_fields(keep_facts(known, said, now, now.date()), said, now) == set()


def test_a_call_that_lasts_while_there_is_money_is_open_and_a_day_of_opening_still_comes_first(
    session: Session, now: datetime
) -> None:
    lasting = {"kind": "until_exhausted", "text": "zolang er geld is"}
    store(session, [make_listing(deadlines=[lasting])], now)
    assert status_of(only_call(session), now) == Status.OPEN
    store(session, [make_listing(deadlines=[lasting, {"kind": "opens", "day": MARCH}])], now + DAY)
    assert status_of(only_call(session), now + DAY) == Status.ANNOUNCED
