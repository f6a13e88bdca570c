"""The fit: the repository alone gives the weights back, and what is seen of a sentence is kept without its words."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from scrapers import fit
from scrapers.facts.meanings import KINDS, WEIGHTS
from scrapers.fit import LABELS


def rows_of(file: "np.lib.npyio.NpzFile", kind: str) -> dict[int, npt.NDArray[np.float64]]:
    """Each key of a file of weights with what it weighs."""
    weighed = file[f"{kind}_table"] * file[f"{kind}_scale"]
    return dict(zip(file[f"{kind}_keys"].tolist(), weighed, strict=True))


@pytest.mark.slow
def test_the_weights_are_those_that_the_fit_makes_of_the_labels(tmp_path: Path) -> None:
    fit.main(["--to", str(tmp_path / "weights.npz")])
    with np.load(tmp_path / "weights.npz") as made, np.load(WEIGHTS) as shipped:
        for kind in KINDS:
            assert made[f"{kind}_meanings"].tolist() == shipped[f"{kind}_meanings"].tolist()
            here, there = (rows_of(file, kind) for file in (made, shipped))
            both = here.keys() & there.keys()
            assert len(both) > 0.999 * max(len(here), len(there))
            assert max(np.abs(here[key] - there[key]).max() for key in both) < 0.05


def test_what_is_seen_of_sentences_can_be_kept_without_their_words(tmp_path: Path) -> None:
    fit.main([str(LABELS / "plain.jsonl"), "--keys", str(tmp_path / "keys.npz")])
    kept, given = list(fit.examples(tmp_path / "keys.npz")), list(fit.examples(LABELS / "plain.jsonl"))
    assert [(row.kind, row.meaning, row.keys) for row in kept] == [(row.kind, row.meaning, row.keys) for row in given]
    assert len({row.document for row in kept}) == len({row.document for row in given})
    assert b"aanvra" not in (tmp_path / "keys.npz").read_bytes()
