"""From features to scores: topic, who may apply, use of the call, and the one number of a pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.matching import distances, neighbours, practice
from tracker.matching.features import VECTOR_FEATURES, WORD_FEATURES, BatchVectors, Matrix
from tracker.matching.fit import Array, sigmoid
from tracker.matching.neighbours import UNKNOWN
from tracker.matching.texts import Eligibility
from tracker.matching.weights import Linear, Stages, Weights

ELIGIBLE: tuple[Eligibility, ...] = ("no", "partner", "self")
OWN_FEATURES = ("own_head", "own_must", "dutch_own_head", "often", *neighbours.FEATURES)  # what its labels say
SUREST = 6.0  # logits of heads are cut here: a head of three calls is surer than it should be
TOPIC_SHAPE = ("best_topic", "second_topic", "third_topic", "topics")
CALL_OUTPUTS = (*(f"eligible_{e}" for e in ELIGIBLE), "use")
PLACE_SHARE = 0.6  # of the vector of destination or call beside those of title and text
OUTSIDE = 2.0  # off the logit for money that may only land outside the region: a rule, not a weight
LOWEST = -8.0  # the topic of a pair that has nothing in common, where only words are read


def pair_names(mode: str) -> tuple[str, ...]:
    """The features of a pair of call and opgave."""
    return WORD_FEATURES if mode == "words" else (*WORD_FEATURES, *VECTOR_FEATURES, *OWN_FEATURES)


def names(mode: str) -> dict[str, tuple[str, ...]]:
    """The order of the features of each stage."""
    pairs, cues = pair_names(mode), practice.names()
    apart = () if mode == "words" else distances.NAMES
    return {
        "pair": pairs,
        "head": cues,
        "call": (*cues, *TOPIC_SHAPE),
        "who": (*cues, *(f"nearest_{e}" for e in ELIGIBLE)),
        "final": ("topic", "topic_margin", *pairs, *apart, *CALL_OUTPUTS, *cues),
    }


@dataclass
class Scores:
    """Of a batch: the topic's logit and the score per pair, shares of who may apply per call, and what they rest on."""

    topic: Array
    eligible: Array
    score: Array
    pairs: Matrix
    apart: Matrix
    of_call: Array


def call_vectors(encoded: BatchVectors) -> Array:
    """One long vector per call: title, text, and destination or else call."""
    return np.hstack([encoded.title, encoded.whole, PLACE_SHARE * encoded.place]).astype(np.float64)


def own_features(ids: Sequence[str], known: Weights, cues: Matrix, vectors: Array) -> Array:
    """The own heads of each opgave and how often it is met; UNKNOWN for one without labelled calls enough."""
    columns = np.full((len(cues), len(ids), 3), UNKNOWN)
    for column, name in enumerate(ids):
        if name in known.heads:
            columns[:, column, 0] = head_logits(known.heads[name], cues, vectors)
            columns[:, column, 1] = head_logits(known.must_heads[name], cues, vectors)
            columns[:, column, 2] = known.often[name]
    return columns


def head_logits(head: Linear, cues: Matrix, vectors: Array) -> Array:
    """What one head says of each call."""
    return np.clip(head(cues, vectors), -SUREST, SUREST)


def with_labels(pairs: Matrix, own: Array, near: Array) -> Matrix:
    """Pair features with what labels of the opgave say: its own heads, and the nearest labelled calls."""
    head, must, often = (own[:, :, [n]] for n in range(3))
    spoken = pairs[:, :, [WORD_FEATURES.index("in_dutch")]]
    return np.concatenate([pairs, head, must, head * spoken, often, near], axis=2)


def met(pairs: Matrix, mode: str) -> NDArray[np.bool_]:
    """The pairs worth a look: all, or those with a word in common where only words are read."""
    if mode == "words":
        return np.asarray(pairs[:, :, :3].sum(axis=2) > 0)
    return np.ones(pairs.shape[:2], bool)


def topics(pairs: Matrix, stages: Stages, mode: str) -> Array:
    """The topic's logit of each pair."""
    topic, chosen = np.full(pairs.shape[:2], LOWEST), met(pairs, mode)
    topic[chosen] = stages.topic(pairs[chosen])
    return topic


def shape(topic: Array) -> Array:
    """What the topics of a call look like together: its three best, and how many there are."""
    best = -np.sort(-np.hstack([topic, np.full((len(topic), 3), LOWEST)]), axis=1)[:, :3]
    return np.hstack([np.maximum(best, LOWEST), sigmoid(topic).sum(1, keepdims=True)])


def call_outputs(features: Array, vectors: Array | None, nearest: Array, stages: Stages) -> Array:
    """Per call the shares of who may apply, by straight lines and by trees, and the chance that it is of use."""
    parts: list[Linear] = [*(stages.eligible[name] for name in ELIGIBLE), stages.use]
    by_lines = sigmoid(np.stack([part(features, vectors) for part in parts], axis=1))
    rows = np.hstack([features[:, : len(practice.names())], nearest])
    by_trees = sigmoid(np.stack([stages.who[name](rows) for name in ELIGIBLE], axis=1))
    return np.hstack([(_shares(by_lines[:, :-1]) + _shares(by_trees)) / 2, by_lines[:, -1:]])


def _shares(chances: Array) -> Array:
    """Chances of no, partner and self as shares that sum to one."""
    return np.asarray(chances / np.maximum(chances.sum(1, keepdims=True), 1e-6))


def final_rows(
    topic: Array, pairs: Matrix, apart: Matrix, of_call: Array, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Matrix:
    """What the last stage reads of some pairs: the topic, the pair's features, distances, and the call as a whole."""
    best = topic.max(axis=1) if topic.shape[1] else np.zeros(len(topic))
    own = topic[rows, columns]
    return np.hstack(
        [own[:, None], (own - best[rows])[:, None], pairs[rows, columns], apart[rows, columns], of_call[rows]]
    )


def final_features(topic: Array, pairs: Matrix, apart: Matrix, of_call: Array) -> Matrix:
    """The same of all pairs."""
    rows, columns = np.indices(topic.shape)
    return final_rows(topic, pairs, apart, of_call, rows.ravel(), columns.ravel()).reshape(*topic.shape, -1)


def outside(cues: Matrix) -> Matrix:
    """What a score loses where the money may not land here."""
    return np.asarray(OUTSIDE * cues[:, [practice.names().index("area:outside")]])


def none_apart(pairs: Matrix) -> Matrix:
    """The distances where only words are read: none."""
    return np.zeros((*pairs.shape[:2], 0))


def score(
    pairs: Matrix, apart: Matrix, cues: Matrix, vectors: Array | None, nearest: Array, stages: Stages, mode: str
) -> Scores:
    """All scores of a batch of calls against all opgaven."""
    topic = topics(pairs, stages, mode)
    outputs = call_outputs(np.hstack([cues, shape(topic)]), vectors, nearest, stages)
    of_call = np.hstack([outputs, cues])
    rows, columns = np.nonzero(met(pairs, mode))
    raw = stages.final(final_rows(topic, pairs, apart, of_call, rows, columns)) / stages.drawn
    scale, bias = stages.mix
    scored = np.zeros(topic.shape)
    scored[rows, columns] = sigmoid(scale * (raw - outside(cues)[rows, 0]) + bias)
    return Scores(topic, outputs[:, : len(ELIGIBLE)], scored, pairs, apart, of_call)
