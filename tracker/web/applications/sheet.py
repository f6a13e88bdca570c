"""Aanvragen inlezen: running and past applications from a sheet, shown row by row before any is kept; all or none."""

from db.vocabulary_audit import Action
from tracker.applications.sheet import SHEET, ApplicationLine, look, read_sheet, take_in
from tracker.exchange.rows import Row
from tracker.web.frame.context import RequestContext
from tracker.web.frame.sheets import SheetPage


def _look(request: RequestContext, rows: list[Row]) -> list[ApplicationLine]:
    return look(request.session, rows, request.user.participant_id, request.now.today)


def _take_in(request: RequestContext, lines: list[ApplicationLine]) -> None:
    for dossier in take_in(request.deed, lines):
        request.record(Action.APPLICATION_STARTED, f"application {dossier.id}")


_sheet = SheetPage(
    template="applications/sheet.html",
    sheet=SHEET,
    read=read_sheet,
    look=_look,
    take_in=_take_in,
    lands="/aanvragen",
)
page, bring = _sheet.page, _sheet.bring
