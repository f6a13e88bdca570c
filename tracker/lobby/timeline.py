"""The timeline of a dossier: its log, the linked calls' changes and dates, its milestones and its moments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from db.models import (
    Body,
    Call,
    Commitment,
    ContactMoment,
    Deadline,
    DecisionClock,
    Dossier,
    DossierCall,
    DossierMoment,
    LogEntry,
    LoggedChange,
    Milestone,
    Minute,
    Moment,
    Outcome,
    Review,
    ReviewPoint,
    Revision,
    Stake,
    Stakeholder,
)
from db.queries import Viewer
from db.rights import visible, works
from db.vocabulary import DeadlineKind, RevisionKind
from db.vocabulary_calendar import MilestoneState, MilestoneStep
from db.vocabulary_lobby import ContactKind, LoggedKind, LogKind, MomentKind, OutcomeResult, StakeRole
from notifications.wording import local_day, short_day
from tracker.lobby.history import KINDS, withdrawn
from tracker.lobby.log import log_of
from tracker.lobby.moment_days import last_day_of, moved_from, source_of


@dataclass(frozen=True)
class TimelineEntry:
    """One line of a timeline: the day it counts for, what it is, and its words."""

    day: date
    what: str
    word: str
    text: str
    detail: str = ""
    user_id: int | None = None
    link: str = ""
    note_id: int | None = None  # a note that the viewer may take back


SUBJECTS: dict[LogKind, type[Any]] = {
    LogKind.CONTACT: ContactMoment,
    LogKind.COMMITMENT: Commitment,
    LogKind.STAKE: Stake,
    LogKind.OUTCOME: Outcome,
}


def timeline(session: Session, dossier: Dossier, viewer: Viewer) -> list[TimelineEntry]:
    """Everything of a dossier that the viewer may see, oldest first; dates to come stand at the end.

    On one day the log comes first, then what the sources changed, then dates, milestones and moments.
    """
    entries = [
        *_log(session, dossier, viewer),
        *_revisions(session, dossier),
        *_deadlines(session, dossier),
        *_milestones(session, dossier, viewer),
        *_moments(session, dossier, viewer),
        *_minutes(session, dossier, viewer),
    ]
    return sorted(entries, key=lambda entry: entry.day)


def _log(session: Session, dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEntry]:
    """The log; a line about something that was logged is shown as that is today, and not to who may not see it now."""
    subjects = {kind: _subjects(session, viewer, dossier, kind) for kind in SUBJECTS}
    for line in _standing_lines(session, dossier, viewer):
        link = f"/contacten/{line.subject_id}" if line.kind == LogKind.CONTACT and line.subject_id else ""
        day, text = line.day, line.text
        if line.kind == LogKind.OPENED and line.dossier_id == dossier.id:
            text = dossier.title  # what it was called before is told by who changed it, to who may read that
        if line.kind in subjects and line.subject_id:
            if line.subject_id not in subjects[LogKind(line.kind)]:
                continue
            row, changed = subjects[LogKind(line.kind)][line.subject_id]
            if changed and changed > line.at:
                day, text = _as_it_is(session, row, line)
        note_id = line.id if line.kind == LogKind.NOTE and line.participant_id == viewer.participant_id else None
        word = LogKind(line.kind).label
        yield TimelineEntry(day, "log", word, text, user_id=line.user_id, link=link, note_id=note_id)


def seen_since(session: Session, dossier: Dossier, viewer: Viewer, since: datetime) -> list[LogEntry]:
    """What was written in the log after a moment, as far as the viewer may see it now."""
    entries = _standing_lines(session, dossier, viewer, col(LogEntry.at) > since)
    kinds = {LogKind(line.kind) for line in entries} & SUBJECTS.keys()
    subjects = {kind: _subjects(session, viewer, dossier, kind) for kind in kinds}
    return [
        line
        for line in entries
        if line.subject_id is None or line.kind not in subjects or line.subject_id in subjects[LogKind(line.kind)]
    ]


def _standing_lines(session: Session, dossier: Dossier, viewer: Viewer, *conditions: Any) -> list[LogEntry]:
    """The log in its order, without notes that were taken back."""
    mine = col(LogEntry.dossier_id).in_(log_of(session, dossier)), visible(viewer, LogEntry)
    entries = session.exec(select(LogEntry).where(*mine, *conditions).order_by(col(LogEntry.id))).all()
    gone = withdrawn(session, LoggedKind.NOTE, [line.id for line in entries if line.kind == LogKind.NOTE])
    return [line for line in entries if line.id not in gone]


def _subjects(
    session: Session, viewer: Viewer, dossier: Dossier, kind: LogKind
) -> dict[int, tuple[Any, datetime | None]]:
    """What the viewer may see of one kind in this dossier, each with when it was last corrected."""
    model: Any = SUBJECTS[kind]
    rows = list(session.exec(select(model).where(model.dossier_id == dossier.id, visible(viewer, model))))
    changes = select(LoggedChange.subject_id, func.max(LoggedChange.at)).where(
        LoggedChange.kind == KINDS[model], col(LoggedChange.subject_id).in_([row.id for row in rows])
    )
    changed = dict(session.exec(changes.group_by(col(LoggedChange.subject_id))).all())
    return {row.id: (row, changed.get(row.id)) for row in rows}


def _as_it_is(session: Session, row: Any, line: LogEntry) -> tuple[date, str]:
    """The day and the words of a line whose subject was corrected since."""
    if isinstance(row, Commitment):
        return line.day, f"{row.text} (gewijzigd)"
    if isinstance(row, Outcome):
        return row.day, f"{OutcomeResult(row.result).label}: {row.request} (gewijzigd)"
    who = session.get_one(Stakeholder, row.stakeholder_id)
    whom = ", ".join(filter(None, [who.office, who.organisation]))
    if isinstance(row, Stake):
        return line.day, f"{whom}: {StakeRole(row.role).label} (gewijzigd)"
    return row.day, f"{ContactKind(row.kind).label} met {whom}"


def _revisions(session: Session, dossier: Dossier) -> Iterator[TimelineEntry]:
    """A change counts for the local day; a database's own date is that of another zone."""
    changes = select(Revision.at, Revision.kind, Call.id, Call.title).where(
        DossierCall.dossier_id == dossier.id,
        Revision.call_id == DossierCall.call_id,
        Call.id == DossierCall.call_id,
        col(Revision.telling),
    )
    for at, kind, call_id, title in session.exec(changes.order_by(col(Revision.id))):
        word, link = f"regeling {RevisionKind(kind).label}", f"/regelingen/{call_id}"
        yield TimelineEntry(local_day(at), "revision", word, title, link=link)


