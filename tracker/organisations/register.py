"""The register: find an organisation or office by any of its names, add one, share it, and say that two are one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.models import Organisation, OrganisationName
from db.queries import Viewer
from db.rights import has_role, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_organisations import OrganisationKind, OrganisationNameKind
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound, required
from tracker.organisations.names import keys_of, kind_of, name_key
from tracker.rights import Deed
from tracker.versions import MEANWHILE, claim

SHARED = (Visibility.REGION, Visibility.PUBLIC)
LIVE = col(Organisation.merged_into_id).is_(None)


@dataclass(frozen=True)
class OrganisationFields:
    """What people fill in of an organisation; ``names`` are its other names, a line each."""

    name: str
    kind: str = OrganisationKind.UNKNOWN
    names: str = ""


def goes_by(keys: Iterable[str]) -> ColumnElement[bool]:
    """Has one of these keys, by its own name or by another that it goes or went by."""
    wanted = list(keys)
    others = select(OrganisationName.organisation_id).where(col(OrganisationName.key).in_(wanted))
    return or_(col(Organisation.key).in_(wanted), col(Organisation.id).in_(others))


def named(
    session: Session, name: str, parents: Iterable[int] | None = None, viewer: Viewer | None = None
) -> list[Organisation]:
    """Every organisation that goes by this name, or the offices of these parents; whoever's they are.

    For deciding only, never for showing: it knows what others keep to themselves. With a viewer it goes by the names
    alone that this one may know.
    """
    within = (
        col(Organisation.parent_id).is_(None) if parents is None else col(Organisation.parent_id).in_(list(parents))
    )
    rows = session.exec(select(Organisation).where(within, goes_by(keys_of(name))).order_by(col(Organisation.id)))
    known = [row for row in rows if viewer is None or sees(viewer, row)]
    return list({row.id: row for row in (live(session, found) for found in known)}.values())


def live(session: Session, organisation: Organisation) -> Organisation:
    """The one that counts: where two were said to be one, the one that stayed."""
    passed = {organisation.id}
    while organisation.merged_into_id is not None and organisation.merged_into_id not in passed:
        organisation = session.get_one(Organisation, organisation.merged_into_id)
        passed.add(organisation.id)
    return organisation


def top_of(session: Session, organisation: Organisation) -> Organisation:
    """The organisation of an office, or the organisation itself."""
    if organisation.parent_id is None:
        return organisation
    return live(session, session.get_one(Organisation, organisation.parent_id))


def with_merged(session: Session, ids: Iterable[int]) -> set[int]:
    """These and everything that was merged into them."""
    known, new = set[int](), set(ids)
    while new:
        known |= new
        merged = select(Organisation.id).where(col(Organisation.merged_into_id).in_(new))
        new = set(session.exec(merged)) - known
    return known


def family(session: Session, organisation: Organisation) -> list[Organisation]:
    """The organisation, then what it went into, then what went into it; each once."""
    related, last = {organisation.id: organisation}, organisation
    while last.successor_id is not None:
        last = live(session, session.get_one(Organisation, last.successor_id))
        if last.id in related:
            break
        related[last.id] = last
    before = [organisation]
    for row in before:
        into = col(Organisation.successor_id).in_(with_merged(session, [row.id]))
        new = [o for o in session.exec(select(Organisation).where(into, LIVE)) if o.id not in related]
        related |= {o.id: o for o in new}
        before += new
    return list(related.values())


def called(session: Session, organisation: Organisation, typed: str) -> str:
    """What to write down: the name in the register, but a former name as it was typed."""
    former = {row.key for row in names_of(session, organisation) if row.kind == OrganisationNameKind.FORMER}
    return typed.strip() if set(keys_of(typed)) & former else organisation.name


def offices_of(session: Session, ids: Iterable[int]) -> list[Organisation]:
    """Every office of these organisations, whoever's; merged ones too, since talks may hang on them."""
    return list(session.exec(select(Organisation).where(col(Organisation.parent_id).in_(list(ids)))))


def places_of(session: Session, organisation: Organisation) -> set[int]:
    """Every row on which something of this organisation may hang: merged ones and, of a whole one, its offices."""
    places = with_merged(session, [organisation.id])
    if organisation.parent_id is None:
        places |= with_merged(session, [o.id for o in offices_of(session, places)])
    return places


