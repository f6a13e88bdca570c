"""Beheer: people from a sheet, shown row by row before anybody is added; all of them or none, each invited by mail."""

from sqlmodel import col, select
from starlette.responses import Response

from db.models import Participant
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.exchange.people_sheet import COLUMNS, SHEET, PersonLine, look, read_sheet, take_in
from tracker.exchange.rows import Row
from tracker.web.frame.context import RequestContext
from tracker.web.frame.sheets import SheetPage
from tracker.web.people.people import invite_by_mail


def example(request: RequestContext) -> Response:
    """A workbook with the columns, and one row to type over."""
    home = request.session.exec(select(Participant.name).order_by(col(Participant.id))).first() or ""
    row = ("voornaam.achternaam@gemeente.nl", "Voornaam Achternaam", Role.FUNDRAISER.label, home, "alle", "week")
    return request.file("mensen-inlezen", COLUMNS, [row])


def _look(request: RequestContext, rows: list[Row]) -> list[PersonLine]:
    return look(request.session, rows, request.user, request.now.today)


def _take_in(request: RequestContext, lines: list[PersonLine]) -> None:
    for user in take_in(request.session, lines, request.now.instant):
        request.record(Action.PERSON_ADDED, f"user {user.id}", f"role {user.role}")
        if "invite" in request.form:
            invite_by_mail(request, user)


_sheet = SheetPage(
    template="people/people_sheet.html",
    sheet=SHEET,
    read=read_sheet,
    look=_look,
    take_in=_take_in,
    lands="/beheer",
)
page, bring = _sheet.page, _sheet.bring
