"""Beheer: people from a sheet, shown row by row before anybody is added; all of them or none, each invited by mail."""

import json

from starlette.responses import Response

from db.models import User
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.exchange.people_sheet import COLUMNS, PersonLine, look, read_sheet, take_in
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState
from tracker.web.frame.sheets import sheet_rows
from tracker.web.people.people import invite_by_mail

EXAMPLE = ("voornaam.achternaam@gemeente.nl", "Voornaam Achternaam", Role.FUNDRAISER.label, "Haarlem", "alle", "week")


def page(request: RequestContext) -> Response:
    """The form that asks for a sheet."""
    return _page(request, EMPTY_FORM, [], "")


def example(request: RequestContext) -> Response:
    """A workbook with the columns, and one row to type over."""
    return request.workbook("mensen-inlezen", COLUMNS, [EXAMPLE])


def _page(request: RequestContext, state: FormState, lines: list[PersonLine], content: str) -> Response:
    return request.page(
        "people/people_sheet.html",
        state=state,
        lines=lines,
        content=content,
        wrong_rows=sum(bool(line.wrong) for line in lines),
        new=sum(not line.wrong and not line.known for line in lines),
        columns=COLUMNS,
    )


def bring(request: RequestContext) -> Response:
    """First every row as it was understood, then the people; nothing is kept before the second press."""
    read = attempt(request, lambda: sheet_rows(request, read_sheet))
    if isinstance(read, FormState):
        return _page(request, read, [], "")
    lines, content = look(request.session, read, request.user, request.now.today), json.dumps(read, ensure_ascii=False)
    if "keep" not in request.form:
        return _page(request, EMPTY_FORM, lines, content)
    added = attempt(request, lambda: _take_in(request, lines))
    if isinstance(added, FormState):
        return _page(request, added, lines, content)
    return request.to("/beheer", "ingelezen")


def _take_in(request: RequestContext, lines: list[PersonLine]) -> list[User]:
    added = take_in(request.session, lines, request.now.instant)
    for user in added:
        request.record(Action.PERSON_ADDED, f"user {user.id}", f"role {user.role}")
        if "invite" in request.form:
            invite_by_mail(request, user)
    return added
