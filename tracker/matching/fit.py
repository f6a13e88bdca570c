"""Logistic regression in numpy, many at once, and what fitting shares: main directions, and folds of siblings."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(x, np.float64))))


def logit(p: Array) -> Array:
    """The inverse of `sigmoid`, kept within about ±9."""
    p = np.clip(np.asarray(p, np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def logistics(x: Array, y: Array, ridge: float, sample: Array, rounds: int = 120) -> tuple[Array, Array]:
    """Weights and biases of logistic regressions, one for each column of `y`; biases have no ridge.

    All columns at once: Newton's method with the steepest curve there can be, which is the same for every column and
    is inverted once, sped up by Nesterov's momentum.
    """
    design = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.append(np.full(x.shape[1], ridge), 1e-6)[:, None]
    curve = (design * (sample / 4)[:, None]).T @ design
    inverse = np.linalg.inv(curve + np.diag(penalty[:, 0] + 1e-9))
    mean = np.clip(sample @ y / sample.sum(), 1e-4, 1 - 1e-4)
    weights = np.zeros((design.shape[1], y.shape[1]))
    weights[-1] = logit(mean)
    ahead, pace = weights, 1.0
    for _ in range(rounds):
        gradient = design.T @ (sample[:, None] * (sigmoid(design @ ahead) - y)) + penalty * ahead
        before, weights = weights, ahead - inverse @ gradient
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead, pace = weights + (pace - 1) / faster * (weights - before), faster
    return weights[:-1], weights[-1]


def main_directions(x: Array, most: int) -> Array:
    """The `most` main directions of the rows, one a row: a ridge on them is nearly one on the whole, far faster."""
    size, directions = np.linalg.eigh(x.T @ x)
    return np.asarray(directions[:, size > 1e-6 * size[-1]][:, ::-1][:, :most].T)


def folds(groups: NDArray[np.int64], count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(train, test) rows for cross-validation; rows of one group stay together."""
    names = np.unique(groups)
    part = np.random.default_rng(seed).permutation(len(names)) % count
    of_row = part[np.searchsorted(names, groups)]
    return [(np.flatnonzero(of_row != k), np.flatnonzero(of_row == k)) for k in range(count)]
