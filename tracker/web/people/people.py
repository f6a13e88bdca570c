"""Beheer: people with their roles, and participants."""

from datetime import date

from pydantic import BaseModel, EmailStr, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import MagicLink, Participant, User
from db.vocabulary import Role
from tracker.people.addresses import folded
from tracker.people.participants import takes_part
from tracker.web.frame import audit, forms
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.frame.sessions import revoke_sessions


class Person(BaseModel):
    """The form of a person."""

    email: EmailStr
    name: str = Field(min_length=1, max_length=120)
    role: Role
    participant_id: str = Field(min_length=1)


class Changed(BaseModel):
    """The form of a participant: only what people may change."""

    name: str = Field(min_length=1, max_length=120)
    valid_to: date | None = None
    merged_into: str | None = None
    remark: str = Field(default="", max_length=500)


def index(request: RequestContext) -> Response:
    """Everybody, those who left last, and the form for one more."""
    return _list(request, {})


def create(request: RequestContext) -> Response:
    """Add a person; the first sign-in is by link."""
    form, errors = forms.filled(Person, request.form)
    errors = errors or _wrong(request.session, form, None, request.now.today)
    if form is None or errors:
        return _list(request, errors, 422)
    user = User(
        email=folded(form.email),
        name=form.name,
        role=form.role,
        participant_id=form.participant_id,
        created_at=request.now.instant,
    )
    request.session.add(user)
    request.session.flush()
    audit.record(request, "person added", f"user {user.id}", f"role {user.role}")
    return request.to("/beheer", done="bewaard")


def edit(request: RequestContext) -> Response:
    """The form of one person."""
    return _form(request, find_user(request), {})


def save(request: RequestContext) -> Response:
    """Change a person; a new role holds from the next request on."""
    user = find_user(request)
    form, errors = forms.filled(Person, request.form)
    errors = errors or _wrong(request.session, form, user, request.now.today)
    if form is not None and user.id == request.viewer.user_id and form.role != Role.ADMINISTRATOR:
        errors = {"role": "U kunt uzelf geen beheerder af maken: vraag een andere beheerder."}
    if form is None or errors:
        return _form(request, user, errors, 422)
    before = user.role
    user.email, user.name = folded(form.email), form.name
    user.role, user.participant_id = form.role, form.participant_id
    audit.record(request, "person changed", f"user {user.id}", f"role {before} to {user.role}")
    return request.to("/beheer", done="bewaard")


def deactivate(request: RequestContext) -> Response:
    """End somebody's access: sessions and links are dead at once; or give it back."""
    user = find_user(request)
    if user.id == request.viewer.user_id:
        raise NotThere
    user.deactivated_at = None if user.deactivated_at else request.now.instant
    if user.deactivated_at:
        revoke_sessions(request.session, user.id, request.now.instant)
        for link in request.session.exec(
            select(MagicLink).where(MagicLink.user_id == user.id, col(MagicLink.used_at).is_(None))
        ):
            link.used_at = request.now.instant
    audit.record(request, "access ended" if user.deactivated_at else "access given", f"user {user.id}")
    return request.to("/beheer", done="bewaard")


def find_user(request: RequestContext) -> User:
    """The person of the address."""
    user = request.session.get(User, request.params["user_id"])
    if user is None:
        raise NotThere
    return user


def participants(request: RequestContext) -> Response:
    """Every participant with its validity and what it was merged into."""
    rows = request.session.exec(select(Participant).order_by(col(Participant.kind), col(Participant.name))).all()
    return request.page(
        "people/participants.html", rows=rows, names={p.id: p.name for p in rows}, today=request.now.today
    )


def edit_participant(request: RequestContext) -> Response:
    """The form of one participant."""
    return _participant_form(request, _participant(request), {})


def save_participant(request: RequestContext) -> Response:
    """Change a participant, or merge it into another from a day on."""
    row = _participant(request)
    form, errors = forms.filled(Changed, request.form)
    if form is not None and form.merged_into is not None:
        if form.merged_into == row.id or request.session.get(Participant, form.merged_into) is None:
            errors = {"merged_into": "Kies een andere deelnemer."}
        elif form.valid_to is None:
            errors = {"valid_to": "Vul de eerste dag in waarop de deelnemer niet meer bestaat."}
    if form is None or errors:
        return _participant_form(request, row, errors, 422)
    row.name, row.valid_to = form.name, form.valid_to
    row.merged_into, row.remark = form.merged_into, form.remark
    audit.record(request, "participant changed", f"participant {row.id}")
    return request.to("/beheer/deelnemers", done="bewaard")


def _participant(request: RequestContext) -> Participant:
    row = request.session.get(Participant, request.params["participant_id"])
    if row is None:
        raise NotThere
    return row


def _participant_form(request: RequestContext, row: Participant, errors: forms.Errors, status: int = 200) -> Response:
    return request.page(
        "people/participant.html",
        status,
        row=row,
        errors=errors,
        typed=request.form,
        participants=_choices(request.session),
    )


def _wrong(session: Session, form: Person | None, user: User | None, today: date) -> forms.Errors:
    if form is None:
        return {}
    same = session.exec(select(User).where(User.email == folded(form.email))).first()
    if same is not None and (user is None or same.id != user.id):
        return {"email": "Dit adres is al van iemand."}
    place = session.get(Participant, form.participant_id)
    if place is None:
        return {"participant_id": "Kies een deelnemer uit de lijst."}
    moves = user is None or user.participant_id != place.id
    return {"participant_id": "Deze deelnemer bestaat nu niet."} if moves and not takes_part(place, today) else {}


def _list(request: RequestContext, errors: forms.Errors, status: int = 200) -> Response:
    people = request.session.exec(
        select(User, Participant)
        .join(Participant, col(Participant.id) == col(User.participant_id))
        .order_by(col(User.deactivated_at).is_not(None), col(User.name))
    ).all()
    return request.page(
        "people/people.html",
        status,
        people=people,
        errors=errors,
        typed=request.form,
        participants=_choices(request.session),
    )


def _form(request: RequestContext, user: User, errors: forms.Errors, status: int = 200) -> Response:
    return request.page(
        "people/person.html",
        status,
        person=user,
        errors=errors,
        typed=request.form,
        participants=_choices(request.session),
    )


def _choices(session: Session) -> list[tuple[str, str]]:
    return [(p.id, p.name) for p in session.exec(select(Participant).order_by(col(Participant.name)))]
