"""People from a file, each with a subscription: all rows or none; who is known is left as they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from db.models import User
from db.vocabulary import Cadence, Role, spoken
from tracker.clock import Now
from tracker.exchange.people_sheet import opgaven_in
from tracker.exchange.rows import Imported, NotReadable, Row, check_rows, text_of
from tracker.people import subscriptions
from tracker.people.participants import participant_id

COLUMNS = ("email", "name", "role", "participant", "opgaven", "every")


def import_people(session: Session, rows: Iterable[Row], now: datetime) -> Imported:
    """People, each with a subscription where ``every`` says how often; known ones are left as they are."""

    def read(row: dict[str, Any]) -> bool:
        fields = {name: text_of(row.get(name)) for name in COLUMNS}
        role = spoken(Role, fields["role"] or Role.READER.label)
        if role is None or not fields["name"]:
            raise NotReadable(f"no role {fields['role']!r}" if role is None else "a person without a name")
        person, new = _person(session, fields, Role(role), now)
        return _subscribed(session, person, fields, now) or new

    news = check_rows(rows, COLUMNS, read)
    return Imported(len(news), sum(news))


def _person(session: Session, fields: dict[str, str], role: Role, now: datetime) -> tuple[User, bool]:
    address = subscriptions.normal_address(fields["email"])
    if session.exec(select(User).where(User.email == address)).first() is not None:
        return subscriptions.find_user(session, address), False
    home = participant_id(session, fields["participant"])
    return subscriptions.add_user(session, address, fields["name"], role, home, Now(now)), True


def _subscribed(session: Session, person: User, fields: dict[str, str], now: datetime) -> bool:
    """Whether a subscription was made."""
    if not fields["every"] and not fields["opgaven"]:
        return False
    cadence = spoken(Cadence, fields["every"])
    opgaven = opgaven_in(fields["opgaven"])
    if cadence is None or not opgaven:
        raise NotReadable("a subscription needs 'every' (day or week) and 'opgaven' (ids, or 'all')")
    chosen = () if opgaven == ("all",) else opgaven
    return subscriptions.subscribe(session, person, chosen, Cadence(cadence), now)[1]
