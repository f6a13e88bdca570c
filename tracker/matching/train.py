"""The training command: labelled calls in, weights.json out. `python -m tracker.matching.train --help`."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tracker.matching import scoring, weights
from tracker.matching.corpus import Corpus, Grades, challenges_of, eligible_of, grades_of, groups_of, rows_of
from tracker.matching.fit import Array, folds, logistic, rotated
from tracker.matching.prepare import prepare
from tracker.matching.texts import ChallengeText, Embedder, read_call
from tracker.matching.vectors import embedder
from tracker.matching.weights import Linear, Stages, Weights

VERSION = "1"
DIRECTIONS = 300  # of the calls' vectors kept while fitting heads: a ridge on them is a ridge on the vectors
HEAD_RIDGE = 0.1
PAIR_RIDGE = 1.0
CALL_RIDGE = 1.0
MUST_RIDGE = 1.0
CUE_SHARE = {"head": 0.3, "eligible": 0.7, "must": 1.0}  # how much cues count beside vectors
SHARES = (0.4, 0.6)  # of topic and must-see in the score
MODES = ("vectors", "words")


def linear_fit(
    names: tuple[str, ...], x: Array, y: Array, ridge: float, turned: tuple[Array, Array] | None = None,
    share: float = 1.0, sample: Array | None = None,
) -> Linear:  # fmt: skip
    """A linear score fitted on features and, where given, vectors (turned to their main directions)."""
    if turned is None:
        fitted = logistic(x, y, ridge, sample)
        return Linear(names, fitted[:-1], float(fitted[-1]))
    seen, directions = turned
    fitted = logistic(np.hstack([x * share, seen]), y, ridge, sample)
    cut = x.shape[1]
    return Linear(names, fitted[:cut] * share, float(fitted[-1]), directions.T @ fitted[cut:-1])


def fit_heads(corpus: Corpus, ids: Sequence[str]) -> dict[str, Linear]:
    """A head for each opgave with at least three labelled calls."""
    names = scoring.names("vectors")["head"]
    wanted = (corpus.grades > 0).astype(float)
    turned = rotated(corpus.vectors, DIRECTIONS)
    return {
        name: linear_fit(names, corpus.cues, wanted[:, n], HEAD_RIDGE, turned, CUE_SHARE["head"], corpus.weight)
        for n, name in enumerate(ids)
        if wanted[:, n].sum() >= 3
    }


def own_unseen(corpus: Corpus, ids: Sequence[str], count: int = 5) -> Array:
    """The own head's logit of each pair, by heads that did not see the call."""
    found = np.full(corpus.grades.shape, np.nan)
    known = fit_names(corpus, ids)
    for seen, unseen in folds(corpus.groups, count, 3):
        heads = fit_heads(corpus.part(seen), ids)
        found[unseen] = scoring.own_heads(ids, heads, corpus.cues[unseen], corpus.vectors[unseen])
    return np.where(np.isnan(found) & known[None, :], -6.0, found)


def fit_names(corpus: Corpus, ids: Sequence[str]) -> Array:
    """Which opgaven get a head of their own."""
    return np.asarray((corpus.grades > 0).sum(0) >= 3)[: len(ids)]


def fit_topics(corpus: Corpus, own: Array, mode: str) -> tuple[Linear, Linear]:
    """The shared topic heads: with the own head, and without for a new opgave."""
    pairs, y = corpus.pairs[mode], (corpus.grades > 0).astype(float)
    sample = np.repeat(corpus.weight[:, None], y.shape[1], axis=1)
    names = scoring.names(mode)
    new = linear_fit(
        names["topic_new"], pairs.reshape(-1, pairs.shape[2]), y.ravel(), PAIR_RIDGE, sample=sample.ravel()
    )
    if mode == "words":
        return new, new
    known = ~np.isnan(own)
    full = np.concatenate([pairs, np.clip(np.nan_to_num(own), -6, 6)[:, :, None]], axis=2)[known]
    return linear_fit(names["topic"], full, y[known], PAIR_RIDGE, sample=sample[known]), new


def fit_eligible(corpus: Corpus, topic: Array, mode: str) -> dict[str, Linear]:
    """One score per answer of who may apply."""
    said = corpus.eligible >= 0
    x = np.hstack([corpus.cues, scoring.shape(topic)])[said]
    turned = rotated(corpus.vectors[said], DIRECTIONS) if mode == "vectors" else None
    return {
        name: linear_fit(
            scoring.names(mode)["eligible"], x, (corpus.eligible[said] == n).astype(float), CALL_RIDGE, turned,
            CUE_SHARE["eligible"], corpus.weight[said],
        )
        for n, name in enumerate(scoring.ELIGIBLE)
    }  # fmt: skip


def eligible_unseen(corpus: Corpus, topic: Array, mode: str, count: int = 5) -> Array:
    """Shares of eligibility by scores that did not see the call."""
    found = np.zeros((len(topic), len(scoring.ELIGIBLE)))
    for seen, unseen in folds(corpus.groups, count, 4):
        fitted = fit_eligible(corpus.part(seen), topic[seen], mode)
        x = np.hstack([corpus.cues, scoring.shape(topic)])[unseen]
        found[unseen] = scoring.shares(x, corpus.vectors[unseen], fitted)
    return found


