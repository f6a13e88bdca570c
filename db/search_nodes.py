"""What the index of words is asked: a word, all of several, some of them; and how each database puts it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator, and_, bindparam, func, literal_column, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col

from db.models.calls import Call
from db.models.columns import table
from db.vocabulary import Nature


@dataclass(frozen=True)
class Token:
    """A word of the index, or the beginning of one."""

    word: str
    begins: bool = False


@dataclass(frozen=True)
class Every:
    """All of these."""

    of: tuple["Node", ...]


@dataclass(frozen=True)
class Some:
    """At least one of these."""

    of: tuple["Node", ...]


Node = Token | Every | Some


@dataclass(frozen=True)
class Without:
    """The first, and not the second."""

    one: Node
    other: Node


COUNTS = and_(col(Call.joined_into).is_(None), col(Call.nature) != Nature.MOMENT)
# On SQLite no call is read for this: each lies many pages apart, and a broad word has thousands.
COUNTED = {
    "sqlite": text(
        "SELECT count(*) FROM search_call WHERE search_call MATCH :asked AND rowid NOT IN ("
        "SELECT id FROM call WHERE joined_into IS NOT NULL UNION ALL SELECT id FROM call WHERE nature = 'moment')"
    ),
    "postgresql": text(
        "SELECT count(*) FROM call WHERE joined_into IS NULL AND nature != 'moment'"
        " AND to_tsvector('simple'::regconfig, search_text) @@ to_tsquery('simple'::regconfig, :asked)"
    ),
}
STANDS = (
    "(closes_at IS NULL OR closes_at > {now} OR (source_word = 'open' AND closes_at > {since} AND closes_at <= {now}))"
)


class AsQuestion(TypeDecorator[Node | Without]):
    """A node as the database that is asked puts it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Node | Without | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _in_words(value, (" AND ", " OR ", " NOT "), '"{}"', '"{}"*')
        return _in_words(value, (" & ", " | ", " & !"), "{}", "{}:*")


class Hits(FunctionElement[Any]):
    """The condition that a call has these words; each database has its own way to say so.

    The words are a parameter, so that the statement around it is compiled once and not for every question.
    """

    name = "hits"
    inherit_cache = True  # without a type: as a Boolean SQLite gets "... = 1", and then reads every call there is

    def __init__(self, node: Node | Without) -> None:
        super().__init__(bindparam("question", node, type_=AsQuestion(), unique=True))


class HitsThatStand(FunctionElement[Any]):
    """The condition that a call has these words and has not closed, or closed after ``since`` and is said to be open.

    SQLite goes by the words otherwise, and reads thousands of calls of a broad one for the few that still run: here the
    index of what stands tells which ones those are, and no other is read.
    """

    name = "hits_that_stand"
    inherit_cache = True

    def __init__(self, node: Node, now: datetime, since: datetime) -> None:
        at = table(Call).c.closes_at.type
        moments = (bindparam(name, value, type_=at, unique=True) for name, value in (("now", now), ("since", since)))
        super().__init__(bindparam("question", node, type_=AsQuestion(), unique=True), *moments)


def counted(session: Session, node: Node) -> int:
    """How many calls have these words, without moments and what was joined into another."""
    connection = session.connection()
    asked = {"asked": AsQuestion().process_bind_param(node, connection.dialect)}
    total: int = connection.execute(COUNTED[connection.dialect.name], asked).scalar_one()
    return total


def _in_words(node: Node | Without, joints: tuple[str, str, str], token: str, begins: str) -> str:
    """A node in the language of a database. ``joints``: what stands between all, some, and what must not be there."""
    if isinstance(node, Token):
        return (begins if node.begins else token).format(node.word)
    every, some, without = joints
    parts = (node.one, node.other) if isinstance(node, Without) else node.of
    joint = without if isinstance(node, Without) else every if isinstance(node, Every) else some
    return f"({joint.join(_in_words(each, joints, token, begins) for each in parts)})"


@compiles(Hits, "sqlite")
def _on_sqlite(hits: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    question = compiler.process(hits.clauses, **kw)  # the place of a parameter, never the words
    return f"call.id IN (SELECT rowid FROM search_call WHERE search_call MATCH {question})"  # noqa: S608


@compiles(HitsThatStand, "sqlite")
def _that_stand_on_sqlite(hits: HitsThatStand, compiler: SQLCompiler, **kw: Any) -> str:
    question, now, since = (compiler.process(clause, **kw) for clause in hits.clauses)
    # The sign keeps it from going by the words after all.
    words = f"+id IN (SELECT rowid FROM search_call WHERE search_call MATCH {question})"  # noqa: S608
    return f"call.id IN (SELECT id FROM call WHERE {words} AND {STANDS.format(now=now, since=since)})"  # noqa: S608


@compiles(Hits, "postgresql")
def _on_postgresql(hits: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    return _in_vector(compiler.process(hits.clauses, **kw), compiler, **kw)


@compiles(HitsThatStand, "postgresql")
def _that_stand_on_postgresql(hits: HitsThatStand, compiler: SQLCompiler, **kw: Any) -> str:
    question, now, since = (compiler.process(clause, **kw) for clause in hits.clauses)
    return f"({_in_vector(question, compiler, **kw)} AND {STANDS.format(now=now, since=since)})"


def _in_vector(question: str, compiler: SQLCompiler, **kw: Any) -> str:
    vector = func.to_tsvector(literal_column("'simple'::regconfig"), col(Call.search_text))
    return f"({compiler.process(vector, **kw)} @@ to_tsquery('simple'::regconfig, {question}))"
