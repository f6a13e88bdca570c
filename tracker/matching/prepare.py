"""Calls and opgaven as arrays: what scoring and training start from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.matching import agenda, features, practice, scoring
from tracker.matching.distances import middle_features
from tracker.matching.features import BatchVectors, Matrix, ReadCall
from tracker.matching.fit import Array
from tracker.matching.lexicon import Lexicon
from tracker.matching.neighbours import sibling_code
from tracker.matching.texts import CallText, ChallengeText, Embedder, Vectors


@dataclass
class PreparedBatch:
    """A batch of calls as arrays."""

    readings: list[ReadCall]
    encoded: BatchVectors | None
    pairs: dict[str, Matrix]
    cues: Matrix
    vectors: Array
    calls: Vectors  # each call as one vector
    wholes: Vectors  # its passage alone
    siblings: NDArray[np.int64]


@dataclass(frozen=True)
class PreparedAgenda:
    """The opgaven, prepared once."""

    lexicon: Lexicon
    phrases: agenda.Phrases | None
    words: agenda.Phrases | None
    count: int


def prepare_agenda(challenges: Sequence[ChallengeText], encoder: Embedder | None) -> PreparedAgenda:
    """The lexicon of the opgaven and the cues, and the vectors of the opgaven."""
    lexicon = agenda.lexicon(challenges, practice.terms())
    if encoder is None:
        return PreparedAgenda(lexicon, None, None, len(challenges))
    phrases = agenda.vectors_of([agenda.phrases_of(c) for c in challenges], encoder)
    words = agenda.vectors_of([agenda.words_of(c) for c in challenges], encoder)
    return PreparedAgenda(lexicon, phrases, words, len(challenges))


def prepare_batch(calls: Sequence[CallText], known: PreparedAgenda, encoder: Embedder | None) -> PreparedBatch:
    """A batch of calls as arrays."""
    readings = [features.read(call, known.lexicon) for call in calls]
    by_words = features.word_features(readings, known.count)
    pairs, cues = {"words": by_words}, practice.features(readings)
    siblings = np.array([sibling_code(reading.texts["title"]) for reading in readings], np.int64)
    if encoder is None or known.phrases is None or known.words is None or not calls:
        nothing = np.zeros((len(calls), 0))
        none = nothing.astype(np.float32)
        return PreparedBatch(readings, None, pairs, cues, nothing, none, none, siblings)
    encoded = features.encode(readings, encoder)
    by_vectors = features.vector_features(encoded, known.phrases, known.words, known.count)
    pairs["vectors"] = np.concatenate([by_words, by_vectors], axis=2)
    pairs["middle"] = middle_features(encoded, known.phrases, known.count)
    vectors, calls_as_one = scoring.call_vectors(encoded), features.fingerprints(encoded)
    return PreparedBatch(readings, encoded, pairs, cues, vectors, calls_as_one, encoded.whole, siblings)
