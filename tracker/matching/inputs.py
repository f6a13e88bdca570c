"""What a fit needs of labelled calls, as numbers: the shipped weights follow from one file of these, without a text.

A call is its identifier, three vectors rounded to a byte a number, how often words of each opgave stand where, its
cues, and what people said of it. No sentence of its text can be read back from these.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.errors import NotPossible
from tracker.matching import features
from tracker.matching.agenda import phrases_of, words_of
from tracker.matching.corpus import Corpus, eligible_of, grades_of, word_records
from tracker.matching.distances import middle_features
from tracker.matching.features import BatchVectors
from tracker.matching.prepare import prepare_agenda, prepare_batch
from tracker.matching.scoring import call_vectors
from tracker.matching.texts import ChallengeText, Embedder, Vectors, read_call
from tracker.matching.vectors import KEY, CachedEncoder, text_key
from tracker.matching.weights import MADE, write_table

FULL = 127  # a vector's number of 1, as a byte
Records = dict[str, dict[str, tuple[int, int]]]


@dataclass(frozen=True)
class TrainingInputs:
    """Labelled calls in a fixed order, one a row of each table; ``opgaven`` are the columns of words and grades."""

    encoder: str
    opgaven: tuple[str, ...]
    ids: tuple[str, ...]
    parts: tuple[str, ...]  # per call the file it came from
    title: NDArray[np.int8]
    whole: NDArray[np.int8]
    place: NDArray[np.int8]
    words: NDArray[np.float32]
    cues: NDArray[np.float32]
    grades: NDArray[np.int8]
    eligible: NDArray[np.float32]
    siblings: NDArray[np.int64]
    weight: NDArray[np.float32]
    phrases: dict[bytes, Vectors] = field(default_factory=dict)  # of the agenda, by `text_key`
    records: Records = field(default_factory=dict)  # per opgave and word: calls that hold it, and that mattered


TABLES = ("title", "whole", "place", "words", "cues", "grades", "eligible", "siblings", "weight")


def inputs_of(
    rows: Sequence[Mapping[str, Any]], challenges: Sequence[ChallengeText], encoder: Embedder
) -> TrainingInputs:
    """Those of labelled calls with their texts; ``part`` of a row says from which file it is."""
    calls, ids = [read_call(row, number) for number, row in enumerate(rows)], [c.id for c in challenges]
    ready = prepare_batch(calls, prepare_agenda(challenges, encoder), encoder)
    assert ready.encoded is not None
    return TrainingInputs(
        encoder=encoder.name,
        opgaven=tuple(ids),
        ids=tuple(str(row.get("identifier") or row.get("id") or n) for n, row in enumerate(rows)),
        parts=tuple(str(row.get("part") or "") for row in rows),
        title=rounded(ready.encoded.title),
        whole=rounded(ready.encoded.whole),
        place=rounded(ready.encoded.place),
        words=ready.pairs["words"].astype(np.float32),
        cues=ready.cues.astype(np.float32),
        grades=grades_of(rows, ids).astype(np.int8),
        eligible=eligible_of(rows).astype(np.float32),
        siblings=ready.siblings,
        weight=np.array([float(row.get("labellings") or 1) for row in rows], np.float32),
        phrases=phrases_known(challenges, encoder),
        records=word_records(rows, challenges),
    )


def rounded(vectors: Vectors) -> NDArray[np.int8]:
    """Unit vectors, a byte a number."""
    return np.round(np.asarray(vectors) * FULL).astype(np.int8)


def phrases_known(challenges: Sequence[ChallengeText], encoder: Embedder) -> dict[bytes, Vectors]:
    """The vectors of all texts of the agenda, in half precision: they come with the weights."""
    texts = list(dict.fromkeys(text for each in challenges for text in (*phrases_of(each), *words_of(each))))
    vectors = encoder.encode(texts).astype(np.float16).astype(np.float32)
    return dict(zip(map(text_key, texts), vectors, strict=True))


def corpus_from(inputs: TrainingInputs, challenges: Sequence[ChallengeText], encoder: Embedder) -> Corpus:
    """The same as features; ``encoder`` reads what of the agenda was not read when these were kept."""
    known = prepare_agenda(challenges, CachedEncoder(encoder, dict(inputs.phrases)))
    assert known.phrases is not None
    assert known.words is not None
    encoded = BatchVectors(_unit(inputs.title), _unit(inputs.whole), _unit(inputs.place), [])
    by_words = inputs.words.astype(np.float64)
    by_vectors = features.vector_features(encoded, known.phrases, known.words, known.count)
    pairs = {"words": by_words, "vectors": np.concatenate([by_words, by_vectors], axis=2)}
    pairs["middle"] = middle_features(encoded, known.phrases, known.count)
    return Corpus(
        pairs, inputs.cues.astype(np.float64), call_vectors(encoded), features.fingerprints(encoded), encoded.whole,
        inputs.grades.astype(np.int64), inputs.eligible.astype(np.float64), inputs.siblings,
        inputs.weight.astype(np.float64),
    )  # fmt: skip


def _unit(vectors: NDArray[np.int8]) -> Vectors:
    """As they were but for the rounding: of length one, or nothing where there was no text."""
    full = vectors.astype(np.float32) / FULL
    return np.asarray(full / np.maximum(np.linalg.norm(full, axis=1, keepdims=True), 1e-6), np.float32)


def joined(kept: TrainingInputs, new: TrainingInputs) -> TrainingInputs:
    """Both: a call that is new under the id of one that was kept takes its place, and is counted once."""
    if (kept.encoder, kept.opgaven) != (new.encoder, new.opgaven):
        raise InputsUnlike(f"kept with {kept.encoder} for {len(kept.opgaven)} opgaven, not with what is installed")
    stays = np.array([call not in set(new.ids) for call in kept.ids])
    if not stays.all():
        raise InputsUnlike(f"{(~stays).sum()} calls are kept already, such as {kept.ids[int(np.argmin(stays))]}")
    tables: dict[str, Any] = {name: np.concatenate([getattr(kept, name), getattr(new, name)]) for name in TABLES}
    records = {name: _added(kept.records[name], words) for name, words in new.records.items()}
    ids, parts = (*kept.ids, *new.ids), (*kept.parts, *new.parts)
    return replace(new, ids=ids, parts=parts, phrases=kept.phrases | new.phrases, records=records, **tables)


def _added(one: dict[str, tuple[int, int]], other: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    sums = {word: (held, mattered) for word, (held, mattered) in one.items()}
    for word, (held, mattered) in other.items():
        before = sums.get(word, (0, 0))
        sums[word] = before[0] + held, before[1] + mattered
    return sums


class InputsUnlike(NotPossible):
    """Numbers of two kinds, or of one call twice: they make no training together."""


def save(inputs: TrainingInputs, path: Path) -> None:
    """Write the file; the same numbers give the same bytes."""
    told = {name: getattr(inputs, name) for name in ("encoder", "opgaven", "ids", "parts", "records")}
    tables = {name: getattr(inputs, name) for name in TABLES}
    tables["phrase_keys"] = np.frombuffer(b"".join(inputs.phrases), np.uint8)
    tables["phrase_vectors"] = np.array(list(inputs.phrases.values()), np.float16)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        about = json.dumps(told, ensure_ascii=False)
        file.writestr(zipfile.ZipInfo("about.json", MADE), about, zipfile.ZIP_DEFLATED)
        for name, table in tables.items():
            write_table(file, name, table)


def load(path: Path) -> TrainingInputs:
    """Read it. Raises OSError where it is not there."""
    with zipfile.ZipFile(path) as file:
        told = json.loads(file.read("about.json"))
        names = (*TABLES, "phrase_keys", "phrase_vectors")
        tables = {name: np.load(io.BytesIO(file.read(f"{name}.npy")), allow_pickle=False) for name in names}
    keys, vectors = tables.pop("phrase_keys").tobytes(), tables.pop("phrase_vectors").astype(np.float32)
    phrases = {keys[n * KEY : (n + 1) * KEY]: vector for n, vector in enumerate(vectors)}
    told |= {name: tuple(told[name]) for name in ("opgaven", "ids", "parts")}
    return TrainingInputs(**told, **tables, phrases=phrases)
