"""What the matcher says of labelled calls that it was not made from: each file left out of the training in turn.

`python -m tracker.matching.left_out FILE ... [--only NAME ...]`: the measure of docs/matching.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker.matching.corpus import Corpus, challenges_of, corpus_of, rows_of
from tracker.matching.fit import Array
from tracker.matching.measures import measure
from tracker.matching.train import AGENDA, EXAMPLES, regraded
from tracker.matching.train_stages import fit, scores_of
from tracker.matching.vectors import embedder

MADE_UP = "examples"


def left_out(
    corpus: Corpus, of_file: NDArray[np.str_], titles: NDArray[np.str_], ids: Sequence[str], name: str, mode: str
) -> tuple[NDArray[np.int64], Array, Array]:
    """The rows of one file with scores and shares of who may apply, by weights that saw none of it, nor its titles."""
    asked = np.flatnonzero(of_file == name)
    seen = np.flatnonzero((of_file != name) & ~np.isin(titles, titles[asked]))
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
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--grades", type=Path, help="later grades of the same calls, which count instead")
    parser.add_argument("--only", nargs="*", help="names of the files to leave out; all by default")
    parser.add_argument("--mode", choices=("vectors", "words"), default="vectors")
    options = parser.parse_args(argv)
    encoder = embedder()
    if encoder is None:
        parser.exit(1, "measuring needs the sentence encoder\n")
    better = rows_of(options.grades) if options.grades else []
    rows = [dict(row, file=path.stem) for path in options.files for row in regraded(rows_of(path), better)]
    rows += [dict(row, file=MADE_UP) for row in rows_of(EXAMPLES)]
    challenges = challenges_of(AGENDA)
    corpus = corpus_of(rows, challenges, encoder)
    of_file = np.array([row["file"] for row in rows])
    titles = np.array([str(row.get("title")) for row in rows])
    for name in options.only or [path.stem for path in options.files]:
        told = left_out(corpus, of_file, titles, [c.id for c in challenges], name, options.mode)
        print(line(name, corpus, *told), flush=True)


if __name__ == "__main__":
    main()
