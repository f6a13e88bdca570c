"""Boosted trees as arrays, walked in numpy: fitting them needs a library, asking them does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching.fit import Array

AT_ONCE = 2_000_000  # rows times trees walked together: keeps the memory of a walk under 100 MB


@dataclass(frozen=True)
class Trees:
    """A row a tree, a column a node; node 0 is the root, and a leaf points at itself.

    ``value`` is what a node adds to the score if the walk ends there, for inner nodes the mean of what lies below.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]

    def __call__(self, x: Array) -> Array:
        """The sum of the trees for each row."""
        rows = max(AT_ONCE // max(len(self.feature), 1), 1)
        parts = [self._sum(x[at : at + rows]) for at in range(0, len(x), rows)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _sum(self, x: Array) -> Array:
        tree = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(x), len(self.feature)), np.int16)
        for step in self._steps(x, node):
            node = step
        return np.asarray(self.value[tree, node].sum(1), np.float64)

    def _steps(self, x: Array, node: NDArray[np.int16]) -> Iterable[NDArray[np.int16]]:
        """The nodes after each step down, until all walks have ended."""
        tree, row, values = np.arange(len(self.feature))[None, :], np.arange(len(x))[:, None], x.astype(np.float32)
        while True:
            goes_left = values[row, self.feature[tree, node]] <= self.threshold[tree, node]
            after = np.where(goes_left, self.left[tree, node], self.right[tree, node])
            if (after == node).all():
                return
            yield after
            node = after

    def shares(self, x: Array) -> Array:
        """What each feature adds to the score of each row: along each path, the change at the node that asks for it."""
        tree, row = np.arange(len(self.feature))[None, :], np.arange(len(x))[:, None]
        added = np.zeros(x.shape)
        node = np.zeros((len(x), len(self.feature)), np.int16)
        for after in self._steps(x, node):
            change = self.value[tree, after] - self.value[tree, node]
            np.add.at(added, (np.broadcast_to(row, node.shape), self.feature[tree, node]), change)
            node = after
        return added


def packed(trees: Iterable[Mapping[str, Any]]) -> Trees:
    """Trees as arrays, from the nested dictionaries in which lightgbm tells them (``dump_model``)."""
    tables = [_table(tree["tree_structure"]) for tree in trees]
    size = max((len(table) for table in tables), default=1)
    padded = [[*table, *([(0, 0.0, 0, 0, 0.0)] * (size - len(table)))] for table in tables]
    columns = [np.array([[node[part] for node in table] for table in padded]) for part in range(5)]
    feature, threshold, left, right, value = columns
    return Trees(
        feature.astype(np.int16), threshold.astype(np.float32), left.astype(np.int16), right.astype(np.int16),
        value.astype(np.float32),
    )  # fmt: skip


def _table(root: Mapping[str, Any]) -> list[tuple[int, float, int, int, float]]:
    """The nodes of one tree in a row: feature, threshold, left, right, value."""
    table: list[tuple[int, float, int, int, float]] = []

    def add(node: Mapping[str, Any]) -> int:
        place = len(table)
        table.append((0, 0.0, place, place, float(node.get("leaf_value", 0.0))))
        if "split_feature" in node:
            left, right = add(node["left_child"]), add(node["right_child"])
            split = (int(node["split_feature"]), float(node["threshold"]))
            table[place] = (*split, left, right, float(node["internal_value"]))
        return place

    add(root)
    return table
