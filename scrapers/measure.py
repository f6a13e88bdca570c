"""How well the grammar reads: precision and recall per fact over a file of texts with their facts.

``python -m scrapers.measure FILE.jsonl`` prints the table and every fact that was missed or misread.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from scrapers import dutch, english
from scrapers.spans import Facts, Moment, Read

FIELDS = {
    "opens": "opens",
    "closes": "closes",
    "budget_eur": "budget",
    "max_per_project_eur": "max_per_project",
    "funding_rate_pct": "funding_rate",
}


@dataclass
class Score:
    """Counts per fact: right, wrong (read another value, or a value where there is none), missed."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def precision(self, *names: str) -> float:
        right, wrong = (sum(c[n] for n in names or FIELDS) for c in (self.right, self.wrong))
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, *names: str) -> float:
        right, missed = (sum(c[n] for n in names or FIELDS) for c in (self.right, self.missed))
        return right / (right + missed) if right + missed else 1.0


def measure(rows: Iterable[dict[str, Any]]) -> Score:
    """Read every text with the grammar of its language and compare; a misread value counts as wrong and as missed."""
    score = Score()
    for row in rows:
        tongue = english if row.get("language") == "en" else dutch
        facts = tongue.read_facts(row["text"])
        for name, attribute in FIELDS.items():
            _compare(score, row, name, row["facts"].get(name), _plain(facts, attribute))
    return score


def _plain(facts: Facts, attribute: str) -> str | Decimal | None:
    read: Read | None = getattr(facts, attribute)
    if read is None:
        return None
    if isinstance(read.value, Moment):
        return read.value.isoformat()
    assert isinstance(read.value, Decimal)
    return read.value


def _compare(score: Score, row: dict[str, Any], name: str, want: Any, got: str | Decimal | None) -> None:
    if isinstance(want, int | float):
        want = Decimal(str(want))
    if want is not None and want == got:
        score.right[name] += 1
        return
    score.wrong[name] += got is not None
    score.missed[name] += want is not None
    if want != got:
        score.remarks.append(f"{row.get('id', '?')} {name}: read {got}, should be {want}")


def table(score: Score) -> str:
    """One line a fact: how many there are, precision, recall."""
    lines = [f"{'fact':22}{'there':>7}{'precision':>11}{'recall':>8}"]
    for name in FIELDS:
        there = score.right[name] + score.missed[name]
        lines.append(f"{name:22}{there:7}{score.precision(name):11.3f}{score.recall(name):8.3f}")
    there = sum(score.right.values()) + sum(score.missed.values())
    return "\n".join([*lines, f"{'all':22}{there:7}{score.precision():11.3f}{score.recall():8.3f}"])


def rows_with_facts(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON-lines file that carry facts."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [row for row in rows if "facts" in row]


def main(paths: list[str]) -> int:
    """Print table and remarks of every file."""
    if not paths:
        print("usage: python -m scrapers.measure FILE.jsonl ...", file=sys.stderr)
        return 2
    for path in paths:
        score = measure(rows_with_facts(Path(path)))
        print(path, table(score), *score.remarks, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
