"""The training command: labelled calls in, weights.json out. `python -m tracker.matching.train --help`."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching import scoring, weights
from tracker.matching.corpus import (
    Corpus,
    Grades,
    LabelsUnreadable,
    challenges_of,
    eligible_of,
    grades_of,
    groups_of,
    rows_of,
)
from tracker.matching.fit import Array, folds, logistic, logit, rotated
from tracker.matching.prepare import prepare_agenda, prepare_batch
from tracker.matching.sentences import clean
from tracker.matching.texts import ChallengeText, Embedder, read_call
from tracker.matching.vectors import embedder
from tracker.matching.weights import Linear, Stages, Weights

VERSION = "4"
DIRECTIONS = 120  # of the calls' vectors kept while fitting heads: a ridge on them is a ridge on the vectors
LEAST_CALLS = 3  # labelled for an opgave, to fit a head of its own
HEAD_RIDGE = 0.1
PAIR_RIDGE = 1.0
CALL_RIDGE = 1.0
MUST_RIDGE = 3.0
CUE_SHARE = {"head": 0.3, "eligible": 0.7, "must": 1.0}  # how much cues count beside vectors
SHARE = 0.35  # of the topic in the score, the rest is must-see
LABELS = ("grades", "eligible", "eligible_votes", "labellings")
MODES = ("vectors", "words")
EXAMPLES = Path(__file__).with_name("examples.jsonl")  # calls made up by the project, for what real ones lack


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
    """A head for each opgave with enough labelled calls."""
    names = scoring.names("vectors")["head"]
    wanted = (corpus.grades > 0).astype(float)
    turned = rotated(corpus.vectors, DIRECTIONS)
    return {
        name: linear_fit(names, corpus.cues, wanted[:, n], HEAD_RIDGE, turned, CUE_SHARE["head"], corpus.weight)
        for n, name in enumerate(ids)
        if wanted[:, n].sum() >= LEAST_CALLS
    }


def own_unseen(corpus: Corpus, ids: Sequence[str], count: int = 5) -> Array:
    """The own head's logit of each pair, by heads that did not see the call."""
    logits = np.full(corpus.grades.shape, np.nan)
    with_head = (corpus.grades > 0).sum(0) >= LEAST_CALLS
    for seen, unseen in folds(corpus.groups, count, 3):
        heads = fit_heads(corpus.part(seen), ids)
        logits[unseen] = scoring.own_heads(ids, heads, corpus.cues[unseen], corpus.vectors[unseen])
    return np.where(np.isnan(logits) & with_head[None, :], -6.0, logits)


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
    has_head = ~np.isnan(own)
    full = scoring.with_own(pairs, own)[has_head]
    return linear_fit(names["topic"], full, y[has_head], PAIR_RIDGE, sample=sample[has_head]), new


def fit_eligible(corpus: Corpus, topic: Array, mode: str) -> dict[str, Linear]:
    """One score per answer of who may apply."""
    answered = corpus.eligible.any(axis=1)
    x = np.hstack([corpus.cues, scoring.shape(topic)])[answered]
    turned = rotated(corpus.vectors[answered], DIRECTIONS) if mode == "vectors" else None
    return {
        name: linear_fit(
            scoring.names(mode)["eligible"], x, corpus.eligible[answered, n], CALL_RIDGE, turned,
            CUE_SHARE["eligible"], corpus.weight[answered],
        )
        for n, name in enumerate(scoring.ELIGIBLE)
    }  # fmt: skip


def fit_use(corpus: Corpus, topic: Array, mode: str) -> Linear:
    """Whether anyone of the region would certainly want the call, from the call as a whole."""
    x = np.hstack([corpus.cues, scoring.shape(topic)])
    turned = rotated(corpus.vectors, DIRECTIONS) if mode == "vectors" else None
    wanted = (corpus.grades == 2).any(1).astype(float)
    names = scoring.names(mode)["eligible"]
    return linear_fit(names, x, wanted, CALL_RIDGE, turned, CUE_SHARE["eligible"], corpus.weight)


