"""Whom a talk was with, under the name of today: what was logged keeps the name it had then, and says so."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db.models import Organisation, Stakeholder
from db.queries import Viewer
from tracker.organisations import register


@dataclass(frozen=True)
class Ended:
    """An organisation that was no longer there, and what followed it as far as the viewer may know."""

    organisation: Organisation
    successor: Organisation | None


def ended(session: Session, viewer: Viewer, name: str, day: date) -> Ended | None:
    """The organisation of this name where it had ended by that day."""
    found = register.find(session, viewer, name, day)
    if found is None or not register.gone(found, day):
        return None
    after = _successor(session, found, day)
    return Ended(found, after if after.id != found.id and register.sees(viewer, after) else None)


def organisation_now(session: Session, viewer: Viewer, stakeholder: Stakeholder, today: date) -> str:
    """'Ministerie van Nu (voorheen Ministerie van Toen)' where it went into another or is called otherwise.

    The name as it was logged where that is still so, or where the viewer may not know the other.
    """
    place = register.live(session, session.get_one(Organisation, stakeholder.organisation_id))
    now = _successor(session, register.top_of(session, place), today)
    if now.name == stakeholder.organisation or not register.sees(viewer, now):
        return stakeholder.organisation
    return f"{now.name} (voorheen {stakeholder.organisation})"


def spoken_with(session: Session, viewer: Viewer, stakeholder: Stakeholder, today: date) -> str:
    """The office and its organisation of today, never the person."""
    return ", ".join(filter(None, [stakeholder.office, organisation_now(session, viewer, stakeholder, today)]))


def _successor(session: Session, organisation: Organisation, today: date) -> Organisation:
    """What it went into, where it ended by that day; a ring of them ends where it began."""
    passed = {organisation.id}
    while organisation.successor_id is not None and register.gone(organisation, today):
        after = register.live(session, session.get_one(Organisation, organisation.successor_id))
        if after.id in passed:
            break
        passed.add(after.id)
        organisation = after
    return organisation
