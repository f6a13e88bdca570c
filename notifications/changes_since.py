"""What changed in a call since somebody was told of it, one change a field. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from db.vocabulary import DeadlineKind
from notifications.catalogue import CatalogueCall, Change

CALM = timedelta(days=14)  # a date that changed more than twice in this time goes to and fro: it is told when it stays


def net_changes(
    call: CatalogueCall, told: int, moved_told: int = 0, since: datetime | None = None, told_at: datetime | None = None
) -> tuple[Change, ...]:
    """The changes since the told version, one a field, from what was told to what is; what went back is none.

    Dates come first. A date whose move was told by a mail of its own is left out. ``since`` leaves out what is older.
    A date that went back after it was told, at ``told_at``, is told too, unless it goes to and fro.
    """
    by_field: dict[str, list[Change]] = {}
    for change in call.changes:
        by_field.setdefault(change.field, []).append(change)
    net: list[Change] = []
    for name, changes in by_field.items():
        dated = name in DATE_FIELDS
        known = max(told, moved_told) if dated else told
        untold = [each for each in changes if _is_untold(each, known, told_at if dated else None, since)]
        net += _net(changes, untold, calm=dated and told_at is not None and _is_calm(changes))
    return tuple(sorted(net, key=lambda change: _FIELD_ORDER.get(change.field, 99)))


def _is_untold(change: Change, told: int, told_at: datetime | None, since: datetime | None) -> bool:
    """A change that only went back has no version of its own: of a date, the moment says whether it was seen."""
    went_back = told_at is not None and not change.telling and change.at > told_at
    return (change.version > told or went_back) and (since is None or change.at > since)


def _net(changes: list[Change], untold: list[Change], calm: bool) -> Iterator[Change]:
    if not untold:
        return
    before = [each for each in changes if each not in untold]
    old, last = before[-1].new if before else untold[0].old, untold[-1]
    if old != last.new and (calm or any(each.telling for each in untold)):
        yield replace(last, old=old, telling=True)


def _is_calm(changes: Iterable[Change]) -> bool:
    moments = [each.at for each in changes]
    return sum(at > moments[-1] - CALM for at in moments) <= 2


DATE_FIELDS = frozenset(str(kind) for kind in DeadlineKind)
_FIELD_ORDER = {
    name: place
    for place, name in enumerate((
        "source_word", "closes", "stage_1", "stage_2", "cut_off", "pre_registration", "consultation", "opens",
        "budget", "min_amount", "max_amount", "amount_text", "rate", "applicants", "eligible",
    ))
}  # fmt: skip
