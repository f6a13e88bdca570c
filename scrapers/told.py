"""What a text tells, as fields of a Listing: each with the words it was read from, the rest left to a person."""

from datetime import date
from typing import Any

from db.vocabulary import Allocation, DeadlineKind
from scrapers import dutch, english
from scrapers.listing import ListedDeadline
from scrapers.spans import Facts, Moment, Read

MOST = 20  # more dates than this in one text is a list of calls, not a call
AMOUNTS = {
    "budget": "budget",
    "max_amount": "max_per_project",
    "min_amount": "min_per_project",
    "rate": "funding_rate",
}


def facts_of(text: str, language: str, today: date) -> Facts:
    """By the grammar of the language: Dutch, else English."""
    return dutch.read_facts(text, today) if language == "nl" else english.read_facts(text, today)


def told(text: str, language: str, today: date) -> dict[str, Any]:
    """Deadlines, amounts, allocation, evidence and what a person should look at; nothing for what is not certain."""
    facts = facts_of(text, language, today)
    reads = {field: getattr(facts, name) for field, name in AMOUNTS.items()}
    fields: dict[str, Any] = {field: read.value for field, read in reads.items() if read is not None}
    fields["deadlines"] = tuple(filter(None, map(deadline, (*facts.deadlines, *facts.flags))))[:MOST]
    if facts.allocation:
        fields["allocation"] = Allocation(str(facts.allocation[0].value))
    fields["evidence"] = {field: read.text[:500] for field, read in reads.items() if read is not None}
    fields["review"] = tuple(f"niet zeker gelezen: {read.text[:200]}" for read in facts.unread[:5])
    return fields


def deadline(read: Read) -> ListedDeadline | None:
    """One date, or one of the kinds that have none."""
    kind = DeadlineKind(read.kind) if read.kind in list(DeadlineKind) else None
    if kind in (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED):
        return ListedDeadline(kind=kind, text=read.text[:500])
    if kind is None or not isinstance(read.value, Moment):
        return None
    moment = read.value
    hour = f"{moment.hour:%H:%M}" if moment.hour else None
    return ListedDeadline(kind=kind, day=moment.day, hour=hour, zone=moment.zone, text=read.text[:500])
