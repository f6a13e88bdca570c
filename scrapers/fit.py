"""Fit what dates, amounts and percentages mean on labelled sentences: ``python -m scrapers.fit [FILE ...]``

Writes ``scrapers/weights.npz`` from ``scrapers/labels``, or from the files that are named. A line is ``{"document",
"before", "sentence", "spans": [{"text", "start", "kind", "means"}]}``; docs/dates-and-amounts.md says what the meanings
are. ``--keys FILE.npz`` writes no weights but what the classifier sees of these sentences, as numbers without a word:
such a file is fitted on like any other. ``--to FILE`` writes the weights elsewhere. Needs scikit-learn, which only
developers have.
"""

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from scrapers.facts.features import NGRAM, features, key_of
from scrapers.facts.find import find
from scrapers.facts.meanings import KINDS, WEIGHTS, is_doubted, named
from scrapers.facts.sentences import Sentence, cut

LABELS = Path(__file__).parent / "labels"

# What the classifier tells apart; what is rare goes with what it is taken for no more than with "other".
MEANINGS = {
    "opens": "opens", "closes": "closes", "cutoff": "closes", "decision": "decision", "report": "report",
    "project_period": "period", "reference": "reference", "in_force": "force", "expires": "force",
    "transition": "force", "publication": "act", "event": "act", "signature": "act", "budget": "budget",
    "budget_part": "budget_part", "max_per_project": "max", "min": "min", "cap_other": "cap_other", "rate": "rate",
    "own_share": "own_share",
}  # fmt: skip
OF_KIND = {
    "date": {"opens", "closes", "step", "later", "decision", "report", "period", "reference", "force", "act"},
    "amount": {"budget", "budget_part", "max", "min", "cap_other"},
    "rate": {"rate", "own_share", "cap_other"},
}
NGRAM_WEIGHT, TOPIC_WEIGHT = 0.35, 0.6  # n-grams are many and say the same thing several times
STRENGTH = 4.0
SEEN_TWICE = 2
FIELDS = {
    "opens": "opens",
    "closes": "closes",
    "budget": "budget_eur",
    "max_amount": "max_per_project_eur",
    "rate": "funding_rate_pct",
}


@dataclass(frozen=True)
class Example:
    """One labelled span as the classifier sees it."""

    document: str
    kind: str
    meaning: str
    keys: tuple[int, ...]
    weight: float = 1.0
    doubted: bool = False
    named: str = ""
    seen: tuple[str, ...] = ()  # the same as the keys, in words, where there are any


def meaning_of(label: dict[str, Any]) -> str:
    """The classifier's word for a label; of a step, whether one can enter by it."""
    kind, means = label["kind"], label["means"]
    if means == "stage":
        return "step" if label.get("door", label.get("step") != 2) else "later"
    meaning = MEANINGS.get(means, "other")
    return meaning if meaning in OF_KIND[kind] else "other"


def examples(path: Path, language: str | None = None) -> Iterator[Example]:
    """Every labelled span that the finder finds too."""
    if path.suffix == ".npz":
        yield from of_keys(path)
        return
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            yield from of_row(row, language or row.get("language") or ("en" if "en" in path.stem.split("_") else "nl"))


def of_row(row: dict[str, Any], language: str) -> Iterator[Example]:
    """The labelled spans of one sentence."""
    text = text_of_row(row)
    return of_cut(row, cut(text, find(text, language)))


def text_of_row(row: dict[str, Any]) -> str:
    """The sentence below what stands before it."""
    before = str(row.get("before") or "").strip()
    return f"{before}\n\n{row['sentence']}" if before else str(row["sentence"])


def of_cut(row: dict[str, Any], sentences: Iterable[Sentence]) -> Iterator[Example]:
    """The same of a row that has been cut."""
    labels = list(_placed(row, len(text_of_row(row)) - len(row["sentence"])))
    for sentence in sentences:
        for number, span in enumerate(sentence.spans):
            hits = [label for a, b, label in labels if a < span.end and span.start < b and label["kind"] == span.kind]
            if hits:
                seen = tuple(features(sentence, number))
                words = is_doubted(sentence, number), named(sentence, number), seen
                keys = tuple(map(key_of, seen))
                yield Example(row["document"], span.kind, meaning_of(hits[-1]), keys, row.get("weight", 1.0), *words)


