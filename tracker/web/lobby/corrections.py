"""Correct and take back what was logged: contacts and promises on the contact's page, the rest on the dossier's."""

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Dossier, LogEntry, Outcome, Stake, Stakeholder
from db.vocabulary_lobby import CommitmentKind, LogKind, OutcomeResult
from tracker.errors import NotFound
from tracker.lobby import contacts, history, moments
from tracker.lobby.audience import audiences
from tracker.lobby.whom import Ended, ended
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, SeenForm, Text, filled
from tracker.web.lobby import contacts as contact_pages
from tracker.web.lobby import dossiers as dossier_pages

HIDDEN = "een dossier dat u niet mag zien: blijft zo"


class ContactEditForm(contact_pages.ContactForm):
    """The same fields as when it was logged."""

    seen: int


class PromiseForm(BaseModel):
    """A promise as it should have been written."""

    promise: Text = ""
    promise_due: date | None = None
    promise_kind: CommitmentKind = CommitmentKind.PROMISE
    number: Line = ""
    seen: int


class OutcomeForm(BaseModel):
    """An outcome as it should have been written."""

    request: Text = ""
    outcome: OutcomeResult
    passage: Text = ""
    outcome_source: Line = ""
    outcome_day: date
    seen: int


def _form(request: RequestContext, contact: ContactMoment, state: FormState) -> Response:
    if not may_change(request.viewer, contact):
        raise NotFound
    dossier = request.session.get(Dossier, contact.dossier_id) if contact.dossier_id else None
    return request.page(
        "lobby/contacts_edit.html",
        audiences=audiences(request.session, request.viewer, dossier),
        state=state,
        contact=contact,
        who=request.session.get_one(Stakeholder, contact.stakeholder_id),
        ended=_ended(request, contact, state) if "meant" in {**state.errors, **state.typed} else None,
        dossiers=_dossiers(request, contact),
    )


def _ended(request: RequestContext, contact: ContactMoment, state: FormState) -> Ended | None:
    """The organisation that was typed, where it had ended by the day that was."""
    typed, _ = filled(contact_pages.Whom, state.typed)
    return ended(request.session, request.viewer, typed.organisation, typed.day or contact.day) if typed else None


def _dossiers(request: RequestContext, contact: ContactMoment) -> list[tuple[int, str]]:
    """What it can hang on, and what it hangs on now: saving takes it off nothing."""
    choices = contact_pages.dossier_choices(request, running=False)
    hangs = contact.dossier_id
    return choices if hangs is None or hangs in dict(choices) else [*choices, (hangs, HIDDEN)]


edit_page = PageOf(contact_pages.find_contact, _form, lambda contact: f"/contacten/{contact.id}")


@edit_page.form(ContactEditForm)
def edit_contact(request: RequestContext, contact: ContactMoment, form: ContactEditForm) -> None:
    """Keep what was corrected, unless somebody else was first."""
    fields, who = form.fields(contact.day), request.session.get_one(Stakeholder, contact.stakeholder_id)
    person = form.person if "person" in request.form else who.person
    office = contacts.Office(form.organisation, form.office, person)
    before, now = ((who.organisation, contact.day), (form.organisation, fields.day))
    if ended(request.session, request.viewer, *now) != ended(request.session, request.viewer, *before):
        office = contact_pages.office_meant(request, form, fields.day, person)
    contacts.edit_contact(request.deed, contact, fields, office, form.seen)


@contact_pages.page.form(SeenForm, done="ingetrokken")
def withdraw_contact(request: RequestContext, contact: ContactMoment, form: SeenForm) -> str:
    """Take a contact back, with what was promised in it."""
    history.withdraw(request.deed, contact, form.seen)
    return "/contacten"


def _promise(request: RequestContext, contact: ContactMoment) -> Commitment:
    commitment = request.named(Commitment, "commitment_id")
    if commitment.contact_id != contact.id:
        raise NotFound
    return commitment


@contact_pages.page.form(PromiseForm)
def edit_commitment(request: RequestContext, contact: ContactMoment, form: PromiseForm) -> None:
    """Correct a promise."""
    fields = contacts.CommitmentFields(form.promise, form.promise_due, form.promise_kind, form.number)
    contacts.edit_commitment(request.deed, _promise(request, contact), fields, form.seen)


@contact_pages.page.form(SeenForm, done="ingetrokken")
def withdraw_commitment(request: RequestContext, contact: ContactMoment, form: SeenForm) -> None:
    """Take a promise back."""
    history.withdraw(request.deed, _promise(request, contact), form.seen)


@contact_pages.stakes.form(SeenForm, done="ingetrokken")
def withdraw_stake(request: RequestContext, dossier: Dossier, form: SeenForm) -> None:
    """Take somebody off the map."""
    stake = request.named(Stake, "stake_id")
    if stake.dossier_id != dossier.id:
        raise NotFound
    history.withdraw(request.deed, stake, form.seen)


def _outcome(request: RequestContext, dossier: Dossier) -> Outcome:
    outcome = request.named(Outcome, "outcome_id")
    if outcome.dossier_id != dossier.id:
        raise NotFound
    return outcome


@dossier_pages.page.form(OutcomeForm)
def edit_outcome(request: RequestContext, dossier: Dossier, form: OutcomeForm) -> None:
    """Correct what came of a request."""
    fields = moments.OutcomeFields(form.request, form.outcome, form.outcome_day, form.passage, form.outcome_source)
    moments.edit_outcome(request.deed, _outcome(request, dossier), fields, form.seen)


@dossier_pages.page.form(SeenForm, done="ingetrokken")
def withdraw_outcome(request: RequestContext, dossier: Dossier, form: SeenForm) -> None:
    """Take an outcome back."""
    history.withdraw(request.deed, _outcome(request, dossier), form.seen)


@dossier_pages.page.button(done="ingetrokken")
def withdraw_note(request: RequestContext, dossier: Dossier) -> None:
    """Take a note off the timeline."""
    entry = request.named(LogEntry, "entry_id")
    if entry.dossier_id != dossier.id or entry.kind != LogKind.NOTE:
        raise NotFound
    history.withdraw_note(request.deed, entry)


@dossier_pages.page.button()
def unhook(request: RequestContext, dossier: Dossier) -> None:
    """Let a dossier go of a moment."""
    moments.unhook(request.deed, dossier, request.params["moment_id"])
