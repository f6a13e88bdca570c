"""Beheer: people with their roles, and participants."""

from datetime import date

from pydantic import BaseModel, EmailStr, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Participant, User
from db.vocabulary import Role
from tracker.errors import Incomplete, NotFound
from tracker.people.access import change_address, end_access
from tracker.people.participants import takes_part
from tracker.people.subscriptions import folded
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm


class PersonForm(BaseModel):
    email: EmailStr
    name: str = Field(min_length=1, max_length=120)
    role: Role
    participant_id: str = Field(min_length=1)


class ParticipantForm(BaseModel):
    """The form of a participant: only what people may change."""

    name: str = Field(min_length=1, max_length=120)
    valid_to: date | None = None
    merged_into: str | None = None
    remark: str = Field(default="", max_length=500)


def _list(request: RequestContext, _: None, state: FormState) -> Response:
    """Everybody, those who left last, and the form for one more."""
    people = request.session.exec(
        select(User, Participant)
        .join(Participant, col(Participant.id) == col(User.participant_id))
        .order_by(col(User.deactivated_at).is_not(None), col(User.name))
    ).all()
    return request.page(
        "people/people.html", state=state, people=people, participants=actions.participants(request.session)
    )


index = PageOf(no_subject, _list, lambda _: "/beheer")


@index.form(PersonForm)
def create(request: RequestContext, _: None, form: PersonForm) -> None:
    """Add a person; the first sign-in is by link."""
    _check(request, form, None)
    user = User(
        email=folded(form.email),
        name=form.name,
        role=form.role,
        participant_id=form.participant_id,
        created_at=request.now.instant,
    )
    request.session.add(user)
    request.session.flush()
    request.record("person added", f"user {user.id}", f"role {user.role}")


def find_user(request: RequestContext) -> User:
    """The person of the address."""
    return request.named(User, "user_id")


def _form(request: RequestContext, user: User, state: FormState) -> Response:
    return request.page(
        "people/person.html", state=state, person=user, participants=actions.participants(request.session)
    )


person = PageOf(find_user, _form, lambda _: "/beheer")


@person.form(PersonForm)
def save(request: RequestContext, user: User, form: PersonForm) -> None:
    """Change a person; a new role holds from the next request on."""
    if user.id == request.viewer.user_id and form.role != Role.ADMINISTRATOR:
        raise InvalidForm({"role": "U kunt uzelf geen beheerder af maken: vraag een andere beheerder."})
    _check(request, form, user)
    before = user.role
    if user.email != folded(form.email):
        change_address(request.session, user, folded(form.email), request.now.instant)
        request.record("address changed", f"user {user.id}")
    user.name = form.name
    user.role, user.participant_id = form.role, form.participant_id
    request.record("person changed", f"user {user.id}", f"role {before} to {user.role}")


def _check(request: RequestContext, form: PersonForm, user: User | None) -> None:
    """Whether the address is free, and the participant one that takes part."""
    same = request.session.exec(select(User).where(User.email == folded(form.email))).first()
    if same is not None and (user is None or same.id != user.id):
        raise InvalidForm({"email": "Dit adres is al van iemand."})
    participant = request.session.get(Participant, form.participant_id)
    if participant is None:
        raise InvalidForm({"participant_id": "Kies een deelnemer uit de lijst."})
    moves = user is None or user.participant_id != participant.id
    if moves and not takes_part(participant, request.now.today):
        raise InvalidForm({"participant_id": "Deze deelnemer bestaat nu niet."})


def deactivate(request: RequestContext) -> Response:
    """End somebody's access: sessions and links are dead at once; or give it back."""
    user = find_user(request)
    if user.id == request.viewer.user_id:
        raise NotFound
    if user.deactivated_at:
        user.deactivated_at = None
    else:
        end_access(request.session, user, request.now.instant)
    request.record("access ended" if user.deactivated_at else "access given", f"user {user.id}")
    return request.to("/beheer", done="bewaard")


def participants(request: RequestContext) -> Response:
    """Every participant with its validity and what it was merged into."""
    rows = request.session.exec(select(Participant).order_by(col(Participant.kind), col(Participant.name))).all()
    return request.page(
        "people/participants.html", rows=rows, names={p.id: p.name for p in rows}, today=request.now.today
    )


def _participant(request: RequestContext, participant: Participant, state: FormState) -> Response:
    return request.page(
        "people/participant.html", state=state, row=participant, participants=actions.participants(request.session)
    )


participant = PageOf(
    lambda request: request.named(Participant, "participant_id"), _participant, lambda _: "/beheer/deelnemers"
)


@participant.form(ParticipantForm)
def save_participant(request: RequestContext, row: Participant, form: ParticipantForm) -> None:
    """Change a participant, or merge it into another from a day on."""
    if form.merged_into is not None:
        if form.merged_into == row.id or request.session.get(Participant, form.merged_into) is None:
            raise InvalidForm({"merged_into": "Kies een andere deelnemer."})
        if form.valid_to is None:
            raise Incomplete("Vul de eerste dag in waarop de deelnemer niet meer bestaat.", "valid_to")
    row.name, row.valid_to = form.name, form.valid_to
    row.merged_into, row.remark = form.merged_into, form.remark
    request.record("participant changed", f"participant {row.id}")