def find(
    session: Session, viewer: Viewer, name: str, day: date, parent: Organisation | None = None
) -> Organisation | None:
    """The organisation or office of this name that the viewer may see: a shared one first, then one that still is."""
    parents = with_merged(session, [parent.id]) if parent else None
    seen = [o for o in named(session, name, parents, viewer) if sees(viewer, o)]
    return min(seen, key=lambda o: (o.visibility == Visibility.OWN, gone(o, day), o.id), default=None)


def sees(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may know this row; a shared one is everybody's who is signed in."""
    if viewer.user_id is None:
        return False
    return organisation.visibility == Visibility.REGION or organisation.participant_id == viewer.participant_id


def gone(organisation: Organisation, day: date) -> bool:
    """Whether it is no longer there on that day."""
    return organisation.ended_on is not None and organisation.ended_on <= day


def organisation_for(session: Session, viewer: Viewer, organisation_id: int) -> Organisation:
    """The organisation, where two are one the one that stayed; or NotFound."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not sees(viewer, organisation) or not sees(viewer, live(session, organisation)):
        raise NotFound("Deze organisatie bestaat niet.")
    return live(session, organisation)


def enter(deed: Deed, name: str, parent: Organisation | None = None, kind: str = "") -> Organisation:
    """The organisation or office of this name, made as the own participant's where the user knows of none."""
    existing = find(deed.session, deed.viewer, name, deed.today, parent)
    if existing:
        return existing
    made = Organisation(
        name=name.strip(),
        key=name_key(name),
        kind=kind or (OrganisationKind.OFFICE if parent else kind_of(name)),
        parent_id=parent.id if parent else None,
        participant_id=deed.by.participant_id,
        created_at=deed.now,
    )
    try:
        with deed.session.begin_nested():
            deed.session.add(made)
    except IntegrityError:  # somebody of us named the same at the same moment
        return deed.session.exec(select(Organisation).where(_same(made), LIVE)).one()
    return made


def _same(other: Organisation) -> ColumnElement[bool]:
    parent = col(Organisation.parent_id)
    within = parent.is_(None) if other.parent_id is None else parent == other.parent_id
    return (col(Organisation.key) == other.key) & (col(Organisation.participant_id) == other.participant_id) & within


def share(session: Session, organisation: Organisation) -> Organisation:
    """Put an organisation in the shared register, since something about it is shared; gives the one that counts.

    What others typed of the same name is taken to be the same: it leads here, and their talks stay their own.
    """
    organisation = live(session, organisation)
    if organisation.visibility == Visibility.REGION:
        return organisation
    parents = None
    if organisation.parent_id is not None:
        parent = share(session, session.get_one(Organisation, organisation.parent_id))
        organisation.parent_id = parent.id
        parents = with_merged(session, [parent.id])
    same = [o for o in named(session, organisation.name, parents) if o.id != organisation.id]
    shared = [o for o in same if o.visibility == Visibility.REGION]
    kept = shared[0] if shared else organisation
    if kept.visibility == Visibility.OWN:
        _keep_names(session, kept)
    kept.visibility = Visibility.REGION
    absorb(session, kept, [o for o in (*same, organisation) if o.id != kept.id])
    return kept


def _keep_names(session: Session, organisation: Organisation) -> None:
    """What its participant called it to itself leads there for that participant alone, once it is in the register."""
    for row in names_of(session, organisation):
        own = Organisation(
            **organisation.model_dump(exclude={"id", "name", "key", "merged_into_id", "version"}),
            name=row.name,
            key=row.key,
            merged_into_id=organisation.id,
        )
        session.add(own)
        session.delete(row)
    session.flush()


def absorb(session: Session, kept: Organisation, same: Iterable[Organisation]) -> None:
    """Let rows that nobody shared lead to the one that is; a shared one is another until a person says otherwise."""
    for other in same:
        if other.visibility == Visibility.OWN:
            other.merged_into_id = kept.id
            other.version += 1
    session.flush()


def may_edit(viewer: Viewer, organisation: Organisation) -> bool:
    """The register is kept by coordinators; what is only the own organisation's, by everybody there who types."""
    needed = Role.COORDINATOR if organisation.visibility == Visibility.REGION else Role.FUNDRAISER
    return sees(viewer, organisation) and has_role(viewer, needed)


def must_edit(deed: Deed, organisation: Organisation) -> None:
    """Raises NotFound for who may not see it, NotAllowed for who may not change it."""
    if not sees(deed.viewer, organisation):
        raise NotFound
    if not may_edit(deed.viewer, organisation):
        raise NotAllowed("Een organisatie in het gezamenlijke register wijzigt een coördinator.")


def edit(deed: Deed, organisation: Organisation, fields: OrganisationFields, seen: int) -> None:
    """Change what an organisation is called; the name it had stays one by which it is found."""
    must_edit(deed, organisation)
    name = required(fields.name, "name", "Geef de organisatie een naam.")
    claim(deed.session, organisation, seen)
    before = organisation.name
    organisation.name, organisation.key = name, name_key(name)
    organisation.kind = organisation.kind if organisation.parent_id else fields.kind
    _put_names(deed.session, organisation, fields.names.splitlines())
    if name_key(before) != organisation.key:
        add_name(deed.session, organisation, before, OrganisationNameKind.FORMER, deed.today)
    deed.session.flush()


def _put_names(session: Session, organisation: Organisation, names: Iterable[str]) -> None:
    """The other names are these; one that is there keeps its kind."""
    wanted = {name_key(name): name.strip() for name in names if name_key(name)}
    for row in names_of(session, organisation):
        if wanted.pop(row.key, None) is None:
            session.delete(row)
    session.flush()
    for name in wanted.values():
        short = len(name) <= 6 and " " not in name
        add_name(
            session, organisation, name, OrganisationNameKind.ABBREVIATION if short else OrganisationNameKind.OTHER
        )


def add_name(
    session: Session, organisation: Organisation, name: str, kind: OrganisationNameKind, until: date | None = None
) -> None:
    """Let an organisation be found by this name too; nothing where it is already."""
    key = name_key(name)
    known = {row.key for row in names_of(session, organisation)}
    if key and key not in known | {organisation.key}:
        row = OrganisationName(organisation_id=organisation.id, kind=kind, name=name.strip(), key=key, used_until=until)
        session.add(row)
        session.flush()


def names_of(session: Session, organisation: Organisation) -> list[OrganisationName]:
    """The other names of an organisation, in the order in which they were given."""
    rows = select(OrganisationName).where(OrganisationName.organisation_id == organisation.id)
    return list(session.exec(rows.order_by(col(OrganisationName.id))))


def merge(deed: Deed, organisation: Organisation, into: Organisation, seen: int | None = None) -> None:
    """Say that two are one: everything of the first is found at the second. Nothing is moved, so it can be undone.

    Both are claimed, in the order of their numbers: of two who merge them crosswise at once one is refused.
    """
    into = live(deed.session, into)
    must_edit(deed, organisation)
    if not sees(deed.viewer, into):
        raise NotFound
    if into.id == organisation.id:
        raise Incomplete("Kies een andere organisatie om mee samen te voegen.", "into")
    if (into.parent_id is None) != (organisation.parent_id is None):
        raise Incomplete("Een functie en een organisatie zijn nooit één.", "into")
    if organisation.visibility == Visibility.REGION and into.visibility == Visibility.OWN:
        raise Incomplete("Een gedeelde organisatie kan niet opgaan in een die alleen van u is.", "into")
    for each in sorted((organisation, into), key=lambda row: row.id):
        claim(deed.session, each, seen if each is organisation else None)
    if into.merged_into_id is not None:
        raise ChangedMeanwhile(MEANWHILE)
    organisation.merged_into_id = into.id
    deed.session.flush()


def part(deed: Deed, organisation: Organisation) -> None:
    """Take back that two are one."""
    must_edit(deed, organisation)
    claim(deed.session, organisation)
    organisation.merged_into_id = None
    deed.session.flush()


def merged_here(session: Session, viewer: Viewer, organisation: Organisation) -> list[Organisation]:
    """What the viewer may see of what was merged into this one."""
    rows = select(Organisation).where(Organisation.merged_into_id == organisation.id, visible(viewer, Organisation))
    return list(session.exec(rows.order_by(col(Organisation.name))))


def choices(session: Session, viewer: Viewer, *conditions: Any) -> list[Organisation]:
    """Organisations that the viewer may see, by name; those that were merged away are left out."""
    rows = select(Organisation).where(visible(viewer, Organisation), LIVE, *conditions)
    return list(session.exec(rows.order_by(col(Organisation.name), col(Organisation.id))))
