"""What people work on: the calls and the dates of one person, or of one organisation, as far as the viewer may know."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, false, or_
from sqlmodel import Session, col, select, union

from db.bulk import among
from db.models import Assignment, Call, Deadline, DecisionClock, Dossier, DossierCall, Follow, Milestone, User, Verdict
from db.queries import Viewer
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


Asked = tuple[CompoundSelect[int], CompoundSelect[int]]  # the calls, and the dates


def of_person(session: Session, viewer: Viewer, user_id: int | None) -> AtWork:
    """What this person follows, found relevant, was given, or plans a step for; of colleagues and whom one sees."""
    return _read(session, _of_person(viewer, user_id))


def of_organisation(session: Session, viewer: Viewer, participant: str) -> AtWork:
    """What anybody there follows or found relevant (of colleagues), was given, planned, or has a dossier on."""
    return _read(session, _of_organisation(viewer, participant))


def ours(session: Session, viewer: Viewer) -> AtWork:
    """What the viewer or the viewer's organisation works on."""
    own = of_person(session, viewer, viewer.user_id)
    return own | of_organisation(session, viewer, viewer.participant_id or "")


def _read(session: Session, asked: Asked) -> AtWork:
    calls, dates = (frozenset(session.connection().execute(each).scalars()) - {None} for each in asked)
    return AtWork(calls, dates)


@lru_cache(maxsize=KEPT)
def _of_person(viewer: Viewer, user_id: int | None) -> Asked:
    relevant, followed = _liked(viewer, col(Verdict.user_id) == user_id), _followed(viewer, col(User.id) == user_id)
    planned = _planned().join(Milestone, col(Milestone.clock_id) == col(DecisionClock.id))
    planned = planned.where(visible(viewer, Milestone), col(Milestone.assignee_id) == user_id)
    given = _given(viewer, col(Assignment.assignee_id) == user_id)
    return union(relevant, followed), union(given, planned)


@lru_cache(maxsize=KEPT)
def _of_organisation(viewer: Viewer, participant: str) -> Asked:
    calls = union(
        _liked(viewer, col(Verdict.participant_id) == participant),
        _followed(viewer, col(User.participant_id) == participant),
        _dossiers(viewer, col(Dossier.participant_id) == participant),
    )
    planned = _planned().where(visible(viewer, DecisionClock), col(DecisionClock.participant_id) == participant)
    given = _given(viewer, col(Assignment.participant_id) == participant)
    return calls, union(given, planned)


def usable() -> ColumnElement[bool]:
    """What a public body can use, itself or as a partner; moments are no matter of applying."""
    return or_(col(Call.eligible).in_(FOR_PUBLIC), col(Call.nature) == Nature.MOMENT)


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
