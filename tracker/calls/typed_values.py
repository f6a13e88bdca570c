"""Amounts, percentages and moments as people type them in Dutch: one rule for page, command and file. Pure.

What can be read in two ways is asked again, with both readings named; nothing is guessed.
"""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from notifications.wording import AMSTERDAM
from tracker.errors import NotAMoment, NotAnAmount, TwoReadings

MOST = Decimal(10**13)
# The words behind a number, and how many thousands, millions ... they make of it.
UNITS = {
    "duizend": 1_000, "dzd": 1_000, "k": 1_000, "ton": 100_000, "miljoen": 1_000_000, "mln": 1_000_000,
    "miljard": 1_000_000_000, "mld": 1_000_000_000, "mrd": 1_000_000_000,
}  # fmt: skip
AMOUNT = re.compile(
    r"(?:€|euro|eur)?\s*(?P<number>[\d., ]*\d)(?P<none>,-{1,2}|,–)?\s*(?P<unit>[a-z]+)?\.?\s*(?:€|euro|eur)?",
    re.IGNORECASE | re.ASCII,
)
PERCENTAGE = re.compile(r"(?P<number>[\d.,]*\d)\s*(?:%|procent|pct)?", re.IGNORECASE | re.ASCII)
SHARE = re.compile(
    r"0?[.,]\d{0,12}[1-9]\d{0,12}|1(?:[.,]0{1,12})?", re.ASCII
)  # of the whole: more than nothing, at most one
# 2500, 2.500, 2 500; with a comma before the rest.
DUTCH = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:,(?P<rest>\d+))?", re.ASCII)
ONE_MARK = re.compile(
    r"(?:€|eur)?\s*(?P<number>\d{1,13}[.,]\d{1,13})\s*(?:%|(?P<unit>[a-z]+)\.?)?", re.IGNORECASE | re.ASCII
)
THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
NUMBERS = re.compile(r"(?P<day>\d{1,2})(?P<mark>[-./ ])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})", re.ASCII)
WORDS = re.compile(r"(?:[a-z]{2,10} )?(?P<day>\d{1,2})[ -](?P<month>[a-z]{3,9})\.?[ -](?P<year>\d{4})", re.ASCII)
HOUR = re.compile(
    r"(?:T|,? ?(?:om )?)(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?::00)?)?(?P<word> ?(?:uur|u))?", re.ASCII
)


class TypedMoment(NamedTuple):
    """A day, and the hour on the clock where one was typed: ``2026-10-01``, ``17:00``."""

    day: date
    hour: str | None = None


def euros(text: str, field: str = "") -> Decimal | None:
    """An amount: '125000', '125.000', '€ 1.250.000,50', '1,6 mln'; empty is None. Raises NotAnAmount for the rest."""
    plain = _one_reading(text, field)
    if not plain:
        return None
    amount = AMOUNT.fullmatch(plain)
    unit = UNITS.get((amount["unit"] or "").lower()) if amount and not _is_currency(amount["unit"]) else 1
    if not amount or unit is None:
        raise NotAnAmount(f"'{plain[:40]}' is geen bedrag; schrijf bijvoorbeeld 125.000 of 125.000,50.", field)
    value = _number(amount["number"].strip(), plain, field) * unit
    if value >= MOST:
        raise NotAnAmount("Dit bedrag is groter dan wij kunnen bewaren.", field)
    if value != round(value, 2):
        raise NotAnAmount(f"'{plain[:40]}' is geen bedrag in hele centen.", field)
    return Decimal(int(value)) if value == int(value) else value


def _is_currency(word: str | None) -> bool:
    return word is None or word.lower() in ("euro", "eur")


def percentage(text: str, field: str = "") -> Decimal | None:
    """A percentage: '25', '2,5', '50%'; empty is None. Raises NotAnAmount for the rest.

    '0,5' without a sign may be a half per cent, or the half that a spreadsheet writes so.
    """
    if share := SHARE.fullmatch(text.strip()):
        both = share_readings(Decimal(share[0].replace(",", ".")))
        raise NotAnAmount(f"'{share[0][:40]}' is op twee manieren te lezen: schrijf {both}.", field)
    plain = _one_reading(text, field)
    if not plain:
        return None
    rate = PERCENTAGE.fullmatch(plain)
    if not rate:
        raise NotAnAmount(f"'{plain[:40]}' is geen percentage; schrijf bijvoorbeeld 25 of 2,5.", field)
    value = _number(rate["number"], plain, field)
    if value > 100:
        raise NotAnAmount("Dit mag ten hoogste 100 zijn.", field)
    if value != round(value, 2):
        raise NotAnAmount("Schrijf ten hoogste twee cijfers achter de komma.", field)
    return value


def share_readings(value: Decimal) -> str:
    """Of 0.5: '0,5% of 50%'."""
    return " of ".join(f"{reading.normalize():f}%".replace(".", ",") for reading in (value, value * 100))


def _number(digits: str, typed: str, field: str) -> Decimal:
    """Dutch notation: points and blanks between thousands, a comma before the rest."""
    number = DUTCH.fullmatch(digits)
    if not number:
        raise NotAnAmount(
            f"'{typed[:40]}' is geen Nederlands getal; schrijf bijvoorbeeld 125.000 of 125.000,50.", field
        )
    whole = number["whole"].replace(".", "").replace(" ", "")
    return Decimal(f"{whole}.{number['rest']}" if number["rest"] else whole)


