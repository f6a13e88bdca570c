"""How well facts are read, over labelled files: shown rightly, shown wrongly, asked, missed.

``python -m scrapers.measure FILE.jsonl ...`` knows four forms by their keys. Texts with ``facts``; texts with
``values`` somebody wrote down first; sentences with ``spans`` (read by weights that saw no sentence of their
document, which needs scikit-learn; ``--with FILE.jsonl`` adds sentences to fit on); spans with a ``human`` judgement.
``-v`` prints what is not as it should be.
"""

import argparse
import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from scrapers.facts.facts import Asked, Facts, Shown, plain_value
from scrapers.facts.find import find
from scrapers.facts.read import read_facts
from scrapers.facts.spans import Moment
from scrapers.fit import FIELDS, wanted_values

FOLDS = 6


class Score:
    """Counts per fact. ``beside``: shown or asked where there is nothing; ``bold``: shown where it is left open."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.remarks: list[str] = []

    def add(self, name: str, outcome: str, remark: str = "") -> None:
        self.counts[name][outcome] += 1
        if outcome not in ("right", "asked", "nothing"):
            self.remarks.append(f"{name}, {outcome}: {remark}")

    def table(self) -> str:
        """One line a fact, and all together."""
        head = ("there", "shown", "right", "precision", "recall", "asked", "of them right", "shown or asked", "bold")
        lines = [f"{'fact':12}" + "".join(f"{word:>15}" for word in head)]
        total = sum(self.counts.values(), Counter[str]())
        return "\n".join([*lines, *(_line(n, c) for n, c in [*self.counts.items(), ("all", total)])])


def _line(name: str, c: Counter[str]) -> str:
    there = c["right"] + c["wrong"] + c["asked"] + c["asked wrong"] + c["missed"]
    shown = c["right"] + c["wrong"] + c["shown beside"]
    asked = c["asked"] + c["asked wrong"] + c["asked beside"]
    parts = (c["right"] / max(shown, 1), c["right"] / max(there, 1))
    figures = [f"{there:15}{shown:15}{c['right']:15}", *(f"{part:15.3f}" for part in parts)]
    return (
        f"{name:12}"
        + "".join(figures)
        + f"{asked:15}{c['asked']:15}{(c['right'] + c['asked']) / max(there, 1):15.3f}{c['bold']:15}"
    )


def outcome(shown: Shown | None, asked: Asked | None, wanted: set[str]) -> str:
    """How one fact was read, when any of these values would be right; none at all means that there is no fact."""
    readings = {_plain(value) for value in asked.values} if asked else set()
    if not wanted:
        return "shown beside" if shown else "asked beside" if asked else "nothing"
    if shown:
        return "right" if _plain(shown.value) in wanted else "wrong"
    if asked:
        return "asked" if readings & wanted else "asked wrong"
    return "missed"


def _plain(value: Moment | Decimal) -> str:
    return plain_value(value) if isinstance(value, Moment) else format(value.normalize(), "f")


def of_texts(rows: Iterable[dict[str, Any]], score: Score) -> None:
    """Texts with their facts, each read in the year it names most."""
    for row in rows:
        compare_text(score, row, read_facts(row["text"], row.get("language", "nl"), day_of_reading(row)))


def day_of_reading(row: dict[str, Any]) -> date:
    """As the line tells; else New Year's day of the year its text names most, for a judged span the last day of it."""
    if "read_on" in row:
        return date.fromisoformat(row["read_on"])
    if "human" in row:
        days = [span.value.day for span in find(row["text"], "nl") if isinstance(span.value, Moment)]
        return max(days, default=date(2015, 1, 1))
    years = re.findall(r"\b20[0-3]\d\b", row["text"])
    return date(int(max(years, key=years.count)) if years else 2026, 1, 1)


def compare_text(score: Score, row: dict[str, Any], facts: Facts) -> None:
    """The five facts of a text against what it says."""
    for name, key in FIELDS.items():
        _compare(score, name, facts, wanted_values(name, row["facts"].get(key)), str(row.get("id")))


def _compare(score: Score, name: str, facts: Facts, wanted: set[str], where: str, open_to: Sequence[str] = ()) -> None:
    """``open_to``: readings that the text leaves open; the likeliest, shown, is bold: neither right nor wrong."""
    shown, asked = facts.shown.get(name), facts.asked.get(name)
    answer = shown or asked
    read = _plain(shown.value) if shown else [_plain(v) for v in asked.values] if asked else None
    remark = f"{where}: {read}, should be {sorted(wanted) or None}: {answer.sentence if answer else ''}"
    score.add(name, left_open(shown, asked, open_to) if open_to else outcome(shown, asked, wanted), remark)


def left_open(shown: Shown | None, asked: Asked | None, open_to: Sequence[str]) -> str:
    """How a fact was read that the text leaves open: a question with one of its readings is as good as silence."""
    if shown:
        return "bold" if _plain(shown.value) == open_to[0] else "shown beside"
    good = asked is None or {_plain(value) for value in asked.values} & set(open_to)
    return "nothing" if good else "asked beside"


def of_values(rows: Iterable[dict[str, Any]], score: Score) -> None:
    """Texts of which somebody wrote down the values, each read on the day that it tells.

    ``values``: what is right; ``also_right``: what is as good; ``ambiguous``: what can only be asked, likeliest first.
    """
    for row in rows:
        compare_values(score, row, read_facts(row["text"], row["language"], day_of_reading(row)))


def compare_values(score: Score, row: dict[str, Any], facts: Facts) -> None:
    """The five facts of a text against the values that somebody wrote down."""
    for name, key in FIELDS.items():
        right = _exact(name, [row["values"].get(key), *row.get("also_right", {}).get(key, [])])
        open_to = _exact(name, row.get("ambiguous", {}).get(key, []))
        _compare(score, name, facts, set(right), f"{row['language']} {row['id']}", open_to)


