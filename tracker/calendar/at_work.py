"""What people work on, as clauses over deadlines with their calls: one person, one organisation, or whoever we see."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select, union

from db.models import Assignment, Call, Deadline, DecisionClock, Dossier, DossierCall, Follow, Milestone, User, Verdict
from db.queries import Viewer
from db.rights import KEPT, visible
from db.vocabulary import Eligibility, Nature, Say
from db.vocabulary_calendar import MilestoneState


@lru_cache(maxsize=KEPT)
def of_person(viewer: Viewer, user_id: int | None) -> ColumnElement[bool]:
    """What this person follows, found relevant, was given, or plans a step for; of colleagues and whom one sees."""
    relevant, followed = _liked(viewer, col(Verdict.user_id) == user_id), _followed(viewer, col(User.id) == user_id)
    planned = select(DecisionClock.deadline_id).join(Milestone, col(Milestone.clock_id) == col(DecisionClock.id))
    planned = planned.where(visible(viewer, Milestone), col(Milestone.assignee_id) == user_id)
    given = _given(viewer, col(Assignment.assignee_id) == user_id)
    return or_(col(Call.id).in_(union(relevant, followed)), col(Deadline.id).in_(union(given, planned)))


@lru_cache(maxsize=KEPT)
def of_organisation(viewer: Viewer, participant: str) -> ColumnElement[bool]:
    """What anybody there follows or found relevant (of colleagues), was given, planned, or has a dossier on."""
    calls = union(
        _liked(viewer, col(Verdict.participant_id) == participant),
        _followed(viewer, col(User.participant_id) == participant),
        _dossiers(viewer, col(Dossier.participant_id) == participant),
    )
    planned = select(DecisionClock.deadline_id).where(visible(viewer, DecisionClock))
    planned = planned.where(col(DecisionClock.participant_id) == participant)
    given = _given(viewer, col(Assignment.participant_id) == participant)
    return or_(col(Call.id).in_(calls), col(Deadline.id).in_(union(given, planned)))


def usable() -> ColumnElement[bool]:
    """What a public body can use: all but what is not, or seldom, for one; moments are no matter of applying."""
    return or_(col(Call.eligible) != Eligibility.NO, col(Call.nature) == Nature.MOMENT)


def _liked(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    relevant = select(Verdict.call_id).where(Verdict.say == Say.YES, col(Verdict.undone_at).is_(None), who)
    return relevant.where(col(Verdict.participant_id) == viewer.participant_id)


def _followed(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    followed = select(Follow.call_id).join(User, col(User.id) == col(Follow.user_id)).where(who)
    return followed.where(col(User.participant_id) == viewer.participant_id)


def _given(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    given = select(Assignment.deadline_id).where(Assignment.state != MilestoneState.DROPPED, who)
    return given.where(visible(viewer, Assignment))


def _dossiers(viewer: Viewer, who: ColumnElement[bool]) -> Any:
    on = select(DossierCall.call_id).join(Dossier, col(Dossier.id) == col(DossierCall.dossier_id))
    return on.where(visible(viewer, Dossier), col(Dossier.closed_at).is_(None), who)
