"""What stands in a digest beside its calls: too late to decide, what is due in the lobby, a digest that may be lost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Deadline, Delivery
from db.vocabulary import CLOSING_KINDS, UNTOLD_STATES, DeliveryState, Eligibility, MailKind
from notifications.digest import Digest, Item
from notifications.letter import AgendaLine, DigestExtras, InDoubt
from notifications.wording import local_day
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.latest_go import notice_for
from tracker.lobby.due import Due, due

AHEAD = timedelta(days=30)
MOST_LOBBY = 12
REMEMBERED = timedelta(days=35)


@dataclass
class DigestContext:
    """Read once for a round of planning; who decides when is worked out once for a call and an organisation."""

    now: datetime
    bodies: BodyCalendar
    deadlines: dict[int, list[Deadline]]
    lobby: dict[int, list[Due]]
    in_doubt: dict[int, tuple[InDoubt, ...]]
    known: dict[tuple[int, str], str] = field(default_factory=dict)

    def beside(self, user_id: int) -> DigestExtras:
        """For one reader; titles of kinds of things only, never a word of a dossier."""
        today = local_day(self.now)
        lines = [AgendaLine(one.due, one.title, "", one.link, one.due < today) for one in self.lobby.get(user_id, ())]
        return DigestExtras(tuple(dict.fromkeys(lines))[:MOST_LOBBY], self.in_doubt.get(user_id, ()))

    def warned(self, digest: Digest, participant: str) -> Digest:
        """The digest with a word at each call for which this organisation can no longer decide in time."""
        return replace(digest, items=tuple(self._warned(item, participant) for item in digest.items))

    def _warned(self, item: Item, participant: str) -> Item:
        if item.call.eligible == Eligibility.NO:
            return item
        key = (item.call.id, participant)
        if key not in self.known:
            notice = notice_for(self.deadlines.get(item.call.id, ()), participant, (), self.bodies, self.now)
            self.known[key] = notice.routes[0].late if notice is not None else ""
        return replace(item, late=self.known[key]) if self.known[key] else item


def read_digest_context(session: Session, calls: Iterable[int], now: datetime) -> DigestContext:
    """Everything a round of digests over these calls may need."""
    wanted = set(calls)
    deadlines: dict[int, list[Deadline]] = defaultdict(list)
    kinds = col(Deadline.kind).in_(sorted(CLOSING_KINDS))
    closing = select(Deadline).where(kinds, col(Deadline.cancelled_at).is_(None))
    for row in session.exec(closing):
        if row.call_id in wanted:
            deadlines[row.call_id].append(row)
    lobby: dict[int, list[Due]] = defaultdict(list)
    for one in due(session, now, AHEAD):
        lobby[one.user_id].append(one)
    return DigestContext(now, body_calendar(session), deadlines, lobby, read_in_doubt(session, now))


def read_in_doubt(session: Session, now: datetime) -> dict[int, tuple[InDoubt, ...]]:
    """Per person the digests that ended in doubt after the last digest that was planned: said once, in the next."""
    mails = select(Delivery.id, Delivery.user_id, Delivery.planned_at, Delivery.finished_at, Delivery.state)  # type: ignore[call-overload]
    mails = mails.where(
        Delivery.kind == MailKind.DIGEST, Delivery.planned_at > now - REMEMBERED, col(Delivery.user_id).is_not(None),
        col(Delivery.state).not_in([state.value for state in UNTOLD_STATES]),
    )  # fmt: skip
    last: dict[int, datetime] = {}
    doubtful = []
    for id_, user, planned, finished, state in session.exec(mails):
        last[user] = max(planned, last.get(user, planned))
        if state == DeliveryState.AMBIGUOUS and finished is not None:
            doubtful.append((id_, user, planned, finished))
    found: dict[int, tuple[InDoubt, ...]] = {}
    for id_, user, planned, finished in doubtful:
        if finished >= last[user]:
            found[user] = (*found.get(user, ()), InDoubt(local_day(planned), f"/abonnementen/overzicht/{id_}"))
    return found
