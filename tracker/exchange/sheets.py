"""A sheet that a person brings on a page: read in Dutch, shown row by row, then all of its new rows or none."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    """

    needed: str
    columns: tuple[str, ...]
    known: tuple[str, ...]
    head: tuple[str, ...]
    most: int

    def read(self, content: bytes, file_name: str) -> list[Row]:
        """The rows of an upload. Raises Incomplete, in Dutch."""
        form = "xlsx" if content[:2] == b"PK" or file_name.lower().endswith(".xlsx") else "csv"
        try:
            rows = rows_of(content, form, self.head)
        except NotReadable as error:
            raise Incomplete(
                "Dit bestand is niet te lezen. Kies een Excel- of CSV-bestand (CSV UTF-8) met in de eerste rij de "
                f"namen van de kolommen: {self.needed}.",
                "file",
            ) from error
        if len(rows) > self.most:
            raise Incomplete(f"Meer dan {self.most} rijen: splits het bestand.", "file")
        strange = sorted({name for _, row in rows for name in row} - set(self.known))
        if strange:
            raise Incomplete(f"Kolom '{strange[0]}' kennen wij niet; er zijn {', '.join(self.columns)}.", "file")
        return rows


def new_lines(lines: Iterable[Line]) -> list[Line]:
    """The rows that are to be added. Raises Incomplete while one row is wrong: nothing is stored then."""
    read = list(lines)
    if any(line.wrong for line in read):
        raise Incomplete("Er is niets ingelezen: verbeter eerst de rijen waar iets mis mee is.", "file")
    return [line for line in read if not line.known]