def _placed(row: dict[str, Any], shift: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    at = 0
    for label in row["spans"]:
        start = label.get("start", label.get("at"))
        start = row["sentence"].find(label["text"], at) if start is None else start
        at = start + len(label["text"])
        yield shift + start, shift + at, label


def write_keys(rows: Iterable[Example], path: Path) -> None:
    """The spans without their words: meaning and document by number, and the keys of what the classifier sees."""
    rows = list(rows)
    meanings = sorted({f"{row.kind}/{row.meaning}" for row in rows})
    documents = sorted({row.document for row in rows})
    np.savez_compressed(
        path,
        meanings=np.array(meanings),
        means=np.array([meanings.index(f"{row.kind}/{row.meaning}") for row in rows], dtype=np.uint8),
        documents=np.array([documents.index(row.document) for row in rows], dtype=np.uint16),
        ends=np.cumsum([len(row.keys) for row in rows], dtype=np.uint32),
        keys=np.array([key for row in rows for key in row.keys], dtype=np.uint32),
    )


def of_keys(path: Path) -> Iterator[Example]:
    """The spans of such a file."""
    with np.load(path, allow_pickle=False) as file:
        keys, ends = file["keys"].tolist(), [0, *file["ends"].tolist()]
        kinds = [str(name).split("/") for name in file["meanings"]]
        for (start, end), means, document in zip(
            itertools.pairwise(ends), file["means"], file["documents"], strict=True
        ):
            kind, meaning = kinds[means]
            yield Example(f"{path.stem}/{document}", kind, meaning, tuple(keys[start:end]))


def wanted_values(name: str, value: Any) -> set[str]:
    """What is right for a labelled value; a day that was labelled as printed is also right as the day before it."""
    if value is None:
        return set()
    if name not in ("opens", "closes"):
        return {format(Decimal(str(value)).normalize(), "f")}
    bare = "T" not in value or value.endswith("T00:00")
    before = (date.fromisoformat(value[:10]) - timedelta(days=1)).isoformat()
    return {value, before} if name == "closes" and bare else {value}


def fitted(rows: list[Example], kind: str) -> dict[str, Any]:
    """The arrays of one kind of span, as they stand in the file of weights."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [row for row in rows if row.kind == kind]
    counts = Counter(key for row in rows for key in row.keys)
    keys = np.array(sorted(key for key, count in counts.items() if count >= SEEN_TWICE), dtype=np.uint32)
    place = {key: number for number, key in enumerate(keys.tolist())}
    pairs = [(i, place[key]) for i, row in enumerate(rows) for key in row.keys if key in place]
    size = np.where(keys & NGRAM, NGRAM_WEIGHT, TOPIC_WEIGHT)
    i, j = np.array(pairs).T
    matrix = csr_matrix((size[j], (i, j)), shape=(len(rows), len(keys)))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(matrix, [row.meaning for row in rows], sample_weight=[row.weight for row in rows])
    return _compact(keys, model.classes_, model.coef_.T * size[:, None], model.intercept_, kind)


def _compact(keys: Any, meanings: Any, table: Any, base: Any, kind: str) -> dict[str, Any]:
    """Whole numbers of one byte; features that never weigh are left out."""
    scale = float(np.abs(table).max()) / 127
    whole = np.round(table / scale).astype(np.int8)
    kept = np.flatnonzero(np.abs(whole).max(axis=1) > 0)
    return {
        f"{kind}_keys": keys[kept],
        f"{kind}_meanings": np.array([str(name) for name in meanings]),
        f"{kind}_table": whole[kept],
        f"{kind}_scale": np.array(scale),
        f"{kind}_base": base.astype(np.float64),
    }


def write(rows: Iterable[Example], path: Path = WEIGHTS) -> None:
    """Fit all three kinds and write the file."""
    rows = list(rows)
    arrays: dict[str, Any] = {}
    for kind in KINDS:
        arrays |= fitted(rows, kind)
    np.savez_compressed(path, **arrays)


def main(given: list[str] | None = None) -> int:
    """Fit on all files together, or write what is seen of them."""
    options = argparse.ArgumentParser(prog="python -m scrapers.fit")
    options.add_argument("files", nargs="*", type=Path, metavar="FILE", help="labelled sentences (scrapers/labels)")
    options.add_argument("--keys", type=Path, metavar="FILE.npz", help="write what is seen of them, without words")
    options.add_argument("--to", type=Path, default=WEIGHTS, help="where the weights go (a name on .npz)")
    chosen = options.parse_args(given)
    files = chosen.files or sorted(LABELS.iterdir())
    rows = [row for path in files for row in examples(path)]
    write_keys(rows, chosen.keys) if chosen.keys else write(rows, chosen.to)
    written: Path = chosen.keys or chosen.to
    print(f"{len(rows)} spans of {len({row.document for row in rows})} documents, {written.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
