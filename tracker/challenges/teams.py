"""Teams of opgaven: who reads this week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.models import Challenge, Duty, TeamMember, User
from db.queries import USER, Viewer


class Readers(NamedTuple):
    """Who reads for an opgave in a week, and who when the first is away."""

    reader: User | None
    deputy: User | None


def monday_of(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def rota(members: Sequence[User], week: date) -> Readers:
    """The team takes turns by the number of the week; the next one is the deputy."""
    if not members:
        return Readers(None, None)
    turn = (week.toordinal() // 7) % len(members)
    deputy = members[(turn + 1) % len(members)] if len(members) > 1 else None
    return Readers(members[turn], deputy)


def members_of(session: Session, challenge_id: str) -> list[User]:
    """The people in a team, in the order of the rota; without who left."""
    query = (
        select(User)
        .join(TeamMember, col(TeamMember.user_id) == col(User.id))
        .where(TeamMember.challenge_id == challenge_id, col(User.deactivated_at).is_(None))
        .order_by(col(TeamMember.position), col(TeamMember.id))
    )
    return list(session.exec(query))


def readers(session: Session, challenge_id: str, day: date) -> Readers:
    """Who reads in the week of this day: as set by hand, else by the rota."""
    week = monday_of(day)
    duty = session.exec(select(Duty).where(Duty.challenge_id == challenge_id, Duty.week == week)).first()
    if duty is None:
        return rota(members_of(session, challenge_id), week)
    deputy = session.get(User, duty.deputy_id) if duty.deputy_id else None
    return Readers(session.get(User, duty.reader_id), deputy)


_OF_MEMBER = (
    select(Challenge)
    .join(TeamMember, col(TeamMember.challenge_id) == col(Challenge.id))
    .where(TeamMember.user_id == USER)
    .order_by(col(Challenge.position))
)


def duties_of(session: Session, viewer: Viewer, today: date) -> list[tuple[Challenge, str]]:
    """The opgaven this person reads for this week, as reader or deputy."""
    duties = []
    for challenge in session.exec(_OF_MEMBER, params={"user": viewer.user_id}).all():
        turn = readers(session, challenge.id, today)
        if turn.reader and turn.reader.id == viewer.user_id:
            duties.append((challenge, "lezer"))
        elif turn.deputy and turn.deputy.id == viewer.user_id:
            duties.append((challenge, "plaatsvervanger"))
    return duties
