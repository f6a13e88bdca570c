"""Every stage of the matcher fitted on labelled calls, each on what the stage before said of calls it had not seen.

A developer's tool: lightgbm grows the trees, and running the matcher does without it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching import scoring
from tracker.matching.corpus import Corpus
from tracker.matching.fit import Array, folds, logistic, logit, ridge, rotated, sigmoid
from tracker.matching.neighbours import UNKNOWN, LabelledCalls
from tracker.matching.trees import Trees, packed
from tracker.matching.weights import Linear, Stages, Weights

VERSION = "5"
DIRECTIONS = 160  # of the calls' vectors kept while fitting linear parts: a ridge on them is a ridge on the vectors
LEAST_CALLS = 3  # labelled for an opgave, to fit a head of its own
RIDGE, CUE_SHARE = 1.0, 0.3  # of linear parts, and how much cues count beside vectors
TOUCHES = 0.4  # what grade 1 counts beside grade 2 in the graded target
SEEDS = {"vectors": 2, "words": 1}  # forests of the last stage, whose mean is taken
TREES = {"vectors": 250, "words": 100}
NEAR, DRAWN = 8, 0.25  # opgaven nearest to a call whose pairs all count, and the part of the other pairs that is drawn
HIDDEN = 0.15  # of the pairs, what labels of the opgave say is hidden: so the trees know opgaven that have none


def linear_fits(
    names: tuple[str, ...], x: Array, y: Array, sample: Array, turned: tuple[Array, Array] | None = None
) -> list[Linear]:
    """A linear score per column of `y`, on features and, where given, vectors (turned to their main directions)."""
    seen, directions = turned or (np.zeros((len(x), 0)), np.zeros((0, 0)))
    weights, biases = ridge(np.hstack([x * CUE_SHARE, seen]), y, RIDGE, sample)
    cut = x.shape[1]
    return [
        Linear(names, column[:cut] * CUE_SHARE, float(bias), directions.T @ column[cut:] if turned else np.zeros(0))
        for column, bias in zip(weights.T, biases, strict=True)
    ]


def grown(x: Array, y: Array, weight: Array, count: int, seed: int = 0) -> Trees:
    """Boosted trees on a graded target by cross-entropy; the same for the same input."""
    import lightgbm

    told: dict[str, Any] = {
        "objective": "cross_entropy", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 40, "max_bin": 63,
        "bagging_fraction": 0.8, "bagging_freq": 1, "feature_fraction": 0.6, "lambda_l2": 5, "verbosity": -1,
        "num_threads": 1, "deterministic": True, "force_row_wise": True, "seed": seed,
    }  # fmt: skip
    data = lightgbm.Dataset(x.astype(np.float32), y, weight=weight, params=told, free_raw_data=True)
    return packed(lightgbm.train(told, data, count).dump_model()["tree_info"])


def fit_heads(corpus: Corpus, ids: Sequence[str]) -> dict[str, Linear]:
    """A head for each opgave with enough labelled calls."""
    wanted, names = (corpus.grades > 0).astype(float), scoring.names("vectors")["head"]
    heads = linear_fits(names, corpus.cues, wanted, corpus.weight, rotated(corpus.vectors, DIRECTIONS))
    return {name: heads[n] for n, name in enumerate(ids) if wanted[:, n].sum() >= LEAST_CALLS}


def how_often(corpus: Corpus, ids: Sequence[str]) -> dict[str, float]:
    """The logarithm of the share of calls that matter to each opgave."""
    wanted = (corpus.grades > 0).sum(0)
    return {name: float(np.log((wanted[n] + 0.5) / len(corpus.grades))) for n, name in enumerate(ids)}


def bare(corpus: Corpus, ids: Sequence[str]) -> Weights:
    """Weights with only what labels say by themselves: heads, how often, and the labelled calls."""
    labelled = LabelledCalls(tuple(ids), corpus.calls, (corpus.grades > 0).astype(float), corpus.siblings)
    return Weights(VERSION, 0.2, fit_heads(corpus, ids), how_often(corpus, ids), labelled, {}, {})


def labelled_pairs(corpus: Corpus, ids: Sequence[str], known: Weights) -> Array:
    """Pair features of one mode with vectors, with what the labels behind ``known`` say of each opgave."""
    own = scoring.own_features(ids, known, corpus.cues, corpus.vectors)
    return scoring.with_labels(corpus.pairs["vectors"], own, known.labelled, ids, corpus.calls, corpus.siblings)


def unseen_pairs(corpus: Corpus, ids: Sequence[str], count: int = 5) -> Array:
    """The same by heads that did not see the call; neighbours leave out the call and its siblings by themselves."""
    pairs = labelled_pairs(corpus, ids, bare(corpus, ids))
    place = scoring.pair_names("vectors").index("own_head")
    with_head = (corpus.grades > 0).sum(0) >= LEAST_CALLS
    for seen, unseen in folds(corpus.siblings, count, 3):
        heads = fit_heads(corpus.part(seen), ids)
        for n, name in enumerate(ids):
            if name in heads:
                pairs[unseen, n, place] = heads[name](corpus.cues[unseen], corpus.vectors[unseen])
            elif with_head[n]:
                pairs[unseen, n, place] = 0.0
    return pairs


def _rows(x: Array, y: Array, weight: Array, mode: str, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """Pairs as rows: those worth a look, of the plainly unlike ones a part; of some hidden what their labels say."""
    random, start = np.random.default_rng(5), names.index("words_title")
    alike = scoring.met(x[:, :, start:], "words")
    if mode == "vectors":
        near = x[:, :, names.index("whole_phrase")]
        least = np.sort(near, axis=1)[:, -min(NEAR, near.shape[1])]
        alike |= (near >= least[:, None]) | (y > 0)
    drawn = random.random(alike.shape) < DRAWN
    chosen = alike if mode == "words" else alike | drawn
    weights = np.where(alike, 1.0, 1 / DRAWN) * weight[:, None]
    rows = x[chosen]
    if mode == "vectors":
        hidden = random.random(len(rows)) < HIDDEN
        for name in scoring.OWN_FEATURES:
            rows[hidden, names.index(name)] = UNKNOWN
    return rows, y[chosen], weights[chosen]


def fit_topic(x: Array, y: Array, weight: Array, mode: str) -> Trees:
    """The trees of the topic: whether a call touches an opgave, whoever may apply."""
    return grown(*_rows(x, y, weight, mode, scoring.pair_names(mode)), TREES[mode])


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


def fit_calls(corpus: Corpus, topic: Array, mode: str) -> tuple[dict[str, Linear], Linear]:
    """One score per answer of who may apply, and whether anyone of the region would certainly want the call."""
    x, names = np.hstack([corpus.cues, scoring.shape(topic)]), scoring.names(mode)["call"]
    seen, directions = rotated(corpus.vectors, DIRECTIONS) if mode == "vectors" else (None, None)
    turned = None if seen is None or directions is None else (seen, directions)
    said = corpus.eligible.any(axis=1)
    of_said = None if turned is None else (turned[0][said], turned[1])
    eligible = linear_fits(names, x[said], corpus.eligible[said], corpus.weight[said], of_said)
    wanted = (corpus.grades == 2).any(1).astype(float)[:, None]
    (use,) = linear_fits(names, x, wanted, corpus.weight, turned)
    return dict(zip(scoring.ELIGIBLE, eligible, strict=True)), use


def calls_unseen(corpus: Corpus, topic: Array, mode: str, count: int = 5) -> Array:
    """The logits of who may apply and of use, by scores that did not see the call."""
    outputs = np.zeros((len(topic), len(scoring.CALL_OUTPUTS)))
    x, nothing = np.hstack([corpus.cues, scoring.shape(topic)]), _no_trees()
    for seen, unseen in folds(corpus.siblings, count, 4):
        eligible, use = fit_calls(corpus.part(seen), topic[seen], mode)
        vectors = corpus.vectors[unseen] if mode == "vectors" else None
        stages = Stages(nothing, eligible, use, nothing, 1, (1.0, 0.0))
        outputs[unseen] = scoring.call_outputs(x[unseen], vectors, stages)
    return outputs


def _no_trees() -> Trees:
    return packed([{"tree_structure": {"leaf_value": 0.0}}])


def graded(corpus: Corpus) -> Array:
    """The target of the last stage: certainly wanted 1, touches less, nothing 0."""
    return np.where(corpus.grades == 2, 1.0, np.where(corpus.grades == 1, TOUCHES, 0.0))


def fit_stages(corpus: Corpus, ids: Sequence[str], mode: str) -> Stages:
    """All stages of one mode."""
    pairs = unseen_pairs(corpus, ids) if mode == "vectors" else corpus.pairs["words"]
    touches = (corpus.grades > 0).astype(float)
    topic = topics_unseen(pairs, corpus, mode)
    outputs = calls_unseen(corpus, topic, mode)
    eligible, use = fit_calls(corpus, topic, mode)
    x = scoring.final_features(topic, pairs, np.hstack([outputs, corpus.cues]))
    rows = _rows(x, graded(corpus), corpus.weight, mode, scoring.names(mode)["final"])
    forests = [grown(*rows, TREES[mode], seed) for seed in range(SEEDS[mode])]
    final = Trees(*(joined([getattr(f, part) for f in forests]) for part in Trees.__dataclass_fields__))
    return Stages(fit_topic(pairs, touches, corpus.weight, mode), eligible, use, final, len(forests), (1.0, 0.0))


def joined(tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Tables of trees under each other, the narrower ones made as wide as the widest."""
    wide = max(table.shape[1] for table in tables)
    return np.concatenate([np.pad(table, ((0, 0), (0, wide - table.shape[1]))) for table in tables])


