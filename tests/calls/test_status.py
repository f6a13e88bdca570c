"""One rule for where a call stands, the same as a function and in SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session, col, select

from db.models import Call
from db.status import status_expression, status_of
from db.vocabulary import Status

DAY = timedelta(days=1)


@dataclass
class Request:
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    source_word: str | None = None
    allocation: str | None = None
    not_listed_since: datetime | None = None


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


def test_a_call_closes_at_the_very_moment(now: datetime) -> None:
    assert status_of(Request(closes_at=now), now) == Status.CLOSED
    assert status_of(Request(closes_at=now + timedelta(seconds=1)), now) == Status.OPEN


def test_the_rule_in_sql_is_the_rule_in_python(session: Session, now: datetime) -> None:
    moments = (None, now - DAY, now, now + DAY)
    words = (None, *(s.value for s in Status if s not in (Status.NOT_LISTED,)))
    for opens, closes, word, rolling, gone in product(moments, moments, words, (None, "rolling"), (None, now)):
        call = Request(opens, closes, word, rolling, gone)
        usual = {"title": "T", "language": "nl", "url": "https://e.nl", "first_seen": now, "last_seen": now}
        session.add(Call(**usual, **vars(call)))
    session.flush()
    rows = session.exec(select(Call, status_expression(now)).order_by(col(Call.id))).all()
    assert len(rows) == 448
    assert [said for _, said in rows] == [status_of(call, now) for call, _ in rows]
