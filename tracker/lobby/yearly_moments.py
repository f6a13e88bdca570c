"""Moments that come back every year, such as the third Tuesday of September: an assumed rhythm, no fact."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import yaml

from db.region import SHIPPED
from db.region_served import region
from db.vocabulary_lobby import MomentKind

PATTERNS = SHIPPED / "moments.yaml"


OWN = "region"  # a meeting of the region itself, in its file of moments
WEEKDAYS = {"tuesday": 1, "wednesday": 2}


AHEAD = timedelta(days=365)
AROUND = timedelta(days=45)  # how far from its usual time the day of a moment may turn out to be


@dataclass(frozen=True)
class UpcomingMoment:
    """A moment as a page shows it; ``ref`` finds it again: 'moment:4', 'call:12' or 'pattern:prinsjesdag:2027'."""

    ref: str
    title: str
    kind: str
    level: str
    body: str
    starts_on: date | None
    ends_on: date | None
    sure: bool
    use: str
    url: str
    lead_days: int = 0
    version: int = 0
    of_source: bool = False
    unnamed: bool = False  # its source named this last day once, and no longer does
    ended: str = ""  # its source's word that it is off or over, such as "gaat niet door"
    was: date | None = None  # the day it was moved from
    call_id: int | None = None

    @property
    def act_before(self) -> date | None:
        """The last day to begin, with what the region needs inside counted back."""
        return self.ends_on - timedelta(days=self.lead_days) if self.ends_on else None

    @property
    def address(self) -> str:
        """Its page: '/momenten/4', '/momenten/bron-12' or '/momenten/prinsjesdag-2027'."""
        kind, _, rest = self.ref.partition(":")
        return f"/momenten/{'bron-' if kind == 'call' else ''}{rest.replace(':', '-')}"


def ref_of(key: str) -> str:
    """The ref of a moment by the last part of its address; of one that cannot be, a ref that finds nothing."""
    if key.isdecimal():
        return f"moment:{key}"
    name, _, number = key.rpartition("-")
    return f"call:{number}" if name == "bron" else f"pattern:{name}:{number}"


@dataclass(frozen=True)
class Pattern:
    """A moment that comes back every year."""

    id: str
    title: str
    kind: str
    level: str
    body: str
    lead_days: int
    use: str
    third: tuple[str, int] | None
    window: tuple[str, str] | None
    real: tuple[str, ...] = ()

    def is_met_by(self, kind: str, title: str, day: date) -> bool:
        """Whether a source's moment is this year's one of this pattern: its day takes the place of the usual one."""
        first, last = self.in_year(day.year)
        near = first - AROUND <= day <= last + AROUND
        return bool(self.real) and kind == self.kind and near and all(word in title.casefold() for word in self.real)

    def in_year(self, year: int) -> tuple[date, date]:
        """First and last day; the same day for one that is fixed."""
        if self.third:
            day = third(WEEKDAYS[self.third[0]], self.third[1], year)
            return day, day
        first, last = self.window or ("01-01", "12-31")
        return date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")


def third(weekday: int, month: int, year: int) -> date:
    """The third such weekday (0 = Monday) of a month: Prinsjesdag and Verantwoordingsdag are."""
    first = calendar.weekday(year, month, 1)
    return date(year, month, 15 + (weekday - first) % 7)


def patterns() -> tuple[Pattern, ...]:
    """The yearly calendar that State and EU set for everybody, and the region's own moments."""
    return (*_shared(), *(_pattern(dict(entry)) for entry in region().moments))


@cache
def _shared() -> tuple[Pattern, ...]:
    return tuple(_pattern(entry) for entry in yaml.safe_load(PATTERNS.read_text("utf-8"))["moments"])


def _pattern(entry: dict[str, Any]) -> Pattern:
    if entry["kind"] == OWN:
        entry["kind"] = MomentKind.REGION.value
    fixed, usual = entry.pop("third", None), entry.pop("window", None)
    real = tuple(entry.pop("real", ()))
    return Pattern(**entry, real=real, third=tuple(fixed) if fixed else None, window=tuple(usual) if usual else None)


def recurring(day: date, filled_in: Iterable[tuple[str, int]] = ()) -> list[UpcomingMoment]:
    """The yearly moments from that day on, without those that a person already filled in (pattern, year)."""
    skip, moments = set(filled_in), []
    for pattern in patterns():
        for year in (day.year, day.year + 1):
            first, last = pattern.in_year(year)
            if (pattern.id, year) not in skip and day <= last and first <= day + AHEAD:
                moments.append(of_year(pattern, year))
    return moments


def of_year(p: Pattern, year: int) -> UpcomingMoment:
    first, last = p.in_year(year)
    ref = f"pattern:{p.id}:{year}"
    return UpcomingMoment(
        ref, p.title, p.kind, p.level, p.body, first, last, p.third is not None, p.use, "", p.lead_days
    )