def _one_reading(text: str, field: str) -> str:
    """The text with single blanks. Raises NotAnAmount where it has two readings: '2.5', '0.500', '2,500'."""
    plain = " ".join(text.split())
    amount = ONE_MARK.fullmatch(plain)
    if not amount or THOUSANDS.fullmatch(amount["number"]):
        return plain
    before, mark, behind = re.split("([.,])", amount["number"])
    if mark == "," and (len(behind) != 3 or before == "0" or len(before) > 3):
        return plain
    kept = behind.rstrip("0")
    unit = f" {amount['unit']}" if (amount["unit"] or "").lower() in UNITS else ""
    both = [_grouped(before) + (f",{kept}" if kept else "") + unit, _grouped(before + behind) + unit]
    raise NotAnAmount(f"'{plain[:40]}' is op twee manieren te lezen: schrijf {both[0]} of {both[1]}.", field)


def _grouped(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".")


def moment(text: str, field: str = "") -> TypedMoment | None:
    """A day with or without an hour: '1-10-2026', '1 oktober 2026, 17.00 uur', '2026-10-01T17:00'; empty is None.

    The day stands before the month. Raises NotAMoment for the rest.
    """
    plain = " ".join(text.split())
    if not plain:
        return None
    for form in (ISO, NUMBERS, WORDS):
        written = form.match(plain.lower() if form is WORDS else plain)
        if written:
            typed = TypedMoment(_day(written, plain, field), _hour(plain[written.end() :], plain, field))
            _check_clock(typed, plain, field)
            return typed
    raise NotAMoment(f"'{plain[:40]}' is geen datum; schrijf bijvoorbeeld 1 oktober 2026 of 1-10-2026.", field)


def _day(written: re.Match[str], typed: str, field: str) -> date:
    parts = written.groupdict()
    if len(parts["year"]) == 2:
        raise NotAMoment(f"'{typed[:40]}': schrijf het jaar met vier cijfers.", field)
    month = parts["month"]
    number = int(month) if month.isdecimal() else _month(month, typed, field)
    year, day = int(parts["year"]), int(parts["day"])
    if parts.get("mark") == "/" and day <= 12 and number <= 12 and day != number:
        both = f"{day}-{number}-{year} of {number}-{day}-{year}"
        raise TwoReadings(f"'{typed[:40]}' is op twee manieren te lezen: schrijf {both}, met de dag eerst.", field)
    try:
        return date(year, number, day)
    except ValueError as error:
        raise NotAMoment(f"'{typed[:40]}' is geen dag die bestaat.", field) from error


def _month(word: str, typed: str, field: str) -> int:
    short = {"maa": "mrt", "mar": "mrt", "may": "mei", "oct": "okt"}.get(word[:3], word[:3])
    if short not in MONTHS:
        raise NotAMoment(f"'{typed[:40]}': '{word}' is geen maand.", field)
    return MONTHS.index(short) + 1


def _hour(behind: str, typed: str, field: str) -> str | None:
    """The hour behind a day; 24:00 is the last minute of it."""
    if not behind:
        return None
    written = HOUR.fullmatch(behind)
    if not written or (written["minute"] is None and written["word"] is None):
        raise NotAMoment(f"'{typed[:40]}': schrijf het uur als 17:00.", field)
    hour, minute = int(written["hour"]), int(written["minute"] or 0)
    if (hour, minute) == (24, 0):
        return "23:59"
    try:
        return time(hour, minute).isoformat("minutes")
    except ValueError as error:
        raise NotAMoment(f"'{typed[:40]}': dit uur bestaat niet.", field) from error


def on_the_clock(day: date, hour: str | None) -> TypedMoment:
    """A day and an hour of two fields. Raises as ``moment`` does for an hour that is not on the clock that night."""
    typed = TypedMoment(day, hour)
    _check_clock(typed, hour or "", "hour")
    return typed


def kept_moment(typed: TypedMoment) -> list[dict[str, str]]:
    """As a correction or an answer keeps it."""
    return [{"day": typed.day.isoformat(), **({"hour": typed.hour} if typed.hour else {})}]


def _check_clock(typed: TypedMoment, text: str, field: str) -> None:
    """Raises NotAMoment for an hour that the night of a clock change skips, TwoReadings for one that it has twice."""
    if typed.hour is None:
        return
    wall = datetime.combine(typed.day, time.fromisoformat(typed.hour))
    first, second = (wall.replace(tzinfo=AMSTERDAM, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    if first.astimezone(UTC).astimezone(AMSTERDAM).replace(tzinfo=None) != wall:
        raise NotAMoment(f"'{text[:40]}': dit uur bestaat niet, die nacht gaat de klok vooruit.", field)
    raise TwoReadings(f"'{text[:40]}': dit uur komt die nacht twee keer voor; kies een ander uur.", field)


def moment_of_cell(value: date | datetime) -> TypedMoment:
    """The cell of a spreadsheet that holds a date: one at midnight is a day."""
    if not isinstance(value, datetime):
        return TypedMoment(value)
    hour = value.strftime("%H:%M")
    return TypedMoment(value.date(), None if hour == "00:00" else hour)
