"""The whole database in one portable file, and back: JSON lines in a zip, the same for SQLite and PostgreSQL.

Written from one consistent reading while others write; put in place only when it is whole. Restored in one transaction
into a database without people or calls. So it is also the way from SQLite to PostgreSQL.
"""

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Date, Engine, LargeBinary, Table, func, insert, select, text
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

import db.models
from db.migrate import SchemaUnknown, must_be_known
from db.models.columns import Cents
from db.search import make_index
from notifications.brakes import pause
from tracker.errors import NotPossible

FORMAT = 2
AT_ONCE, FEW = 2_000, 20  # rows
MUST_BE_EMPTY = ("call", "user", "delivery", "audit_entry")
READ: dict[type[Any], Callable[[str], Any]] = {  # of what JSON has no word for
    UTCDateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
    Cents: Decimal,
    LargeBinary: base64.b64decode,
}
Progress = Callable[[int, int], None]


class NotRestorable(NotPossible):
    """The file or the database does not lend itself to it; the message says why."""


def write_backup(engine: Engine, path: Path, now: datetime, progress: Progress) -> dict[str, int]:
    """Back up to a file; rows per table. Raises OSError when the file cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with engine.connect().execution_options(**_consistent(engine)) as connection:
            counts = _write(connection, part, now, progress)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return counts


def _consistent(engine: Engine) -> dict[str, Any]:
    """One moment of the database: a WAL snapshot on SQLite, repeatable read on PostgreSQL."""
    sqlite = engine.dialect.name == "sqlite"
    return {"read_only": True} if sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _write(connection: Connection, part: Path, now: datetime, progress: Progress) -> dict[str, int]:
    hashes, counts = {}, {}
    every_table = tables()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, table in enumerate(every_table):
            digest, counts[table.name] = hashlib.sha256(), 0
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                for line in _lines(connection, table):
                    file.write(line)
                    digest.update(line)
                    counts[table.name] += 1
            hashes[table.name] = digest.hexdigest()
            progress(done + 1, len(every_table))
        schema = MigrationContext.configure(connection).get_current_revision()
        manifest = {"format": FORMAT, "schema": schema, "made_at": now.isoformat(), "rows": counts, "sha256": hashes}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return counts


def tables() -> list[Table]:
    """Every table, those that others point to first."""
    assert db.models
    return list(SQLModel.metadata.sorted_tables)


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_at_once(table)).execute(query).mappings():
        yield json.dumps(dict(row), default=_written, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _written(value: bytes | Decimal | date) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value.isoformat()


def restore_backup(engine: Engine, path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    """Fill a freshly made database and pause sending; the manifest. NotRestorable means that nothing has changed."""
    try:
        with zipfile.ZipFile(path) as archive, engine.begin() as connection:
            manifest = _manifest(archive)
            _empty(connection)
            every_table = [table for table in tables() if table.name in manifest["rows"]]
            for done, table in enumerate(every_table):
                _fill(connection, archive, table, manifest)
                progress(done + 1, len(every_table))
            _numbers_go_on(connection, every_table)
            make_index(connection)
            with Session(connection) as session:
                pause(session, f"restored from the backup of {manifest['made_at']}", now, everything=True)
                session.flush()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise NotRestorable(f"{path} is no whole backup: {why}") from error
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    try:
        must_be_known(str(manifest["schema"]))
    except SchemaUnknown as error:
        raise NotRestorable(f"this backup: {error}") from error
    if manifest["format"] != FORMAT:
        raise NotRestorable(f"the backup has format {manifest['format']}, this program knows {FORMAT}")
    return manifest


def _empty(connection: Connection) -> None:
    """Take away what ``init`` put there; refuse where people have worked."""
    every_table = {table.name: table for table in tables()}
    for name in MUST_BE_EMPTY:
        if name in every_table and connection.execute(select(func.count()).select_from(every_table[name])).scalar_one():
            raise NotRestorable(f"the database already has rows in {name}: restore into a new one")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for table in reversed(tables()):
        connection.execute(table.delete())


def _fill(connection: Connection, archive: zipfile.ZipFile, table: Table, manifest: dict[str, Any]) -> None:
    part = f"{table.name}.jsonl"
    digest = hashlib.sha256()
    with archive.open(part) as file:
        for some_bytes in iter(lambda: file.read(2**20), b""):
            digest.update(some_bytes)
    if digest.hexdigest() != manifest["sha256"][table.name]:
        raise NotRestorable(f"table {table.name} in the backup is damaged")
    with archive.open(part) as file:
        rows = _parents_first(table, _rows(table, file))
        while some := list(islice(rows, _at_once(table))):
            connection.execute(insert(table), some)


def _at_once(table: Table) -> int:
    """How many rows are in memory together: few of a table that holds files."""
    return FEW if any(isinstance(column.type, LargeBinary) for column in table.columns) else AT_ONCE


def _rows(table: Table, file: IO[bytes]) -> Iterator[dict[str, Any]]:
    kinds = {column.name: type(column.type) for column in table.columns}
    for line in file:
        row = json.loads(line)
        yield {name: _read(kinds[name], row[name]) for name in kinds if name in row}


def _read(kind: type[Any], value: Any) -> Any:
    return READ[kind](value) if kind in READ and value is not None else value


def _parents_first(table: Table, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows that point to rows of the same table come after those."""
    own = [(f.parent.name, f.column.name) for f in table.foreign_keys if f.column.table is table]
    if not own:
        return rows
    ordered, placed, waiting = [], set[tuple[str, Any]](), list(rows)
    while waiting:
        ready = [r for r in waiting if all(r[mine] is None or (its, r[mine]) in placed for mine, its in own)]
        if not ready:
            raise NotRestorable(f"rows of {table.name} point to rows that are not there")
        ordered += ready
        placed |= {(its, r[its]) for r in ready for _, its in own}
        taken = {id(r) for r in ready}
        waiting = [r for r in waiting if id(r) not in taken]
    return iter(ordered)


def _numbers_go_on(connection: Connection, every_table: Iterable[Table]) -> None:
    """PostgreSQL counts on from the highest id; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in every_table:
        name = {"table": f'"{table.name}"'}
        if "id" in table.c and connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), name):
            highest = connection.scalar(select(func.max(table.c.id)))
            go_on = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :highest, :used)")
            connection.execute(go_on, name | {"highest": highest or 1, "used": bool(highest)})
