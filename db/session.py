"""Engines and sessions: the SQLite profile, and PostgreSQL by one setting."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import Connection, DateTime, Engine, create_engine, event, text
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

T = TypeVar("T")
# FULL makes a commit survive a power cut; foreign keys are off by default in SQLite.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-512",  # KiB of pages a connection keeps: the system keeps the file anyway
)
RING = ("40001", "40P01")  # PostgreSQL's serialization_failure and deadlock_detected
RACES = 5  # each time that one is lost, somebody else got on
# Of SQLite. Opening a connection takes seven times as long as asking on one: as many stay as people press at once.
# A statement kept compiled weighs 45 KiB, one prepared 13 on each connection; SQLAlchemy lets half as many more come in
# before it drops any. With 1,200 and 400 the most used pages took no less time, all pages by turns 3 to 10 % less than
# with 500; with 250 all pages by turns took 15 % more, and the pages held 17 MiB less (once, 2026-12-01).
AT_ONCE, STATEMENTS, PREPARED = 20, 200, 50
PATIENCE = 3  # busy timeouts before the last one: forty seconds in all


def open_engine(url: str) -> Engine:
    """An engine for a SQLite file or a PostgreSQL database; no failure of it repeats what was to be stored.

    SQLite transactions begin with BEGIN IMMEDIATE: deferred ones lose updates or fail with "locked" as soon as
    two processes read and then write (measured 2026-11-23: 1,936 errors in 8,000 commits; none with IMMEDIATE).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(_with_driver(url), pool_pre_ping=True, hide_parameters=True, json_deserializer=read_json)


def _with_driver(url: str) -> str:
    """``postgresql://`` and ``postgres://`` mean psycopg 3 here."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _sqlite_engine(url: str) -> Engine:
    in_memory = make_url(url).database in (None, "", ":memory:")
    pool: dict[str, Any] = {} if in_memory else {"pool_size": AT_ONCE, "pool_use_lifo": True}
    lasting = {"timeout": 10, "cached_statements": PREPARED}
    usual = {"query_cache_size": STATEMENTS, "hide_parameters": True, "json_deserializer": read_json}
    engine = create_engine(url, connect_args=lasting, **usual, **pool)
    engine.dialect.colspecs = {**engine.dialect.colspecs, DateTime: _Moment, UTCDateTime: _UtcMoment}
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


class _Moment(DATETIME):
    """A moment, which SQLite keeps as a text without its zone: UTC. Read as such at once; to set the zone of a moment
    that was read takes four times as long, and a page reads thousands."""

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[str | None], datetime | None]:
        def read(said: str | None) -> datetime | None:
            return None if said is None else datetime.fromisoformat(f"{said}+00:00")

        return read


class _UtcMoment(_Moment):
    """The same for a column of a model, whose own type would look at each moment that was read a second time.

    Raises ValueError where a moment without a zone is to be stored, as that type does.
    """

    def bind_processor(self, dialect: Any) -> Callable[[datetime | None], Any]:
        write: Any = super().bind_processor(dialect)
        in_utc = UTCDateTime().process_bind_param
        return lambda moment: write(in_utc(moment, dialect))


def read_json(said: str | bytes) -> Any:
    """What a column of JSON holds, many times as soon as the standard library reads it; a call has eight of them.

    That one takes what is left: a half of a character in two parts, as a broken page of a site may hold.
    """
    try:
        return from_json(said)
    except ValueError:
        return json.loads(said)


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _on_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    if not read_only and _begun(connection.connection.dbapi_connection):
        return
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begun(driver: Any) -> bool:
    """Wait longer than one busy timeout for another process that holds the database, such as a backup tool."""
    for _ in range(PATIENCE):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        else:
            return True
    return False


def lost_a_race(error: DBAPIError) -> bool:
    """Whether another transaction was first: it stored or removed what this one relied on, or both waited in a ring.

    Which one is not worth telling apart: done again from the start, the work sees what the other did.
    """
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in RING


def tried_again(attempt: Callable[[], T], writes: bool = True) -> T:
    """What an attempt gives; done again from the start, a few times, where it wrote and another was first."""
    for _ in range(RACES):
        try:
            return attempt()
        except DBAPIError as error:
            if not (writes and lost_a_race(error)):
                raise
    return attempt()


def one_at_a_time(session: Session, address: str) -> None:
    """Until this transaction ends, nobody else changes what lies under the first two parts of an address.

    SQLite has one writer anyway; on PostgreSQL this is the same, but for one dossier, call or contact at a time, so
    that people who press at the same moment come one after the other and each sees what the last one did.
    """
    if session.get_bind().dialect.name == "postgresql":
        place = "/".join(address.split("/")[:3])
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"), {"place": place})


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction commits at the end, or leaves nothing behind."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that takes no write lock, so that pages go on while a crawl is stored."""
    with Session(engine.execution_options(read_only=True), expire_on_commit=False) as session:
        yield session