def calls_unseen(corpus: Corpus, topic: Array, mode: str, count: int = 5) -> tuple[Array, Array]:
    """Shares of eligibility, and use, by scores that did not see the call."""
    shares, use = np.zeros((len(topic), len(scoring.ELIGIBLE))), np.zeros(len(topic))
    for seen, unseen in folds(corpus.groups, count, 4):
        part = corpus.part(seen)
        fitted, wanted = fit_eligible(part, topic[seen], mode), fit_use(part, topic[seen], mode)
        x = np.hstack([corpus.cues, scoring.shape(topic)])[unseen]
        vectors = corpus.vectors[unseen] if mode == "vectors" else None
        shares[unseen], use[unseen] = scoring.shares(x, vectors, fitted), wanted(x, vectors)
    return shares, use


def fit_stages(corpus: Corpus, own: Array, mode: str) -> Stages:
    """All stages of one mode, each fitted on what the stage before said of calls it had not seen."""
    full, new = fit_topics(corpus, own, mode)
    blank = Linear((), np.zeros(0))
    stages = Stages(full, new, {}, blank, blank, (SHARE, 1.0, 0.0))
    topic = scoring.topics(corpus.pairs[mode], own, stages)
    eligible, use = calls_unseen(corpus, topic, mode)
    x = scoring.must_features(topic, corpus.pairs[mode], eligible, use, corpus.cues, mode)
    sample = np.repeat(corpus.weight[:, None], topic.shape[1], axis=1).ravel()
    y = (corpus.grades == 2).astype(float).ravel()
    must = linear_fit(scoring.names(mode)["must"], x.reshape(-1, x.shape[2]), y, MUST_RIDGE, sample=sample)
    stages = replace(stages, eligible=fit_eligible(corpus, topic, mode), use=fit_use(corpus, topic, mode), must=must)
    return replace(stages, mix=calibrated(scoring.mixed(topic, must(x) - scoring.outside(corpus.cues), SHARE), corpus))


def calibrated(mixture: Array, corpus: Corpus) -> tuple[float, float, float]:
    """The share, and the scale and bias so that the score reads as the chance that a pair matters (grade 1 or 2)."""
    y = (corpus.grades > 0).astype(float).ravel()
    scale, bias = logistic(logit(mixture).reshape(-1, 1), y, 1e-3)
    return SHARE, float(scale), float(bias)


def fit(
    corpus: Corpus, ids: Sequence[str], background: Array, about: dict[str, Any], modes: Sequence[str] = MODES
) -> Weights:
    """Everything from labelled calls; the threshold is set afterwards on calls not fitted to."""
    own = own_unseen(corpus, ids)
    stages = {mode: fit_stages(corpus, own, mode) for mode in modes}
    return Weights(VERSION, 0.2, fit_heads(corpus, ids), background, stages, about)


def scores_of(corpus: Corpus, ids: Sequence[str], fitted: Weights, mode: str = "vectors") -> scoring.Scores:
    """The scores of calls that are already arrays."""
    own = scoring.own_heads(ids, fitted.heads, corpus.cues, corpus.vectors)
    return scoring.score(corpus.pairs[mode], own, corpus.cues, corpus.vectors, fitted.stages[mode], mode)


def threshold(score: Array, grades: Grades, recall: float = 0.93) -> float:
    """The highest threshold that keeps `recall` of must-see (more than the 0.9 aimed at) on calls not fitted to."""
    wanted = np.sort(score[grades == 2])
    return float(wanted[int(len(wanted) * (1 - recall))]) if len(wanted) else 0.5


