"""People found back: by name or address, by organisation and role, and by whether they still come; page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal, or_
from sqlmodel import Session, col, func, select

from db.lists import Listed, read_page
from db.models import AuditEntry, Delivery, Participant, User
from db.vocabulary import Role
from db.vocabulary_audit import Action


@dataclass(frozen=True)
class PeopleFilter:
    """What one looks for; empty means everybody. ``quiet``: only who has access and never signed in."""

    text: str = ""
    organisation: str = ""
    role: Role | None = None
    quiet: bool = False


@dataclass(frozen=True)
class PersonRow:
    """A person, the name of whom they work for, and when they last signed in."""

    user: User
    organisation: str
    last_sign_in: datetime | None


def people_in(session: Session, wanted: PeopleFilter, page: int | None = 1) -> Listed[PersonRow]:
    """The people a filter means, by name, those without access last; without a page all of them."""
    last = _last_sign_ins().subquery()
    query = (
        select(User, Participant.name, last.c.at)
        .join(Participant, col(Participant.id) == col(User.participant_id))
        .outerjoin(last, last.c.object == literal("user ").concat(cast(col(User.id), String)))
        .where(*_conditions(wanted, last.c.at))
        .order_by(col(User.deactivated_at).is_not(None), col(User.name), col(User.id))
    )
    found = read_page(session, query, page)
    return Listed([PersonRow(user, name, at) for user, name, at in found.rows], found.total)


def _last_sign_ins() -> Any:
    """Object of the audit log -> when that person last came in."""
    came = select(AuditEntry.object, func.max(AuditEntry.at).label("at")).where(AuditEntry.action == Action.SIGN_IN)
    return came.group_by(AuditEntry.object)  # who was refused is named in no object


def _conditions(wanted: PeopleFilter, last: Any) -> list[Any]:
    names = (col(User.name), col(User.email))
    conditions: list[Any] = [
        or_(*(column.icontains(word, autoescape=True) for column in names)) for word in wanted.text.split()
    ]
    if wanted.organisation:
        conditions.append(User.participant_id == wanted.organisation)
    if wanted.role:
        conditions.append(User.role == wanted.role)
    if wanted.quiet:
        conditions += [last.is_(None), col(User.deactivated_at).is_(None)]
    return conditions


def last_sign_in(session: Session, user: User) -> datetime | None:
    """When this person last came in."""
    return session.exec(
        select(AuditEntry.at)
        .where(AuditEntry.action == Action.SIGN_IN, AuditEntry.object == f"user {user.id}")
        .order_by(col(AuditEntry.id).desc())
    ).first()


def invitation_key(user: User) -> str:
    """How the keys of the mails begin that invite this person."""
    return f"invitation:{user.id}:"


def invited_at(session: Session, user: User) -> datetime | None:
    """When this person was last invited by mail."""
    mails = select(func.max(Delivery.planned_at)).where(col(Delivery.key).startswith(invitation_key(user)))
    return session.exec(mails).one()
