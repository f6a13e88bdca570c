"""A workbook for Excel, written in a process of its own.

Its library weighs 11 MiB, which the pages would carry from the first file on; and what it makes on the way goes with
the process.
"""

import io
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

COMMAND = (sys.executable, "-m", "tracker.exchange.workbook")  # names and rows on its input, the file on its output
LONGEST = 32_000  # characters of a cell; Excel takes 32,767


def written(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bytes:
    """A sheet for each name, of rows of cells: plain values. RuntimeError where the process did not end well."""
    try:
        process, made = _asked(sheets)
    except BrokenPipeError as error:
        raise RuntimeError("the process that writes a workbook ended before it had read all") from error
    if process.returncode != 0:
        raise RuntimeError(f"the process that writes a workbook ended with {process.returncode}")
    return made


def _asked(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> tuple[subprocess.Popen[bytes], bytes]:
    """Where the rows fail it writes what it has to nobody, and ends."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL  # its complaints quote cells, and no log holds what was typed
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=nowhere) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        for name, rows in sheets.items():
            _send(process.stdin, name)
            for row in rows:
                _send(process.stdin, [str.__str__(cell) if isinstance(cell, str) else cell for cell in row])
        process.stdin.close()
        return process, process.stdout.read()


def _send(to: IO[bytes], part: Any) -> None:
    to.write(pickle.dumps(part))  # one by one: a pickler would keep all that it sent


def _parts(came: IO[bytes]) -> Iterator[Any]:
    while came.peek(1):  # type: ignore[attr-defined]
        yield pickle.load(came)  # noqa: S301  # from the process that began this one


def write(came: IO[bytes]) -> bytes:
    """The file, of names of sheets, each before its rows; what it cannot hold (control characters) is a blank."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    for part in _parts(came):
        if isinstance(part, str):
            sheet = book.create_sheet(part)
        else:
            sheet.append([ILLEGAL_CHARACTERS_RE.sub(" ", v)[:LONGEST] if isinstance(v, str) else v for v in part])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(write(sys.stdin.buffer))
