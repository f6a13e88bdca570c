"""Who is asked about a subject: the list, and the form with which it is kept."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from db.lists import listed
from db.models import SubjectContact
from db.vocabulary import Visibility
from tracker.errors import NotFound
from tracker.lobby.audience import active_people
from tracker.network import consent, contact_persons
from tracker.network.contact_persons import ContactPerson, ContactPersonFields, ContactPersonFilter
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf, no_subject, opgaven
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, ForWhom, Line, SeenForm, Text
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name
from tracker.web.network.subjects import for_whom, known_names, known_subjects

COLUMNS = (
    *("onderwerp", "opgave", "organisatie", "functie", "persoon", "adres", "toelichting"),
    *("toestemming op", "toestemming hoe", "ingelicht op", "tot", "zichtbaar voor"),
)


class ContactPersonsQuery(ListQuery):
    """What the list is narrowed to."""

    PATH: ClassVar[str] = "/netwerk/contactpersonen"

    text: Line = ""
    subject: Line = ""
    challenge: Line = ""
    ended: bool = False

    def wanted(self) -> ContactPersonFilter:
        """The filter alone."""
        return ContactPersonFilter(**self.filter())


class ContactPersonForm(BaseModel):
    """A colleague, or an organisation with an office and perhaps a name."""

    subject: Line = ""
    colleague: int | None = None
    organisation: Line = ""
    office: Line = ""
    person: Line = ""
    address: Line = ""
    challenge: Line = ""
    note: Text = ""
    consent_on: date | None = None
    consent_how: Line = ""
    ended_on: date | None = None
    visibility: ForWhom = Visibility.OWN

    def fields(self) -> ContactPersonFields:
        """The same, to keep."""
        return ContactPersonFields(**self.model_dump(include=set(ContactPersonForm.model_fields)))


class ChangeForm(ContactPersonForm):
    seen: int


class WithdrawForm(SeenForm):
    withdrawn_on: date
    withdrawn_how: Line = ""


def _found(request: RequestContext) -> tuple[ContactPersonsQuery, list[ContactPerson]]:
    query = request.read_query(ContactPersonsQuery)
    rows = contact_persons.contact_persons(request.session, request.viewer, query.wanted(), request.now.today)
    return query, rows


def index(request: RequestContext) -> Response:
    """Whom the viewer may know of."""
    query, rows = _found(request)
    return request.page(
        "network/contact_persons_index.html",
        query=query,
        listed=listed(rows, query.page),
        opgaven=opgaven(request.session),
        mine=request.viewer.participant_id,
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    _query, rows = _found(request)
    return request.file("contactpersonen", COLUMNS, [_cells(person) for person in rows])


def _cells(person: ContactPerson) -> tuple[object, ...]:
    row = person.row
    return (
        row.subject, challenge_name(person.challenge) if person.challenge else "", person.organisation, person.office,
        person.person, person.address, row.note, row.consent_on, row.consent_how,
        person.told.day if person.told else None, row.ended_on, Visibility(row.visibility).label,
    )  # fmt: skip


def _of(request: RequestContext) -> SubjectContact:
    """The row in the address, which this person may put right."""
    number = request.params["subject_contact_id"]
    row = contact_persons.contact_person_for(request.session, request.viewer, number)
    if not may_change(request.viewer, row):
        raise NotFound
    return row


def _form(request: RequestContext, row: SubjectContact | None, state: FormState) -> Response:
    own = [p for p in active_people(request.session) if p.participant_id == request.user.participant_id]
    return request.page(
        "network/contact_persons_form.html",
        state=state,
        row=row,
        person=contact_persons.shown(request.session, request.viewer, row) if row else None,
        consents=consent.history(request.session, row) if row else [],
        colleagues=[(p.id, p.name) for p in own],
        audiences=for_whom(request),
        opgaven=opgaven(request.session),
        organisations=known_names(request),
        known_subjects=known_subjects(request),
        subject=request.query.get("onderwerp", ""),
    )


def _list(_row: object) -> str:
    return ContactPersonsQuery.PATH


new = PageOf(no_subject, _form, _list)
edit = PageOf(_of, _form, _list)


@new.form(ContactPersonForm)
def create(request: RequestContext, _: None, form: ContactPersonForm) -> None:
    """Keep somebody new."""
    contact_persons.add(request.deed, form.fields())


@edit.form(ChangeForm)
def change(request: RequestContext, row: SubjectContact, form: ChangeForm) -> None:
    """Put it right."""
    contact_persons.change(request.deed, row, form.fields(), form.seen)


@edit.form(WithdrawForm)
def withdraw(request: RequestContext, row: SubjectContact, form: WithdrawForm) -> None:
    """The person takes the consent back."""
    consent.withdraw(request.deed, row, form.withdrawn_on, form.withdrawn_how, form.seen)


@edit.form(SeenForm, done="verwijderd")
def remove(request: RequestContext, row: SubjectContact, form: SeenForm) -> None:
    """Take it away."""
    contact_persons.remove(request.deed, row, form.seen)
