"""Every stage of the matcher fitted on labelled calls, each on what the stage before said of calls it had not seen.

A developer's tool: lightgbm grows the trees, and running the matcher does without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching import scoring
from tracker.matching.corpus import Corpus
from tracker.matching.distances import distances, usual_in
from tracker.matching.fit import Array, folds, logistics, logit, main_directions, sigmoid
from tracker.matching.neighbours import UNKNOWN, LabelledCalls, near, who_may_apply
from tracker.matching.trees import Trees, packed
from tracker.matching.weights import Linear, Stages, Weights

VERSION = "8"
DIRECTIONS = 120  # of the calls' vectors kept while fitting linear parts: a ridge on them is a ridge on the vectors
LEAST_CALLS = 3  # labelled for an opgave, to fit a head of its own
TOUCHES = 0.25  # what grade 1 counts beside grade 2 in the graded target
SEEDS = {"vectors": 3, "words": 1}  # forests of the last stage, whose mean is taken
TREES = {"vectors": 300, "words": 100}
HIDDEN = 0.15  # of the pairs count once more with what labels say hidden: so the trees know opgaven that have none
PAIR_TREES = {"learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 40, "feature_fraction": 0.5}
CALL_TREES = {"learning_rate": 0.05, "num_leaves": 7, "min_data_in_leaf": 20, "feature_fraction": 0.4}
CALL_TREE_COUNT = 150
NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Line:
    """How a linear part is fitted: its ridge, and how much cues count beside vectors."""

    ridge: float
    cues: float


HEAD, OF_CALL = Line(0.1, 0.3), Line(1.0, 0.7)


def linear_fits(
    names: tuple[str, ...], x: Array, y: Array, sample: Array, like: Line, vectors: Array, directions: Array
) -> list[Linear]:
    """A linear score per column of `y`, on features and, along their main directions, on vectors; none: no vectors."""
    scale = np.where(np.isin(names, scoring.TOPIC_SHAPE), 1.0, like.cues)
    along = vectors @ directions.T if len(directions) else np.zeros((len(x), 0))
    weights, biases = logistics(np.hstack([x * scale, along]), y, like.ridge, sample)
    cut = x.shape[1]
    return [
        Linear(names, column[:cut] * scale, float(bias), directions.T @ column[cut:] if len(directions) else NOTHING)
        for column, bias in zip(weights.T, biases, strict=True)
    ]


def grown(x: Array, y: Array, weight: Array, count: int, like: Mapping[str, float], seed: int = 0) -> Trees:
    """Boosted trees on a graded target by cross-entropy; the same for the same input."""
    import lightgbm

    told: dict[str, Any] = {
        "objective": "cross_entropy", "max_bin": 63, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5,
        "verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": seed, **like,
    }  # fmt: skip
    data = lightgbm.Dataset(x.astype(np.float32), y, weight=weight, params=told, free_raw_data=True)
    return packed(lightgbm.train(told, data, count).dump_model()["tree_info"])


def fit_heads(corpus: Corpus, ids: Sequence[str], directions: Array) -> tuple[dict[str, Linear], dict[str, Linear]]:
    """Two heads for each opgave with enough labelled calls: does a call touch it, and would it certainly be wanted."""
    wanted, names = np.hstack([corpus.grades > 0, corpus.grades == 2]).astype(float), scoring.names("vectors")["head"]
    heads = linear_fits(names, corpus.cues, wanted, corpus.weight, HEAD, corpus.vectors, directions)
    enough = {name: n for n, name in enumerate(ids) if (corpus.grades[:, n] > 0).sum() >= LEAST_CALLS}
    return {k: heads[n] for k, n in enough.items()}, {k: heads[len(ids) + n] for k, n in enough.items()}


def how_often(corpus: Corpus, ids: Sequence[str]) -> dict[str, float]:
    """The logarithm of the share of calls that matter to each opgave."""
    wanted = (corpus.grades > 0).sum(0)
    return {name: float(np.log((wanted[n] + 0.5) / len(corpus.grades))) for n, name in enumerate(ids)}


def bare(corpus: Corpus, ids: Sequence[str], directions: Array) -> Weights:
    """Weights with only what labels say by themselves: heads, how often, and the labelled calls."""
    matters = (corpus.grades > 0).astype(float)
    labelled = LabelledCalls(tuple(ids), corpus.calls, corpus.wholes, matters, corpus.eligible, corpus.siblings)
    usual = usual_in(corpus.pairs["vectors"])
    return Weights(
        VERSION, 0.2, *fit_heads(corpus, ids, directions), how_often(corpus, ids), labelled, {}, {}, usual=usual
    )


def labelled_pairs(corpus: Corpus, ids: Sequence[str], known: Weights, own: Array | None = None) -> Array:
    """Pair features of one mode with vectors, with what the labels behind ``known`` say of each opgave."""
    if own is None:
        own = scoring.own_features(ids, known, corpus.cues, corpus.vectors)
    nearest = near(known.labelled, ids, corpus.calls, corpus.wholes, corpus.siblings)
    return scoring.with_labels(corpus.pairs["vectors"], own, nearest)


def apart(corpus: Corpus, known: Weights, mode: str) -> Array:
    """The distances of one mode from what is usual among the labelled calls behind ``known``."""
    if mode == "words":
        return scoring.none_apart(corpus.pairs["words"])
    return distances(corpus.pairs["vectors"], corpus.pairs["middle"], known.usual)


def unseen_pairs(corpus: Corpus, ids: Sequence[str], known: Weights, directions: Array, count: int = 5) -> Array:
    """The same by heads that did not see the call; neighbours leave out the call and its siblings by themselves."""
    own = scoring.own_features(ids, known, corpus.cues, corpus.vectors)
    for seen, unseen in folds(corpus.siblings, count, 3):
        part, asked = corpus.part(seen), corpus.part(unseen)
        heads, must = fit_heads(part, ids, directions)
        other = Weights(VERSION, 0.2, heads, must, known.often, known.labelled, {}, {})
        own[unseen] = scoring.own_features(ids, other, asked.cues, asked.vectors)
    return labelled_pairs(corpus, ids, known, own)


def _rows(x: Array, y: Array, weight: Array, mode: str, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """Pairs as rows: those worth a look, and some of them once more without what labels of their opgave say."""
    chosen = scoring.met(x[:, :, names.index("words_title") :], mode)
    rows, target, weights = x[chosen], y[chosen], np.broadcast_to(weight[:, None], chosen.shape)[chosen]
    if mode == "words":
        return rows, target, weights
    again = np.random.default_rng(5).random(len(rows)) < HIDDEN
    hidden = rows[again]
    for name in scoring.OWN_FEATURES:
        hidden[:, names.index(name)] = UNKNOWN
    parts = ((rows, hidden), (target, target[again]), (weights, weights[again]))
    every, targets, sample = (np.concatenate(pair) for pair in parts)
    return every, targets, sample


def fit_topic(x: Array, y: Array, weight: Array, mode: str) -> Trees:
    """The trees of the topic: whether a call touches an opgave, whoever may apply."""
    return grown(*_rows(x, y, weight, mode, scoring.pair_names(mode)), TREES[mode], PAIR_TREES)


def topics_unseen(pairs: Array, corpus: Corpus, mode: str, count: int = 5) -> Array:
    """The topic's logit of each pair by trees that did not see the call."""
    topic, y = np.full(corpus.grades.shape, scoring.LOWEST), (corpus.grades > 0).astype(float)
    for seen, unseen in folds(corpus.siblings, count, 7):
        trees = fit_topic(pairs[seen], y[seen], corpus.weight[seen], mode)
        chosen = scoring.met(pairs[unseen], mode)
        part = np.full(chosen.shape, scoring.LOWEST)
        part[chosen] = trees(pairs[unseen][chosen])
        topic[unseen] = part
    return topic


