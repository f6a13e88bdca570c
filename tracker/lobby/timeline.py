"""The timeline of a dossier: log, linked calls' changes and dates, in one query, and moments."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String, cast, func, literal, null, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from db.models import (
    Body,
    Call,
    Deadline,
    DecisionClock,
    Dossier,
    DossierCall,
    DossierMoment,
    LogEntry,
    Milestone,
    Moment,
    Revision,
)
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import DeadlineKind
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from db.vocabulary_lobby import LogKind, MomentKind
from notifications.wording import local_day
from tracker.lobby.moments import until

NO_MOMENT = cast(null(), UTCDateTime())


@dataclass(frozen=True)
class Line:
    """One line of a timeline: the day it counts for, what it is, and its words."""

    day: date
    what: str
    word: str
    text: str
    detail: str
    user_id: int | None
    subject_id: int | None

    @property
    def link(self) -> str:
        """Where the line leads: the contact or the call it tells of."""
        if self.what in ("revision", "deadline"):
            return f"/regelingen/{self.subject_id}"
        if self.what == "milestone":
            return f"/kalender/klok/{self.subject_id}"
        return f"/contacten/{self.subject_id}" if self.word == LogKind.CONTACT.label and self.subject_id else ""


def timeline(session: Session, dossier: Dossier, viewer: Viewer) -> list[Line]:
    """Everything of a dossier that the viewer may see, oldest first; dates to come stand at the end."""
    every = union_all(
        _log(dossier, viewer),
        _revisions(dossier),
        _deadlines(dossier),
        _steps(dossier, viewer),
    ).subquery()
    rows = session.connection().execute(sql_select(every)).all()
    lines = [_line(row) for row in sorted(rows, key=lambda row: (_day(row), row.place, row.row_id))]
    return sorted([*lines, *_moments(session, dossier, viewer)], key=lambda line: line.day)


def _day(row: Any) -> date:
    """A change counts for the local day; a database's own date is that of another zone."""
    return local_day(row.at) if row.at else row.day


def _log(dossier: Dossier, viewer: Viewer) -> Any:
    return sql_select(
        col(LogEntry.day).label("day"),
        literal(1).label("place"),
        col(LogEntry.id).label("row_id"),
        literal("log").label("what"),
        cast(col(LogEntry.kind), String).label("kind"),
        cast(col(LogEntry.text), String).label("text"),
        literal("").label("detail"),
        col(LogEntry.user_id).label("user_id"),
        col(LogEntry.subject_id).label("subject_id"),
        NO_MOMENT.label("at"),
    ).where(col(LogEntry.dossier_id) == dossier.id, visible(viewer, LogEntry))


def _revisions(dossier: Dossier) -> Any:
    return sql_select(
        cast(null(), Date),
        literal(2),
        col(Revision.id),
        literal("revision"),
        cast(col(Revision.field), String),
        cast(col(Call.title), String),
        literal(""),
        cast(null(), Integer),
        col(Revision.call_id),
        col(Revision.at),
    ).where(
        col(DossierCall.dossier_id) == dossier.id,
        col(Revision.call_id) == col(DossierCall.call_id),
        col(Call.id) == col(DossierCall.call_id),
        col(Revision.telling),
    )


def _deadlines(dossier: Dossier) -> Any:
    return sql_select(
        col(Deadline.day),
        literal(3),
        col(Deadline.id),
        literal("deadline"),
        cast(col(Deadline.kind), String),
        cast(col(Call.title), String),
        func.coalesce(col(Deadline.hour), ""),
        cast(null(), Integer),
        col(Deadline.call_id),
        NO_MOMENT,
    ).where(
        col(DossierCall.dossier_id) == dossier.id,
        col(Deadline.call_id) == col(DossierCall.call_id),
        col(Call.id) == col(DossierCall.call_id),
        col(Deadline.day).is_not(None),
        col(Deadline.cancelled_at).is_(None),
    )


def _moments(session: Session, dossier: Dossier, viewer: Viewer) -> list[Line]:
    """What it hooks on to, by the day that holds now; one that its source ended says so."""
    rows = select(Moment).where(
        col(DossierMoment.dossier_id) == dossier.id,
        col(DossierMoment.moment_id) == col(Moment.id),
        visible(viewer, Moment),
    )
    found = []
    for moment in session.exec(rows.order_by(col(Moment.id))):
        known = until(session, moment)
        if known.day:
            title = f"{moment.title} ({known.ended})" if known.ended else moment.title
            word = MomentKind(moment.kind).label
            found.append(Line(known.day, "moment", word, title, moment.body, None, moment.id))
    return found


def _steps(dossier: Dossier, viewer: Viewer) -> Any:
    """The internal milestones that stand."""
    return (
        sql_select(
            col(Milestone.day),
            literal(5),
            col(Milestone.id),
            literal("milestone"),
            cast(col(Milestone.step), String),
            func.coalesce(cast(col(Body.name), String), ""),
            cast(col(Milestone.state), String),
            col(Milestone.assignee_id),
            col(Milestone.clock_id),
            NO_MOMENT,
        )
        .join(DecisionClock, col(DecisionClock.id) == col(Milestone.clock_id))
        .outerjoin(Body, col(Body.id) == col(Milestone.body_id))
        .where(
            col(DecisionClock.dossier_id) == dossier.id,
            visible(viewer, Milestone),
            col(Milestone.state) != MilestoneState.DROPPED,
        )
    )


def _line(row: Any) -> Line:
    text, detail = row.text, row.detail
    if row.what == "milestone":
        text, detail = text or MilestoneStep(row.kind).label, MilestoneState(detail).label
    return Line(_day(row), row.what, _word(row.what, row.kind), text, detail, row.user_id, row.subject_id)


def _word(what: str, kind: str) -> str:
    if what == "log":
        return LogKind(kind).label
    if what == "milestone":
        return "interne mijlpaal"
    if what == "revision":
        return "regeling gewijzigd"
    return f"regeling {DeadlineKind(kind).label}" if what == "deadline" else MomentKind(kind).label
