"""Alembic's door: runs on the connection it is given, inside that connection's transaction."""

from alembic import context
from alembic.ddl.sqlite import SQLiteImpl
from sqlmodel import SQLModel

import db.models
from db.job_queue import PREFIX

# With BEGIN IMMEDIATE said by us, SQLite's DDL is transactional: a kill halfway leaves nothing (measured 2026-11-23).
SQLiteImpl.transactional_ddl = True


def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Search tables and indexes belong to db/search.py and the queue to db/job_queue.py, not to the models."""
    return not (kind in ("table", "index") and (name or "").startswith(("search_", PREFIX)))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=include,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
