"""Measure the matcher on labelled calls: average precision, precision and recall, with bootstrap intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.matching.corpus import Grades, LabelsUnreadable, grades_of, rows_of
from tracker.matching.model import DIGEST_THRESHOLD, Matcher
from tracker.matching.scoring import ELIGIBLE
from tracker.matching.sentences import language_of
from tracker.matching.texts import read_call

Array = NDArray[np.float64]
Show = Callable[[int, int], None]
KINDS = {"must": 2, "any": 1}  # the lowest grade that counts
DRAWS = 400  # bootstrap samples of calls
STEP = 64


@dataclass(frozen=True)
class Measure:
    """Average precision over pairs, precision and recall at the threshold; None where nothing can be measured."""

    ap: float | None
    precision: float | None
    recall: float | None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, float | list[float] | None]:
        """Rounded, with the 95 % interval of `ap` where it was drawn."""
        values: dict[str, float | list[float] | None] = {
            "ap": _rounded(self.ap), "precision": _rounded(self.precision), "recall": _rounded(self.recall)
        }  # fmt: skip
        if self.low is not None and self.high is not None:
            values["ap_95"] = [round(self.low, 3), round(self.high, 3)]
        return values


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
            "eligible": _rounded(self.eligible),
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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _line(name: str, measures: dict[str, Measure]) -> str:
    def figure(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    text = f"{name:<28}"
    for kind, wide in (("must", 10), ("any", 8)):
        m = measures[kind]
        interval = f"{m.low:.2f}-{m.high:.2f}" if m.low is not None and m.high is not None else ""
        text += f"{figure(m.ap):<8}{interval:<14}{figure(m.precision):<8}{figure(m.recall):<{wide}}"
    return text.rstrip()


def average_precision(wanted: NDArray[np.bool_], score: Array) -> float | None:
    """The mean of the precision at each wanted pair, best score first; ties count as one step, so order is no luck."""
    if not wanted.any():
        return None
    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(wanted[order])
    last = np.append(ordered[1:] != ordered[:-1], True)
    hits_at, at = hits[last], np.flatnonzero(last) + 1
    gained = np.diff(np.concatenate([[0], hits_at]))
    return float((gained * hits_at / at).sum() / hits[-1])


def measure(grades: Grades, score: Array, lowest: int, threshold: float, draws: int = 0) -> Measure:
    """One row of the table for pairs graded at least `lowest`; the bootstrap draws whole calls."""
    wanted = grades >= lowest
    shown = score >= threshold
    right = float((wanted & shown).sum())
    precision = right / shown.sum() if shown.any() else None
    recall = right / wanted.sum() if wanted.any() else None
    low, high = _interval(wanted, score, draws)
    return Measure(average_precision(wanted.ravel(), score.ravel()), precision, recall, low, high)


def _interval(wanted: NDArray[np.bool_], score: Array, draws: int) -> tuple[float | None, float | None]:
    if not draws or not wanted.any():
        return None, None
    random = np.random.default_rng(20261123)
    drawn = []
    for _ in range(draws):
        rows = random.integers(0, len(score), len(score))
        precision = average_precision(wanted[rows].ravel(), score[rows].ravel())
        if precision is not None:
            drawn.append(precision)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


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
