"""What people think of a call for an opgave: said, said anew, undone; the newest standing one counts."""

from datetime import datetime

from sqlmodel import Session, col, delete, select

from db.models import Follow, User, Verdict
from db.vocabulary import NoReason, Say, Visibility
from tracker.errors import NotPossible
from tracker.matching import installed
from tracker.matching.ranking import lean_now


class ReasonNeeded(NotPossible):
    """A "no" goes with a reason, so that the next person need not find out again."""


def judge(
    session: Session,
    user: User,
    call_id: int,
    challenge_id: str | None,
    say: Say,
    now: datetime,
    reason: NoReason | None = None,
    remark: str = "",
    visibility: Visibility = Visibility.REGION,
    team: bool = False,
) -> Verdict:
    """Record a verdict; an earlier one of this person on the same pair no longer stands.

    `team`: it holds for the whole team of the person's participant, not for the person alone. What it moves for the
    person and those colleagues moves at once.
    """
    if say == Say.NO and reason is None:
        raise ReasonNeeded("Kies een reden bij “niet voor ons”.")
    assert user.id is not None
    _end(session, user, call_id, challenge_id, now)
    verdict = Verdict(
        call_id=call_id,
        challenge_id=challenge_id,
        user_id=user.id,
        participant_id=user.participant_id,
        visibility=visibility,
        say=say,
        reason=reason if say == Say.NO else None,
        remark=remark,
        team=team,
        at=now,
    )
    session.add(verdict)
    if say == Say.NO:  # the newest word counts: who follows it no longer wants its reminders
        session.execute(delete(Follow).where(col(Follow.user_id) == user.id, col(Follow.call_id) == call_id))
    session.flush()
    lean_now(session, user, now, installed())
    return verdict


def undo(session: Session, user: User, call_id: int, challenge_id: str | None, now: datetime) -> Verdict | None:
    """Take back this person's standing verdict on a pair, if there is one, and what it moved."""
    ended = _end(session, user, call_id, challenge_id, now)
    if ended is not None:
        lean_now(session, user, now, installed())
    return ended


def _end(session: Session, user: User, call_id: int, challenge_id: str | None, now: datetime) -> Verdict | None:
    pair = select(Verdict).where(Verdict.call_id == call_id, Verdict.user_id == user.id)
    same = col(Verdict.challenge_id).is_(None) if challenge_id is None else col(Verdict.challenge_id) == challenge_id
    standing = session.exec(pair.where(same, col(Verdict.undone_at).is_(None))).first()
    if standing is not None:
        standing.undone_at = now
        session.flush()
    return standing
