"""Average precision, precision and recall of scores against grades, with bootstrap intervals: pure, without weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.matching.fit import Array

DRAWS = 400  # bootstrap samples of calls


@dataclass(frozen=True)
class Measure:
    """Average precision over pairs, precision and recall at the threshold; None where nothing can be measured."""

    ap: float | None
    precision: float | None
    recall: float | None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, float | list[float] | None]:
        """Rounded, with the 95 % interval of `ap` where it was drawn."""
        values: dict[str, float | list[float] | None] = {
            "ap": rounded(self.ap), "precision": rounded(self.precision), "recall": rounded(self.recall)
        }  # fmt: skip
        if self.low is not None and self.high is not None:
            values["ap_95"] = [round(self.low, 3), round(self.high, 3)]
        return values


def rounded(value: float | None) -> float | None:
    """To four decimals."""
    return None if value is None else round(value, 4)


def average_precision(wanted: NDArray[np.bool_], score: Array) -> float | None:
    """The mean of the precision at each wanted pair, best score first; ties count as one step, so order is no luck."""
    if not wanted.any():
        return None
    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(wanted[order])
    last = np.append(ordered[1:] != ordered[:-1], True)
    hits_at, at = hits[last], np.flatnonzero(last) + 1
    gained = np.diff(np.concatenate([[0], hits_at]))
    return float((gained * hits_at / at).sum() / hits[-1])


def measure(grades: NDArray[np.int64], score: Array, lowest: int, threshold: float, draws: int = 0) -> Measure:
    """One row of the table for pairs graded at least `lowest`; the bootstrap draws whole calls."""
    wanted = grades >= lowest
    shown = score >= threshold
    right = float((wanted & shown).sum())
    precision = right / shown.sum() if shown.any() else None
    recall = right / wanted.sum() if wanted.any() else None
    low, high = _interval(wanted, score, draws)
    return Measure(average_precision(wanted.ravel(), score.ravel()), precision, recall, low, high)


def _interval(wanted: NDArray[np.bool_], score: Array, draws: int) -> tuple[float | None, float | None]:
    if not draws or not wanted.any():
        return None, None
    random = np.random.default_rng(20261123)
    drawn = []
    for _ in range(draws):
        rows = random.integers(0, len(score), len(score))
        precision = average_precision(wanted[rows].ravel(), score[rows].ravel())
        if precision is not None:
            drawn.append(precision)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
