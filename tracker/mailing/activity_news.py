"""News of the network's activities in digests: new, moved, off, nearly there; each once, to who may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, func, select

from db.models import Challenge, NetworkActivity, Participant
from db.queries import Viewer
from db.rights import seen_by_right
from db.vocabulary_network import ActivityKind
from notifications.due_today import AgendaLine
from notifications.wording import day_and_month, local_day
from tracker.clock import Now
from tracker.mailing.moment_news import REMEMBERED, last_digests

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
    last: Mapping[int | None, datetime] = field(default_factory=dict)
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
    left, before = (row.day - now.today).days, (row.day - local_day(since)).days
    if not any(left <= days < before for days in NEAR):
        return ""
    return {0: "Vandaag", 1: "Morgen"}.get(left, f"Nog {left} dagen")


def read_activity_news(session: Session, now: Now) -> ActivityNews:
    """The activities whose day is still to come, by it, and when everybody last got a digest."""
    last_day = func.coalesce(NetworkActivity.last_day, NetworkActivity.day)
    rows = session.exec(
        select(NetworkActivity).where(last_day >= now.today).order_by(col(NetworkActivity.day), col(NetworkActivity.id))
    ).all()
    if not rows:
        return ActivityNews()
    parents = dict(session.exec(select(Challenge.id, Challenge.parent_id)).all())
    subregions = dict(session.exec(select(Participant.id, Participant.subregion)).all())
    coming = tuple(ComingActivity(row, _above(row.challenge_id, parents)) for row in rows)
    return ActivityNews(coming, last_digests(session, now), subregions)


def _above(challenge: str | None, parents: Mapping[str, str | None]) -> frozenset[str]:
    found: set[str] = set()
    while challenge is not None and challenge not in found:
        found.add(challenge)
        challenge = parents.get(challenge)
    return frozenset(found)
