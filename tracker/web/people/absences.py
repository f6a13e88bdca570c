"""Afwezig: who is away, from when until when, and which colleague gets what is due as well."""

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Absence, User
from db.vocabulary_audit import Action
from tracker.errors import NotFound
from tracker.people import absences
from tracker.people.participants import colleagues
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState


class AbsenceQuery(BaseModel):
    """For whom the form starts; oneself where nobody is named."""

    person: int | None = None


class AbsenceForm(BaseModel):
    """Who is away, when, and who stands in."""

    person: int | None = None
    replacement: int
    first_day: date
    last_day: date


def _page(request: RequestContext, _: None, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    asked = request.read_query(AbsenceQuery)
    people = _people(request)
    return request.page(
        "people/absences.html",
        state=state,
        rows=[
            (row, absent, replacement, absences.may_arrange(viewer, absent))
            for row, absent, replacement in absences.absences_for(session, viewer, request.now.today)
        ],
        person=asked.person or request.user.id,
        people=[(user.id, name) for user, name in people if absences.may_arrange(viewer, user)],
        colleagues=[(user.id, name) for user, name in people],
    )


def _people(request: RequestContext) -> list[tuple[User, str]]:
    """The people of the own organisation."""
    return [(user, user.name) for user in colleagues(request.session, request.viewer.participant_id or "")]


page = PageOf(no_subject, _page, lambda _: "/vervanging")


@page.form(AbsenceForm)
def arrange(request: RequestContext, _: None, form: AbsenceForm) -> None:
    """Keep who stands in; both are told by the mail of the day."""
    absent = request.session.get(User, form.person or request.user.id)
    if absent is None:
        raise NotFound
    replacement = request.session.get(User, form.replacement)
    absences.arrange(request.deed, absent, replacement, form.first_day, form.last_day)
    request.record(Action.REPLACEMENT_CHOSEN, f"user {absent.id}", f"user {form.replacement}")


@page.button()
def call_off(request: RequestContext, _: None) -> None:
    """Take it back; what is due goes to its own people only again."""
    row = request.named(Absence, "absence_id")
    absences.call_off(request.deed, row)
    request.record(Action.REPLACEMENT_CALLED_OFF, f"user {row.user_id}")
