"""Mail that one person has us send to another: what its keys begin with, and how many a day."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from db.models import Delivery, User
from db.vocabulary import MailKind
from notifications.message import Letter
from notifications.outbox import Mail
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


def mail_to(by: User, to: User, what: str, letter: Letter, now: datetime, once: str = "") -> Mail:
    """The mail that takes this letter from one person to another; an answer goes to who had it sent.

    ``once``: what it is about, where that goes to each reader once only.
    """
    key = f"{key_of(by)}{what}{f'{once}:{to.id}' if once else secrets.token_hex(8)}"
    return Mail(
        key, MailKind.SHARED, to.id, to.email, letter.subject, letter.text, letter.html, {"Reply-To": by.email},
        now, now + LASTS, LANE,
    )  # fmt: skip


def must_be_few(session: Session, by: User, now: datetime, field: str) -> None:
    """Raises Incomplete, at that field, for who had us send too many in the last day."""
    lately = select(func.count()).select_from(Delivery).where(col(Delivery.key).startswith(key_of(by)))
    if session.exec(lately.where(Delivery.planned_at > now - DAY)).one() >= MOST_A_DAY:
        raise Incomplete(f"U verstuurde vandaag al {MOST_A_DAY} mails aan anderen; morgen kan het weer.", field)
