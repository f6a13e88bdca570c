"""Let a held mail leave after all, and mail an address again that a relay once refused; each is on record."""

from datetime import datetime

from sqlmodel import Session, select

from db.models import Delivery, Suppression
from db.vocabulary import DeliveryState
from db.vocabulary_audit import Action
from notifications.alerts import end_alert
from notifications.outbox import address_hash, holds
from tracker.errors import NotFound
from tracker.people.on_record import put_on_record


class NothingToRelease(NotFound):
    """There is nothing to let through; the message says why."""


def retry_delivery(session: Session, delivery_id: int, now: datetime, actor: str, origin: str) -> Delivery:
    """A held mail, or one that waits for its next try, goes at the next round. Raises NothingToRelease."""
    mail = session.get(Delivery, delivery_id)
    if mail is None or mail.state not in (DeliveryState.DEFERRED, DeliveryState.HELD):
        raise NothingToRelease(f"Mail {delivery_id} is niet tegengehouden en wacht niet op een volgende poging.")
    if mail.expires_at <= now:
        raise NothingToRelease(f"Mail {delivery_id} heeft geen zin meer; het volgende overzicht noemt wat erin stond.")
    if not mail.text:
        raise NothingToRelease(f"Mail {delivery_id} was niet te schrijven; het volgende overzicht noemt de inhoud.")
    mail.state, mail.next_attempt_at, mail.finished_at = DeliveryState.DEFERRED, now, None
    session.add(mail)
    end_alert(session, f"held:{mail.key}", now)
    put_on_record(session, now, Action.MAIL_RETRIED, f"delivery {delivery_id}", actor=actor, origin=origin)
    return mail


def unsuppress(session: Session, email: str, now: datetime, actor: str, origin: str) -> int:
    """Mail an address again; how many reasons stood against it. Raises NothingToRelease."""
    hashed = address_hash(email)
    rows = session.exec(select(Suppression).where(Suppression.address_hash == hashed, holds(now))).all()
    if not rows:
        raise NothingToRelease(f"Niets houdt mail aan {email.strip()} tegen.")
    for row in rows:
        row.until = now
        session.add(row)
    put_on_record(session, now, Action.SUPPRESSION_LIFTED, f"address {hashed[:12]}", actor=actor, origin=origin)
    return len(rows)
