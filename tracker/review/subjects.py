"""What each kind of point is about: the row that is changed, the row that decides who sees it, and what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session, select

from db.models import (
    ActionPoint,
    ApplicationTask,
    Assignment,
    Call,
    Commitment,
    ContactMoment,
    Deadline,
    Dossier,
    Milestone,
    Moment,
    Position,
    Resolution,
    Review,
    ReviewPoint,
    SignOffRound,
)
from db.queries import Viewer
from db.rights import may_see, wider
from db.vocabulary import Visibility
from db.vocabulary_calendar import MilestoneState, PointKind
from db.vocabulary_lobby import ApplicationStage, CommitmentState
from tracker.calendar.targets import deadline_day
from tracker.lobby.coalition import asked_of, people_at
from tracker.lobby.holders import NOBODY, Holders
from tracker.lobby.resolutions import may_know
from tracker.lobby.resolutions import subject_of as resolved

K = PointKind


class Can(StrEnum):
    """A deed that a kind of point has."""

    ASSIGN = "assign"
    MOVE = "move"
    SETTLE = "settle"
    DECIDE = "decide"
    START = "start"


@dataclass(frozen=True)
class PointSubject:
    """A point's subject as it stands now. ``owned`` decides who may see it; none: everybody who sees the meeting."""

    row: Any
    owned: Any
    can: frozenset[Can] = frozenset()
    holder: int | None = None
    day: date | None = None
    done: bool = False
    given: Any = None  # what is given to a colleague, where that is another row

    @property
    def seen_given(self) -> int:
        """The version that the form carries by which it is given to a colleague."""
        return self.seen if self.given is None else int(self.given.version)

    @property
    def seen(self) -> int:
        """The version that a form about it carries; 0 for what has none."""
        return int(getattr(self.row, "version", 0) or 0)


Find = Callable[[Session, Review, ReviewPoint], PointSubject | None]


def subject_of(session: Session, review: Review, point: ReviewPoint) -> PointSubject | None:
    """The subject, or none where it is gone or went into another."""
    return FINDERS[PointKind(point.kind)](session, review, point)


def may_see_point(session: Session, viewer: Viewer, review: Review, point: ReviewPoint) -> bool:
    """Whether the viewer may see what the point is about; who may not does not know of the point.

    Who is of another organisation sees no point on what was narrower when the meeting began.
    """
    subject = subject_of(session, review, point)
    if subject is None:
        return False
    if isinstance(subject.row, Resolution) and not subject.done and not may_know(session, viewer, subject.row):
        return False
    if subject.owned is not None and not may_see(session, viewer, subject.owned):
        return False
    return was_for(viewer, review, point.visibility, visibility_of(subject))


def people_of(session: Session, review: Review, subject: PointSubject) -> list[int]:
    """Who has it, as the list of all that is open says; of another's round who is asked to answer it."""
    dossier = subject.given
    if not isinstance(dossier, Dossier):
        return [subject.holder] if subject.holder else []
    if not isinstance(subject.row, SignOffRound):
        return sorted(user for user in Holders(session).keepers(dossier) if user != NOBODY)
    if dossier.participant_id == review.participant_id:
        return [subject.row.whose]
    return [user.id for user in asked_of(session, dossier, people_at(session, review.participant_id))]


def visibility_of(subject: PointSubject | None) -> str:
    """How far what a point is about is seen; what belongs to nobody is everybody's."""
    return Visibility.REGION if subject is None or subject.owned is None else subject.owned.visibility


def was_for(viewer: Viewer, review: Review, then: str, now: str) -> bool:
    """Whether what was said at that visibility is for the viewer, now that its subject has this one."""
    return viewer.participant_id == review.participant_id or not wider(now, then)


def _dossier(session: Session, dossier_id: int | None) -> Dossier | None:
    """A dossier that is there; one that went into another is that other."""
    dossier = session.get(Dossier, dossier_id) if dossier_id else None
    if dossier is not None and dossier.merged_into_id is not None:
        return _dossier(session, dossier.merged_into_id)
    return None if dossier is None or dossier.deleted_at is not None else dossier


