"""Dutch or English, by the small words of a text."""

import re

from scrapers.facts.words import sheet

_DUTCH = frozenset(map(str, sheet("nl")["small_words"]))
_ENGLISH = frozenset(map(str, sheet("en")["small_words"]))


def language_of(text: str) -> str:
    """The language with more of its own small words; Dutch where they are equal, as most of what we read is."""
    words = re.findall(r"[a-z]+", text.lower()[:20_000])
    dutch = sum(word in _DUTCH - _ENGLISH for word in words)
    english = sum(word in _ENGLISH - _DUTCH for word in words)
    return "en" if english > dutch else "nl"


def surely_language_of(text: str) -> str:
    """The language of a text of some length that is mostly in one of the two; empty where that is not sure."""
    words = re.findall(r"[a-z]+", text.lower()[:20_000])
    dutch = sum(word in _DUTCH - _ENGLISH for word in words)
    english = sum(word in _ENGLISH - _DUTCH for word in words)
    if max(dutch, english) < 5 or max(dutch, english) < 4 * min(dutch, english):
        return ""
    return "en" if english > dutch else "nl"
