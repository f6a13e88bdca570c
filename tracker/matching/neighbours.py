"""The labelled calls nearest to a call: what people wanted of its like."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.matching.fit import Array
from tracker.matching.texts import Vectors

NEAREST = 12  # calls among which the share of each opgave is taken
UNKNOWN = -9.0  # what is not known of an opgave: below all that can be
FEATURES = ("near_best", "near_three", "near_share")


@dataclass(frozen=True)
class LabelledCalls:
    """Calls that people graded, each as one vector, with the opgaven they matter to; no text of theirs is kept."""

    ids: tuple[str, ...]  # of the opgaven, the columns of ``matters``
    vectors: Vectors
    matters: Array
    siblings: NDArray[np.int64]  # alike for editions and lots of one call

    def part(self, rows: NDArray[np.int64]) -> "LabelledCalls":
        """Only these calls."""
        return LabelledCalls(self.ids, self.vectors[rows], self.matters[rows], self.siblings[rows])


def sibling_code(title: str) -> int:
    """A number that editions and lots of one call share: by the start of the title."""
    return zlib.crc32(title.lower().split(" - ")[0][:60].encode("utf-8", "replace"))


def near(known: LabelledCalls, ids: Sequence[str], vectors: Vectors, siblings: NDArray[np.int64]) -> Array:
    """Per call and opgave: the nearest labelled call of that opgave, the mean of its nearest three, and the share among
    the nearest calls; UNKNOWN for an opgave of which nobody graded a call. A call is never near itself or a sibling.
    """
    features = np.full((len(vectors), len(ids), len(FEATURES)), UNKNOWN)
    if not len(known.vectors) or not len(vectors):
        return features
    cosine = np.asarray(vectors @ known.vectors.T, np.float64)
    cosine[siblings[:, None] == known.siblings[None, :]] = -1
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :NEAREST]
    weight = np.maximum(np.take_along_axis(cosine, nearest, 1), 0) ** 3
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-6)
    for column, name in enumerate(ids):
        matters = known.matters[:, known.ids.index(name)] if name in known.ids else np.zeros(len(known.vectors))
        if matters.any():
            best = -np.sort(-cosine[:, matters > 0], axis=1)[:, :3]
            share = (weight * matters[nearest]).sum(1)
            features[:, column] = np.stack([best[:, 0], best.mean(1), share], 1)
    return features