def _milestone(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(Milestone, point.subject_id)
    if row is None:
        return None
    can = frozenset({Can.ASSIGN, Can.MOVE, Can.SETTLE})
    return PointSubject(row, row, can, row.assignee_id, row.day, row.state != MilestoneState.PLANNED)


def _deadline(session: Session, review: Review, point: ReviewPoint) -> PointSubject | None:
    same = Assignment.deadline_id == point.subject_id, Assignment.participant_id == review.participant_id
    row = session.exec(select(Assignment).where(*same)).first()
    if row is None:
        return None
    deadline, done = session.get_one(Deadline, row.deadline_id), row.state != MilestoneState.PLANNED
    can = frozenset({Can.ASSIGN, Can.SETTLE})
    return PointSubject(row, row, can, row.assignee_id, deadline_day(deadline), done)


def _task(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(ApplicationTask, point.subject_id)
    dossier = _dossier(session, row.dossier_id) if row else None
    if row is None or dossier is None:
        return None
    can = frozenset({Can.ASSIGN, Can.MOVE, Can.SETTLE})
    return PointSubject(row, dossier, can, row.assignee_id, row.day, row.done_on is not None)


def _application(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = _dossier(session, point.subject_id)
    if row is None:
        return None
    waits = row.stage == ApplicationStage.GO_NO_GO
    can = frozenset({Can.ASSIGN, Can.DECIDE} if waits else {Can.ASSIGN})
    holder = row.lobbyist_id or row.official_id
    return PointSubject(row, row, can, holder, done=not waits and holder is not None)


def _call(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(Call, point.subject_id)
    return PointSubject(row, None, frozenset({Can.ASSIGN, Can.START})) if row else None


def _commitment(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(Commitment, point.subject_id)
    if row is None:
        return None
    can = frozenset({Can.ASSIGN, Can.MOVE, Can.SETTLE})
    return PointSubject(row, row, can, row.owner_id, row.due_on, row.state != CommitmentState.OPEN)


def _follow_up(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(ContactMoment, point.subject_id)
    if row is None:
        return None
    holder, done = row.follow_up_owner or row.user_id, row.followed_up_at is not None
    can = frozenset({Can.ASSIGN, Can.MOVE, Can.SETTLE})
    return PointSubject(row, row, can, holder, row.follow_up_on, done)


def _in_dossier(model: Any, *, can: frozenset[Can] = frozenset()) -> Find:
    """Something that has a page of its own in a dossier; who pulls the dossier has it.

    The days of a position are what a body adopted: they change by a decision that a second person confirms.
    """

    def find(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
        row, dossier = session.get(model, point.subject_id), _dossier(session, point.dossier_id)
        if row is None or dossier is None:
            return None
        done, day = getattr(row, "closed_at", None) is not None, getattr(row, "due_on", getattr(row, "ends_on", None))
        holder = dossier.lobbyist_id or dossier.official_id
        fixed = {Can.MOVE} if getattr(row, "call_id", None) else set()  # the day of a source's moment is the source's
        return PointSubject(row, dossier, (can | {Can.ASSIGN}) - fixed, holder, day, done, dossier)

    return find


def _resolution(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(Resolution, point.subject_id)
    if row is None:
        return None
    return PointSubject(row, resolved(session, row), frozenset({Can.SETTLE}), done=row.settled_at is not None)


def _action(session: Session, _review: Review, point: ReviewPoint) -> PointSubject | None:
    row = session.get(ActionPoint, point.subject_id)
    if row is None:
        return None
    can = frozenset({Can.ASSIGN, Can.MOVE, Can.SETTLE})
    return PointSubject(row, row, can, row.assignee_id, row.day, row.state != MilestoneState.PLANNED)


FINDERS: dict[PointKind, Find] = {
    K.MILESTONE: _milestone,
    K.DEADLINE: _deadline,
    K.TASK: _task,
    K.APPLICATION: _application,
    K.CALL: _call,
    K.COMMITMENT: _commitment,
    K.FOLLOW_UP: _follow_up,
    K.POSITION: _in_dossier(Position),
    K.MOMENT: _in_dossier(Moment, can=frozenset({Can.MOVE})),
    K.ROUND: _in_dossier(SignOffRound, can=frozenset({Can.MOVE, Can.SETTLE})),
    K.RESOLUTION: _resolution,
    K.ACTION: _action,
}
