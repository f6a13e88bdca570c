"""Part two calls that a person joined, and find those that may be one; a person decides."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as plain
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from db.models import Call, Dismissal, Revision, Sighting, User
from db.search_words import searchable
from db.status import OVER, status_expression
from db.vocabulary import Visibility
from tracker.calls.corrections import live_id
from tracker.calls.duplicates import LikelyDouble, Proposal, proposals
from tracker.calls.scheme_names import acronyms
from tracker.errors import NotPossible

DROPPED_LATELY = timedelta(days=90)


def dismiss(session: Session, call: int, other: int, user: User, reason: str, now: datetime) -> bool:
    """Keep a person's word that these two are two calls; False where somebody said so before. Raises NotPossible."""
    first, second = sorted((live_id(session, call), live_id(session, other)))
    if first == second:
        raise NotPossible(f"call {call} and call {other} are one already")
    if (first, second) in dismissed(session):
        return False
    who = {"user_id": user.id, "participant_id": user.participant_id, "visibility": Visibility.REGION}
    dismissal = {"first_id": first, "second_id": second, "reason": reason, "at": now, **who}
    try:
        with session.begin_nested():
            session.add(Dismissal.model_validate(dismissal))
    except IntegrityError:  # somebody else said so at the same moment
        return False
    return True


def dismissed(session: Session) -> frozenset[tuple[int, int]]:
    """The pairs that people said to be two, lower number first; a call that was joined counts as the one it is in."""
    pairs = session.exec(select(Dismissal.first_id, Dismissal.second_id)).all()
    live = {call: live_id(session, call) for pair in pairs for call in pair}
    return frozenset((min(live[a], live[b]), max(live[a], live[b])) for a, b in pairs)


def candidates(session: Session, now: datetime) -> list[LikelyDouble]:
    """The calls that are not over, as duplicates.py compares them.

    One that a source dropped lately counts: another source may tell of it now.
    """
    call = Call
    running = (
        col(call.joined_into).is_(None),
        (col(call.closes_at).is_(None)) | (col(call.closes_at) > now),
        status_expression(now).not_in([str(word) for word in OVER]),
        (col(call.not_listed_since).is_(None)) | (col(call.not_listed_since) > now - DROPPED_LATELY),
    )
    sources: dict[int, set[str]] = {}
    speakers = select(Sighting.call_id, Sighting.source).join(call, col(call.id) == col(Sighting.call_id))
    for call_id, source in session.exec(speakers.where(*running)):
        sources.setdefault(call_id, set()).add(source)
    # Thousands of whole calls would take most of the time.
    columns: Any = (call.id, call.language, call.title, call.url, call.closes_at, call.publisher, call.nature)
    rows = session.connection().execute(plain(*columns).where(*running))
    return [
        LikelyDouble(
            id=row.id,
            words=frozenset(searchable(row.language, row.title).split()),
            sources=frozenset(sources.get(row.id, ())),
            address=row.url,
            closes_at=row.closes_at,
            publisher=row.publisher,
            nature=row.nature,
            names=acronyms(row.title),
        )
        for row in rows
    ]


# All that can change a proposal leaves a revision, a sighting or a dismissal.
STATE = select(
    select(func.max(Revision.id)).scalar_subquery(),
    select(func.max(Sighting.id)).scalar_subquery(),
    select(func.count()).select_from(Dismissal).scalar_subquery(),
)


class Alike:
    """The proposals, worked out once for each state of the calls: for five thousand it takes a third of a second."""

    def __init__(self) -> None:
        self._last: tuple[Any, list[Proposal]] = (None, [])

    def proposals(self, session: Session, now: datetime) -> list[Proposal]:
        """The likeliest first. What closed within this hour may still be among them."""
        state = (*session.exec(STATE).one(), now.replace(minute=0, second=0, microsecond=0))
        kept, pairs = self._last
        if kept != state:
            pairs = proposals(candidates(session, now), dismissed(session))
            self._last = (state, pairs)
        return pairs

    def partners(self, session: Session, now: datetime) -> dict[int, list[int]]:
        """Each call of a pair that nobody judged yet -> what it may be the same as, the likeliest first."""
        return partners_of(self.proposals(session, now))


def unjudged_partners(session: Session, now: datetime) -> dict[int, list[int]]:
    """The same without remembering it."""
    return partners_of(proposals(candidates(session, now), dismissed(session)))


def partners_of(pairs: Iterable[Proposal]) -> dict[int, list[int]]:
    """Pairs as seen from each of their calls."""
    partners: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        partners[pair.first].append(pair.second)
        partners[pair.second].append(pair.first)
    return dict(partners)
