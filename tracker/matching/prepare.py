"""Calls and opgaven as arrays: what scoring and training start from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracker.matching import agenda, features, practice, scoring
from tracker.matching.features import BatchVectors, Matrix, ReadCall
from tracker.matching.fit import Array
from tracker.matching.lexicon import Lexicon
from tracker.matching.texts import CallText, ChallengeText, Embedder, Vectors


@dataclass
class PreparedBatch:
    """A batch of calls as arrays."""

    readings: list[ReadCall]
    encoded: BatchVectors | None
    pairs: dict[str, Matrix]
    cues: Matrix
    vectors: Array


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


def prepare_batch(
    calls: Sequence[CallText], known: PreparedAgenda, encoder: Embedder | None, background: Vectors | None
) -> PreparedBatch:
    """A batch of calls as arrays; without a background the margins are taken against the batch itself."""
    readings = [features.read(call, known.lexicon) for call in calls]
    by_words = features.word_features(readings, known.count)
    pairs, cues = {"words": by_words}, practice.features(readings)
    if encoder is None or known.phrases is None or known.words is None or not calls:
        return PreparedBatch(readings, None, pairs, cues, np.zeros((len(calls), 0)))
    encoded = features.encode(readings, encoder)
    usual = encoded.title if background is None else background
    by_vectors = features.vector_features(
        encoded, known.phrases, known.words, known.count, usual, features.dutch(readings)
    )
    pairs["vectors"] = np.concatenate([by_words, by_vectors], axis=2)
    return PreparedBatch(readings, encoded, pairs, cues, scoring.call_vectors(encoded))
