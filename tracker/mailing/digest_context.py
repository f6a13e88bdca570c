"""What stands in a digest beside its calls: too late to decide, what is due in the lobby, a digest that may be lost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from sqlmodel import Session, select

from db.models import Delivery
from db.queries import Viewer
from db.reach import Reach, reach_of
from db.vocabulary import DeliveryState, MailKind
from notifications.catalogue import CatalogueCall
from notifications.digest_extras import DigestExtras, FollowedDossier, InDoubt
from notifications.due_today import NOTHING_DUE, AgendaLine, DueToday
from notifications.places import DecisionWindow, Windows
from notifications.wording import local_day
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.latest_go import window_in
from tracker.clock import Now
from tracker.lobby.call_work import CallWork, read_call_work, seen_by, still_running
from tracker.lobby.due import LobbyDue, lobby_due
from tracker.mailing.activity_news import ActivityNews, read_activity_news
from tracker.mailing.dossier_news import read_dossier_news
from tracker.mailing.moment_news import REMEMBERED, LastDigests, MomentNews, last_digests, read_moment_news

AHEAD = timedelta(days=30)
MOST_LOBBY = 12
NOBODY = 0  # whose number no person has


@dataclass
class DigestContext:
    """Read once for a planning run; who decides when is worked out once for a call and an organisation."""

    now: Now
    bodies: BodyCalendar
    lobby: dict[int, list[LobbyDue]]
    in_doubt: dict[int, tuple[InDoubt, ...]]
    work: dict[int, list[CallWork]]
    news: MomentNews
    followed: dict[int, tuple[FollowedDossier, ...]]
    network: ActivityNews = field(default_factory=ActivityNews)
    known: dict[tuple[str, bool, str, date | None, str | None], DecisionWindow] = field(default_factory=dict)
    known_work: dict[Viewer, dict[int, str]] = field(default_factory=dict)

    def extras(
        self, reader: Viewer, due: DueToday = NOTHING_DUE, filters: Iterable[Iterable[str]] = ()
    ) -> DigestExtras:
        """For one person: what is to be done and with which office, never what was brought, answered or thought.

        What is ``due`` today stands there once. ``filters``: the opgaven of each subscription, for the moments on them.
        """
        user_id = reader.user_id or NOBODY
        today, said = self.now.today, {(line.day, line.path) for line in due.lines}
        lines = [
            AgendaLine(item.due, item.told, "", item.link, item.due < today)
            for item in self.lobby[user_id]
            if (item.due, item.link) not in said
        ]
        in_doubt = self.in_doubt.get(user_id, ())
        filters = [tuple(opgaven) for opgaven in filters]
        moments, activities = self.news.of(user_id, filters, self.now), self.network.of(reader, filters, self.now)
        ours, followed = self._ours(reader), self.followed.get(user_id, ())
        return DigestExtras(
            tuple(dict.fromkeys(lines))[:MOST_LOBBY], in_doubt, ours, due, moments, followed, activities
        )

    def _ours(self, reader: Viewer) -> dict[int, str]:
        """What runs on calls, as far as the reader may know; worked out once for all who may know the same."""
        alike = reader if reader.user_id in self._named else replace(reader, user_id=NOBODY)
        if alike not in self.known_work:
            self.known_work[alike] = {call: still_running(seen_by(alike, work)) for call, work in self.work.items()}
        return self.known_work[alike]

    @cached_property
    def _named(self) -> frozenset[int]:
        """Who reads along by name somewhere."""
        return frozenset(user for work in self.work.values() for each in work for user in each.group.people)

    def windows(self, reader: Viewer) -> Windows:
        """Until when the reader's organisation can decide, per call; not asked where it can hardly apply, or nobody
        knows, nor of what lands elsewhere."""
        return partial(self._window, reach_of(reader, self.now.today), reader.participant_id or "")

    def _window(self, reach: Reach, participant: str, call: CatalogueCall) -> DecisionWindow:
        due = call.next_due
        day = None if due is None else local_day(due.at) if due.at else due.day
        # Many calls close on the same day; the reach follows from the participant and whether all of it counts.
        key = participant, reach.everywhere, call.eligible, day, call.given_within
        window = self.known.get(key)
        if window is None:
            window = self.known[key] = window_in(reach, call, day, participant, self.bodies, self.now.today)
        return window


def read_digest_context(
    session: Session, calls: Iterable[int], now: Now, only: int | None = None,
    due_there: Iterable[LobbyDue] | None = None,
) -> DigestContext:  # fmt: skip
    """Everything a run of digests over these calls may need, or what the digest of ``only`` one person needs.

    ``due_there``: what is due in the lobby, where it was read already.
    """
    lobby: dict[int, list[LobbyDue]] = defaultdict(list)
    for item in lobby_due(session, now.today, AHEAD) if due_there is None else due_there:
        if item.due <= now.today + AHEAD:
            lobby[item.user_id].append(item)
    planned = last_digests(session, now)
    return DigestContext(
        now, body_calendar(session), lobby, _read_in_doubt(session, now.instant, planned, only),
        read_call_work(session, None if only is None else set(calls)), read_moment_news(session, now, planned, only),
        read_dossier_news(session, now, planned, only), read_activity_news(session, now, planned),
    )  # fmt: skip


def _read_in_doubt(
    session: Session, now: datetime, planned: LastDigests, only: int | None
) -> dict[int, tuple[InDoubt, ...]]:
    """Per person the digests that ended in doubt after the last digest that was planned: said once, in the next."""
    mails = select(Delivery.id, Delivery.user_id, Delivery.planned_at, Delivery.finished_at).where(
        Delivery.kind == MailKind.DIGEST, Delivery.state == DeliveryState.AMBIGUOUS,
        Delivery.planned_at > now - REMEMBERED,
    )  # fmt: skip
    in_doubt: dict[int, tuple[InDoubt, ...]] = {}
    for id_, user, at, finished in session.exec(mails if only is None else mails.where(Delivery.user_id == only)):
        if user is not None and finished is not None and finished >= planned[user]:
            in_doubt[user] = (*in_doubt.get(user, ()), InDoubt(local_day(at), f"/abonnementen/overzicht/{id_}"))
    return in_doubt
