"""Pages of contacts: log one in under a minute, one contact with its promises, and the map of stakes of a dossier."""

from datetime import date
from typing import Literal

from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Dossier, Organisation, Participant, Stakeholder
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_lobby import CommitmentKind, CommitmentState, ContactKind, LoggedKind, StakeRole
from tracker.care.informing import informed
from tracker.documents.documents import documents_of
from tracker.errors import ChangedMeanwhile, NotFound
from tracker.lobby import contact_list, contacts
from tracker.lobby.audience import audiences
from tracker.lobby.history import history_of, withdrawn_without_dossier
from tracker.lobby.presence import SHOWN, presence, presence_at
from tracker.lobby.whom import ended, spoken_with
from tracker.organisations import register
from tracker.organisations.alike import names_alike
from tracker.organisations.register import choices, gone, live, organisation_for, sees
from tracker.rights import may_change
from tracker.versions import MEANWHILE, stand
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, attempt, lobby_dossier
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import (
    EMPTY_FORM,
    REFUSED,
    FormState,
    InvalidForm,
    Line,
    SeenForm,
    Sharing,
    Text,
    asked_for,
    filled,
)
from tracker.web.frame.lists import ListQuery

SUCCESSOR = "successor"
WHOM = "Deze organisatie bestond op die dag niet meer. Kies onder de functie met wie u sprak."
WHOM_TO_ASK = (
    "Nog niet bewaard: onder de functie staat wie daar al was. Vraag het eerst na, of druk nog eens op Leg vast."
)


class ContactForm(BaseModel):
    """One screen: with whom, what was brought; everything else has a default or may stay empty."""

    organisation: Line = ""
    office: Line = ""
    message: Text = ""
    reply: Text = ""
    kind: ContactKind = ContactKind.TALK
    day: date | None = None
    dossier_id: int | None = None
    promise: Text = ""
    promise_due: date | None = None
    follow_up: Text = ""
    follow_up_on: date | None = None
    person: Line = ""
    visibility: Sharing = Visibility.OWN
    meant: Literal["", "successor", "as typed"] = ""  # where the organisation had ended by that day
    asked: Text = ""  # what the form said of talks that one may not see
    only_look: bool = False  # asks who was there, and keeps nothing; a POST, so that no word stands in an address

    def fields(self, today: date) -> contacts.ContactFields:
        """As a contact moment keeps them."""
        return contacts.ContactFields(
            day=self.day or today,
            message=self.message,
            kind=self.kind,
            dossier_id=self.dossier_id,
            reply=self.reply,
            follow_up=self.follow_up,
            follow_up_on=self.follow_up_on,
            visibility=self.visibility,
        )


class Whom(BaseModel):
    """What the form may start with, from a link; enough to say who was there already."""

    organisation: Line = ""
    office: Line = ""
    dossier: int | None = None
    day: date | None = None


class ContactsQuery(ListQuery):
    """What the list is narrowed to."""

    PATH = "/contacten"

    text: Line = ""
    organisation: int | None = None
    dossier: int | None = None
    person: int | None = None
    after: date | None = None
    before: date | None = None

    def wanted(self) -> contact_list.ContactFilter:
        """The filter alone."""
        return contact_list.ContactFilter(**self.filter())


CONTACT_COLUMNS = (
    *("datum", "organisatie", "functie", "soort", "wie van ons", "namens", "dossier"),
    *("gebracht", "reactie", "vervolg", "vervolg op", "zichtbaar voor"),
)


class StakeForm(BaseModel):
    """Where an office stands in this dossier."""

    organisation: Line = ""
    office: Line = ""
    role: StakeRole
    influence: int = 5
    stance: int | None = None
    source: Line = ""
    seen: str = ""  # how the stakes stood when the page was made
    visibility: Sharing | None = None  # none: a new one is of the own organisation, one that is there stays


