"""Contacts: log one in under a minute, see who was at the same office, follow up, and keep the map of stakes."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.models import Commitment, ContactMoment, Dossier, Participant, Stake, Stakeholder, User
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import (
    CommitmentKind,
    CommitmentState,
    ContactKind,
    LogKind,
    StakeholderKind,
    StakeRole,
)
from notifications.wording import listed
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.log import dossier_for, log
from tracker.rights import Deed, must_add, must_change, must_fit, must_have, must_have_group
from tracker.versions import claim

NEARBY = timedelta(days=30)
KEEP_PERSON = timedelta(days=730)
PURPOSE = "Lobbycontact in functie"


@dataclass(frozen=True)
class Office:
    """Whom one speaks with: organisation and function first, the person second and only where needed."""

    organisation: str
    office: str = ""
    person: str = ""
    address: str = ""
    purpose: str = PURPOSE
    retain_until: date | None = None
    kind: str = StakeholderKind.OFFICE


@dataclass(frozen=True)
class ContactFields:
    """What one screen asks of a contact moment; three of them are needed, the rest has a default."""

    day: date
    message: str
    kind: str = ContactKind.TALK
    dossier_id: int | None = None
    reply: str = ""
    follow_up: str = ""
    follow_up_on: date | None = None
    visibility: str = Visibility.OWN


@dataclass(frozen=True)
class Nearby:
    """Who of the partners is or was at the same office; without rights only of which organisation, and whom to ask."""

    text: str
    contact: ContactMoment | None = None


def office_key(organisation: str, office: str) -> str:
    """Organisation and office without capitals, accents or double blanks, to recognise the same office."""
    plain = unicodedata.normalize("NFKD", f"{organisation} | {office}").casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def stakeholder_for(deed: Deed, office: Office, visibility: str = Visibility.OWN) -> Stakeholder:
    """The own organisation's row of this office and person, made where there is none."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen contacten vastleggen.")
    organisation = required(office.organisation, "organisation", "Noem de organisatie.")
    key = office_key(organisation, office.office)
    same_office = select(Stakeholder).where(
        Stakeholder.office_key == key,
        Stakeholder.person == office.person.strip(),
        Stakeholder.participant_id == deed.by.participant_id,
    )
    same_office = same_office.order_by(col(Stakeholder.erased_at).is_not(None), col(Stakeholder.id)).limit(1)
    existing = deed.session.exec(same_office).first()
    if existing:
        return existing
    stakeholder = _stakeholder(deed, office)
    stakeholder.visibility = visibility
    try:
        with deed.session.begin_nested():
            deed.session.add(stakeholder)
    except IntegrityError:  # somebody else named the same office at the same moment
        return deed.session.exec(same_office).one()
    return stakeholder


def _stakeholder(deed: Deed, office: Office) -> Stakeholder:
    """A new row of an office, with the care that a name asks for."""
    stakeholder = Stakeholder(
        kind=office.kind if office.office.strip() else StakeholderKind.ORGANISATION,
        organisation=office.organisation.strip(),
        office=office.office.strip(),
        office_key=office_key(office.organisation, office.office),
        participant_id=deed.by.participant_id,
        created_at=deed.now,
    )
    if office.person.strip():
        stakeholder.person, stakeholder.address = office.person.strip(), office.address.strip()
        stakeholder.purpose = required(office.purpose, "purpose", "Schrijf op waarom u een naam bewaart.")
        stakeholder.retain_until = office.retain_until or deed.today + KEEP_PERSON
    return stakeholder


