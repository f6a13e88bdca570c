"""Calls by filter, in an order, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from db.models import Challenge, Match, Opportunity
from db.queries import OpportunityFilter, Viewer, calls_for
from db.status import status_expression
from db.vocabulary import Nature, Status
from tracker.matching import DIGEST_THRESHOLD

PER_PAGE = 30
SHOWN_FROM = DIGEST_THRESHOLD  # pages show as a match what a digest would tell
STANDING = (Status.EXPECTED, Status.ANNOUNCED, Status.OPEN)


@dataclass(frozen=True)
class Found:
    """One page of calls and how many there are in all."""

    calls: list[Opportunity]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


def find(
    session: Session, wanted: OpportunityFilter, viewer: Viewer, now: datetime, order: str = "closes", page: int = 1
) -> Found:
    """The calls a filter means; what has closed, or has no date, comes after what still closes."""
    deeper = wanted.model_copy(update={"challenges": below(session, wanted.challenges)})
    query = calls_for(deeper, viewer, now, SHOWN_FROM).where(col(Opportunity.nature) == Nature.CALL).order_by(None)
    ordered = query.order_by(*ORDERS[order](now)).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    # The count rides along: asked apart it would look for everything twice.
    rows = session.connection().execute(ordered.with_only_columns(col(Opportunity.id), func.count().over())).all()
    total = rows[0][1] if rows else (_count(session, query) if page > 1 else 0)
    calls = {c.id: c for c in session.exec(select(Opportunity).where(col(Opportunity.id).in_([r[0] for r in rows])))}
    return Found([calls[row[0]] for row in rows], total, page)


def _count(session: Session, query: Any) -> int:
    return session.exec(select(func.count()).select_from(query.subquery())).one()


def _by_closing(now: datetime) -> list[Any]:
    closes = col(Opportunity.closes_at)
    return [or_(closes.is_(None), closes <= now), closes, col(Opportunity.id)]


def _by_newest(_now: datetime) -> list[Any]:
    return [col(Opportunity.first_seen).desc(), col(Opportunity.id)]


def _by_amount(_now: datetime) -> list[Any]:
    amount = func.coalesce(col(Opportunity.max_amount), col(Opportunity.budget))
    return [amount.is_(None), amount.desc(), col(Opportunity.id)]


ORDERS = {"closes": _by_closing, "new": _by_newest, "amount": _by_amount}


def matched_to(challenges: tuple[str, ...], score: float = SHOWN_FROM) -> Any:
    """The ids of calls that match one of these opgaven well enough."""
    return select(Match.opportunity_id).where(col(Match.challenge_id).in_(challenges), col(Match.score) >= score)


def below(session: Session, challenges: tuple[str, ...]) -> tuple[str, ...]:
    """The opgaven and everything under them in the tree: an opdracht means all its lines."""
    found, layer = set(challenges), set(challenges)
    while layer:
        layer = set(session.exec(select(Challenge.id).where(col(Challenge.parent_id).in_(layer)))) - found
        found |= layer
    return tuple(sorted(found))


def standing(now: datetime) -> ColumnElement[bool]:
    """Calls one can still do something with."""
    call = Opportunity
    return and_(
        status_expression(now).in_([s.value for s in STANDING]),
        col(call.joined_into).is_(None),
        col(call.nature) == Nature.CALL,
    )
