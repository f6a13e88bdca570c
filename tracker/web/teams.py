"""Teams of opgaven: who reads this week, and which strong matches nobody judged in time."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.models import Challenge, ClosedPeriod, Duty, Match, Opportunity, Team, TeamMember, User, Verdict
from db.queries import Viewer
from notifications.wording import AMSTERDAM, local_day
from tracker.closed_days import closed_days
from tracker.web.finding import standing

STRONG = 0.6  # from here on a match should not lie unread


class Readers(NamedTuple):
    """Who reads for an opgave in a week, and who when the first is away."""

    reader: User | None
    deputy: User | None


class Overdue(NamedTuple):
    """A strong match that the team of an opgave left unjudged for too long."""

    call: Opportunity
    challenge: Challenge
    since: datetime


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


def duties_of(session: Session, viewer: Viewer, now: datetime) -> list[tuple[Challenge, str]]:
    """The opgaven this person reads for this week, as reader or deputy."""
    query = (
        select(Challenge)
        .join(TeamMember, col(TeamMember.challenge_id) == col(Challenge.id))
        .where(TeamMember.user_id == viewer.user_id)
        .order_by(col(Challenge.position))
    )
    found = []
    for challenge in session.exec(query).all():
        turn = readers(session, challenge.id, local_day(now))
        if turn.reader and turn.reader.id == viewer.user_id:
            found.append((challenge, "lezer"))
        elif turn.deputy and turn.deputy.id == viewer.user_id:
            found.append((challenge, "plaatsvervanger"))
    return found


def overdue(session: Session, viewer: Viewer, now: datetime) -> list[Overdue]:
    """Strong matches past the patience of their team, without anybody's verdict; for the coordinator of that team."""
    found: list[Overdue] = []
    closed = closed_days(session.exec(select(ClosedPeriod)).all())
    for team in session.exec(select(Team).where(Team.coordinator_id == viewer.user_id)):
        day = closed.before(local_day(now), team.patience)
        limit = datetime.combine(day, time.max, AMSTERDAM)
        judged = select(Verdict.opportunity_id).where(col(Verdict.undone_at).is_(None))
        query = (
            select(Opportunity, Challenge, Match.at)
            .join(Match, col(Match.opportunity_id) == col(Opportunity.id))
            .join(Challenge, col(Challenge.id) == col(Match.challenge_id))
            .where(Match.challenge_id == team.challenge_id, col(Match.score) >= STRONG, standing(now))
            .where(col(Opportunity.first_seen) <= limit, col(Opportunity.id).not_in(judged))
            .order_by(col(Opportunity.closes_at))
        )
        found += [Overdue(call, challenge, call.first_seen) for call, challenge, _ in session.exec(query)]
    return found
