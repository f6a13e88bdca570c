"""What changed on a call, field by field, and which of it is worth telling a person. Pure.

Worth telling: deadline, opening, amount, rate, status by the source's word, who may apply, withdrawal. Everything else
is stored, not announced: a new text, what follows from a date passing, and what a source merely stopped saying.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from db.status import FINAL_WORDS
from db.vocabulary import DUE_KINDS, DeadlineKind, Status
from scrapers.listing import AMOUNTS, ListedDeadline
from tracker.calls.consolidate import SHOWN_FIELDS, MergedCall, is_without_end
from tracker.calls.identity import same_address, same_text

SETS = ("programme", "applicants", "tags", "keywords", "subjects", "sectors", "targets", "priorities")
# A label may be set a little before the hour it speaks of.
AROUND = timedelta(days=2)


@dataclass(frozen=True)
class FieldChange:
    """One field, old and new as JSON; dates of one kind are one field, named by the kind (see consolidate.py).

    ``damped``: it would have been told, but the value only went back to what it was not long ago.
    """

    field: str
    old: Any
    new: Any
    telling: bool = False
    damped: bool = False


def changes(before: MergedCall, after: MergedCall, now: datetime) -> list[FieldChange]:
    """Every difference that is more than notation, dates first."""
    differences = [_dates_change(kind, before, after, now) for kind in sorted(before.kinds | after.kinds)]
    differences += [_field_change(name, before, after, now) for name in SHOWN_FIELDS]
    silent = FieldChange("stale_since", before.silent, after.silent)
    differences += [silent] if silent.old != silent.new else []
    return [change for change in differences if change is not None]


def _field_change(name: str, before: MergedCall, after: MergedCall, now: datetime) -> FieldChange | None:
    old, new = before.fields[name], after.fields[name]
    if old == new or _notation(name, old) == _notation(name, new):
        return None
    return FieldChange(name, old, new, _is_telling(name, old, new, after, now))


def _notation(name: str, value: Any) -> Any:
    """The value without what is only a way of writing it."""
    if value is None or value == "" or value == []:
        return None
    if name in AMOUNTS:
        return Decimal(value)
    if name in SETS:
        return frozenset(same_text(str(v)) for v in value)
    return same_address(value) if name == "url" else same_text(str(value))


def _is_telling(name: str, old: Any, new: Any, after: MergedCall, now: datetime) -> bool:
    if name == "source_word":
        return _word_is_telling(old, new, after, now)
    if name in AMOUNTS or name in ("amount_text", "applicants"):
        return new not in (None, "", [])
    return False


def _word_is_telling(old: Any, new: Any, after: MergedCall, now: datetime) -> bool:
    """A status is news when no date explains it. Labels lag their date by up to a month (measured 2026)."""
    if new in FINAL_WORDS:
        return True
    if new == Status.CLOSED:
        return not _reached(after.closes_at, now)
    if old is None or new is None:
        # With dates, those tell that it is open again.
        endless = after.closes_at is None and is_without_end(after.fields["allocation"], after.kinds)
        return old == Status.CLOSED and endless
    if new == Status.OPEN:
        return old == Status.CLOSED or not _reached(after.opens_at, now)
    return after.opens_at is None


def _reached(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now + AROUND


def _dates_change(kind: str, before: MergedCall, after: MergedCall, now: datetime) -> FieldChange | None:
    old, new = before.dates(kind), after.dates(kind)
    if old == new:
        return None
    return FieldChange(kind, old, new, _dates_are_telling(kind, before, after, now))


def _dates_are_telling(kind: str, before: MergedCall, after: MergedCall, now: datetime) -> bool:
    """An opening that moved; a closing that moved, came or went while it still matters."""
    if kind == DeadlineKind.OPENS:
        return bool(after.dates(kind)) and bool(_moved(before, after, {kind}))
    if kind not in DUE_KINDS or not after.kinds - {DeadlineKind.OPENS}:
        return False  # a source that names no end at all any more merely fell silent
    mine = {(d.day, d.hour) for d in before.deadlines + after.deadlines if d.kind == kind and not _over(d, now)}
    return bool(mine & _moved(before, after, DUE_KINDS))


def _moved(before: MergedCall, after: MergedCall, kinds: Container[str]) -> set[tuple[Any, Any]]:
    """The moments only one of both has; an hour that is only the usual one says no more than its day."""
    if _moments(before, kinds, stated=True) == _moments(after, kinds, stated=True):
        return set()
    return _moments(before, kinds, stated=False) ^ _moments(after, kinds, stated=False)


def _moments(call: MergedCall, kinds: Container[str], stated: bool) -> set[tuple[Any, Any]]:
    return {(d.day, None if stated and d.assumed else d.hour) for d in call.deadlines if d.kind in kinds}


def _over(deadline: ListedDeadline, now: datetime) -> bool:
    over_at = deadline.over_at
    return over_at is not None and over_at <= now
