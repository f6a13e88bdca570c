"""Who sees what, decided in one place, as a predicate and as a clause: by viewer, owner, visibility and group.

A row is seen by the organisation whose it is. Others see it when its visibility is open to them, and where it hangs on
a dossier, when they see that dossier as well: nothing is seen by more people than what it hangs on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models.contacts import ContactMoment
from db.models.documents import Document
from db.models.lobby import CoalitionMember, Dossier, DossierReader, Position
from db.queries import IDS, Viewer
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import OWN_BODIES, PositionState

KEPT = 1_000  # clauses; one a person and table that are asked about
MADE = 64  # whole questions that are kept by who asks
RANK = {role: rank for rank, role in enumerate(Role)}
# One of each for all people: an alias is a table of its own with all its columns, 80 KiB that each clause would keep.
_HUNG_ON, _SHARED, _JOINED = aliased(Dossier), aliased(Dossier), aliased(CoalitionMember)


def has_role(viewer: Viewer, needed: Role | None) -> bool:
    """Whether the viewer's role reaches the needed one; none needed means everybody, signed in or not."""
    if needed is None:
        return True
    return viewer.user_id is not None and viewer.role is not None and RANK[viewer.role] >= RANK[needed]


def works(viewer: Viewer) -> bool:
    """Whether the viewer does more than read: a councillor reads what was decided, not what is being written."""
    return has_role(viewer, Role.FUNDRAISER)


@lru_cache(maxsize=KEPT)
def seen_by_right(viewer: Viewer) -> tuple[frozenset[str], frozenset[str]]:
    """What the rule turns on: visibilities open to the viewer whoever owns them, and the viewer's own participants.

    Without an account one sees nothing of it, also not what somebody marked as public, since no second person let it;
    a person who is signed in sees what is the region's, and everything of the own organisation. No role sees more than
    that: an administrator manages people and sources, not other people's files.
    """
    if viewer.user_id is None:
        return frozenset(), frozenset()
    own = {viewer.participant_id} if viewer.participant_id else set()
    return frozenset({Visibility.PUBLIC.value, Visibility.REGION.value}), frozenset(own)


@dataclass(frozen=True)
class Group:
    """The group of a dossier: who works on it at its owner, and whom the owner lets read along."""

    owner: str
    parties: frozenset[str] = frozenset()
    lobbyists: bool = False
    people: frozenset[int] = frozenset()


def in_group(viewer: Viewer, group: Group) -> bool:
    """Whether the viewer is in it: a named person always; of an organisation only who does more than read."""
    if viewer.user_id is None:
        return False
    if viewer.user_id in group.people or (group.lobbyists and viewer.role == Role.LOBBYIST):
        return True
    return works(viewer) and viewer.participant_id in {group.owner, *group.parties}


def group_of(session: Session, dossier: Dossier) -> Group:
    """The group as it is now; a party that left is in it no more."""
    joined = select(CoalitionMember.party_id).where(CoalitionMember.dossier_id == dossier.id)
    parties = session.exec(joined.where(col(CoalitionMember.left_on).is_(None))) if dossier.group_parties else ()
    people = session.exec(select(DossierReader.user_id).where(DossierReader.dossier_id == dossier.id))
    return Group(dossier.participant_id, frozenset(filter(None, parties)), dossier.group_lobbyists, frozenset(people))


def groups_of(session: Session, dossiers: Collection[Dossier]) -> dict[int, Group]:
    """The same of many dossiers, by two questions to the database."""
    sharing = [dossier.id for dossier in dossiers if dossier.group_parties]
    everywhere = [dossier.id for dossier in dossiers]
    parties, people = defaultdict[int, set[str]](set), defaultdict[int, set[int]](set)
    for dossier_id, party in session.exec(_PARTIES, params={"ids": sharing}) if sharing else ():
        parties[dossier_id] |= {party} if party else set()
    for dossier_id, user_id in session.exec(_NAMED, params={"ids": everywhere}) if everywhere else ():
        people[dossier_id].add(user_id)
    return {
        each.id: Group(
            each.participant_id, frozenset(parties[each.id]), each.group_lobbyists, frozenset(people[each.id])
        )
        for each in dossiers
    }


_PARTIES = select(CoalitionMember.dossier_id, CoalitionMember.party_id).where(
    col(CoalitionMember.dossier_id).in_(IDS), col(CoalitionMember.left_on).is_(None)
)
_NAMED = select(DossierReader.dossier_id, DossierReader.user_id).where(col(DossierReader.dossier_id).in_(IDS))


def adds_readers(group: Group, to: Group) -> bool:
    """Whether the first group lets somebody in whom the second does not, now or once people change their work."""
    parties, known = {group.owner, *group.parties}, {to.owner, *to.parties}
    return not parties <= known or (group.lobbyists and not to.lobbyists) or not group.people <= to.people


@lru_cache(maxsize=KEPT)
def grouped(viewer: Viewer) -> SelectOfScalar[int]:
    """The ids of the dossiers in whose group the viewer is: ``in_group`` as a query."""
    dossier, member = _SHARED, _JOINED
    named = select(DossierReader.dossier_id).where(DossierReader.user_id == viewer.user_id)
    ways: list[ColumnElement[bool]] = [col(dossier.id).in_(named)]
    if viewer.role == Role.LOBBYIST:
        ways.append(col(dossier.group_lobbyists).is_(True))
    if works(viewer):
        joined = select(member.dossier_id).where(
            col(member.party_id) == viewer.participant_id, col(member.left_on).is_(None)
        )
        ways.append(and_(col(dossier.group_parties), col(dossier.id).in_(joined)))
        ways.append(col(dossier.participant_id) == viewer.participant_id)
    return select(dossier.id).where(or_(*ways) if viewer.user_id is not None else false())


