"""The fitted weights as data: one file of plain arrays, the same bytes for the same fit."""

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tracker.matching.distances import Usual
from tracker.matching.fit import Array
from tracker.matching.neighbours import LabelledCalls
from tracker.matching.texts import Vectors
from tracker.matching.trees import Trees
from tracker.matching.vectors import KEY

HEADS = ("heads", "must_heads")
NOT_MEASURED = Usual(np.zeros((0, 2)), np.ones((0, 2)))
MADE = (2026, 11, 30, 0, 0, 0)  # of every part of the file: the same fit gives the same bytes


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

    topic: Trees
    eligible: dict[str, Linear]
    who: dict[str, Trees]  # the same answers by trees, on cues and the nearest labelled calls
    use: Linear  # a call as a whole: would anyone of the region certainly want it
    final: Trees
    drawn: int  # forests in `final`, whose mean is taken
    mix: tuple[float, float]  # scale and bias by which the score reads as a chance


@dataclass
class Weights:
    """The whole file: stages per mode, what labels say per opgave, the threshold, and where it came from."""

    version: str
    threshold: float
    heads: dict[str, Linear]  # per opgave: does a call touch it
    must_heads: dict[str, Linear]  # and would its people certainly want it
    often: dict[str, float]  # per opgave the logarithm of the share of calls that matter to it
    labelled: LabelledCalls
    stages: dict[str, Stages]
    about: dict[str, Any]
    phrases: dict[bytes, Vectors] = field(default_factory=dict)  # of the shipped agenda, by `text_key`
    words: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)  # by opgave: held by, and mattered
    usual: Usual = NOT_MEASURED  # of the opgaven fitted on, while fitting; a matcher measures that of its own agenda


def save(weights: Weights, path: Path) -> None:
    """Write the file: `about.json` to read, and the arrays by name."""
    tables: dict[str, Any] = {}
    told: dict[str, Any] = {"version": weights.version, "threshold": round(weights.threshold, 4)}
    told |= {"about": weights.about, "often": {k: round(v, 4) for k, v in weights.often.items()}}
    for kind in HEADS:
        heads = getattr(weights, kind)
        told[kind] = {name: _stored(linear, f"{kind}/{name}", tables) for name, linear in heads.items()}
    told["words"] = weights.words
    tables["phrases/keys"] = np.frombuffer(b"".join(weights.phrases), np.uint8)
    tables["phrases/vectors"] = np.array(list(weights.phrases.values()), np.float16)
    told["labelled"] = list(weights.labelled.ids)
    for side in ("vectors", "wholes"):
        tables[f"labelled/{side}"] = np.round(getattr(weights.labelled, side) * 127).astype(np.int8)
    tables["labelled/matters"] = weights.labelled.matters.astype(np.int8)
    tables["labelled/eligible"] = weights.labelled.eligible.astype(np.float16)
    tables["labelled/siblings"] = weights.labelled.siblings
    told["stages"] = {mode: _stored_stages(s, mode, tables) for mode, s in weights.stages.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("about.json", MADE), json.dumps(told, indent=1, ensure_ascii=False))
        for name in sorted(tables):
            write_table(file, name, tables[name])


def write_table(file: zipfile.ZipFile, name: str, table: Any) -> None:
    """Numbers under a name, always as the same bytes."""
    part = io.BytesIO()
    np.save(part, table, allow_pickle=False)
    file.writestr(zipfile.ZipInfo(f"{name}.npy", MADE), part.getvalue(), zipfile.ZIP_DEFLATED)


def _stored(linear: Linear, at: str, tables: dict[str, Any]) -> float:
    tables[f"{at}/weights"] = linear.weights.astype(np.float32)
    tables[f"{at}/vector"] = linear.vector.astype(np.float16)
    return round(linear.bias, 5)


def _stored_stages(stages: Stages, mode: str, tables: dict[str, Any]) -> dict[str, Any]:
    for name, trees in {"topic": stages.topic, "final": stages.final, **_named(stages.who)}.items():
        tables.update({f"{mode}/{name}/{part}": table for part, table in vars(trees).items()})
    linear = {**stages.eligible, "use": stages.use}
    biases = {name: _stored(part, f"{mode}/{name}", tables) for name, part in linear.items()}
    return {"biases": biases, "drawn": stages.drawn, "mix": [round(x, 4) for x in stages.mix]}


def _named(who: dict[str, Trees]) -> dict[str, Trees]:
    return {f"who_{name}": trees for name, trees in who.items()}


def load(path: Path, names: dict[str, dict[str, tuple[str, ...]]]) -> Weights:
    """Read the file; `names` gives per mode the order of the features of each stage, and of the heads."""
    with zipfile.ZipFile(path) as file:
        told = json.loads(file.read("about.json"))
        tables = {
            name.removesuffix(".npy"): np.load(io.BytesIO(file.read(name)), allow_pickle=False)
            for name in file.namelist()
            if name.endswith(".npy")
        }
    heads, must_heads = (
        {name: _linear(tables, f"{part}/{name}", bias, names["vectors"]["head"]) for name, bias in told[part].items()}
        for part in HEADS
    )
    labelled = LabelledCalls(
        ids=tuple(told["labelled"]),
        vectors=tables["labelled/vectors"].astype(np.float32) / 127,
        wholes=tables["labelled/wholes"].astype(np.float32) / 127,
        matters=tables["labelled/matters"].astype(np.float64),
        eligible=tables["labelled/eligible"].astype(np.float64),
        siblings=tables["labelled/siblings"],
    )
    stages = {mode: _stages(tables, mode, kept, names[mode]["call"]) for mode, kept in told["stages"].items()}
    kept = (told["version"], told["threshold"], heads, must_heads, told["often"], labelled, stages, told["about"])
    keys, vectors = tables["phrases/keys"].tobytes(), tables["phrases/vectors"].astype(np.float32)
    phrases = {keys[n * KEY : (n + 1) * KEY]: vector for n, vector in enumerate(vectors)}
    return Weights(*kept, phrases, told["words"])


def _linear(tables: dict[str, Any], at: str, bias: float, names: tuple[str, ...]) -> Linear:
    weights = tables[f"{at}/weights"].astype(np.float64)
    return Linear(names, weights, bias, tables[f"{at}/vector"].astype(np.float64))


def _stages(tables: dict[str, Any], mode: str, kept: dict[str, Any], names: tuple[str, ...]) -> Stages:
    linear = {name: _linear(tables, f"{mode}/{name}", bias, names) for name, bias in kept["biases"].items()}
    use = linear.pop("use")
    topic, final = (_trees(tables, f"{mode}/{name}") for name in ("topic", "final"))
    who = {name: _trees(tables, f"{mode}/who_{name}") for name in linear}
    return Stages(topic, linear, who, use, final, kept["drawn"], (kept["mix"][0], kept["mix"][1]))


def _trees(tables: dict[str, Any], at: str) -> Trees:
    return Trees(**{part: tables[f"{at}/{part}"] for part in Trees.__dataclass_fields__})
