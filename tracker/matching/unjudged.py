"""Strong matches that a team left unjudged for longer than its patience: they go to its coordinator."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, and_, col, func, not_, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Challenge, Match, Revision, Subscription, Team, TeamMember, Verdict
from db.queries import MINE, MOST, USER, Viewer
from db.reach import Reach, reach_of
from db.status import IS_CALL, NOW, instant, next_gate_expression, standing
from db.vocabulary import CLOSING_KINDS, Eligibility, NoReason, Say
from notifications.wording import AMSTERDAM, local_day, start_of_day
from tracker.challenges.agenda import below
from tracker.clock import Now
from tracker.matching.search import LONG, SHOWN_FROM, told_of, worth
from tracker.workdays import NATIONAL, ClosedDays, read_closed_days

STRONG = 0.6  # from here on a match should not lie unread
MOST_TOLD = 10  # in one mail
HANGS_ON_TIME = (NoReason.TOO_LATE, NoReason.NO_CAPACITY)
CLOSED_SINCE, MOST_CLOSED = timedelta(days=365), 25
KEPT = 64  # statements, one an area
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Unjudged(NamedTuple):
    """A strong match past the patience of its team."""

    call: Call
    challenge: Challenge
    coordinator_id: int
    patience: int

    @property
    def since(self) -> datetime:
        """When we first saw it, in UTC."""
        return self.call.first_seen


def unjudged(session: Session, now: Now, coordinator: int | None = None) -> list[Unjudged]:
    """All of them, or those of one coordinator, by closing date; patience counts working days."""
    asked = select(Team).where(col(Team.coordinator_id).is_not(None))
    if coordinator is not None:
        asked = asked.where(col(Team.coordinator_id) == coordinator)
    teams = session.exec(asked).all()
    closed = read_closed_days(session) if teams else NATIONAL
    return [each for team in teams for each in _of_team(session, team, closed, now)]


def _of_team(session: Session, team: Team, closed: ClosedDays, now: Now) -> Iterator[Unjudged]:
    limit = datetime.combine(closed.before(now.today, team.patience), time.max, AMSTERDAM)
    about = col(Verdict.challenge_id)  # a verdict on another team's opgave says nothing of this one's
    about_this = or_(about.is_(None), about == team.challenge_id)
    judged = select(Verdict.call_id).where(col(Verdict.undone_at).is_(None), about_this)
    query = (
        select(Call, Challenge)
        .join(Match, col(Match.call_id) == col(Call.id))
        .join(Challenge, col(Challenge.id) == col(Match.challenge_id))
        .where(Match.challenge_id == team.challenge_id, col(Match.score) >= STRONG, standing(now.instant))
        .where(col(Call.first_seen) <= limit, col(Call.id).not_in(judged))
        .order_by(next_gate_expression(now.instant), col(Call.id))
    )
    for call, challenge in session.exec(query):
        yield Unjudged(call, challenge, team.coordinator_id or 0, team.patience)


def ran_out(session: Session, now: Now, working_days: int = 1, coordinator: int | None = None) -> list[Unjudged]:
    """Those whose patience ran out in the last so many working days; on a day off there are none.

    ``coordinator``: those of one person's teams. What a flood holds back is not told by mail.
    """
    closed = read_closed_days(session)
    if not closed.is_working_day(now.today):
        return []
    before = closed.before(now.today, working_days)
    left = unjudged(session, now, coordinator)
    return [match for match in left if not match.call.held and _ran_out_after(match, closed, before)]


def _ran_out_after(match: Unjudged, closed: ClosedDays, day: date) -> bool:
    return local_day(match.since) > closed.before(day, match.patience)


def my_challenges(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """The opgaven of this person's subscriptions and teams, and what is under them; none means all."""
    user = {"user": viewer.user_id}
    filters, teams = session.exec(_SUBSCRIBED, params=user).all(), session.exec(_IN_TEAMS, params=user).all()
    named = {name for each in filters for name in each.get("challenges", ())} | set(teams)
    return below(session, tuple(sorted(named))) if named else ()


_SUBSCRIBED = select(Subscription.filter).where(Subscription.user_id == USER, col(Subscription.ended_at).is_(None))
_IN_TEAMS = select(TeamMember.challenge_id).where(TeamMember.user_id == USER)


