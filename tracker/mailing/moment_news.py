"""News of consultations and debates on the opgaven that a lobbyist subscribes to: new, moved, off, closing soon."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from db.models import Call, Delivery, Match, Revision, User
from db.rights import RANK
from db.vocabulary import CLOSING_KINDS, UNTOLD_STATES, MailKind, Role
from db.vocabulary_lobby import MomentKind
from notifications.due_today import AgendaLine
from notifications.wording import capitalize_first, day_and_month, local_day
from tracker.challenges.agenda import above_all
from tracker.clock import Now
from tracker.lobby.agenda_document import ANYBODY
from tracker.lobby.moments import MATCHING, upcoming
from tracker.lobby.yearly_moments import UpcomingMoment

REMEMBERED = timedelta(days=35)  # who got no digest for longer hears of the last weeks
CLOSING = (14, 7, 1)  # days before the last one, each told in the first digest after it
MOST = 12
LastDigests = Mapping[int | None, datetime]  # person -> when their last digest was planned
REACTED_TO = frozenset({MomentKind.CONSULTATION, MomentKind.HAVE_YOUR_SAY})


@dataclass(frozen=True)
class SourcedMoment:
    """A moment of a source; ``opgaven``: those it matched and all above; ``changed``: when its day or standing did."""

    moment: UpcomingMoment
    opgaven: frozenset[str]
    first_seen: datetime
    changed: datetime | None


@dataclass(frozen=True)
class MomentNews:
    """Read once for a planning run. ``last``: person who lobbies -> when their last digest was planned."""

    moments: tuple[SourcedMoment, ...]
    last: Mapping[int, datetime | None]

    def of(self, user_id: int, filters: Iterable[Iterable[str]], now: Now) -> tuple[AgendaLine, ...]:
        """The lines for one person, by their last day; ``filters``: the opgaven of each subscription, none for all."""
        if user_id not in self.last:
            return ()
        since = self.last[user_id] or now.instant - REMEMBERED
        wanted = [frozenset(opgaven) for opgaven in filters]
        near = (m for m in self.moments if any(m.opgaven & opgaven if opgaven else m.opgaven for opgaven in wanted))
        return tuple(line for m in near if (line := line_of(m, since, now)))[:MOST]


def line_of(sourced: SourcedMoment, since: datetime, now: Now) -> AgendaLine | None:
    """What is said of a moment to who was last mailed at ``since``; none where that is nothing."""
    moment, word = sourced.moment, news_of(sourced, since, now)
    if moment.ends_on is None or not word:
        return None
    until = "reageren kan tot en met" if moment.kind in REACTED_TO else "het is op"
    until = "het stond op" if moment.ended else until
    return AgendaLine(moment.ends_on, f"{word}, {until}", moment.title, moment.address)


def news_of(sourced: SourcedMoment, since: datetime, now: Now) -> str:
    """``Nieuw``, ``Verplaatst (was 10 jun)``, ``Gaat niet door`` or ``Nog 7 dagen``; empty for no news. Pure."""
    moment, changed = sourced.moment, sourced.changed is not None and sourced.changed > since
    if moment.ended:
        return capitalize_first(moment.ended) if changed and sourced.first_seen <= since else ""
    if sourced.first_seen > since:
        return "Nieuw"
    if changed and moment.was:
        return f"Verplaatst (was {day_and_month(moment.was)})"
    return nearly(moment.ends_on, CLOSING, since, now) if moment.ends_on else ""


def nearly(day: date, distances: Iterable[int], since: datetime, now: Now) -> str:
    """``Morgen`` or ``Nog 7 dagen``, once for each distance in days that was reached since; else empty. Pure."""
    left, before = (day - now.today).days, (day - local_day(since)).days
    if not any(left <= days < before for days in distances):
        return ""
    return {0: "Vandaag", 1: "Morgen"}.get(left, f"Nog {left} dagen")


def read_moment_news(session: Session, now: Now, planned: LastDigests, only: int | None = None) -> MomentNews:
    """The moments that sources tell of and that touch an opgave, and the people whose work they are, or one of them."""
    last = {person: planned.get(person) for person in _lobbying(session, only)}
    if not last:
        return MomentNews((), last)
    coming = [m for m in upcoming(session, ANYBODY, now.today, with_ended=True) if m.call_id is not None]
    ids = [m.call_id for m in coming]
    seen = dict(session.exec(select(Call.id, Call.first_seen).where(col(Call.id).in_(ids))).all())
    opgaven, changed = _opgaven(session, ids), changed_at(session, ids)
    return MomentNews(
        tuple(
            SourcedMoment(m, opgaven[m.call_id], seen[m.call_id], changed.get(m.call_id))
            for m in coming
            if m.call_id in seen and m.call_id in opgaven
        ),
        last,
    )


def _lobbying(session: Session, only: int | None) -> Sequence[int]:
    """Everybody whose role is the lobby's or higher."""
    roles = [role.value for role in Role if RANK[role] >= RANK[Role.LOBBYIST]]
    lobbying = select(User.id).where(col(User.role).in_(roles), col(User.deactivated_at).is_(None))
    return session.exec(lobbying if only is None else lobbying.where(User.id == only)).all()


def last_digests(session: Session, now: Now) -> LastDigests:
    """Person -> when their last digest was planned, within what is remembered."""
    digests = select(Delivery.user_id, func.max(Delivery.planned_at)).where(
        Delivery.kind == MailKind.DIGEST,
        Delivery.planned_at > now.instant - REMEMBERED,
        col(Delivery.state).not_in(UNTOLD_STATES),
    )
    return dict(session.exec(digests.group_by(col(Delivery.user_id))).all())


def _opgaven(session: Session, calls: Iterable[int | None]) -> dict[int | None, frozenset[str]]:
    above, matched = above_all(session), defaultdict[int | None, set[str]](set)
    rows = select(Match.call_id, Match.challenge_id).where(col(Match.call_id).in_(calls), Match.score >= MATCHING)
    for call, challenge in session.exec(rows):
        matched[call] |= {*above[challenge]}
    return {call: frozenset(opgaven) for call, opgaven in matched.items()}


def changed_at(session: Session, calls: Iterable[int | None]) -> dict[int | None, datetime]:
    """Call -> when its day or its standing last changed."""
    fields = [*sorted(CLOSING_KINDS), "source_word"]
    rows = select(Revision.call_id, func.max(Revision.at)).where(
        col(Revision.call_id).in_(calls), col(Revision.field).in_(fields)
    )
    return dict(session.exec(rows.group_by(col(Revision.call_id))).all())
