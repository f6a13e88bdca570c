"""Calls and opgaven as arrays: what scoring and training start from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracker.matching import agenda, features, practice, scoring
from tracker.matching.features import Encoded, Matrix, Read
from tracker.matching.fit import Array
from tracker.matching.lexicon import Lexicon
from tracker.matching.texts import CallText, ChallengeText, Embedder, Vectors


@dataclass
class Ready:
    """A batch of calls as arrays."""

    readings: list[Read]
    encoded: Encoded | None
    pairs: dict[str, Matrix]
    cues: Matrix
    vectors: Array


@dataclass(frozen=True)
class Described:
    """The opgaven, prepared once."""

    lexicon: Lexicon
    phrases: agenda.Phrases | None
    words: agenda.Phrases | None
    count: int


def describe(challenges: Sequence[ChallengeText], encoder: Embedder | None) -> Described:
    """The lexicon of the opgaven and the cues, and the vectors of the opgaven."""
    lexicon = agenda.lexicon(challenges, practice.terms())
    phrases, words = features.described(challenges, encoder) if encoder else (None, None)
    return Described(lexicon, phrases, words, len(challenges))


def arrays(calls: Sequence[CallText], known: Described, encoder: Embedder | None, background: Vectors | None) -> Ready:
    """A batch of calls as arrays; without a background the margins are taken against the batch itself."""
    readings = [features.read(call, known.lexicon) for call in calls]
    by_words = features.word_features(readings, known.count)
    pairs, cues = {"words": by_words}, practice.features(readings)
    if encoder is None or known.phrases is None or known.words is None or not calls:
        return Ready(readings, None, pairs, cues, np.zeros((len(calls), 0)))
    encoded = features.encode(readings, encoder)
    usual = encoded.title if background is None else background
    by_vectors = features.vector_features(
        encoded, known.phrases, known.words, known.count, usual, features.dutch(readings)
    )
    pairs["vectors"] = np.concatenate([by_words, by_vectors], axis=2)
    return Ready(readings, encoded, pairs, cues, scoring.call_vectors(encoded))


def prepare(
    calls: Sequence[CallText], challenges: Sequence[ChallengeText], encoder: Embedder, background: Vectors | None = None
) -> Ready:
    """All of it at once, for training."""
    return arrays(calls, describe(challenges, encoder), encoder, background)
