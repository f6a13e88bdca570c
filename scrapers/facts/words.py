"""The words of both languages, as data: ``scrapers/words/nl.yaml`` and ``en.yaml``, one pattern a line."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parent.parent / "words"
LANGUAGES = ("nl", "en")


@cache
def sheet(language: str) -> dict[str, Any]:
    """The whole file of one language."""
    words = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    assert isinstance(words, dict)
    return words


def names(section: str) -> dict[str, Any]:
    """A section of both languages in one: what is written, and what it yields."""
    return {str(written): yields for language in LANGUAGES for written, yields in sheet(language)[section].items()}


def one_of(written: Iterable[str]) -> str:
    """An expression for any of these, the longest first; patterns may stand among them."""
    return "|".join(sorted(written, key=len, reverse=True))


def lines(language: str, section: str, group: str) -> list[tuple[str, str]]:
    """The patterns of one group of one language, each with its example."""
    written = sheet(language).get(section, {}).get(group) or ""
    return [
        (left.strip(), right.strip()) for line in written.splitlines() for left, _, right in [line.partition(" => ")]
    ]


class WordLine(NamedTuple):
    """One pattern of the word files and where it stands."""

    language: str
    section: str
    group: str
    written: str

    @property
    def kind(self) -> str:
        """The kind of span that a line of ``doubts`` or ``names`` is about."""
        return self.group if self.section == "doubts" else "amount"


_LEFT_OUT: set[WordLine] = set()


def all_lines(sections: Iterable[str]) -> list[WordLine]:
    """Every line of these sections, of both languages."""
    return [
        WordLine(language, section, group, written)
        for section in sections
        for language in LANGUAGES
        for group in sheet(language).get(section, {})
        for written, _ in lines(language, section, group)
    ]


@contextmanager
def without(line: WordLine) -> Iterator[None]:
    """Read as if this line did not stand there: to measure what it earns."""
    _LEFT_OUT.add(line)
    pattern.cache_clear()
    try:
        yield
    finally:
        _LEFT_OUT.discard(line)
        pattern.cache_clear()


@cache
def pattern(section: str, group: str, shape: str = r"(?<!\w)(?:{})(?!\w)") -> re.Pattern[str]:
    """The patterns of one group, of both languages, as one expression; ``shape`` says where they stand."""
    written = [
        line
        for language in LANGUAGES
        for line, _ in lines(language, section, group)
        if (language, section, group, line) not in _LEFT_OUT
    ]
    return re.compile(shape.replace("{}", "|".join(written) or r"(?!)"))


def any_of(group: str) -> str:
    """An expression for any of the phrases of a group, to build others from."""
    return pattern("phrases", group, "(?:{})").pattern


@cache
def groups(section: str) -> tuple[str, ...]:
    """The names of the groups of a section, in the order of the files."""
    return tuple(dict.fromkeys(group for language in LANGUAGES for group in sheet(language).get(section, {})))