def fit_calls(corpus: Corpus, topic: Array, directions: Array, mode: str) -> tuple[dict[str, Linear], Linear]:
    """A straight line per answer of who may apply, and for whether anyone here would certainly want the call."""
    x, names = np.hstack([corpus.cues, scoring.shape(topic)]), scoring.names(mode)["call"]
    wanted = (corpus.grades == 2).any(1).astype(float)[:, None]
    (use,) = linear_fits(names, x, wanted, corpus.weight, OF_CALL, corpus.vectors, directions)
    said = np.flatnonzero(corpus.eligible.any(axis=1))
    part = corpus.part(said)
    eligible = linear_fits(names, x[said], part.eligible, part.weight, OF_CALL, part.vectors, directions)
    return dict(zip(scoring.ELIGIBLE, eligible, strict=True)), use


def nearest_answers(corpus: Corpus, known: LabelledCalls, mode: str) -> Array:
    """What the labelled calls nearest to each say of who may apply; UNKNOWN where only words are read."""
    if mode == "words":
        return np.full((len(corpus.cues), len(scoring.ELIGIBLE)), UNKNOWN)
    return who_may_apply(known, corpus.calls, corpus.siblings)


def fit_who(corpus: Corpus, nearest: Array) -> dict[str, Trees]:
    """Trees per answer of who may apply."""
    said = corpus.eligible.any(axis=1)
    rows, weight = np.hstack([corpus.cues, nearest])[said], corpus.weight[said]
    return {
        name: grown(rows, corpus.eligible[said, n], weight, CALL_TREE_COUNT, CALL_TREES)
        for n, name in enumerate(scoring.ELIGIBLE)
    }


