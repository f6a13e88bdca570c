"""Logistic regression in numpy: two outcomes, or several as one against the rest, with a ridge per weight."""

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


def logistic(x: Array, y: Array, ridge: float | Array, sample: Array | None = None, rounds: int = 30) -> Array:
    """Weights of a logistic regression with a bias as the last one; the bias has no ridge.

    Newton's method, each step halved until it helps: with few positives a whole step overshoots.
    """
    design = np.hstack([x, np.ones((len(x), 1))])
    penalty = np.append(np.broadcast_to(np.asarray(ridge, np.float64), (x.shape[1],)), 1e-6)
    sample = np.ones(len(x)) if sample is None else sample
    weights = np.zeros(design.shape[1])
    mean = np.clip((sample * y).sum() / sample.sum(), 1e-4, 1 - 1e-4)
    weights[-1] = np.log(mean / (1 - mean))
    loss = _loss(design, y, weights, penalty, sample)
    for _ in range(rounds):
        p = sigmoid(design @ weights)
        gradient = design.T @ (sample * (p - y)) + penalty * weights
        curve = (design * (sample * p * (1 - p))[:, None]).T @ design
        curve[np.diag_indices_from(curve)] += penalty + 1e-9
        step = np.linalg.solve(curve, gradient)
        before = loss
        for _ in range(12):
            loss = _loss(design, y, weights - step, penalty, sample)
            if loss <= before:
                break
            step = step / 2
        weights = weights - step
        if before - loss < 1e-6 * (1 + abs(before)):
            break
    return weights


def _loss(design: Array, y: Array, weights: Array, penalty: Array, sample: Array) -> float:
    z = design @ weights
    return float((sample * (np.logaddexp(0, z) - y * z)).sum() + (penalty * weights**2).sum() / 2)


def ridge(x: Array, y: Array, strength: float, sample: Array) -> tuple[Array, Array]:
    """Weights and biases of a linear regression, a column of `y` each, all from one solution."""
    middle, mean = np.average(x, axis=0, weights=sample), np.average(y, axis=0, weights=sample)
    away = (x - middle) * sample[:, None]
    curve = away.T @ (x - middle) + strength * np.eye(x.shape[1])
    weights = np.linalg.solve(curve, away.T @ (y - mean))
    return np.asarray(weights, np.float64), np.asarray(mean - middle @ weights, np.float64)


def rotated(x: Array, most: int) -> tuple[Array, Array]:
    """Coordinates of the rows on the `most` main directions, and those directions: ridge fits alike, far faster."""
    _, size, directions = np.linalg.svd(x, full_matrices=False)
    keep = directions[: min(most, int((size > 1e-6).sum()))]
    return x @ keep.T, keep


def folds(groups: NDArray[np.int64], count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(train, test) rows for cross-validation; rows of one group stay together."""
    names = np.unique(groups)
    part = np.random.default_rng(seed).permutation(len(names)) % count
    of_row = part[np.searchsorted(names, groups)]
    return [(np.flatnonzero(of_row != k), np.flatnonzero(of_row == k)) for k in range(count)]
