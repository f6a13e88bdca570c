"""A call that no source speaks of: its own row and dates are all that is known of it. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from scrapers.listing import PARTICULARS, ListedDeadline
from tracker.calls.consolidate import BY_HAND, DEFAULTS, SHOWN_FIELDS, SourceRecord


def own_record(call: Mapping[str, Any], dates: Iterable[Any]) -> SourceRecord:
    """The row of a call, and those of its dates that stand, as what somebody typed in would say."""
    values = {**{name: call[name] for name in SHOWN_FIELDS if name not in PARTICULARS}, **(call["particulars"] or {})}
    fields = {name: _as_json(value) for name, value in values.items() if value != DEFAULTS.get(name)}
    standing = [row for row in dates if row.cancelled_at is None]
    return SourceRecord(BY_HAND, "", fields, deadlines=tuple(_listed(row._mapping) for row in standing))


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _listed(row: Mapping[str, Any]) -> ListedDeadline:
    return ListedDeadline.model_validate({name: row[name] for name in ListedDeadline.model_fields})
