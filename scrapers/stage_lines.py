"""Stages that a page lists a line each, the day before the name: "17 Nov 2026 Stage 1 closes"."""

import re
from datetime import date, datetime
from typing import Any

from db.vocabulary import DeadlineKind
from scrapers.listing import ListedDeadline

LINE = re.compile(
    r"(\d{1,2}) ([a-z]{3,9})\.? (\d{4})[ :,–-]{1,3}stage ([12]) (?:closes|closing|deadline)\b.{0,80}", re.I
)
KINDS = {"1": DeadlineKind.STAGE_1, "2": DeadlineKind.STAGE_2}


def with_stages(fields: dict[str, Any], text: str) -> dict[str, Any]:
    """What was read of a text, with the stages that its lines state and that were not read there."""
    stages = {stage.kind: stage for line in text.splitlines() if (stage := stage_of(line)) is not None}
    read = {deadline.kind for deadline in fields["deadlines"]}
    lacking = (stage for kind, stage in stages.items() if kind not in read)
    return {**fields, "deadlines": (*fields["deadlines"], *lacking)}


def stage_of(line: str) -> ListedDeadline | None:
    """The closing of a stage, if a line states one. Who missed the first cannot enter by the second."""
    stated = LINE.fullmatch(line.strip())
    day = day_of(stated[1], stated[2], stated[3]) if stated else None
    if stated is None or day is None:
        return None
    first, text = stated[4] == "1", f"{stated[1]} {stated[2]} {stated[3]}"
    return ListedDeadline(
        kind=KINDS[stated[4]], day=day, text=text, sentence=line.strip(), door=first, obligatory=first
    )


def day_of(day: str, month: str, year: str) -> date | None:
    """ "17", "Nov" or "November", "2026"; none where there is no such day."""
    for form in ("%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(f"{day} {month} {year}", form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
