"""Where organisations take part: in a network, board or coalition, as what, and from when until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from db.models import Membership, Organisation
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_network import MemberRole
from db.vocabulary_organisations import OrganisationKind
from tracker.documents.documents import leads_somewhere
from tracker.errors import Incomplete, NotFound, required
from tracker.network.subjects import says
from tracker.organisations import register
from tracker.organisations.names import kind_of
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

FOREVER = date.max


@dataclass(frozen=True)
class MembershipFields:
    """What a person fills in; both organisations by name, as the register or the person calls them."""

    organisation: str
    network: str
    role: str = MemberRole.MEMBER
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""
    visibility: str = Visibility.REGION


@dataclass(frozen=True)
class MembershipFilter:
    """What one looks for; ``on``: only what holds on that day."""

    text: str = ""
    organisation: int | None = None
    on: date | None = None


@dataclass(frozen=True)
class Taken:
    """A membership with the organisations as they are called now."""

    row: Membership
    organisation: Organisation
    network: Organisation


def add(deed: Deed, fields: MembershipFields) -> Membership:
    """Say that an organisation takes part somewhere. Raises Incomplete in Dutch at the field that is not right."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen lidmaatschap vastleggen.")
    values = _checked(deed, fields)
    row = Membership(**values, participant_id=deed.by.participant_id, added_by=deed.by.id, added_at=deed.now)
    _must_be_new(deed, row)
    deed.session.add(row)
    deed.session.flush()
    return row


def change(deed: Deed, row: Membership, fields: MembershipFields, seen: int) -> None:
    """Put it right, or give it a last day."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    for name, value in _checked(deed, fields).items():
        setattr(row, name, value)
    with deed.session.no_autoflush:
        _must_be_new(deed, row)
    deed.session.flush()


def remove(deed: Deed, row: Membership, seen: int) -> None:
    """Take it away, for what never was; what ended gets a last day instead."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    deed.session.delete(row)
    deed.session.flush()


def _checked(deed: Deed, fields: MembershipFields) -> dict[str, Any]:
    name = required(fields.organisation, "organisation", "Noem de organisatie.")
    network = required(fields.network, "network", "Noem waar zij aan deelneemt.")
    if fields.starts_on is None:
        raise Incomplete("Sinds wanneer? Weet u de dag niet, neem dan 1 januari van dat jaar.", "starts_on")
    if fields.ends_on and fields.ends_on < fields.starts_on:
        raise Incomplete("De laatste dag ligt voor de eerste.", "ends_on")
    if fields.source.strip().startswith("http") and not leads_somewhere(fields.source.strip()):
        raise Incomplete("Dit adres leidt nergens heen.", "source")
    kind = kind_of(network)
    into = OrganisationKind.NETWORK if kind == OrganisationKind.UNKNOWN else kind
    places = [register.enter(deed, name), register.enter(deed, network, kind=into)]
    if fields.visibility != Visibility.OWN:
        places = [register.share(deed.session, place) for place in places]
    member, network_id = (register.live(deed.session, place).id for place in places)
    if member == network_id:
        raise Incomplete("Een organisatie is geen lid van zichzelf.", "network")
    return {
        "organisation_id": member, "network_id": network_id, "role": fields.role, "starts_on": fields.starts_on,
        "ends_on": fields.ends_on, "source": fields.source.strip(), "visibility": fields.visibility,
    }  # fmt: skip


def _must_be_new(deed: Deed, row: Membership) -> None:
    """Nobody is a member twice on one day, as far as the person can know."""
    same = select(Membership).where(
        visible(deed.viewer, Membership),
        col(Membership.organisation_id).in_(register.with_merged(deed.session, [row.organisation_id])),
        col(Membership.network_id).in_(register.with_merged(deed.session, [row.network_id])),
    )
    others = [other for other in deed.session.exec(same) if other is not row]
    for other in others:
        if other.starts_on <= (row.ends_on or FOREVER) and row.starts_on <= (other.ends_on or FOREVER):
            raise Incomplete("Deze organisatie neemt in die tijd al deel; geef dat een laatste dag.", "starts_on")


def membership_for(session: Session, viewer: Viewer, number: int) -> Membership:
    """The row, or NotFound for who may not know of it."""
    row = session.get(Membership, number)
    if row is None or not may_see(session, viewer, row):
        raise NotFound("Dit lidmaatschap bestaat niet.")
    return row


def memberships(session: Session, viewer: Viewer, wanted: MembershipFilter) -> list[Taken]:
    """What the filter means and the viewer may see, by network and then by organisation."""
    query = select(Membership).where(visible(viewer, Membership))
    if wanted.organisation is not None:
        query = query.where(_of(register.with_merged(session, [wanted.organisation])))
    if wanted.on is not None:
        still = or_(col(Membership.ends_on).is_(None), col(Membership.ends_on) >= wanted.on)
        query = query.where(Membership.starts_on <= wanted.on, still)
    found = [_taken(session, row) for row in session.exec(query.order_by(col(Membership.id)))]
    named = [t for t in found if says(wanted.text, t.organisation.name, t.network.name)]
    return sorted(named, key=lambda t: (t.network.name, t.organisation.name, t.row.starts_on))


def memberships_of(session: Session, viewer: Viewer, organisations: Collection[int], today: date) -> list[Taken]:
    """Where any of these organisations takes part today."""
    there = memberships(session, viewer, MembershipFilter(on=today))
    return [taken for taken in there if taken.organisation.id in organisations]


def _of(ids: Collection[int]) -> ColumnElement[bool]:
    return or_(col(Membership.organisation_id).in_(ids), col(Membership.network_id).in_(ids))


def _taken(session: Session, row: Membership) -> Taken:
    member, network = (session.get_one(Organisation, number) for number in (row.organisation_id, row.network_id))
    return Taken(row, register.live(session, member), register.live(session, network))
