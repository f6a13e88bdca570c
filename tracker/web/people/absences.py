"""Afwezig: who is away, from when until when, and which colleague gets what is due as well."""

from datetime import date

from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Absence, Participant, User
from db.rights import has_role
from db.vocabulary import Role
from tracker.errors import NotFound
from tracker.people import absences
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
    """The own organisation; an administrator arranges it for all, so for them the organisation stands beside."""
    everybody = has_role(request.viewer, Role.ADMINISTRATOR)
    rows = select(User, Participant.name).where(
        User.participant_id == Participant.id, col(User.deactivated_at).is_(None)
    )
    if not everybody:
        rows = rows.where(User.participant_id == request.viewer.participant_id)
    named = request.session.exec(rows.order_by(col(Participant.name), col(User.name)))
    return [(user, f"{user.name}, {participant}" if everybody else user.name) for user, participant in named]


page = PageOf(no_subject, _page, lambda _: "/vervanging")


@page.form(AbsenceForm)
def arrange(request: RequestContext, _: None, form: AbsenceForm) -> None:
    """Keep who stands in; both are told by the mail of the day."""
    absent = request.session.get(User, form.person or request.user.id)
    if absent is None:
        raise NotFound
    replacement = request.session.get(User, form.replacement)
    absences.arrange(request.deed, absent, replacement, form.first_day, form.last_day)
    request.record("replacement chosen", f"user {absent.id}", f"user {form.replacement}")


@page.button()
def call_off(request: RequestContext, _: None) -> None:
    """Take it back; what is due goes to its own people only again."""
    row = request.named(Absence, "absence_id")
    absences.call_off(request.deed, row)
    request.record("replacement called off", f"user {row.user_id}")
