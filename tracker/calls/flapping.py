"""A value that flips between two readings is damped: going back is not told, unless it stays. Pure.

Network engineers call this flap damping, and have the same remedy: wait until the value stands still.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from db.vocabulary import RevisionKind
from tracker.calls.changes import FieldChange
from tracker.calls.rows import Occasion

STAYS_AFTER = 3  # crawls of its source in which the value stood
LATELY = timedelta(days=31)


@dataclass(frozen=True)
class DampedField:
    """A field with a damped change, the version of its call, and its revisions, the newest first."""

    call_id: int
    name: str
    version: int
    revisions: Sequence[Any]

    def stands_since(self, crawl_id: int) -> bool:
        """Whether its last change was damped in that crawl or before; what a person changed does not flip."""
        newest = self.revisions[0]
        return newest.damped and (newest.crawl_id or 0) <= crawl_id

    @property
    def last_told(self) -> Any:
        """The value that people know."""
        return next((row.new for row in self.revisions if row.telling), self.revisions[-1].old)


def damp(differences: Sequence[FieldChange], earlier: Sequence[tuple[str, Any]]) -> list[FieldChange]:
    """Do not tell a value that went back to what it was: ``earlier`` holds (field, old) of the last month's changes."""
    return [
        replace(change, telling=False, damped=True)
        if change.telling and any(name == change.field and old == change.new for name, old in earlier)
        else change
        for change in differences
    ]


def late_revisions(
    standing: Iterable[DampedField], restated: Iterable[dict[str, Any]], occasion: Occasion
) -> list[dict[str, Any]]:
    """What is told after all: the value of each field that stands still, where it is not what was told last.

    ``restated``: the rows of calls that this crawl changes already; a version goes on from there.
    """
    rows: list[dict[str, Any]] = []
    versions = {row["b_id"]: row["version"] for row in restated}
    for damped in standing:
        newest = damped.revisions[0]
        if damped.last_told != newest.new:
            versions[damped.call_id] = version = versions.get(damped.call_id, damped.version) + 1
            value = {"field": damped.name, "old": damped.last_told, "new": newest.new, "snapshot": newest.snapshot}
            kind = RevisionKind.CHANGED
            rows.append(occasion.revision(damped.call_id, kind, telling=True, version=version, **value))
    return rows
