"""Files in a backup: what is too long for a line of it is written and taken back in pieces, never whole in memory.

A row says how many bytes of a column follow; they stand in the lines after it, each a piece in base64.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)

LONGEST = 1 << 20  # bytes that stand in the line of their row
PIECE = 3 << 20  # a multiple of three: base64 has no padding inside


@dataclass
class Pieces:
    """The bytes of one column as they are read, and how many they are in all."""

    total: int
    read: Iterator[bytes]


def large_columns(table: Table) -> list[str]:
    """The columns that may hold a whole file."""
    return [column.name for column in table.columns if isinstance(column.type, LargeBinary)]


def shortened(table: Table) -> list[ColumnElement[Any]]:
    """What to ask of a row: of long bytes only how many they are, under the column's own name with a mark."""
    asked: list[ColumnElement[Any]] = []
    for column in table.columns:
        if isinstance(column.type, LargeBinary):
            length = func.length(column)
            asked.append(case((length <= LONGEST, column)).label(column.name))
            asked.append(length.label(f"{column.name} bytes"))
        else:
            asked.append(column)
    return asked


def long_bytes(table: Table, row: dict[str, Any]) -> dict[str, int]:
    """Take the lengths out of a row that was asked for shortened; the columns that follow in pieces stay as them."""
    lengths = {name: row.pop(f"{name} bytes") for name in large_columns(table)}
    long = {name: length for name, length in lengths.items() if length and length > LONGEST}
    row.update(long)
    return long


def piece_lines(connection: Connection, table: Table, row: dict[str, Any], long: dict[str, int]) -> Iterator[bytes]:
    """The lines after a row, piece by piece."""
    parts = _out_of_room if connection.dialect.name == "sqlite" else _part_by_part
    for name, total in long.items():
        for content in parts(connection, table, row, name, total):
            yield b'"' + base64.b64encode(content) + b'"\n'


def _out_of_room(connection: Connection, table: Table, row: dict[str, Any], name: str, total: int) -> Iterator[bytes]:
    with _room(connection, table, row, name, readonly=True) as room:
        for _ in range(0, total, PIECE):
            yield room.read(PIECE)


def _part_by_part(connection: Connection, table: Table, row: dict[str, Any], name: str, total: int) -> Iterator[bytes]:
    for begin in range(0, total, PIECE):
        part = func.substr(table.c[name], begin + 1, PIECE, type_=LargeBinary)
        yield connection.execute(select(part).where(_key(table, row))).scalar_one()


def pieces(total: int, lines: Iterator[bytes]) -> Pieces:
    """So many bytes from the lines that follow. Reading them raises ValueError where there are not so many."""
    return Pieces(total, _decoded(total, lines))


def _decoded(total: int, lines: Iterator[bytes]) -> Iterator[bytes]:
    left = total
    while left > 0:
        content = base64.b64decode(json.loads(next(lines, b'""')))
        if not content or len(content) > left:
            raise ValueError("a file in it is not whole")
        left -= len(content)
        yield content


def put_row(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Store a row whose bytes come in pieces."""
    long = {name: value for name, value in row.items() if isinstance(value, Pieces)}
    sqlite = connection.dialect.name == "sqlite"
    room = {name: func.zeroblob(value.total) if sqlite else b"" for name, value in long.items()}
    connection.execute(insert(table).values(row | room))
    for name, value in long.items():
        (_into_room if sqlite else _at_the_end)(connection, table, row, name, value)


def _into_room(connection: Connection, table: Table, row: dict[str, Any], name: str, value: Pieces) -> None:
    with _room(connection, table, row, name) as room:
        for content in value.read:
            room.write(content)


def _room(connection: Connection, table: Table, row: dict[str, Any], name: str, readonly: bool = False) -> Any:
    """SQLite's way into the bytes of one value."""
    number = connection.scalar(select(literal_column("rowid")).select_from(table).where(_key(table, row)))
    driver: Any = connection.connection.driver_connection
    return driver.blobopen(table.name, name, number, readonly=readonly)


def _at_the_end(connection: Connection, table: Table, row: dict[str, Any], name: str, value: Pieces) -> None:
    longer = table.c[name].op("||")(bindparam("piece", type_=LargeBinary))
    for content in value.read:
        connection.execute(update(table).where(_key(table, row)).values({name: longer}), {"piece": content})


def _key(table: Table, row: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))
