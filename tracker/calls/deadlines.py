"""Lay what a call's dates are beside the rows that are there: rows are kept and moved, so that their ids stay. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from db.vocabulary import DeadlineKind
from scrapers.listing import ListedDeadline
from tracker.calls.consolidate import by_date, is_over
from tracker.calls.gates import gates_of
from tracker.calls.rows import Placeable, date_row, new_date, numbered


@dataclass
class PlacedDates:
    """Rows to add and rows to change."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)


def as_listed(row: Any) -> ListedDeadline:
    """A stored date as a source would give it."""
    return ListedDeadline(
        kind=DeadlineKind(row.kind),
        **{name: getattr(row, name) for name in ("day", "hour", "zone", "assumed", "text")},
        **{name: getattr(row, name) for name in ("sentence", "certainty", "door", "obligatory", "stale_since")},
    )


def with_passed(dates: tuple[ListedDeadline, ...], rows: Sequence[Any], now: datetime) -> tuple[ListedDeadline, ...]:
    """The dates that sources name with those that passed and that they stopped mentioning.

    A page that drops the date after it passed does not make a closed call open again.
    """
    kinds = {d.kind for d in dates}
    tomorrow = now.date() + timedelta(days=1)  # in no zone has a later day begun
    ended = (row for row in rows if row.cancelled_at is None and row.day is not None and row.day <= tomorrow)
    passed = [
        date
        for date in map(as_listed, ended)
        if is_over(date, now) and (date.kind not in kinds or _is_dropped_cut_off(date, dates))
    ]
    return tuple(sorted((*dates, *passed), key=by_date)) if passed else dates


def _is_dropped_cut_off(date: ListedDeadline, dates: tuple[ListedDeadline, ...]) -> bool:
    """One of a row of closings that was; any other date that passed and changed was moved."""
    return date.kind == DeadlineKind.CUT_OFF and not any(d.kind == date.kind and d.day == date.day for d in dates)


def place(call_id: int, rows: Sequence[Any], dates: Sequence[ListedDeadline], now: datetime) -> PlacedDates:
    """By kind and day first, then by order; a date that vanished is cancelled, one that came back is revived."""
    placed, unused, wanted = PlacedDates(), list(rows), list(numbered(dates, gates_of(dates)))
    for fits in (_same_day, _same_kind, _same_day_cancelled):
        remaining = []
        for dated in wanted:
            row = next((r for r in unused if fits(r, dated.deadline)), None)
            if row is None:
                remaining.append(dated)
            else:
                unused.remove(row)
                placed.changed += _changed(row, dated, now)
        wanted = remaining
    placed.added += [new_date(call_id, dated, now) for dated in wanted]
    placed.changed += [
        _cancelled(row, now) for row in unused if row.cancelled_at is None and not is_over(as_listed(row), now)
    ]
    return placed


def _same_day(row: Any, date: ListedDeadline) -> bool:
    return bool(row.kind == date.kind and row.day == date.day and row.cancelled_at is None)


def _same_kind(row: Any, date: ListedDeadline) -> bool:
    return bool(row.kind == date.kind and row.cancelled_at is None)


def _same_day_cancelled(row: Any, date: ListedDeadline) -> bool:
    return bool(row.kind == date.kind and row.day == date.day)


def _changed(row: Any, place: Placeable, now: datetime) -> list[dict[str, Any]]:
    new, date = date_row(place), place.deadline
    if row.cancelled_at is None and all(getattr(row, name) == value for name, value in new.items()):
        return []
    moved = row.cancelled_at is not None or (row.day, row.hour, row.zone) != (date.day, date.hour, date.zone)
    stamp = {"version": row.version + 1, "modified_at": now} if moved else {}
    return [
        {"b_id": row.id, "version": row.version, "modified_at": row.modified_at} | new | stamp | {"cancelled_at": None}
    ]


def _cancelled(row: Any, now: datetime) -> dict[str, Any]:
    same = date_row(Placeable(row.number, as_listed(row)))
    return {"b_id": row.id, **same, "version": row.version + 1, "modified_at": now, "cancelled_at": now}
