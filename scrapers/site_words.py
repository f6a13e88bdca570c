"""The words by which the pages and links of a site are told apart, as data: ``scrapers/site_words.yaml``."""

import re
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_suffix(".yaml")


@cache
def _all() -> dict[str, str | list[str]]:
    lists = yaml.safe_load(FILE.read_text("utf-8"))
    assert isinstance(lists, dict)
    return lists


@cache
def words(name: str) -> frozenset[str]:
    """A list of single words."""
    text = _all()[name]
    assert isinstance(text, str)
    return frozenset(text.split())


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A list of patterns as one, for ``match``, ``search`` or ``fullmatch``."""
    return re.compile("|".join(f"(?:{line})" for line in _all()[name]), re.IGNORECASE)
