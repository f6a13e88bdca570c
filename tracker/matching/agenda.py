"""The opgaven prepared for matching: their words in one lexicon, their phrases and words as vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tracker.matching.lexicon import Hit, Lexicon, Term, usable
from tracker.matching.texts import ChallengeText, Embedder, Vectors, read_words

MISLEADING = -1  # owner of the phrases in misleading.yaml


@dataclass(frozen=True)
class Phrases:
    """Texts of the opgaven with the opgave each belongs to, and their vectors."""

    words: tuple[str, ...]
    owner: tuple[int, ...]
    vectors: Vectors


@cache
def misleading() -> tuple[str, ...]:
    """Phrases in which a word of the agenda means something else."""
    return tuple(phrase for phrases in read_words("misleading.yaml") for phrase in phrases)


def lexicon(challenges: Sequence[ChallengeText], more: Sequence[Term] = ()) -> Lexicon:
    """One automaton with the words of every opgave, its excluded words, what misleads, and the terms in `more`."""
    terms = [*more] + [Term(MISLEADING, phrase, excludes=True) for phrase in misleading()]
    for number, challenge in enumerate(challenges):
        wanted = dict.fromkeys((*challenge.words_nl, *challenge.words_en))
        terms += [Term(number, words) for words in wanted]
        terms += [Term(number, words, excludes=True) for words in challenge.words_not]
    return Lexicon(terms)


def counting(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The hits that count, and the excluded words found.

    A word inside a longer misleading phrase, or inside an excluded phrase of its own opgave, does not count; a word
    of the same opgave that covers the phrase itself does.
    """
    excluded = [h for h in hits if h.term.excludes]
    wanted = [h for h in hits if not h.term.excludes]
    if excluded:
        wanted = [h for h in wanted if not any(_hides(e, h) for e in excluded)]
    return wanted, [e for e in excluded if e.term.owner != MISLEADING]


def _hides(excluded: Hit, hit: Hit) -> bool:
    if excluded.term.owner not in (MISLEADING, hit.term.owner):
        return False
    inside = excluded.start <= hit.start and hit.end <= excluded.end
    return inside and (excluded.end - excluded.start) > (hit.end - hit.start)


def phrases_of(challenge: ChallengeText) -> list[str]:
    """The few phrases that say what an opgave is about, in both languages; empty for an empty opgave."""
    texts = [
        challenge.name,
        challenge.goal,
        ", ".join(w.rstrip("*") for w in challenge.words_nl if usable(w)),
        ", ".join(w.rstrip("*") for w in challenge.words_en if usable(w)),
    ]
    return [t for t in texts if usable(t)]


def words_of(challenge: ChallengeText) -> list[str]:
    """The single words of an opgave, without their stars."""
    return [w.rstrip("*") for w in dict.fromkeys((*challenge.words_nl, *challenge.words_en)) if usable(w)]


def vectors_of(lists: Sequence[Sequence[str]], embedder: Embedder) -> Phrases:
    """The vectors of lists of texts, one list per opgave; each text is embedded once."""
    words = tuple(text for texts in lists for text in texts)
    owner = tuple(number for number, texts in enumerate(lists) for _ in texts)
    unique = list(dict.fromkeys(words))
    place = {text: row for row, text in enumerate(unique)}
    table = embedder.encode(unique or [" "])
    return Phrases(words, owner, table[np.array([place[w] for w in words], np.int64)])
