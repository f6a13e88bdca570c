"""Reading a call: folded text for the lexicon, and the few sentences worth a vector."""

import re
from functools import cache

from scrapers.facts.spans import lower
from scrapers.texts import decoded_once
from tracker.matching.texts import read_words

LONGEST_TEXT = 6000  # characters read of a call's text: what matters stands in front, and nothing may be slow
LONGEST_SENTENCE = 320
EMBEDDED = 800  # characters of text turned into vectors per call: keeps a new call under 10 ms on one core

_ODD = re.compile(r"[^\w+&#]")
_SPLIT = re.compile(r"(?<=[.!?;:])\s+|\s+[-•*▪]\s+|\n+")
_SPACE = re.compile(r"\s+")


@cache
def small_words() -> dict[str, frozenset[str]]:
    """The stop words, and the small words of each language."""
    return {name: frozenset(words.split()) for name, words in read_words("small_words.yaml").items()}


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text with single spaces, cut at `longest`, with UTF-8 that was read as Windows-1252 put right."""
    return _SPACE.sub(" ", decoded_once(text[: longest * 2]))[:longest].strip()


def folded(text: str) -> str:
    """Lower case with odd characters as spaces, padded, each character in its old place plus one."""
    return " " + _ODD.sub(" ", lower(text)) + " "


def sentences(text: str) -> list[str]:
    """The sentences of a cleaned text, none longer than LONGEST_SENTENCE, none of a few letters."""
    parts = []
    for part in _SPLIT.split(text):
        while len(part) > LONGEST_SENTENCE:
            at = part.rfind(" ", 80, LONGEST_SENTENCE)
            at = at if at > 0 else LONGEST_SENTENCE
            parts.append(part[:at])
            part = part[at:]
        parts.append(part)
    return [s for s in (p.strip(" -•*▪") for p in parts) if len(s) > 20]


def worth_a_vector(candidates: list[str], hits: list[int], room: int = EMBEDDED) -> list[int]:
    """Which sentences to embed: the first ones, then those with most words of opgaven, within `room` characters."""
    chosen: list[int] = []
    order = sorted(range(len(candidates)), key=lambda i: (i >= 3, -hits[i] if i >= 3 else 0, i))
    for index in order:
        if chosen and len(candidates[index]) > room:
            continue
        chosen.append(index)
        room -= len(candidates[index])
        if room < 40:
            break
    return sorted(chosen)


def language_of(named: str | None, title: str, text: str) -> str:
    """The language as given, else "nl" or "en", whichever has more of its small words in the text."""
    if named:
        return named.lower()[:2]
    words = folded(f"{title} {text[:600]}").split()
    dutch, english = (sum(word in small_words()[language] for word in words) for language in ("nl", "en"))
    return "nl" if dutch > english else "en"
