"""How complete the sources were, for the line above a digest."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from db.models import Call
from db.queries import first_complete, last_crawls
from db.status import standing
from db.vocabulary import Nature, SourceState
from notifications.digest import Coverage
from notifications.wording import local_day
from tracker.sources.health import source_health

UP_TO_DATE = frozenset({SourceState.OK, SourceState.SILENT})
LATE = frozenset({SourceState.OVERDUE, SourceState.NEVER})
MOST_NAMED = 6


def read_coverage(session: Session, on: Collection[str], now: datetime) -> Coverage:
    """How each source stands that is ``on``, also one that was never read; where none is said, those that were."""
    past = last_crawls(session)
    stand = {name: source_health(name, past.get(name, []), now) for name in sorted(on or past)}
    late = {name: health for name, health in stand.items() if health.state in LATE}
    lacking = [name for name, health in stand.items() if health.state not in UP_TO_DATE | LATE]
    return Coverage(
        sources=len(stand),
        complete=sum(health.state in UP_TO_DATE for health in stand.values()),
        incomplete=tuple(lacking[:MOST_NAMED]),
        last_round=max((crawls[0].finished_at for name, crawls in past.items() if name in stand), default=None),
        waiting=_held(session, now),
        overdue={name: _day(health.last_complete) for name, health in list(late.items())[:MOST_NAMED]},
        unmatched=_unmatched(session),
        since=first_complete(session),
    )


def _day(moment: datetime | None) -> date | None:
    return local_day(moment) if moment else None


def _held(session: Session, now: datetime) -> int:
    """Calls kept back from mail until somebody, or time, lets them go."""
    return session.exec(select(func.count()).select_from(Call).where(col(Call.held), standing(now))).one()


def _unmatched(session: Session) -> int:
    """Calls that the matcher has not seen yet: a digest that could not wait any longer says so."""
    count = select(func.count()).select_from(Call)
    new = count.where(Call.matched_with == "", Call.nature == Nature.CALL, col(Call.joined_into).is_(None))
    return session.exec(new).one()
