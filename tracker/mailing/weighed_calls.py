"""The calls that one reader's mail could name, by what they are weighed by alone; what is for others is only counted.

Half of the open calls are for others than public bodies. A mail says how many, so that their number is all that is read
of them, unless it could say more: where this reader knows them, moved them, or may take them for another call.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, not_, or_, select

from db.models import Call, Leaning, Match
from db.queries import calls_for, said_to_be_ours
from db.status import standing
from db.vocabulary import Eligibility
from notifications.catalogue import Catalogue, Opgave, read_opgaven, read_weighed, remembered, with_children
from notifications.digest import SubscriptionQuery
from notifications.news import Memory
from tracker.calls.duplicate_pairs import Alike
from tracker.mailing.leanings import for_reader

FOR_OTHERS = Call.eligible == Eligibility.NO
ELSEWHERE: dict[str, object] = {"challenges": (), "text": "", "programmes": ()}  # of a filter, what is asked apart


@dataclass(frozen=True)
class Reader:
    """What somebody was told and follows, and how their own words move a score."""

    memory: Memory
    leanings: Sequence[Leaning] = ()

    @property
    def follows(self) -> set[int]:
        """Read whatever they match."""
        return {*self.memory.follows, *(leaning.call_id for leaning in self.leanings)}

    @property
    def known(self) -> set[int]:
        """The calls of which a mail may say something else than of one that is new to everybody."""
        return self.follows | self.memory.versions.keys() | {call for call, _ in self.memory.refused}


@dataclass(frozen=True)
class Weighed:
    """What a digest is composed of, and how many calls it sets aside beside those."""

    catalogue: Catalogue
    for_others: int


def read_weighed_for(
    session: Session, queries: Sequence[SubscriptionQuery], reader: Reader, now: datetime, threshold: float,
    alike: Alike,
) -> Weighed:  # fmt: skip
    """The calls that a mail for these subscriptions could name, by this reader's own scores.

    ``threshold`` (0-1): from which a call counts as matched. ``alike``: which calls may be one.
    """
    opgaven, doubles = read_opgaven(session), alike.partners(session, now)
    found = or_(_found(queries, opgaven.values(), now, threshold), col(Call.id).in_(sorted(reader.follows)))
    counted = set[int]()
    if not any(Eligibility.NO in query.filter.eligible for query in queries):
        known = sorted(reader.known | doubles.keys())
        counted = _for_others(session, queries, opgaven.values(), now, threshold) - {*known, *reader.memory.aside}
        found = and_(found, or_(not_(FOR_OTHERS), col(Call.id).in_(known)))
    catalogue = Catalogue(read_weighed(session, now, threshold, found, reader.known), opgaven, doubles)
    return Weighed(for_reader(catalogue, reader.leanings, threshold), len(counted))


def _found(
    queries: Iterable[SubscriptionQuery], opgaven: Collection[Opgave], now: datetime, threshold: float
) -> ColumnElement[bool]:
    """What matches an opgave that is asked for; who asks for all also hears of what its source says is for us."""
    if all(query.filter.challenges for query in queries):
        roots = {root for query in queries for root in query.filter.challenges}
        return and_(_matched(roots, opgaven, threshold), remembered(now))
    return and_(or_(_matched((), opgaven, threshold), said_to_be_ours()), remembered(now))


def _matched(roots: Iterable[str], opgaven: Collection[Opgave], threshold: float) -> ColumnElement[bool]:
    """Whether a call matches one of these opgaven or what is below them; any, where none is asked for."""
    matched = select(Match.call_id).where(Match.score >= threshold)
    families = {name for root in roots for name in with_children(root, opgaven)}
    return col(Call.id).in_(matched.where(col(Match.challenge_id).in_(families)) if families else matched)


def _for_others(
    session: Session, queries: Iterable[SubscriptionQuery], opgaven: Collection[Opgave], now: datetime, threshold: float
) -> set[int]:
    """What is for others, can still be applied for, and answers to one of these filters."""
    found = set[int]()
    for query in queries:
        wanted = query.filter
        asked = calls_for(wanted.model_copy(update=ELSEWHERE), now).where(
            FOR_OTHERS, standing(now), not_(col(Call.held))
        )
        answers = col(Call.id).in_(asked.with_only_columns(col(Call.id)).order_by(None))
        calls = set(session.exec(select(Call.id).where(answers, _matched(wanted.challenges, opgaven, threshold))))
        found |= calls if query.with_words is None else calls & query.with_words
    return found
