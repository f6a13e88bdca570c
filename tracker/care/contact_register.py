"""The public register of contacts: one proposes a line by function, another of the same organisation lets it out."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import ContactMoment, Participant, PublicContact, Stakeholder, User
from db.queries import Viewer
from db.vocabulary import Role
from tracker.care.spelling import spelled
from tracker.care.woo import MAIL
from tracker.errors import Incomplete, NotAllowed, NotFound, required
from tracker.people.second_person import must_be_another
from tracker.rights import Deed, must_change, must_have

SECOND = "Een ander dan wie het voordroeg zet het in het openbare register."
NAMELESS = "Zet hier een functie en geen naam: het register is voor iedereen."


@dataclass(frozen=True)
class PublicLine:
    """What stands in the register, in words for everybody."""

    ours: str
    organisation: str
    office: str
    subject: str


def propose(deed: Deed, contact: ContactMoment, line: PublicLine) -> PublicContact:
    """Put a line forward. Raises Incomplete where something is missing, still to come, or names a person."""
    must_change(deed, contact)
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u niets voordragen.")
    if contact.day > deed.today:
        raise Incomplete("Dit gesprek moet nog komen.", "form")
    deed.session.refresh(contact, with_for_update=True)  # two at once put one line forward
    if standing_of(deed.session, contact) is not None:
        raise Incomplete("Dit contact is al voorgedragen.", "form")
    said = {
        "ours": required(line.ours, "ours", "Wie van ons, bij functie?"),
        "organisation": required(line.organisation, "organisation", "Met welke organisatie?"),
        "office": line.office.strip(),
        "subject": required(line.subject, "subject", "Waarover, in woorden voor iedereen?"),
    }
    _must_be_nameless(deed.session, contact, said)
    row = PublicContact(
        contact_id=contact.id,
        participant_id=contact.participant_id,
        day=contact.day,
        ours=said["ours"],
        organisation=said["organisation"],
        office=said["office"],
        subject=said["subject"],
        proposed_by=deed.by.id,
        proposed_at=deed.now,
    )
    deed.session.add(row)
    deed.session.flush()
    return row


def _must_be_nameless(session: Session, contact: ContactMoment, said: dict[str, str]) -> None:
    """No name of whom we spoke with, nor of anybody of the own organisation; no mail address either."""
    if field := next((field for field, text in said.items() if MAIL.search(text)), None):
        raise Incomplete(NAMELESS, field)
    whom = session.get_one(Stakeholder, contact.stakeholder_id).person
    colleagues = session.exec(select(User.name).where(User.participant_id == contact.participant_id))
    for name in filter(None, (whom, *colleagues)):
        for field, text in said.items():
            if len(name.split()) > 1 and spelled(name).search(text):
                raise Incomplete(NAMELESS, field)


def standing_of(session: Session, contact: ContactMoment) -> PublicContact | None:
    """The line of a contact that waits or is out; none where it was dropped."""
    rows = select(PublicContact).where(PublicContact.contact_id == contact.id, col(PublicContact.ended_at).is_(None))
    return session.exec(rows.order_by(col(PublicContact.id).desc()).limit(1)).first()


def line_for(session: Session, viewer: Viewer, row_id: int) -> PublicContact:
    """A line of the own organisation, or NotFound."""
    row = session.get(PublicContact, row_id)
    if row is None or row.participant_id != viewer.participant_id or row.ended_at is not None:
        raise NotFound
    return row


def release(deed: Deed, row: PublicContact) -> None:
    """Let a line out. Raises NotAllowed for who proposed it, also by another account."""
    must_have(deed, Role.COORDINATOR, "Alleen een coördinator of beheerder zet iets in het openbare register.")
    deed.session.refresh(row, with_for_update=True)
    if row.proposed_by == deed.by.id:
        raise NotAllowed(SECOND)
    must_be_another(deed, row)
    if row.released_at is None:
        row.released_by, row.released_at = deed.by.id, deed.now


def end(deed: Deed, row: PublicContact) -> None:
    """Drop a line that waits, or take back one that is out."""
    must_have(deed, Role.COORDINATOR, "Alleen een coördinator of beheerder haalt iets uit het openbare register.")
    row.ended_by, row.ended_at = deed.by.id, deed.now


def waiting(session: Session, viewer: Viewer) -> list[PublicContact]:
    """What waits at the own organisation, the oldest first."""
    mine = select(PublicContact).where(
        PublicContact.participant_id == (viewer.participant_id or ""),
        col(PublicContact.ended_at).is_(None),
        col(PublicContact.released_at).is_(None),
        col(PublicContact.contact_id).in_(select(ContactMoment.id)),
    )
    return list(session.exec(mine.order_by(col(PublicContact.id))))


def register(session: Session) -> list[tuple[PublicContact, str]]:
    """What everybody may read, newest first, with the participant's name; a contact that was withdrawn is not in it."""
    out = select(PublicContact, Participant.name).where(
        PublicContact.participant_id == Participant.id,
        col(PublicContact.released_at).is_not(None),
        col(PublicContact.ended_at).is_(None),
        col(PublicContact.contact_id).in_(select(ContactMoment.id)),
    )
    return list(session.exec(out.order_by(col(PublicContact.day).desc(), col(PublicContact.id).desc())))
