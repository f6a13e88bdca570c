"""From features to scores: topic, who may apply, must-see, and the one number of a pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracker.matching import practice
from tracker.matching.features import VECTOR_FEATURES, WORD_FEATURES, BatchVectors, Matrix
from tracker.matching.fit import Array, logit, sigmoid
from tracker.matching.texts import Eligibility
from tracker.matching.weights import Linear, Stages

ELIGIBLE: tuple[Eligibility, ...] = ("no", "partner", "self")
TOPIC_SHAPE = ("best_topic", "second_topic", "third_topic", "topics")
PLACE_SHARE = 0.6  # of the vector of destination or call beside those of title and text
OUTSIDE = 4.0  # off the logit of must-see for money that may only land outside the MRA
MUST_VECTORS = ("title_phrase", "whole", "title_phrase_margin", "whole_margin")


def pair_names(mode: str) -> tuple[str, ...]:
    """The features of a pair of call and opgave."""
    return WORD_FEATURES if mode == "words" else (*WORD_FEATURES, *VECTOR_FEATURES)


def names(mode: str) -> dict[str, tuple[str, ...]]:
    """The order of the features of each stage."""
    pairs = pair_names(mode)
    must_pairs = ("words_title", "words_text", *(MUST_VECTORS if mode == "vectors" else ()))
    return {
        "topic": (*pairs, "own_head", "dutch_own_head") if mode == "vectors" else pairs,
        "topic_new": pairs,
        "head": practice.names(),
        "eligible": (*practice.names(), *TOPIC_SHAPE),
        "must": ("topic", "topic_margin", *must_pairs, *(f"eligible_{e}" for e in ELIGIBLE), "use", *practice.names()),
    }


@dataclass
class Scores:
    """Logits of a batch: topic, must-see and own head per pair, shares of eligibility per call, and the score."""

    topic: Array
    must: Array
    eligible: Array
    own: Array
    score: Array


def call_vectors(encoded: BatchVectors) -> Array:
    """One long vector per call: title, text, and destination or else call."""
    has = np.abs(encoded.destination).sum(1, keepdims=True) > 0
    place = np.where(has, encoded.destination, encoded.call)
    return np.hstack([encoded.title, encoded.whole, PLACE_SHARE * place]).astype(np.float64)


def own_heads(ids: Sequence[str], heads: dict[str, Linear], cues: Matrix, vectors: Array) -> Array:
    """The logit of each opgave's own head; nan for an opgave without one."""
    logits = np.full((len(cues), len(ids)), np.nan)
    for column, name in enumerate(ids):
        if name in heads:
            logits[:, column] = heads[name](cues, vectors)
    return logits


def topics(pairs: Matrix, own: Array, stages: Stages) -> Array:
    """The topic logit of each pair, with the own head where there is one."""
    new = stages.topic_new(pairs)
    if len(stages.topic.names) == len(stages.topic_new.names):
        return new
    known = ~np.isnan(own)
    full = stages.topic(with_own(pairs, own))
    return np.where(known, full, new)


def with_own(pairs: Matrix, own: Array) -> Matrix:
    """Pair features with the own head beside them, once for all calls and once for Dutch ones."""
    logits = np.clip(np.nan_to_num(own), -6, 6)
    spoken = pairs[:, :, WORD_FEATURES.index("in_dutch")]
    return np.concatenate([pairs, logits[:, :, None], (logits * spoken)[:, :, None]], axis=2)


def shape(topic: Array) -> Array:
    """What the topics of a call look like together: its three best, and how many there are."""
    best = -np.sort(-np.hstack([topic, np.full((len(topic), 3), -8.0)]), axis=1)[:, :3]
    return np.hstack([np.maximum(best, -8), sigmoid(topic).sum(1, keepdims=True)])


def shares(features: Array, vectors: Array | None, eligible: dict[str, Linear]) -> Array:
    """The shares of no, partner and self, summing to one."""
    each = np.stack([sigmoid(eligible[name](features, vectors)) for name in ELIGIBLE], axis=1)
    return np.asarray(each / np.maximum(each.sum(1, keepdims=True), 1e-9))


def must_features(topic: Array, pairs: Matrix, eligible: Array, use: Array, cues: Matrix, mode: str) -> Matrix:
    """Features of must-see: the topic, who may apply, and how near to practice the call is."""
    of_pair, of_call = must_parts(topic, pairs, eligible, use, cues, mode)
    return np.concatenate([of_pair, np.repeat(of_call[:, None, :], topic.shape[1], axis=1)], axis=2)


def must_parts(
    topic: Array, pairs: Matrix, eligible: Array, use: Array, cues: Matrix, mode: str
) -> tuple[Matrix, Matrix]:
    """The same in two parts: what belongs to a pair, and what is alike for all pairs of a call."""
    order = pair_names(mode)
    chosen = [order.index(n) for n in names(mode)["must"] if n in order]
    margin = topic - topic.max(axis=1, keepdims=True) if topic.shape[1] else topic
    of_pair = np.concatenate([topic[:, :, None], margin[:, :, None], pairs[:, :, chosen]], axis=2)
    return of_pair, np.hstack([logit(eligible), np.clip(use, -8, 8)[:, None], cues])


def must_logits(of_pair: Matrix, of_call: Matrix, must: Linear) -> Array:
    """The logit of must-see; the call's part is weighed once per call, not once per pair."""
    cut = of_pair.shape[2]
    return np.asarray(of_pair @ must.weights[:cut] + (of_call @ must.weights[cut:])[:, None] + must.bias)


def outside(cues: Matrix) -> Matrix:
    """What must-see loses where the money may not land here: a rule, not a weight."""
    return np.asarray(OUTSIDE * cues[:, [practice.names().index("area:outside")]])


def score(pairs: Matrix, own: Array, cues: Matrix, vectors: Array | None, stages: Stages, mode: str) -> Scores:
    """All scores of a batch of calls against all opgaven."""
    topic = topics(pairs, own, stages)
    call = np.hstack([cues, shape(topic)])
    eligible, use = shares(call, vectors, stages.eligible), stages.use(call, vectors)
    must = must_logits(*must_parts(topic, pairs, eligible, use, cues, mode), stages.must) - outside(cues)
    share, scale, bias = stages.mix
    return Scores(topic, must, eligible, own, sigmoid(scale * logit(mixed(topic, must, share)) + bias))


def mixed(topic: Array, must: Array, share: float) -> Array:
    """One number for "touches" and "must see" together: the mean of their chances, the topic's by `share`."""
    return share * sigmoid(topic) + (1 - share) * sigmoid(must)
