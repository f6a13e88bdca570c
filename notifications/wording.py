"""How we say it in Dutch: days, moments, amounts, days left, percentages; mails and pages both use it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LOCALE = "nl_NL"
CITIES = {"Europe/Brussels": "Brussel"}
UNKNOWN = "onbekend"
F = TypeVar("F", bound=Callable[..., str])
MILLION, BILLION = Decimal(10**6), Decimal(10**9)


def local_day(value: date | datetime) -> date:
    """The day on the Amsterdam calendar; a date is one already.

    Raises ValueError for a naive datetime and TypeError for no date at all, which babel would take for today.
    """
    if not isinstance(value, date):
        raise TypeError(f"a day is needed, not {value!r}")
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return _day_on_our_clock(value)


@lru_cache(maxsize=16_384)
def _day_on_our_clock(moment: datetime) -> date:
    """Looked up once: a month holds a thousand dates, most of them at five o'clock."""
    return moment.astimezone(AMSTERDAM).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a day in Amsterdam."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def _or_unknown(say: F) -> F:
    """A template that forgot to ask whether there is a date says so, rather than another day or no mail at all.

    The types still refuse None: only a template, which nobody checks, can hand it in.
    """

    @wraps(say)
    def checked(value: Any, *args: Any, **named: Any) -> str:
        return UNKNOWN if value is None else say(value, *args, **named)

    return cast(F, checked)


@_or_unknown
def day(value: date | datetime) -> str:
    """``maandag 30 november 2026``."""
    return _formatted(local_day(value), "EEEE d MMMM y")


@_or_unknown
def weekday(value: date | datetime) -> str:
    """``maandag``."""
    return _formatted(local_day(value), "EEEE")


@_or_unknown
def short_day(value: date | datetime) -> str:
    """``30 nov 2026``."""
    return _formatted(local_day(value), "d MMM y").replace(".", "")


@_or_unknown
def day_and_month(value: date | datetime) -> str:
    """``30 nov``, where the year is plain."""
    return _formatted(local_day(value), "d MMM").replace(".", "")


def no_longer_named(since: date) -> str:
    """``niet meer genoemd sinds 30 nov 2026``: beside a fact that its source fell silent about."""
    return f"niet meer genoemd sinds {short_day(since)}"


def month(value: date | datetime) -> str:
    """``november 2026``."""
    return _formatted(local_day(value), "MMMM y")


@_or_unknown
def clock_time(value: datetime) -> str:
    """``17:00``, on the Amsterdam clock."""
    return _on_the_clock(value.astimezone(AMSTERDAM))


@_or_unknown
def moment(value: date | datetime, zone: str = "Europe/Amsterdam", assumed: bool = False) -> str:
    """``27 oktober 2026, 17:00 (Brussel)``; an assumed hour says so; a bare day stays a day.

    The clock is Amsterdam's. A zone with another wall time at that instant is named "(Amsterdam)" for clarity.
    """
    plain = _formatted(local_day(value), "d MMMM y")
    return f"{plain}, {_hour(value, zone, assumed)}" if isinstance(value, datetime) else plain


@_or_unknown
def full_moment(value: date | datetime, zone: str = "Europe/Amsterdam", assumed: bool = False) -> str:
    """As ``moment``, with the weekday: ``dinsdag 27 oktober 2026, 17:00 (Brussel)``."""
    return _in_full(value, zone, assumed) if isinstance(value, datetime) else day(value)


@lru_cache(maxsize=4_096)
def _in_full(value: datetime, zone: str, assumed: bool) -> str:
    """Looked up: many calls end at the same moment, and a feed tells of two thousand."""
    return f"{_formatted(local_day(value), 'EEEE d MMMM y')}, {_hour(value, zone, assumed)}"


