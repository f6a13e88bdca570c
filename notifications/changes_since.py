"""What changed in a call since somebody was told of it, one change a field. Pure."""

from datetime import datetime

from db.vocabulary import DeadlineKind
from notifications.catalogue import CatalogueCall, Change


def net_changes(
    call: CatalogueCall, told: int, moved_told: int = 0, since: datetime | None = None
) -> tuple[Change, ...]:
    """The changes since the told version, one a field, from what was told to what is; what went back is none.

    Dates come first. A date whose move was told by a mail of its own is left out. ``since`` leaves out what is older.
    """
    by_field: dict[str, list[Change]] = {}
    for change in call.changes:
        dated = change.field in DATE_FIELDS
        old = change.version <= told or (dated and change.version <= moved_told)
        if not old and (since is None or change.at > since):
            by_field.setdefault(change.field, []).append(change)
    net = [
        Change(changes[-1].version, name, changes[0].old, changes[-1].new, changes[-1].at)
        for name, changes in by_field.items()
        if changes[0].old != changes[-1].new and any(change.telling for change in changes)
    ]
    return tuple(sorted(net, key=lambda change: _FIELD_ORDER.get(change.field, 99)))


DATE_FIELDS = frozenset(str(kind) for kind in DeadlineKind)
_FIELD_ORDER = {
    name: place
    for place, name in enumerate((
        "source_word", "closes", "stage_1", "stage_2", "cut_off", "pre_registration", "consultation", "opens",
        "budget", "min_amount", "max_amount", "amount_text", "rate", "applicants", "eligible",
    ))
}  # fmt: skip
