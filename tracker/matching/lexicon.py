"""The lexicon: which words of which opgave stand where in a text, in one pass over the text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick

from tracker.matching.sentences import folded, small_words

_STOP = small_words()["stop"]
_ENDINGS = ("", "s", "es", "e", "en", "n")


@dataclass(frozen=True)
class Term:
    """A word or phrase of one list (an opgave's words, its excluded words, a cue), as its author wrote it."""

    owner: int
    words: str
    weight: float = 1.0
    excludes: bool = False


class Hit(NamedTuple):
    """A term found in a text, from character `start` up to `end` of that text."""

    term: Term
    start: int
    end: int


def usable(words: str) -> str | None:
    """The folded form of a term, or None where nothing is left to look for (signs, stop words, one letter)."""
    parts = folded(words.rstrip("*").strip()).split()
    if not parts or all(p in _STOP for p in parts) or sum(map(len, parts)) < 2:
        return None
    return " ".join(parts) if any(c.isalnum() for c in parts[0]) else None


def is_acronym(words: str) -> bool:
    """ITS, RES, SAF: looked for in capitals only, because in small letters they are other words."""
    return bool(re.fullmatch(r"[A-Z]{2,5}", words.rstrip("*")))


def patterns(words: str) -> Iterable[str]:
    """The folded strings to look for; one that does not end in a space may go on."""
    form = usable(words)
    if form is None:
        return
    if words.endswith("*") and len(form) > 3:
        yield f" {form}"
        if " " not in form and len(form) >= 7:
            yield form  # inside a Dutch compound: gebiedsenergietransitie
        return
    for ending in _ENDINGS if form[-1].isalpha() and len(form) > 3 else ("",):
        yield f" {form}{ending} "
    if form.endswith("y") and len(form) > 4:
        yield f" {form[:-1]}ies "


class Lexicon:
    """All terms of all lists in one automaton; looking through a text takes one pass, whatever the number of terms."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._automaton = ahocorasick.Automaton()
        self._patterns = 0
        for term in terms:
            for pattern in dict.fromkeys(patterns(term.words)):
                self._add(
                    pattern, (term, len(pattern) - (pattern[0] == " "), pattern[-1] == " ", is_acronym(term.words))
                )
        if self._patterns:
            self._automaton.make_automaton()

    def _add(self, pattern: str, entry: tuple[Term, int, bool, bool]) -> None:
        entries = self._automaton.get(pattern, None)
        if entries is None:
            self._automaton.add_word(pattern, [entry])
            self._patterns += 1
        else:
            entries.append(entry)

    def look(self, text: str) -> list[Hit]:
        """Every hit in a text, in the order of the text; one spot once per term."""
        if not self._patterns:
            return []
        hits = {}
        for last, entries in self._automaton.iter(folded(text)):
            for term, length, whole, capitals in entries:
                start, end = last - length, last - whole
                if not capitals or text[start:end].isupper():
                    hits[(id(term), start)] = Hit(term, start, end)
        return list(hits.values())
