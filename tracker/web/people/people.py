"""Beheer: people with their roles, and participants."""

from datetime import date, datetime

from pydantic import BaseModel, EmailStr, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import MagicLink, Participant, User
from db.queries import Viewer
from db.vocabulary import Role
from notifications.wording import local_day
from tracker.people.addresses import folded
from tracker.people.participants import takes_part
from tracker.web.frame import audit, forms
from tracker.web.frame.context import Asked, NotThere
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


def index(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """Everybody, those who left last, and the form for one more."""
    return _list(asked, session, {})


def create(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Add a person; the first sign-in is by link."""
    form, errors = forms.filled(Person, asked.form)
    errors = errors or _wrong(session, form, None, local_day(now))
    if form is None or errors:
        return _list(asked, session, errors, 422)
    user = User(
        email=folded(form.email), name=form.name, role=form.role, participant_id=form.participant_id, created_at=now
    )
    session.add(user)
    session.flush()
    audit.record(session, asked, "person added", f"user {user.id}", f"role {user.role}")
    return asked.to("/beheer", done="bewaard")


def edit(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The form of one person."""
    return _form(asked, session, find_user(session, asked), {})


def save(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Change a person; a new role holds from the next request on."""
    user = find_user(session, asked)
    form, errors = forms.filled(Person, asked.form)
    errors = errors or _wrong(session, form, user, local_day(now))
    if form is not None and user.id == viewer.user_id and form.role != Role.ADMINISTRATOR:
        errors = {"role": "U kunt uzelf geen beheerder af maken: vraag een andere beheerder."}
    if form is None or errors:
        return _form(asked, session, user, errors, 422)
    before = user.role
    user.email, user.name = folded(form.email), form.name
    user.role, user.participant_id = form.role, form.participant_id
    audit.record(session, asked, "person changed", f"user {user.id}", f"role {before} to {user.role}")
    return asked.to("/beheer", done="bewaard")


def deactivate(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """End somebody's access: sessions and links are dead at once; or give it back."""
    user = find_user(session, asked)
    if user.id == viewer.user_id:
        raise NotThere
    user.deactivated_at = None if user.deactivated_at else now
    if user.deactivated_at:
        revoke_sessions(session, user.id, now)
        for link in session.exec(
            select(MagicLink).where(MagicLink.user_id == user.id, col(MagicLink.used_at).is_(None))
        ):
            link.used_at = now
    audit.record(session, asked, "access ended" if user.deactivated_at else "access given", f"user {user.id}")
    return asked.to("/beheer", done="bewaard")


def find_user(session: Session, asked: Asked) -> User:
    """The person of the address."""
    user = session.get(User, asked.params["user_id"])
    if user is None:
        raise NotThere
    return user


def participants(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Every participant with its validity and what it was merged into."""
    rows = session.exec(select(Participant).order_by(col(Participant.kind), col(Participant.name))).all()
    return asked.page("people/participants.html", rows=rows, names={p.id: p.name for p in rows}, today=local_day(now))


def edit_participant(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The form of one participant."""
    return _participant_form(asked, session, _participant(session, asked), {})


def save_participant(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """Change a participant, or merge it into another from a day on."""
    row = _participant(session, asked)
    form, errors = forms.filled(Changed, asked.form)
    if form is not None and form.merged_into is not None:
        if form.merged_into == row.id or session.get(Participant, form.merged_into) is None:
            errors = {"merged_into": "Kies een andere deelnemer."}
        elif form.valid_to is None:
            errors = {"valid_to": "Vul de eerste dag in waarop de deelnemer niet meer bestaat."}
    if form is None or errors:
        return _participant_form(asked, session, row, errors, 422)
    row.name, row.valid_to = form.name, form.valid_to
    row.merged_into, row.remark = form.merged_into, form.remark
    audit.record(session, asked, "participant changed", f"participant {row.id}")
    return asked.to("/beheer/deelnemers", done="bewaard")


def _participant(session: Session, asked: Asked) -> Participant:
    row = session.get(Participant, asked.params["participant_id"])
    if row is None:
        raise NotThere
    return row


def _participant_form(
    asked: Asked, session: Session, row: Participant, errors: forms.Errors, status: int = 200
) -> Response:
    return asked.page(
        "people/participant.html", status, row=row, errors=errors, typed=asked.form, participants=_choices(session)
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


def _list(asked: Asked, session: Session, errors: forms.Errors, status: int = 200) -> Response:
    people = session.exec(
        select(User, Participant)
        .join(Participant, col(Participant.id) == col(User.participant_id))
        .order_by(col(User.deactivated_at).is_not(None), col(User.name))
    ).all()
    return asked.page(
        "people/people.html", status, people=people, errors=errors, typed=asked.form, participants=_choices(session)
    )


def _form(asked: Asked, session: Session, user: User, errors: forms.Errors, status: int = 200) -> Response:
    return asked.page(
        "people/person.html", status, person=user, errors=errors, typed=asked.form, participants=_choices(session)
    )


def _choices(session: Session) -> list[tuple[str, str]]:
    return [(p.id, p.name) for p in session.exec(select(Participant).order_by(col(Participant.name)))]
