"""Fit what dates, amounts and percentages mean on labelled sentences: ``python -m scrapers.fit FILE.jsonl ...``

Writes ``scrapers/weights.npz``. A line is ``{"document", "before", "sentence", "spans": [{"text", "start", "kind",
"means"}]}``; docs/dates-and-amounts.md says what the meanings are. ``--facts FILE.jsonl`` adds whole texts of which
only the facts are known; ``--to FILE`` writes the weights elsewhere. Needs scikit-learn, which only developers have.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from scrapers.facts.features import features
from scrapers.facts.find import find
from scrapers.facts.meanings import KINDS, WEIGHTS, Judged, is_doubted, judged, named
from scrapers.facts.sentences import Sentence, cut
from scrapers.facts.spans import Moment

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
FACTS_OF = {
    "date": {"opens": "opens", "closes": "closes"},
    "amount": {"budget": "budget", "max_amount": "max"},
    "rate": {"rate": "rate"},
}  # of a text with known facts: the field, and the meaning of a span that carries its value
KNOWN_WEIGHT = 0.7  # beside one of a labelled sentence
MAY_BE, LIKELIEST = 0.1, 0.5


@dataclass(frozen=True)
class Example:
    """One labelled span as the classifier sees it."""

    document: str
    kind: str
    meaning: str
    seen: tuple[str, ...]
    weight: float = 1.0
    doubted: bool = False
    named: str = ""


def meaning_of(label: dict[str, Any]) -> str:
    """The classifier's word for a label; of a step, whether one can enter by it."""
    kind, means = label["kind"], label["means"]
    if means == "stage":
        return "step" if label.get("door", label.get("step") != 2) else "later"
    meaning = MEANINGS.get(means, "other")
    return meaning if meaning in OF_KIND[kind] else "other"


def examples(path: Path, language: str | None = None) -> Iterator[Example]:
    """Every labelled span that the finder finds too."""
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
                words = is_doubted(sentence, number), named(sentence, number)
                yield Example(row["document"], span.kind, meaning_of(hits[-1]), seen, row.get("weight", 1.0), *words)


def _placed(row: dict[str, Any], shift: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    at = 0
    for label in row["spans"]:
        start = label.get("start", label.get("at"))
        start = row["sentence"].find(label["text"], at) if start is None else start
        at = start + len(label["text"])
        yield shift + start, shift + at, label


def of_known_facts(path: Path) -> Iterator[Example]:
    """The spans of texts of which only the facts are known: ``{"id", "text", "language", "facts": {...}}`` a line.

    A span with a known value gets its meaning, unless the weights as they are rule that out; any other span what those
    weights say, where they are likely right and say no fact of which another value is known.
    """
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        for mention in judged(cut(row["text"], find(row["text"], row["language"]))) if "facts" in row else ():
            meaning = _known_meaning(mention, row["facts"])
            if meaning:
                sentence, number = mention.sentence, mention.number
                words = is_doubted(sentence, number), named(sentence, number)
                seen = tuple(features(sentence, number))
                yield Example(f"known/{row['id']}", mention.span.kind, meaning, seen, KNOWN_WEIGHT, *words)


def _known_meaning(mention: Judged, facts: dict[str, Any]) -> str:
    value, fields = mention.span.value, FACTS_OF[mention.span.kind]
    if value is None:
        return ""
    written = value.isoformat()[:10] if isinstance(value, Moment) else format(value.normalize(), "f")
    best = max(mention.chances, key=lambda name: mention.chances[name])
    for field, meaning in fields.items():
        wanted = {right[:10] if isinstance(value, Moment) else right for right in _wanted(field, facts)}
        if written in wanted and (best == meaning or mention.chances.get(meaning, 0) > MAY_BE):
            return meaning
    elsewhere = any(best == meaning != "closes" and _wanted(field, facts) for field, meaning in fields.items())
    return "" if elsewhere or best in ("step", "later") or mention.chances[best] < LIKELIEST else best


def wanted_values(name: str, value: Any) -> set[str]:
    """What is right for a labelled value; a day that was labelled as printed is also right as the day before it."""
    if value is None:
        return set()
    if name not in ("opens", "closes"):
        return {format(Decimal(str(value)).normalize(), "f")}
    bare = "T" not in value or value.endswith("T00:00")
    before = (date.fromisoformat(value[:10]) - timedelta(days=1)).isoformat()
    return {value, before} if name == "closes" and bare else {value}


def _wanted(field: str, facts: dict[str, Any]) -> set[str]:
    return wanted_values(field, facts.get(FIELDS[field]))


def fitted(rows: list[Example], kind: str) -> dict[str, Any]:
    """The arrays of one kind of span, as they stand in the file of weights."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [row for row in rows if row.kind == kind]
    counts = Counter(name for row in rows for name in row.seen)
    names = sorted(name for name, count in counts.items() if count >= SEEN_TWICE)
    place = {name: number for number, name in enumerate(names)}
    pairs = [(i, place[name]) for i, row in enumerate(rows) for name in row.seen if name in place]
    size = np.array([NGRAM_WEIGHT if _is_ngram(name) else TOPIC_WEIGHT for name in names])
    i, j = np.array(pairs).T
    matrix = csr_matrix((size[j], (i, j)), shape=(len(rows), len(names)))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(matrix, [row.meaning for row in rows], sample_weight=[row.weight for row in rows])
    return _compact(names, model.classes_, model.coef_.T * size[:, None], model.intercept_, kind)


def _is_ngram(name: str) -> bool:
    return name[0] in "LRNM"


def _compact(names: list[str], meanings: Any, table: Any, base: Any, kind: str) -> dict[str, Any]:
    """Whole numbers of one byte; features that never weigh are left out."""
    scale = float(np.abs(table).max()) / 127
    whole = np.round(table / scale).astype(np.int8)
    kept = np.flatnonzero(np.abs(whole).max(axis=1) > 0)
    return {
        f"{kind}_features": np.frombuffer("\n".join(names[k] for k in kept).encode(), dtype=np.uint8),
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
    """Fit on all files together."""
    options = argparse.ArgumentParser(prog="python -m scrapers.fit")
    options.add_argument("sentences", nargs="+", type=Path, metavar="FILE.jsonl", help="labelled sentences")
    options.add_argument("--facts", action="append", type=Path, default=[], help="texts with known facts")
    options.add_argument("--to", type=Path, default=WEIGHTS, help="where the weights go (a name on .npz)")
    chosen = options.parse_args(given)
    rows = [row for path in chosen.sentences for row in examples(path)]
    rows += [row for path in chosen.facts for row in of_known_facts(path)]
    write(rows, chosen.to)
    print(
        f"{len(rows)} spans of {len({row.document for row in rows})} documents, {chosen.to.stat().st_size // 1024} KiB"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