def _deadlines(session: Session, dossier: Dossier) -> Iterator[TimelineEntry]:
    dates = select(Deadline, Call.title).where(
        DossierCall.dossier_id == dossier.id,
        Deadline.call_id == DossierCall.call_id,
        Call.id == DossierCall.call_id,
        col(Deadline.cancelled_at).is_(None),
    )
    for deadline, title in session.exec(dates.order_by(col(Deadline.id))):
        if deadline.day:
            word, link = f"regeling {DeadlineKind(deadline.kind).label}", f"/regelingen/{deadline.call_id}"
            yield TimelineEntry(deadline.day, "deadline", word, title, deadline.hour or "", link=link)


def _milestones(session: Session, dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEntry]:
    """The internal milestones that stand."""
    planned = (
        select(Milestone, Body.name)
        .join(DecisionClock, col(DecisionClock.id) == col(Milestone.clock_id))
        .outerjoin(Body, col(Body.id) == col(Milestone.body_id))
        .where(DecisionClock.dossier_id == dossier.id, Milestone.state != MilestoneState.DROPPED)
        .where(visible(viewer, Milestone))
    )
    for milestone, body in session.exec(planned.order_by(col(Milestone.id))):
        text, state = body or MilestoneStep(milestone.step).label, MilestoneState(milestone.state).label
        state += ", aangenomen ritme" if milestone.assumed else ""
        link = f"/kalender/klok/{milestone.clock_id}"
        yield TimelineEntry(
            milestone.day, "milestone", "interne mijlpaal", text, state, milestone.assignee_id, link=link
        )


def _minutes(session: Session, dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEntry]:
    """What was said of it in review meetings of the viewer's own organisation."""
    if not works(viewer):
        return
    rows = select(Minute, ReviewPoint.what, ReviewPoint.review_id).where(
        Minute.point_id == ReviewPoint.id, ReviewPoint.review_id == Review.id,
        col(ReviewPoint.dossier_id).in_(log_of(session, dossier)), Review.participant_id == viewer.participant_id,
    )  # fmt: skip
    for minute, what, review_id in session.exec(rows.order_by(col(Minute.id))):
        day, link = local_day(minute.at), f"/overleg/{review_id}"
        yield TimelineEntry(day, "review", "overleg", what, minute.text, minute.user_id, link=link)


def _moments(session: Session, dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEntry]:
    """What it hooks on to, by the day that holds now; one that its source ended says so."""
    moments = select(Moment).where(
        DossierMoment.dossier_id == dossier.id, DossierMoment.moment_id == Moment.id, visible(viewer, Moment)
    )
    for moment in session.exec(moments.order_by(col(Moment.id))):
        last, call = last_day_of(session, moment), source_of(session, moment)
        was = moved_from(session, [call]).get(call.id) if call else None
        if last.day:
            moved = f"verplaatst, was {short_day(was)}" if was else ""
            said = last.ended or moved
            title = f"{moment.title} ({said})" if said else moment.title
            yield TimelineEntry(last.day, "moment", MomentKind(moment.kind).label, title, moment.body)
