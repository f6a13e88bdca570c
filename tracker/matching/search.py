"""Calls by filter, in an order, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from db.models import Call, Match
from db.queries import CallFilter, calls_for
from db.status import IS_CALL, next_gate_expression
from tracker.challenges.agenda import below
from tracker.matching import DIGEST_THRESHOLD

PER_PAGE = 30
LONG: Any = Call.search_text
SHOWN_FROM = DIGEST_THRESHOLD  # pages show as a match what a digest would tell


@dataclass(frozen=True)
class FoundCalls:
    """One page of calls and how many there are in all."""

    calls: list[Call]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


def find(
    session: Session,
    wanted: CallFilter,
    now: datetime,
    order: str = "closes",
    page: int = 1,
    most: int = PER_PAGE,
) -> FoundCalls:
    """The calls a filter means; what has closed, or has no date, comes after what still closes."""
    deeper = wanted.model_copy(update={"challenges": below(session, wanted.challenges)})
    query = calls_for(deeper, now, SHOWN_FROM).where(IS_CALL).order_by(None)
    ordered = query.order_by(*ORDERS[order](now)).limit(most).offset((page - 1) * most)
    ids, total = _with_total(session, query, ordered, narrow=wanted != CallFilter())
    return FoundCalls(by_ids(session, ids), total, page)


def _with_total(session: Session, query: Any, ordered: Any, narrow: bool) -> tuple[list[int], int]:
    """Ids and total. A filter's count rides along, or it would look for everything twice; all there is is counted
    apart, because riding along carries every row through the sort."""
    run = session.connection().execute
    count = query.with_only_columns(func.count())
    if not narrow:
        return list(run(ordered.with_only_columns(col(Call.id))).scalars()), run(count).scalar_one()
    rows = run(ordered.with_only_columns(col(Call.id), func.count().over())).all()
    return [row[0] for row in rows], rows[0][1] if rows else run(count).scalar_one()


def by_ids(session: Session, ids: Sequence[int]) -> list[Call]:
    """The calls in this order, without the long text that only search reads."""
    query = select(Call).where(col(Call.id).in_(ids))
    calls = {c.id: c for c in session.exec(query.options(defer(LONG)))}
    return [calls[i] for i in ids if i in calls]


def _by_closing(now: datetime) -> list[Any]:
    closes = col(Call.closes_at)
    undated = func.coalesce(closes, col(Call.first_gate_at)).is_(None)
    return [or_(undated, closes <= now), next_gate_expression(now), closes, col(Call.id)]


def _by_newest(_now: datetime) -> list[Any]:
    return [col(Call.first_seen).desc(), col(Call.id)]


def _by_amount(_now: datetime) -> list[Any]:
    amount = func.coalesce(col(Call.max_amount), col(Call.budget))
    return [amount.is_(None), amount.desc(), col(Call.id)]


ORDERS = {"closes": _by_closing, "new": _by_newest, "amount": _by_amount}


def matched(call_id: Any, challenges: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a call matches one of these opgaven, or any; asked per call, since few of all matches are of now."""
    met = select(Match.id).where(col(Match.call_id) == call_id, col(Match.score) >= SHOWN_FROM)
    return exists(met.where(col(Match.challenge_id).in_(challenges)) if challenges else met)