def calls_unseen(corpus: Corpus, topic: Array, nearest: Array, directions: Array, mode: str, count: int = 5) -> Array:
    """The shares of who may apply and the chance of use, by scores that did not see the call."""
    outputs = np.zeros((len(topic), len(scoring.CALL_OUTPUTS)))
    x, nothing = np.hstack([corpus.cues, scoring.shape(topic)]), _no_trees()
    for seen, unseen in folds(corpus.siblings, count, 4):
        part = corpus.part(seen)
        eligible, use = fit_calls(part, topic[seen], directions, mode)
        stages = Stages(nothing, eligible, fit_who(part, nearest[seen]), use, nothing, 1, (1.0, 0.0))
        vectors = corpus.vectors[unseen] if mode == "vectors" else None
        outputs[unseen] = scoring.call_outputs(x[unseen], vectors, nearest[unseen], stages)
    return outputs


def _no_trees() -> Trees:
    return packed([{"tree_structure": {"leaf_value": 0.0}}])


def graded(corpus: Corpus) -> Array:
    """The target of the last stage: certainly wanted 1, touches less, nothing 0."""
    return np.where(corpus.grades == 2, 1.0, np.where(corpus.grades == 1, TOUCHES, 0.0))


def fit_stages(corpus: Corpus, ids: Sequence[str], known: Weights, directions: Array, mode: str) -> Stages:
    """All stages of one mode."""
    pairs = unseen_pairs(corpus, ids, known, directions) if mode == "vectors" else corpus.pairs["words"]
    touches, nearest = (corpus.grades > 0).astype(float), nearest_answers(corpus, known.labelled, mode)
    topic = topics_unseen(pairs, corpus, mode)
    outputs = calls_unseen(corpus, topic, nearest, directions, mode)
    x = scoring.final_features(topic, pairs, apart(corpus, known, mode), np.hstack([outputs, corpus.cues]))
    rows = _rows(x, graded(corpus), corpus.weight, mode, scoring.names(mode)["final"])
    forests = [grown(*rows, TREES[mode], PAIR_TREES, seed) for seed in range(SEEDS[mode])]
    final = Trees(*(joined([getattr(f, part) for f in forests]) for part in Trees.__dataclass_fields__))
    first = fit_topic(pairs, touches, corpus.weight, mode)
    eligible, use = fit_calls(corpus, topic, directions, mode)
    return Stages(first, eligible, fit_who(corpus, nearest), use, final, len(forests), (1.0, 0.0))


def joined(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Tables of trees under each other, the narrower ones made as wide as the widest."""
    wide = max(table.shape[1] for table in tables)
    return np.concatenate([np.pad(table, ((0, 0), (0, wide - table.shape[1]))) for table in tables])


def fit(corpus: Corpus, ids: Sequence[str], modes: Sequence[str] = ("vectors", "words")) -> Weights:
    """Everything from labelled calls; how scores read and the threshold are set afterwards on calls not fitted to."""
    directions = main_directions(
        corpus.vectors, DIRECTIONS
    )  # whatever people said of the calls: the same for all folds
    known = bare(corpus, ids, directions)
    along = {"vectors": directions, "words": np.zeros((0, 0))}
    known.stages = {mode: fit_stages(corpus, ids, known, along[mode], mode) for mode in modes}
    return known


def scores_of(corpus: Corpus, ids: Sequence[str], known: Weights, mode: str = "vectors") -> scoring.Scores:
    """The scores of calls that are already arrays."""
    pairs = labelled_pairs(corpus, ids, known) if mode == "vectors" else corpus.pairs["words"]
    vectors = corpus.vectors if mode == "vectors" else None
    nearest = nearest_answers(corpus, known.labelled, mode)
    far = apart(corpus, known, mode)
    return scoring.score(pairs, far, corpus.cues, vectors, nearest, known.stages[mode], mode)


def unseen_scores(corpus: Corpus, ids: Sequence[str], real: NDArray[np.bool_], mode: str, count: int = 2) -> Array:
    """The score of each real call by weights that did not see it; examples are always seen. Siblings stay together."""
    scores = np.zeros(corpus.grades.shape)
    for seen, unseen in folds(corpus.siblings, count, 1):
        seen = np.union1d(seen, np.flatnonzero(~real))
        unseen = unseen[real[unseen]]
        known = fit(corpus.part(seen), ids, (mode,))
        scores[unseen] = scores_of(corpus.part(unseen), ids, known, mode).score
    return scores


def calibrated(unseen: Array, grades: NDArray[np.int64]) -> tuple[float, float]:
    """The scale and bias by which a score reads as the chance that a pair matters (grade 1 or 2)."""
    y = (grades > 0).astype(float).ravel()
    scale, bias = logistics(logit(unseen).reshape(-1, 1), y[:, None], 1e-3, np.ones(len(y)), rounds=1000)
    return float(scale[0, 0]), float(bias[0])


def threshold(score: Array, grades: NDArray[np.int64], recall: float = 0.93) -> float:
    """The highest threshold that keeps `recall` of must-see (more than the 0.9 aimed at) on calls not fitted to."""
    wanted = np.sort(score[grades == 2])
    return float(wanted[int(len(wanted) * (1 - recall))]) if len(wanted) else 0.5


def read_as_chance(score: Array, mix: tuple[float, float]) -> Array:
    """Scores as they read after calibration."""
    return sigmoid(mix[0] * logit(score) + mix[1])
