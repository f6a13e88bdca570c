"""What a date, an amount or a percentage means, and how certain that is: weights fitted on labelled sentences.

The weights are data (``scrapers/weights.npz``, made of ``scrapers/labels`` by ``python -m scrapers.fit``). Here they
are only added up, so reading needs no library of learning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scrapers.facts.features import features, key_of
from scrapers.facts.sentences import ANY_MARK, Sentence
from scrapers.facts.spans import Span
from scrapers.facts.words import groups, pattern

WEIGHTS = Path(__file__).parent.parent / "weights.npz"
KINDS = ("date", "amount", "rate")
FACTS = frozenset({"opens", "closes", "step", "later", "budget", "max", "rate"})
DOUBT = {
    "date": 0.45,
    "amount": 0.6,
    "rate": 0.6,
}  # what is left of the chance of a fact where the words around it speak of something else
ASSURED = 4.0  # how many times likelier a meaning becomes where the words around it name it in full


@dataclass(frozen=True)
class MeaningWeights:
    """Of one kind of span: a row of whole numbers a feature, a column a meaning."""

    meanings: tuple[str, ...]
    rows: dict[int, int]
    table: npt.NDArray[np.int8]
    scale: float
    base: npt.NDArray[np.float64]

    def chances(self, keys: Iterable[int]) -> dict[str, float]:
        """The chance of every meaning, together one."""
        known = [row for key in keys if (row := self.rows.get(key)) is not None]
        score = self.base + self.table[known].sum(axis=0, dtype=np.int64) * self.scale
        grown = np.exp(score - score.max())
        return dict(zip(self.meanings, (grown / grown.sum()).tolist(), strict=True))


@cache
def weights(path: Path = WEIGHTS) -> dict[str, MeaningWeights]:
    """All three tables."""
    with np.load(path, allow_pickle=False) as file:
        return {kind: _table(file, kind) for kind in KINDS}


def _table(file: "np.lib.npyio.NpzFile", kind: str) -> MeaningWeights:
    meanings = tuple(str(name) for name in file[f"{kind}_meanings"])
    rows = {key: number for number, key in enumerate(file[f"{kind}_keys"].tolist())}
    return MeaningWeights(meanings, rows, file[f"{kind}_table"], float(file[f"{kind}_scale"]), file[f"{kind}_base"])


@dataclass(frozen=True)
class Judged:
    """A span with its sentence and the chances of its meanings."""

    span: Span
    sentence: Sentence
    number: int  # which of the sentence's spans it is
    chances: dict[str, float]

    def chance(self, *meanings: str) -> float:
        """That it means one of these."""
        return sum(self.chances.get(name, 0.0) for name in meanings)

    @property
    def left(self) -> str:
        """The words of the sentence before it."""
        return self.sentence.words[: self.sentence.places[self.number]]

    @property
    def right(self) -> str:
        """The words of the sentence behind it."""
        return self.sentence.words[self.sentence.places[self.number] + 1 :]


def judged(sentences: list[Sentence], path: Path = WEIGHTS) -> list[Judged]:
    """Every span of the sentences."""
    tables = weights(path)
    return [
        Judged(span, sentence, number, weighed(sentence, number, tables))
        for sentence in sentences
        for number, span in enumerate(sentence.spans)
    ]


def weighed(sentence: Sentence, number: int, tables: dict[str, MeaningWeights]) -> dict[str, float]:
    """The chances of the meanings of one span, by the weights and by the words of doubt and of naming around it."""
    kind = sentence.spans[number].kind
    chances = tables[kind].chances(key_of(feature) for feature in features(sentence, number))
    return spoken(chances, kind, is_doubted(sentence, number), named(sentence, number))


def spoken(chances: dict[str, float], kind: str, doubted: bool, name: str) -> dict[str, float]:
    """The chances as the words around the span leave them."""
    if doubted:
        return with_doubt(chances, kind)
    if not name:
        return chances
    grown = chances | {name: chances[name] * ASSURED}
    whole = sum(grown.values())
    return {meaning: chance / whole for meaning, chance in grown.items()}


def with_doubt(chances: dict[str, float], kind: str) -> dict[str, float]:
    """Less of the meanings that are facts."""
    return {name: chance * DOUBT[kind] if name in FACTS else chance for name, chance in chances.items()}


def is_doubted(sentence: Sentence, number: int) -> bool:
    """Words around the span speak of something that is no application, no pot, no share of the costs."""
    return pattern("doubts", sentence.spans[number].kind, "(?:{})").search(around(sentence, number)) is not None


def named(sentence: Sentence, number: int) -> str:
    """The meaning that the words around the span name in full ("a maximum grant per project of #"), if any."""
    if sentence.spans[number].kind != "amount":
        return ""
    words = around(sentence, number)
    return next((name for name in groups("names") if pattern("names", name, "(?:{})").search(words)), "")


def around(sentence: Sentence, number: int) -> str:
    """The words around a span, itself a #, every other one an @."""
    place = sentence.places[number]
    left = re.sub(ANY_MARK, "@", sentence.words[max(0, place - 320) : place])
    right = re.sub(ANY_MARK, "@", sentence.words[place + 1 : place + 120])
    return f"{left}#{right}"
