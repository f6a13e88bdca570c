"""A sheet that a person brings on a page: read in Dutch, shown row by row, then all of its new rows or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tracker.errors import Incomplete
from tracker.exchange.rows import NotReadable, Row, rows_of


class SheetLine(Protocol):
    """One row as it was understood; ``wrong`` and ``known`` both empty: something new."""

    @property
    def wrong(self) -> str:
        """What is wrong with it."""

    @property
    def known(self) -> str:
        """Why nothing happens with it."""


Line = TypeVar("Line", bound=SheetLine)


@dataclass(frozen=True)
class Sheet:
    """What a kind of sheet may hold. ``columns`` are named to who brings another one, ``needed`` to who brings none.

    ``head``: of which at least one stands in the first row. ``known``: all that may stand there. ``most``: rows.
    ``likely``: what of ours a column of another name probably is; only proposed to who brings it.
    """

    needed: str
    columns: tuple[str, ...]
    known: tuple[str, ...]
    head: tuple[str, ...]
    most: int
    likely: Mapping[str, str] = field(default_factory=dict)

    def read(self, content: bytes, file_name: str) -> list[Row]:
        """The rows of an upload, under the names of its own columns. Raises Incomplete, in Dutch."""
        form = "xlsx" if content[:2] == b"PK" or file_name.lower().endswith(".xlsx") else "csv"
        try:
            rows = self._rows(content, form)
        except NotReadable as error:
            raise Incomplete(
                "Dit bestand is niet te lezen. Kies een Excel- of CSV-bestand (CSV UTF-8) met in de eerste rij de "
                f"namen van de kolommen: {self.needed}.",
                "file",
            ) from error
        if len(rows) > self.most:
            raise Incomplete(f"Meer dan {self.most} rijen: splits het bestand.", "file")
        return rows

    def _rows(self, content: bytes, form: str) -> list[Row]:
        """Below the row that has a name of ours; below the first row of several names where none has."""
        try:
            return rows_of(content, form, self.head)
        except NotReadable:
            return rows_of(content, form)

    def strange(self, rows: Iterable[Row]) -> list["StrangeColumn"]:
        """The columns that are none of ours, in the order of the file."""
        names = dict.fromkeys(name for _, row in rows for name in row)
        free = [column for column in self.columns if column not in names]
        return [
            StrangeColumn(name, _first(rows, name), self.likely.get(name, "") if self.likely.get(name) in free else "")
            for name in names
            if name not in self.known
        ]

    def renamed(self, rows: Iterable[Row], meant: Mapping[str, str]) -> list[Row]:
        """The same rows with strange columns under the names of ours that are meant, and without the others.

        Raises Incomplete where two columns would be one, or one is meant that is not there.
        """
        read = list(rows)
        there = {name for _, row in read for name in row if name in self.known}
        chosen = [ours for name in dict.fromkeys(n for _, row in read for n in row) if (ours := meant.get(name))]
        if not set(chosen) <= set(self.columns) or len({*chosen, *there}) < len(chosen) + len(there):
            raise Incomplete("Elke kolom van ons kan maar één kolom van uw bestand zijn.", "columns")
        keep = {**{name: name for name in there}, **{name: ours for name, ours in meant.items() if ours}}
        return [(number, {keep[n]: value for n, value in row.items() if n in keep}) for number, row in read]


@dataclass(frozen=True)
class StrangeColumn:
    """A column that is none of ours: its name, the first thing in it, and which of ours it probably is."""

    name: str
    example: str
    likely: str = ""


def _first(rows: Iterable[Row], name: str) -> str:
    return next((text[:60] for _, row in rows if (text := str(row.get(name) or "").strip())), "")


def new_lines(lines: Iterable[Line]) -> list[Line]:
    """The rows that are to be added. Raises Incomplete while one row is wrong: nothing is stored then."""
    read = list(lines)
    if any(line.wrong for line in read):
        raise Incomplete("Er is niets ingelezen: verbeter eerst de rijen waar iets mis mee is.", "file")
    return [line for line in read if not line.known]
