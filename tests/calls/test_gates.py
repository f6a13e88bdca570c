"""Which dates of a call let a newcomer in, and when the last of them has passed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from db.models import Call, Deadline
from db.queries import CallFilter, Viewer, calls_for
from db.status import SHUT, remark_of
from scrapers.listing import ListedDeadline
from tests.make.crawls import closes, make_listing, store
from tracker.calendar.deadline_days import deadline_days, deadline_entries
from tracker.calendar.events import deadline_events, deadline_lines
from tracker.calls.gates import gates_of
from tracker.clock import Now
from tracker.matching.search import find
from tracker.web.calls.rows import next_date

pytestmark = pytest.mark.one_database  # rules on plain rows


def day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC) if text else None


def date(kind: str, on: str, **more: Any) -> ListedDeadline:
    return ListedDeadline.model_validate({"kind": kind, "day": on, "hour": "14:00", **more})  # 12:00 UTC in summer


@pytest.mark.parametrize(
    ("dates", "first", "last", "end"),
    [
        ([date("closes", "2026-06-01")], "2026-06-01", "2026-06-01", "2026-06-01"),
        # a second stage is for who passed the first
        ([date("stage_1", "2026-06-01"), date("stage_2", "2026-09-01")], "2026-06-01", "2026-06-01", "2026-09-01"),
        ([date("stage_2", "2026-09-01")], "2026-09-01", "2026-09-01", "2026-09-01"),
        # a step that is not said to be obligatory leaves the closing open
        ([date("pre_registration", "2026-06-01"), date("closes", "2026-09-01")], "2026-06-01", "2026-09-01", "2026-09-01"),
        (
            [date("pre_registration", "2026-06-01", obligatory=True), date("closes", "2026-09-01")],
            "2026-06-01", "2026-06-01", "2026-09-01",
        ),
        # a later round has a step of its own
        (
            [
                date("stage_1", "2026-05-01", obligatory=True), date("closes", "2026-06-01"),
                date("stage_1", "2026-07-01", obligatory=True), date("closes", "2026-09-01"),
            ],
            "2026-05-01", "2026-07-01", "2026-09-01",
        ),
        ([date("cut_off", "2026-05-01"), date("cut_off", "2026-09-01")], "2026-05-01", "2026-09-01", "2026-09-01"),
        # the source's own word on a date goes before its kind
        ([date("closes", "2026-06-01", door=False), date("cut_off", "2026-05-01")], "2026-05-01", "2026-05-01", "2026-06-01"),
        # while no closing is known, a step that may be skipped closes nothing
        ([date("pre_registration", "2026-06-01")], "2026-06-01", None, None),
        ([date("opens", "2026-06-01"), date("reporting", "2027-06-01")], None, None, None),
    ],
)  # fmt: skip
def test_gates(dates: list[ListedDeadline], first: str | None, last: str | None, end: str | None) -> None:
    found = gates_of(dates)
    assert (found.first_at, found.last_at, found.ends_at) == (day(first), day(last), day(end))


TWO_STAGES = (closes("2026-06-15", "17:00", "stage_1"), closes("2026-12-01", "17:00", "stage_2"))


def test_filter_order_and_row_of_a_two_stage_call_use_its_first_stage(session: Session, now: datetime) -> None:
    later = make_listing(2, deadlines=(closes("2026-10-25", "17:00"),))
    store(session, [make_listing(1, deadlines=TWO_STAGES), later], now)
    two = session.exec(select(Call).where(Call.title == "Regeling 1")).one()
    before = CallFilter.model_validate({"closes_before": "2026-06-30"})
    assert session.exec(calls_for(before, now)).all() == [two]
    assert find(session, CallFilter(), now).calls[0] == two
    assert session.exec(calls_for(CallFilter(), now)).first() == two


def test_after_the_first_stage_the_call_is_closed_for_who_did_not_enter_and_says_so(
    session: Session, now: datetime
) -> None:
    store(session, [make_listing(1, deadlines=TWO_STAGES, source_word="open")], now)
    call, dates = session.exec(select(Call)).one(), session.exec(select(Deadline)).all()
    assert next_date(dates, now, remark_of(call, now)).left == "nog 17 dagen"
    later = datetime(2026, 7, 1, tzinfo=UTC)
    said = next_date(dates, later, remark_of(call, later))
    assert (said.kind, said.text, said.left, said.soon) == ("fase 1", "15 jun 2026", SHUT, False)


def test_a_date_far_ahead_stands_for_no_end_and_leaves_a_remark(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, deadlines=(closes("2100-01-01"),))], now)
    call = session.exec(select(Call)).one()
    assert (call.closes_at, session.exec(select(Deadline)).all()) == (None, [])
    assert call.review == ["Geen einddatum: de bron noemt 1 jan 2100 (sluit)."]


def test_an_opening_after_the_closing_leaves_a_remark_until_the_dates_agree(session: Session, now: datetime) -> None:
    contradicting = (closes("2026-06-01", kind="opens"), closes("2026-03-15"))
    store(session, [make_listing(1, deadlines=contradicting)], now)
    assert session.exec(select(Call.review)).one() == ["De opening (1 jun 2026) ligt na de sluiting (15 mrt 2026)."]
    store(session, [make_listing(1, deadlines=(closes("2026-06-01", kind="opens"), closes("2026-09-15")))], now)
    assert session.exec(select(Call.review)).one() == []


def test_a_sentence_that_it_is_over_closes_the_call_although_another_source_says_open(
    session: Session, now: datetime
) -> None:
    proof = {"source_word": {"sentence": "Het subsidieplafond is bereikt.", "certainty": 0.99}}
    over = make_listing("a", source_word="closed", proof=proof, references=("stcrt-2026-1",))
    store(session, [make_listing("b", source_word="open", references=("stcrt-2026-1",))], now, source="rvo")
    store(session, [over.model_copy(update={"source": "zonmw"})], now, source="zonmw")
    call = session.exec(select(Call)).one()
    assert (call.source_word, call.provenance["source_word"]) == ("closed", "zonmw")
    assert call.proof["source_word"]["sentence"] == "Het subsidieplafond is bereikt."


def test_calendar_and_feed_say_of_a_later_date_that_it_is_for_who_came_in(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, deadlines=TWO_STAGES), make_listing(2)], now)
    days = deadline_days(session, Now(now), now.date(), now.date().replace(year=2099), [])
    entries = {(entry.title, entry.what): entry.note for entry in deadline_entries(session, Viewer(), Now(now), days)}
    assert entries == {
        ("Regeling 1", "fase 1"): "",
        ("Regeling 1", "fase 2"): "voor wie al instapte",
        ("Regeling 2", "sluit"): "",
    }
    events = deadline_events(deadline_lines(session, now), "https://k.nl", now)
    assert [event.summary for event in events if event is not None] == [
        "Fase 1: Regeling 1",
        "Sluit: Regeling 2",
        "Fase 2 (voor wie al instapte): Regeling 1",
    ]
