"""Made-up publications, contacts, memberships and activities for the demo; nothing in it is real."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from db.models import Challenge, Dossier, Match, User
from db.vocabulary import Visibility
from db.vocabulary_knowledge import PublicationKind
from notifications.wording import local_day
from tracker.knowledge import links, publications
from tracker.knowledge.publications import PublicationFields, Upload
from tracker.network import activities, contact_persons, memberships
from tracker.network.activities import ActivityFields
from tracker.network.contact_persons import ContactPersonFields
from tracker.network.memberships import MembershipFields
from tracker.rights import Deed


def load_network(session: Session, now: datetime, people: Mapping[str, User], data: Mapping[str, Any]) -> None:
    """Add what the example says of it; days count from now, negative is before it. A region may leave it out."""
    for entry in data.get("publications", []):
        _publication(Deed(session, people[entry.pop("by")], now + timedelta(days=entry.pop("day"))), entry)
    for entry in data.get("subject_contacts", []):
        _contact(Deed(session, people[entry.pop("by")], now - timedelta(days=20)), entry, people)
    for entry in data.get("memberships", []):
        started = local_day(now + timedelta(days=entry.pop("since")))
        ended = local_day(now + timedelta(days=entry.pop("until"))) if "until" in entry else None
        deed = Deed(session, people[entry.pop("by")], now)
        memberships.add(deed, MembershipFields(**entry, starts_on=started, ends_on=ended))
    for entry in data.get("activities", []):
        deed, on = Deed(session, people[entry.pop("by")], now), local_day(now + timedelta(days=entry.pop("day")))
        guests = "\n".join(entry.pop("guests", []))
        activities.add(deed, ActivityFields(**_known(session, entry), day=on, guests=guests))


def _publication(deed: Deed, entry: dict[str, Any]) -> None:
    text, title = entry.pop("text"), entry.pop("beside", "")
    challenges = tuple(name for name in entry.pop("challenges", []) if deed.session.get(Challenge, name))
    fields = PublicationFields(**{**entry, "kind": PublicationKind(entry["kind"])}, challenges=challenges)
    name = "-".join(fields.title.casefold().split()[:4])
    made = publications.add(deed, fields, Upload(f"{name}.txt", text.encode(), 100_000))
    for address in _beside(deed.session, title, challenges):
        links.link(deed, made, address)


def _beside(session: Session, title: str, challenges: Sequence[str]) -> Iterator[str]:
    """The example's dossier of that title, and the call that fits the opgave best."""
    dossier = session.exec(select(Dossier.id).where(Dossier.title == title)).first()
    if dossier is not None:
        yield f"/dossiers/{dossier}"
    best = select(Match.call_id).where(col(Match.challenge_id).in_(challenges)).order_by(col(Match.score).desc())
    call = session.exec(best.limit(1)).first()
    if call is not None:
        yield f"/regelingen/{call}"


def _contact(deed: Deed, entry: dict[str, Any], people: Mapping[str, User]) -> None:
    colleague = people[entry.pop("colleague")].id if "colleague" in entry else None
    named = colleague is not None or "person" in entry
    consent: dict[str, Any] = {"consent_on": deed.today, "consent_how": "in een gesprek"} if named else {}
    known = _known(deed.session, entry)
    fields = ContactPersonFields(**known, **consent, colleague=colleague, visibility=Visibility.REGION)
    contact_persons.add(deed, fields)


def _known(session: Session, entry: dict[str, Any]) -> dict[str, Any]:
    """Without an opgave that this agenda does not have."""
    if session.get(Challenge, entry.get("challenge", "")) is None:
        return {name: value for name, value in entry.items() if name != "challenge"}
    return entry
