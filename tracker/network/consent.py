"""The history of a contact person's consent: each time it was given or withdrawn, and who wrote that down."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db.models import ContactConsent, SubjectContact, User
from db.vocabulary import Visibility
from tracker.errors import Incomplete, required
from tracker.rights import Deed, must_change
from tracker.versions import claim

OTHERWISE, SOMEBODY_ELSE, TAKEN_AWAY = (
    "anders vastgelegd",
    "het onderwerp ging naar iemand anders",
    "contactpersoon weggehaald",
)
NOT_ANY_MORE = "toestemming weggehaald bij de contactpersoon"


@dataclass(frozen=True)
class ConsentLine:
    """A line of the history with the names of who wrote it down."""

    row: ContactConsent
    recorded_by: str
    withdrawn_by: str = ""


def follow(deed: Deed, contact: SubjectContact) -> None:
    """Bring the history to what the contact says now: a line ends where it is another person, day or way."""
    standing = _standing(deed.session, contact)
    if standing is not None and _says(standing, contact):
        return
    if standing is not None:
        _end(deed, standing, deed.today, _why(standing, contact))
    if contact.consent_on is not None:
        deed.session.add(
            ContactConsent(
                participant_id=contact.participant_id, subject_contact_id=contact.id, subject=contact.subject,
                stakeholder_id=contact.stakeholder_id, user_id=contact.user_id, given_on=contact.consent_on,
                given_how=contact.consent_how, recorded_by=deed.by.id, recorded_at=deed.now,
            )
        )  # fmt: skip
    deed.session.flush()


def withdraw(deed: Deed, contact: SubjectContact, day: date, how: str, seen: int) -> None:
    """The person does not want it any more: only the own organisation sees the contact from now on."""
    must_change(deed, contact)
    claim(deed.session, contact, seen)
    standing = _standing(deed.session, contact)
    if standing is None or contact.consent_on is None:
        raise Incomplete("Er is geen toestemming om in te trekken.", "withdrawn_on")
    if not standing.given_on <= day <= deed.today:
        raise Incomplete("Kies een dag vanaf de toestemming tot en met vandaag.", "withdrawn_on")
    said = required(how, "withdrawn_how", "Noteer hoe dat gezegd is, zoals: per mail.")
    _end(deed, standing, day, said)
    contact.consent_on, contact.consent_how, contact.visibility = None, "", Visibility.OWN
    deed.session.flush()


def let_go(deed: Deed, contact: SubjectContact) -> None:
    """The contact is taken away; that there was consent stays known."""
    standing = _standing(deed.session, contact)
    if standing is not None:
        _end(deed, standing, deed.today, TAKEN_AWAY)
    for row in deed.session.exec(select(ContactConsent).where(ContactConsent.subject_contact_id == contact.id)):
        row.subject_contact_id = None
    deed.session.flush()


def history(session: Session, contact: SubjectContact) -> list[ConsentLine]:
    """All of it on this person and subject at this organisation, the newest first; also of a contact taken away."""
    same = [
        ContactConsent.participant_id == contact.participant_id,
        ContactConsent.stakeholder_id == contact.stakeholder_id
        if contact.user_id is None
        else ContactConsent.user_id == contact.user_id,
        ContactConsent.subject == contact.subject,
    ]
    mine = or_(ContactConsent.subject_contact_id == contact.id, col(ContactConsent.subject_contact_id).is_(None))
    rows = session.exec(select(ContactConsent).where(mine, *same).order_by(col(ContactConsent.id).desc())).all()
    return [ConsentLine(row, _name(session, row.recorded_by), _name(session, row.withdrawn_by)) for row in rows]


def _name(session: Session, user: int | None) -> str:
    return session.get_one(User, user).name if user is not None else ""


def _standing(session: Session, contact: SubjectContact) -> ContactConsent | None:
    rows = select(ContactConsent).where(
        ContactConsent.subject_contact_id == contact.id, col(ContactConsent.withdrawn_at).is_(None)
    )
    return session.exec(rows.order_by(col(ContactConsent.id).desc())).first()


def _says(row: ContactConsent, contact: SubjectContact) -> bool:
    return (row.given_on, row.given_how, row.stakeholder_id, row.user_id) == (
        contact.consent_on, contact.consent_how, contact.stakeholder_id, contact.user_id,
    )  # fmt: skip


def _why(row: ContactConsent, contact: SubjectContact) -> str:
    if (row.stakeholder_id, row.user_id) != (contact.stakeholder_id, contact.user_id):
        return SOMEBODY_ELSE
    return OTHERWISE if contact.consent_on is not None else NOT_ANY_MORE


def _end(deed: Deed, row: ContactConsent, day: date, how: str) -> None:
    row.withdrawn_on, row.withdrawn_how, row.withdrawn_by, row.withdrawn_at = day, how, deed.by.id, deed.now
    deed.session.flush()