def index(request: RequestContext) -> Response:
    """The contacts that the viewer may see and the filter means, newest first."""
    query = request.read_query(ContactsQuery)
    listed = contact_list.contacts_in(request.session, request.viewer, query.wanted(), request.now.today, query.page)
    return request.page(
        "lobby/contacts_index.html",
        query=query,
        listed=listed,
        people=contact_list.who_logged(request.session, request.viewer),
        dossiers=dossier_choices(request, running=False),
        organisation=_asked_organisation(request, query),
        taken_back=withdrawn_without_dossier(request.session, request.viewer),
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    query = request.read_query(ContactsQuery)
    rows = contact_list.contacts_in(request.session, request.viewer, query.wanted(), request.now.today, None).rows
    return request.file("contacten", CONTACT_COLUMNS, [_cells(row) for row in rows])


def _cells(row: contact_list.ContactRow) -> list[object]:
    contact = row.contact
    return [
        contact.day,
        row.organisation,
        row.stakeholder.office,
        ContactKind(contact.kind).label,
        row.who,
        row.owner,
        row.dossier.title if row.dossier else "",
        contact.message,
        contact.reply,
        contact.follow_up,
        contact.follow_up_on,
        Visibility(contact.visibility).label,
    ]


def _asked_organisation(request: RequestContext, query: ContactsQuery) -> Organisation | None:
    if query.organisation is None:
        return None
    return organisation_for(request.session, request.viewer, query.organisation)


def dossier_choices(request: RequestContext, running: bool) -> list[tuple[int, str]]:
    rows = select(Dossier).where(visible(request.viewer, Dossier))
    if running:
        rows = rows.where(col(Dossier.closed_at).is_(None))
    return [(d.id, d.title) for d in request.session.exec(rows.order_by(col(Dossier.title)))]


def ask_new(request: RequestContext) -> Response:
    """The form; with an office in the address it says who of the partners was there already."""
    query, _ = asked_for(Whom, request.query)
    return _form(request, query or Whom(), EMPTY_FORM)


def _form(request: RequestContext, whom: Whom, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    today = request.now.today
    near = presence(session, viewer, whom.organisation, whom.office, today) if whom.organisation else None
    known = choices(session, viewer)
    whole = [o for o in known if o.parent_id is None]
    names = [o.name for o in whole if not gone(o, today)]
    ended_too = [o.name for o in whole if gone(o, today) and o.successor_id]  # chosen, it names what followed it
    chosen = session.exec(select(Dossier).where(Dossier.id == whom.dossier, visible(viewer, Dossier))).first()
    return request.page(
        "lobby/contacts_form.html",
        audiences=audiences(session, request.viewer, chosen),
        block="nearby" if request.partial else None,
        state=state,
        whom=whom,
        near=near,
        ended=ended(session, viewer, whom.organisation, whom.day or today) if near else None,
        most=SHOWN,
        organisations=names,
        unknown=register.find(session, viewer, whom.organisation, today) is None,
        alike=names_alike(whom.organisation, names + ended_too),
        offices=sorted({o.name for o in known if o.parent_id is not None}),
        dossiers=dossier_choices(request, running=True),
    )


def log(request: RequestContext) -> Response:
    """Keep a contact, and the promise that came with it."""
    form, errors = filled(ContactForm, request.form)
    if form is None:
        return _form(request, Whom(), FormState(request.form, errors, REFUSED))
    whom = Whom(organisation=form.organisation, office=form.office, day=form.day, dossier=form.dossier_id)
    if form.only_look:
        return _form(request, whom, FormState(request.form, {}))
    near = presence(request.session, request.viewer, form.organisation, form.office, request.now.today)
    if near.ask and form.asked != near.ask:
        return _form(request, whom, FormState(request.form, {"form": WHOM_TO_ASK}, REFUSED))
    contact = attempt(request, lambda: _log(request, form))
    if isinstance(contact, FormState):
        return _form(request, whom, contact)
    return request.to(f"/contacten/{contact.id}", "bewaard")


def _log(request: RequestContext, form: ContactForm) -> ContactMoment:
    fields = form.fields(request.now.today)
    contact = contacts.log_contact(request.deed, fields, office_meant(request, form, fields.day, form.person))
    if form.promise.strip():
        contacts.commit_to(request.deed, contact, form.promise, form.promise_due)
    return contact


def office_meant(request: RequestContext, form: ContactForm, day: date, person: str) -> contacts.Office:
    """With whom it was. Raises InvalidForm where the organisation had ended by that day and nothing is chosen yet."""
    gone_by = ended(request.session, request.viewer, form.organisation, day)
    after = gone_by.successor if gone_by else None
    if after and not form.meant:
        raise InvalidForm({"meant": WHOM})
    name = after.name if after and form.meant == SUCCESSOR else form.organisation
    return contacts.Office(name, form.office, person)


def find_contact(request: RequestContext) -> ContactMoment:
    return contacts.contact_for(request.session, request.viewer, request.params["contact_id"])


def _page(request: RequestContext, contact: ContactMoment, state: FormState) -> Response:
    stakeholder = request.session.get_one(Stakeholder, contact.stakeholder_id)
    place = request.session.get_one(Organisation, stakeholder.organisation_id)
    near = presence_at(request.session, request.viewer, live(request.session, place), request.now.today)
    promised = select(Commitment).where(Commitment.contact_id == contact.id, visible(request.viewer, Commitment))
    dossiers = select(Dossier).where(Dossier.id == contact.dossier_id, visible(request.viewer, Dossier))
    return request.page(
        "lobby/contacts_show.html",
        state=state,
        contact=contact,
        stakeholder=stakeholder,
        informed=informed(request.session, stakeholder),
        office=spoken_with(request.session, request.viewer, stakeholder, request.now.today),
        place=place if sees(request.viewer, live(request.session, place)) else None,
        near=[talk for talk in near.at_office if talk.contact.id != contact.id][:SHOWN],
        ask=near.ask,
        promised=list(request.session.exec(promised.order_by(col(Commitment.id)))),
        dossier=request.session.exec(dossiers).first(),
        owner=request.session.get_one(Participant, contact.participant_id).name,
        people=actions.names(request.session),
        may_change=may_change(request.viewer, contact),
        history=history_of(request.session, request.viewer, LoggedKind.CONTACT, contact.id),
        documents=documents_of(request.session, request.viewer, contact),
    )


class CommitmentForm(BaseModel):
    """A promise that came later, or was forgotten."""

    promise: Text = ""
    promise_due: date | None = None
    promise_kind: CommitmentKind = CommitmentKind.PROMISE
    number: Line = ""


class SettleForm(BaseModel):
    """What became of a promise."""

    state: CommitmentState
    seen: int


page = PageOf(find_contact, _page, lambda contact: f"/contacten/{contact.id}")


@page.form(CommitmentForm)
def commit_to(request: RequestContext, contact: ContactMoment, form: CommitmentForm) -> None:
    """Add a promise to a contact."""
    contacts.commit_to(request.deed, contact, form.promise, form.promise_due, form.promise_kind, form.number)


@page.form(SettleForm)
def settle(request: RequestContext, contact: ContactMoment, form: SettleForm) -> None:
    """Mark a promise as kept, broken or dropped."""
    commitment = request.named(Commitment, "commitment_id")
    if commitment.contact_id != contact.id:
        raise NotFound
    contacts.close_commitment(request.deed, commitment, form.state, form.seen)


@page.form(SeenForm)
def followed_up(request: RequestContext, contact: ContactMoment, form: SeenForm) -> None:
    """The follow-up is done."""
    contacts.followed_up(request.deed, contact, form.seen)


def _map(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    rows = contacts.map_of(request.session, dossier, request.viewer)
    talks = contact_list.contacts_of(request.session, request.viewer, dossier)
    last = {c.stakeholder_id: c for c in reversed(talks)}
    return request.page(
        "lobby/contacts_map.html",
        state=state,
        dossier=dossier,
        rows=[
            (stake, stakeholder, contacts.spoken_of(stakeholder), last.get(stakeholder.id))
            for stake, stakeholder in rows
        ],
        seen=stand(stake for stake, _ in rows),
        people=actions.names(request.session),
        audiences=audiences(request.session, request.viewer, dossier),
        own={stake.id for stake, _ in rows if may_change(request.viewer, stake)},
    )


stakes = PageOf(lobby_dossier, _map, lambda dossier: f"/dossiers/{dossier.id}/krachtenveld")


@stakes.form(StakeForm)
def put_stake(request: RequestContext, dossier: Dossier, form: StakeForm) -> None:
    """Keep where an office stands."""
    office = contacts.Office(form.organisation, form.office)
    stakeholder = contacts.stakeholder_for(request.deed, office, form.visibility or Visibility.OWN)
    rows = [stake for stake, _ in contacts.map_of(request.session, dossier, request.viewer)]
    said, there = (form.role, form.influence, form.stance, form.source.strip()), stand(rows)
    other = [
        s for s in rows if s.stakeholder_id == stakeholder.id and (s.role, s.influence, s.stance, s.source) != said
    ]
    position = form.role, form.influence, form.stance, form.source, form.visibility
    contacts.stake_for(request.deed, dossier, stakeholder, *position)
    if other and there != form.seen:
        raise ChangedMeanwhile(MEANWHILE)
