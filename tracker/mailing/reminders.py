"""Reminders: which date of a followed call is near, and whether a date that was told has moved."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

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
from notifications.digest import SOON
from notifications.letter import Addressee, Writer
from notifications.outbox import Mail, address_hash, silent_addresses
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.recipients import read_follows

LANE = 3
OUT = frozenset({DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.AMBIGUOUS})
BATCH = 50
BROKEN = "unwritable reminder "
UNWRITABLE = (TemplateError, ValueError, TypeError, ArithmeticError)
JOINED = 0  # the row of a date of a call that was joined into this one


@dataclass(frozen=True)
class Reminded:
    """What a standing mail told of a date: row, version, how many days ahead (0: that it moved), and the date."""

    term_id: int
    version: int
    distance: int
    said: str
    out: bool
    at: datetime

    @classmethod
    def read(cls, detail: str, state: str, at: datetime) -> "Reminded":
        """From a ledger's row; ``at`` is when the mail was planned."""
        term, version, distance, said = detail.split(":", 3)
        return cls(int(term), int(version), int(distance), said, state in OUT, at)


@dataclass
class ReminderDecision:
    """What to do about one date for one person."""

    remind: int | None = None
    moved_from: str = ""
    missed: list[int] = field(default_factory=list)


def said_of(term: CallDate) -> str:
    """The date as a ledger remembers it: a day, or a moment in UTC."""
    return term.at.isoformat() if term.at else str(term.day)


def decide(
    term: CallDate, since: datetime, told: Iterable[Reminded], now: datetime, days: Iterable[int] = REMINDER_DAYS
) -> ReminderDecision:
    """Pure. A reminder is due at 07:30 local, its distance in local calendar days before the date.

    Only what became due after ``since`` (when the person began to follow) and in the last seven days counts. Of
    several that were missed only the nearest is sent, with the true days left; after the date none is, but the miss
    is on record. A date that moved after a reminder went out is told once, and that covers what was due by then.
    """
    mine = [one for one in told if one.term_id == term.id or (one.term_id == JOINED and one.said == said_of(term))]
    if term.day is None or term.over_at is None:
        return ReminderDecision()
    if term.over_at <= now:
        return ReminderDecision(missed=[d for d in _due(term, since, now, days)[-1:] if not _told(mine, term, d)])
    out = [one for one in mine if one.out]
    decision = ReminderDecision()
    if out and out[-1].said != said_of(term):
        decision.moved_from = out[-1].said
        return decision
    since = max([since, *(one.at for one in out if one.distance == 0)])
    due = _due(term, since, now, days)
    if due and not any(one.said == said_of(term) and 0 < one.distance <= due[-1] for one in mine):
        decision.remind = due[-1]
        decision.missed = [d for d in due[:-1] if not _told(mine, term, d)]
    return decision


def _due(term: CallDate, since: datetime, now: datetime, days: Iterable[int]) -> list[int]:
    """Of the chosen days ahead those that came after ``since`` and within the last seven days, furthest first."""
    day = wording.local_day(term.shown or now)
    moments = [(d, at_half_past_seven(day - timedelta(days=d))) for d in sorted(days, reverse=True)]
    return [d for d, at in moments if max(since, now - LOOK_BACK) < at <= now]


def _told(mine: list[Reminded], term: CallDate, distance: int) -> bool:
    return any(one.said == said_of(term) and one.distance == distance for one in mine)


Check = Callable[[Session], None]


def plan_reminders(engine: Engine, mailer: Mailer, writer: Writer, now: datetime, check: Check) -> tuple[int, int]:
    """Put what is due in the outbox, withdraw what is moot; returns how many were planned and how many expired."""
    with reading(engine) as session:
        people = people_to_remind(session, now)
        chosen = dict(session.exec(select(User.id, User.reminder_days).where(col(User.id).in_(list(people)))).all())
        follows = read_follows(session, people)
        calls = {call for of_person in follows.values() for call in of_person}
        catalogue = read_catalogue(session, now, threshold=2, only=calls) if calls else None
        told = _read_told(session)
        moot = _moot(session, follows)
    if moot:
        with writing(engine) as session:
            check(session)
            outbox.withdraw(session, moot, "the date has moved, is off, or is followed no longer", now)
    if catalogue is None:
        return 0, 0
    mails: list[Mail] = []
    broken: dict[str, str] = {}
    for number, of_person in follows.items():
        for call_id in sorted(of_person.keys() & catalogue.calls.keys()):
            about = catalogue.calls[call_id], people[number], of_person[call_id], told.get((number, call_id), [])
            try:
                mails += _mails(*about, writer, chosen[number])
            except UNWRITABLE as error:  # costs this reminder only, which is tried again in the next round
                broken[f"{BROKEN}{number}:{call_id}"] = str(error)
    _tell_broken(engine, broken, now)
    return _put(engine, mailer, mails, check)


def _tell_broken(engine: Engine, broken: dict[str, str], now: datetime) -> None:
    """Raise an alert for each reminder that cannot be written, and end those of what can be again."""
    with reading(engine) as session:
        known = {alert.key for alert in standing_alerts(session) if alert.key.startswith(BROKEN)}
    if not (broken or known):
        return
    with writing(engine) as session:
        for key, why in broken.items():
            raise_alert(session, key, f"{key} (person, call) could not be written: {why}"[:300], now)
        for key in known - broken.keys():
            end_alert(session, key, now)


def people_to_remind(session: Session, now: datetime) -> dict[int, Addressee]:
    """Everyone who wants reminders and whose address takes mail."""
    silent = silent_addresses(session, now)
    users = session.exec(select(User).where(col(User.deactivated_at).is_(None), col(User.reminders)))
    return {
        user.id: Addressee(user.id, user.name, user.email)
        for user in users
        if user.id is not None and address_hash(user.email) not in silent
    }


