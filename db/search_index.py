"""The index that db/search.py asks: the words of each call, in FTS5 on SQLite, in a GIN index on PostgreSQL."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, text

# Beginnings of these lengths are indexed by themselves: a question takes a third of the time, the index twice the room.
_AS = "tokenize='ascii', detail=none, columnsize=0, prefix='4 5 6'"
SQLITE_INDEX = (
    f"CREATE VIRTUAL TABLE search_call USING fts5(search_text, {_AS})",
    "INSERT INTO search_call(rowid, search_text) SELECT id, search_text FROM call",
)
POSTGRESQL_INDEX = ("CREATE INDEX search_call ON call USING gin (to_tsvector('simple'::regconfig, search_text))",)


def make_index(connection: Connection) -> None:
    """Build the index over what is there."""
    drop_index(connection)
    sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE_INDEX if sqlite else POSTGRESQL_INDEX:
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    """Take the index away."""
    what = "TABLE" if connection.dialect.name == "sqlite" else "INDEX"
    connection.execute(text(f"DROP {what} IF EXISTS search_call"))


def index_words(connection: Connection, calls: Sequence[int]) -> None:
    """Index the words of these calls: whoever writes ``search_text`` says so here, in the same transaction.

    A trigger cannot do it: FTS5 in a trigger is refused under ``trusted_schema=OFF`` (SQLite 3.40, 2026-11-23).
    PostgreSQL keeps its own index.
    """
    if connection.dialect.name == "sqlite" and calls:
        these = "SELECT id, search_text FROM call WHERE id IN (SELECT value FROM json_each(?))"
        write = f"INSERT OR REPLACE INTO search_call(rowid, search_text) {these}"
        connection.exec_driver_sql(write, (json.dumps(list(calls)),))
