"""What each line of the word files earns: each is left out in turn, on texts that it was not made from.

``python -m scrapers.worth FILE.jsonl ...``. Texts are read with the weights as they are; sentences are judged
by weights that saw no sentence of their document (two halves, fitted once). Only what a line touches is read again.
"""

import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scrapers import fit, measure
from scrapers.facts import doors, features, meanings, money, words
from scrapers.facts.find import find
from scrapers.facts.read import facts_of
from scrapers.facts.sentences import Sentence, cut

SECTIONS = ("directions", "topics", "over", "over_unless", "allocation", "flags", "scope", "names", "doubts")
AROUND = ("names", "doubts")  # these are looked for around a span, the others in a sentence
WORTH = {"right": 1.0, "asked": 0.5, "wrong": -3.0, "shown beside": -3.0, "asked wrong": -0.3, "asked beside": -0.3}


@dataclass(frozen=True)
class ReadSample:
    """A text, or a sentence with labels, cut once."""

    sentences: tuple[Sentence, ...]
    row: dict[str, Any]
    text: str
    half: int | None  # of a sentence: which half of the documents it is in
    day: date  # of reading


def worths(paths: list[Path]) -> Iterator[tuple[words.WordLine, int, float, Counter[str]]]:
    """Each line, how many samples it touches, what is lost without it (below nothing: gained), and which outcomes."""
    samples = [sample for path in paths for sample in _samples(path)]
    tables = _halves([sample for sample in samples if sample.half is not None])
    bases = [_outcomes(sample, tables) for sample in samples]
    for line in words.all_lines(SECTIONS):
        shape = "(?:{})" if line.section in AROUND else r"(?<!\w)(?:{})(?!\w)"
        written = re.compile(shape.replace("{}", line.written))
        touched = [number for number, sample in enumerate(samples) if _is_touched(sample, written, line)]
        lost: Counter[str] = Counter()
        with words.without(line):
            features.topics_of.cache_clear()
            features.hits_of.cache_clear()
            for number in touched:
                lost.update(bases[number])
                lost.subtract(_outcomes(samples[number], tables))
        features.topics_of.cache_clear()
        features.hits_of.cache_clear()
        changed = Counter({name: count for name, count in lost.items() if count and name in WORTH})
        yield line, len(touched), sum(WORTH[name] * count for name, count in changed.items()), changed


def _samples(path: Path) -> Iterator[ReadSample]:
    for row in measure.rows_of(path):
        language = row.get("language") or ("en" if "en" in path.stem.split("_") else "nl")
        labelled = "spans" in row
        text = fit.text_of_row(row) if labelled else row["text"]
        half = sum(map(ord, row["document"])) % 2 if labelled else None
        day = date.min if labelled else measure.day_of_reading(row)
        if labelled or {"facts", "values", "human"} & row.keys():
            yield ReadSample(tuple(cut(text, find(text, language))), row, text, half, day)


def _halves(samples: list[ReadSample]) -> dict[int, Any]:
    """For each half the weights that the other half gives."""
    tables = {}
    for half in (0, 1) if samples else ():
        rows = [
            example for sample in samples if sample.half != half for example in fit.of_cut(sample.row, sample.sentences)
        ]
        with tempfile.TemporaryDirectory() as folder:
            fit.write(rows, Path(folder) / "weights.npz")
            tables[half] = meanings.weights(Path(folder) / "weights.npz")
    return tables


def _is_touched(sample: ReadSample, written: re.Pattern[str], line: words.WordLine) -> bool:
    for sentence in sample.sentences:
        if line.section not in AROUND:
            if written.search(sentence.words):
                return True
            continue
        spans = range(len(sentence.spans))
        if any(sentence.spans[n].kind == line.kind and written.search(meanings.around(sentence, n)) for n in spans):
            return True
    return False


def _outcomes(sample: ReadSample, tables: dict[int, Any]) -> Counter[str]:
    score = measure.Score()
    if sample.half is None:
        facts = facts_of(list(sample.sentences), sample.text, sample.day)
        if "human" in sample.row:
            measure.compare_judged(score, sample.row, facts, "")
        elif "values" in sample.row:
            measure.compare_values(score, sample.row, facts)
        else:
            measure.compare_text(score, sample.row, facts)
        return sum(score.counts.values(), Counter[str]())
    show, ask = doors.SHOW | dict(money.SHOW.items()), doors.ASK | money.ASK
    for example in fit.of_cut(sample.row, sample.sentences):
        chances = tables[sample.half][example.kind].chances(example.keys)
        measure.judge(score, example, meanings.spoken(chances, example.kind, example.doubted, example.named), show, ask)
    return sum(score.counts.values(), Counter[str]())


def table(paths: list[Path]) -> Iterator[str]:
    """One line for each line of the word files, what earns least first by section; and how many earn nothing."""
    idle: dict[str, int] = defaultdict(int)
    for line, touched, worth, changed in worths(paths):
        idle[line.section] += worth <= 0
        outcomes = ", ".join(f"{name} {count:+d}" for name, count in changed.items())
        yield f"{worth:+6.1f} {touched:5d}  {line.language} {line.section}/{line.group}: {line.written}  [{outcomes}]"
    yield "earn nothing: " + ", ".join(f"{section} {count}" for section, count in idle.items())


def main(paths: list[str]) -> int:
    """Print the table of these files."""
    if not paths:
        print("usage: python -m scrapers.worth FILE.jsonl ...", file=sys.stderr)
        return 2
    for line in table([Path(path) for path in paths]):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
