"""Where a name stands: in every text of every table, and in files as far as a machine reads them."""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    LargeBinary,
    RowMapping,
    String,
    Table,
    and_,
    literal_column,
    text,
    union_all,
    update,
)
from sqlalchemy import select as columns_of
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    Call,
    Correction,
    Document,
    DocumentContent,
    Organisation,
    OrganisationName,
    PublicationText,
    Sighting,
    Stakeholder,
    User,
)
from db.queries import BY_HAND
from db.search_index import index_words
from db.search_words import CODE, PROGRAMME, TITLE, searchable
from db.text_search import has_words
from tracker.care.spelling import GONE, handles, spelled, surname
from tracker.organisations.names import name_key

PHONE_DIGITS = 8  # fewer are a house number or a postcode
AROUND = 60  # characters of an excerpt on each side
MOST_UNPACKED = 20_000_000  # bytes of a document that are read for a name
# Rows that a person is: erased by functions of their own.
PEOPLE = {"user": {"name", "email"}, "stakeholder": {"person", "address", "purpose"}}
# What sources publish. A row of it is ours to change only where somebody typed it: `_typed`.
PUBLISHED = {
    *("call", "sighting", "deadline", "revision", "question", "answer", "second_opinion", "match", "reference"),
    *("past_programme", "past_project", "past_partner", "snapshot", "remembered_address", "source_reading", "crawl"),
}
MARKS = f"{TITLE}{PROGRAMME}{CODE}"  # before words of a title, a programme, a code
PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Place:
    """A text in which a name stands. ``sure``: the whole name; else only the surname, which a person must judge."""

    table: str
    key: tuple[Any, ...]
    column: str
    excerpt: str
    sure: bool
    published: bool = False
    participant_id: str | None = None
    dossier_id: int | None = None

    @property
    def name(self) -> str:
        """The place without a word of what stands there."""
        number = "-".join(str(part) for part in self.key)
        return f"{self.table} {number}, {self.column}"


