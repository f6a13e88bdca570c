"""How far a call lies from what is usual of an opgave, and behind the opgave that it lies nearest to.

What a cosine is worth differs by opgave: 0.4 is much where phrases are far from most calls, and little where they are
near to all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tracker.matching.agenda import Phrases
from tracker.matching.features import VECTOR_FEATURES, WORD_FEATURES, BatchVectors, Matrix, best_by_owner
from tracker.matching.fit import Array
from tracker.matching.texts import Vectors

APART = {"title_phrase": 0, "whole_phrase": 0, "title_word": 1, "whole_word": 1}  # each beside which usual
BEHIND = ("title_phrase", "whole_phrase")
MIDDLES = ("title_middle", "whole_middle")
NAMES = (*(f"{name}_apart" for name in APART), *(f"{name}_behind" for name in BEHIND), *MIDDLES)
USUAL_OF = ("whole_phrase", "whole_word")  # also for titles: their vectors are not kept
_AT: Mapping[str, int] = {name: len(WORD_FEATURES) + n for n, name in enumerate(VECTOR_FEATURES)}


@dataclass(frozen=True)
class Usual:
    """Per opgave the mean and the spread of a passage's cosine with its nearest phrase, and with its nearest word."""

    mean: Array
    spread: Array


def usual_of(cosines: Array) -> Usual:
    """Of calls x opgaven x two cosines."""
    if not len(cosines):
        return Usual(np.zeros(cosines.shape[1:]), np.ones(cosines.shape[1:]))
    return Usual(cosines.mean(axis=0), cosines.std(axis=0) + 1e-6)


def usual_in(pairs: Matrix) -> Usual:
    """As it is in calls whose pair features are at hand."""
    return usual_of(pairs[:, :, [_AT[name] for name in USUAL_OF]])


def usual_among(wholes: Vectors, phrases: Phrases, words: Phrases, count: int) -> Usual:
    """As it is among labelled calls, of any opgaven: a new one has its usual at once."""
    sides = [best_by_owner(wholes @ texts.vectors.T, texts.owner, count) for texts in (phrases, words)]
    return usual_of(np.stack(sides, axis=2))


def middle_features(encoded: BatchVectors, phrases: Phrases, count: int) -> Matrix:
    """Cosines of title and passage with the middle of the phrases of each opgave; 0 for one without phrases."""
    sums = np.zeros((count, phrases.vectors.shape[1]), np.float32)
    np.add.at(sums, np.array(phrases.owner, np.int64), phrases.vectors)
    middles = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return np.stack([encoded.title @ middles.T, encoded.whole @ middles.T], axis=2).astype(np.float64)


def distances(pairs: Matrix, middle: Matrix, usual: Usual) -> Matrix:
    """The features ``NAMES`` of each pair."""
    apart = [(pairs[:, :, _AT[name]] - usual.mean[:, n]) / usual.spread[:, n] for name, n in APART.items()]
    near = [pairs[:, :, _AT[name]] for name in BEHIND]
    behind = [cosine - cosine.max(axis=1, keepdims=True, initial=-1.0) for cosine in near]
    return np.concatenate([np.stack([*apart, *behind], axis=2), middle], axis=2)
