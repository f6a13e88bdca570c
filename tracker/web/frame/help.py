"""Help at the foot of a page: three sentences, by the page and by what its reader may do."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from db.vocabulary import Role

WORDS = Path(__file__).with_suffix(".yaml")


@cache
def entries() -> dict[str, dict[str, Any]]:
    """The beginning of an address -> its sentences; read once a process."""
    found: dict[str, dict[str, Any]] = yaml.load(WORDS.read_text("utf-8"), yaml.CSafeLoader)
    return found


def entry_for(path: str) -> dict[str, Any] | None:
    """What is said of the page at an address; none for pages that have no help of their own."""
    begun = [key for key in entries() if path == key or (key != "/" and path.startswith(f"{key}/"))]
    return entries()[max(begun, key=len)] if begun else None


def help_for(path: str, role: str | None) -> tuple[str, ...]:
    """The sentences for somebody with this role on this page; none for who is not signed in."""
    entry = entry_for(path)
    if entry is None or role is None:
        return ()
    below = [word for word in Role if list(Role).index(word) <= list(Role).index(Role(role))]
    own = next((entry[word.value] for word in reversed(below) if word.value in entry), None)
    return (*entry["says"], *([own] if own else []))