def _exact(name: str, values: list[Any]) -> list[str]:
    """Labelled values as they are written here."""
    written = [value for value in values if value is not None]
    return written if name in HUMAN else [format(Decimal(str(value)).normalize(), "f") for value in written]


HUMAN = ("opens", "closes")


def of_judged(rows: Iterable[dict[str, Any]], score: Score) -> None:
    """One span a text, judged by a person: an opening, a closing, or something that must not be shown."""
    for number, row in enumerate(rows, 1):
        compare_judged(score, row, read_facts(row["text"], "nl", day_of_reading(row)), f"line {number}")


def compare_judged(score: Score, row: dict[str, Any], facts: Facts, where: str) -> None:
    """The judged span of a text against what it says."""
    day = date.fromisoformat(row["read_day"])
    if row["human"] not in HUMAN:
        near = {(day + timedelta(days=n)).isoformat() for n in (-1, 0, 1)}
        _compare_none(score, _by_day(facts), row["span"], near, f"{where} ({row['human']})")
        return
    left = row["text"][: row["text"].find(row["span"])].lower()
    spoken = left + (row["span"].lower() if row["human"] == "closes" else "")
    early = (
        re.search(r"\b(?:voor|vóór|tot)\s*(?:\d[\w ]*)?$", spoken)
        and row["human"] == "closes"
        and "uur" not in spoken[-30:]
    )
    want = (day - timedelta(days=1) if early else day).isoformat()
    _compare(score, row["human"], _by_day(facts), {want}, where)


def _by_day(facts: Facts) -> Facts:
    """The same without the hours, which the file does not judge."""
    shown = {n: replace(answer, value=_day(answer.value)) for n, answer in facts.shown.items()}
    asked = {n: replace(answer, values=tuple(map(_day, answer.values))) for n, answer in facts.asked.items()}
    return replace(facts, shown=shown, asked=asked)


def _day(value: Moment | Decimal) -> Moment | Decimal:
    return Moment(value.day) if isinstance(value, Moment) else value


def _compare_none(score: Score, facts: Facts, span: str, days: set[str], where: str) -> None:
    """No opening and no closing on this day may be shown; asked is counted."""
    for name in HUMAN:
        shown, asked = facts.shown.get(name), facts.asked.get(name)
        if shown and _plain(shown.value) in days and shown.text in span:
            score.add(name, "shown beside", f"{where}: {_plain(shown.value)}: {shown.sentence}")
        elif asked and days & {_plain(value) for value in asked.values}:
            score.add(name, "asked beside", f"{where}: {[_plain(v) for v in asked.values]}: {asked.sentence}")


FACT_OF = {
    "opens": "opens",
    "closes": "closes",
    "step": "closes",
    "budget": "budget",
    "max": "max_amount",
    "rate": "rate",
}


def of_sentences(rows: list[dict[str, Any]], language: str, others: list[Path], score: Score) -> None:
    """Labelled sentences in cross-validation by document: of every span, what its certainty alone would do with it."""
    from scrapers import fit
    from scrapers.facts import doors, meanings, money

    show, ask = doors.SHOW | dict(money.SHOW.items()), doors.ASK | money.ASK
    given = [example for path in others for example in fit.examples(path)]
    whole = [example for row in rows for example in fit.of_row(row, language)]
    names = sorted({example.document for example in whole})
    for fold in range(FOLDS):
        unseen = set(names[fold::FOLDS])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights.npz"
            fit.write([*given, *(example for example in whole if example.document not in unseen)], path)
            tables = meanings.weights(path)
        for example in (example for example in whole if example.document in unseen):
            chances = tables[example.kind].chances(example.keys)
            judge(score, example, meanings.spoken(chances, example.kind, example.doubted, example.named), show, ask)


def judge(score: Score, example: Any, chances: dict[str, float], show: dict[str, float], ask: dict[str, float]) -> None:
    """What the certainty of a fit.Example alone would do with it."""
    grouped: dict[str, float] = defaultdict(float)
    for meaning, chance in chances.items():
        if meaning in FACT_OF:
            grouped[FACT_OF[meaning]] += chance
    want = FACT_OF.get(example.meaning)
    for name, chance in grouped.items():
        key = "max" if name == "max_amount" else name
        treatment = "shown" if chance >= show[key] else "asked" if chance >= ask[key] else ""
        if name == want:
            result = {"shown": "right", "asked": "asked", "": "missed"}[treatment]
        else:
            result = f"{treatment} beside" if treatment else "nothing"
        score.add(name, result, f"{example.document}: {example.meaning} {chance:.2f}: {' '.join(example.seen[:12])}")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measured(path: Path, others: list[Path]) -> Score:
    """The score of one file, by its form."""
    score, rows = Score(), rows_of(path)
    if rows and "spans" in rows[0]:
        of_sentences(rows, "en" if path.stem.endswith("en") else "nl", others, score)
    elif rows and "human" in rows[0]:
        of_judged(rows, score)
    elif rows and "values" in rows[0]:
        of_values(rows, score)
    else:
        of_texts([row for row in rows if "facts" in row], score)
    return score


def main() -> int:
    """Print table and remarks of every file."""
    parser = argparse.ArgumentParser(prog="python -m scrapers.measure")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--with", dest="others", action="append", default=[], type=Path)
    parser.add_argument("-v", action="store_true")
    given = parser.parse_args()
    for path in given.files:
        score = measured(path, given.others)
        print(path, score.table(), *(score.remarks if given.v else ()), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
