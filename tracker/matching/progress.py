"""How far the first matching of calls has come, for the pages to say."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from db.models import Call
from db.models.calls import UNMATCHED

_WAITING = select(func.count()).select_from(Call).where(UNMATCHED)


@dataclass(frozen=True)
class MatchingProgress:
    """Calls that were never matched, of how many."""

    waiting: int
    calls: int


def matching_progress(session: Session) -> MatchingProgress | None:
    """None where every call was matched once: a re-match leaves matches in sight."""
    waiting = session.exec(_WAITING).one()
    if not waiting:
        return None
    all_calls = select(func.count()).select_from(Call).where(col(Call.joined_into).is_(None))
    return MatchingProgress(waiting, session.exec(all_calls).one())