@_or_unknown
def short_moment(value: date | datetime, zone: str = "Europe/Amsterdam", assumed: bool = False) -> str:
    """As ``moment``, without the year, for a change in one line: ``15 oktober 17:00``."""
    plain = _formatted(local_day(value), "d MMMM")
    return f"{plain} {_hour(value, zone, assumed)}" if isinstance(value, datetime) else plain


def _on_the_clock(local: datetime) -> str:
    """Its own hour and minute; `strftime` takes five times as long, and a feed asks two thousand times."""
    return f"{local.hour:02d}:{local.minute:02d}"


def _hour(value: datetime, zone: str, assumed: bool) -> str:
    local = value.astimezone(AMSTERDAM)
    hour = _on_the_clock(local)
    if assumed:
        return f"{hour} (gebruikelijk uur)"
    if zone != AMSTERDAM.key and value.astimezone(ZoneInfo(zone)).utcoffset() != local.utcoffset():
        return f"{hour} (Amsterdam)"
    return f"{hour} ({CITIES[zone]})" if zone in CITIES else hour


def amount(euros: Decimal | int) -> str:
    """``€ 2,5 mln`` where one decimal says it exactly, else in full: ``€ 1.250.000``. Never rounded."""
    value = Decimal(euros)
    for unit, word in ((BILLION, "mld"), (MILLION, "mln")):
        if abs(value) >= unit and value % (unit / 10) == 0:
            return f"€ {_number(value / unit)} {word}"
    return f"€ {_grouped(value)}"


def amount_as_written(text: str) -> str:
    """The source's own words; a bare number says no unit there, which must not read as euros."""
    bare = text and not any(sign.isalpha() or sign in "€$£%" for sign in text)
    return f"in de bron staat {text}, zonder eenheid" if bare else text


def amount_range(least: Decimal | None, most: Decimal | None) -> str:
    """``€ 100.000 tot € 2,5 mln``, ``vanaf € 100.000``, ``tot € 2,5 mln``, or nothing."""
    if least and most:
        return amount(most) if least == most else f"{amount(least)} tot {amount(most)}"
    return f"tot {amount(most)}" if most else (f"vanaf {amount(least)}" if least else "")


def percentage(value: Decimal | int | float) -> str:
    """``40%``, ``33,33%``; the value is 0 to 100."""
    return f"{_number(Decimal(str(value)))}%"


def days_between(now: datetime, value: date | datetime) -> int:
    """Local calendar days from now to then: 1 is tomorrow, however few hours away."""
    return (local_day(value) - local_day(now)).days


def days_left(now: datetime, value: date | datetime) -> str:
    """``nog 12 dagen``, ``morgen``, ``vandaag``, ``gisteren gesloten``, in local calendar days."""
    days = days_between(now, value)
    if isinstance(value, datetime) and value <= now and days == 0:
        return "vandaag gesloten"
    if days < -1:
        return f"{-days} dagen geleden gesloten"
    return {-1: "gisteren gesloten", 0: "vandaag", 1: "morgen"}.get(days, f"nog {days} dagen")


def file_size(size: int) -> str:
    """``12 kB``, ``3,4 MB``, of a number of bytes."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def count(number: int, one: str, many: str) -> str:
    """``1 kans``, ``7 kansen``."""
    return f"{number} {one if number == 1 else many}"


def capitalize_first(text: str) -> str:
    """A capital at the start, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(words: list[str]) -> str:
    """``gemeenten, provincies en mkb``."""
    return " en ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


@lru_cache(maxsize=4096)
def _formatted(value: date, pattern: str) -> str:
    return str(format_date(value, pattern, locale=LOCALE))


def _number(value: Decimal) -> str:
    """A plain number with a decimal comma and no trailing zeros."""
    text = f"{value:,f}" if value % 1 == 0 else f"{value.normalize():,f}"
    whole, _, cents = text.partition(".")
    cents = cents.rstrip("0")
    return whole.replace(",", ".") + (f",{cents}" if cents else "")


def _grouped(value: Decimal) -> str:
    text = f"{value:,.0f}" if value % 1 == 0 else f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))
