"""Decide what becomes of questions: one a field of a sighting, until a person or the source's text settles it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from scrapers.listing import Listing, RaisedQuestion

Rows = list[dict[str, Any]]
KEPT = ("sentence", "readings", "why", "snapshot", "proposal", "read_at", "changed_at", "settled_at")


class AskedOfSighting(NamedTuple):
    """What a sighting asks now, or whose questions stand from before."""

    sighting_id: int
    call_id: int
    listing: Listing


@dataclass(frozen=True)
class AskedBefore:
    """The newest question of a field of a sighting: its row, and whether an answer of a person stands."""

    id: int
    columns: Mapping[str, Any]
    answered: bool

    @property
    def is_settled(self) -> bool:
        """Answered, or no longer raised."""
        return self.columns["settled_at"] is not None


@dataclass(frozen=True)
class QuestionRows:
    """What a crawl writes of questions."""

    added: Rows = field(default_factory=list)
    changed: Rows = field(default_factory=list)


def decide_questions(
    asked: Iterable[AskedOfSighting], before: Mapping[tuple[int, str], AskedBefore], now: datetime
) -> QuestionRows:
    """Lay what listings ask beside what was asked before: new, the same, worded anew, or raised no more."""
    result = QuestionRows()
    asked_before = defaultdict[int, list[tuple[str, AskedBefore]]](list)
    for (sighting_id, name), known in before.items():
        asked_before[sighting_id].append((name, known))
    for sighting in asked:
        raised = {str(question.field): question for question in sighting.listing.questions}
        for name, known in asked_before.get(sighting.sighting_id, ()):
            if name not in raised and not known.is_settled:
                result.changed.append(_row_of(known, settled_at=now))
        for name, question in raised.items():
            earlier = before.get((sighting.sighting_id, name))
            if earlier is not None and (not earlier.is_settled or _same(earlier, question)):
                result.changed.append(_again(earlier, question, sighting.listing, now))
            else:
                result.added.append(_new_row(sighting, question, now))
    return result


def _same(before: AskedBefore, question: RaisedQuestion) -> bool:
    return bool(before.columns["sentence"] == question.sentence) and before.columns["readings"] == [*question.readings]


def _again(before: AskedBefore, question: RaisedQuestion, listing: Listing, now: datetime) -> dict[str, Any]:
    """The same question, open again where nobody answered it; in other words the second reader reads it anew."""
    texts = {"sentence": question.sentence, "readings": [*question.readings]}
    anew = {} if _same(before, question) else {**texts, "proposal": None, "read_at": None, "changed_at": now}
    settled_at = before.columns["settled_at"] if before.answered else None
    return _row_of(before, why=question.why, snapshot=listing.snapshot, settled_at=settled_at, **anew)


def _row_of(before: AskedBefore, **changed: Any) -> dict[str, Any]:
    return {"b_id": before.id, **{name: before.columns[name] for name in KEPT}, **changed}


def _new_row(sighting: AskedOfSighting, question: RaisedQuestion, now: datetime) -> dict[str, Any]:
    return {
        "call_id": sighting.call_id,
        "sighting_id": sighting.sighting_id,
        "field": str(question.field),
        "sentence": question.sentence,
        "readings": [*question.readings],
        "why": question.why,
        "snapshot": sighting.listing.snapshot,
        "asked_at": now,
        "changed_at": now,
    }
