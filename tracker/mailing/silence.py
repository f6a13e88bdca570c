"""Which people get no mail because their address was refused, since when and why; and what came back for now."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from db.models import Bounce, Suppression, User
from notifications.outbox import address_hash, holds


class Silence(NamedTuple):
    """An address that gets no mail; ``name`` and ``email`` where it is somebody's here."""

    name: str
    email: str
    since: datetime
    reason: str


def silences(session: Session, now: datetime) -> list[Silence]:
    """Every address that gets no mail, the newest first; only a hash is kept, so each is found by whose it is."""
    people = {address_hash(user.email): user for user in session.exec(select(User))}
    rows = session.exec(select(Suppression).where(holds(now)).order_by(col(Suppression.since).desc()))
    return [
        Silence(person.name if person else "", person.email if person else "", row.since, row.reason)
        for row in rows
        for person in [people.get(row.address_hash)]
    ]


def silence_of(session: Session, email: str, now: datetime) -> Suppression | None:
    """Why this address gets no mail, where it does not."""
    query = select(Suppression).where(Suppression.address_hash == address_hash(email), holds(now))
    return session.exec(query.order_by(col(Suppression.since))).first()


def came_back_lately(session: Session, since: datetime) -> list[tuple[str, int]]:
    """How often mail to a person came back for now, such as from a full mailbox, since then; by name."""
    people = {address_hash(user.email): user.name for user in session.exec(select(User))}
    counted = select(Bounce.address_hash, func.count()).where(~col(Bounce.hard), Bounce.at > since)
    rows = session.exec(counted.group_by(col(Bounce.address_hash))).all()
    return sorted((people[hashed], number) for hashed, number in rows if hashed in people)