def log_contact(deed: Deed, fields: ContactFields, office: Office) -> ContactMoment:
    """Record a contact of the user's own organisation; a day to come is a planned one."""
    dossier = dossier_for(deed.session, deed.viewer, fields.dossier_id) if fields.dossier_id else None
    must_have_group(fields.visibility, dossier)
    if dossier:
        must_add(deed, dossier)
        must_fit(deed, dossier, fields.visibility)
    message = required(fields.message, "message", "Schrijf in één zin wat u heeft gebracht.")
    if fields.follow_up_on and not fields.follow_up.strip():
        raise Incomplete("Schrijf op wat er op die dag moet gebeuren.", "follow_up")
    stakeholder = stakeholder_for(deed, office)
    contact = ContactMoment(
        dossier_id=fields.dossier_id,
        stakeholder_id=stakeholder.id,
        user_id=deed.by.id,
        kind=fields.kind,
        day=fields.day,
        message=message,
        reply=fields.reply.strip(),
        follow_up=fields.follow_up.strip(),
        follow_up_on=fields.follow_up_on,
        follow_up_owner=deed.by.id if fields.follow_up.strip() else None,
        participant_id=deed.by.participant_id,
        visibility=fields.visibility,
        logged_at=deed.now,
    )
    deed.session.add(contact)
    deed.session.flush()
    if dossier:
        text = f"{ContactKind(fields.kind).label} met {spoken_of(stakeholder)}"
        log(deed, dossier, LogKind.CONTACT, text, day=fields.day, subject=contact)
    deed.session.flush()
    return contact


def spoken_of(stakeholder: Stakeholder) -> str:
    """The office and its organisation, never the person."""
    return ", ".join(filter(None, [stakeholder.office, stakeholder.organisation]))


def nearby(session: Session, organisation: str, office: str, viewer: Viewer, day: date, today: date) -> list[Nearby]:
    """Who speaks or spoke to the same office within 30 days of that day, as far as the viewer may know.

    What the viewer may not see comes back as a line for each organisation, with whom to ask there. It does not turn on
    the day one asks with: it counts the talks of the quarter of ``today`` and of the two beside it.
    """
    first, last = _three_quarters(today)
    contacts = (
        select(ContactMoment, User, Participant)
        .join(Stakeholder, col(Stakeholder.id) == ContactMoment.stakeholder_id)
        .where(Stakeholder.office_key == office_key(organisation, office))
        .where(col(ContactMoment.day).between(min(first, day - NEARBY), max(last, day + NEARBY)))
        .where(ContactMoment.user_id == User.id, ContactMoment.participant_id == Participant.id)
        .order_by(col(ContactMoment.day).desc(), col(ContactMoment.id))
    )
    partners, hidden = [], {}
    for contact, user, participant in session.exec(contacts):
        if may_see(session, viewer, contact):
            if abs(contact.day - day) <= NEARBY:
                partners.append(Nearby(f"{user.name} ({participant.name})", contact))
        elif first <= contact.day <= last:
            hidden[participant.id] = participant
    return [*partners, *(Nearby(_whom_to_ask(session, hidden[id_])) for id_ in sorted(hidden))]


def _three_quarters(today: date) -> tuple[date, date]:
    """First and last day of the quarter before this one to the quarter after it."""
    number = today.year * 4 + (today.month - 1) // 3
    (first_year, first), (next_year, after) = divmod(number - 1, 4), divmod(number + 2, 4)
    return date(first_year, first * 3 + 1, 1), date(next_year, after * 3 + 1, 1) - timedelta(days=1)


def _whom_to_ask(session: Session, participant: Participant) -> str:
    """That an organisation was there, and its coordinators."""
    active = select(User.name).where(User.participant_id == participant.id, col(User.deactivated_at).is_(None))
    names = session.exec(active.where(User.role == Role.COORDINATOR).order_by(col(User.name))).all()
    whom = listed(list(names)) if names else "een collega daar; er is geen coördinator bekend"
    return f"Iemand van {participant.name} was er dit kwartaal of het vorige, of gaat er het volgende: vraag {whom}."


def contact_for(session: Session, viewer: Viewer, contact_id: int) -> ContactMoment:
    """The contact moment, or NotFound."""
    contact = session.get(ContactMoment, contact_id)
    if contact is None or not may_see(session, viewer, contact):
        raise NotFound("Dit contactmoment bestaat niet.")
    return contact


def followed_up(deed: Deed, contact: ContactMoment, seen: int) -> None:
    """The follow-up of a contact is done."""
    must_change(deed, contact)
    claim(deed.session, contact, seen)
    contact.followed_up_at = deed.now
    deed.session.flush()


