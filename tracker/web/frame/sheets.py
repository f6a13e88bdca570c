"""A file that a form brings, bounded; and the rows of a sheet, from the file or as they were shown before keeping."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from starlette.datastructures import UploadFile
from starlette.responses import Response

from tracker.errors import Incomplete
from tracker.exchange.rows import Row
from tracker.exchange.sheets import Line, Sheet, StrangeColumn
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState

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


@dataclass(frozen=True)
class SheetPage(Generic[Line]):
    """A page that shows every row of a sheet as it was understood, and keeps all of the new ones at a second press.

    Of columns that are none of ours it asks first which of ours they are. ``look`` understands the rows; ``take_in``
    keeps them, or refuses.
    """

    template: str
    sheet: Sheet
    read: Callable[[bytes, str], list[Row]]
    look: Callable[[RequestContext, list[Row]], list[Line]]
    take_in: Callable[[RequestContext, list[Line]], object]
    lands: str

    def page(self, request: RequestContext) -> Response:
        """The form that asks for a sheet."""
        return self._page(request, EMPTY_FORM, [], "")

    def bring(self, request: RequestContext) -> Response:
        """First every row as it was understood; nothing is kept before the second press."""
        read = attempt(request, lambda: sheet_rows(request, self.read))
        if isinstance(read, FormState):
            return self._page(request, read, [], "")
        strange = self.sheet.strange(read)
        if strange and "meant" not in request.form:
            return self._page(request, EMPTY_FORM, [], json.dumps(read, ensure_ascii=False), strange)
        meant = {column.name: str(request.form.get(f"column-{n}", "")) for n, column in enumerate(strange)}
        named = attempt(request, lambda: self.sheet.renamed(read, meant))
        if isinstance(named, FormState):
            return self._page(request, named, [], json.dumps(read, ensure_ascii=False), strange)
        lines, content = self.look(request, named), json.dumps(named, ensure_ascii=False)
        if "keep" not in request.form:
            return self._page(request, EMPTY_FORM, lines, content)
        added = attempt(request, lambda: self.take_in(request, lines))
        if isinstance(added, FormState):
            return self._page(request, added, lines, content)
        return request.to(self.lands, "ingelezen")

    def _page(
        self, request: RequestContext, state: FormState, lines: list[Line], content: str,
        strange: Sequence[StrangeColumn] = (),
    ) -> Response:  # fmt: skip
        return request.page(
            self.template,
            state=state,
            lines=lines,
            content=content,
            wrong_rows=sum(bool(line.wrong) for line in lines),
            new=sum(not line.wrong and not line.known for line in lines),
            columns=self.sheet.columns,
            strange=strange,
        )


def _shown_already(text: str) -> list[Row]:
    try:
        return [(int(number), {str(k): str(v) for k, v in row.items()}) for number, row in json.loads(text)]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Incomplete("Kies het bestand opnieuw.", "file") from error
