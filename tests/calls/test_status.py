"""One rule for where a call stands, the same as a function and in SQL."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session, col, insert, select

from db.models import Call, Deadline
from db.status import (
    NOW,
    PAST_YET_OPEN,
    SHUT,
    STANDING_WORDS,
    is_untold,
    moments_of,
    next_gate,
    next_gate_expression,
    open_while_standing,
    remark_expression,
    remark_of,
    standing,
    status_expression,
    status_of,
)
from db.vocabulary import Status

DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Request:
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    source_word: str | None = None
    allocation: str | None = None
    not_listed_since: datetime | None = None
    ends_at: datetime | None = None
    last_seen: datetime = LONG_AGO
    stale: dict[str, str] = field(default_factory=dict)
    until_exhausted: bool = False


@pytest.mark.parametrize(
    ("opens", "closes", "word", "unlisted", "status"),
    [
        (-1, 1, "open", False, Status.OPEN),
        (-1, 1, "announced", False, Status.OPEN),  # the label lags
        (-1, -1, "open", False, Status.CLOSED),  # the label rots
        (1, 2, "open", False, Status.ANNOUNCED),
        (1, 2, "expected", False, Status.EXPECTED),
        (1, 2, None, True, Status.NOT_LISTED),
        (-2, -1, None, True, Status.CLOSED),  # its date passed: that is closed, not gone
        (-1, 1, "closed", False, Status.CLOSED),
        (-1, 1, "withdrawn", False, Status.WITHDRAWN),
        (-2, -1, "withdrawn", False, Status.WITHDRAWN),
        (-1, None, "converted", False, Status.CONVERTED),
        (None, 1, None, False, Status.OPEN),
        (None, None, None, False, Status.ANNOUNCED),
        (None, None, "expected", False, Status.EXPECTED),
        (None, 1, "announced", False, Status.ANNOUNCED),
    ],
)
def test_a_call_stands(
    now: datetime, opens: int | None, closes: int | None, word: str | None, unlisted: bool, status: Status
) -> None:
    def on(days: int | None) -> datetime | None:
        return None if days is None else now + days * DAY

    call = Request(on(opens), on(closes), word, None, now if unlisted else None)
    assert status_of(call, now) == status


@pytest.mark.parametrize(
    ("opens", "word", "status"),
    [
        (None, None, Status.OPEN),
        (None, "announced", Status.ANNOUNCED),
        (None, "expected", Status.EXPECTED),
        (None, "closed", Status.CLOSED),
        (1, None, Status.ANNOUNCED),
    ],
)
def test_what_lasts_while_there_is_money_is_open_where_nobody_says_that_it_is_only_announced(
    now: datetime, opens: int | None, word: str | None, status: Status
) -> None:
    call = Request(now + opens * DAY if opens else None, source_word=word, until_exhausted=True)
    assert status_of(call, now) == status


def test_a_call_of_which_nothing_tells_how_it_stands_is_known_as_such(now: datetime) -> None:
    assert is_untold(Request(), now)
    told = Request(source_word="announced"), Request(opens_at=now + DAY), Request(closes_at=now + DAY)
    lasting = Request(until_exhausted=True), Request(allocation="rolling"), Request(not_listed_since=now)
    assert not any(is_untold(call, now) for call in (*told, *lasting))


def test_a_call_closes_at_the_very_moment(now: datetime) -> None:
    assert status_of(Request(closes_at=now), now) == Status.CLOSED
    assert status_of(Request(closes_at=now + timedelta(seconds=1)), now) == Status.OPEN


def test_the_rule_in_sql_is_the_rule_in_python(session: Session, now: datetime) -> None:
    moments = (None, now - 3000 * DAY, now - DAY, now, now + DAY)
    words = (None, *(s.value for s in Status if s not in (Status.NOT_LISTED,)))
    seen = (now - DAY, now, now - 9 * DAY)
    gone_or_not, kinds = (None, now), ((None, False), ("rolling", False), (None, True))
    calls = [
        Request(opens, closes, word, allocation, gone, ends, last_seen, stale, lasting)
        for opens, closes, word, (allocation, lasting), gone in product(moments, moments, words, kinds, gone_or_not)
        for ends, last_seen, stale in product((closes, now + 2 * DAY), seen, ({}, {"source_word": "2026-05-01"}))
    ]
    same = {"title": "T", "language": "nl", "url": "https://e.nl", "first_seen": now}
    rows = [{"id": number, **same, **vars(call)} for number, call in enumerate(calls, 1)]
    session.execute(insert(Call), rows)  # as rows, not as objects: that takes a minute
    said = session.exec(select(status_expression(now)).order_by(col(Call.id))).all()
    remarks = session.exec(select(remark_expression(now)).order_by(col(Call.id))).all()
    assert len(said) == 5 * 5 * 7 * 3 * 2 * 12
    assert Status.OPEN in {
        word for call, word in zip(calls, said, strict=True) if call.closes_at and call.closes_at <= now
    }
    assert said == [status_of(call, now) for call in calls]
    assert set(remarks) == {SHUT, PAST_YET_OPEN, ""}
    assert remarks == [remark_of(call, now) for call in calls]
    stands = set(session.exec(select(Call.id).where(standing(now))).all())
    still = (call.closes_at is None or call.closes_at > now for call in calls)
    assert stands == {
        number
        for number, (word, comes) in enumerate(zip(said, still, strict=True), 1)
        if word in STANDING_WORDS and comes
    }
    is_open = select(Call.id).where(standing(NOW), open_while_standing(NOW))
    assert set(session.exec(is_open, params={"now": now})) == {i for i in stands if said[i - 1] == Status.OPEN}
    made_once = select(status_expression(NOW)).order_by(col(Call.id))
    assert session.exec(made_once, params=moments_of(now)).all() == said


def test_a_source_that_still_says_open_after_the_last_date_is_shown_as_open_for_a_person_to_look_at(
    now: datetime,
) -> None:
    call = Request(closes_at=now - 3 * DAY, ends_at=now - 3 * DAY, source_word="open", last_seen=now)
    assert (status_of(call, now), remark_of(call, now)) == (Status.OPEN, PAST_YET_OPEN)
    call.last_seen = now - 4 * DAY  # it has not been asked since the date passed
    assert (status_of(call, now), remark_of(call, now)) == (Status.CLOSED, "")
    call.last_seen = now
    assert status_of(call, now + 8 * DAY) == Status.CLOSED  # it fell silent: it does not "still" say so


@pytest.mark.parametrize(("years", "status"), [(1, Status.OPEN), (5, Status.OPEN), (8, Status.CLOSED)])
def test_a_label_that_says_open_years_after_the_date_is_believed_for_a_programming_period(
    years: int, status: Status, now: datetime
) -> None:
    passed = now - years * 365 * DAY
    assert status_of(Request(closes_at=passed, ends_at=passed, source_word="open", last_seen=now), now) == status


def test_a_call_whose_way_in_is_shut_is_closed_and_says_for_whom(now: datetime) -> None:
    call = Request(closes_at=now - DAY, ends_at=now + 90 * DAY, source_word="open", last_seen=now)
    assert (status_of(call, now), remark_of(call, now)) == (Status.CLOSED, SHUT)
    assert remark_of(call, now - 2 * DAY) == ""
    assert remark_of(Request(closes_at=now - DAY, ends_at=now + DAY, source_word="withdrawn"), now) == ""


def test_what_closes_in_sql_is_what_closes_in_python(session: Session, now: datetime) -> None:
    days = (-2, -1, 1, 2)
    for size in range(4):
        for gates in product(days, repeat=size):
            moments = [now + n * DAY for n in gates]
            limits = {"first_gate_at": min(moments, default=None), "closes_at": max(moments, default=None)}
            call = Call(title="T", language="nl", url="https://e.nl", first_seen=now, last_seen=now, **limits)
            session.add(call)
            session.flush()
            for moment in moments:
                session.add(Deadline(call_id=call.id, kind="cut_off", modified_at=now, gate_at=moment))
            session.add(
                Deadline(call_id=call.id, kind="cut_off", modified_at=now, gate_at=now + DAY / 2, cancelled_at=now)
            )
    session.flush()
    rows = session.exec(select(Call.id, next_gate_expression(now))).all()
    assert len(rows) == 1 + 4 + 16 + 64
    for call_id, gate in rows:
        standing = select(Deadline.gate_at).where(Deadline.call_id == call_id, col(Deadline.cancelled_at).is_(None))
        assert gate == next_gate(session.exec(standing), now)
