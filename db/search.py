"""Search: fold and stem a text the same way when it is stored and when it is asked for, on both databases.

SQLite keeps the words in the FTS5 table ``search_call``, PostgreSQL in a GIN index of that name. A hit has every word
of the question, as it stands in Dutch or in English, or as the beginning of a longer word.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, literal_column, select, text, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session, col

from db.models.calls import Call

MOST_CHARACTERS = 60_000
MOST_WORDS = 12
MOST_HITS = 300
MOST_STEMS = 300_000
LONG_ENOUGH = 4  # from here on a word also finds longer ones: fiets -> fietsroute
BETWEEN_WORDS = bytes(c if (chr(c).isalnum() and c < 128) or c == ord("-") else ord(" ") for c in range(256))
WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
STEMMERS = {"nl": "dutch", "en": "english"}

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_call USING fts5(search_text, tokenize='ascii', detail=none, columnsize=0)",
    "INSERT INTO search_call(rowid, search_text) SELECT id, search_text FROM call",
)
POSTGRESQL_INDEX = ("CREATE INDEX search_call ON call USING gin (to_tsvector('simple'::regconfig, search_text))",)


def make_index(connection: Connection) -> None:
    """Build the index over what is there."""
    drop_index(connection)
    sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE_INDEX if sqlite else POSTGRESQL_INDEX:
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    """Take the index away."""
    what = "TABLE" if connection.dialect.name == "sqlite" else "INDEX"
    connection.execute(text(f"DROP {what} IF EXISTS search_call"))


def index_words(connection: Connection, calls: Sequence[int]) -> None:
    """Index the words of these calls: whoever writes ``search_text`` says so here, in the same transaction.

    A trigger cannot do it: FTS5 in a trigger is refused under ``trusted_schema=OFF`` (SQLite 3.40, 2026-11-23).
    PostgreSQL keeps its own index.
    """
    if connection.dialect.name == "sqlite" and calls:
        these = "SELECT id, search_text FROM call WHERE id IN (SELECT value FROM json_each(?))"
        write = f"INSERT OR REPLACE INTO search_call(rowid, search_text) {these}"
        connection.exec_driver_sql(write, (json.dumps(list(calls)),))


def searchable(language: str, *texts: str | None) -> str:
    """The words of the texts, folded and stemmed, each once, for the column ``search_text``."""
    folded = fold(" ".join(filter(None, texts))[:MOST_CHARACTERS])
    stems = _stems_of(language if language in STEMMERS else "en")
    # As WORDS.findall does, four times as fast; hyphens are seen to by Stems.
    found = dict.fromkeys(folded.encode("ascii", "replace").translate(BETWEEN_WORDS).split())
    return " ".join(filter(None, map(stems.__getitem__, found)))


class Stems(dict[bytes, str]):
    """Word -> what it is found by; a plain dictionary, because it is asked for every word of every text."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: bytes) -> str:
        if word.isdigit():
            return stem(word.decode(), self.language)  # numbers are many, and each is seen once
        if len(self) >= MOST_STEMS:
            self.clear()
        whole = WORDS.findall(word.decode())
        self[word] = found = " ".join(stem(part, self.language) for one in whole for part in parts(one))
        return found


@cache
def _stems_of(language: str) -> Stems:
    return Stems(language)


def fold(text: str) -> str:
    """Lower case without accents: "Café Fryslân" -> "cafe fryslan"."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


def parts(word: str) -> tuple[str, ...]:
    """A hyphenated word counts by its parts and as one: energie-transitie is also energietransitie."""
    if "-" not in word:
        return (word,)
    return (*word.split("-"), word.replace("-", ""))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Lemma first, then stem: together they find 26 of 28 Dutch pairs, each alone 20 or 23 (measured 2026-11-23)."""
    import simplemma

    if word.isdigit() or len(word) > 60:
        return word[:60]
    lemma = fold(simplemma.lemmatize(word, lang=language))
    return str(_stemmer(language).stemWord(lemma if WORDS.fullmatch(lemma) else word))


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(STEMMERS[language])


def asked(question: str) -> list[list[str]]:
    """The words of a question, each as the stems it may stand under."""
    words = dict.fromkeys(part for found in WORDS.findall(fold(question[:1000])) for part in found.split("-"))
    return [sorted({stem(word, language) for language in STEMMERS}) for word in list(words)[:MOST_WORDS]]


class Hits(ColumnElement[bool]):
    """The condition that a call has the words; each database has its own way to say so."""

    inherit_cache = False

    def __init__(self, words: list[list[str]], whole: bool = False) -> None:
        self.words = words
        self.long_enough = 1000 if whole else LONG_ENOUGH


def matching(question: str, whole: bool = False) -> ColumnElement[bool]:
    """A condition on Call; an empty question is met by every call, one without words by none.

    ``whole``: no word is the beginning of a longer one.
    """
    if not question.strip():
        return true()
    words = asked(question)
    return Hits(words, whole) if words else false()


def _sqlite_question(hits: Hits) -> str:
    def one(stem: str) -> str:
        return f'"{stem}"*' if len(stem) >= hits.long_enough else f'"{stem}"'

    return " AND ".join("(" + " OR ".join(map(one, stems)) + ")" for stems in hits.words)


def _postgresql_question(hits: Hits) -> str:
    def one(stem: str) -> str:
        return f"{stem}:*" if len(stem) >= hits.long_enough else stem

    return " & ".join("(" + " | ".join(map(one, stems)) + ")" for stems in hits.words)


@compiles(Hits, "sqlite")
def _on_sqlite(hits: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    found = text("SELECT rowid FROM search_call WHERE search_call MATCH :question")
    found = found.bindparams(question=_sqlite_question(hits))
    return f"call.id IN ({compiler.process(found, **kw)})"


@compiles(Hits, "postgresql")
def _on_postgresql(hits: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    vector = func.to_tsvector(literal_column("'simple'::regconfig"), col(Call.search_text))
    question = func.to_tsquery(literal_column("'simple'::regconfig"), _postgresql_question(hits))
    return str(compiler.process(vector.op("@@")(question), **kw))


def search(session: Session, question: str, most: int = 50) -> list[int]:
    """Ids of the calls that have the words: those with most of them in their title first, then the newest."""
    call = Call
    newest = select(col(call.id), col(call.title), col(call.language)).where(
        matching(question), col(call.joined_into).is_(None)
    )
    rows = session.connection().execute(newest.order_by(col(call.id).desc()).limit(MOST_HITS)).all()
    stems = {stem for word in asked(question) for stem in word}
    ranked = sorted(rows, key=lambda row: (-len(stems & set(searchable(row.language, row.title).split())), -row.id))
    return [row.id for row in ranked[:most]]
