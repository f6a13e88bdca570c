"""Answered questions as labelled sentences, in the form from which the reading is fitted (docs/dates-and-amounts.md).

No name of who answered leaves: what a public text says is public.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from db.models import Answer, Call
from db.queries import Viewer
from db.vocabulary import AnswerKind
from tracker.calls.typed_values import MONTHS, euros, percentage
from tracker.errors import NotAnAmount

MEANS = {
    "opens": "opens", "closes": "closes", "cut_off": "cutoff", "budget": "budget", "max_amount": "max_per_project",
    "min_amount": "min", "rate": "rate",
}  # fmt: skip
KINDS = {"budget": "amount", "max_amount": "amount", "min_amount": "amount", "rate": "rate"}
SHORT = {"maa": "mrt", "mar": "mrt", "may": "mei", "oct": "okt"}
DAYS = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<d2>\d{1,2})[-./](?P<m2>\d{1,2})[-./](?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)? (?P<m3>[A-Za-z]{3,9})\.?(?:,? (?P<y3>\d{4}))?"
    r"|(?P<m4>[A-Z][a-z]{2,8}) (?P<d4>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y4>\d{4}))?",
    re.ASCII,
)
SUMS = re.compile(r"(?:(?:€|EUR) ?)?\d(?:[\d.,]*\d)?(?: ?(?:mln|miljoen|mld|miljard|million|billion|k|M)\b)?", re.ASCII)
RATES = re.compile(r"\d{1,3}(?:[.,]\d+)? ?(?:%|procent|percent|per cent)", re.ASCII)
ENGLISH = {"million": 10**6, "billion": 10**9, "M": 10**6, "k": 1000}


class LabelledSpan(NamedTuple):
    """Words of a sentence that hold a value."""

    text: str
    start: int
    values: frozenset[str]  # as readings write them; a day also stands for the day before it ("voor 1 oktober")


def answers(session: Session, _viewer: Viewer, _now: datetime) -> Iterator[dict[str, Any]]:
    """Each standing answer to a question that quotes a sentence, with what every reading in it turned out to mean."""
    rows = select(Answer, Call).join(Call, col(Call.id) == col(Answer.call_id))
    rows = rows.where(col(Answer.withdrawn_at).is_(None), Answer.sentence != "", col(Answer.field).in_(MEANS))
    for answer, call in session.exec(rows.order_by(col(Answer.id))):
        spans = labelled(answer)
        if spans:
            yield {
                "id": f"answer-{answer.id}", "document": call.url, "publisher": call.publisher or "",
                "year": answer.at.year, "language": call.language, "before": "", "sentence": answer.sentence,
                "spans": spans,
            }  # fmt: skip


def labelled(answer: Answer) -> list[dict[str, Any]]:
    """The right value means the field; every other reading that stands there means something else."""
    kind = KINDS.get(answer.field, "date")
    right = _plain(answer.value) if answer.kind in (AnswerKind.CHOSEN, AnswerKind.TYPED) else None
    right = answer.readings[0] if answer.kind == AnswerKind.CONFIRMED and answer.readings else right
    wanted = {_comparable(kind, value): value for value in (*answer.readings, right) if value}
    labels = []
    for span in spans_of(answer.sentence, kind):
        value = next((wanted[wording] for wording in wanted if wording in span.values), None)
        if value is not None:
            means = MEANS[answer.field] if value == right else "other"
            place = {"text": span.text, "start": span.start, "kind": kind}
            labels.append({**place, "means": means, "value": value})
    return labels


def _plain(value: Any) -> str | None:
    """A value of a correction as a reading."""
    if isinstance(value, list):
        return "T".join(filter(None, (value[0].get("day"), value[0].get("hour")))) if value else None
    return str(value) if value is not None else None


def _comparable(kind: str, value: str) -> str:
    return value[:10] if kind == "date" else f"{Decimal(value).normalize():f}"


def spans_of(sentence: str, kind: str) -> list[LabelledSpan]:
    """Where values of a kind stand in a sentence, in Dutch or English."""
    read = {"date": _days, "amount": _sums, "rate": _rates}[kind]
    pattern = {"date": DAYS, "amount": SUMS, "rate": RATES}[kind]
    spans = (LabelledSpan(match[0], match.start(), frozenset(read(match))) for match in pattern.finditer(sentence))
    return [span for span in spans if span.values]


def _days(match: re.Match[str]) -> Iterable[str]:
    parts = match.groupdict()
    day = next(filter(None, (parts["day"], parts["d2"], parts["d3"], parts["d4"])))
    word = next(filter(None, (parts["month"], parts["m2"], parts["m3"], parts["m4"])))
    year = next(filter(None, (parts["year"], parts["y2"], parts["y3"], parts["y4"])), None)
    short = SHORT.get(word[:3].lower(), word[:3].lower())
    month = int(word) if word.isdecimal() else MONTHS.index(short) + 1 if short in MONTHS else 0
    for known in [int(year)] if year else range(2000, 2041):
        try:
            printed = date(known, month, int(day))
        except ValueError:
            continue
        yield printed.isoformat()
        yield (printed - timedelta(days=1)).isoformat()


def _sums(match: re.Match[str]) -> Iterable[str]:
    text = match[0]
    unit = next((word for word in ENGLISH if text.endswith(word)), "")
    number = text.removesuffix(unit).strip()
    yield from _numbers(number, ENGLISH.get(unit, 1))


def _rates(match: re.Match[str]) -> Iterable[str]:
    yield from _numbers(re.match(r"[\d.,]+", match[0])[0], 1)  # type: ignore[index]


def _numbers(text: str, times: int) -> Iterable[str]:
    """As a Dutch person writes it, and as an English one does."""
    english = text.replace(".", "\0").replace(",", ".").replace("\0", ",")
    for written in (text, english):
        for read in (euros, percentage):
            try:
                value = read(written)
            except NotAnAmount:
                continue
            if value is not None:
                yield f"{(value * times).normalize():f}"