def sees(viewer: Viewer, owner: str, visibility: str, group: Group | None) -> bool:
    """The rule for one owner and visibility; ``group`` is that of the dossier it is or hangs on, if on any."""
    open_to, own = seen_by_right(viewer)
    if owner in own or visibility in open_to:
        return True
    return visibility == Visibility.GROUP and group is not None and in_group(viewer, group)


def may_see(session: Session, viewer: Viewer, row: Any) -> bool:
    """Whether the viewer may know that this row exists."""
    if row.participant_id in seen_by_right(viewer)[1]:
        return True
    dossier = _dossier_of(session, row)
    group = group_of(session, dossier) if dossier is not None and row.visibility == Visibility.GROUP else None
    if not sees(viewer, row.participant_id, row.visibility, group):
        return False
    return dossier is None or dossier is row or may_see(session, viewer, dossier)


def hung_on(session: Session, viewer: Viewer, rows: Iterable[Any]) -> Sequence[Dossier]:
    """The dossiers on which rows of others hang, read at once: as long as they are held, ``may_see`` asks for none."""
    others = (row for row in rows if row.participant_id != viewer.participant_id)
    ids = {row.dossier_id for row in others if getattr(row, "dossier_id", None) is not None}
    return session.exec(_DOSSIERS, params={"ids": sorted(ids)}).all() if ids else ()


_DOSSIERS = select(Dossier).where(col(Dossier.id).in_(IDS))


def _dossier_of(session: Session, row: Any) -> Dossier | None:
    if isinstance(row, Dossier):
        return row
    dossier_id = getattr(row, "dossier_id", None)
    return session.get(Dossier, dossier_id) if dossier_id is not None else None


@lru_cache(maxsize=KEPT)
def visible(viewer: Viewer, model: Any) -> ColumnElement[bool]:
    """The same rule as a WHERE clause, for a table with ``participant_id`` and ``visibility``.

    Kept, since it follows from the two alone and a page puts it into a dozen questions: making it takes a millisecond.
    """
    if model is Dossier:  # one that was thrown away or went into another is in no list
        return and_(
            _seen(viewer, model, model.id), col(model.deleted_at).is_(None), col(model.merged_into_id).is_(None)
        )
    if not hasattr(model, "dossier_id"):
        return _seen(viewer, model, None)
    hung = col(model.dossier_id).in_(select(_HUNG_ON.id).where(_seen(viewer, _HUNG_ON, _HUNG_ON.id)))
    shared = and_(_shared(viewer, model, model.dossier_id), or_(col(model.dossier_id).is_(None), hung))
    return or_(_own(viewer, model), shared)


def _seen(viewer: Viewer, model: Any, dossier_id: Any) -> ColumnElement[bool]:
    return or_(_own(viewer, model), _shared(viewer, model, dossier_id))


def _own(viewer: Viewer, model: Any) -> ColumnElement[bool]:
    own = seen_by_right(viewer)[1]
    return col(model.participant_id).in_(own) if own else false()


def _shared(viewer: Viewer, model: Any, dossier_id: Any) -> ColumnElement[bool]:
    """That it is open to the viewer, whoever owns it; a table that hangs on no dossier has no group."""
    is_open = col(model.visibility).in_(seen_by_right(viewer)[0])
    if dossier_id is None:
        return is_open
    return or_(is_open, and_(col(model.visibility) == Visibility.GROUP, col(dossier_id).in_(grouped(viewer))))


def wider(one: str, other: str) -> bool:
    """Whether the first visibility shows a row to more people than the second."""
    rising = [visibility.value for visibility in Visibility]
    return rising.index(one) > rising.index(other)


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The positions the viewer may read: what was adopted as far as it is visible, a draft by those who work on it."""
    drafts: ColumnElement[bool] = col(Position.dossier_id).in_(grouped(viewer))
    if works(viewer) and viewer.participant_id:
        drafts = or_(drafts, col(Position.participant_id) == viewer.participant_id)
    return and_(visible(viewer, Position), or_(col(Position.state) == PositionState.ADOPTED, drafts))


def attached(viewer: Viewer) -> ColumnElement[bool]:
    """The documents the viewer may know of: by their own visibility, and by that of all they hang on."""
    hosts = (
        (col(Document.dossier_id), select(Dossier.id).where(visible(viewer, Dossier))),
        (col(Document.position_id), select(Position.id).where(readable(viewer))),
        (col(Document.contact_id), select(ContactMoment.id).where(visible(viewer, ContactMoment))),
    )
    open_to = [or_(column.is_(None), column.in_(seen)) for column, seen in hosts]
    return and_(visible(viewer, Document), col(Document.withdrawn_at).is_(None), *open_to)


def may_read_inside(viewer: Viewer, position: Position, group: Group) -> bool:
    """Whether the viewer may read its internal wording and red lines; ``group`` is that of its dossier.

    Those who work on it at its organisation, and the dossier's group; but what a partner's own body adopted is no
    business of the group of another's dossier.
    """
    if works(viewer) and viewer.participant_id == position.participant_id:
        return True
    of_partner = position.gremium in OWN_BODIES and position.participant_id != group.owner
    return not of_partner and in_group(viewer, group)
