"""Where a call stands and what closes: one rule each, as a function of values and in SQL, so that all places agree.

A *gate* is a moment by which a newcomer, who has done nothing yet, can come in (tracker/calls/gates.py finds them).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, literal, null, or_, select
from sqlmodel import col

from db.models.calls import Call, Deadline
from db.models.columns import table
from db.vocabulary import Allocation, Nature, Status

FINAL_WORDS = (Status.WITHDRAWN, Status.CONVERTED)
OVER = (Status.CLOSED, *FINAL_WORDS)  # as a status: nothing can be handed in; as a source's word: it ended it
STANDING_WORDS = (Status.EXPECTED, Status.ANNOUNCED, Status.OPEN)
STILL = timedelta(days=7)  # what a source said longer ago, it does not "still" say
# What passed before that is over, whatever a forgotten page says. Seven years is a programming period of the EU, whose
# portal lists calls that can be applied for all along as open beside the date of their first year (9 in March 2026).
LONGEST_AGO = timedelta(days=7 * 366)
KEPT = 64  # expressions of some moments; each is asked for ten times on a page, and takes a fraction of a millisecond
SHUT = "gesloten voor wie niet instapte"
UNTOLD = "niet bekend of men al kan aanvragen"
PAST_YET_OPEN = "open volgens de bron, datum voorbij: kijk na"

Instant = datetime | BindParameter[datetime]


def instant(name: str) -> BindParameter[datetime]:
    """The place of a moment in a statement that is made once and asked for many."""
    return bindparam(name, type_=table(Call).c.closes_at.type)


NOW, LATELY = instant("now"), instant("lately")


def moments_of(now: datetime) -> dict[str, datetime]:
    """What stands in the places of NOW, and of the moments that follow from it, in such a statement."""
    return {"now": now, "still": now - STILL, "longest_ago": now - LONGEST_AGO}


def _still(now: Instant) -> Instant:
    return now - STILL if isinstance(now, datetime) else instant("still")


def _longest_ago(now: Instant) -> Instant:
    return now - LONGEST_AGO if isinstance(now, datetime) else instant("longest_ago")


# Not "= call": that would send SQLite through the index of all calls, a hundred thousand, for the few that were found.
IS_CALL = col(Call.nature) != Nature.MOMENT


class Dated(Protocol):
    """What the status follows from; an Call, or a row with these columns. Moments are aware, in UTC."""

    opens_at: Any
    closes_at: Any
    ends_at: Any
    last_seen: Any
    source_word: Any
    allocation: Any
    until_exhausted: Any
    not_listed_since: Any
    stale: Any


def status_of(call: Dated, now: datetime) -> Status:
    """Dates rule over the source's label, which lags by up to a month; only its word can withdraw or close early.

    One exception: what is listed as open after its last date is shown as open, for a person to look at.
    """
    if call.source_word in FINAL_WORDS:
        return Status(call.source_word)
    if is_past_yet_open(call, now):
        return Status.OPEN
    if call.source_word == Status.CLOSED or _passed(call.closes_at, now):
        return Status.CLOSED
    if call.not_listed_since is not None:
        return Status.NOT_LISTED
    if call.opens_at is not None:
        return _by_opening(call, now)
    return _without_opening(call)


def is_untold(call: Dated, now: datetime) -> bool:
    """Announced only since nothing says otherwise: neither the source's word nor a date tells how it stands."""
    silent = call.source_word is None and call.opens_at is None  # first: a status takes longer
    return silent and status_of(call, now) is Status.ANNOUNCED


def is_past_yet_open(call: Dated, now: datetime) -> bool:
    """Every date has passed, and its source, asked since and not long ago, still says that it is open."""
    return (
        call.source_word == Status.OPEN
        and call.not_listed_since is None
        and _passed(call.closes_at, now)
        and call.closes_at > now - LONGEST_AGO
        and call.last_seen > max(call.closes_at, call.ends_at or call.closes_at)
        and call.last_seen > now - STILL
        and "source_word" not in call.stale
    )


def is_shut_for_newcomers(call: Dated, now: datetime) -> bool:
    """The last gate has passed while who came in before can still hand in something."""
    over = call.source_word in OVER
    return not over and _passed(call.closes_at, now) and call.ends_at is not None and call.ends_at > now


def remark_of(call: Dated, now: datetime) -> str:
    """What must stand beside the status, in Dutch; mostly nothing."""
    if is_shut_for_newcomers(call, now):
        return SHUT
    return PAST_YET_OPEN if is_past_yet_open(call, now) else ""


def next_gate(gates: Iterable[datetime | None], now: datetime) -> datetime | None:
    """What closes: the first gate that has not passed; none where all have, or where there is none."""
    return min((gate for gate in gates if gate is not None and gate > now), default=None)


