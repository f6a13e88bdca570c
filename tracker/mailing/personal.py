"""Mail that one person has us send to another: what its keys begin with, and how many a day."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from db.models import Delivery, MailText, User
from db.vocabulary import MailKind
from notifications import outbox
from notifications.message import Letter
from notifications.outbox import QUEUED, Mail
from tracker.errors import Incomplete

LASTS, DAY = timedelta(days=3), timedelta(days=1)
LANE = 3
MOST_A_DAY = 40


def key_of(by: User) -> str:
    """What the key of such a mail begins with; who erases the person finds it by this."""
    return f"shared:{by.id}:"


def sender_of(key: str) -> int | None:
    """The number of the person who had the mail with this key sent, where it is such a mail."""
    begin, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if begin == "shared" and number.isdecimal() else None


def mail_to(by: User, to: User, what: str, letter: Letter, now: datetime) -> Mail:
    """The mail that takes this letter from one person to another; an answer goes to who had it sent."""
    key = f"{key_of(by)}{what}{secrets.token_hex(8)}"
    return Mail(
        key, MailKind.SHARED, to.id, to.email, letter.subject, letter.text, letter.html, {"Reply-To": by.email},
        now, now + LASTS, LANE,
    )  # fmt: skip


def must_be_few(session: Session, by: User, now: datetime, field: str) -> None:
    """Raises Incomplete, at that field, for who had us send too many in the last day."""
    lately = select(func.count()).select_from(Delivery).where(col(Delivery.key).startswith(key_of(by)))
    if session.exec(lately.where(Delivery.planned_at > now - DAY)).one() >= MOST_A_DAY:
        raise Incomplete(f"U verstuurde vandaag al {MOST_A_DAY} mails aan anderen; morgen kan het weer.", field)


Anew = Callable[[int, User, User, datetime], Mail | None]


def waiting_of(session: Session, what: str) -> list[tuple[Delivery, str]]:
    """The mails of this kind that certainly never left, each with its text."""
    ours = col(Delivery.key).contains(f":{what}"), Delivery.kind == MailKind.SHARED
    waiting = select(Delivery, MailText.text).where(MailText.delivery_id == Delivery.id, *ours)
    return list(session.exec(waiting.where(col(Delivery.state).in_(QUEUED))).all())


def rewrite_waiting(session: Session, what: str, anew: Anew, sealing: tuple[bytes, str], now: datetime) -> int:
    """Take back each of these mails that says what its reader may not see, or what is otherwise now.

    ``anew`` writes it at a moment, from the number of what it is about and both people; none where it is not for its
    reader any more. ``sealing``: the key and domain of the outbox. Gives how many were taken back.
    """
    taken = 0
    for mail, text in waiting_of(session, what):
        number = mail.key.partition(f":{what}")[2].partition(":")[0]
        by, to = (session.get(User, id_ or 0) for id_ in (sender_of(mail.key), mail.user_id))
        same = anew(int(number), by, to, mail.planned_at) if by and to and number.isdecimal() else None
        if by is None or to is None or same is None:
            outbox.withdraw(session, [mail.id], "not for its reader any more", now)
        elif same.text != text:
            outbox.take_back(session, [mail.id], now)
            outbox.put(session, filter(None, [anew(int(number), by, to, now)]), *sealing)
        else:
            continue
        taken += 1
    return taken
