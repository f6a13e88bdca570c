"""Which calls changed since a moment, for programs that keep a copy: by what was written and what time did to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, func, select

from db.models import Call, Deadline, Match, Question, Revision


def last_changed() -> Any:
    """When a call changed last: by its newest revision, or when it was first seen."""
    revised = select(func.max(Revision.at)).where(Revision.call_id == Call.id).scalar_subquery()
    return func.coalesce(revised, Call.first_seen)


def changed_since(since: datetime, now: datetime) -> ColumnElement[bool]:
    """Whether a call is another than it was: what it says, what it fits, what is asked of it, or how it stands.

    A call opens and closes without a word of anybody, so a gate that lies between the two moments counts. One that
    was joined into another counts with the note that stands on that other. Rather one too many than one too few.
    """
    passed = [
        col(moment).between(since, now) for moment in (Call.opens_at, Call.first_gate_at, Call.closes_at, Call.ends_at)
    ]
    gates = select(Deadline.call_id).where(col(Deadline.gate_at).between(since, now))
    dates = select(Deadline.call_id).where(col(Deadline.modified_at) >= since)
    revised = select(Revision.call_id).where(col(Revision.at) >= since)
    matched = select(Match.call_id).where(col(Match.at) >= since)
    asked = select(Question.call_id).where(or_(col(Question.changed_at) >= since, col(Question.settled_at) >= since))
    any_of = (gates, dates, revised, matched, asked)
    return or_(
        col(Call.first_seen) >= since,
        *passed,
        *(col(Call.id).in_(rows) for rows in any_of),
        col(Call.joined_into).in_(revised),
    )
