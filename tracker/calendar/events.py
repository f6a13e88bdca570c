"""What stands in calendar files and feeds: the deadlines and milestones a person, a team or a file gets, as events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import Session, col, select

from db.models import Body, Call, Deadline, DecisionClock, Milestone, Moment, Revision
from db.queries import CallFilter, calls_for
from db.search import read_translations
from db.vocabulary import CLOSING_KINDS, Nature, Status
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from notifications.ical import DeadlineLine, Event, calendar_file, deadline_event, still_told, uid_of
from notifications.wording import day as in_words
from notifications.wording import local_day
from tracker.calendar.meetings import BY_RHYTHM
from tracker.challenges.agenda import below
from tracker.matching.search import SHOWN_FROM

BACK = timedelta(days=90)  # a calendar shows what has just passed too


def all_deadlines(session: Session, now: datetime, base_url: str) -> tuple[bytes, int]:
    """The deadlines of every call as an iCalendar file, and how many there are."""
    events = list(deadline_events(deadline_lines(session, now), base_url, now))
    return calendar_file(events, "Kansenradar: termijnen"), len(events)


def deadline_lines(
    session: Session, now: datetime, where: Sequence[ColumnElement[bool]] = (), back: timedelta = BACK
) -> list[DeadlineLine]:
    """The deadlines with a date, from ``back`` ago on, of calls that answer to ``where``.

    Columns, not objects: a feed of 2,000 deadlines must be there in 40 ms.
    """
    since = now - back
    query = (
        _lines()
        .where(col(Call.joined_into).is_(None), *where)
        .where(or_(col(Deadline.at) >= since, col(Deadline.at).is_(None) & (col(Deadline.day) >= local_day(since))))
        .order_by(col(Deadline.day), col(Deadline.id))
    )
    return list(map(DeadlineLine._make, session.connection().execute(query).all()))


@cache
def _lines() -> Any:
    """What is asked of every date: put together once."""
    own = [getattr(Deadline, name) for name in DeadlineLine._fields[:10]]
    call = Call
    of_call = [call.id, call.title, call.url, call.publisher, call.source_word, call.version]
    computed = [_withdrawn_at(), _inside(), col(Call.nature) == Nature.MOMENT]
    return select(*own, *of_call, *computed).join(Call, col(Deadline.call_id) == col(Call.id))


def _inside() -> ColumnElement[bool]:
    """Whether a newcomer can come in by other dates of the call, and not by this closing."""
    no_gate = and_(col(Call.first_gate_at).is_not(None), col(Deadline.gate_at).is_(None))
    return and_(no_gate, col(Deadline.kind).in_(sorted(CLOSING_KINDS)), col(Deadline.cancelled_at).is_(None))


def _withdrawn_at() -> ColumnElement[datetime | None]:
    """When a call that is withdrawn was said to be: its last change that was told."""
    last = select(func.max(Revision.at)).where(Revision.call_id == Call.id, col(Revision.telling))
    return case((col(Call.source_word) == Status.WITHDRAWN, last.scalar_subquery()), else_=None)


def filtered(session: Session, call_filter: CallFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The one filter of lists and subscriptions, as a clause: the same calls as on Regelingen."""
    if call_filter == CallFilter():
        return []
    deeper = call_filter.model_copy(update={"challenges": below(session, call_filter.challenges)})
    ids = calls_for(deeper, now, SHOWN_FROM, read_translations(session)).order_by(None).with_only_columns(col(Call.id))
    return [col(Call.id).in_(ids)]


def deadline_events(lines: Iterable[DeadlineLine], base_url: str, now: datetime) -> Iterator[Event]:
    """Lines as events, one at a time, without those that were cancelled too long ago."""
    events = (deadline_event(line, base_url) for line in lines if still_told(line, now))
    return (event for event in events if event is not None)


def milestone_events(
    session: Session, now: datetime, base_url: str, where: Sequence[ColumnElement[bool]] = ()
) -> list[Event]:
    """Milestones as whole days, with the call they are for; dropped ones as cancelled for 30 days."""
    query = (
        select(Milestone, func.coalesce(Call.title, Moment.title), Body)
        .join(DecisionClock, col(Milestone.clock_id) == col(DecisionClock.id))
        .outerjoin(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
        .outerjoin(Call, col(Deadline.call_id) == col(Call.id))
        .outerjoin(Moment, col(DecisionClock.moment_id) == col(Moment.id))
        .outerjoin(Body, col(Milestone.body_id) == col(Body.id))
        .where(col(Milestone.day) >= local_day(now - BACK), *where)
        .order_by(col(Milestone.day), col(Milestone.id))
    )
    return [
        _milestone_event(milestone, title, body, base_url)
        for milestone, title, body in session.exec(query)
        if milestone.state != MilestoneState.DROPPED or now - milestone.modified_at < timedelta(days=30)
    ]


def _milestone_event(milestone: Milestone, title: str, body: Body | None, base_url: str) -> Event:
    name = body.name if body else MilestoneStep(milestone.step).label
    address = f"{base_url.rstrip('/')}/kalender/klok/{milestone.clock_id}"
    about = [
        f"Interne mijlpaal op {in_words(milestone.day)}.",
        f"Stukken uiterlijk {in_words(milestone.begins_on)}." if body else "",
        "Aangenomen ritme: de dag is niet nagekeken." if milestone.assumed else "",
        "Gedaan." if milestone.state == MilestoneState.DONE else "",
        f"In Kansenradar: {address}",
    ]
    return Event(
        uid=uid_of(f"milestone-{milestone.id}", base_url),
        summary=f"Mijlpaal: {name} – {title}{BY_RHYTHM if milestone.assumed else ''}",
        start=milestone.day,
        modified_at=milestone.modified_at,
        sequence=milestone.version,
        description="\n".join(filter(None, about)),
        url=address,
        category="interne mijlpaal",
        cancelled=milestone.state == MilestoneState.DROPPED,
    )