def fit_stages(corpus: Corpus, own: Array, mode: str) -> Stages:
    """All stages of one mode, each fitted on what the stage before said of calls it had not seen."""
    full, new = fit_topics(corpus, own, mode)
    blank = Linear((), np.zeros(0))
    stages = Stages(full, new, {}, blank, (*SHARES, 0.0))
    topic = scoring.topics(corpus.pairs[mode], own, stages)
    eligible = eligible_unseen(corpus, topic, mode)
    x = scoring.must_features(topic, corpus.pairs[mode], eligible, corpus.cues, mode)
    sample = np.repeat(corpus.weight[:, None], topic.shape[1], axis=1).ravel()
    y = (corpus.grades == 2).astype(float).ravel()
    must = linear_fit(scoring.names(mode)["must"], x.reshape(-1, x.shape[2]), y, MUST_RIDGE, sample=sample)
    stages = replace(stages, eligible=fit_eligible(corpus, topic, mode), must=must)
    return replace(stages, mix=calibrated(SHARES[0] * topic + SHARES[1] * must(x), corpus))


def calibrated(raw: Array, corpus: Corpus) -> tuple[float, float, float]:
    """Shares and bias so that the score reads as the chance that a pair matters (grade 1 or 2)."""
    y = (corpus.grades > 0).astype(float).ravel()
    scale, bias = logistic(raw.reshape(-1, 1), y, 1e-3)
    return SHARES[0] * float(scale), SHARES[1] * float(scale), float(bias)


def fit(corpus: Corpus, ids: Sequence[str], background: Array, about: dict[str, Any]) -> Weights:
    """Everything from labelled calls; the threshold is set afterwards on calls not fitted to."""
    own = own_unseen(corpus, ids)
    stages = {mode: fit_stages(corpus, own, mode) for mode in MODES}
    return Weights(VERSION, 0.2, fit_heads(corpus, ids), background, stages, about)


def scores_of(corpus: Corpus, ids: Sequence[str], fitted: Weights, mode: str = "vectors") -> scoring.Scores:
    """The scores of calls that are already arrays."""
    own = scoring.own_heads(ids, fitted.heads, corpus.cues, corpus.vectors)
    return scoring.score(corpus.pairs[mode], own, corpus.cues, corpus.vectors, fitted.stages[mode], mode)


def threshold(score: Array, grades: Grades, recall: float = 0.9) -> float:
    """The highest threshold that keeps `recall` of the must-see pairs, on calls not fitted to."""
    wanted = np.sort(score[grades == 2])
    return float(wanted[int(len(wanted) * (1 - recall))]) if len(wanted) else 0.5


def corpora(
    files: Sequence[Path], challenges: Sequence[ChallengeText], encoder: Embedder, background: Array | None = None
) -> tuple[Corpus, Array]:
    """The calls of several files as one corpus, and the usual call: the mean of their titles."""
    rows = [row for path in files for row in rows_of(path)]
    known = None if background is None else background.astype(np.float32)[None, :]
    ready = prepare([read_call(r, n) for n, r in enumerate(rows)], challenges, encoder, known)
    if background is None:
        assert ready.encoded is not None
        return corpora(files, challenges, encoder, ready.encoded.title.mean(0).astype(np.float64))
    corpus = Corpus(
        pairs=ready.pairs,
        cues=ready.cues,
        vectors=ready.vectors,
        grades=grades_of(rows, [c.id for c in challenges]),
        eligible=eligible_of(rows),
        groups=groups_of(rows),
        weight=np.array([float(r.get("weight", 1.0)) for r in rows]),
    )
    return corpus, background


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit on the calls of --train, set the threshold by cross-validation on them, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m tracker.matching.train", description=main.__doc__)
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="labelled calls, JSON lines")
    parser.add_argument("--agenda", type=Path, default=Path(__file__).parent.parent / "agendas" / "mra-2020-2024.yaml")
    parser.add_argument("--out", type=Path, default=weights.FILE)
    given = parser.parse_args(arguments)
    encoder, challenges = embedder(), challenges_of(given.agenda)
    if encoder is None:
        parser.exit(1, "training needs the sentence encoder\n")
    corpus, background = corpora(given.train, challenges, encoder)
    ids = [c.id for c in challenges]
    about = {
        "calls": len(corpus.grades),
        "pairs_2": int((corpus.grades == 2).sum()),
        "pairs_1": int((corpus.grades == 1).sum()),
        "files": [path.name for path in given.train],
        "encoder": encoder.name,
    }
    fitted = fit(corpus, ids, background, about)
    fitted.threshold = threshold(unseen_scores(corpus, ids, background), corpus.grades)
    weights.save(fitted, given.out)
    print(f"{given.out}: {len(corpus.grades)} calls, threshold {fitted.threshold:.3f}")


def unseen_scores(corpus: Corpus, ids: Sequence[str], background: Array, count: int = 5, seed: int = 1) -> Array:
    """The score of each pair by weights that did not see its call: cross-validation, siblings kept together."""
    found = np.zeros(corpus.grades.shape)
    for seen, unseen in folds(corpus.groups, count, seed):
        fitted = fit(corpus.part(seen), ids, background, {})
        found[unseen] = scores_of(corpus.part(unseen), ids, fitted).score
    return found


if __name__ == "__main__":
    main()
