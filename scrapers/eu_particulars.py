"""What the EU portal files a topic under, and its own texts about applying: fields of the index, kept in its words.

``keywords`` repeats the codes of the topic and its call, and was a JSON list in one string until 2023. ``latestInfos``
is JSON in a string, newest first, its HTML a sentence or a page; ``expectedGrants`` stands in the budget overview.
"""

import html
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from scrapers.eu_results import many, own_actions, text
from scrapers.listing import MOST_NAMES, MOST_UPDATES, SourceUpdate
from scrapers.source import RowUnreadable
from scrapers.texts import one_line, plain_text

LONGEST_TEXT, LONGEST_UPDATE = 20_000, 1000
CODES = ("identifier", "callIdentifier", "ccm2Id", "callccm2Id")


def particulars(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Listing that only describe a topic: an odd one costs itself, never the topic."""
    codes = {code.casefold() for name in CODES for code in _several(data, name)}
    return {
        "tags": _names(_several(data, "tags")),
        "keywords": _names(word for word in _several(data, "keywords") if word.casefold() not in codes),
        "priorities": _names(_several(data, "crossCuttingPriorities")),
        "conditions": _text(data, "topicConditions"),
        "support": _text(data, "supportInfo"),
        "updates": _updates(data),
        "expected_grants": _expected_grants(data),
    }


def _several(data: dict[str, Any], name: str) -> list[str]:
    """All texts of a field, also where they stand as a JSON list in one string."""
    try:
        values = many(data, name)
    except RowUnreadable:
        return []
    return [inner for value in values for inner in _inside(value)]


def _inside(value: str) -> list[str]:
    if not value.startswith("["):
        return [value]
    try:
        inner = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    return [word for word in inner if isinstance(word, str)] if isinstance(inner, list) else [value]


def _names(words: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order of the source."""
    lines = (one_line(html.unescape(word), 200) for word in words)
    return tuple(dict.fromkeys(filter(None, lines)))[:MOST_NAMES]


def _text(data: dict[str, Any], name: str) -> str:
    """A text without what the portal's misplaced quotation marks leave of a tag (``class="eui-u-mt-l>"``)."""
    lines = plain_text(next(iter(_several(data, name)), ""), LONGEST_TEXT).splitlines()
    return "\n".join(line for line in lines if line != '">')


def _updates(data: dict[str, Any]) -> tuple[SourceUpdate, ...]:
    """What the portal announced of this topic, newest first."""
    try:
        rows = json.loads(text(data, "latestInfos") or "[]")
    except (ValueError, RecursionError):
        return ()
    found = (_update(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return tuple(update for update in found if update)[:MOST_UPDATES]


def _update(row: dict[str, Any]) -> SourceUpdate | None:
    content = row.get("content")
    words = one_line(content, LONGEST_UPDATE) if isinstance(content, str) else ""
    return SourceUpdate(text=words, day=_day(row.get("lastChangeDate") or row.get("approvalDate"))) if words else None


def _day(stamp: Any) -> date | None:
    try:
        return datetime.fromisoformat(str(stamp)).date()
    except ValueError:
        return None


def _expected_grants(data: dict[str, Any]) -> int | None:
    """How many projects the topic's own actions expect to fund, together; none where none says it."""
    try:
        counts = [action.get("expectedGrants") for action in own_actions(data)]
        numbers = [int(str(count)) for count in counts if count not in (None, "")]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return sum(numbers) if numbers and 0 < sum(numbers) <= 100_000 else None
