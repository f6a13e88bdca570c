"""News of the network's activities in digests: new, moved, off, nearly there; each once, to who may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, func, select

from db.models import NetworkActivity, Participant
from db.queries import Viewer
from db.rights import seen_by_right
from db.vocabulary_network import ActivityKind
from notifications.due_today import AgendaLine
from notifications.wording import day_and_month
from tracker.challenges.agenda import above_all
from tracker.clock import Now
from tracker.mailing.moment_news import REMEMBERED, LastDigests, nearly

NEAR = (7, 1)  # days before the first one, each told in the first digest after it
MOST = 8


@dataclass(frozen=True)
class ComingActivity:
    """An activity that comes, or was to come; ``opgaven``: the one it is about and all above."""

    row: NetworkActivity
    opgaven: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ActivityNews:
    """Read once for a planning run. ``last``: person -> when their last digest was planned."""

    activities: tuple[ComingActivity, ...] = ()
    last: LastDigests = field(default_factory=dict)
    subregions: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, reader: Viewer, filters: Iterable[Iterable[str]], now: Now) -> tuple[AgendaLine, ...]:
        """The lines for one person, by day; ``filters``: the opgaven of each subscription, none for all."""
        wanted = [frozenset(opgaven) for opgaven in filters]
        if not wanted or not self.activities:
            return ()
        since = self.last.get(reader.user_id) or now.instant - REMEMBERED
        mine = (one for one in self.activities if self._concerns(reader, one, wanted))
        return tuple(line for one in mine if (line := line_of(one.row, since, now)))[:MOST]

    def _concerns(self, reader: Viewer, one: ComingActivity, wanted: list[frozenset[str]]) -> bool:
        """Whether the reader may see it and asked for its opgave; without one, whether it is the reader's or near."""
        levels, own = seen_by_right(reader)
        row = one.row
        if row.added_by == reader.user_id or not (row.visibility in levels or row.participant_id in own):
            return False
        if one.opgaven:
            return any(not opgaven or one.opgaven & opgaven for opgaven in wanted)
        return row.participant_id in own or row.subregion in ("", self.subregions.get(reader.participant_id or ""))


def line_of(row: NetworkActivity, since: datetime, now: Now) -> AgendaLine | None:
    """What is said of it to who was last mailed at ``since``; none where that is nothing. Pure."""
    word = news_of(row, since, now)
    if not word:
        return None
    where = f" in {row.place}" if row.place else ""
    return AgendaLine(
        row.day, f"{word}, {ActivityKind(row.kind).label}{where} op", row.title, f"/netwerk/activiteiten/{row.id}"
    )


def news_of(row: NetworkActivity, since: datetime, now: Now) -> str:
    """``Nieuw``, ``Verplaatst (was 10 jun)``, ``Gaat niet door`` or ``Nog 7 dagen``; empty for no news. Pure."""
    if row.off_at is not None:
        return "Gaat niet door" if row.off_at > since and row.added_at <= since else ""
    if row.added_at > since:
        return "Nieuw"
    if row.moved_at is not None and row.moved_at > since and row.was_on is not None:
        return f"Verplaatst (was {day_and_month(row.was_on)})"
    return nearly(row.day, NEAR, since, now)


def read_activity_news(session: Session, now: Now, planned: LastDigests) -> ActivityNews:
    """The activities whose day is still to come, by it. ``planned``: when everybody last got a digest."""
    last_day = func.coalesce(NetworkActivity.last_day, NetworkActivity.day)
    rows = session.exec(
        select(NetworkActivity).where(last_day >= now.today).order_by(col(NetworkActivity.day), col(NetworkActivity.id))
    ).all()
    if not rows:
        return ActivityNews()
    above = above_all(session)
    subregions = dict(session.exec(select(Participant.id, Participant.subregion)).all())
    coming = tuple(ComingActivity(row, frozenset(above[row.challenge_id] if row.challenge_id else ())) for row in rows)
    return ActivityNews(coming, planned, subregions)
