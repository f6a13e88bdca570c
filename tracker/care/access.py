"""What is kept of one person, as one file: for programs (JSON), to read (HTML) and to sort (Excel), in a ZIP."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from sqlalchemy import Column, ColumnElement, Table, and_, or_
from sqlmodel import Session, SQLModel, col, select

from db.models import Dossier, Stakeholder, User
from db.queries import Viewer
from db.rights import attached, visible
from db.vocabulary import MailKind
from db.vocabulary_audit import Action
from tracker.care.places import PUBLISHED, Place, holding, places, who_is
from tracker.exchange.tables import as_workbook
from tracker.people.data_register import categories
from tracker.people.on_record import put_on_record

SECRET = frozenset({"token_hash", "address_hash", "state_hash", "browser_hash", "nonce", "verifier", "password"})
# With a viewer: what others wrote to a person, or the person began to type, can be about files of anybody.
UNTOLD = frozenset({"mail_text", "kept_form", "told", "reminded"})
UNTOLD_COLUMNS = {"delivery": frozenset({"subject", "headers", "subscriptions", "waiting", "last_text"})}
# Texts that belong to nobody: everybody who signs in reads them.
OPEN = PUBLISHED | {
    "agenda",
    "challenge",
    "organisation_name",
    "meeting",
    "goal",
    "goal_value",
    "team",
    "vision",
    "vision_version",
}
NO_HOST = frozenset({"user", "participant"})  # what hangs on a person is not for whoever sees it
# Whose rows say more than whoever sees them reads: internal wording, minutes, what stood there before.
OWN = frozenset({"position", "review", "logged_change"})
Tables = dict[str, list[dict[str, Any]]]
Kept = Callable[[Table], ColumnElement[bool] | None]
PAGE = Path(__file__).with_suffix(".html")


def access_export(
    session: Session, user: User, viewer: Viewer | None = None, found: Sequence[Place] | None = None
) -> Tables:
    """Everything kept of a user, table by table; without secrets. ``viewer``: only what they may see.

    ``found``: where their name stands, for who looked already: that reads every text.
    """
    people, every = SQLModel.metadata.tables["user"], SQLModel.metadata.sorted_tables
    tables = {"user": _rows(session, people, people.c.id == user.id)}
    theirs = {table: or_(*(c == user.id for c in keys)) for table in every if (keys := _to_people(table))}
    for table in holding(session, theirs):
        if rows := _rows(session, table, theirs[table], viewer):
            tables[table.name] = rows
    if viewer is None and (rows := _mail_texts(session, user)):
        tables["mail_text"] = rows
    told = tables if viewer is None else _told(tables)
    return _with_mentions(session, told, places(session, who_is(user)) if found is None else found, viewer)


def _to_people(table: Table) -> list[Column[Any]]:
    """The columns that lead to a user."""
    return [c for c in table.columns if any(key.column.table.name == "user" for key in c.foreign_keys)]


def _told(tables: Tables) -> Tables:
    """Without mails and forms, in which titles can stand that the viewer may not see."""
    return {
        name: [{k: v for k, v in row.items() if k not in UNTOLD_COLUMNS.get(name, ())} for row in rows]
        for name, rows in tables.items()
        if name not in UNTOLD
    }


def _mail_texts(session: Session, user: User) -> list[dict[str, Any]]:
    """What mails to them said; one to sign in holds a secret."""
    texts, mails = (SQLModel.metadata.tables[name] for name in ("mail_text", "delivery"))
    theirs = mails.c.user_id == user.id, mails.c.kind != MailKind.SIGN_IN
    return _rows(session, texts, texts.c.delivery_id.in_(select(mails.c.id).where(*theirs)))


def access_export_person(
    session: Session, stakeholder: Stakeholder, viewer: Viewer | None = None, found: Sequence[Place] | None = None
) -> Tables:
    """Everything kept of a person we speak with, and where else the name stands; ``found`` as above."""
    tables: Tables = {}
    for name, column in (
        ("stakeholder", "id"),
        ("informed", "stakeholder_id"),
        ("subject_contact", "stakeholder_id"),
        ("contact_consent", "stakeholder_id"),
        ("contact_moment", "stakeholder_id"),
        ("stake", "stakeholder_id"),
        ("commitment", "stakeholder_id"),
    ):
        table = SQLModel.metadata.tables[name]
        if rows := _rows(session, table, table.c[column] == stakeholder.id, viewer):
            tables[name] = rows
    if not stakeholder.person:
        return tables
    return _with_mentions(session, tables, places(session, who_is(stakeholder)) if found is None else found, viewer)


def _with_mentions(session: Session, tables: Tables, found: Sequence[Place], viewer: Viewer | None) -> Tables:
    """The same with every text that names them, a line each; of another's rows only who may see those is told."""
    known = {(name, str(row.get("id"))) for name, rows in tables.items() for row in rows}
    mentions = [
        {"place": place.name, "text": place.excerpt}
        for place in found
        if place.sure and (place.table, str(place.key[0])) not in known and _may_see(session, viewer, place)
    ]
    return {**tables, "mentions": mentions} if mentions else tables


