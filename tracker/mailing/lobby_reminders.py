"""Reminders of the lobby: the outbox of all mail, one mail a thing and distance, a link and never its words."""

from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Delivery, User
from db.session import reading, writing
from db.vocabulary import DeliveryState, MailKind
from notifications import outbox
from notifications.letter import Addressee, Writer
from notifications.outbox import Mail, address_hash, silent_addresses
from notifications.wording import local_day
from tracker.lobby.due import DISTANCES, Due, due
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.reminders import LANE, Check

PREFIX = "lobby:"
WAITING = (DeliveryState.PLANNED.value, DeliveryState.DEFERRED.value)


def distance_due(item: Due, now: datetime) -> int | None:
    """The nearest distance whose moment, 07:30 local, came in the last seven days and after the thing was known.

    Of several that were missed only the nearest is told, with the true days left; after the day itself none is.
    """
    if item.due < local_day(now):
        return None
    passed = [d for d in DISTANCES[item.kind] if now - LOOK_BACK < at_half_past_seven(_day(item, d)) <= now]
    known = [d for d in passed if _day(item, d) > item.since]
    return min(known) if known else None


def _day(item: Due, distance: int) -> date:
    return item.due - timedelta(days=distance)


def plan_lobby_reminders(engine: Engine, mailer: Mailer, writer: Writer, now: datetime, check: Check) -> int:
    """Put what is due in the outbox, withdraw what is done or moved; gives how many are new."""
    with reading(engine) as session:
        items = due(session, now)
        people = _people(session, now)
        moot = _moot(session, items)
    mails = [
        _mail(item, distance, people[item.user_id], writer)
        for item in items
        if item.user_id in people and (distance := distance_due(item, now)) is not None
    ]
    if not (mails or moot):
        return 0
    with writing(engine) as session:
        check(session)
        if moot:
            outbox.withdraw(session, moot, "it is done, off or moved", now)
        return outbox.put(session, mails, mailer.key, mailer.domain)


def _key(item: Due) -> str:
    return f"{PREFIX}{item.user_id}:{item.key}:"


def _mail(item: Due, distance: int, to: Addressee, writer: Writer) -> Mail:
    letter = writer.lobby_due(item.title, item.due, item.link, to)
    return Mail(
        key=f"{_key(item)}{distance}",
        kind=MailKind.REMINDER,
        user_id=to.user_id,
        address=to.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers=letter.headers,
        planned_at=writer.now,
        expires_at=at_half_past_seven(item.due + timedelta(days=1)),
        lane=LANE,
    )


def _people(session: Session, now: datetime) -> dict[int, Addressee]:
    silent = silent_addresses(session, now)
    wanting = session.exec(select(User).where(col(User.deactivated_at).is_(None), col(User.reminders)))
    return {
        user.id: Addressee(user.id, user.name, user.email)
        for user in wanting
        if user.id is not None and address_hash(user.email) not in silent
    }


def _moot(session: Session, items: list[Due]) -> list[int]:
    """Waiting mails about what is no longer due for that person on that day."""
    standing = {_key(item) for item in items}
    waiting = select(Delivery).where(col(Delivery.key).startswith(PREFIX), col(Delivery.state).in_(WAITING))
    return [mail.id for mail in session.exec(waiting) if mail.id and mail.key.rpartition(":")[0] + ":" not in standing]
