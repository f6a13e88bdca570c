"""Statements about many rows at once."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, insert, select, text, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session

AT_ONCE = 3000  # values in one INSERT; more gain nothing, and its text is read anew where another table was between
Convert = Callable[[Any], Any]
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


def in_parts(session: Session, statement: Any, column: Any, values: Iterable[Any]) -> list[Any]:
    """Run a statement for the rows whose column has one of these numbers or words, and give what it returns.

    SQLite is given them all as one text: to write a question of five hundred values takes longer than to answer it.
    """
    rows, listed = list[Any](), list(dict.fromkeys(values))
    if session.connection().dialect.name == "sqlite":
        result = session.connection().execute(statement.where(among(session, column, listed))) if listed else None
        return list(result.all()) if result is not None and result.returns_rows else []
    for part in chunks(listed):
        result = session.connection().execute(statement.where(column.in_(part)))
        rows += result.all() if result.returns_rows else ()
    return rows


def among(session: Session, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column has one of these numbers or words, as a clause; SQLite is given them as one text, as above."""
    listed = list(values)
    if session.connection().dialect.name != "sqlite":
        return cast("ColumnElement[bool]", column.in_(listed))
    these = select(func.json_each(json.dumps(listed)).table_valued("value").c.value)
    return cast("ColumnElement[bool]", column.in_(these))


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists short enough for one statement."""
    listed = list(values)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


def add(session: Session, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same keys.

    SQLite's driver gets them as it stores them, made a column at a time: by SQLAlchemy, row by row, twenty thousand
    calls took a fourth longer (2026-12-01).
    """
    if not rows:
        return
    connection = session.connection()
    left_out = {column.name: column.default for column in into.c if column.default and column.name not in rows[0]}
    usual = {name: default.arg for name, default in left_out.items() if isinstance(default, ScalarElementColumnDefault)}
    if connection.dialect.name == "sqlite" and len(usual) == len(left_out):
        _add_by_the_driver(connection, into, usual, rows)
    else:
        connection.execute(insert(into), rows)


def change(session: Session, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, all with the same keys; ``b_id`` says which. SQLite's driver gets them as it stores them."""
    if not rows:
        return
    connection, statement = session.connection(), update(into).where(into.c.id == bindparam("b_id"))
    if connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    made = _made(statement, connection, [name for name in rows[0] if name != "b_id"])
    columns = [_as_stored(connection, into, name, rows) for name in made.positiontup]
    connection.exec_driver_sql(str(made), list(zip(*columns, strict=True)))


def _add_by_the_driver(
    connection: Connection, into: Table, usual: dict[str, Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    """``usual``: what the columns hold that the rows leave out."""
    made = _made(insert(into), connection, [*rows[0], *usual])
    columns = [
        repeat(_as_stored(connection, into, name, [usual])[0], len(rows))
        if name in usual
        else _as_stored(connection, into, name, rows)
        for name in made.positiontup
    ]
    _insert(connection, str(made), list(zip(*columns, strict=True)))


def _made(statement: Any, connection: Connection, names: list[str]) -> Any:
    """A statement for many rows, as this database takes it."""
    many: dict[str, Any] = {"column_keys": names, "for_executemany": True}
    return statement.compile(dialect=connection.dialect, **many)


def _as_stored(connection: Connection, into: Table, name: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """A column of these rows as the driver takes it."""
    values, column = list(map(itemgetter(name), rows)), into.c["id" if name == "b_id" else name]
    return _stored(values, column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect))


def _insert(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows a statement: SQLite makes the lists of its CHECKs anew for each, a fifth of the time (2026-12-01)."""
    into, _, values = statement.partition(" VALUES ")
    at_once = max(1, AT_ONCE // len(rows[0]))
    whole = len(rows) - len(rows) % at_once
    several = f"{into} VALUES {', '.join([values] * at_once)}"
    for start in range(0, whole, at_once):
        connection.exec_driver_sql(several, tuple(chain.from_iterable(rows[start : start + at_once])))
    if rows[whole:]:
        connection.exec_driver_sql(statement, list(rows[whole:]))


def _stored(values: list[Any], convert: Convert | None) -> list[Any]:
    """The values of a column as the driver takes them; one that stands in many rows is made once."""
    if convert is None:
        return values
    if len(set(map(id, values))) == 1:  # as in most columns that few calls fill
        return [convert(values[0])] * len(values)
    # All are held by the list, so that no two of them share an id; what is empty is alike within its type.
    names = [id(value) if value else type(value) for value in values]
    made = {name: convert(value) for name, value in dict(zip(names, values, strict=True)).items()}
    return list(map(made.__getitem__, names))


def add_plain(session: Session, into: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of numbers and words, in the order of these columns; nothing is converted, at half the cost."""
    if not rows:
        return
    connection = session.connection()
    statement = _made(insert(into), connection, list(columns))
    by_name = (dict(zip(columns, row, strict=True)) for row in rows)
    given = [tuple(row[name] for name in statement.positiontup) if statement.positional else row for row in by_name]
    connection.exec_driver_sql(str(statement), given)


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
    there = session.connection().execute(select(func.coalesce(func.max(of.c.id), 0))).scalar_one()
    highest = max(there, highest_given(session.connection()).get(of.name, 0))
    return list(range(highest + 1, highest + 1 + count))


def highest_given(connection: Connection) -> dict[str, int]:
    """Of each of SQLite's tables that give no number twice the highest one that was given, or is to be passed over."""
    if not connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")):
        return {}
    rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    return {str(name): int(seq) for name, seq in rows}
