"""The whole installation in one portable file: JSON lines in a zip, the same for SQLite and PostgreSQL.

Written from one consistent reading while others write; put in place only when it is whole. restore.py takes it back, so
it is also the way from SQLite to PostgreSQL. A database of an older version can be written, too: before an upgrade.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, select
from sqlmodel import SQLModel

import db.models
from db.job_queue import PREFIX
from db.schema import newest_schema, schema_on
from tracker.operations.installation import Belongings, add_belongings
from tracker.operations.large_values import large_columns, long_bytes, piece_lines, shortened

FORMAT = 4
AT_ONCE, FEW = 500, 20  # rows
OF_THE_INDEX = ("search_call", "alembic_version", "sqlite_", PREFIX)  # made anew, never carried over
Progress = Callable[[int, int], None]


def write_backup(
    engine: Engine, path: Path, now: datetime, progress: Progress, belongings: Belongings | None = None
) -> dict[str, int]:
    """Back up to a file; rows per table. Raises OSError when the file cannot be written: then nothing is left of it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with engine.connect().execution_options(**_consistent(engine)) as connection:
            counts = _write(connection, part, now, progress, belongings or Belongings())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return counts


def _consistent(engine: Engine) -> dict[str, Any]:
    """One moment of the database: a WAL snapshot on SQLite, repeatable read on PostgreSQL."""
    sqlite = engine.dialect.name == "sqlite"
    return {"read_only": True} if sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _write(
    connection: Connection, part: Path, now: datetime, progress: Progress, belongings: Belongings
) -> dict[str, int]:
    hashes, counts = {}, {}
    schema = schema_on(connection)
    every_table = tables(connection, schema)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, table in enumerate(every_table):
            hashes[table.name], counts[table.name] = _write_table(connection, archive, table)
            progress(done + 1, len(every_table))
        add_belongings(archive, belongings)
        manifest = {"format": FORMAT, "schema": schema, "made_at": now.isoformat(), "rows": counts, "sha256": hashes}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return counts


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        for line in _lines(connection, table):
            file.write(line)
            digest.update(line)
            count += line.startswith(b"{")  # a row, and no piece of one
    return digest.hexdigest(), count


def tables(connection: Connection, schema: str) -> list[Table]:
    """Every table, those that others point to first: as this version knows them, or as an older one left them."""
    assert db.models
    return list(SQLModel.metadata.sorted_tables) if schema == newest_schema() else _as_they_are(connection)


def _as_they_are(connection: Connection) -> list[Table]:
    """Read from the database; a column that still exists has the type that we know it by."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(OF_THE_INDEX))
    known = SQLModel.metadata.tables
    for table in found.sorted_tables:
        for column in table.columns:
            if table.name in known and column.name in known[table.name].columns:
                column.type = known[table.name].columns[column.name].type
    return list(found.sorted_tables)


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(*shortened(table)).order_by(*table.primary_key.columns)
    at_once = FEW if large_columns(table) else AT_ONCE
    for found in connection.execution_options(yield_per=at_once).execute(query).mappings():
        row = dict(found)
        long = long_bytes(table, row)
        yield json.dumps(row, default=_written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        yield from piece_lines(connection, table, row, long)


def _written(value: bytes | Decimal | date) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value.isoformat()
