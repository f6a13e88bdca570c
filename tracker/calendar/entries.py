"""One thing on a day of the calendar, and those that people plan: the milestones before a deadline, outside moments."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from db.models import Body, Call, Deadline, DecisionClock, Milestone, Moment, User
from db.queries import DAYS, Viewer
from db.rights import MADE, visible
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import EntryKind, MilestoneState, MilestoneStep
from db.vocabulary_lobby import MomentKind
from notifications.wording import day as in_words
from tracker.lobby.moments import without_source
from tracker.lobby.yearly_moments import UpcomingMoment

# A mark of its own for each kind, beside the word: colour is never the only sign.
MARKS = {
    EntryKind.DEADLINE: "■",
    EntryKind.MILESTONE: "◆",
    EntryKind.APPLICATION: "◇",
    EntryKind.MOMENT: "●",
    EntryKind.FOLLOW_UP: "↻",
    EntryKind.COMMITMENT: "⚑",
    EntryKind.SIGN_OFF: "✎",
    EntryKind.POSITION: "§",
    EntryKind.ACTIVITY: "☆",
    EntryKind.PAPERS: "▤",
    EntryKind.MEETING: "□",
    EntryKind.CLOSED: "–",
}


NO_DAY = "dag nog niet bekend"


@dataclass(frozen=True)
class Entry:
    """One thing on one Amsterdam day; ``until`` makes it a period, inclusive."""

    kind: EntryKind
    day: date
    what: str
    title: str
    href: str = ""
    at: datetime | None = None
    zone: str = "Europe/Amsterdam"
    assumed: bool = False
    until: date | None = None
    note: str = ""
    who: str = ""
    state: MilestoneState = MilestoneState.PLANNED
    overdue: bool = False
    cancelled: bool = False
    anchor: str = ""
    call: str = ""
    was: date | None = None  # the day a moment was moved from
    ended: str = ""  # the source's own word that a moment is off
    rhythm: bool = False  # its day is one of a rhythm that nobody has looked at yet
    publisher: str = ""  # beside a title that says nothing by itself
    unknown_day: bool = False  # its day is the last of its usual time of year: nobody knows the day itself
    past: bool = False  # its day is gone by, and nobody keeps whether it was done
    ours: bool = True  # somebody of us works on it; false only for a date of a call that nobody took up
    people: tuple[int, ...] = ()  # whose it is
    participant: str = ""  # which organisation's it is
    call_id: int | None = None
    dossier_id: int | None = None
    challenge_id: str | None = None  # of what hangs on an opgave itself
    for_region: bool = False  # shared with the region, and so everybody's
    version: int = 1  # grows with every change, for copies in calendar programs

    @property
    def off(self) -> bool:
        """Whether it is a moment or activity that will not be: nothing of it comes any more."""
        return self.kind in (EntryKind.MOMENT, EntryKind.ACTIVITY) and bool(self.cancelled or self.ended)

    @property
    def mark(self) -> str:
        return "▲" if self.what == DeadlineKind.OPENS.label else MARKS[self.kind]

    @property
    def order(self) -> tuple[date, bool, str, str, str]:
        """By day; whole days after hours, since a bare day lasts until its midnight."""
        return self.day, self.at is None, self.at.isoformat() if self.at else "", self.kind, self.title


def milestone_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """Internal steps, with who does them; open ones whose day went by are overdue."""
    rows: Any = session.exec(_steps(viewer), params={"since": since, "until": until})
    return [
        _milestone_entry(row, clock, call, moment, body, who, today) for row, clock, call, moment, body, who in rows
    ]


@lru_cache(maxsize=MADE)
def _steps(viewer: Viewer) -> Any:
    return (
        select(Milestone, DecisionClock, Call, Moment, Body, User)  # type: ignore[call-overload]
        .join(DecisionClock, col(Milestone.clock_id) == col(DecisionClock.id))
        .outerjoin(Deadline, col(DecisionClock.deadline_id) == col(Deadline.id))
        .outerjoin(Call, col(Deadline.call_id) == col(Call.id))
        .outerjoin(Moment, col(DecisionClock.moment_id) == col(Moment.id))
        .outerjoin(Body, col(Milestone.body_id) == col(Body.id))
        .outerjoin(User, col(Milestone.assignee_id) == col(User.id))
        .where(visible(viewer, Milestone), Milestone.state != MilestoneState.DROPPED)
        .where(col(Milestone.day).between(*DAYS))
    )


def _milestone_entry(
    row: Milestone, clock: DecisionClock, call: Call | None, moment: Moment | None, body: Body | None,
    who: User | None, today: date,
) -> Entry:  # fmt: skip
    papers = f"stukken uiterlijk {in_words(row.begins_on)}" if body else ""
    return Entry(
        kind=EntryKind.MILESTONE,
        day=row.day,
        what=body.name if body else MilestoneStep(row.step).label,
        title=call.title if call else moment.title if moment else "",
        href=f"/kalender/klok/{row.clock_id}",
        note=papers,
        who=who.name if who else "",
        state=MilestoneState(row.state),
        overdue=row.state == MilestoneState.PLANNED and row.day < today,
        rhythm=row.assumed or (moment is not None and not moment.sure),
        anchor=f"mijlpaal-{row.id}",
        call=f"/regelingen/{call.id}" if call else f"/momenten/{moment.id}" if moment else "",
        people=(row.assignee_id,) if row.assignee_id else (),
        participant=row.participant_id,
        call_id=call.id if call else None,
        dossier_id=clock.dossier_id,
        version=row.version,
    )


def moment_entries(session: Session, viewer: Viewer, since: date, until: date) -> list[Entry]:
    """Outside moments on the last day they can be influenced; a usual time of year says so.

    Those of sources are left out: their reaction dates stand among the deadlines, with their hour.
    """
    coming = without_source(session, viewer, since)
    return [_moment_entry(moment) for moment in coming if moment.ends_on and moment.ends_on <= until]


def _moment_entry(moment: UpcomingMoment) -> Entry:
    assert moment.ends_on is not None
    return Entry(
        kind=EntryKind.MOMENT,
        day=moment.ends_on,
        what=MomentKind(moment.kind).label,
        title=moment.title,
        href=moment.address,
        note=moment.use if moment.sure else f"gebruikelijke tijd van het jaar, {NO_DAY}",
        unknown_day=not moment.sure,
        anchor=moment.ref.replace(":", "-"),
    )