def _may_see(session: Session, viewer: Viewer | None, place: Place) -> bool:
    if viewer is None:
        return True
    table = SQLModel.metadata.tables[place.table]
    rule = _rule(table, viewer)
    if rule is None:
        return place.table in OPEN
    this = (column == part for column, part in zip(table.primary_key.columns, place.key, strict=True))
    return session.connection().execute(select(*table.primary_key.columns).where(*this, rule)).first() is not None


def _rule(table: Table, viewer: Viewer) -> ColumnElement[bool] | None:
    """Who sees a row: by whose it is and for whom, or by that of all it hangs on; none where nothing says so."""
    if table.name in NO_HOST:
        return None
    if table.name == "document":
        return attached(viewer)
    if "visibility" in table.c and "participant_id" in table.c and table.name not in OWN:
        model: Any = next(m.class_ for m in SQLModel._sa_registry.mappers if m.local_table is table)
        return visible(viewer, model)
    rules = [rule for column in table.columns if (rule := _rule_by(column, viewer)) is not None]
    return and_(*rules) if rules else None


def _rule_by(column: Column[Any], viewer: Viewer) -> ColumnElement[bool] | None:
    """What one column says: whose the row is, or that what it hangs on is there for the viewer."""
    if column.name == "participant_id":
        return or_(column.is_(None), column == viewer.participant_id)
    if column.name == "dossier_id":  # also where no key leads to it
        return or_(column.is_(None), column.in_(select(col(Dossier.id)).where(visible(viewer, Dossier))))
    for key in column.foreign_keys:
        host = key.column.table
        rule = _rule(host, viewer) if host is not column.table else None
        if rule is not None:
            return or_(column.is_(None), column.in_(select(key.column).where(rule)))
    return None


def _rows(session: Session, table: Table, condition: Any, viewer: Viewer | None = None) -> list[dict[str, Any]]:
    rule = _rule(table, viewer) if viewer is not None else None
    conditions = [condition] if rule is None else [condition, rule]
    rows = session.connection().execute(table.select().where(*conditions))
    return [{k: v for k, v in row._mapping.items() if k not in SECRET and not isinstance(v, bytes)} for row in rows]


def as_one_file(tables: Mapping[str, list[dict[str, Any]]], now: datetime) -> bytes:
    """The three forms of it in one ZIP; the same at every run of the same moment."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (
            ("gegevens.json", json.dumps(tables, ensure_ascii=False, indent=1, default=str).encode()),
            ("gegevens.html", as_page(tables, now).encode()),
            ("gegevens.xlsx", as_workbook({name[:31]: _as_texts(rows) for name, rows in tables.items()})),
        ):
            packed.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
    return written.getvalue()


def as_page(tables: Mapping[str, list[dict[str, Any]]], now: datetime) -> str:
    """To read: by kind of data, each with why it is kept."""
    chapters = [
        (about, parts)
        for about in categories().values()
        if (parts := [(name, tables[name]) for name in about.tables if name in tables])
    ]
    page = Environment(autoescape=True).from_string(PAGE.read_text("utf-8"))
    return page.render(chapters=chapters, mentions=tables.get("mentions", []), at=f"{now:%d-%m-%Y %H:%M} UTC")


def _as_texts(rows: list[dict[str, Any]]) -> list[list[str]]:
    """A heading and all rows of a table, every cell a text."""
    columns = list(rows[0]) if rows else []
    return [columns, *(["" if row.get(c) is None else str(row[c]) for c in columns] for row in rows)]


def note_exported(session: Session, person: Stakeholder | User, actor: str, now: datetime) -> None:
    """Put on record that what is kept of somebody was taken along; no name in it."""
    put_on_record(session, now, Action.ACCESS_EXPORT, called(person), actor=actor)


def called(person: Stakeholder | User) -> str:
    """The pseudonym of somebody in the audit log."""
    return f"{'user' if isinstance(person, User) else 'stakeholder'} {person.id}"
