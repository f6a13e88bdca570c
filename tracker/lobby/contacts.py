"""Contacts: log one in under a minute, follow up, and keep the map of stakes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Commitment, ContactMoment, Dossier, Organisation, Stake, Stakeholder, User
from db.queries import Viewer
from db.rights import may_see, visible, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import (
    CommitmentKind,
    CommitmentState,
    ContactKind,
    LogKind,
    StakeholderKind,
    StakeRole,
)
from notifications.wording import local_day, short_day
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.history import correct, must_own
from tracker.lobby.log import dossier_for, log
from tracker.organisations import register
from tracker.people.data_register import days_of
from tracker.rights import Deed, must_add, must_change, must_fit, must_have, must_have_group
from tracker.versions import claim

KEEP_PERSON = days_of("persons")
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


def stakeholder_for(deed: Deed, office: Office, visibility: str = Visibility.OWN) -> Stakeholder:
    """The own organisation's row of this office and person, made where there is none."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen contacten vastleggen.")
    required(office.organisation, "organisation", "Noem de organisatie.")
    place = _place(deed, office)
    stakeholder = _stakeholder_at(deed, place, office.person)
    if stakeholder is None:
        stakeholder = _new_stakeholder(deed, office, place)
        stakeholder.visibility = visibility
        try:
            with deed.session.begin_nested():
                deed.session.add(stakeholder)
        except IntegrityError:  # somebody else named the same office at the same moment
            stakeholder = deed.session.exec(_of_person(deed, [place.id], office.person)).one()
    open_to(deed, stakeholder, visibility, office)
    return stakeholder


def _place(deed: Deed, office: Office) -> Organisation:
    """The office in the register, or without one the organisation."""
    organisation = register.enter(deed, office.organisation)
    return register.enter(deed, office.office, organisation) if office.office.strip() else organisation


def _stakeholder_at(deed: Deed, place: Organisation, person: str) -> Stakeholder | None:
    return deed.session.exec(_of_person(deed, register.with_merged(deed.session, [place.id]), person)).first()


def _of_person(deed: Deed, places: Iterable[int], person: str) -> SelectOfScalar[Stakeholder]:
    """The own rows at these places of that person; one whose person was erased comes last."""
    rows = select(Stakeholder).where(
        col(Stakeholder.organisation_id).in_(list(places)),
        Stakeholder.person == person.strip(),
        Stakeholder.participant_id == deed.by.participant_id,
    )
    return rows.order_by(col(Stakeholder.erased_at).is_not(None), col(Stakeholder.id)).limit(1)


def _new_stakeholder(deed: Deed, office: Office, place: Organisation) -> Stakeholder:
    """A new row of an office, with the care that a name asks for."""
    within = deed.session.get_one(Organisation, place.parent_id) if place.parent_id else place
    stakeholder = Stakeholder(
        kind=office.kind if office.office.strip() else StakeholderKind.ORGANISATION,
        organisation_id=place.id,
        organisation=register.called(deed.session, register.live(deed.session, within), office.organisation),
        office=register.called(deed.session, place, office.office) if office.office.strip() else "",
        participant_id=deed.by.participant_id,
        created_at=deed.now,
    )
    if office.person.strip():
        stakeholder.person, stakeholder.address = office.person.strip(), office.address.strip()
        stakeholder.purpose = required(office.purpose, "purpose", "Schrijf op waarom u een naam bewaart.")
        stakeholder.retain_until = office.retain_until or deed.today + KEEP_PERSON
    return stakeholder


def open_to(deed: Deed, stakeholder: Stakeholder, visibility: str, said: Office | None = None) -> None:
    """What is shared names its organisation, so that stands in the shared register from then on.

    Others read the name it has there, or as it is typed now: not what it was called before anything was shared.
    """
    session = deed.session
    if visibility in register.SHARED:
        register.share(session, session.get_one(Organisation, stakeholder.organisation_id))
    if visibility == Visibility.OWN:
        return
    place = register.live(session, session.get_one(Organisation, stakeholder.organisation_id))
    top = register.top_of(session, place)
    stakeholder.organisation = register.called(session, top, said.organisation if said else "")
    if place.id != top.id:
        stakeholder.office = register.called(session, place, said.office if said else "")


def log_contact(deed: Deed, fields: ContactFields, office: Office) -> ContactMoment:
    """Record a contact of the user's own organisation; a day to come is a planned one."""
    dossier = dossier_for(deed.session, deed.viewer, fields.dossier_id) if fields.dossier_id else None
    must_have_group(fields.visibility, dossier)
    if dossier:
        must_add(deed, dossier)
        must_fit(deed, dossier, fields.visibility)
    values = {**vars(fields), **_checked(deed, fields)}
    stakeholder = stakeholder_for(deed, office)
    open_to(deed, stakeholder, fields.visibility, office)
    contact = ContactMoment(
        **values,
        stakeholder_id=stakeholder.id,
        user_id=deed.by.id,
        follow_up_owner=deed.by.id if values["follow_up"] else None,
        participant_id=deed.by.participant_id,
        logged_at=deed.now,
    )
    deed.session.add(contact)
    deed.session.flush()
    if dossier:
        text = f"{ContactKind(fields.kind).label} met {spoken_of(stakeholder)}"
        log(deed, dossier, LogKind.CONTACT, text, day=fields.day, subject=contact)
    deed.session.flush()
    return contact


