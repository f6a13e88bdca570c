"""Optimistic locking: a row changes only for whoever has seen its newest version."""

from typing import Any

from sqlalchemy import inspect, update
from sqlmodel import Session

from tracker.errors import ChangedMeanwhile


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
        raise ChangedMeanwhile("Iemand anders heeft dit net gewijzigd; bekijk de nieuwe stand en doe het opnieuw.")
    session.refresh(row)
