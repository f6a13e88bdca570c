"""Many rows at once: prepared in memory in parts, inserted in one statement a part."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Column, Connection, Dialect, Table, func, insert, select, text
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlmodel import Session

AT_ONCE = 2_000  # rows made ready in memory


MANY = 500  # parameters in one statement; SQLite takes 32,766, but plans for long lists are slow to make


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for garbage meanwhile: rows by the ten thousand are none, and looking takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    listed = list(values)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


def add(session: Session, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same keys."""
    for start in range(0, len(rows), AT_ONCE):
        insert_rows(session.connection(), into, rows[start : start + AT_ONCE])


def insert_rows(connection: Connection, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As ``add``, on a connection.

    SQLAlchemy's own executemany spends more on preparing the values than SQLite on storing them (measured 2026-11-23),
    so the statement and its conversions are made once.
    """
    dialect = connection.dialect
    statement = insert(into).compile(dialect=dialect, column_keys=list(rows[0]))
    names = list(statement.params)  # with the columns that have a default of their own
    columns = [_converted(into.c[name], _values(into.c[name], rows), dialect) for name in names]
    values: list[Any] = list(zip(*columns, strict=True))
    if not statement.positional:
        values = [dict(zip(names, value, strict=True)) for value in values]
    connection.exec_driver_sql(str(statement), values)


def _values(column: Column[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What a column gets in each row: what the row says, or else its default in all of them."""
    if column.name in rows[0]:
        return [row[column.name] for row in rows]
    return [_default(column)] * len(rows)


def _converted(column: Column[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    """Values as the driver takes them; one that all rows share, such as the moment of a crawl, is converted once."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    first = values[0]
    alike = not isinstance(column.type, JSON) or _tells_apart(first)
    if alike and values.count(first) == len(values):
        return [convert(first)] * len(values)
    return list(map(convert, values))


def _tells_apart(value: Any) -> bool:
    """Whether only what is written the same in JSON equals this structure; 1 and true, say, are equal and are not."""
    if isinstance(value, dict):
        return all(isinstance(one, str) for one in value.values())
    return value is None or value == []


def _default(column: Column[Any]) -> Any:
    default = column.default
    assert isinstance(default, ScalarElementColumnDefault | CallableColumnDefault)
    return default.arg(None) if isinstance(default, CallableColumnDefault) else default.arg  # type: ignore[arg-type]


def one_at_a_time(session: Session) -> None:
    """SQLite's BEGIN IMMEDIATE sees to it; on PostgreSQL a lock that ends with the transaction does."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(7208002)"))


def take_ids(session: Session, of: Table, count: int) -> list[int]:
    """Ids for rows to be inserted, so that rows that point to them can go along in bulk."""
    if count == 0:
        return []
    if session.connection().dialect.name == "postgresql":
        numbers = text(f"SELECT nextval('{of.name}_id_seq') FROM generate_series(1, :count)")  # noqa: S608
        return list(session.connection().execute(numbers, {"count": count}).scalars())
    highest = session.connection().execute(select(func.coalesce(func.max(of.c.id), 0))).scalar_one()
    return list(range(highest + 1, highest + 1 + count))
