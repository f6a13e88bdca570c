"""The fitted weights: a small readable file, numbers by name, vectors of heads as eight-bit numbers in base64."""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tracker.matching.fit import Array

FILE = Path(__file__).with_name("weights.json")


@dataclass
class Linear:
    """A linear score: weights by name, a vector for the call's vectors (empty where unused), and a bias."""

    names: tuple[str, ...]
    weights: Array
    bias: float = 0.0
    vector: Array = field(default_factory=lambda: np.zeros(0))

    def __call__(self, features: Array, vectors: Array | None = None) -> Array:
        """The score of each row; `features` may have any leading shape."""
        scores = features @ self.weights + self.bias
        return scores + vectors @ self.vector if vectors is not None and len(self.vector) else scores


@dataclass
class Stages:
    """All that is needed to score in one mode: with vectors, or with words only."""

    topic: Linear  # pair features and own head -> topic, for an opgave with a head of its own
    topic_new: Linear  # pair features -> topic, for an opgave without
    eligible: dict[str, Linear]
    use: Linear  # a call as a whole: would anyone of the region certainly want it
    must: Linear
    mix: tuple[float, float, float]  # the share of the topic in the score, and the scale and bias that calibrate it


@dataclass
class Weights:
    """The whole file: stages per mode, heads per opgave, the usual call, the threshold, and where it came from."""

    version: str
    threshold: float
    heads: dict[str, Linear]
    background: Array
    stages: dict[str, Stages]
    about: dict[str, Any]


def packed(vector: Array) -> dict[str, Any]:
    """A vector as eight-bit numbers: a hundredth part of rounding, a quarter of the room."""
    if not len(vector):
        return {}
    scale = float(np.abs(vector).max()) / 127 or 1.0
    return {
        "scale": round(scale, 8),
        "int8": base64.b64encode(np.round(vector / scale).astype(np.int8).tobytes()).decode(),
    }


def unpacked(stored: dict[str, Any]) -> Array:
    """The reverse of `packed`."""
    if not stored:
        return np.zeros(0)
    return np.frombuffer(base64.b64decode(stored["int8"]), np.int8).astype(np.float64) * float(stored["scale"])


def as_json(linear: Linear) -> dict[str, Any]:
    """A linear score as it stands in the file; weights that are zero are left out."""
    named = {n: round(float(w), 4) for n, w in zip(linear.names, linear.weights, strict=True) if abs(w) >= 5e-4}
    values: dict[str, Any] = {"bias": round(linear.bias, 4), "weights": named}
    return values | ({"vector": packed(linear.vector)} if len(linear.vector) else {})


def linear(stored: dict[str, Any], names: tuple[str, ...]) -> Linear:
    """A linear score from the file, in the order of `names`; a name the file does not know weighs nothing."""
    weights = np.array([stored["weights"].get(name, 0.0) for name in names])
    return Linear(names, weights, stored["bias"], unpacked(stored.get("vector", {})))


def save(weights: Weights, path: Path) -> None:
    """Write the file, a line per weight so that a change can be read."""
    stages = {
        mode: {
            "topic": as_json(s.topic),
            "topic_new": as_json(s.topic_new),
            "eligible": {k: as_json(v) for k, v in s.eligible.items()},
            "use": as_json(s.use),
            "must": as_json(s.must),
            "mix": [round(x, 4) for x in s.mix],
        }
        for mode, s in weights.stages.items()
    }
    whole = {
        "version": weights.version,
        "about": weights.about,
        "threshold": round(weights.threshold, 4),
        "stages": stages,
        "background": packed(weights.background),
        "heads": {k: as_json(v) for k, v in weights.heads.items()},
    }
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")


def load(path: Path, names: dict[str, dict[str, tuple[str, ...]]]) -> Weights:
    """Read the file; `names` gives per mode the order of the features of each stage, and of the heads."""
    stored = json.loads(path.read_text("utf-8"))
    stages = {
        mode: Stages(
            topic=linear(s["topic"], names[mode]["topic"]),
            topic_new=linear(s["topic_new"], names[mode]["topic_new"]),
            eligible={k: linear(v, names[mode]["eligible"]) for k, v in s["eligible"].items()},
            use=linear(s["use"], names[mode]["eligible"]),
            must=linear(s["must"], names[mode]["must"]),
            mix=(s["mix"][0], s["mix"][1], s["mix"][2]),
        )
        for mode, s in stored["stages"].items()
    }
    heads = {k: linear(v, names["vectors"]["head"]) for k, v in stored["heads"].items()}
    return Weights(
        stored["version"], stored["threshold"], heads, unpacked(stored["background"]), stages, stored["about"]
    )
