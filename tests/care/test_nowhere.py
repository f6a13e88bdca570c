"""The erased person is found nowhere: a name planted in every column that takes a text, then erased, then looked for."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, CheckConstraint, Column, LargeBinary, Table
from sqlmodel import Session, col, select

from db.models import Document, Dossier, Stakeholder, User
from db.queries import BY_HAND
from db.search_index import index_words
from db.session import open_engine, writing
from tests.care.test_erasure import dump
from tests.make.seed_pages import seeded_people
from tracker.care.erasure import erase_person, scrub
from tracker.care.places import PEOPLE, PUBLISHED, tables_with_text
from tracker.documents import documents
from tracker.lobby.contacts import Office, stakeholder_for
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # the bytes of SQLite's file are read, and its triggers stand aside for a moment

NAME, ADDRESS = "Xantippe Quibbelstra", "x.quibbelstra@minqx.example"
SAID = f"Zie {NAME} <{ADDRESS}>"
# Made by programs: keys, and words of ours to which a check or trigger holds a column.
KEYS = {"id", "key", "message_id", "code", "kind", "state", "visibility", "gremium", "actor", "action", "participant_id", "from_stage", "to_stage"}  # fmt: skip


def plant(path: Path) -> list[str]:
    """Write the name into every text column of one row of every table, made up where there is none; gives where."""
    there: list[str] = []
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for table, columns in tables_with_text():
            typed = [c for c in columns if not c.primary_key and c.name not in KEYS and not _of_source(table, c)]
            if raw.execute(f'SELECT count(*) FROM "{table.name}"').fetchone() == (0,):
                row = {c.name: _made_up(c) for c in table.columns if not c.nullable}
                raw.execute(_insert(table, row), list(row.values()))
            for column in typed:
                first = f'rowid = (SELECT min(rowid) FROM "{table.name}")'
                raw.execute(f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE {first}', (_said(column),))
                there.append(f"{table.name}.{column.name}")
        for table in ("sighting", "call", "deadline", "revision", "question"):  # of a call that somebody typed
            key = "id" if table == "call" else "call_id"
            raw.execute(f'UPDATE "{table}" SET "{key}" = 1 WHERE rowid = (SELECT min(rowid) FROM "{table}")')
        raw.execute("UPDATE sighting SET source = ? WHERE call_id = 1", (BY_HAND,))
        for _name, sql in triggers:
            raw.execute(sql)
    return there


def _of_source(table: Table, column: Column[Any]) -> bool:
    """What no person types: words of other programs, and of sources."""
    if any(
        f"{column.name} IN (" in str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)
    ):
        return True
    published = table.name in PUBLISHED - {"sighting", "call", "deadline", "revision", "question"}
    return published or (table.name, column.name) == ("sighting", "source") or column.name in PEOPLE.get(table.name, ())


def _insert(table: Table, row: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})'


def _made_up(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return "[]"
    if isinstance(column.type, LargeBinary):
        return b"x"
    kind = type(getattr(column.type, "impl_instance", column.type)).__name__
    day = {"Date": "2026-05-01", "DateTime": "2026-05-01 00:00:00.000000"}
    return day.get(kind, "x" if kind in ("String", "Text", "AutoString") else 1)


def _said(column: Column[Any]) -> str:
    return json.dumps([SAID, {"over": SAID}]) if isinstance(column.type, JSON) else SAID


def test_an_erased_person_is_found_in_no_column_and_no_byte(sqlite_world: Path, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    path.write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as session:
        deed = Deed(session, seeded_people(session)["administrator"], now)
        person = stakeholder_for(deed, Office("Ministerie van QX", "Directeur", NAME, ADDRESS))
        documents.add_file(deed, session.get_one(Dossier, 1), "nota.txt", SAID.encode(), "own", 10_000)
    there = plant(path)
    assert len(there) > 200
    assert {"log_entry.text", "position.internal_wording", "audit_entry.result", "mail_text.html", "delivery.headers", "sighting.fields", "call.title", "logged_change.before", "resolution.decision", "organisation.name", "subscription.filter", "correction.value", "lobby_agenda.document", "api_deed.body", "kept_form.fields", "minute.text"} <= set(there)  # fmt: skip
    with writing(engine) as session:
        index_words(session.connection(), [1])
    assert dump(engine).casefold().count("quibbelstra") > 2 * len(there)
    with writing(engine) as session:
        report = erase_person(session, session.get_one(Stakeholder, person.id), now)
        assert {line.split()[0] for line in report.left} == {"document"}
        _take_the_file_away(session, deed)
    assert "quibbelstra" not in dump(engine).casefold()
    scrub(engine)
    engine.dispose()
    found = [file.name for file in tmp_path.iterdir() if b"quibbelstra" in file.read_bytes().lower()]
    assert found == []


def _take_the_file_away(session: Session, deed: Deed) -> None:
    """What a person does with the file that the report names."""
    file = session.exec(select(Document).order_by(col(Document.id).desc()).limit(1)).one()
    documents.take_away(Deed(session, session.get_one(User, deed.by.id), deed.now), file)
