"""What a person typed, as values of a call: amounts, percentages and the rest; or why it cannot be."""

import re
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from scrapers.listing import ListedDeadline, Listing
from tracker.calls.consolidate import BY_HAND, KINDS, SHOWN_FIELDS
from tracker.errors import NotAnAmount, NotPossible

SEVERAL = ("programme", "applicants")
AMOUNT = re.compile(r"(?:€\s*|EUR\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}|-))?(?:\s*euro)?", re.IGNORECASE | re.ASCII)
MOST_EUROS = Decimal(10**13) - Decimal("0.01")
PERCENTAGE = re.compile(r"(\d{1,3})(?:,(\d{1,2}))?\s*%?", re.ASCII)
POINT = re.compile(r"(?:€|EUR)?\s*(\d{1,13})\.(\d{1,13})\s*(?:%|euro)?", re.IGNORECASE | re.ASCII)
THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)


def euros(text: str, field: str = "") -> Decimal | None:
    """An amount as people type it in Dutch: '125000', '125.000', '€ 1.250.000,50'; empty is None.

    Raises NotAnAmount for anything else, so that '1.5' is asked again and never guessed.
    """
    too_much = "Dit bedrag is groter dan wij kunnen bewaren."
    return _typed(text, field, AMOUNT, "geen bedrag; schrijf bijvoorbeeld 125.000 of 125.000,50.", MOST_EUROS, too_much)


def percentage(text: str, field: str = "") -> Decimal | None:
    """A percentage as people type it in Dutch: '25', '2,5', '50%'; empty is None. Raises NotAnAmount for the rest."""
    too_much = "Dit mag ten hoogste 100 zijn."
    return _typed(text, field, PERCENTAGE, "geen percentage; schrijf bijvoorbeeld 25 of 2,5.", Decimal(100), too_much)


NUMBERS = {"budget": euros, "min_amount": euros, "max_amount": euros, "rate": percentage}


def read_value(name: str, value: str) -> Any:
    """What a person typed, as the field's JSON value; dates as 2026-10-01 or 2026-10-01T17:00, several with commas."""
    try:
        if name in KINDS:
            return [_date(name, text) for text in value.split(",") if text.strip()]
        if name not in SHOWN_FIELDS:
            raise NotPossible(f"no field {name!r}; there are {', '.join(sorted((*SHOWN_FIELDS, *KINDS)))}")
        typed: Any = [v.strip() for v in value.split(",") if v.strip()] if name in SEVERAL else value or None
        if name in NUMBERS:
            typed = NUMBERS[name](value)
        usual = {"source": BY_HAND, "external_id": "x", "url": "https://example.org", "title": "x", "language": "nl"}
        return Listing.model_validate({**usual, name: typed}).model_dump(mode="json")[name]
    except NotAnAmount as error:
        raise NotPossible(f"{name}: {error}") from error
    except ValidationError as error:
        raise NotPossible(f"{value!r} is no {name}: {_plainly(error)}") from error


def _date(kind: str, text: str) -> dict[str, Any]:
    day, _, hour = text.strip().partition("T")
    listed = ListedDeadline.model_validate({"kind": kind, "day": day, "hour": hour or None})
    return {"day": str(listed.day)} | ({"hour": listed.hour} if listed.hour else {})


def _plainly(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def listing(**fields: Any) -> Listing:
    """A call as typed; its address is its identity, unless another is given. Raises NotPossible."""
    try:
        return Listing(**{"source": BY_HAND, "external_id": fields["url"], **fields})
    except ValidationError as error:
        raise NotPossible(_plainly(error)) from error


def _typed(
    text: str, field: str, pattern: re.Pattern[str], what_it_is: str, most: Decimal, too_much: str
) -> Decimal | None:
    plain = _one_reading(text, field)
    if not plain:
        return None
    found = pattern.fullmatch(plain)
    if not found:
        raise NotAnAmount(f"'{plain[:40]}' is {what_it_is}", field)
    whole, decimals = found[1].replace(".", ""), (found[2] or "").strip("-")
    value = Decimal(f"{whole}.{decimals}" if decimals else whole)
    if value > most:
        raise NotAnAmount(too_much, field)
    return value


def _one_reading(text: str, field: str) -> str:
    """The text with single blanks. Raises NotAnAmount, naming both, where its point may be a comma: '2.5', '0.500'."""
    plain = " ".join(text.split())
    found = POINT.fullmatch(plain)
    if found and not THOUSANDS.fullmatch(f"{found[1]}.{found[2]}"):
        behind = found[2].rstrip("0")
        point = _grouped(found[1]) + (f",{behind}" if behind else "")
        both = f"{point} of {_grouped(found[1] + found[2])}"
        raise NotAnAmount(f"'{plain[:40]}' is op twee manieren te lezen: schrijf {both}.", field)
    return plain


def _grouped(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".")
