"""The whole database in one portable file, and back: JSON lines in a zip, the same for SQLite and PostgreSQL.

Written from one consistent reading while others write; put in place only when it is whole. Restored in one transaction
into a database without people or calls. So it is also the way from SQLite to PostgreSQL.
"""

import base64
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, Engine, Table, func, insert, select, text
from sqlmodel import Session, SQLModel

import db.models
from db.search import make_index
from notifications.brakes import pause
from tracker.errors import NotPossible

FORMAT = 1
AT_ONCE = 2_000
MUST_BE_EMPTY = ("call", "user", "delivery", "audit_entry")
READ: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "bytes": base64.b64decode,
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
    listed = tables()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, one in enumerate(listed):
            digest, counts[one.name] = hashlib.sha256(), 0
            with archive.open(f"{one.name}.jsonl", "w", force_zip64=True) as file:
                for line in _lines(connection, one):
                    file.write(line)
                    digest.update(line)
                    counts[one.name] += 1
            hashes[one.name] = digest.hexdigest()
            progress(done + 1, len(listed))
        schema = MigrationContext.configure(connection).get_current_revision()
        said = {"format": FORMAT, "schema": schema, "made_at": now.isoformat(), "rows": counts, "sha256": hashes}
        archive.writestr("manifest.json", json.dumps(said, indent=1))
    return counts


def tables() -> list[Table]:
    """Every table, those that others point to first."""
    assert db.models
    return list(SQLModel.metadata.sorted_tables)


def _lines(connection: Connection, one: Table) -> Iterator[bytes]:
    asis = {c.name for c in one.columns if isinstance(c.type, JSON)}
    rows = connection.execution_options(yield_per=AT_ONCE).execute(select(one).order_by(*one.primary_key.columns))
    for row in rows.mappings():
        said = {name: value if name in asis else _tagged(value) for name, value in row.items()}
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _tagged(value: Any) -> Any:
    """What JSON has no word for, with its kind beside it."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def restore_backup(engine: Engine, path: Path, now: datetime, progress: Progress) -> dict[str, Any]:
    """Fill a freshly made database and pause sending; the manifest. NotRestorable means that nothing has changed."""
    try:
        with zipfile.ZipFile(path) as archive, engine.begin() as connection:
            said = _manifest(archive, connection)
            _empty(connection)
            listed = [one for one in tables() if one.name in said["rows"]]
            for done, one in enumerate(listed):
                _fill(connection, archive, one, said)
                progress(done + 1, len(listed))
            _numbers_go_on(connection, listed)
            make_index(connection)
            with Session(connection) as session:
                pause(session, f"restored from the backup of {said['made_at']}", now, everything=True)
                session.flush()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise NotRestorable(f"{path} is no whole backup: {why}") from error
    return said


def _manifest(archive: zipfile.ZipFile, connection: Connection) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(archive.read("manifest.json"))
    schema = MigrationContext.configure(connection).get_current_revision()
    if said["format"] != FORMAT or str(said["schema"]) > str(schema):
        raise NotRestorable(f"the backup has schema {said['schema']}, this program knows {schema}: use a newer one")
    return said


def _empty(connection: Connection) -> None:
    """Take away what ``init`` put there; refuse where people have worked."""
    listed = {one.name: one for one in tables()}
    for name in MUST_BE_EMPTY:
        if name in listed and connection.execute(select(func.count()).select_from(listed[name])).scalar_one():
            raise NotRestorable(f"the database already has rows in {name}: restore into a new one")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for one in reversed(tables()):
        connection.execute(one.delete())


def _fill(connection: Connection, archive: zipfile.ZipFile, one: Table, said: dict[str, Any]) -> None:
    content = archive.read(f"{one.name}.jsonl")
    if hashlib.sha256(content).hexdigest() != said["sha256"][one.name]:
        raise NotRestorable(f"table {one.name} in the backup is damaged")
    names = set(one.columns.keys())
    asis = {c.name for c in one.columns if isinstance(c.type, JSON)}
    rows = [_row(json.loads(line), names, asis) for line in io.BytesIO(content)]
    rows = _parents_first(one, rows)
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(insert(one), rows[start : start + AT_ONCE])


def _row(said: dict[str, Any], names: set[str], asis: set[str]) -> dict[str, Any]:
    return {name: value if name in asis else _untagged(value) for name, value in said.items() if name in names}


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, inner)] = value.items()
    return READ[kind](inner)


def _parents_first(one: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that point to rows of the same table come after those."""
    own = [(f.parent.name, f.column.name) for f in one.foreign_keys if f.column.table is one]
    if not own:
        return rows
    ordered, placed, waiting = [], set[tuple[str, Any]](), rows
    while waiting:
        ready = [r for r in waiting if all(r[mine] is None or (its, r[mine]) in placed for mine, its in own)]
        if not ready:
            raise NotRestorable(f"rows of {one.name} point to rows that are not there")
        ordered += ready
        placed |= {(its, r[its]) for r in ready for _, its in own}
        taken = {id(r) for r in ready}
        waiting = [r for r in waiting if id(r) not in taken]
    return ordered


def _numbers_go_on(connection: Connection, listed: Iterable[Table]) -> None:
    """PostgreSQL counts on from the highest id; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for one in listed:
        sequence = (
            connection.execute(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": f'"{one.name}"'}).scalar()
            if "id" in one.c
            else None
        )
        if sequence:
            highest = connection.execute(select(func.max(one.c.id))).scalar()
            connection.execute(
                text("SELECT setval(:s, :n, :used)"), {"s": sequence, "n": highest or 1, "used": bool(highest)}
            )
