"""Pages of contacts: log one in under a minute, one contact with its promises, and the map of stakes of a dossier."""

from datetime import date

from pydantic import BaseModel
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Dossier, Participant, Stakeholder
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_lobby import CommitmentKind, CommitmentState, ContactKind, StakeRole
from tracker.errors import NotFound
from tracker.lobby import contacts
from tracker.lobby.audience import audiences
from tracker.rights import may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, attempt, lobby_dossier
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, REFUSED, FormState, Line, Text, asked_for, filled


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
    visibility: Visibility = Visibility.OWN
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


class StakeForm(BaseModel):
    """Where an office stands in this dossier."""

    organisation: Line = ""
    office: Line = ""
    role: StakeRole
    influence: int = 5
    stance: int | None = None
    source: Line = ""
    visibility: Visibility | None = None  # none: a new one is of the own organisation, one that is there stays


def index(request: RequestContext) -> Response:
    """The newest contacts the viewer may see."""
    return request.page(
        "lobby/contacts_index.html",
        rows=contacts.contacts_of(request.session, request.viewer),
        offices={s.id: contacts.spoken_of(s) for s in request.session.exec(select(Stakeholder))},
        titles={d.id: d.title for d in request.session.exec(select(Dossier).where(visible(request.viewer, Dossier)))},
        people=actions.names(request.session),
    )


def ask_new(request: RequestContext) -> Response:
    """The form; with an office in the address it says who of the partners was there already."""
    query, _ = asked_for(Whom, request.query)
    return _form(request, query or Whom(), EMPTY_FORM)


def _form(request: RequestContext, whom: Whom, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    today = request.now.today
    day = whom.day or today
    near = contacts.nearby(session, whom.organisation, whom.office, viewer, day, today) if whom.organisation else []
    open_dossiers = select(Dossier).where(visible(viewer, Dossier), col(Dossier.closed_at).is_(None))
    seen = select(Stakeholder).where(visible(viewer, Stakeholder)).order_by(col(Stakeholder.organisation))
    offices = list(session.exec(seen))
    chosen = session.exec(select(Dossier).where(Dossier.id == whom.dossier, visible(viewer, Dossier))).first()
    return request.page(
        "lobby/contacts_form.html",
        audiences=audiences(session, request.user.participant_id, chosen),
        block="nearby" if request.partial else None,
        state=state,
        whom=whom,
        near=near,
        organisations=sorted({s.organisation for s in offices}),
        offices=sorted({s.office for s in offices if s.office}),
        dossiers=[(d.id, d.title) for d in session.exec(open_dossiers.order_by(col(Dossier.title)))],
    )


def log(request: RequestContext) -> Response:
    """Keep a contact, and the promise that came with it."""
    form, errors = filled(ContactForm, request.form)
    if form is None:
        return _form(request, Whom(), FormState(request.form, errors, REFUSED))
    whom = Whom(organisation=form.organisation, office=form.office, day=form.day, dossier=form.dossier_id)
    if form.only_look:
        return _form(request, whom, FormState(request.form, {}))
    contact = attempt(request, lambda: _log(request, form))
    if isinstance(contact, FormState):
        return _form(request, whom.model_copy(update={"day": None}), contact)
    return request.to(f"/contacten/{contact.id}", "bewaard")


def _log(request: RequestContext, form: ContactForm) -> ContactMoment:
    office = contacts.Office(form.organisation, form.office, form.person)
    contact = contacts.log_contact(request.deed, form.fields(request.now.today), office)
    if form.promise.strip():
        contacts.commit_to(request.deed, contact, form.promise, form.promise_due)
    return contact


def _contact(request: RequestContext) -> ContactMoment:
    return contacts.contact_for(request.session, request.viewer, request.params["contact_id"])


def _page(request: RequestContext, contact: ContactMoment, state: FormState) -> Response:
    stakeholder = request.session.get_one(Stakeholder, contact.stakeholder_id)
    office = stakeholder.organisation, stakeholder.office
    near = contacts.nearby(request.session, *office, request.viewer, contact.day, request.now.today)
    promised = select(Commitment).where(Commitment.contact_id == contact.id, visible(request.viewer, Commitment))
    dossiers = select(Dossier).where(Dossier.id == contact.dossier_id, visible(request.viewer, Dossier))
    return request.page(
        "lobby/contacts_show.html",
        state=state,
        contact=contact,
        stakeholder=stakeholder,
        office=contacts.spoken_of(stakeholder),
        near=[n for n in near if n.contact is None or n.contact.id != contact.id],
        promised=list(request.session.exec(promised.order_by(col(Commitment.id)))),
        dossier=request.session.exec(dossiers).first(),
        owner=request.session.get_one(Participant, contact.participant_id).name,
        people=actions.names(request.session),
        may_change=may_change(request.viewer, contact),
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


class SeenForm(BaseModel):
    """The version the person had in front of them."""

    seen: int


page = PageOf(_contact, _page, lambda contact: f"/contacten/{contact.id}")


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
    last = {c.stakeholder_id: c for c in reversed(contacts.contacts_of(request.session, request.viewer, dossier))}
    return request.page(
        "lobby/contacts_map.html",
        state=state,
        dossier=dossier,
        rows=[
            (stake, stakeholder, contacts.spoken_of(stakeholder), last.get(stakeholder.id))
            for stake, stakeholder in rows
        ],
        people=actions.names(request.session),
        audiences=audiences(request.session, request.user.participant_id, dossier),
    )


stakes = PageOf(lobby_dossier, _map, lambda dossier: f"/dossiers/{dossier.id}/krachtenveld")


@stakes.form(StakeForm)
def put_stake(request: RequestContext, dossier: Dossier, form: StakeForm) -> None:
    """Keep where an office stands."""
    office = contacts.Office(form.organisation, form.office)
    stakeholder = contacts.stakeholder_for(request.deed, office, form.visibility or Visibility.OWN)
    position = form.role, form.influence, form.stance, form.source, form.visibility
    contacts.stake_for(request.deed, dossier, stakeholder, *position)
