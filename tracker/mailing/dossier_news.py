"""What happened in the dossiers that somebody follows, and outside on the subject of each, since their last digest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from db.models import Call, Dossier, DossierFollow, DossierMoment, Moment, User
from db.rights import may_see
from db.vocabulary_lobby import LogKind, MomentKind
from notifications.digest_extras import FollowedDossier
from notifications.due_today import AgendaLine
from notifications.wording import local_day, short_day
from tracker.clock import Now
from tracker.lobby.moment_days import is_paper, moved_from, source_of
from tracker.lobby.moments import of_call
from tracker.lobby.timeline import seen_since
from tracker.lobby.watch import found_outside
from tracker.mailing.moment_news import REMEMBERED, LastDigests, SourcedMoment, changed_at, news_of
from tracker.rights import viewer_of

MOST_OUTSIDE, MOST_LINES = 60, 8  # of a dossier
KNOWN = datetime.min.replace(tzinfo=UTC)  # since when who follows a dossier knows of what it hooks on to
# What may be said of these beside what they are: their words are ours, and never what somebody typed.
SAID = frozenset({LogKind.MOVED, LogKind.AGENDA})


@dataclass(frozen=True)
class Outside:
    """What a source tells on the subject of a dossier, or of a moment that it hooks on to, which is no news itself."""

    call: Call
    sourced: SourcedMoment


def read_dossier_news(
    session: Session, now: Now, planned: LastDigests, only: int | None = None
) -> dict[int, tuple[FollowedDossier, ...]]:
    """Per person the dossiers they follow in which something happened; each with what they may see of it.

    ``planned``: when everybody last got a digest. ``only``: of one person.
    """
    rows = select(DossierFollow, Dossier, User).where(
        DossierFollow.dossier_id == Dossier.id, DossierFollow.user_id == User.id,
        col(User.deactivated_at).is_(None), col(Dossier.deleted_at).is_(None), col(Dossier.merged_into_id).is_(None),
    )  # fmt: skip
    if only is not None:
        rows = rows.where(DossierFollow.user_id == only)
    outside: dict[int, list[Outside]] = {}
    news: dict[int, list[FollowedDossier]] = defaultdict(list)
    for follow, dossier, user in session.exec(rows.order_by(col(Dossier.title), col(Dossier.id))):
        if not may_see(session, viewer_of(user), dossier):
            continue
        if dossier.id not in outside:
            outside[dossier.id] = _outside(session, dossier)
        since = max(follow.at, planned.get(user.id) or now.instant - REMEMBERED)
        lines = [*_inside(session, dossier, user, since), *_told(outside[dossier.id], since, now)]
        if lines:
            news[user.id].append(FollowedDossier(dossier.title, f"/dossiers/{dossier.id}", tuple(lines[:MOST_LINES])))
    return {user: tuple(of_person) for user, of_person in news.items()}


def _inside(session: Session, dossier: Dossier, user: User, since: datetime) -> Iterator[AgendaLine]:
    """What others did, a line a kind: what it was and how often, never what was written."""
    by_kind: dict[LogKind, list[tuple[date, str]]] = defaultdict(list)
    for line in seen_since(session, dossier, viewer_of(user), since):
        if line.user_id != user.id:
            by_kind[LogKind(line.kind)].append((local_day(line.at), line.text))
    for kind, lines in by_kind.items():
        day, text = lines[-1]
        said = f": {text}" if kind in SAID else ""
        often = f" ({len(lines)} keer)" if len(lines) > 1 else ""
        yield AgendaLine(day, f"{kind.label}{said}{often}", "", f"/dossiers/{dossier.id}#tijdlijn")


def _outside(session: Session, dossier: Dossier) -> list[Outside]:
    """What is found on its subject, and the sources' moments it hooks on to."""
    hooked = select(Moment).where(DossierMoment.moment_id == Moment.id, DossierMoment.dossier_id == dossier.id)
    sources = (source_of(session, moment) for moment in session.exec(hooked))
    calls = {call.id: (call, True) for call in sources if call is not None}
    for call in found_outside(session, dossier, MOST_OUTSIDE):
        calls.setdefault(call.id, (call, False))
    was, changed = moved_from(session, [call for call, _ in calls.values()]), changed_at(session, calls)
    return [
        Outside(
            call,
            SourcedMoment(
                of_call(call, was.get(id_)), frozenset(), KNOWN if hooks else call.first_seen, changed.get(id_)
            ),
        )
        for id_, (call, hooks) in calls.items()
    ]


def _told(found: Iterable[Outside], since: datetime, now: Now) -> Iterator[AgendaLine]:
    for each in found:
        word, moment = news_of(each.sourced, since, now), each.sourced.moment
        if not word:
            continue
        kind = "stuk" if is_paper(each.call) else MomentKind(moment.kind).label
        until = f" ({short_day(moment.ends_on)})" if moment.ends_on else ""
        day = each.call.published_on or local_day(each.call.first_seen)
        yield AgendaLine(day, f"{word}, {kind}{until}", each.call.title, moment.address)
