"""Next rounds: who follows a call is told once that the same scheme has opened, or will open, for another round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Call, Delivery, Told
from db.vocabulary import UNTOLD_STATES, ToldKind
from notifications import due_today
from notifications.catalogue import CatalogueCall
from notifications.due_today import DueCall

TOLD_FOR = timedelta(days=31)  # after that a round is no news, whoever was out of reach


@dataclass(frozen=True)
class NextRounds:
    """The rounds that came lately, each with those before it, the latest first; and who was told of which."""

    before: dict[int, dict[int, Call]]
    told: set[tuple[int, int]]

    def due(self, call: CatalogueCall, user: int, follows: Mapping[int, datetime]) -> Iterator[DueCall]:
        """What to tell of a round, if anything, to somebody who follows these calls and not that one."""
        before = self.before[call.id]
        followed = next((old for old in before if old in follows), None)
        if call.is_news and not call.held and followed is not None and (user, call.id) not in self.told:
            yield due_today.next_round(call, followed, before[followed].closes_at)


def read_next_rounds(session: Session, now: datetime, only: int | None = None) -> NextRounds:
    """All of them at ``now``; and who was told, or whether ``only`` one person was."""
    before = _recent_rounds(session, now)
    return NextRounds(before, _told(session, before, only) if before else set())


def _recent_rounds(session: Session, now: datetime) -> dict[int, dict[int, Call]]:
    """Each round that came lately, with the rounds before it, the latest first."""
    later = select(Call).where(col(Call.previous_round_id).is_not(None), Call.first_seen > now - TOLD_FOR)
    rounds: dict[int, dict[int, Call]] = {}
    for call in session.exec(later.where(col(Call.joined_into).is_(None))):
        before, current = dict[int, Call](), call
        while current.previous_round_id is not None and current.previous_round_id not in before:
            current = session.get_one(Call, current.previous_round_id)
            before[current.id] = current
        rounds[call.id] = before
    return rounds


def _told(session: Session, calls: Mapping[int, object], only: int | None) -> set[tuple[int, int]]:
    """Who was told already of which of these, in a digest perhaps."""
    rows = select(Told.user_id, Told.call_id).join(Delivery, col(Delivery.id) == col(Told.delivery_id))
    new = (Told.kind == ToldKind.NEW, col(Told.call_id).in_(list(calls)), col(Delivery.state).not_in(UNTOLD_STATES))
    return set(session.exec(rows.where(*new, *([] if only is None else [Told.user_id == only]))))
