"""What people work on: the calls and the dates of one person, or of one organisation, as far as the viewer may know."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, literal_column, or_
from sqlmodel import Session, col, not_, select, union

from db.bulk import among
from db.models import Assignment, Call, Deadline, DecisionClock, Dossier, DossierCall, Follow, Milestone, User, Verdict
from db.queries import Viewer
from db.reach import Reach
from db.rights import KEPT, visible
from db.vocabulary import Eligibility, Nature, Say
from db.vocabulary_calendar import MilestoneState

FOR_PUBLIC = (Eligibility.SELF, Eligibility.PARTNER)


@dataclass(frozen=True)
class AtWork:
    """Numbers of calls, and of single dates: read once, as a page asks for them in each of its questions."""

    calls: frozenset[int]
    dates: frozenset[int]

    def __or__(self, other: "AtWork") -> "AtWork":
        return AtWork(self.calls | other.calls, self.dates | other.dates)

    def has(self, call_id: int, date_id: int) -> bool:
        """Whether this date, or its call, is among them."""
        return call_id in self.calls or date_id in self.dates

    def clause(self, session: Session) -> ColumnElement[bool]:
        """The same in SQL, over dates with their calls; what is not worked on at all is not asked about."""
        asked = (Call.id, self.calls), (Deadline.id, self.dates)
        return or_(false(), *(among(session, col(column), sorted(numbers)) for column, numbers in asked if numbers))


Asked = CompoundSelect[Any]  # numbers, and whether each is that of a date, else of a call
Parts = tuple[tuple[Any, ...], tuple[Any, ...]]  # questions of calls, and of dates


def of_person(session: Session, viewer: Viewer, user_id: int | None) -> AtWork:
    """What this person follows, found relevant, was given, or plans a step for; of colleagues and whom one sees."""
    return _read(session, _of_person(viewer, user_id))


def of_organisation(session: Session, viewer: Viewer, participant: str) -> AtWork:
    """What anybody there follows or found relevant (of colleagues), was given, planned, or has a dossier on."""
    return _read(session, _of_organisation(viewer, participant))


def ours(session: Session, viewer: Viewer) -> AtWork:
    """What the viewer or the viewer's organisation works on."""
    return _read(session, _of_both(viewer))


def _read(session: Session, asked: Asked) -> AtWork:
    rows: Any = session.connection().execute(asked).all()
    calls = frozenset(number for number, dated in rows if number and not dated)
    return AtWork(calls, frozenset(number for number, dated in rows if number and dated))


def _all(calls: Iterable[Any], dates: Iterable[Any]) -> Asked:
    """As one question: a page asks it first, and each question takes its time to be put."""
    told = (*(each.add_columns(literal_column("0")) for each in calls),)
    return union(*told, *(each.add_columns(literal_column("1")) for each in dates))


@lru_cache(maxsize=KEPT)
def _of_both(viewer: Viewer) -> Asked:
    own, shared = _by_person(viewer, viewer.user_id), _by_organisation(viewer, viewer.participant_id or "")
    return _all((*own[0], *shared[0]), (*own[1], *shared[1]))


@lru_cache(maxsize=KEPT)
def _of_person(viewer: Viewer, user_id: int | None) -> Asked:
    return _all(*_by_person(viewer, user_id))


@lru_cache(maxsize=KEPT)
def _of_organisation(viewer: Viewer, participant: str) -> Asked:
    return _all(*_by_organisation(viewer, participant))


def _by_person(viewer: Viewer, user_id: int | None) -> Parts:
    relevant, followed = _liked(viewer, col(Verdict.user_id) == user_id), _followed(viewer, col(User.id) == user_id)
    planned = _planned().join(Milestone, col(Milestone.clock_id) == col(DecisionClock.id))
    planned = planned.where(visible(viewer, Milestone), col(Milestone.assignee_id) == user_id)
    given = _given(viewer, col(Assignment.assignee_id) == user_id)
    return (relevant, followed), (given, planned)


def _by_organisation(viewer: Viewer, participant: str) -> Parts:
    calls = (
        _liked(viewer, col(Verdict.participant_id) == participant),
        _followed(viewer, col(User.participant_id) == participant),
        _dossiers(viewer, col(Dossier.participant_id) == participant),
    )
    planned = _planned().where(visible(viewer, DecisionClock), col(DecisionClock.participant_id) == participant)
    given = _given(viewer, col(Assignment.participant_id) == participant)
    return calls, (given, planned)


def usable(reach: Reach) -> ColumnElement[bool]:
    """What a public body of this reach can use, itself or as a partner; moments are no matter of applying."""
    applied_for: ColumnElement[bool] = col(Call.eligible).in_(FOR_PUBLIC)
    if reach.limits:
        applied_for = and_(applied_for, not_(reach.outside))
    return or_(applied_for, col(Call.nature) == Nature.MOMENT)


def _liked(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    relevant = select(Verdict.call_id).where(Verdict.say == Say.YES, col(Verdict.undone_at).is_(None), who)
    return relevant.where(col(Verdict.participant_id) == viewer.participant_id)


def _followed(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    followed = select(Follow.call_id).join(User, col(User.id) == col(Follow.user_id)).where(who)
    return followed.where(col(User.participant_id) == viewer.participant_id)


def _planned() -> Any:
    """The dates that steps lead to; nobody works any more on one whose application was given up or lost."""
    of_application = select(DecisionClock.deadline_id).outerjoin(Dossier, col(Dossier.id) == DecisionClock.dossier_id)
    return of_application.where(col(Dossier.closed_at).is_(None))


def _given(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    given = select(Assignment.deadline_id).where(Assignment.state != MilestoneState.DROPPED, who)
    return given.where(visible(viewer, Assignment))


def _dossiers(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    on = select(DossierCall.call_id).join(Dossier, col(Dossier.id) == col(DossierCall.dossier_id))
    return on.where(visible(viewer, Dossier), col(Dossier.closed_at).is_(None), who)