def fit(corpus: Corpus, ids: Sequence[str], modes: Sequence[str] = ("vectors", "words")) -> Weights:
    """Everything from labelled calls; how scores read and the threshold are set afterwards on calls not fitted to."""
    known = bare(corpus, ids)
    known.stages = {mode: fit_stages(corpus, ids, mode) for mode in modes}
    return known


def scores_of(corpus: Corpus, ids: Sequence[str], known: Weights, mode: str = "vectors") -> scoring.Scores:
    """The scores of calls that are already arrays."""
    pairs = labelled_pairs(corpus, ids, known) if mode == "vectors" else corpus.pairs["words"]
    vectors = corpus.vectors if mode == "vectors" else None
    return scoring.score(pairs, corpus.cues, vectors, known.stages[mode], mode)


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
    scale, bias = logistic(logit(unseen).reshape(-1, 1), y, 1e-3)
    return float(scale), float(bias)


def threshold(score: Array, grades: NDArray[np.int64], recall: float = 0.93) -> float:
    """The highest threshold that keeps `recall` of must-see (more than the 0.9 aimed at) on calls not fitted to."""
    wanted = np.sort(score[grades == 2])
    return float(wanted[int(len(wanted) * (1 - recall))]) if len(wanted) else 0.5


def read_as_chance(score: Array, mix: tuple[float, float]) -> Array:
    """Scores as they read after calibration."""
    return sigmoid(mix[0] * logit(score) + mix[1])
