"""Labelled calls as arrays: what training and measuring share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from tracker.errors import NotPossible
from tracker.matching.features import read
from tracker.matching.fit import Array
from tracker.matching.prepare import prepare_agenda
from tracker.matching.scoring import ELIGIBLE
from tracker.matching.texts import ChallengeText, Vectors, read_call

Grades = NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """Calls as features: pairs per mode, cues, vectors, and what people said of them."""

    pairs: dict[str, Array]
    cues: Array
    vectors: Array
    calls: Vectors  # each call as one vector: what neighbours are found by, beside its passage alone
    wholes: Vectors
    grades: Grades
    eligible: Array
    siblings: NDArray[np.int64]  # a number that editions and lots of one call share
    weight: Array

    def part(self, rows: NDArray[np.int64]) -> "Corpus":
        """Only these calls."""
        taken = {field.name: getattr(self, field.name)[rows] for field in fields(self) if field.name != "pairs"}
        return replace(self, pairs={mode: p[rows] for mode, p in self.pairs.items()}, **taken)


def word_records(
    rows: Sequence[Mapping[str, Any]], challenges: Sequence[ChallengeText]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Per opgave and word: how many labelled calls hold it, and how many of those mattered to the opgave."""
    lexicon, grades = prepare_agenda(challenges, None).lexicon, grades_of(rows, [c.id for c in challenges])
    records: dict[str, dict[str, tuple[int, int]]] = {challenge.id: {} for challenge in challenges}
    for number, row in enumerate(rows):
        reading = read(read_call(row, number), lexicon)
        met = {(hit.term.owner, hit.term.words) for place in ("title", "text") for hit in reading.hits[place]}
        for owner, word in sorted(met):
            held, mattered = records[challenges[owner].id].get(word, (0, 0))
            records[challenges[owner].id][word] = (held + 1, mattered + int(grades[number, owner] > 0))
    return records


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file of labelled calls; a line that is no labelled call is named in the error."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # and nowhere else: a text may hold other line ends
    except UnicodeDecodeError as error:
        raise LabelsUnreadable(f"{path.name}: not UTF-8 from byte {error.start}") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            problem = getattr(error, "msg", "nested too deep")
            raise LabelsUnreadable(f"{path.name}, line {number}: {problem}") from error
        wrong = _wrong(row)
        if wrong:
            raise LabelsUnreadable(f"{path.name}, line {number}: {wrong}")
        rows.append(row)
    return rows


def _wrong(row: Any) -> str:
    """What keeps a line from being a labelled call; nothing where it is one."""
    if not isinstance(row, dict) or not isinstance(row.get("grades"), dict | None):
        return "no call with grades"
    for name, grade in (row.get("grades") or {}).items():
        if isinstance(grade, bool) or grade not in (0, 1, 2):
            return f"the grade of {name} is {json.dumps(grade)}, not 0, 1 or 2"
    for name in ("title", "text", "call", "destination", "type", "language", "publisher"):
        if not isinstance(row.get(name), str | None):
            return f"{name} is no text"
    return "" if isinstance(row.get("programme"), list | str | None) else "programme is no list"


class LabelsUnreadable(NotPossible):
    """A file of labelled calls has a line that cannot be read."""


def grades_of(rows: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> Grades:
    """Grades per call and opgave: 0, 1 or 2; an opgave that is not asked for is left out."""
    column = {name: number for number, name in enumerate(ids)}
    grades = np.zeros((len(rows), len(ids)), np.int64)
    for number, row in enumerate(rows):
        for name, grade in (row.get("grades") or {}).items():
            if name in column:
                grades[number, column[name]] = int(grade)
    return grades


def eligible_of(rows: Sequence[Mapping[str, Any]]) -> Array:
    """Per call the shares of the answers of ELIGIBLE, and nothing where nobody said it.

    Where labellers differ, `eligible_votes` holds what each of them said instead of one `eligible`.
    """
    shares = np.zeros((len(rows), len(ELIGIBLE)))
    for number, row in enumerate(rows):
        votes = [answer for answer in row.get("eligible_votes") or (row.get("eligible"),) if answer in ELIGIBLE]
        for answer in votes:
            shares[number, ELIGIBLE.index(answer)] += 1 / len(votes)
    return shares


def challenges_of(path: Path) -> list[ChallengeText]:
    """The opgaven of an agenda file of the project, without its opdrachten and without those that have no name yet."""
    entries = yaml.safe_load(path.read_text("utf-8"))["challenges"]
    parents = {entry["id"]: entry.get("name") for entry in entries}
    return [
        ChallengeText(
            id=entry["id"],
            name=entry["name"],
            goal=entry.get("goal") or "",
            words_nl=tuple(map(str, entry.get("words", {}).get("nl", ()))),
            words_en=tuple(map(str, entry.get("words", {}).get("en", ()))),
            words_not=tuple(map(str, entry.get("words", {}).get("not", ()))),
            parent_name=parents.get(entry.get("parent")),
        )
        for entry in entries
        if entry["kind"] != "assignment" and entry.get("name")
    ]
