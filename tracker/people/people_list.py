"""People found back: by name or address, by organisation and role, and by whether they still come; page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from db.lists import Listed, read_page
from db.models import Delivery, Participant, User
from db.vocabulary import Role


@dataclass(frozen=True)
class PeopleFilter:
    """What one looks for; empty means everybody. ``quiet_since``: who has access and did not sign in since."""

    text: str = ""
    organisation: str = ""
    role: Role | None = None
    quiet_since: datetime | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person, and the name of whom they work for."""

    user: User
    organisation: str

    @property
    def last_sign_in(self) -> datetime | None:
        """When they last came in."""
        return self.user.seen_at


def people_in(session: Session, wanted: PeopleFilter, page: int | None = 1) -> Listed[PersonRow]:
    """The people a filter means, by name, those without access last; without a page all of them."""
    query = (
        select(User, Participant.name)
        .join(Participant, col(Participant.id) == col(User.participant_id))
        .where(*_conditions(wanted))
        .order_by(col(User.deactivated_at).is_not(None), col(User.name), col(User.id))
    )
    found = read_page(session, query, page)
    return Listed([PersonRow(user, name) for user, name in found.rows], found.total)


def _conditions(wanted: PeopleFilter) -> list[Any]:
    names = (col(User.name), col(User.email))
    conditions: list[Any] = [
        or_(*(column.icontains(word, autoescape=True) for column in names)) for word in wanted.text.split()
    ]
    if wanted.organisation:
        conditions.append(User.participant_id == wanted.organisation)
    if wanted.role:
        conditions.append(User.role == wanted.role)
    if wanted.quiet_since:
        seen = col(User.seen_at)
        conditions += [or_(seen.is_(None), seen < wanted.quiet_since), col(User.deactivated_at).is_(None)]
    return conditions


def invitation_key(user: User) -> str:
    """How the keys of the mails begin that invite this person."""
    return f"invitation:{user.id}:"


def invited_at(session: Session, user: User) -> datetime | None:
    """When this person was last invited by mail."""
    mails = select(func.max(Delivery.planned_at)).where(col(Delivery.key).startswith(invitation_key(user)))
    return session.exec(mails).one()