def corpus_of(
    rows: Sequence[Mapping[str, Any]], challenges: Sequence[ChallengeText], encoder: Embedder
) -> tuple[Corpus, Array]:
    """Labelled calls as one corpus, and the usual call: the mean of their titles."""
    titles = encoder.encode([clean(str(row.get("title") or ""), 400) for row in rows])
    background = titles.mean(0)
    calls = [read_call(row, number) for number, row in enumerate(rows)]
    ready = prepare_batch(calls, prepare_agenda(challenges, encoder), encoder, background[None, :])
    corpus = Corpus(
        pairs=ready.pairs,
        cues=ready.cues,
        vectors=ready.vectors,
        grades=grades_of(rows, [c.id for c in challenges]),
        eligible=eligible_of(rows),
        groups=groups_of(rows),
        weight=np.array([float(r.get("labellings") or 1) for r in rows]),
    )
    return corpus, background.astype(np.float64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit on the calls of --train and the project's own examples, and write the weights.

    The threshold comes from cross-validation on the calls of --train.
    """
    parser = argparse.ArgumentParser(prog="python -m tracker.matching.train", description=main.__doc__)
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="labelled calls, JSON lines")
    parser.add_argument("--grades", type=Path, help="grades that count instead, by id or identifier, JSON lines")
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="calls made up for what real ones lack")
    parser.add_argument("--agenda", type=Path, default=Path(__file__).parent.parent / "agendas" / "mra-2020-2024.yaml")
    parser.add_argument("--out", type=Path, default=weights.FILE)
    options = parser.parse_args(arguments)
    encoder, challenges = embedder(), challenges_of(options.agenda)
    if encoder is None:
        parser.exit(1, "training needs the sentence encoder\n")
    try:
        real = [row for path in options.train for row in rows_of(path)]
        real = regraded(real, rows_of(options.grades)) if options.grades else real
        rows = [*real, *rows_of(options.examples)]
    except (OSError, LabelsUnreadable) as error:
        parser.exit(1, f"{error}\n")
    ids = [c.id for c in challenges]
    corpus, background = corpus_of(rows, challenges, encoder)
    files = [path.name for path in (*options.train, options.grades, options.examples) if path]
    fitted = fit(corpus, ids, background, about(corpus, files, encoder))
    of_real = np.arange(len(rows)) < len(real)
    unseen = unseen_scores(corpus, ids, background, of_real)
    fitted.threshold = threshold(unseen[of_real], corpus.grades[of_real])
    weights.save(fitted, options.out)
    print(f"{options.out}: {len(rows)} calls, threshold {fitted.threshold:.3f}")


def regraded(rows: Sequence[dict[str, Any]], better: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same calls with the grades, eligibility and number of labellings of a later labelling where it has them."""
    by_id = {row["id"]: row for row in better if "id" in row}
    regraded_rows = []
    for row in rows:
        newer = by_id.get(row.get("identifier") or row.get("id"))
        later = {name: newer.get(name) for name in LABELS} if newer else {}
        regraded_rows.append(row | later)
    return regraded_rows


def about(corpus: Corpus, files: Sequence[str], encoder: Embedder) -> dict[str, Any]:
    """Where weights came from, to stand in their file."""
    return {
        "calls": len(corpus.grades),
        "pairs_2": int((corpus.grades == 2).sum()),
        "pairs_1": int((corpus.grades == 1).sum()),
        "files": list(files),
        "encoder": encoder.name,
    }


def unseen_scores(
    corpus: Corpus, ids: Sequence[str], background: Array, real: NDArray[np.bool_], count: int = 3, seed: int = 1
) -> Array:
    """The score of each real call by weights that did not see it; examples are always seen. Siblings stay together."""
    scores = np.zeros(corpus.grades.shape)
    for seen, unseen in folds(corpus.groups, count, seed):
        seen = np.union1d(seen, np.flatnonzero(~real))
        unseen = unseen[real[unseen]]
        fitted = fit(corpus.part(seen), ids, background, {}, ("vectors",))
        scores[unseen] = scores_of(corpus.part(unseen), ids, fitted).score
    return scores


if __name__ == "__main__":
    main()
