"""Fill a new database from a backup, in one transaction, row by row: as much memory as one batch takes."""

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Engine, Integer, LargeBinary, Table, func, insert, select, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from db.migrate import SchemaUnknown, must_be_known, upgrade
from db.models import Run
from db.models.columns import Cents
from db.schema import schema_of
from db.search_index import make_index
from notifications.brakes import pause
from tracker.errors import NotPossible
from tracker.mailing.sent_before import RESTORED
from tracker.operations.backup import FORMAT, Progress, tables
from tracker.operations.large_values import Pieces, large_columns, pieces, put_row

GAP = 100_000  # numbers that may have been given after the backup: more than the largest import brings in four
BATCH_ROWS, BATCH_BYTES = 500, 4 << 20
MUST_BE_EMPTY = ("call", "user", "delivery", "audit_entry")
READ: dict[type[Any], Callable[[str], Any]] = {  # of what JSON has no word for
    UTCDateTime: datetime.fromisoformat,
    DateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
    Cents: Decimal,
    LargeBinary: base64.b64decode,
}
Rows = list[dict[str, Any]]


class NotRestorable(NotPossible):
    """The file or the database does not lend itself to it; the message says why."""


def restore_backup(engine: Engine, path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    """Fill a new database and pause sending; the manifest. NotRestorable means that nothing is left of it.

    A backup of an older version fills a database of that version, which is then brought up to date.
    """
    with ExitStack() as undo:
        if not schema_of(engine):
            undo.callback(_take_away, engine)
        manifest = _restored(engine, path, now, progress)
        undo.pop_all()
    return manifest


def _take_away(engine: Engine) -> None:
    """A file that was begun for nothing: on a full disk its log would keep the disk full."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{engine.url.database}{ending}").unlink(missing_ok=True)


def _restored(engine: Engine, path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = read_manifest(archive)
            _prepare(engine, manifest["schema"])
            with engine.begin() as connection:
                _fill_all(connection, archive, manifest, progress)
            upgrade(engine)
            with engine.begin() as connection:
                _finish(connection, manifest, now)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise NotRestorable(f"{path} is no whole backup: {why}") from error
    return manifest


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What the backup says of itself. Raises NotRestorable where this version does not know it."""
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    try:
        must_be_known(str(manifest["schema"]))
    except SchemaUnknown as error:
        raise NotRestorable(f"this backup: {error}") from error
    if manifest["format"] not in (2, 3, FORMAT):
        raise NotRestorable(f"the backup has format {manifest['format']}, this program knows {FORMAT}")
    return manifest


def _prepare(engine: Engine, schema: str) -> None:
    """A database of the backup's own version; one that is of another version already cannot be filled."""
    there = schema_of(engine)
    if not there:
        upgrade(engine, schema)
    elif there != schema:
        raise NotRestorable(f"the backup has schema {schema}, this database {there}: restore into a new database")


def _fill_all(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> None:
    every_table = tables(connection, manifest["schema"])
    _empty(connection, every_table)
    filled = [table for table in every_table if table.name in manifest["rows"]]
    for done, table in enumerate(filled):
        _fill(connection, archive, table, manifest["sha256"][table.name])
        progress(done + 1, len(filled))
    _numbers_go_on(connection, filled)


def _finish(connection: Connection, manifest: dict[str, Any], now: datetime) -> None:
    """The index of words, sending paused, and from which backup this is."""
    make_index(connection)
    with Session(connection) as session:
        pause(session, f"teruggezet uit de back-up van {manifest['made_at']}", now, everything=True)
        session.add(Run.done(RESTORED, now.isoformat(), now, outcome=str(manifest["made_at"])))
        session.flush()


def _empty(connection: Connection, every_table: list[Table]) -> None:
    """Take away what ``init`` put there; refuse where people have worked."""
    for table in every_table:
        if table.name in MUST_BE_EMPTY and connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise NotRestorable(f"the database already has rows in {table.name}: restore into a new one")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for table in reversed(every_table):
        connection.execute(table.delete())


def _fill(connection: Connection, archive: zipfile.ZipFile, table: Table, sha256: str) -> None:
    digest = hashlib.sha256()
    with archive.open(f"{table.name}.jsonl") as file:
        for rows in _parents_first(table, _batches(table, _hashed(file, digest))):
            if any(isinstance(value, Pieces) for value in rows[0].values()):
                put_row(connection, table, rows[0])
            else:
                connection.execute(insert(table), rows)
    if digest.hexdigest() != sha256:
        raise NotRestorable(f"table {table.name} in the backup is damaged")


def _hashed(lines: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


def _batches(table: Table, lines: Iterator[bytes]) -> Iterator[Rows]:
    """Rows together, as many as fit; one whose bytes follow in pieces alone, and taken before the next is asked for."""
    kinds = {column.name: type(column.type) for column in table.columns}
    large, rows, size = large_columns(table), list[dict[str, Any]](), 0
    for line in lines:
        row = json.loads(line)
        long = {name: pieces(row.pop(name), lines) for name in large if isinstance(row.get(name), int)}
        rows.append({name: _read(kinds[name], row[name]) for name in kinds if name in row})
        size += len(line)
        if long:
            yield from filter(None, (rows[:-1], [rows[-1] | long]))
            rows, size = [], 0
        elif len(rows) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _read(kind: type[Any], value: Any) -> Any:
    return READ[kind](value) if kind in READ and value is not None else value


def _parents_first(table: Table, batches: Iterable[Rows]) -> Iterator[Rows]:
    """Rows that point to rows of the same table come after those; only who waits for one is kept."""
    own = [(f.parent.name, f.column.name) for f in table.foreign_keys if f.column.table is table]
    if not own:
        yield from batches
        return
    placed, waiting = set[tuple[str, Any]](), list[dict[str, Any]]()
    for batch in batches:
        ready, late = _parted(batch, own, placed)
        waiting += late
        if ready:
            yield ready
    while waiting:
        ready, waiting = _parted(waiting, own, placed)
        if not ready:
            raise NotRestorable(f"rows of {table.name} point to rows that are not there")
        yield ready


def _parted(rows: Rows, own: list[tuple[str, str]], placed: set[tuple[str, Any]]) -> tuple[Rows, Rows]:
    """The rows that may be stored now, whose places are noted, and those that point to one that is not there yet."""
    ready, late = list[dict[str, Any]](), list[dict[str, Any]]()
    for row in rows:
        if all(row.get(mine) is None or (its, row[mine]) in placed for mine, its in own):
            ready.append(row)
            placed.update((its, row[its]) for _, its in own)
        else:
            late.append(row)
    return ready, late


def _numbers_go_on(connection: Connection, every_table: Iterable[Table]) -> None:
    """Count on from well above the highest number, in each table that counts.

    What was made after the backup had a number, too, which stands in links, calendars and Message-IDs that left: who
    or what comes now must not be taken for it.
    """
    counting = _counting(connection)
    for table in every_table:
        if "id" not in table.c or not isinstance(table.c.id.type, Integer):
            continue
        above = {"highest": (connection.scalar(select(func.max(table.c.id))) or 0) + GAP, "name": table.name}
        if connection.dialect.name == "postgresql":
            sequence = "pg_get_serial_sequence(quote_ident(:name), 'id')"
            connection.execute(text(f"SELECT setval({sequence}, :highest) WHERE {sequence} IS NOT NULL"), above)
        elif table.name in counting:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), above)
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :highest)"), above)


def _counting(connection: Connection) -> set[str]:
    """SQLite's tables that give no number twice (db/migrations/versions/baseline.py says which)."""
    if connection.dialect.name != "sqlite":
        return set()
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    return set(connection.scalars(text(asked)))