def _reopened() -> ColumnElement[bool]:
    """Whether a closing date moved after a verdict that hung on time."""
    moved = select(Revision.id).where(
        Revision.call_id == Verdict.call_id, Revision.at > Verdict.at, col(Revision.telling),
        col(Revision.field).in_(sorted(CLOSING_KINDS)),
    )  # fmt: skip
    on_time = or_(col(Verdict.say).in_((Say.YES, Say.LATER)), col(Verdict.reason).in_(HANGS_ON_TIME))
    return and_(on_time, moved.exists())


def waiting_for(
    session: Session, viewer: Viewer, now: datetime, mine: tuple[str, ...] | None = None, most: int = 200,
    late_until: date | None = None,
) -> list[int]:  # fmt: skip
    """Calls that match this person's opgaven, still stand, and wait for a word; in the order of the mail.

    One whose date moved after the verdict waits for another, unless it was refused for what no date changes.
    ``mine``: the person's opgaven, where they were read already. ``late_until``: the last closing day for which the
    person's organisation can decide nothing any more.
    """
    mine = my_challenges(session, viewer) if mine is None else mine
    too_late = start_of_day(late_until + timedelta(days=1)) if late_until else LONG_AGO
    asked = {"now": now, "user": viewer.user_id, "mine": mine, "too_late": too_late, "most": most}
    return list(session.exec(_waiting(bool(mine), reach_of(viewer, local_day(now))), params=asked))


@lru_cache(maxsize=KEPT)
def _waiting(narrowed: bool, reach: Reach) -> SelectOfScalar[int]:
    """Made once: to put it together takes half as long as its answer."""
    mine = MINE if narrowed else ()
    judged = select(Verdict.call_id).where(Verdict.user_id == USER, col(Verdict.undone_at).is_(None), not_(_reopened()))
    return (
        select(Call.id)
        .where(standing(NOW), told_of(mine, USER))
        .where(col(Call.id).not_in(judged))
        .order_by(worth(mine, USER, NOW, instant("too_late"), reach).desc())
        .order_by(func.coalesce(next_gate_expression(NOW), datetime(9999, 1, 1, tzinfo=UTC)))
        .order_by(col(Call.id))
        .limit(MOST)
    )


class ClosedUnjudged(NamedTuple):
    """What closed for an opgave while nobody of an organisation had judged it: the strongest, and how many in all."""

    challenge: Challenge
    calls: list[Call]
    total: int

    @staticmethod
    def closed_on(call: Call) -> date | None:
        """Its last day; a bare day ends at the midnight after it."""
        return local_day(call.closes_at - timedelta(seconds=1)) if call.closes_at else None


def closed_unjudged(session: Session, viewer: Viewer, now: datetime) -> list[ClosedUnjudged]:
    """Calls of the last year that a public body could use, by opgave in the agenda's order, the last closed first."""
    mine = my_challenges(session, viewer)
    judged = select(Verdict.call_id).where(
        Verdict.participant_id == viewer.participant_id, col(Verdict.undone_at).is_(None)
    )
    query = (
        select(Challenge, Call)
        .join(Match, col(Match.challenge_id) == col(Challenge.id))
        .join(Call, col(Call.id) == col(Match.call_id))
        .where(col(Match.score) >= SHOWN_FROM, IS_CALL, col(Call.joined_into).is_(None))
        .where(col(Call.closes_at) <= now, col(Call.closes_at) > now - CLOSED_SINCE)
        .where(Call.eligible != Eligibility.NO, col(Call.id).not_in(judged))
        .where(not_(reach_of(viewer, local_day(now)).outside))
        .order_by(col(Challenge.agenda_id), col(Challenge.position), col(Call.closes_at).desc(), col(Call.id))
    )
    if mine:
        query = query.where(col(Challenge.id).in_(mine))
    by_challenge: dict[str, tuple[Challenge, list[Call]]] = {}
    for challenge, call in session.exec(query.options(defer(LONG))):
        by_challenge.setdefault(challenge.id, (challenge, []))[1].append(call)
    return [ClosedUnjudged(challenge, calls[:MOST_CLOSED], len(calls)) for challenge, calls in by_challenge.values()]
