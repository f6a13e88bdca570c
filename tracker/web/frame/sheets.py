"""A file that a form brings, bounded; and the rows of a sheet, from the file or as they were shown before keeping."""

import json
from collections.abc import Callable

from starlette.datastructures import UploadFile

from tracker.errors import Incomplete
from tracker.exchange.rows import Row
from tracker.web.frame.context import RequestContext

MOST_BYTES = 900_000


def brought_file(request: RequestContext) -> tuple[bytes, str] | None:
    """Bytes and name of the form's file; none where the form brings none. Raises Incomplete."""
    sent = request.form.get("file")
    if not isinstance(sent, UploadFile):
        return None
    with sent.file as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Incomplete("Dit bestand is groter dan 900 kB; splits het.", "file")
    return content, sent.filename or ""


def sheet_rows(request: RequestContext, read: Callable[[bytes, str], list[Row]]) -> list[Row]:
    """The rows of the file, or those that were shown already. Raises Incomplete."""
    file = brought_file(request)
    if file is None:
        return _shown_already(str(request.form.get("content", "")))
    if not file[0]:
        raise Incomplete("Kies een bestand.", "file")
    return read(*file)


def _shown_already(text: str) -> list[Row]:
    try:
        return [(int(number), {str(k): str(v) for k, v in row.items()}) for number, row in json.loads(text)]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Incomplete("Kies het bestand opnieuw.", "file") from error
