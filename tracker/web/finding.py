"""Calls by filter, in an order, a page at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, or_
from sqlmodel import Session, col, func, select

from db.models import Challenge, Match, Opportunity, Sighting
from db.queries import OpportunityFilter
from db.status import status_expression
from db.vocabulary import Nature, Status

PER_PAGE = 50
# What counts as a match worth showing in somebody's list; the matcher's own digest threshold is stricter.
SHOWN_FROM = 0.3
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


def find(session: Session, wanted: OpportunityFilter, now: datetime, order: str = "closes", page: int = 1) -> Found:
    """The calls a filter means; a call without a closing date comes after those with one."""
    where = clauses(session, wanted, now)
    total = session.exec(select(func.count()).select_from(Opportunity).where(*where)).one()
    query = (
        select(Opportunity).where(*where).order_by(*ORDERS[order](now)).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    )
    return Found(list(session.exec(query)), total, page)


def _by_closing(now: datetime) -> list[Any]:
    closes = col(Opportunity.closes_at)
    return [or_(closes.is_(None), closes <= now), closes, col(Opportunity.id)]


def _by_newest(_now: datetime) -> list[Any]:
    return [col(Opportunity.first_seen).desc(), col(Opportunity.id)]


def _by_amount(_now: datetime) -> list[Any]:
    amount = func.coalesce(col(Opportunity.max_amount), col(Opportunity.budget))
    return [amount.is_(None), amount.desc(), col(Opportunity.id)]


ORDERS = {"closes": _by_closing, "new": _by_newest, "amount": _by_amount}


def clauses(session: Session, wanted: OpportunityFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The filter as WHERE clauses."""
    call = Opportunity
    found: list[ColumnElement[bool]] = [col(call.joined_into).is_(None), col(call.nature) == Nature.CALL]
    if wanted.challenges:
        found.append(col(call.id).in_(matched_to(below(session, wanted.challenges))))
    if wanted.status:
        found.append(status_expression(now).in_([s.value for s in wanted.status]))
    if wanted.eligible:
        found.append(col(call.eligible).in_([e.value for e in wanted.eligible]))
    if wanted.instruments:
        found.append(col(call.instrument).in_([i.value for i in wanted.instruments]))
    if wanted.languages:
        found.append(col(call.language).in_(wanted.languages))
    if wanted.sources:
        found.append(col(call.id).in_(select(Sighting.opportunity_id).where(col(Sighting.source).in_(wanted.sources))))
    if wanted.at_least is not None:
        found.append(func.coalesce(col(call.max_amount), col(call.budget)) >= wanted.at_least)
    if wanted.closes_before is not None:
        limit = datetime.combine(wanted.closes_before, now.timetz()) + timedelta(days=1)
        found.append(and_(col(call.closes_at).is_not(None), col(call.closes_at) <= limit))
    if wanted.closes_after is not None:
        found.append(col(call.closes_at) >= datetime.combine(wanted.closes_after, now.timetz()))
    return [*found, *_text_clauses(wanted.text)]


def _text_clauses(text: str) -> list[ColumnElement[bool]]:
    return [cast(col(Opportunity.search_text), String).contains(word, autoescape=True) for word in text.lower().split()]


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


def nothing() -> ColumnElement[bool]:
    """No call at all."""
    return false()
