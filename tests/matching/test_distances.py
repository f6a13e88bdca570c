"""How far a call lies from what is usual of an opgave: the same cosine counts for more where most calls are far."""

import numpy as np
import pytest

from tracker.matching import distances, scoring
from tracker.matching.agenda import Phrases
from tracker.matching.features import VECTOR_FEATURES, WORD_FEATURES

WHOLE = len(WORD_FEATURES) + VECTOR_FEATURES.index("whole_phrase")
AT = {name: number for number, name in enumerate(distances.NAMES)}


def pairs(whole: list[list[float]]) -> np.ndarray:
    table = np.zeros((len(whole), len(whole[0]), len(WORD_FEATURES) + len(VECTOR_FEATURES)))
    table[:, :, WHOLE] = whole
    return table


def test_a_cosine_counts_by_what_is_usual_of_its_opgave() -> None:
    usual = distances.usual_in(pairs([[0.1, 0.5], [0.3, 0.7]]))
    found = distances.distances(pairs([[0.4, 0.6]]), np.zeros((1, 2, 2)), usual)
    assert found[0, :, AT["whole_phrase_apart"]] == pytest.approx([2.0, 0.0], abs=1e-3)
    assert found[0, :, AT["whole_phrase_behind"]] == pytest.approx([-0.2, 0.0])


def test_what_is_usual_of_a_new_opgave_is_known_from_the_labelled_calls_at_once() -> None:
    wholes = np.eye(4, dtype=np.float32)
    phrases = Phrases(("a", "b"), (0, 1), np.eye(4, dtype=np.float32)[:2])
    usual = distances.usual_among(wholes, phrases, phrases, 3)
    assert usual.mean[:, 0] == pytest.approx([0.25, 0.25, 0.0])  # the last has no phrases
    assert (usual.spread > 0).all()


def test_without_labelled_calls_or_opgaven_nothing_breaks() -> None:
    usual = distances.usual_in(pairs([[0.1, 0.5]])[:0])
    assert np.isfinite(distances.distances(pairs([[0.4, 0.6]]), np.zeros((1, 2, 2)), usual)).all()
    none = distances.usual_of(np.zeros((3, 0, 2)))
    assert distances.distances(np.zeros((3, 0, 14)), np.zeros((3, 0, 2)), none).shape == (3, 0, len(distances.NAMES))


def test_only_the_last_stage_of_vectors_reads_them() -> None:
    assert set(distances.NAMES) <= set(scoring.names("vectors")["final"])
    assert not set(distances.NAMES) & {*scoring.names("vectors")["pair"], *scoring.names("words")["final"]}