@lru_cache(maxsize=KEPT)
def next_gate_expression(now: Instant) -> ColumnElement[datetime | None]:
    """The same rule in SQL. Few calls are between two gates: only for those the dates are looked at."""
    first, last = func.coalesce(col(Call.first_gate_at), col(Call.closes_at)), col(Call.closes_at)
    between = select(func.min(Deadline.gate_at)).where(
        col(Deadline.call_id) == col(Call.id), col(Deadline.cancelled_at).is_(None), col(Deadline.gate_at) > now
    )
    return case(
        (last <= now, null()),
        (first.is_(None), null()),
        (first > now, first),
        else_=between.correlate(Call).scalar_subquery(),
    )


def _passed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _by_opening(call: Dated, now: datetime) -> Status:
    if _passed(call.opens_at, now):
        return Status.OPEN
    return Status.EXPECTED if call.source_word == Status.EXPECTED else Status.ANNOUNCED


def _without_opening(call: Dated) -> Status:
    if call.source_word in STANDING_WORDS:
        return Status(call.source_word)
    known = call.closes_at is not None or call.allocation == Allocation.ROLLING or call.until_exhausted
    return Status.OPEN if known else Status.ANNOUNCED


@lru_cache(maxsize=KEPT)
def status_expression(now: Instant) -> ColumnElement[str]:
    """The same rule in SQL, over the columns of Call."""
    call = Call
    word, opens, closes = col(call.source_word), col(call.opens_at), col(call.closes_at)
    return case(
        (word.in_([str(w) for w in FINAL_WORDS]), word),
        (past_yet_open_expression(now), literal(str(Status.OPEN))),
        (or_(word == Status.CLOSED, closes <= now), literal(str(Status.CLOSED))),
        (col(call.not_listed_since).is_not(None), literal(str(Status.NOT_LISTED))),
        (opens <= now, literal(str(Status.OPEN))),
        (and_(opens > now, word == Status.EXPECTED), literal(str(Status.EXPECTED))),
        (opens > now, literal(str(Status.ANNOUNCED))),
        (word.in_([str(w) for w in STANDING_WORDS]), word),
        (or_(closes.is_not(None), _without_end()), literal(str(Status.OPEN))),
        else_=literal(str(Status.ANNOUNCED)),
    )


def _without_end() -> ColumnElement[bool]:
    """One applies all along, or while there is money."""
    return or_(col(Call.allocation) == Allocation.ROLLING, col(Call.until_exhausted))


def not_closed(now: Instant) -> ColumnElement[bool]:
    """That the last date of a call is not past, or not known: what an index finds before any status is worked out."""
    return or_(col(Call.closes_at).is_(None), col(Call.closes_at) > now)


def past_yet_open_expression(now: Instant) -> ColumnElement[bool]:
    """``is_past_yet_open`` in SQL."""
    closes, ends, seen = col(Call.closes_at), col(Call.ends_at), col(Call.last_seen)
    return and_(
        col(Call.source_word) == Status.OPEN,
        closes <= now,
        closes > _longest_ago(now),
        col(Call.not_listed_since).is_(None),
        seen > closes,
        or_(ends.is_(None), seen > ends),
        seen > _still(now),
        table(Call).c.stale["source_word"].as_string().is_(None),
    )


@lru_cache(maxsize=KEPT)
def remark_expression(now: datetime) -> ColumnElement[str]:
    """``remark_of`` in SQL."""
    word, closes, ends = col(Call.source_word), col(Call.closes_at), col(Call.ends_at)
    not_over = or_(word.is_(None), word.not_in([str(over) for over in OVER]))
    shut = and_(not_over, closes <= now, ends > now)
    return case((shut, literal(SHUT)), (past_yet_open_expression(now), literal(PAST_YET_OPEN)), else_=literal(""))


@lru_cache(maxsize=KEPT)
def standing(now: Instant) -> ColumnElement[bool]:
    """Calls one can still do something with; not what is said to be open after its last date.

    Their status is expected, announced or open, and their last date is not past: asked of four columns in SQL, since
    to work out each status first takes three times as long over thousands.
    """
    word = col(Call.source_word)
    return and_(
        not_closed(now),
        or_(word.is_(None), and_(*(word != over for over in OVER))),
        col(Call.not_listed_since).is_(None),
        col(Call.joined_into).is_(None),
        IS_CALL,
    )


def open_while_standing(now: Instant) -> ColumnElement[bool]:
    """Whether a call's status is open, of calls of which is known that they stand: most of the rule is then said."""
    word, opens = col(Call.source_word), col(Call.opens_at)
    known = and_(word.is_(None), or_(col(Call.closes_at).is_not(None), _without_end()))
    return or_(opens <= now, and_(opens.is_(None), or_(word == Status.OPEN, known)))
