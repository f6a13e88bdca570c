"""What a person typed, as values of a call; or why it cannot be."""

import re
from typing import Any

from pydantic import ValidationError

from scrapers.listing import ListedDeadline, Listing
from tracker.calls.changes import SETS
from tracker.calls.consolidate import BY_HAND, KINDS, SHOWN_FIELDS
from tracker.calls.typed_values import euros, moment, percentage
from tracker.errors import NotAMoment, NotAnAmount, NotPossible

# Several dates stand apart by a semicolon, or by a comma with no hour behind it: "1 oktober 2026, 17:00".
BETWEEN_DATES = re.compile(r";|,(?! ?(?:om )?\d{1,2}(?:[:.]\d\d| ?u))")


NUMBERS = {"budget": euros, "min_amount": euros, "max_amount": euros, "rate": percentage}


def read_value(name: str, value: str) -> Any:
    """What a person typed, as the field's JSON value; several dates with commas. Raises NotPossible."""
    try:
        if name in KINDS:
            return [date for text in BETWEEN_DATES.split(value) if (date := _date(name, text))]
        if name not in SHOWN_FIELDS:
            raise NotPossible(f"no field {name!r}; there are {', '.join(sorted((*SHOWN_FIELDS, *KINDS)))}")
        typed: Any = [v.strip() for v in value.split(",") if v.strip()] if name in SETS else value or None
        if name in NUMBERS:
            typed = NUMBERS[name](value)
        usual = {"source": BY_HAND, "external_id": "x", "url": "https://example.org", "title": "x", "language": "nl"}
        return Listing.model_validate({**usual, name: typed}).model_dump(mode="json")[name]
    except (NotAnAmount, NotAMoment) as error:
        raise NotPossible(f"{name}: {error}") from error
    except ValidationError as error:
        raise NotPossible(f"{value!r} is no {name}: {_plainly(error)}") from error


def _date(kind: str, text: str) -> dict[str, Any] | None:
    typed = moment(text)
    if typed is None:
        return None
    listed = ListedDeadline.model_validate({"kind": kind, "day": typed.day, "hour": typed.hour})
    return {"day": str(listed.day)} | ({"hour": listed.hour} if listed.hour else {})


def _plainly(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def listing(**fields: Any) -> Listing:
    """A call as typed; its address is its identity, unless another is given. Raises NotPossible."""
    try:
        return Listing(**{"source": BY_HAND, "external_id": fields["url"], **fields})
    except ValidationError as error:
        raise NotPossible(_plainly(error)) from error
