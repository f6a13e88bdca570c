"""Where a call stands: one rule, as a function of values and as an SQL expression, so that filters and labels agree."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, case, literal, or_
from sqlmodel import col

from db.models.calls import Call
from db.vocabulary import Allocation, Nature, Status

FINAL_WORDS = (Status.WITHDRAWN, Status.CONVERTED)
OVER = (Status.CLOSED, *FINAL_WORDS)  # as a status: nothing can be handed in; as a source's word: it ended it
STANDING_WORDS = (Status.EXPECTED, Status.ANNOUNCED, Status.OPEN)

# Not "= call": that would send SQLite through the index of all calls, a hundred thousand, for the few that were found.
IS_CALL = col(Call.nature) != Nature.MOMENT


class Dated(Protocol):
    """What the status follows from; an Call, or a row with these columns. Moments are aware, in UTC."""

    opens_at: Any
    closes_at: Any
    source_word: Any
    allocation: Any
    not_listed_since: Any


def status_of(call: Dated, now: datetime) -> Status:
    """Dates rule over the source's label, which lags by up to a month; only its word can withdraw or close early."""
    if call.source_word in FINAL_WORDS:
        return Status(call.source_word)
    if call.source_word == Status.CLOSED or _passed(call.closes_at, now):
        return Status.CLOSED
    if call.not_listed_since is not None:
        return Status.NOT_LISTED
    if call.opens_at is not None:
        return _by_opening(call, now)
    return _without_opening(call)


def _passed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _by_opening(call: Dated, now: datetime) -> Status:
    if _passed(call.opens_at, now):
        return Status.OPEN
    return Status.EXPECTED if call.source_word == Status.EXPECTED else Status.ANNOUNCED


def _without_opening(call: Dated) -> Status:
    if call.source_word in STANDING_WORDS:
        return Status(call.source_word)
    known = call.closes_at is not None or call.allocation == Allocation.ROLLING
    return Status.OPEN if known else Status.ANNOUNCED


def status_expression(now: datetime) -> ColumnElement[str]:
    """The same rule in SQL, over the columns of Call."""
    call = Call
    word, opens, closes = col(call.source_word), col(call.opens_at), col(call.closes_at)
    return case(
        (word.in_([str(w) for w in FINAL_WORDS]), word),
        (or_(word == Status.CLOSED, closes <= now), literal(str(Status.CLOSED))),
        (col(call.not_listed_since).is_not(None), literal(str(Status.NOT_LISTED))),
        (opens <= now, literal(str(Status.OPEN))),
        (and_(opens > now, word == Status.EXPECTED), literal(str(Status.EXPECTED))),
        (opens > now, literal(str(Status.ANNOUNCED))),
        (word.in_([str(w) for w in STANDING_WORDS]), word),
        (or_(closes.is_not(None), col(call.allocation) == Allocation.ROLLING), literal(str(Status.OPEN))),
        else_=literal(str(Status.ANNOUNCED)),
    )


def standing(now: datetime) -> ColumnElement[bool]:
    """Calls one can still do something with."""
    call = Call
    return and_(
        or_(col(call.closes_at).is_(None), col(call.closes_at) > now),  # says nothing new, but an index knows it
        status_expression(now).in_([word.value for word in STANDING_WORDS]),
        col(call.joined_into).is_(None),
        IS_CALL,
    )
