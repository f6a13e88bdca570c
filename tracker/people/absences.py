"""Who is away, from when until when, and which colleague gets what is due as well."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from db.models import Absence, User
from db.queries import DAYS, Viewer
from db.rights import has_role
from db.vocabulary import Role
from notifications.wording import short_day
from tracker.errors import Incomplete, NotFound
from tracker.rights import Deed


@dataclass(frozen=True)
class Replacement:
    """Somebody stands in for a colleague until a day, that day included."""

    user_id: int
    absent_id: int
    name: str
    until: date
    absence_id: int

    @property
    def why(self) -> str:
        """Why they are told, for the foot of a mail."""
        return f"U krijgt dit omdat u {self.name} vervangt tot en met {short_day(self.until)}."


def may_arrange(viewer: Viewer, user: User) -> bool:
    """Everybody for themselves, a coordinator for the own organisation: who is away is no business of others."""
    leads = has_role(viewer, Role.COORDINATOR) and user.participant_id == viewer.participant_id
    return user.id == viewer.user_id or leads


def arrange(deed: Deed, user: User, replacement: User | None, first: date, last: date) -> Absence:
    """Note that somebody is away, and who gets what is due as well."""
    _must_arrange(deed, user)
    if last < first or last < deed.today:
        raise Incomplete("De laatste dag ligt niet voor de eerste, en niet voor vandaag.", "last_day")
    if replacement is None or replacement.id == user.id or not _are_colleagues(user, replacement):
        raise Incomplete("Kies een collega van dezelfde organisatie.", "replacement")
    other = _overlapping(deed.session, user, first, last)
    if other:
        days = f"{short_day(other.first_day)} tot en met {short_day(other.last_day)}"
        raise Incomplete(f"Voor {days} is al een vervanger gekozen: trek die eerst in.", "first_day")
    absence = Absence(
        user_id=user.id, replacement_id=replacement.id, first_day=first, last_day=last, set_by=deed.by.id,
        set_at=deed.now,
    )  # fmt: skip
    deed.session.add(absence)
    deed.session.flush()
    return absence


def call_off(deed: Deed, absence: Absence) -> None:
    """They are back, or do not go; called off once, it stays so."""
    _must_arrange(deed, deed.session.get_one(User, absence.user_id))
    absence.called_off_at = absence.called_off_at or deed.now


def _must_arrange(deed: Deed, user: User) -> None:
    deed.session.refresh(user, with_for_update=True)  # two at once would both find these days free
    if user.deactivated_at or not may_arrange(deed.viewer, user):
        raise NotFound


def _are_colleagues(user: User, other: User) -> bool:
    return other.participant_id == user.participant_id and other.deactivated_at is None


def _overlapping(session: Session, user: User, first: date, last: date) -> Absence | None:
    same = select(Absence).where(Absence.user_id == user.id, col(Absence.called_off_at).is_(None))
    return session.exec(same.where(Absence.first_day <= last, Absence.last_day >= first)).first()


def absences_for(session: Session, viewer: Viewer, today: date) -> list[tuple[Absence, User, User]]:
    """What is arranged from today on and the viewer may know: each with who is away and who stands in."""
    people = {user.id: user for user in session.exec(select(User))}
    standing = select(Absence).where(col(Absence.called_off_at).is_(None), Absence.last_day >= today)
    rows = [(row, people[row.user_id], people[row.replacement_id]) for row in session.exec(standing)]
    known = [row for row in rows if may_arrange(viewer, row[1]) or row[2].id == viewer.user_id]
    return sorted(known, key=lambda row: (row[0].first_day, row[0].id))


def absences_on(session: Session, day: date) -> list[Replacement]:
    """Who is away on a day, each with the colleague they named, where both are there."""
    rows = session.exec(_AWAY, params={"since": day, "until": day}).all()
    return [
        Replacement(absence.replacement_id, absent.id, absent.name, absence.last_day, absence.id)
        for absence, absent in rows
        if _are_colleagues(absent, session.get_one(User, absence.replacement_id))
    ]


_AWAY = (
    select(Absence, User)
    .where(Absence.user_id == User.id, col(Absence.called_off_at).is_(None), col(User.deactivated_at).is_(None))
    .where(col(Absence.first_day) <= DAYS[1], col(Absence.last_day) >= DAYS[0])
    .order_by(col(Absence.id))
)


def replacements_on(session: Session, day: date) -> dict[int, list[Replacement]]:
    """Who is away on a day -> who stands in: the colleague they named, and that one's where that one is away too."""
    away = {each.absent_id: each for each in absences_on(session, day)}
    return {number: list(_standing_in(away, number)) for number in away}


def _standing_in(away: dict[int, Replacement], number: int) -> Iterator[Replacement]:
    at, seen, until = number, {number}, away[number].until
    while at in away and away[at].user_id not in seen:
        until = min(until, away[at].until)
        at = away[at].user_id
        seen.add(at)
        yield replace(away[number], user_id=at, until=until)


def replaced_by(session: Session, user_id: int, day: date) -> list[Replacement]:
    """Whom this person stands in for on a day."""
    return [each for of_one in replacements_on(session, day).values() for each in of_one if each.user_id == user_id]
