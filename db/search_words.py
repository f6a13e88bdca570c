"""The words by which a call is found, made the same way when it is stored and when it is asked for. Pure.

A title's words, a programme and the codes of a call are kept a second time with a mark before them, so that both
databases can tell a hit in the title from one somewhere, and find a code from any of its parts on.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from db.general_words import ALSO_IN_ENGLISH

MOST_CHARACTERS = 60_000
MOST_STEMS = 300_000
BETWEEN_WORDS = bytes(c if (chr(c).isalnum() and c < 128) or c == ord("-") else ord(" ") for c in range(256))
WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
STEMMERS = {"nl": "dutch", "en": "english"}

# Letters, because PostgreSQL's parser splits at signs; folding leaves none of them in what people type.
TITLE, PROGRAMME, CODE = "þ", "ð", "ø"

LONG_WORD, SHORT_HALF = 9, 4  # letters from which a Dutch word may be put together, and the fewest of a half
LONGEST_WORD = 60  # letters; what is longer is no word, and must stop nobody's search or mail
SHORT_HEADS = frozenset({"net", "weg", "bus", "hub", "dak", "gas", "zee", "bos", "ov"})
LONGEST_CODE = 60

# What people call a programme that its source names otherwise.
ALSO_CALLED = {
    "connecting europe facility": "CEF",
    "digital europe": "DEP DIGITAL",
    "horizon europe": "HE",
    "single market programme": "SMP COSME",
    "just transition mechanism": "JTM JTF",
    "european defence fund": "EDF",
    "esf+": "ESF Europees Sociaal Fonds",
    "erdf technical assistance": "EFRO ERDF",
    "internal security fund": "ISF",
    "innovation fund": "Innovatiefonds",
    "european urban initiative": "EUI",
    "driving urban transitions": "DUT",
    "european institute of innovation and technology": "EIT",
}

PAPERS = {"stcrt": "Staatscourant", "stb": "Staatsblad", "gmb": "Gemeenteblad", "prb": "Provinciaal blad"}


def search_words(
    language: str, title: str, programmes: Iterable[str], codes: Iterable[str], *others: str | None
) -> str:
    """What stands in the column ``search_text`` of a call: all its words, then those that carry a mark."""
    named = " ".join(f"{name} {ALSO_CALLED.get(name.casefold(), '')}" for name in programmes)
    known = [code for code in codes if is_code(code)]
    papers = (PAPERS.get(re.split(r"\W", code.casefold())[0]) for code in known)
    words = [searchable(language, title, named, *known, *papers, *others)]
    words += [TITLE + word for word in searchable(language, title).split()]
    words += [PROGRAMME + word for word in searchable("en", named).split()]
    words += [CODE + ending for code in known for ending in endings(code)]
    words += [programme_word(name) for name in programmes]
    return " ".join(dict.fromkeys(filter(None, words)))


def programme_word(name: str) -> str:
    """The one word that says that a call is of this programme."""
    return PROGRAMME + PROGRAMME + "".join(WORDS.findall(fold(name))).replace("-", "")


def is_code(code: str) -> bool:
    """Whether an identifier is one that people use: it has a number in it, and is no address."""
    return len(code) <= LONGEST_CODE and "/" not in code and any(c.isdigit() for c in code)


def endings(code: str) -> Iterator[str]:
    """A code from each of its parts on, in one piece: what begins like one of them is a part of the code."""
    parts = re.findall(r"[a-z0-9]+", fold(code))
    return ("".join(parts[start:]) for start in range(len(parts)))


def searchable(language: str, *texts: str | None) -> str:
    """The words of the texts, folded and stemmed, each once."""
    folded = fold(" ".join(filter(None, texts))[:MOST_CHARACTERS])
    stems = _stems_of(language if language in STEMMERS else "en")
    # As WORDS.findall does, four times as fast; hyphens are seen to by Stems.
    words = dict.fromkeys(folded.encode("ascii", "replace").translate(BETWEEN_WORDS).split())
    return " ".join(filter(None, map(stems.__getitem__, words)))


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
        self[word] = stems = " ".join(form for each in whole for form in forms(each, self.language))
        return stems


@cache
def _stems_of(language: str) -> Stems:
    return Stems(language)


def forms(word: str, language: str) -> Iterator[str]:
    """Everything that a word of a text is found by: its stem, those of its parts, and those of a Dutch compound."""
    for part in parts(word):
        yield stem(part, language)
        if language == "nl":
            yield from (stem(half, language) for half in halves(part))


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
def halves(word: str) -> tuple[str, ...]:
    """The two or more Dutch words that a long word is put together of, or nothing: laadinfrastructuur -> laad,
    infrastructuur. Known words only, the longest last word first."""
    if not LONG_WORD <= len(word) <= LONGEST_WORD or not word.isalpha():
        return ()
    for cut in range(SHORT_HALF, len(word) - 2):
        head = word[cut:]
        if _is_half(head) and (first := _first_half(word[:cut])):
            return (first, *(halves(head) or (head,)))
    return ()


def _is_half(head: str) -> bool:
    return head in SHORT_HEADS or (len(head) >= SHORT_HALF and _is_word(head)) or bool(halves(head))


def _first_half(word: str) -> str:
    """The word before the head, without the letters that join them: stads, gemeenten."""
    joined = [word] + [word[: -len(end)] for end in ("s", "en", "n") if word.endswith(end)]
    return next((each for each in joined if len(each) >= SHORT_HALF and _is_word(each)), "")


@lru_cache(maxsize=200_000)
def _is_word(word: str) -> bool:
    import simplemma

    return word in ALSO_IN_ENGLISH or simplemma.is_known(word, lang="nl", low_memory=True)


def unpack() -> None:
    """Read the word lists now, where the first question would otherwise wait for them (0.3 s of processor time)."""
    _is_word("regeling")
    for language in STEMMERS:
        stem("regeling", language)


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Lemma first, then stem: together they find 26 of 28 Dutch pairs, each alone 20 or 23 (measured 2026-11-23).

    The word lists stay packed: 8 MiB instead of 70, for 17 microseconds a new word instead of 3 (measured 2026-11-30).
    """
    import simplemma

    if word.isdigit() or len(word) > 60:
        return word[:60]
    lemma = fold(simplemma.lemmatize(word, lang=language, low_memory=True))
    return str(_stemmer(language).stemWord(lemma if WORDS.fullmatch(lemma) else word))


def without_ending(word: str) -> str:
    """A folded Dutch word without its ending, as it stands in others: "gesprekken" -> "gesprek".

    By Porter's rules: the stemmer above also takes prefixes off ("sprek"), and then it is a part of no text.
    """
    return str(_porter().stemWord(word[:LONGEST_WORD]))


@cache
def _porter() -> Any:
    import Stemmer

    return Stemmer.Stemmer("dutch_porter")


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(STEMMERS[language])
