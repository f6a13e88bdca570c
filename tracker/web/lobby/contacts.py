"""Pages of contacts: log one in under a minute, one contact with its promises, and the map of stakes of a dossier."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Dossier, Participant, Stakeholder
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_lobby import CommitmentKind, CommitmentState, ContactKind, DossierKind, StakeRole
from tracker.errors import NotThere as Missing
from tracker.lobby import contacts
from tracker.rights import may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import NOTHING, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.forms import asked_for, filled

Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=300)]


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
        may_add=actions.may_add(request.viewer),
        today=request.now.today,
    )


def ask_new(request: RequestContext) -> Response:
    """The form; with an office in the address it says who of the partners was there already."""
    query, _ = asked_for(Whom, request.query)
    return _form(request, query or Whom())


def _form(request: RequestContext, whom: Whom, sent: Typed = NOTHING) -> Response:
    today = request.now.today
    day = whom.day or today
    near = (
        contacts.nearby(request.session, whom.organisation, whom.office, request.viewer, day)
        if whom.organisation
        else []
    )
    mine = select(Dossier).where(visible(request.viewer, Dossier), col(Dossier.closed_at).is_(None))
    seen = select(Stakeholder).where(visible(request.viewer, Stakeholder)).order_by(col(Stakeholder.organisation))
    offices = list(request.session.exec(seen))
    return request.page(
        "lobby/contacts_form.html",
        block="nearby" if request.partial else None,
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        whom=whom,
        near=near,
        organisations=sorted({s.organisation for s in offices}),
        offices=sorted({s.office for s in offices if s.office}),
        dossiers=[(d.id, d.title) for d in request.session.exec(mine.order_by(col(Dossier.title)))],
        kinds=choices(ContactKind),
        visibilities=actions.VISIBILITIES,
        today=today,
    )


def log(request: RequestContext) -> Response:
    """Keep a contact, and the promise that came with it."""
    form, errors = filled(ContactForm, request.form)
    if form is None:
        return _form(request, Whom(), Typed(request.form, errors, actions.REFUSED))
    if form.only_look:
        whom = Whom(organisation=form.organisation, office=form.office, day=form.day)
        return _form(request, whom, Typed(request.form, {}))
    made: list[ContactMoment] = []

    def act() -> None:
        office = contacts.Office(form.organisation, form.office, form.person)
        contact = contacts.log_contact(request.deed, form.fields(request.now.today), office)
        if form.promise.strip():
            contacts.commit_to(request.deed, contact, form.promise, form.promise_due)
        made.append(contact)

    refused = tried(request.session, request.form, act)
    if refused:
        whom = Whom(organisation=form.organisation, office=form.office)
        return _form(request, whom, refused)
    return request.to(f"/contacten/{made[0].id}", "bewaard")


def _contact(request: RequestContext) -> ContactMoment:
    try:
        return contacts.contact_for(request.session, request.viewer, request.params["contact_id"])
    except Missing as error:
        raise NotThere from error


def show(request: RequestContext) -> Response:
    """One contact, who else was at that office, and what was promised."""
    return _page(request, _contact(request))


def _page(request: RequestContext, contact: ContactMoment, sent: Typed = NOTHING) -> Response:
    stakeholder = request.session.get_one(Stakeholder, contact.stakeholder_id)
    near = contacts.nearby(request.session, stakeholder.organisation, stakeholder.office, request.viewer, contact.day)
    promised = select(Commitment).where(Commitment.contact_id == contact.id, visible(request.viewer, Commitment))
    dossiers = select(Dossier).where(Dossier.id == contact.dossier_id, visible(request.viewer, Dossier))
    return request.page(
        "lobby/contacts_show.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        contact=contact,
        stakeholder=stakeholder,
        office=contacts.spoken_of(stakeholder),
        near=[n for n in near if n.contact is None or n.contact.id != contact.id],
        promised=list(request.session.exec(promised.order_by(col(Commitment.id)))),
        dossier=request.session.exec(dossiers).first(),
        owner=request.session.get_one(Participant, contact.participant_id).name,
        people=actions.names(request.session),
        states=choices(CommitmentState),
        kinds=choices(CommitmentKind),
        may_change=may_change(request.viewer, contact),
        today=request.now.today,
    )


class PromiseForm(BaseModel):
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


def commit_to(request: RequestContext) -> Response:
    """Add a promise to a contact."""
    contact = _contact(request)
    form, errors = filled(PromiseForm, request.form)
    if form is None:
        return _page(request, contact, Typed(request.form, errors, actions.REFUSED))
    given = form.promise, form.promise_due, form.promise_kind, form.number
    refused = tried(request.session, request.form, lambda: contacts.commit_to(request.deed, contact, *given))
    return _back(request, contact, refused)


def settle(request: RequestContext) -> Response:
    """Mark a promise as kept, broken or dropped."""
    contact = _contact(request)
    promised = request.session.get(Commitment, request.params["commitment_id"])
    form, errors = filled(SettleForm, request.form)
    if promised is None or promised.contact_id != contact.id:
        raise NotThere
    if form is None:
        return _page(request, contact, Typed(request.form, errors, actions.REFUSED))
    given = form.state, form.seen
    refused = tried(request.session, request.form, lambda: contacts.settle(request.deed, promised, *given))
    return _back(request, contact, refused)


def followed_up(request: RequestContext) -> Response:
    """The follow-up is done."""
    contact = _contact(request)
    form, errors = filled(SeenForm, request.form)
    if form is None:
        return _page(request, contact, Typed(request.form, errors, actions.REFUSED))
    refused = tried(request.session, request.form, lambda: contacts.followed_up(request.deed, contact, form.seen))
    return _back(request, contact, refused)


def _back(request: RequestContext, contact: ContactMoment, refused: Typed | None) -> Response:
    path = f"/contacten/{contact.id}"
    return after(request, refused, path, lambda sent: _page(request, contact, sent))


def show_map(request: RequestContext) -> Response:
    """The table of stakes of a dossier."""
    return _map(request, dossier_of(request, DossierKind.LOBBY))


def _map(request: RequestContext, dossier: Dossier, sent: Typed = NOTHING) -> Response:
    rows = contacts.map_of(request.session, dossier, request.viewer)
    last = {c.stakeholder_id: c for c in reversed(contacts.contacts_of(request.session, request.viewer, dossier))}
    return request.page(
        "lobby/contacts_map.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        rows=[(stake, who, contacts.spoken_of(who), last.get(who.id)) for stake, who in rows],
        people=actions.names(request.session),
        roles=choices(StakeRole),
        visibilities=actions.visibilities_in(dossier),
        may_add=actions.may_add(request.viewer),
        today=request.now.today,
    )


def put_stake(request: RequestContext) -> Response:
    """Keep where an office stands."""
    dossier = dossier_of(request, DossierKind.LOBBY)
    form, errors = filled(StakeForm, request.form)
    if form is None:
        return _map(request, dossier, Typed(request.form, errors, actions.REFUSED))

    def act() -> None:
        office = contacts.Office(form.organisation, form.office)
        who = contacts.stakeholder_for(request.deed, office, form.visibility or Visibility.OWN)
        given = form.role, form.influence, form.stance, form.source, form.visibility
        contacts.stake_for(request.deed, dossier, who, *given)

    refused = tried(request.session, request.form, act)
    path = f"/dossiers/{dossier.id}/krachtenveld"
    return after(request, refused, path, lambda sent: _map(request, dossier, sent))
