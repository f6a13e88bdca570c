"""What a question finds, as a page of calls finds it."""

from datetime import datetime

from sqlmodel import Session

from db.queries import CallFilter
from tracker.matching.search import find

MOST = 50


def found_ids(session: Session, question: str, now: datetime) -> list[int]:
    """The numbers of the calls, in the order of the page."""
    return [call.id for call in find(session, CallFilter(text=question), now, most=MOST).calls]
