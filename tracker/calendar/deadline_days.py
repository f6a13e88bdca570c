"""The dates of calls on the calendar: which fall on which day, cheaply for thousands, and the entries of a few."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from db.bulk import among
from db.models import Assignment, Call, Deadline, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import EntryKind, MilestoneState
from notifications.ical import CANCELLED_FOR, DATELESS, INSIDE, DeadlineLine, is_off, page_of, said_of
from notifications.wording import local_day, start_of_day
from tracker.calendar.at_work import AtWork
from tracker.calendar.entries import Entry
from tracker.calendar.events import deadline_lines
from tracker.clock import Now
from tracker.lobby.moment_days import ending, moved_from
from tracker.workdays import DAY

SHORT = 30  # a title of so few letters, such as "Call 6", says nothing without whose it is
ALWAYS = timedelta(days=10_000)  # a date that is asked for by its number is wanted however old it is
Order = tuple[date, bool, str, str, str]


class DeadlineDay(NamedTuple):
    """Just enough of a date to say on which day it stands, and whether anybody of us works on its call."""

    id: int
    day: date
    at: datetime | None
    ours: bool

    @property
    def order(self) -> Order:
        """As entries are ordered: by day; whole days after hours."""
        return self.day, self.at is None, self.at.isoformat() if self.at else "", EntryKind.DEADLINE, ""


class Undated(NamedTuple):
    """A call that stands open without a last day: in which way, and its number and title."""

    what: str
    call_id: int
    title: str


def on_days(now: Now, since: date, until: date) -> list[ColumnElement[bool]]:
    """Dates from one Amsterdam day to another, both inclusive, that still stand in calendars."""
    hours = col(Deadline.at).between(start_of_day(since), start_of_day(until + DAY) - timedelta(microseconds=1))
    bare = col(Deadline.at).is_(None) & col(Deadline.day).between(since, until)
    return [or_(hours, bare), *still_kept(now)]


def still_kept(now: Now) -> list[ColumnElement[bool]]:
    """Dates that still stand in calendars, whenever they are."""
    cancelled = col(Deadline.cancelled_at)
    return [col(Call.joined_into).is_(None), or_(cancelled.is_(None), cancelled > now.instant - CANCELLED_FOR)]


def deadline_days(
    session: Session,
    now: Now,
    since: date,
    until: date,
    where: Sequence[ColumnElement[bool]],
    ours: AtWork | None = None,
) -> list[DeadlineDay]:
    """The dates between two Amsterdam days, both inclusive, of calls that answer to ``where``, in order.

    ``ours``: which of them we work on; without it all.

    Columns, not objects: a month may hold two thousand of them, of which a page shows two hundred.
    """
    query = (
        select(col(Deadline.id), col(Deadline.call_id), col(Deadline.day), col(Deadline.at))
        .join(Call, col(Deadline.call_id) == col(Call.id))
        .where(*on_days(now, since, until), *where)
    )
    rows: Any = session.connection().execute(query).all()
    found = [
        DeadlineDay(id_, local_day(at) if at else day, at, ours is None or ours.has(call_id, id_))
        for id_, call_id, day, at in rows
    ]
    return sorted(found, key=lambda each: (each.day, each.at is None, each.at or now.instant, each.id))


def deadline_entries(session: Session, viewer: Viewer, now: Now, days: Collection[DeadlineDay]) -> list[Entry]:
    """These dates as entries, with who looks after them as far as the viewer may know."""
    ids = {each.id: each.ours for each in days}
    lines = deadline_lines(session, now.instant, [among(session, col(Deadline.id), ids)], ALWAYS) if ids else []
    assigned = _assigned(session, viewer, ids)
    said = _said_of_moments(session, {line.call_id for line in lines if line.kind == DeadlineKind.CONSULTATION})
    entries = []
    for line in lines:
        entry = _deadline_entry(line, assigned.get(line.id, []), ids[line.id], now)
        moment = said.get(line.call_id)
        entries.append(entry if moment is None else replace(entry, was=moment[0], ended=moment[1]))
    return entries


def _said_of_moments(session: Session, calls: set[int]) -> dict[int, tuple[date | None, str]]:
    """Of debates and consultations: the day each was moved from, and its source's word that it is off."""
    if not calls:
        return {}
    rows = session.exec(select(Call).where(among(session, col(Call.id), calls))).all()
    was = moved_from(session, rows)
    return {call.id: (was.get(call.id), ending(call)) for call in rows}


Given = tuple[Assignment, User]


def _assigned(session: Session, viewer: Viewer, ids: Collection[int]) -> dict[int, list[Given]]:
    """Date -> who looks after it, the viewer's own organisation first."""
    query = (
        select(Assignment, User)
        .join(User, col(User.id) == col(Assignment.assignee_id))
        .where(visible(viewer, Assignment), among(session, col(Assignment.deadline_id), ids))
    )
    given: dict[int, list[Given]] = {}
    for assignment, user in session.exec(query).all() if ids else ():
        given.setdefault(assignment.deadline_id, []).append((assignment, user))
    return {id_: sorted(rows, key=lambda row: _others_last(row, viewer)) for id_, rows in given.items()}


def _others_last(row: Given, viewer: Viewer) -> tuple[bool, str]:
    return row[0].participant_id != viewer.participant_id, row[1].name


def _deadline_entry(line: DeadlineLine, given: Sequence[Given], ours: bool, now: Now) -> Entry:
    day = local_day(line.at) if line.at else line.day
    assert day is not None
    assignment = given[0][0] if given else None
    state = MilestoneState(assignment.state) if assignment else MilestoneState.PLANNED
    over = line.at <= now.instant if line.at else day < now.today
    return Entry(
        kind=EntryKind.MOMENT if line.of_moment or line.kind == DeadlineKind.CONSULTATION else EntryKind.DEADLINE,
        day=day,
        what=said_of(line),
        title=line.title,
        publisher=line.publisher or "" if len(line.title) <= SHORT else "",
        href=page_of(line),
        at=line.at,
        zone=line.zone,
        assumed=line.assumed,
        who=", ".join(user.name for _, user in given),
        state=state,
        overdue=assignment is not None and over and state == MilestoneState.PLANNED,
        cancelled=is_off(line),
        note=INSIDE if line.inside else "",
        anchor=f"termijn-{line.id}",
        call=f"/regelingen/{line.call_id}",
        ours=ours or bool(given),
        people=tuple(user.id for _, user in given),
        participant=assignment.participant_id if assignment else "",
        call_id=line.call_id,
    )


def undated(session: Session, now: datetime, where: Sequence[ColumnElement[bool]] = ()) -> list[Undated]:
    """Calls that stand open until the money is gone, or always: they have no day, and so a place of their own."""
    query = (
        select(Deadline.kind, Call.id, Call.title, Call.closes_at)
        .join(Call, col(Deadline.call_id) == col(Call.id))
        .where(col(Deadline.kind).in_(DATELESS), col(Deadline.cancelled_at).is_(None))
        .where(col(Call.joined_into).is_(None), *where)
        .order_by(col(Call.title))
    )
    rows = session.exec(query).all()
    return [Undated(DeadlineKind(kind).label, id_, title) for kind, id_, title, at in rows if not at or at > now]
