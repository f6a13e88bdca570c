"""Reminders: which date of a followed call is near, and whether a date that was told has moved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import REMINDER_DAYS, Deadline, Delivery, Told, User
from db.queries import live_ids
from db.session import reading, writing
from db.status import FINAL_WORDS
from db.vocabulary import UNTOLD_STATES, DeliveryState, MailKind, Status, ToldKind
from notifications import outbox, wording
from notifications.alerts import end_alert, raise_alert, standing_alerts
from notifications.catalogue import DUE_KINDS, CallDate, CatalogueCall, read_catalogue
from notifications.digest import SOON, Tell
from notifications.message import Addressee, Letter
from notifications.outbox import QUEUED, Mail, address_hash, silent_addresses
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import read_follows

LANE = 3
OUT = frozenset({DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.AMBIGUOUS})
BATCH = 50
BROKEN = "unwritable reminder "
UNWRITABLE = (TemplateError, ValueError, TypeError, ArithmeticError)
MERGED = 0  # the row of a date of a call that was merged into this one


@dataclass(frozen=True)
class Reminded:
    """What an earlier mail told of a date: row, version, how many days ahead (0: that it moved), and the date."""

    deadline_id: int
    version: int
    distance: int
    said: str
    out: bool
    at: datetime

    @classmethod
    def read(cls, detail: str, state: str, at: datetime) -> "Reminded":
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
    due: CallDate, since: datetime, told: Iterable[Reminded], now: datetime, days: Iterable[int] = REMINDER_DAYS
) -> ReminderDecision:
    """Decide which reminder of a date to send, if any. Pure.

    A reminder is due at 07:30 local, its distance in local calendar days before the date.
    Only what became due after ``since`` (when the person began to follow) and in the last seven days counts. Of
    several that were missed only the nearest is sent, with the true days left; after the date none is, but the miss
    is on record. A date that moved after a reminder went out is told once, and that covers what was due by then.
    """
    said = said_of(due)
    earlier = [r for r in told if r.deadline_id == due.id or (r.deadline_id == MERGED and r.said == said)]
    of_this_date = {r.distance for r in earlier if r.said == said}
    if due.day is None or due.over_at is None:
        return ReminderDecision()
    if due.over_at <= now:
        nearest = _distances_due(due, since, now, days)[-1:]
        return ReminderDecision(missed=[d for d in nearest if d not in of_this_date])
    out = [r for r in earlier if r.out]
    if out and out[-1].said != said:
        return ReminderDecision(moved_from=out[-1].said)
    since = max([since, *(r.at for r in out if r.distance == 0)])
    distances = _distances_due(due, since, now, days)
    if not distances or any(0 < told_distance <= distances[-1] for told_distance in of_this_date):
        return ReminderDecision()
    return ReminderDecision(distances[-1], missed=[d for d in distances[:-1] if d not in of_this_date])


def _distances_due(due: CallDate, since: datetime, now: datetime, days: Iterable[int]) -> list[int]:
    """Of the chosen days ahead those that came after ``since`` and within the last seven days, furthest first."""
    day = wording.local_day(due.shown or now)
    moments = [(d, at_half_past_seven(day - timedelta(days=d))) for d in sorted(days, reverse=True)]
    return [d for d, at in moments if max(since, now - LOOK_BACK) < at <= now]


def plan_reminders(run: PlanningRun) -> tuple[int, int]:
    """Put what is due in the outbox, withdraw what is moot; return how many were planned and how many expired."""
    with reading(run.engine) as session:
        people = people_to_remind(session, run.now)
        chosen = dict(session.exec(select(User.id, User.reminder_days).where(col(User.id).in_(list(people)))).all())
        follows = read_follows(session, people)
        calls = {call for of_person in follows.values() for call in of_person}
        catalogue = read_catalogue(session, run.now, threshold=2, only=calls) if calls else None
        told = _read_told(session)
        moot = _moot(session, follows)
    if moot:
        with run.writing() as session:
            outbox.withdraw(session, moot, "the date has moved, is off, or is followed no longer", run.now)
    if catalogue is None:
        return 0, 0
    mails: list[Mail] = []
    broken: dict[str, str] = {}
    for user, of_person in follows.items():
        for call_id in sorted(of_person.keys() & catalogue.calls.keys()):
            call, earlier = catalogue.calls[call_id], told.get((user, call_id), [])
            try:
                mails += _mails(run, call, people[user], of_person[call_id], earlier, chosen[user])
            except UNWRITABLE as error:  # costs this reminder only, which is tried again in the next round
                broken[f"{BROKEN}{user}:{call_id}"] = str(error)
    _note_broken(run.engine, broken, run.now)
    return _put(run, mails)


def _note_broken(engine: Engine, broken: Mapping[str, str], now: datetime) -> None:
    """Raise an alert for each reminder that cannot be written, and end those of what can be again."""
    with reading(engine) as session:
        alerts = {alert.key for alert in standing_alerts(session) if alert.key.startswith(BROKEN)}
    if not (broken or alerts):
        return
    with writing(engine) as session:
        for key, why in broken.items():
            raise_alert(session, key, f"{key} (person, call) could not be written: {why}"[:300], now)
        for key in alerts - broken.keys():
            end_alert(session, key, now)


def people_to_remind(session: Session, now: datetime) -> dict[int, Addressee]:
    """Everyone who wants reminders and whose address takes mail."""
    silent = silent_addresses(session, now)
    users = session.exec(select(User).where(col(User.deactivated_at).is_(None), col(User.reminders)))
    return {
        user.id: Addressee(user.id, user.name, user.email) for user in users if address_hash(user.email) not in silent
    }


def _read_told(session: Session) -> dict[tuple[int, int], list[Reminded]]:
    """What earlier mails told, oldest first. What waits with an old date is about to be withdrawn and told nothing."""
    query = (
        select(Told.user_id, Told.call_id, Told.detail, Delivery.state, Delivery.planned_at)  # type: ignore[call-overload]
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]), col(Delivery.state).not_in(UNTOLD_STATES))
        .order_by(col(Told.id))
    )
    told: dict[tuple[int, int], list[Reminded]] = {}
    live = live_ids(session)
    for user, call, detail, state, at in session.exec(query):
        reminded = Reminded.read(detail, state, at)
        reminded = replace(reminded, deadline_id=MERGED) if call in live else reminded
        told.setdefault((user, live.get(call, call)), []).append(reminded)
    return told


def _moot(session: Session, follows: Mapping[int, Mapping[int, datetime]]) -> list[int]:
    """Queued mails about a date that is no longer so, or for somebody who no longer follows."""
    query = (
        select(Told.user_id, Told.call_id, Told.detail, Delivery.id)
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]), col(Delivery.state).in_(QUEUED))
    )
    moot = []
    for user, call, detail, delivery in session.exec(query):
        deadline_id, version = (int(part) for part in detail.split(":")[:2])
        deadline = session.get(Deadline, deadline_id)
        gone = deadline is None or deadline.cancelled_at is not None or deadline.version != version
        if gone or call not in follows.get(user, {}):
            moot.append(delivery)
    return moot


def _mails(
    run: PlanningRun, call: CatalogueCall, to: Addressee, since: datetime, told: list[Reminded], days: Iterable[int]
) -> Iterator[Mail]:
    if call.status in FINAL_WORDS:
        return
    for due in call.dates:
        closed = call.status is Status.CLOSED and not call.is_shut
        closed_early = closed and due.over_at is not None and due.over_at > run.now
        if due.kind not in DUE_KINDS or closed_early:
            continue
        decision = decide(due, since, told, run.now, days)
        name = f"{to.user_id}:{call.id}:{due.id}v{due.version}"
        for distance in decision.missed:
            yield _missed(run, f"reminder:{name}:{distance}", call, due, distance, to)
        if decision.moved_from:
            yield _moved(run, f"moved:{name}", call, due, decision.moved_from, to)
        if decision.remind is not None:
            letter = run.writer.reminder(call, due, to)
            tells = [_tell(call, due, ToldKind.REMINDER, decision.remind)]
            yield _mail(run, letter, to, f"reminder:{name}:{decision.remind}", due, tells=tells)


def _tell(call: CatalogueCall, due: CallDate, kind: ToldKind, distance: int) -> Tell:
    return call.id, call.version, kind.value, f"{due.name}:{distance}:{said_of(due)}"


def _mail(run: PlanningRun, letter: Letter, to: Addressee, key: str, due: CallDate, **fields: Any) -> Mail:
    about: dict[str, Any] = {"kind": MailKind.REMINDER, "expires_at": due.over_at or run.now, "lane": LANE} | fields
    return Mail.of(letter, to, key, planned_at=run.now, **about)


def _moved(run: PlanningRun, key: str, call: CatalogueCall, due: CallDate, old: str, to: Addressee) -> Mail:
    tells = [_tell(call, due, ToldKind.MOVED, 0)]
    if call.next_due is due and due.shown and wording.days_between(run.now, due.shown) <= SOON:
        tells.append((call.id, call.version, ToldKind.CLOSING.value, due.name))  # a digest need not say so again
    letter = run.writer.moved(call, due, _as_said(old), to)
    return _mail(run, letter, to, key, due, kind=MailKind.MOVED, tells=tells)


def _missed(run: PlanningRun, key: str, call: CatalogueCall, due: CallDate, distance: int, to: Addressee) -> Mail:
    """A reminder whose moment passed while nothing was planned: it does not leave, but it is on record."""
    return _mail(
        run, Letter(call.title[:150]), to, key, due, expires_at=run.now, state=DeliveryState.EXPIRED,
        tells=[_tell(call, due, ToldKind.REMINDER, distance)], remark="its moment passed while nothing was planned",
    )  # fmt: skip


def _as_said(remembered: str) -> str:
    """A remembered date in words."""
    return wording.moment(datetime.fromisoformat(remembered) if "T" in remembered else date.fromisoformat(remembered))


def _put(run: PlanningRun, mails: list[Mail]) -> tuple[int, int]:
    planned = expired = 0
    for start in range(0, len(mails), BATCH):
        batch = mails[start : start + BATCH]
        live = [mail for mail in batch if mail.state is DeliveryState.PLANNED]
        with run.writing() as session:
            planned += run.put(session, _anew(session, live))
            expired += run.put(session, [mail for mail in batch if mail not in live])
    return planned, expired


def _anew(session: Session, mails: list[Mail]) -> list[Mail]:
    """A reminder that no mail server took for two days is written anew while it is of use, with the true days left."""
    given_up = select(Delivery.key).where(Delivery.state == DeliveryState.EXPIRED, Delivery.attempts > 0)
    gone = set(session.exec(given_up.where(col(Delivery.key).in_([mail.key for mail in mails]))))
    return [replace(mail, key=f"{mail.key}@{mail.planned_at:%Y-%m-%d}") if mail.key in gone else mail for mail in mails]
