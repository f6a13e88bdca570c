"""Aanvragen inlezen: running and past applications from a sheet, shown row by row before any is kept; all or none."""

import json

from starlette.responses import Response

from db.vocabulary_audit import Action
from tracker.applications.sheet import COLUMNS, ApplicationLine, look, read_sheet, take_in
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState
from tracker.web.frame.sheets import sheet_rows


def page(request: RequestContext) -> Response:
    """The form that asks for a sheet."""
    return _page(request, EMPTY_FORM, [], "")


def _page(request: RequestContext, state: FormState, lines: list[ApplicationLine], content: str) -> Response:
    return request.page(
        "applications/sheet.html",
        state=state,
        lines=lines,
        content=content,
        wrong_rows=sum(bool(line.wrong) for line in lines),
        new=sum(not line.wrong and not line.known for line in lines),
        columns=COLUMNS,
    )


def bring(request: RequestContext) -> Response:
    """First every row as it was understood, then the applications; nothing is kept before the second press."""
    read = attempt(request, lambda: sheet_rows(request, read_sheet))
    if isinstance(read, FormState):
        return _page(request, read, [], "")
    lines = look(request.session, read, request.user.participant_id, request.now.today)
    content = json.dumps(read, ensure_ascii=False)
    if "keep" not in request.form:
        return _page(request, EMPTY_FORM, lines, content)
    added = attempt(request, lambda: take_in(request.deed, lines))
    if isinstance(added, FormState):
        return _page(request, added, lines, content)
    for dossier in added:
        request.record(Action.APPLICATION_STARTED, f"application {dossier.id}")
    return request.to("/aanvragen", "ingelezen")