@dataclass
class Named:
    """Whom to look for: each word, and the surname apart."""

    words: tuple[str, ...]
    surname: str = ""
    fragments: tuple[frozenset[str], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.words = tuple(dict.fromkeys(w for word in self.words if len(w := word.strip()) > 1))
        sought = [*self.words, *([self.surname] if self.surname else [])]
        fragments = [handles(word) for word in sought]
        fewest = [one for one in fragments if not any(other < one for other in fragments)]  # the surname finds the name
        self.fragments = tuple(dict.fromkeys(fewest)) if all(fragments) else ()

    def sure_in(self, text: str) -> re.Match[str] | None:
        """Where the whole name, or another of the words, stands first."""
        return next((found for word in self.words if (found := spelled(word).search(text))), None)

    def surname_in(self, text: str) -> re.Match[str] | None:
        """Where the surname stands first, with a capital as names have."""
        found = spelled(self.surname).finditer(text) if self.surname else ()
        return next((one for one in found if one[0][:1] == self.surname[:1]), None)

    def struck(self, text: str, surname_too: bool = False) -> str:
        """The text without them."""
        for word in (*self.words, *([self.surname] if surname_too and self.surname else [])):
            text = spelled(word).sub(GONE, text)
        return text


def named(name: str, *others: str) -> Named:
    """A person by name, with addresses and numbers that only they have.

    A name of one word can be any word, such as that of a town: it is judged as a surname alone is.
    """
    own = [word for word in others if "@" in word or len(re.findall(r"\d", word)) >= PHONE_DIGITS]
    whole = [name] if len(name.split()) > 1 else []
    return Named((*whole, *own), surname(name))


def named_in(person: str, address: str) -> Named:
    """A person as a row of ours has them: of an address only mail and telephone, not the street or the town."""
    return named(person, *re.split("[,;]", address)) if person else Named(())


def who_is(person: Stakeholder | User) -> Named:
    """Whom to look for in texts."""
    if isinstance(person, User):
        return named(person.name, person.email)
    return named_in(person.person, person.address)


def tables_with_text() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Every table, with the columns in which a person can have typed something; a key is what others refer to."""
    for table in SQLModel.metadata.sorted_tables:
        columns = [c for c in table.columns if _holds_text(c) and c.name not in PEOPLE.get(table.name, ())]
        if columns:
            yield table, columns


def _holds_text(column: Column[Any]) -> bool:
    kind = getattr(column.type, "impl_instance", column.type)  # SQLModel's texts are wrapped
    if isinstance(kind, JSON):
        return True
    return (
        isinstance(kind, String)
        and not column.foreign_keys
        and not column.primary_key
        and not column.name.endswith(("sha256", "_hash"))
    )


def places(session: Session, who: Named) -> list[Place]:
    """Every place in which they are named, by one reading of all texts. Nothing is changed."""
    return [
        Place(table.name, _key(table, row), column.name, excerpt, sure, published, *_whose(table, row))
        for table, columns, row, published in _rows(session, who)
        for column in columns
        for excerpt, sure in _said(who, row[column.name])
    ]


def _rows(session: Session, who: Named) -> Iterator[tuple[Table, list[Column[Any]], RowMapping, bool]]:
    typed, texts = _typed(session), dict(tables_with_text())
    said = {f"run_{n}_{m}": f"%{run}%" for n, runs in enumerate(who.fragments) for m, run in enumerate(sorted(runs))}
    shape = tuple(len(runs) for runs in who.fragments)
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    wanted = {
        table: text(_may(table.name, tuple(c.name for c in columns), shape, on_sqlite)).bindparams(**said)
        for table, columns in texts.items()
    }
    for table in holding(session, wanted):
        read = {c.name: c for c in [*table.primary_key.columns, *table.columns] if not isinstance(c.type, LargeBinary)}
        for row in session.connection().execute(table.select().with_only_columns(*read.values()).where(wanted[table])):
            published = table.name in PUBLISHED and not _is_typed(table, row._mapping, typed)
            yield table, texts[table], row._mapping, published


def holding(session: Session, wanted: Mapping[Table, Any]) -> list[Table]:
    """Those of the tables with a row that answers, in their order: there are a hundred, and most have none."""
    asked: list[Any] = [
        columns_of(literal_column(f"'{table.name}'")).where(
            columns_of(literal_column("1")).select_from(table).where(which).exists()
        )
        for table, which in wanted.items()
    ]
    found = set(session.connection().execute(union_all(*asked)).scalars())
    return [table for table in wanted if table.name in found]


@cache
def _may(table: str, columns: tuple[str, ...], shape: tuple[int, ...], on_sqlite: bool) -> str:
    """That a row is worth reading, as SQL: to put it together anew took as long as to ask it.

    ``shape``: how many runs of letters each word has; without any, every row with a text is read.
    """
    texts = [f'"{table}"."{name}"' for name in columns]
    if not shape:
        return " OR ".join(f"{one} IS NOT NULL" for one in texts)
    # SQLite's LIKE knows small from capital for no plain letter; to lower all texts first takes three times as long.
    alike = "{} LIKE" if on_sqlite else "CAST({} AS TEXT) ILIKE"
    words = [[f":run_{n}_{m}" for m in range(runs)] for n, runs in enumerate(shape)]
    return " OR ".join(" AND ".join(f"{alike.format(one)} {run}" for run in runs) for one in texts for runs in words)


def _typed(session: Session) -> set[int]:
    """The calls of which people typed something."""
    by_hand = session.exec(select(Sighting.call_id).where(Sighting.source == BY_HAND))
    return {*filter(None, by_hand), *session.exec(select(Correction.call_id))}


def _is_typed(table: Table, row: RowMapping, typed: set[int]) -> bool:
    if table.name == "sighting":
        return bool(row["source"] == BY_HAND)
    return (row["id"] if table.name == "call" else row.get("call_id")) in typed


def _key(table: Table, row: RowMapping) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _whose(table: Table, row: RowMapping) -> tuple[str | None, int | None]:
    return row.get("participant_id"), row["id"] if table.name == "dossier" else row.get("dossier_id")


def _said(who: Named, value: Any) -> Iterator[tuple[str, bool]]:
    """The first spot of a text that names them, with what stands around it."""
    text = value if isinstance(value, str) else "\n".join(_strings(value))
    found = who.sure_in(text)
    if found is not None:
        yield _around(text, found), True
    rest = who.struck(text) if found is not None else text
    if (only := who.surname_in(rest)) is not None:
        yield _around(rest, only), False


def _around(text: str, found: re.Match[str]) -> str:
    start, end = max(found.start() - AROUND, 0), found.end() + AROUND
    return " ".join(text[start:end].split())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *_strings(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def strike(session: Session, who: Named, where: Iterable[Place], now: datetime) -> int:
    """Blot the name out of these places; gives how many texts changed. What ``sure`` is not, loses the surname too."""
    by_row: dict[tuple[str, tuple[Any, ...]], dict[str, bool]] = defaultdict(dict)
    for place in where:
        columns = by_row[place.table, place.key]
        columns[place.column] = columns.get(place.column, False) or not place.sure
    session.flush()
    for (name, key), columns in by_row.items():
        _strike_row(session, who, SQLModel.metadata.tables[name], key, columns, now)
    session.expire_all()
    calls = sorted({int(key[0]) for name, key in by_row if name == "call"})
    index_words(session.connection(), calls)
    return sum(len(columns) for columns in by_row.values())


def _strike_row(
    session: Session, who: Named, table: Table, key: tuple[Any, ...], columns: dict[str, bool], now: datetime
) -> None:
    one = and_(*(column == part for column, part in zip(table.primary_key.columns, key, strict=True)))
    row = session.connection().execute(table.select().where(one)).one()._mapping
    values = {name: _without(who, row[name], surname_too) for name, surname_too in columns.items()}
    values |= _also(who, table, row, values, now)
    session.connection().execute(update(table).where(one).values(values))


def _also(who: Named, table: Table, row: RowMapping, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What changes with a text: the mark in a log, the version that open forms hold, the key of a name, the index."""
    also: dict[str, Any] = {}
    if "redacted_at" in row:
        also["redacted_at"] = now
    if "version" in row and table.name != "call":
        also["version"] = row["version"] + 1
    if table.name in (Organisation.__tablename__, OrganisationName.__tablename__) and "name" in values:
        also["key"] = f"{name_key(values['name'])}{row['id']}"  # two names that were erased stay two
    if table.name == Call.__tablename__:
        also["search_text"] = _unindexed(who, row["language"], values.get("search_text", row["search_text"]))
    return also


def _unindexed(who: Named, language: str, words: str) -> str:
    """The words by which a call is found, without those of the name."""
    gone = {word for name in who.words for word in searchable(language, name).split()}
    gone |= {part for name in who.words for part in PARTS.findall(name.casefold())}
    return " ".join(word for word in words.split() if word.strip(MARKS) not in gone)


def _without(who: Named, value: Any, surname_too: bool) -> Any:
    if isinstance(value, str):
        return who.struck(value, surname_too)
    if isinstance(value, dict):
        return {who.struck(str(k), surname_too): _without(who, v, surname_too) for k, v in value.items()}
    if isinstance(value, list):
        return [_without(who, inner, surname_too) for inner in value]
    return value


def files_naming(session: Session, who: Named) -> list[int]:
    """The documents in which a machine reads the name: a person takes them away or puts another in their place."""
    rows = session.exec(
        select(Document.id, DocumentContent.content)
        .where(DocumentContent.sha256 == Document.sha256)
        .order_by(col(Document.id))
    )
    return [number for number, content in rows if who.sure_in(text := text_in(content)) or who.surname_in(text)]


def publications_naming(session: Session, who: Named) -> list[int]:
    """The publications in whose file every word of a name stands, as far as it was read for searching."""
    words = col(PublicationText.publication_id), (PublicationText.words,)
    return sorted({number for name in who.words for number in has_words(session, *words, name)})


def text_in(content: bytes) -> str:
    """What a machine reads in a file without much ado: plain text, and the XML in Office files. Bounded."""
    if not content.startswith(b"PK"):
        return content[:MOST_UNPACKED].decode("utf-8", "replace")
    found, left = [], MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.infolist():
                if left > 0 and member.filename.endswith((".xml", ".txt", ".rels")):
                    with packed.open(member) as opened:
                        read = opened.read(left)
                    left -= len(read)
                    found.append(re.sub(r"<[^>]+>", "", read.decode("utf-8", "replace")))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return ""
    return "\n".join(found)


def as_json(where: Iterable[Place]) -> str:
    """The places as a text that two looks at the same database agree on: what a second press must still find."""
    return json.dumps([(p.table, p.key, p.column, p.sure) for p in where], default=str)
