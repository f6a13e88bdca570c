"""Somebody leaves: what was theirs goes to a colleague in one go, and is named in the log of each dossier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from db.models import (
    Absence,
    Assignment,
    CalendarFeed,
    Commitment,
    ContactMoment,
    Dossier,
    Duty,
    Milestone,
    SignOffRound,
    Stake,
    Team,
    TeamMember,
    User,
)
from db.vocabulary_calendar import MilestoneState
from db.vocabulary_lobby import CommitmentState, LogKind
from tracker.errors import Incomplete
from tracker.lobby.log import log
from tracker.people.access import end_access
from tracker.people.subscriptions import leave
from tracker.rights import Deed


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be somebody's: where it is kept, in which column, and how it is called."""

    label: str
    model: Any
    columns: tuple[str, ...]
    open_still: Callable[[], ColumnElement[bool]]
    else_by: str = ""  # whose it is where those columns name nobody
    needs_somebody: bool = False

    def rows(self, session: Session, user: User) -> list[Any]:
        """What is this person's and not done."""
        named = [col(getattr(self.model, column)) for column in self.columns]
        theirs = [column == user.id for column in named]
        if self.else_by:
            theirs.append(and_(col(getattr(self.model, self.else_by)) == user.id, *(c.is_(None) for c in named)))
        return list(session.exec(select(self.model).where(or_(*theirs), self.open_still())))


def _open_dossier() -> ColumnElement[bool]:
    return col(Dossier.closed_at).is_(None) & col(Dossier.deleted_at).is_(None)


def _unanswered() -> ColumnElement[bool]:
    return and_(col(ContactMoment.followed_up_at).is_(None), col(ContactMoment.follow_up) != "")


def _open_promise() -> ColumnElement[bool]:
    return col(Commitment.state) == CommitmentState.OPEN


def _open_round() -> ColumnElement[bool]:
    open_dossiers = select(Dossier.id).where(_open_dossier())
    return and_(col(SignOffRound.closed_at).is_(None), col(SignOffRound.dossier_id).in_(open_dossiers))


def _planned(model: type[Milestone] | type[Assignment]) -> Callable[[], ColumnElement[bool]]:
    return lambda: col(model.state) == MilestoneState.PLANNED


KINDS = (
    Kind("dossiers en aanvragen", Dossier, ("official_id", "lobbyist_id"), _open_dossier),
    Kind("opvolgingen van gesprekken", ContactMoment, ("follow_up_owner",), _unanswered, "user_id", True),
    Kind("toezeggingen en moties", Commitment, ("owner_id",), _open_promise, needs_somebody=True),
    Kind("afstemrondes", SignOffRound, ("holder_id",), _open_round, "opened_by", needs_somebody=True),
    Kind("relaties in het krachtenveld", Stake, ("holder_id",), lambda: col(Stake.id).is_not(None)),
    Kind("stappen voor een termijn", Milestone, ("assignee_id",), _planned(Milestone)),
    Kind("toegewezen termijnen", Assignment, ("assignee_id",), _planned(Assignment), needs_somebody=True),
    Kind("teams van opgaven", Team, ("contact_id", "coordinator_id"), lambda: col(Team.challenge_id).is_not(None)),
)


@dataclass(frozen=True)
class Held:
    """How many of one kind are somebody's."""

    kind: Kind
    rows: list[Any]


def holdings(session: Session, user: User) -> list[Held]:
    """What of the work is this person's and not done, by kind; only kinds of which there is something."""
    found = (Held(kind, kind.rows(session, user)) for kind in KINDS)
    return [held for held in found if held.rows]


def hand_over(deed: Deed, user: User, heir: User | None) -> int:
    """End somebody's access and give what was theirs to a colleague; gives how many things went over.

    Without ``heir`` what can be nobody's becomes nobody's. Raises Incomplete where something must be somebody's, or
    the colleague is none. All of it happens in the caller's transaction.
    """
    held = holdings(deed.session, user)
    _check(user, heir, held)
    for kept in held:
        for row in kept.rows:
            _give(deed, user, heir, row, kept.kind)
    _leave_teams(deed, user, heir)
    leave(deed.session, user.id, None, deed.now)
    for feed in deed.session.exec(select(CalendarFeed).where(CalendarFeed.user_id == user.id)):
        feed.revoked_at = feed.revoked_at or deed.now
    end_access(deed, user)
    deed.session.flush()
    return sum(len(kept.rows) for kept in held)


def _check(user: User, heir: User | None, held: list[Held]) -> None:
    if heir is None:
        needing = [h.kind.label for h in held if h.kind.needs_somebody]
        if needing:
            raise Incomplete(f"Kies een collega: {' en '.join(needing)} kunnen niet van niemand zijn.", "heir")
    elif heir.id == user.id or heir.deactivated_at is not None or heir.participant_id != user.participant_id:
        raise Incomplete("Kies een collega van dezelfde organisatie die toegang heeft.", "heir")


def _give(deed: Deed, user: User, heir: User | None, row: Any, kind: Kind) -> None:
    theirs = [column for column in kind.columns if getattr(row, column) == user.id] or kind.columns
    for column in theirs:
        setattr(row, column, heir.id if heir else None)
    if hasattr(row, "version"):
        row.version += 1
    if isinstance(row, Dossier):
        log(deed, row, LogKind.EDITED, f"Overgedragen van {user.name} aan {heir.name if heir else 'niemand'}")


def _leave_teams(deed: Deed, user: User, heir: User | None) -> None:
    """Out of the rota, and the colleague in where it is not yet; weeks that were set begin from this one."""
    for member in deed.session.exec(select(TeamMember).where(TeamMember.user_id == user.id)):
        there = select(TeamMember).where(TeamMember.challenge_id == member.challenge_id)
        others = {other.user_id for other in deed.session.exec(there)}
        if heir is None or heir.id in others:
            deed.session.delete(member)
        else:
            member.user_id = heir.id
    for duty in _duties(deed.session, user, deed.today):
        deed.session.delete(duty)  # the rota decides anew
    standing_in = select(Absence).where(Absence.replacement_id == user.id, col(Absence.called_off_at).is_(None))
    for absence in deed.session.exec(standing_in.where(col(Absence.last_day) >= deed.today)):
        if heir is not None and absence.user_id != heir.id:
            absence.replacement_id = heir.id
        else:
            absence.called_off_at = deed.now


def _duties(session: Session, user: User, today: date) -> list[Duty]:
    theirs = or_(col(Duty.reader_id) == user.id, col(Duty.deputy_id) == user.id)
    weeks = select(Duty).where(theirs, col(Duty.week) > today.fromordinal(today.toordinal() - 7))
    return list(session.exec(weeks))
