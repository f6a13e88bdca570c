"""Silence never removes a fact: what a source named before and no longer names stays, with the day since which. Pure.

Only another value, a person's correction or the source's own word replaces it:

    another hour of the same day         | replaces it; no hour at all leaves the known one
    another day of the same kind         | replaces the nearest one that is no longer named
    the same day as another kind of end  | is the same date, named otherwise
    "doorlopend"                         | is the source's word that there is no last day
    closed, withdrawn                    | ends what lies ahead; what passed stays
    "doorlopend", or a new period        | ends "closed", where that is no longer said
    "open"                               | is the source's word that it has opened

A date that passed needs no mark: sites drop them. A passed cut-off is never replaced: it was one of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from db.status import OVER
from db.vocabulary import CLOSING_KINDS, Allocation, DeadlineKind, Status
from scrapers.listing import AMOUNTS, ListedDeadline
from tracker.calls.consolidate import SHOWN_FIELDS, SourceRecord, is_over, is_without_end

# Every listing has these, or their silence cannot be told from the usual value.
ALWAYS_NAMED = frozenset({"nature", "url", "title", "language", "instrument"})
KEPT = tuple(name for name in SHOWN_FIELDS if name not in ALWAYS_NAMED)
KIND = frozenset({"nature", "instrument"})
ENDS = frozenset(CLOSING_KINDS | {DeadlineKind.PRE_REGISTRATION, DeadlineKind.CONSULTATION})


def keep_facts(before: SourceRecord, after: SourceRecord, now: datetime, today: date) -> SourceRecord:
    """What a source says of a call, with what it said before and is silent about; ``today`` is the day in Amsterdam."""
    known = before.dates
    named = tuple(_with_known_hour(d, known, today) for d in after.dates)
    added = [d for d in named if not any(_same(d, other) for other in known)]
    silent = [name for name in KEPT if name in before.fields and name not in after.fields]
    silent = [name for name in silent if not _is_replaced(name, before.fields, after.fields, added, named)]
    dates = (*named, *_silent_dates(known, named, added, after.fields, now, today))
    fields = {**after.fields, **{name: before.fields[name] for name in silent}}
    if not fields.get("references") and before.fields.get("references"):
        fields["references"] = before.fields["references"]
    if _is_poorer(before, after):  # too poor a reading to say what kind of thing it is
        kinds = {name: before.fields[name] for name in KIND if name in before.fields}
        fields = {name: value for name, value in fields.items() if name not in KIND} | kinds
    proofs = before.fields.get("proof", {})
    more = {
        "stale": {name: before.stale.get(name, today.isoformat()) for name in silent},
        "proof": {**fields.get("proof", {}), **{name: proofs[name] for name in silent if name in proofs}},
        "deadlines": [d.model_dump(mode="json", exclude_defaults=True) for d in dates],
    }
    return replace(after, fields=fields | {name: value for name, value in more.items() if value}, deadlines=dates)


def lost_fields(before: SourceRecord, after: SourceRecord, now: datetime) -> set[str]:
    """What a source named of a call until now and says no longer, dates by their kind; not what merely passed."""
    gone = {name for name in KEPT if before.names(name) and before.fields[name] and not after.fields.get(name)}
    ahead = {d.kind for d in before.dates if not (d.stale_since or is_over(d, now))}
    return gone | {str(kind) for kind in ahead - {d.kind for d in after.dates}}


def _is_replaced(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any],
    added: Sequence[ListedDeadline], dates: Sequence[ListedDeadline],
) -> bool:  # fmt: skip
    """Whether what the source says now speaks against a value that it no longer names."""
    ends = any(d.kind in ENDS for d in added)
    if name == "allocation":
        return bool(before[name] == Allocation.ROLLING and ends)
    if name == "source_word":  # no longer closed
        endless = is_without_end(after.get("allocation"), {d.kind for d in dates})
        return bool(before[name] == Status.CLOSED and (ends or endless))
    return name == "amount_text" and any(a in after and a not in before for a in AMOUNTS)


def _silent_dates(
    known: Sequence[ListedDeadline], named: Sequence[ListedDeadline], added: Sequence[ListedDeadline],
    after: Mapping[str, Any], now: datetime, today: date,
) -> list[ListedDeadline]:  # fmt: skip
    """The known dates that are no longer named and that nothing replaces."""
    silent = [d for d in known if not any(_same(d, other) for other in named)]
    kept, unused = list[ListedDeadline](), list(added)
    for deadline in sorted(silent, key=lambda d: is_over(d, now)):  # what lies ahead is replaced first
        passed = is_over(deadline, now)
        if (passed and deadline.kind == DeadlineKind.CUT_OFF) or not _replace(deadline, named, unused):
            if passed:
                kept.append(deadline)
            elif not _is_overruled(deadline, named, after):
                kept.append(deadline.model_copy(update={"stale_since": deadline.stale_since or today}))
    return kept


def _is_poorer(before: SourceRecord, after: SourceRecord) -> bool:
    """Whether a reading has no fact at all, and the one before had some, or much more text."""
    texts = (len(str(record.fields.get("summary", ""))) for record in (before, after))
    return not _has_facts(after) and (_has_facts(before) or next(texts) > 2 * next(texts))


def _has_facts(record: SourceRecord) -> bool:
    """Whether any date or amount was read."""
    return bool(record.dates) or any(record.fields.get(name) for name in AMOUNTS)


def _with_known_hour(deadline: ListedDeadline, known: Sequence[ListedDeadline], today: date) -> ListedDeadline:
    """A day that was known with its hour keeps it, marked, where only the day is named today."""
    if deadline.hour is not None or deadline.day is None:
        return deadline
    earlier = next((d for d in known if d.hour and (d.kind, d.day) == (deadline.kind, deadline.day)), None)
    if earlier is None:
        return deadline
    hour = {"hour": earlier.hour, "zone": earlier.zone, "assumed": earlier.assumed}
    return deadline.model_copy(update={**hour, "stale_since": earlier.stale_since or today})


def _same(one: ListedDeadline, other: ListedDeadline) -> bool:
    """One date, also where it is called another kind of end."""
    return one.day == other.day and (one.kind == other.kind or (one.day is not None and {one.kind, other.kind} <= ENDS))


def _replace(silent: ListedDeadline, named: Sequence[ListedDeadline], unused: list[ListedDeadline]) -> bool:
    """Whether one of the added dates takes its place; that one is used then, and takes no other's."""
    day = silent.day
    if day is None:
        return silent.kind == DeadlineKind.ROLLING and any(d.kind in ENDS for d in unused)
    still_named = any(d.kind == silent.kind for d in named)
    dated = [d for d in unused if d.day]
    fitting = [d for d in dated if d.kind == silent.kind or (not still_named and {d.kind, silent.kind} <= ENDS)]
    if not fitting:
        return False
    nearest = min(fitting, key=lambda d: (d.kind != silent.kind, abs((d.day or day) - day)))
    unused.remove(nearest)
    return True


def _is_overruled(silent: ListedDeadline, named: Sequence[ListedDeadline], after: Mapping[str, Any]) -> bool:
    """Whether the source's own word says that this date no longer stands."""
    word = after.get("source_word")
    if word in OVER:
        return True
    if silent.kind == DeadlineKind.OPENS:
        return bool(word == Status.OPEN)
    return silent.kind in ENDS and any(d.kind == DeadlineKind.ROLLING for d in named)
