"""Who is asked about a subject: add, put right, end, and read with what is known of the person's consent."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from db.models import Challenge, Informed, Participant, Stakeholder, SubjectContact, User
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from tracker.care.informing import informed
from tracker.errors import Incomplete, NotFound
from tracker.lobby.contacts import KEEP_PERSON, Office, open_to, stakeholder_for
from tracker.network import consent
from tracker.network.subjects import checked_challenge, checked_subject, says, subject_key
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

PURPOSE = "Contactpersoon voor een onderwerp"


@dataclass(frozen=True)
class ContactPersonFields:
    """What a person fills in: a colleague by id, or an organisation with an office and, where needed, a name."""

    subject: str
    organisation: str = ""
    office: str = ""
    person: str = ""
    address: str = ""
    colleague: int | None = None
    challenge: str = ""
    note: str = ""
    consent_on: date | None = None
    consent_how: str = ""
    ended_on: date | None = None
    visibility: str = Visibility.OWN


@dataclass(frozen=True)
class ContactPersonFilter:
    """What one looks for; empty means everything that still holds."""

    text: str = ""
    subject: str = ""
    challenge: str = ""
    ended: bool = False


@dataclass(frozen=True)
class ContactPerson:
    """A row with whom it is about, as the page and the file show it."""

    row: SubjectContact
    organisation: str
    office: str
    person: str
    address: str
    organisation_id: int | None = None
    challenge: Challenge | None = None
    told: Informed | None = None
    own: bool = False

    @property
    def who(self) -> str:
        """The name, office and organisation, as far as there are such."""
        return ", ".join(filter(None, (self.person, self.office, self.organisation)))

    @property
    def must_be_told(self) -> bool:
        """Whether the own organisation keeps this name and did not say so yet (article 14 of the GDPR)."""
        return self.own and bool(self.person) and self.row.stakeholder_id is not None and self.told is None


def add(deed: Deed, fields: ContactPersonFields) -> SubjectContact:
    """Add somebody. Raises Incomplete in Dutch at the field that is not right."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen contactpersoon toevoegen.")
    values = _checked(deed, fields)
    row = SubjectContact(**values, participant_id=deed.by.participant_id, added_by=deed.by.id, added_at=deed.now)
    deed.session.add(row)
    deed.session.flush()
    consent.follow(deed, row)
    return row


def change(deed: Deed, row: SubjectContact, fields: ContactPersonFields, seen: int) -> None:
    """Put it right, also whom it is about; with a day it is somebody else from then on."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    for name, value in _checked(deed, fields, clears=True).items():
        setattr(row, name, value)
    deed.session.flush()
    consent.follow(deed, row)


def remove(deed: Deed, row: SubjectContact, seen: int) -> None:
    """Take it away, for what should never have been here or for a person who asks."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    consent.let_go(deed, row)
    deed.session.delete(row)
    deed.session.flush()


def _checked(deed: Deed, fields: ContactPersonFields, clears: bool = False) -> dict[str, Any]:
    """``clears``: an empty address takes away the one that is known; who names somebody again only leaves it out."""
    named = fields.colleague is not None or bool(fields.person.strip())
    if fields.visibility != Visibility.OWN and named and not (fields.consent_on and fields.consent_how.strip()):
        raise Incomplete(
            "Een naam deelt u met de regio als die persoon dat goed vindt: noteer de dag en hoe.", "consent_on"
        )
    if fields.consent_on and fields.consent_on > deed.today:
        raise Incomplete("Deze dag moet nog komen.", "consent_on")
    return {
        "subject": checked_subject(fields.subject),
        "challenge_id": checked_challenge(deed, fields.challenge),
        "note": fields.note.strip(),
        "consent_on": fields.consent_on,
        "consent_how": fields.consent_how.strip() if fields.consent_on else "",
        "ended_on": fields.ended_on,
        "visibility": fields.visibility,
        **_who(deed, fields, clears),
    }


def _who(deed: Deed, fields: ContactPersonFields, clears: bool) -> dict[str, int | None]:
    if fields.colleague is not None:
        if fields.organisation.strip() or fields.person.strip():
            raise Incomplete("Kies een collega, of vul een organisatie in: niet allebei.", "colleague")
        colleague = deed.session.get(User, fields.colleague)
        if colleague is None or colleague.participant_id != deed.by.participant_id or colleague.deactivated_at:
            raise Incomplete("Deze collega werkt hier niet.", "colleague")
        return {"user_id": colleague.id, "stakeholder_id": None}
    office = Office(fields.organisation, fields.office, fields.person, fields.address, PURPOSE)
    stakeholder = stakeholder_for(deed, office)
    open_to(deed, stakeholder, fields.visibility, office)
    address = fields.address.strip()
    if stakeholder.address != address and (address or clears):
        stakeholder.address, stakeholder.version = address, stakeholder.version + 1
    if not stakeholder.person:  # an address alone may still be somebody's, so it ends as a name does
        stakeholder.retain_until = deed.today + KEEP_PERSON if stakeholder.address else None
    deed.session.flush()
    return {"user_id": None, "stakeholder_id": stakeholder.id}


def contact_person_for(session: Session, viewer: Viewer, number: int) -> SubjectContact:
    """The row, or NotFound for who may not know of it."""
    row = session.get(SubjectContact, number)
    if row is None or not may_see(session, viewer, row):
        raise NotFound("Deze contactpersoon bestaat niet.")
    return row


def contact_persons(session: Session, viewer: Viewer, wanted: ContactPersonFilter, today: date) -> list[ContactPerson]:
    """What the filter means and the viewer may see, by subject; not who left."""
    query = select(SubjectContact).where(visible(viewer, SubjectContact))
    if wanted.challenge:
        query = query.where(SubjectContact.challenge_id == wanted.challenge)
    rows = session.exec(query.order_by(col(SubjectContact.subject), col(SubjectContact.id)))
    there = [row for row in rows if wanted.ended or row.ended_on is None or row.ended_on > today]
    asked = [row for row in there if not wanted.subject or subject_key(row.subject) == wanted.subject]
    found = [person for row in asked if (person := shown(session, viewer, row)) is not None]
    return [person for person in found if _says(person, wanted.text)]


def _says(person: ContactPerson, text: str) -> bool:
    return says(text, person.row.subject, person.organisation, person.office, person.person, person.row.note)


def shown(session: Session, viewer: Viewer, row: SubjectContact) -> ContactPerson | None:
    """A row with whom it is about; none for a colleague who left."""
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    own = row.participant_id == viewer.participant_id
    if row.user_id is not None:
        user = session.get_one(User, row.user_id)
        if user.deactivated_at is not None:
            return None
        where = session.get_one(Participant, user.participant_id).name
        return ContactPerson(row, where, "", user.name, user.email, None, challenge, None, own)
    who = session.get_one(Stakeholder, row.stakeholder_id)
    told = informed(session, who) if own else None
    address = who.address if own or row.consent_on else ""  # others reach nobody who did not agree to it
    return ContactPerson(
        row, who.organisation, who.office, who.person, address, who.organisation_id, challenge, told, own
    )
