"""Reminders: which date of a followed call is near, and whether a date that was told has moved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from db.models import REMINDER_DAYS, Delivery, Told
from db.queries import live_ids
from db.status import FINAL_WORDS
from db.vocabulary import DUE_KINDS, UNTOLD_STATES, DeliveryState, Status, ToldKind
from notifications import due_today, wording
from notifications.catalogue import CallDate, CatalogueCall
from notifications.due_today import DueCall
from notifications.news import Tell
from tracker.mailing.periods import LOOK_BACK, next_morning, reminder_moment

OUT = frozenset({DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.AMBIGUOUS})
MERGED = 0  # the row of a date that the call no longer has, or of a call that was merged into this one


@dataclass(frozen=True)
class ToldDate:
    """What an earlier mail told of a date: row, version, how many days ahead (0: that it moved), and the date."""

    deadline_id: int
    version: int
    distance: int
    said: str
    out: bool
    at: datetime

    @classmethod
    def read(cls, detail: str, state: str, at: datetime) -> "ToldDate":
        """From a ledger's row; ``at`` is when the mail was planned."""
        deadline, version, distance, said = detail.split(":", 3)
        return cls(int(deadline), int(version), int(distance), said, state in OUT, at)


@dataclass
class ReminderDecision:
    """What to do about one date for one person."""

    remind: int | None = None
    moved_from: str = ""
    missed: list[int] = field(default_factory=list)


def said_of(due: CallDate) -> str:
    """The date as a ledger remembers it: a day, or a moment in UTC."""
    return due.at.isoformat() if due.at else str(due.day)


def decide(
    due: CallDate, since: datetime, told: Iterable[ToldDate], now: datetime, days: Iterable[int] = REMINDER_DAYS
) -> ReminderDecision:
    """Decide which reminder of a date to send, if any. Pure.

    A reminder is due at 07:30 local, its distance in local calendar days before the date, or on the working day before.
    Only what became due after ``since`` (when the person began to follow) and in the last seven days counts. Of
    several that were missed only the nearest is sent, with the true days left; after the date none is, but the miss
    is on record. A date that moved after a reminder went out is told once, and that covers what was due by then; also
    one that moved into the past, while the old date is still to come.
    """
    said = said_of(due)
    earlier = [r for r in told if r.deadline_id == due.id or (r.deadline_id == MERGED and r.said == said)]
    of_this_date = {r.distance for r in earlier if r.said == said}
    if due.day is None or due.over_at is None:
        return ReminderDecision()
    out = [r for r in earlier if r.out]
    moved = bool(out) and out[-1].said != said
    if due.over_at <= now:
        if moved and wording.local_day(as_told(out[-1].said)) >= wording.local_day(now):
            return ReminderDecision(moved_from=out[-1].said)
        nearest = _distances_due(due, since, now, days)[-1:]
        return ReminderDecision(missed=[d for d in nearest if d not in of_this_date])
    if moved:
        return ReminderDecision(moved_from=out[-1].said)
    since = max([since, *(r.at for r in out if r.distance == 0)])
    distances = _distances_due(due, since, now, days)
    if not distances or any(0 < told_distance <= distances[-1] for told_distance in of_this_date):
        return ReminderDecision()
    return ReminderDecision(distances[-1], missed=[d for d in distances[:-1] if d not in of_this_date])


def _distances_due(due: CallDate, since: datetime, now: datetime, days: Iterable[int]) -> list[int]:
    """Of the chosen days ahead those that came after ``since`` and within the last seven days, furthest first.

    Two that fall on one morning, since nobody works on a Sunday, are one: the nearest.
    """
    day = wording.local_day(due.shown or now)
    moments = {reminder_moment(day, d): d for d in sorted(days, reverse=True)}
    return [d for at, d in sorted(moments.items()) if max(since, now - LOOK_BACK) < at <= now]


