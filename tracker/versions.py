"""Optimistic locking: a row changes only for whoever has seen how it stands now."""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect, update
from sqlalchemy.orm import object_session
from sqlmodel import Session

from tracker.errors import ChangedMeanwhile

MEANWHILE = "Iemand anders heeft dit net gewijzigd; bekijk de nieuwe stand en doe het opnieuw."


def claim(session: Session, row: Any, seen: int | None = None) -> None:
    """Count a change on a row, before making it; ``seen`` is the version the person had in front of them.

    Raises ChangedMeanwhile when somebody else was first. Rows of one dossier are claimed through the dossier, so that
    two people deciding at once wait for each other on both databases.
    """
    model = type(row)
    key = inspect(model).primary_key[0]
    version = row.version if seen is None else seen
    mine = key == getattr(row, key.name)
    statement = update(model).where(mine, model.version == version).values(version=model.version + 1)
    session.flush()
    done = session.connection().execute(statement)
    if done.rowcount != 1:
        raise ChangedMeanwhile(MEANWHILE)
    session.refresh(row)


def stand(rows: Iterable[Any], *names: str) -> str:
    """How rows stand, in few characters: what a form carries of rows that count no versions. ``names``: columns."""
    told = sorted(repr([(name, getattr(row, name)) for name in names or _columns(row)]) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def must_stand(rows: Iterable[Any], seen: str, *names: str) -> None:
    """Raises ChangedMeanwhile unless these rows are as the person saw them; nobody else changes them meanwhile."""
    there = list(rows)
    for row in there:
        session = object_session(row)
        if session is not None and not inspect(row).pending:
            session.refresh(row, with_for_update=True)
    if stand(there, *names) != seen:
        raise ChangedMeanwhile(MEANWHILE)


def _columns(row: Any) -> list[str]:
    return [column.key for column in inspect(type(row)).column_attrs]