def commit_to(
    deed: Deed,
    contact: ContactMoment,
    text: str,
    due_on: date | None,
    kind: str = CommitmentKind.PROMISE,
    number: str = "",
    owner: User | None = None,
) -> Commitment:
    """What was promised in a contact: who of us watches it, and until when."""
    must_change(deed, contact)
    commitment = Commitment(
        dossier_id=contact.dossier_id,
        contact_id=contact.id,
        stakeholder_id=contact.stakeholder_id,
        kind=kind,
        number=number.strip(),
        text=required(text, "promise", "Schrijf op wat er is toegezegd."),
        owner_id=(owner or deed.by).id,
        due_on=due_on,
        participant_id=contact.participant_id,
        visibility=contact.visibility,
        created_at=deed.now,
    )
    deed.session.add(commitment)
    deed.session.flush()
    if contact.dossier_id:
        dossier = deed.session.get_one(Dossier, contact.dossier_id)
        word = "" if kind == CommitmentKind.PROMISE else f"{CommitmentKind(kind).label} {number.strip()}: "
        log(deed, dossier, LogKind.COMMITMENT, f"{word}{commitment.text}", subject=commitment)
    deed.session.flush()
    return commitment


def close_commitment(deed: Deed, commitment: Commitment, state: CommitmentState, seen: int) -> None:
    """What became of a promise."""
    must_change(deed, commitment)
    claim(deed.session, commitment, seen)
    commitment.state = state
    commitment.closed_at = None if state == CommitmentState.OPEN else deed.now
    if commitment.dossier_id:
        dossier = deed.session.get_one(Dossier, commitment.dossier_id)
        log(deed, dossier, LogKind.COMMITMENT, f"{state.label}: {commitment.text}", subject=commitment)
    deed.session.flush()


def stake_for(
    deed: Deed,
    dossier: Dossier,
    stakeholder: Stakeholder,
    role: StakeRole,
    influence: int,
    stance: int | None,
    source: str,
    visibility: str | None = None,
) -> Stake:
    """Where a stakeholder stands in this dossier; a stance is a public one of the office, so it needs its source.

    A new stake is seen by the own organisation, unless said otherwise; one that is there stays as it was.
    """
    must_add(deed, dossier)
    if visibility:
        must_fit(deed, dossier, visibility)
    _check_stake(influence, stance, source)
    existing = select(Stake).where(Stake.dossier_id == dossier.id, Stake.stakeholder_id == stakeholder.id)
    stake = deed.session.exec(existing).first()
    if stake is None:
        stake = Stake(
            dossier_id=dossier.id,
            stakeholder_id=stakeholder.id,
            role=role,
            participant_id=deed.by.participant_id,
        )
        deed.session.add(stake)
        deed.session.flush()
    must_change(deed, stake)
    claim(deed.session, stake)
    stake.role, stake.influence, stake.stance, stake.source = role, influence, stance, source.strip()
    stake.holder_id, stake.visibility = deed.by.id, visibility or stake.visibility
    log(deed, dossier, LogKind.STAKE, f"{spoken_of(stakeholder)}: {role.label}", subject=stake)
    return stake


def _check_stake(influence: int, stance: int | None, source: str) -> None:
    if not 0 <= influence <= 10:
        raise Incomplete("Invloed is een getal van 0 tot en met 10.", "influence")
    if stance is not None and not -2 <= stance <= 2:
        raise Incomplete("Houding loopt van -2 (tegen) tot 2 (voor).", "stance")
    if stance is not None and not source.strip():
        raise Incomplete("Noem waar deze houding openbaar is gemaakt.", "source")


def map_of(session: Session, dossier: Dossier, viewer: Viewer) -> list[tuple[Stake, Stakeholder]]:
    """The stakes in a dossier that the viewer may see, the most influential first."""
    both = select(Stake, Stakeholder).join(Stakeholder).where(Stake.dossier_id == dossier.id, visible(viewer, Stake))
    return list(session.exec(both.order_by(col(Stake.influence).desc(), col(Stakeholder.organisation))))


def contacts_of(session: Session, viewer: Viewer, dossier: Dossier | None = None) -> list[ContactMoment]:
    """Contact moments the viewer may see, newest first; of one dossier, or all."""
    rows = select(ContactMoment).where(visible(viewer, ContactMoment))
    if dossier:
        rows = rows.where(ContactMoment.dossier_id == dossier.id)
    return list(session.exec(rows.order_by(col(ContactMoment.day).desc(), col(ContactMoment.id).desc()).limit(200)))
