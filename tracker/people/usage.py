"""How much each participant uses it, for who administers: counts of the last days, and nobody by name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from db.models import AuditEntry, ContactMoment, Delivery, Participant, Subscription, User, Verdict
from db.vocabulary import DeliveryState, MailKind
from db.vocabulary_audit import Action

DAYS = 30


@dataclass(frozen=True)
class Usage:
    """Of one participant: its people and what they get, and what they did in the last days."""

    participant: Participant
    people: int
    signed_in: int
    subscriptions: int
    digests: int
    verdicts: int
    contacts: int


def usage(session: Session, now: datetime) -> list[Usage]:
    """Each participant with people, by name. Whether somebody opened a mail is not known, and is not asked."""
    since = now - timedelta(days=DAYS)
    people = {f"user {number}": who for number, who in _people(session)}
    counts = {
        "people": Counter(people.values()),
        "signed_in": Counter(people[who] for who in _signed_in(session, since) if who in people),
        "subscriptions": _of_users(session, Subscription, col(Subscription.ended_at).is_(None)),
        "digests": _of_users(
            session, Delivery, Delivery.kind == MailKind.DIGEST, Delivery.state == DeliveryState.ACCEPTED,
            col(Delivery.finished_at) >= since,
        ),
        "verdicts": _owned(session, Verdict, Verdict.at >= since, col(Verdict.undone_at).is_(None)),
        "contacts": _owned(session, ContactMoment, ContactMoment.logged_at >= since),
    }  # fmt: skip
    rows = session.exec(select(Participant).order_by(col(Participant.name)))
    return [Usage(row, **{n: found[row.id] for n, found in counts.items()}) for row in rows if counts["people"][row.id]]


def _people(session: Session) -> Iterable[tuple[int, str]]:
    return session.exec(select(User.id, User.participant_id).where(col(User.deactivated_at).is_(None))).all()


def _signed_in(session: Session, since: datetime) -> set[str]:
    """Whom the log names as who came in; a refused one is nobody."""
    lines = select(AuditEntry.object).where(AuditEntry.action == Action.SIGN_IN, AuditEntry.at >= since)
    return set(session.exec(lines.distinct()))


def _of_users(session: Session, model: Any, *conditions: Any) -> Counter[str]:
    rows = select(User.participant_id, func.count()).join(model, model.user_id == User.id)
    counted = rows.where(col(User.deactivated_at).is_(None), *conditions).group_by(col(User.participant_id))
    return Counter(dict(session.exec(counted).all()))


def _owned(session: Session, model: Any, *conditions: Any) -> Counter[str]:
    rows = select(model.participant_id, func.count()).where(*conditions).group_by(model.participant_id)
    return Counter(dict(session.exec(rows).all()))