def _read_told(session: Session) -> dict[tuple[int, int], list[Reminded]]:
    """What standing mails told, oldest first. What waits with an old date is about to be withdrawn and told nothing."""
    query = (
        select(Told.user_id, Told.call_id, Told.detail, Delivery.state, Delivery.planned_at)  # type: ignore[call-overload]
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]))
        .where(col(Delivery.state).not_in([state.value for state in UNTOLD_STATES]))
        .order_by(col(Told.id))
    )
    told: dict[tuple[int, int], list[Reminded]] = {}
    live = live_ids(session)
    for number, call, detail, state, at in session.exec(query):
        found = Reminded.read(detail, state, at)
        found = replace(found, term_id=JOINED) if call in live else found
        told.setdefault((number, live.get(call, call)), []).append(found)
    return told


def _moot(session: Session, follows: dict[int, dict[int, datetime]]) -> list[int]:
    """Waiting mails about a date that is no longer so, or for somebody who no longer follows."""
    waiting = [DeliveryState.PLANNED.value, DeliveryState.DEFERRED.value]
    query = (
        select(Told.user_id, Told.call_id, Told.detail, Delivery.id)
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]), col(Delivery.state).in_(waiting))
    )
    found = []
    for number, call, detail, delivery in session.exec(query):
        term_id, version = (int(part) for part in detail.split(":")[:2])
        term = session.get(Deadline, term_id)
        gone = term is None or term.cancelled_at is not None or term.version != version
        if delivery is not None and (gone or call not in follows.get(number, {})):
            found.append(delivery)
    return found


def _mails(
    call: CatalogueCall, to: Addressee, since: datetime, told: list[Reminded], writer: Writer, days: Iterable[int]
) -> Iterator[Mail]:  # fmt: skip
    if call.status in FINAL_WORDS:
        return
    for term in call.terms:
        closed = call.status is Status.CLOSED and not call.is_shut
        closed_early = closed and term.over_at is not None and term.over_at > writer.now
        if term.kind not in DUE_KINDS or closed_early:
            continue
        decision = decide(term, since, told, writer.now, days)
        name = f"{to.user_id}:{call.id}:{term.id}v{term.version}"
        for distance in decision.missed:
            yield _missed(f"reminder:{name}:{distance}", call, term, distance, to, writer)
        if decision.moved_from:
            yield _mail(f"moved:{name}", MailKind.MOVED, call, term, 0, to, writer, old=decision.moved_from)
        if decision.remind is not None:
            yield _mail(
                f"reminder:{name}:{decision.remind}", MailKind.REMINDER, call, term, decision.remind, to, writer
            )


def _mail(
    key: str, kind: MailKind, call: CatalogueCall, term: CallDate, distance: int, to: Addressee, writer: Writer,
    old: str = "",
) -> Mail:  # fmt: skip
    letter = writer.moved(call, term, _as_said(old), to) if old else writer.reminder(call, term, to)
    told = ToldKind.MOVED if kind is MailKind.MOVED else ToldKind.REMINDER
    tells = [(call.id, call.version, told.value, f"{term.name}:{distance}:{said_of(term)}")]
    if old and call.next_due is term and term.shown and wording.days_between(writer.now, term.shown) <= SOON:
        tells.append((call.id, call.version, ToldKind.CLOSING.value, term.name))  # a digest need not say so again
    return Mail(
        key=key, kind=kind, user_id=to.user_id, address=to.email, subject=letter.subject, text=letter.text,
        html=letter.html, headers=letter.headers, planned_at=writer.now, expires_at=term.over_at or writer.now,
        lane=LANE, tells=tuple(tells),
    )  # fmt: skip


def _missed(key: str, call: CatalogueCall, term: CallDate, distance: int, to: Addressee, writer: Writer) -> Mail:
    """A reminder whose moment passed while nothing was planned: it does not leave, but it is on record."""
    return Mail(
        key=key, kind=MailKind.REMINDER, user_id=to.user_id, address=to.email, subject=call.title[:150], text="",
        html="", headers={}, planned_at=writer.now, expires_at=writer.now, lane=LANE,
        tells=((call.id, call.version, ToldKind.REMINDER.value, f"{term.name}:{distance}:{said_of(term)}"),),
        state=DeliveryState.EXPIRED, remark="its moment passed while nothing was planned",
    )  # fmt: skip


def _as_said(said: str) -> str:
    """A remembered date in words."""
    return wording.moment(datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said))


def _put(engine: Engine, mailer: Mailer, mails: list[Mail], check: Check) -> tuple[int, int]:
    planned = expired = 0
    for start in range(0, len(mails), BATCH):
        some = mails[start : start + BATCH]
        live = [mail for mail in some if mail.state is DeliveryState.PLANNED]
        with writing(engine) as session:
            check(session)
            planned += outbox.put(session, _anew(session, live), mailer.key, mailer.domain)
            expired += outbox.put(session, [mail for mail in some if mail not in live], mailer.key, mailer.domain)
    return planned, expired


def _anew(session: Session, mails: list[Mail]) -> list[Mail]:
    """A reminder that no mail server took for two days is written anew while it is of use, with the true days left."""
    tried = select(Delivery.key).where(Delivery.state == DeliveryState.EXPIRED, Delivery.attempts > 0)
    gone = set(session.exec(tried.where(col(Delivery.key).in_([mail.key for mail in mails]))))
    return [replace(mail, key=f"{mail.key}@{mail.planned_at:%Y-%m-%d}") if mail.key in gone else mail for mail in mails]