def read_told_dates(session: Session, only: int | None = None) -> dict[tuple[int, int], list[ToldDate]]:
    """What earlier mails told of dates, per person and call, oldest first; ``only`` to one person."""
    query = (
        select(Told.user_id, Told.call_id, Told.detail, Delivery.state, Delivery.planned_at)  # type: ignore[call-overload]
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]), col(Delivery.state).not_in(UNTOLD_STATES))
        .order_by(col(Told.id))
    )
    query = query if only is None else query.where(Told.user_id == only)
    told: dict[tuple[int, int], list[ToldDate]] = {}
    live = live_ids(session)
    for user, call, detail, state, at in session.exec(query):
        told_date = ToldDate.read(detail, state, at)
        told_date = replace(told_date, deadline_id=MERGED) if call in live else told_date
        told.setdefault((user, live.get(call, call)), []).append(told_date)
    return told


@dataclass(frozen=True)
class MissedReminder:
    """A reminder whose moment passed while nothing was planned: it does not leave, but it is on record."""

    call: CatalogueCall
    due: CallDate
    distance: int

    @property
    def tell(self) -> Tell:
        """What it would have told."""
        return _tell(self.call, self.due, ToldKind.REMINDER, self.distance)


def date_news(
    call: CatalogueCall, since: datetime, told: list[ToldDate], days: Iterable[int], now: datetime,
    read_at: datetime | None = None,
) -> Iterator[DueCall | MissedReminder]:  # fmt: skip
    """What there is to say today of the dates of a followed call, to who follows it ``since`` then. Pure.

    ``read_at``: when a digest last told how the call stands; a move that it told is not told again.
    """
    if call.status in FINAL_WORDS:
        return
    told = _by_rows(call, told)
    for due in call.dates:
        closed = call.status is Status.CLOSED and not call.is_shut
        closed_early = closed and due.over_at is not None and due.over_at > now
        if due.kind not in DUE_KINDS or closed_early:
            continue
        decision = decide(due, since, [*told, *_by_digest(call, due, told, read_at)], now, days)
        yield from (MissedReminder(call, due, distance) for distance in decision.missed)
        if decision.moved_from:
            tells = [_tell(call, due, ToldKind.MOVED, 0)]
            yield due_today.moved(call, due, wording.moment(as_told(decision.moved_from)), now, tells)
        if decision.remind is not None:
            tells = [_tell(call, due, ToldKind.REMINDER, decision.remind)]
            near = due_today.near(call, due, now, tells)
            yield replace(near, waits=due.over_at is None or due.over_at > next_morning(now))


def _by_rows(call: CatalogueCall, told: Iterable[ToldDate]) -> list[ToldDate]:
    """What was told, for the rows that the call has now: a row that went is known by the date that was said of it.

    One date gets another row where its source calls it otherwise (a closing that becomes one of several cut-offs).
    """
    rows = {due.id for due in call.dates}
    return [each if each.deadline_id in rows else replace(each, deadline_id=MERGED) for each in told]


def _by_digest(
    call: CatalogueCall, due: CallDate, told: list[ToldDate], read_at: datetime | None
) -> Iterator[ToldDate]:
    """A digest that told of a date since a reminder named another counts as the mail that told the move."""
    moves = [change.at for change in call.changes if change.field == due.kind]
    earlier = [each.at for each in told if each.deadline_id == due.id]
    if read_at is not None and moves and earlier and max(moves) < read_at and max(earlier) < read_at:
        yield ToldDate(due.id, due.version, 0, said_of(due), True, read_at)


def _tell(call: CatalogueCall, due: CallDate, kind: ToldKind, distance: int) -> Tell:
    return call.id, call.version, kind.value, f"{due.name}:{distance}:{said_of(due)}"


def as_told(remembered: str) -> date | datetime:
    """A date as a ledger remembers it."""
    return datetime.fromisoformat(remembered) if "T" in remembered else date.fromisoformat(remembered)
