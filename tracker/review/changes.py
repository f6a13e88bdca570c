"""What changed since the last review meeting: steps settled, dossiers, calls we work on, new points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import Application, Body, Call, Dossier, Milestone, Review, Revision
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import RevisionKind
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import DossierKind, LogKind
from notifications.wording import local_day, short_day
from tracker.calendar.decision_clock import milestone_name
from tracker.lobby.timeline import seen_since
from tracker.review.agenda import AgendaPoint
from tracker.review.meetings import all_points

# What of a dossier's log is news to a meeting; steps and tasks are told by themselves.
TOLD = frozenset({LogKind.MOVED, LogKind.DECISION, LogKind.MONEY, LogKind.NOTE, LogKind.COMMITMENT, LogKind.OUTCOME})
MOST = 40


@dataclass(frozen=True)
class Change:
    """One thing that happened: on which day, what, of what, and where it stands."""

    day: date
    what: str
    title: str
    link: str


def changes_since(
    session: Session, viewer: Viewer, last: Review, points: Sequence[AgendaPoint] = ()
) -> tuple[list[Change], int]:
    """The newest first, as far as the viewer may see it; and how many there are in all. ``points``: what is due now."""
    since = last.ended_at or last.began_at
    found = [*_milestones(session, viewer, since), *_dossiers(session, viewer, since), *_calls(session, viewer, since)]
    found += _new_points(session, last, points)
    found.sort(key=lambda change: (change.day, change.title), reverse=True)
    return found[:MOST], len(found)


def _milestones(session: Session, viewer: Viewer, since: datetime) -> Iterator[Change]:
    rows = select(Milestone).where(visible(viewer, Milestone), Milestone.participant_id == viewer.participant_id)
    bodies = {body.id: body for body in session.exec(select(Body))}
    for row in session.exec(rows.where(col(Milestone.settled_at) > since, col(Milestone.settled_by).is_not(None))):
        assert row.settled_at is not None
        said = "gedaan" if row.state == MilestoneState.DONE else f"vervallen: {row.why}"
        link = f"/kalender/klok/{row.clock_id}#mijlpaal-{row.id}"
        yield Change(local_day(row.settled_at), said, milestone_name(row, bodies), link)


def _dossiers(session: Session, viewer: Viewer, since: datetime) -> Iterator[Change]:
    own = select(Dossier).where(visible(viewer, Dossier), Dossier.participant_id == viewer.participant_id)
    for dossier in session.exec(own):
        room = "aanvragen" if dossier.kind == DossierKind.APPLICATION else "dossiers"
        for line in seen_since(session, dossier, viewer, since):
            if line.kind in TOLD:
                text = f"{LogKind(line.kind).label}: {line.text}"
                yield Change(local_day(line.at), text, dossier.title, f"/{room}/{dossier.id}#tijdlijn")


def _calls(session: Session, viewer: Viewer, since: datetime) -> Iterator[Change]:
    """Calls with an application of ours, where they changed on a point worth telling."""
    ours = select(Application.call_id).join(Dossier, col(Dossier.id) == col(Application.dossier_id))
    ours = ours.where(Dossier.participant_id == viewer.participant_id, col(Dossier.closed_at).is_(None))
    rows: Any = select(Revision, Call.title).where(
        Revision.call_id == Call.id, col(Revision.telling), col(Revision.at) > since, col(Call.id).in_(ours)
    )
    for row, title in session.exec(rows):
        word = f"regeling {RevisionKind(row.kind).label}"
        yield Change(local_day(row.at), word, title, f"/regelingen/{row.call_id}")


def _new_points(session: Session, last: Review, points: Sequence[AgendaPoint]) -> Iterator[Change]:
    """What is due now and was no point then."""
    known = {(row.kind, row.subject_id, row.dossier_id) for row in all_points(session, last)}
    for point in points:
        if (point.kind, point.subject_id, point.dossier_id) not in known:
            what = f"nieuw op de lijst, {point.part.label.lower()}: {point.what} ({short_day(point.day)})"
            yield Change(point.day, what, point.title, point.link)
