"""The labelled calls nearest to a call: what people wanted of its like."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tracker.matching.fit import Array
from tracker.matching.texts import Vectors

NEAREST, NEAREST_WHO = 12, 15  # calls among which the share of each opgave, and of who may apply, is taken
UNKNOWN = -9.0  # what is not known of an opgave: below all that can be
OF_ONE_KIND = ("best", "three", "share")
FEATURES = tuple(f"{kind}_{name}" for kind in ("near", "whole") for name in OF_ONE_KIND)


@dataclass(frozen=True)
class LabelledCalls:
    """Calls that people graded, with the opgaven they matter to; of their texts only two vectors are kept."""

    ids: tuple[str, ...]  # of the opgaven, the columns of ``matters``
    vectors: Vectors  # of title and passage together
    wholes: Vectors  # of the passage alone
    matters: Array
    eligible: Array  # the shares of no, partner and self; nothing where nobody said it
    siblings: NDArray[np.int64]  # alike for editions and lots of one call

    def part(self, rows: NDArray[np.int64]) -> "LabelledCalls":
        """Only these calls."""
        taken = {item.name: getattr(self, item.name)[rows] for item in fields(self) if item.name != "ids"}
        return LabelledCalls(self.ids, **taken)


def sibling_code(title: str) -> int:
    """A number that editions and lots of one call share: by the start of the title."""
    return zlib.crc32(title.lower().split(" - ")[0][:60].encode("utf-8", "replace"))


def near(
    known: LabelledCalls, ids: Sequence[str], vectors: Vectors, wholes: Vectors, siblings: NDArray[np.int64]
) -> Array:
    """Per call and opgave, by title and passage and by the passage alone: the nearest labelled call of that opgave, the
    mean of its nearest three, and the share among the nearest calls; UNKNOWN for an opgave of which nobody graded a
    call. A call is never near itself or a sibling.
    """
    alike = known.siblings[None, :] == siblings[:, None]
    kinds = ((vectors, known.vectors), (wholes, known.wholes))
    return np.concatenate([_near(known, ids, _cosines(asked, of, alike)) for asked, of in kinds], axis=2)


def _near(known: LabelledCalls, ids: Sequence[str], cosine: Array) -> Array:
    features = np.full((len(cosine), len(ids), len(OF_ONE_KIND)), UNKNOWN)
    if not cosine.size:
        return features
    nearest, weight = _nearest(cosine, NEAREST)
    for column, name in enumerate(ids):
        matters = known.matters[:, known.ids.index(name)] if name in known.ids else np.zeros(len(known.vectors))
        if matters.any():
            best = -np.sort(-cosine[:, matters > 0], axis=1)[:, :3]
            share = (weight * matters[nearest]).sum(1)
            features[:, column] = np.stack([best[:, 0], best.mean(1), share], 1)
    return features


def who_may_apply(known: LabelledCalls, vectors: Vectors, siblings: NDArray[np.int64]) -> Array:
    """The shares of no, partner and self among the nearest labelled calls of which somebody said it."""
    told = known.part(np.flatnonzero(known.eligible.any(axis=1)))
    if not len(told.vectors) or not len(vectors):
        return np.full((len(vectors), known.eligible.shape[1]), UNKNOWN)
    alike = told.siblings[None, :] == siblings[:, None]
    nearest, weight = _nearest(_cosines(vectors, told.vectors, alike), NEAREST_WHO)
    return np.asarray(np.einsum("an,ank->ak", weight, told.eligible[nearest]))


def _cosines(asked: Vectors, of: Vectors, siblings: NDArray[np.bool_]) -> Array:
    """How alike each call and each labelled call are: not at all where they are siblings."""
    cosine = np.asarray(asked @ of.T, np.float64)
    cosine[siblings] = -1
    return cosine


def _nearest(cosine: Array, count: int) -> tuple[NDArray[np.int64], Array]:
    """The nearest calls and what each counts, which sums to one."""
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :count]
    weight = np.maximum(np.take_along_axis(cosine, nearest, 1), 0) ** 3
    return nearest, weight / np.maximum(weight.sum(1, keepdims=True), 1e-6)
