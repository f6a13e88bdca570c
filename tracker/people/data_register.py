"""The register of personal data: per kind why it is kept, on what ground and until when. Data, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

REGISTER = Path(__file__).with_suffix(".yaml")
NOBODY = "nobody"  # tables that hold nothing of a person


@dataclass(frozen=True)
class DataCategory:
    """A kind of personal data. ``days`` or ``setting`` say when it goes; with neither it is a record, see ``kept``."""

    key: str
    name: str
    what: str
    whose: str
    purpose: str
    ground: str
    source: str
    tables: tuple[str, ...]
    days: int | None = None
    setting: str = ""
    counted_from: str = ""
    goes: str = ""
    kept: str = ""

    def term(self, days: Mapping[str, int]) -> timedelta | None:
        """How long it is kept, where a number of days says so; ``days``: what the settings say, by their names."""
        count = days[self.setting] if self.setting else self.days
        return None if count is None else timedelta(days=count)


@lru_cache(maxsize=1)
def categories() -> dict[str, DataCategory]:
    """Every kind, by key, in the order in which it is told."""
    rows: dict[str, dict[str, Any]] = yaml.load(REGISTER.read_text("utf-8"), yaml.CSafeLoader)
    return {key: _category(key, row) for key, row in rows.items() if key != NOBODY}


def _category(key: str, row: dict[str, Any]) -> DataCategory:
    counted = row.pop("from", "")
    return DataCategory(key=key, counted_from=counted, **{**row, "tables": tuple(row["tables"])})


def tables_of_nobody() -> frozenset[str]:
    """The tables in which nothing of a person stands."""
    return frozenset(yaml.load(REGISTER.read_text("utf-8"), yaml.CSafeLoader)[NOBODY]["tables"])


def days_set(settings: object) -> dict[str, int]:
    """The days that the settings say, for kinds whose term stands there."""
    return {about.setting: getattr(settings, about.setting) for about in categories().values() if about.setting}


def days_of(key: str) -> timedelta:
    """The term of a kind whose days stand in the register itself."""
    term = categories()[key].term({})
    assert term is not None
    return term


def in_words(term: timedelta) -> str:
    """A term as people say it: "2 jaar", "90 dagen"."""
    years, rest = divmod(term.days, 365)
    return f"{years} jaar" if years and not rest else f"{term.days} dagen"
