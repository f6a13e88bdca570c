"""What the matcher says of labelled calls that it was not made from: each file left out of the training in turn.

`python -m tracker.matching.left_out [--only NAME ...]`: the measure of docs/matching.md, from numbers alone.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker.matching.corpus import Corpus, challenges_of
from tracker.matching.fit import Array
from tracker.matching.inputs import corpus_from, load
from tracker.matching.measures import measure
from tracker.matching.train import AGENDA, INPUTS, MADE_UP
from tracker.matching.train_stages import fit, scores_of
from tracker.matching.vectors import embedder


def left_out(
    corpus: Corpus, parts: NDArray[np.str_], ids: Sequence[str], name: str, mode: str
) -> tuple[NDArray[np.int64], Array, Array]:
    """The rows of one file, scores and shares of who may apply, by weights that saw none of it nor its siblings."""
    asked = np.flatnonzero(parts == name)
    seen = np.flatnonzero((parts != name) & ~np.isin(corpus.siblings, corpus.siblings[asked]))
    known = fit(corpus.part(seen), ids, (mode,))
    scores = scores_of(corpus.part(asked), ids, known, mode)
    return asked, scores.score, scores.eligible


def line(name: str, corpus: Corpus, rows: NDArray[np.int64], score: Array, eligible: Array) -> str:
    """One row of the table: average precision with 95 % intervals, and how often who may apply is estimated right."""
    grades, answered = corpus.grades[rows], corpus.eligible[rows].max(1) == 1
    parts = []
    for lowest in (2, 1):
        m = measure(grades, score, lowest, 0.5, 400)
        parts.append(f"{m.ap or 0:.3f} ({m.low or 0:.2f}-{m.high or 0:.2f})")
    right = (eligible[answered].argmax(1) == corpus.eligible[rows][answered].argmax(1)).mean()
    return f"| `{name}` ({len(rows)}) | {parts[0]} | {parts[1]} | {right:.3f} |"


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tracker.matching.left_out", description=__doc__)
    parser.add_argument("--inputs", type=Path, default=INPUTS, help="labelled calls as numbers")
    parser.add_argument("--only", nargs="*", help="names of the files to leave out; all by default")
    parser.add_argument("--mode", choices=("vectors", "words"), default="vectors")
    options = parser.parse_args(argv)
    encoder = embedder()
    if encoder is None:
        parser.exit(1, "measuring needs the sentence encoder\n")
    inputs, challenges = load(options.inputs), challenges_of(AGENDA)
    corpus, parts = corpus_from(inputs, challenges, encoder), np.array(inputs.parts)
    for name in options.only or [name for name in dict.fromkeys(inputs.parts) if name != MADE_UP]:
        told = left_out(corpus, parts, [c.id for c in challenges], name, options.mode)
        print(line(name, corpus, *told), flush=True)


if __name__ == "__main__":
    main()
