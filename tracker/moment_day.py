"""Until when a moment can be influenced: what a person filled in, or what its source says, also when it falls silent.

A source that still lists a consultation and no longer names its last day has not moved it: the last day it named
stands, and pages say that it is no longer named. Only its word ends a moment before that day: withdrawn, closed, or
open without an end.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Deadline, Moment, Opportunity
from db.queries import live_call
from db.status import OVER
from db.vocabulary import CLOSING_KINDS, DeadlineKind, Status
from notifications.wording import local_day

ENDLESS = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)


@dataclass(frozen=True)
class Until:
    """The last day, as far as it is known; ``unnamed``: the source named it once, and no longer does.

    ``ended``: the source's own word that it is over, such as "ingetrokken".
    """

    day: date | None
    unnamed: bool = False
    ended: str = ""


def last_day(closes_at: datetime) -> date:
    """The last local day on which one can still act: a closing at midnight ends the day before it."""
    return local_day(closes_at - timedelta(microseconds=1))


def source_of(session: Session, moment: Moment) -> Opportunity | None:
    """The call a source tells of this moment by, or the one that was joined with; none for a moment of people."""
    return live_call(session, moment.opportunity_id) if moment.opportunity_id else None


def until(session: Session, moment: Moment) -> Until:
    """Until when, by the source where there is one."""
    call = source_of(session, moment)
    if call is None:
        return Until(moment.ends_on)
    if call.source_word in OVER:
        return Until(last_day(call.closes_at) if call.closes_at else moment.ends_on, ended=_word(call))
    if call.closes_at:
        return Until(last_day(call.closes_at))
    return _named_before(session, call, moment)


def _word(call: Opportunity) -> str:
    return Status(call.source_word).label if call.source_word else ""


def _named_before(session: Session, call: Opportunity, moment: Moment) -> Until:
    """The last day the source named, unless it now says that there is no end."""
    dates = session.exec(select(Deadline).where(Deadline.opportunity_id == call.id).order_by(col(Deadline.id))).all()
    if any(row.kind in ENDLESS and row.cancelled_at is None for row in dates):
        return Until(None)
    gone = [row for row in dates if row.kind in CLOSING_KINDS and row.cancelled_at is not None and row.day]
    newest = max(gone, key=lambda row: (row.cancelled_at, row.day), default=None)
    day = (last_day(newest.at) if newest.at else newest.day) if newest else moment.ends_on
    return Until(day, unnamed=day is not None)
