"""Who sees what, decided in one place: viewer x owner participant x visibility, as a predicate and as a clause."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col

from db.queries import Viewer
from db.vocabulary import Role, Visibility

RANK = {role: rank for rank, role in enumerate(Role)}


def seen_by_right(viewer: Viewer) -> tuple[frozenset[str], frozenset[str]]:
    """What the rule turns on: visibilities open to the viewer whoever owns them, and the viewer's own participants.

    The public sees what is public; a person who is signed in also what is the MRA's, and everything of the own
    organisation. No role sees more than that: an administrator manages people and sources, not other people's files.
    """
    if viewer.user_id is None:
        return frozenset({Visibility.PUBLIC.value}), frozenset()
    own = {viewer.participant_id} if viewer.participant_id else set()
    return frozenset({Visibility.PUBLIC.value, Visibility.MRA.value}), frozenset(own)


def may_see(viewer: Viewer, participant_id: str, visibility: str) -> bool:
    """Whether the viewer may know that a row with this owner and visibility exists."""
    open_to, own = seen_by_right(viewer)
    return visibility in open_to or participant_id in own


def wider(one: str, other: str) -> bool:
    """Whether the first visibility shows a row to more people than the second."""
    rising = [visibility.value for visibility in Visibility]
    return rising.index(one) > rising.index(other)


def visible(viewer: Viewer, model: Any) -> ColumnElement[bool]:
    """The same rule as a WHERE clause, for a table with ``participant_id`` and ``visibility``."""
    open_to, own = seen_by_right(viewer)
    mine = col(model.participant_id).in_(own) if own else false()
    return or_(col(model.visibility).in_(open_to), mine)


def has_role(viewer: Viewer, needed: Role | None) -> bool:
    """Whether the viewer's role reaches the needed one; none needed means everybody, signed in or not."""
    if needed is None:
        return True
    return viewer.user_id is not None and viewer.role is not None and RANK[viewer.role] >= RANK[needed]
