"""Pages of contacts: log one in under a minute, one contact with its promises, and the map of stakes of a dossier."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Commitment, ContactMoment, Dossier, Participant, Stakeholder
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Visibility
from db.vocabulary_lobby import CommitmentKind, CommitmentState, ContactKind, DossierKind, StakeRole
from notifications.wording import local_day
from tracker.errors import NotThere as Missing
from tracker.lobby import contacts
from tracker.rights import Deed, may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import NOTHING, Typed, after, choices, dossier_of, tried
from tracker.web.frame.context import Asked, NotThere
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


def index(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The newest contacts the viewer may see."""
    return asked.page(
        "lobby/contacts_index.html",
        rows=contacts.contacts_of(session, viewer),
        offices={s.id: contacts.spoken_of(s) for s in session.exec(select(Stakeholder))},
        titles={d.id: d.title for d in session.exec(select(Dossier).where(visible(viewer, Dossier)))},
        people=actions.names(session),
        may_add=actions.may_add(viewer),
        today=local_day(now),
    )


def ask_new(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The form; with an office in the address it says who of the partners was there already."""
    query, _ = asked_for(Whom, asked.query)
    return _form(asked, viewer, session, now, query or Whom())


def _form(asked: Asked, viewer: Viewer, session: Session, now: datetime, whom: Whom, sent: Typed = NOTHING) -> Response:
    today = local_day(now)
    day = whom.day or today
    near = contacts.nearby(session, whom.organisation, whom.office, viewer, day) if whom.organisation else []
    mine = select(Dossier).where(visible(viewer, Dossier), col(Dossier.closed_at).is_(None))
    seen = select(Stakeholder).where(visible(viewer, Stakeholder)).order_by(col(Stakeholder.organisation))
    offices = list(session.exec(seen))
    return asked.page(
        "lobby/contacts_form.html",
        block="nearby" if asked.partial else None,
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        whom=whom,
        near=near,
        organisations=sorted({s.organisation for s in offices}),
        offices=sorted({s.office for s in offices if s.office}),
        dossiers=[(d.id, d.title) for d in session.exec(mine.order_by(col(Dossier.title)))],
        kinds=choices(ContactKind),
        visibilities=actions.VISIBILITIES,
        today=today,
    )


def log(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep a contact, and the promise that came with it."""
    form, errors = filled(ContactForm, asked.form)
    if form is None:
        return _form(asked, viewer, session, now, Whom(), Typed(asked.form, errors, actions.REFUSED))
    if form.only_look:
        whom = Whom(organisation=form.organisation, office=form.office, day=form.day)
        return _form(asked, viewer, session, now, whom, Typed(asked.form, {}))
    made: list[ContactMoment] = []

    def act() -> None:
        office = contacts.Office(form.organisation, form.office, form.person)
        contact = contacts.log_contact(Deed(session, asked.user, now), form.fields(local_day(now)), office)
        if form.promise.strip():
            contacts.commit_to(Deed(session, asked.user, now), contact, form.promise, form.promise_due)
        made.append(contact)

    refused = tried(session, asked.form, act)
    if refused:
        whom = Whom(organisation=form.organisation, office=form.office)
        return _form(asked, viewer, session, now, whom, refused)
    return asked.to(f"/contacten/{made[0].id}", "bewaard")


def _contact(session: Session, viewer: Viewer, asked: Asked) -> ContactMoment:
    try:
        return contacts.contact_for(session, viewer, asked.params["contact_id"])
    except Missing as error:
        raise NotThere from error


def show(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """One contact, who else was at that office, and what was promised."""
    return _page(asked, viewer, session, now, _contact(session, viewer, asked))


def _page(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, contact: ContactMoment, sent: Typed = NOTHING
) -> Response:
    stakeholder = session.get_one(Stakeholder, contact.stakeholder_id)
    near = contacts.nearby(session, stakeholder.organisation, stakeholder.office, viewer, contact.day)
    promised = select(Commitment).where(Commitment.contact_id == contact.id, visible(viewer, Commitment))
    dossiers = select(Dossier).where(Dossier.id == contact.dossier_id, visible(viewer, Dossier))
    return asked.page(
        "lobby/contacts_show.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        contact=contact,
        stakeholder=stakeholder,
        office=contacts.spoken_of(stakeholder),
        near=[n for n in near if n.contact is None or n.contact.id != contact.id],
        promised=list(session.exec(promised.order_by(col(Commitment.id)))),
        dossier=session.exec(dossiers).first(),
        owner=session.get_one(Participant, contact.participant_id).name,
        people=actions.names(session),
        states=choices(CommitmentState),
        kinds=choices(CommitmentKind),
        may_change=may_change(viewer, contact),
        today=local_day(now),
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


def commit_to(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Add a promise to a contact."""
    contact = _contact(session, viewer, asked)
    form, errors = filled(PromiseForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, contact, Typed(asked.form, errors, actions.REFUSED))
    given = form.promise, form.promise_due, form.promise_kind, form.number
    refused = tried(session, asked.form, lambda: contacts.commit_to(Deed(session, asked.user, now), contact, *given))
    return _back(asked, viewer, session, now, contact, refused)


def settle(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Mark a promise as kept, broken or dropped."""
    contact = _contact(session, viewer, asked)
    promised = session.get(Commitment, asked.params["commitment_id"])
    form, errors = filled(SettleForm, asked.form)
    if promised is None or promised.contact_id != contact.id:
        raise NotThere
    if form is None:
        return _page(asked, viewer, session, now, contact, Typed(asked.form, errors, actions.REFUSED))
    given = form.state, form.seen
    refused = tried(session, asked.form, lambda: contacts.settle(Deed(session, asked.user, now), promised, *given))
    return _back(asked, viewer, session, now, contact, refused)


def followed_up(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The follow-up is done."""
    contact = _contact(session, viewer, asked)
    form, errors = filled(SeenForm, asked.form)
    if form is None:
        return _page(asked, viewer, session, now, contact, Typed(asked.form, errors, actions.REFUSED))
    refused = tried(
        session, asked.form, lambda: contacts.followed_up(Deed(session, asked.user, now), contact, form.seen)
    )
    return _back(asked, viewer, session, now, contact, refused)


def _back(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, contact: ContactMoment, refused: Typed | None
) -> Response:
    path = f"/contacten/{contact.id}"
    return after(asked, refused, path, lambda sent: _page(asked, viewer, session, now, contact, sent))


def show_map(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The table of stakes of a dossier."""
    return _map(asked, viewer, session, now, dossier_of(session, viewer, asked, DossierKind.LOBBY))


def _map(
    asked: Asked, viewer: Viewer, session: Session, now: datetime, dossier: Dossier, sent: Typed = NOTHING
) -> Response:
    rows = contacts.map_of(session, dossier, viewer)
    last = {c.stakeholder_id: c for c in reversed(contacts.contacts_of(session, viewer, dossier))}
    return asked.page(
        "lobby/contacts_map.html",
        status=sent.status,
        typed=sent.typed,
        errors=sent.errors,
        dossier=dossier,
        rows=[(stake, who, contacts.spoken_of(who), last.get(who.id)) for stake, who in rows],
        people=actions.names(session),
        roles=choices(StakeRole),
        visibilities=actions.visibilities_in(dossier),
        may_add=actions.may_add(viewer),
        today=local_day(now),
    )


def put_stake(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Keep where an office stands."""
    dossier = dossier_of(session, viewer, asked, DossierKind.LOBBY)
    form, errors = filled(StakeForm, asked.form)
    if form is None:
        return _map(asked, viewer, session, now, dossier, Typed(asked.form, errors, actions.REFUSED))

    def act() -> None:
        office = contacts.Office(form.organisation, form.office)
        who = contacts.stakeholder_for(Deed(session, asked.user, now), office, form.visibility or Visibility.OWN)
        given = form.role, form.influence, form.stance, form.source, form.visibility
        contacts.stake_for(Deed(session, asked.user, now), dossier, who, *given)

    refused = tried(session, asked.form, act)
    path = f"/dossiers/{dossier.id}/krachtenveld"
    return after(asked, refused, path, lambda sent: _map(asked, viewer, session, now, dossier, sent))
