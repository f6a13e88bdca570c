"""Measure the matcher on labelled calls: average precision, precision and recall, with bootstrap intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching.corpus import Grades, LabelsUnreadable, grades_of, rows_of
from tracker.matching.measures import DRAWS, Measure, measure, rounded
from tracker.matching.model import Matcher
from tracker.matching.model_names import DIGEST_THRESHOLD
from tracker.matching.scoring import ELIGIBLE
from tracker.matching.sentences import language_of
from tracker.matching.texts import read_call

Array = NDArray[np.float64]
Show = Callable[[int, int], None]
KINDS = {"must": 2, "any": 1}  # the lowest grade that counts
STEP = 64


@dataclass(frozen=True)
class Report:
    """What was measured, over all pairs, per language and per opgave."""

    model: str
    threshold: float
    calls: int
    pairs: int
    overall: dict[str, Measure]
    languages: dict[str, dict[str, Measure]]
    challenges: dict[str, dict[str, Measure]]
    eligible: float | None

    def as_json(self) -> dict[str, Any]:
        """The keys that other programs rely on, and a few more."""
        told = {kind: m.as_json() for kind, m in self.overall.items()}
        return {
            "pairs": self.pairs,
            "all": told,
            "languages": {k: {kind: m.as_json() for kind, m in v.items()} for k, v in self.languages.items()},
            "opgaven": {k: {kind: m.as_json() for kind, m in v.items()} for k, v in self.challenges.items()},
            "eligible": rounded(self.eligible),
            "calls": self.calls,
            "threshold": round(self.threshold, 4),
            "model": self.model,
        }

    def as_text(self) -> str:
        """The same as a table."""
        head = f"{self.calls} calls, {self.pairs} pairs, {self.model}, digest threshold {self.threshold:.2f}"
        columns = f"{'':<28}{'must see (2)':<40}{'must see or touches (1, 2)'}"
        names = f"{'':<28}{'AP':<8}{'95 %':<14}{'prec':<8}{'recall':<10}{'AP':<8}{'95 %':<14}{'prec':<8}{'recall'}"
        lines = [head, "", columns, names, _line("all", self.overall)]
        lines += [_line(f"language {name}", m) for name, m in self.languages.items()]
        lines += [_line(name, m) for name, m in self.challenges.items()]
        share = "-" if self.eligible is None else f"{self.eligible:.3f}"
        return "\n".join([*lines, "", f"who may apply: right in {share}"])


def _line(name: str, measures: dict[str, Measure]) -> str:
    def figure(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    text = f"{name:<28}"
    for kind, wide in (("must", 10), ("any", 8)):
        m = measures[kind]
        interval = f"{m.low:.2f}-{m.high:.2f}" if m.low is not None and m.high is not None else ""
        text += f"{figure(m.ap):<8}{interval:<14}{figure(m.precision):<8}{figure(m.recall):<{wide}}"
    return text.rstrip()


def evaluate(path: Path, matcher: Matcher, progress: Show | None = None) -> Report:
    """Measure a matcher on a file of labelled calls; raises LabelsUnreadable where a line cannot be read."""
    rows = rows_of(path)
    if not rows:
        raise LabelsUnreadable(f"{path.name}: no labelled calls")
    calls = [read_call(row, number) for number, row in enumerate(rows)]
    ids = [c.id for c in matcher.challenges]
    scores, answers = [], []
    for start in range(0, len(calls), STEP):
        batch, eligible = matcher.scores(calls[start : start + STEP])
        scores.append(batch)
        answers += eligible
        if progress:
            progress(min(start + STEP, len(calls)), len(calls))
    languages = [language_of(c.language, c.title, c.text) for c in calls]
    answered = [(r["eligible"], a) for r, a in zip(rows, answers, strict=True) if r.get("eligible") in ELIGIBLE]
    right = sum(a == b for a, b in answered) / len(answered) if answered else None
    return report(matcher.model, ids, grades_of(rows, ids), np.vstack(scores), languages, right)


def report(
    model: str, ids: Sequence[str], grades: Grades, score: Array, languages: Sequence[str], eligible: float | None
) -> Report:
    """The whole table from scores: pure, so that any scores can be measured alike."""
    spoken = np.array(languages)

    def told(g: Grades, s: Array, draws: int = 0) -> dict[str, Measure]:
        return {kind: measure(g, s, lowest, DIGEST_THRESHOLD, draws) for kind, lowest in KINDS.items()}

    return Report(
        model=model,
        threshold=DIGEST_THRESHOLD,
        calls=len(grades),
        pairs=grades.size,
        overall=told(grades, score, DRAWS),
        languages={name: told(grades[spoken == name], score[spoken == name], DRAWS) for name in sorted(set(languages))},
        challenges={name: told(grades[:, [n]], score[:, [n]]) for n, name in enumerate(ids)},
        eligible=eligible,
    )
