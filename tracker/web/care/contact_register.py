"""The public register of contacts: its page and files for everybody, proposing a line, and letting it out."""

from typing import ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from db.lists import listed
from db.models import ContactMoment, Participant, PublicContact, Stakeholder
from db.rights import may_see
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.care import contact_register as contacts_out
from tracker.errors import NotFound
from tracker.lobby.contacts import contact_for
from tracker.rights import may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, Text
from tracker.web.frame.lists import ListQuery

COLUMNS = ("dag", "wie van ons", "deelnemer", "organisatie", "functie", "onderwerp")


class RegisterQuery(ListQuery):
    """The address of the register."""

    PATH: ClassVar[str] = "/contactregister"


class PublicLineForm(BaseModel):
    """A line in words for everybody."""

    ours: Line = ""
    organisation: Line = ""
    office: Line = ""
    subject: Text = ""


def index(request: RequestContext) -> Response:
    """What was let out, for everybody."""
    query = request.read_query(RegisterQuery)
    rows = contacts_out.register(request.session)
    return request.page("care/register.html", query=query, listed=listed(rows, query.page), errors={})


def as_file(request: RequestContext) -> Response:
    """The same as a file."""
    rows = contacts_out.register(request.session)
    return request.file("contactregister", COLUMNS, (_cells(row, name) for row, name in rows))


def _cells(row: PublicContact, participant: str) -> list[object]:
    return [row.day, row.ours, participant, row.organisation, row.office, row.subject]


def _find(request: RequestContext) -> ContactMoment:
    """A contact of the own organisation."""
    contact = contact_for(request.session, request.viewer, request.params["contact_id"])
    if not may_see(request.session, request.viewer, contact) or not may_change(request.viewer, contact):
        raise NotFound
    return contact


def _form(request: RequestContext, contact: ContactMoment, state: FormState) -> Response:
    home = request.session.get_one(Participant, contact.participant_id).name
    return request.page(
        "care/register_propose.html",
        state=state,
        contact=contact,
        whom=request.session.get_one(Stakeholder, contact.stakeholder_id),
        ours=f"{Role(request.user.role).label}, {home}",
        standing=contacts_out.standing_of(request.session, contact),
    )


proposal = PageOf(_find, _form, lambda contact: f"/contacten/{contact.id}/register")


@proposal.form(PublicLineForm)
def propose(request: RequestContext, contact: ContactMoment, form: PublicLineForm) -> None:
    """Put a line forward for a second person."""
    row = contacts_out.propose(request.deed, contact, contacts_out.PublicLine(**form.model_dump()))
    request.record(Action.PUBLIC_CONTACT_PROPOSED, f"contact {contact.id}", f"line {row.id}")


def _waiting(request: RequestContext, _: None, state: FormState) -> Response:
    mine = [row for row, _name in contacts_out.register(request.session)]
    return request.page(
        "care/register_release.html",
        state=state,
        waiting=contacts_out.waiting(request.session, request.viewer),
        out=[row for row in mine if row.participant_id == request.viewer.participant_id],
        names=actions.names(request.session),
    )


waiting = PageOf(no_subject, _waiting, lambda _: "/contactregister/vrijgeven")


def _line(request: RequestContext) -> PublicContact:
    return contacts_out.line_for(request.session, request.viewer, request.params["line_id"])


@waiting.button()
def release(request: RequestContext, _: None) -> None:
    """Let a line out, as the second person."""
    row = _line(request)
    contacts_out.release(request.deed, row)
    request.record(Action.PUBLIC_CONTACT_RELEASED, f"contact {row.contact_id}", f"line {row.id}")


@waiting.button(done="verwijderd")
def end(request: RequestContext, _: None) -> None:
    """Drop a line, or take it back."""
    row = _line(request)
    contacts_out.end(request.deed, row)
    request.record(Action.PUBLIC_CONTACT_ENDED, f"contact {row.contact_id}", f"line {row.id}")
