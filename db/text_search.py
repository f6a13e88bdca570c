"""Words in what people wrote, found alike on both databases: whatever the case, the accents and a Dutch ending.

The database narrows by the letters that cannot differ, and what it leaves is read and compared. That is for thousands
of rows; calls, of which there are many more, have an index (db/search.py).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, select

from db.search_words import WORDS, fold, without_ending

MOST_CHARACTERS, MOST_WORDS = 300, 12  # of a question
LONG_ENOUGH = 4  # letters of a stem that stands for its word
STEADY = frozenset("bdfghjklmpqrtvwx0123456789")  # letters that stand in a text as they are asked, but for their case


def asked(question: str) -> tuple[str, ...]:
    """The words of a question, folded, each without its ending where enough of it is left."""
    words = [part for word in WORDS.findall(fold(question[:MOST_CHARACTERS])) for part in word.split("-")]
    return tuple(dict.fromkeys(_root(word) for word in words[:MOST_WORDS]))


def _root(word: str) -> str:
    short = without_ending(word)
    return short if len(short) >= LONG_ENOUGH and word.startswith(short) else word


def has_words(session: Session, key: Any, columns: Sequence[Any], question: str, *conditions: Any) -> list[Any]:
    """The keys of the rows, among those that meet the conditions, in which every word of the question stands.

    A question without a word finds nothing.
    """
    roots = asked(question)
    if not roots:
        return []
    rows = session.exec(select(key, *columns).where(*conditions, *(_narrowed(part, columns) for part in roots)))
    return [row[0] for row in rows if holds(roots, row[1:])]


def holds(roots: Iterable[str], texts: Iterable[str | None]) -> bool:
    """Whether every word stands in these texts together."""
    text = fold("\n".join(filter(None, texts)))
    return all(part in text for part in roots)


def _narrowed(part: str, columns: Sequence[Any]) -> ColumnElement[bool]:
    pattern = f"%{''.join(letter if letter in STEADY else '_' for letter in part)}%"
    return or_(*(column.ilike(pattern) for column in columns))