def edit_contact(deed: Deed, contact: ContactMoment, fields: ContactFields, office: Office, seen: int) -> None:
    """Correct a contact of the own organisation, also whom it was with; what was promised in it is seen no wider."""
    must_own(deed, contact)
    dossier = _hangs_on(deed, contact, fields)
    must_have_group(fields.visibility, dossier)
    if dossier:
        must_fit(deed, dossier, fields.visibility)
    values = {**vars(fields), **_checked(deed, fields)}
    stakeholder = stakeholder_for(deed, office)
    open_to(deed, stakeholder, fields.visibility, office)
    before = contact.dossier_id
    owner = contact.follow_up_owner or deed.by.id
    correct(deed, contact, {**values, "stakeholder_id": stakeholder.id}, seen)
    contact.follow_up_owner = owner if contact.follow_up else None
    _promises_follow(deed.session, contact)
    if dossier and dossier.id != before:
        text = f"{ContactKind(fields.kind).label} met {spoken_of(stakeholder)}"
        log(deed, dossier, LogKind.CONTACT, text, day=fields.day, subject=contact)
    deed.session.flush()


def _hangs_on(deed: Deed, contact: ContactMoment, fields: ContactFields) -> Dossier | None:
    """The dossier it will hang on: one that is new must be seen, where it hangs already it may stay, hidden or not."""
    if fields.dossier_id is None or fields.dossier_id == contact.dossier_id:
        return deed.session.get(Dossier, fields.dossier_id) if fields.dossier_id else None
    dossier = dossier_for(deed.session, deed.viewer, fields.dossier_id)
    must_add(deed, dossier)
    return dossier


def _checked(deed: Deed, fields: ContactFields) -> dict[str, str]:
    """The texts without blanks around them, or Incomplete."""
    message = required(fields.message, "message", "Schrijf in één zin wat u heeft gebracht.")
    if fields.follow_up_on and not fields.follow_up.strip():
        raise Incomplete("Schrijf op wat er op die dag moet gebeuren.", "follow_up")
    _must_follow(deed, fields.day, fields.follow_up_on, "follow_up_on")
    return {"message": message, "reply": fields.reply.strip(), "follow_up": fields.follow_up.strip()}


def _must_follow(deed: Deed, talk: date, day: date | None, field: str) -> None:
    """What came of a talk is not due before it: a slip of the keyboard. For one that is planned, one can prepare."""
    if day and day < min(talk, local_day(deed.now)):
        raise Incomplete(f"{short_day(day)} ligt vóór het contact van {short_day(talk)}.", field)


def _promises_follow(session: Session, contact: ContactMoment) -> None:
    """What was promised hangs on the same dossier and office, and is seen by no more people than the talk."""
    for promise in session.exec(select(Commitment).where(Commitment.contact_id == contact.id)):
        promise.dossier_id, promise.stakeholder_id = contact.dossier_id, contact.stakeholder_id
        if wider(promise.visibility, contact.visibility):
            promise.visibility = contact.visibility
        promise.version += 1


def spoken_of(stakeholder: Stakeholder) -> str:
    """The office and its organisation, never the person."""
    return ", ".join(filter(None, [stakeholder.office, stakeholder.organisation]))


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
    _must_follow(deed, contact.day, due_on, "promise_due")
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


@dataclass(frozen=True)
class CommitmentFields:
    """What can be corrected of a promise; what became of it is said by settling it."""

    text: str
    due_on: date | None = None
    kind: str = CommitmentKind.PROMISE
    number: str = ""


def edit_commitment(deed: Deed, commitment: Commitment, fields: CommitmentFields, seen: int) -> None:
    """Correct the words or the day of a promise."""
    text = required(fields.text, "promise", "Schrijf op wat er is toegezegd.")
    if commitment.contact_id and fields.due_on != commitment.due_on:
        talk = deed.session.get_one(ContactMoment, commitment.contact_id)
        _must_follow(deed, talk.day, fields.due_on, "promise_due")
    correct(deed, commitment, {**vars(fields), "text": text, "number": fields.number.strip()}, seen)


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
    place: dict[str, Any] = {"dossier_id": dossier.id, "stakeholder_id": stakeholder.id}
    values: dict[str, Any] = {"role": role, "influence": influence, "stance": stance, "source": source.strip()}
    stake = _put_stake(deed, place, {**values, "holder_id": deed.by.id}, visibility)
    open_to(deed, stakeholder, stake.visibility)
    log(deed, dossier, LogKind.STAKE, f"{spoken_of(stakeholder)}: {role.label}", subject=stake)
    return stake


def _put_stake(deed: Deed, place: dict[str, Any], values: dict[str, Any], visibility: str | None) -> Stake:
    """The stake at this place with these values; one that was there keeps its visibility unless said otherwise."""
    stake = deed.session.exec(select(Stake).filter_by(**place)).first()
    if stake is None:
        seen_by = visibility or Visibility.OWN
        stake = Stake(**place, **values, visibility=seen_by, participant_id=deed.by.participant_id)
        deed.session.add(stake)
    else:
        correct(deed, stake, {**values, "visibility": visibility or stake.visibility}, stake.version)
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
