"""What the rows of a source look like: which fields they have and of what type, in numbers that can be compared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from scrapy.http import Response

USUAL = 0.8  # a field that so large a share of the recorded rows has is expected
DEEPEST, MOST_PATHS = 6, 2_000


class Shape:
    """Counts, for each path of the rows that were added, in how many of them it occurs."""

    def __init__(self) -> None:
        self.rows = self.pages = 0
        self.paths: Counter[str] = Counter()

    def add(self, row: Any) -> None:
        """One row: a JSON object, an entry of a feed, an XML element; of a web page only that it was there."""
        self.rows += 1
        self.pages += isinstance(row, Response)
        if len(self.paths) < MOST_PATHS:
            self.paths.update(set(paths_of(row)))

    def usual(self) -> list[str]:
        """The paths that most rows have, web pages aside."""
        return sorted(path for path, count in self.paths.items() if count >= USUAL * (self.rows - self.pages))

    def as_json(self) -> dict[str, Any]:
        """For the spool."""
        return {"rows": self.rows, "paths": dict(self.paths)}


def paths_of(value: Any, path: str = "", depth: int = 0) -> Iterator[str]:
    """``metadata.title[]: text`` for everything that has a value."""
    if isinstance(value, Response) or depth > DEEPEST:
        return
    if isinstance(value, etree._Element):
        yield from paths_of_element(value)
    elif isinstance(value, Mapping):
        for key, inner in list(value.items())[:200]:
            yield from paths_of(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value[:5]:
            yield from paths_of(inner, f"{path}[]", depth + 1)
    elif value not in (None, ""):
        yield f"{path}: {kind_of(value)}"


def paths_of_element(element: Any) -> Iterator[str]:
    """The local names of the elements that hold text."""
    for inner in list(element.iter(etree.Element))[:500]:
        if (inner.text or "").strip():
            yield f"{etree.QName(inner).localname}: text"


def kind_of(value: Any) -> str:
    """The kind of a value, as coarse as a source's own changes of mind allow."""
    if isinstance(value, bool):
        return "yes/no"
    return "number" if isinstance(value, int | float) else "text"
