"""Beheer: people with their roles, found by organisation; inviting them; and participants."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import BaseModel, EmailStr, Field
from sqlmodel import select
from starlette.responses import Response

from db.models import Identity, Participant, User
from db.vocabulary import MailKind, Role
from db.vocabulary_audit import Action
from notifications.outbox import Mail, put
from notifications.wording import local_day
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.mailing.mailer import open_mailer
from tracker.people.access import accounts, change_address, end_access, leave_organisation, unlink
from tracker.people.participants import arranges, stranded, takes_part
from tracker.people.people_list import PeopleFilter, PersonRow, invitation_key, invited_at, people_in
from tracker.people.subscriptions import folded
from tracker.rights import Deed
from tracker.versions import must_stand, stand
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm, Line, OneLine, asked_for
from tracker.web.frame.lists import ListQuery

LANE = 3
QUIET_FOR = timedelta(days=90)
INVITATION_LASTS = timedelta(days=3)
SUBJECT = "Uitnodiging voor Kansenradar"

PERSON = ("email", "name", "role", "participant_id")  # what the form shows


class PersonForm(BaseModel):
    """The form of a person; ``seen``: how the row stood when the page was made, nothing for a new one."""

    seen: str = ""
    email: EmailStr
    name: Annotated[str, Field(min_length=1, max_length=120), OneLine]
    role: Role
    participant_id: str = Field(min_length=1)


class NewPersonForm(PersonForm):
    """A person to add, who can be invited by mail at once."""

    invite: bool = False


class PeopleQuery(ListQuery):
    """The address of the list of people."""

    PATH: ClassVar[str] = "/beheer"

    text: Line = ""
    organisation: Line = ""
    role: Role | None = None
    quiet: bool = False

    def wanted(self, now: datetime) -> PeopleFilter:
        """The filter alone."""
        return PeopleFilter(self.text, self.organisation, self.role, now - QUIET_FOR if self.quiet else None)

    @property
    def files(self) -> tuple[str, str]:
        """Where all of them are had as a file."""
        return "/beheer/mensen", self.address(1).partition("?")[2]


COLUMNS = ("naam", "e-mailadres", "rol", "deelnemer", "laatst ingelogd", "geen toegang sinds")


def _list(request: RequestContext, _: None, state: FormState) -> Response:
    """Those whom the filter means, those who left last, and the form for one more."""
    query = asked_for(PeopleQuery, request.query)[0] if request.method == "GET" else PeopleQuery()
    if query is None:
        raise InvalidForm(asked_for(PeopleQuery, request.query)[1])
    return request.page(
        "people/people.html",
        state=state,
        query=query,
        listed=people_in(request.session, query.wanted(request.now.instant), query.page),
        stranded=stranded(request.session, request.now.today),
        participants=actions.participants(request.session, request.now.today),
        organisations=actions.participants(request.session),
    )


index = PageOf(no_subject, _list, lambda _: "/beheer")


def as_file(request: RequestContext) -> Response:
    """All whom the filter means, as a file."""
    found = people_in(request.session, request.read_query(PeopleQuery).wanted(request.now.instant), None)
    return request.file("mensen", COLUMNS, map(_cells, found.rows))


def _cells(row: PersonRow) -> list[object]:
    user, left, seen = row.user, row.user.deactivated_at, row.last_sign_in
    days = (local_day(seen) if seen else "nooit", local_day(left) if left else "")
    return [user.name, user.email, Role(user.role).label, row.organisation, *days]


@index.form(NewPersonForm)
def create(request: RequestContext, _: None, form: NewPersonForm) -> None:
    """Add a person, and invite them where that was asked; the first sign-in is by link."""
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
    request.record(Action.PERSON_ADDED, f"user {user.id}", f"role {user.role}")
    if form.invite:
        invite_by_mail(request, user)


def _homes(request: RequestContext, home: str) -> list[tuple[str, str]]:
    """The participants of today, and the one where somebody is, which may be over."""
    now = actions.participants(request.session, request.now.today)
    if home in dict(now):
        return now
    return [*now, (home, f"{request.session.get_one(Participant, home).name} (bestaat niet meer)")]


def find_user(request: RequestContext) -> User:
    """The person of the address."""
    return request.named(User, "user_id")


def _form(request: RequestContext, user: User, state: FormState) -> Response:
    return request.page(
        "people/person.html",
        state=state,
        person=user,
        seen=stand([user], *PERSON),
        participants=_homes(request, user.participant_id),
        invited_at=invited_at(request.session, user),
        accounts=accounts(request.session, user),
    )


person = PageOf(find_user, _form, lambda _: "/beheer")


@person.form(PersonForm)
def save(request: RequestContext, user: User, form: PersonForm) -> None:
    """Change a person; a new role holds from the next request on.

    Somebody whose access a participant ended may be taken on by another, with an empty desk.
    """
    if user.id == request.viewer.user_id:
        _check_own(user, form)
    if user.participant_id == form.participant_id or user.deactivated_at is None:
        _must_arrange(request, user)
    _check(request, form, user)
    must_stand([user], form.seen, *PERSON)
    before = user.role
    if user.email != folded(form.email):
        change_address(request.session, user, folded(form.email), request.now.instant)
        request.record(Action.ADDRESS_CHANGED, f"user {user.id}")
    if user.participant_id != form.participant_id:
        leave_organisation(Deed(request.session, request.user, request.now.instant), user)
    user.name = form.name
    user.role, user.participant_id = form.role, form.participant_id
    request.record(Action.PERSON_CHANGED, f"user {user.id}", f"role {before} to {user.role}")


def _check_own(user: User, form: PersonForm) -> None:
    """Nobody takes the last keys from themselves, nor lets themselves into the files of another organisation."""
    if form.role != Role.ADMINISTRATOR:
        raise InvalidForm({"role": "U kunt uzelf geen beheerder af maken: vraag een andere beheerder."})
    if form.participant_id != user.participant_id:
        raise InvalidForm({"participant_id": "Uw eigen deelnemer kunt u niet wijzigen: vraag een andere beheerder."})


def _check(request: RequestContext, form: PersonForm, user: User | None) -> None:
    """Whether the address is free, and the participant one that takes part and where the viewer lets people in."""
    same = request.session.exec(select(User).where(User.email == folded(form.email))).first()
    if same is not None and (user is None or same.id != user.id):
        raise InvalidForm({"email": "Dit adres is al van iemand."})
    participant = request.session.get(Participant, form.participant_id)
    if participant is None:
        raise InvalidForm({"participant_id": "Kies een deelnemer uit de lijst."})
    moves = user is None or user.participant_id != participant.id
    if moves and not takes_part(participant, request.now.today):
        raise InvalidForm({"participant_id": "Deze deelnemer bestaat nu niet."})
    if moves and not arranges(request.session, request.user, participant.id):
        way = "die laat mensen toe." if user is None else "die neemt deze persoon op zodra u de toegang hier beëindigt."
        raise InvalidForm({"participant_id": f"{participant.name} heeft een eigen beheerder: {way}"})


@PageOf(find_user, _form, lambda _: "/beheer").button()
def deactivate(request: RequestContext, user: User) -> None:
    """End somebody's access: sessions and links are dead at once; or give it back."""
    if user.id == request.viewer.user_id:
        raise NotFound
    if (user.deactivated_at is None) != (request.form.get("to") == "ended"):
        return  # it is so already: a second press takes nothing back
    _must_arrange(request, user)
    if user.deactivated_at:
        user.deactivated_at = None
    else:
        end_access(Deed(request.session, request.user, request.now.instant), user)
    request.record(Action.ACCESS_ENDED if user.deactivated_at else Action.ACCESS_GIVEN, f"user {user.id}")


def _must_arrange(request: RequestContext, user: User) -> None:
    """A participant with an administrator keeps its people against those of others, who would read by them."""
    if not arranges(request.session, request.user, user.participant_id):
        home = request.session.get_one(Participant, user.participant_id).name
        raise NotAllowed(f"{home} heeft een eigen beheerder: die wijzigt wie daar werkt.")


@PageOf(find_user, _form, lambda user: f"/beheer/mensen/{user.id}").button(done="uitgenodigd")
def invite(request: RequestContext, user: User) -> None:
    """Mail somebody what Kansenradar is and where one signs in."""
    _must_arrange(request, user)
    invite_by_mail(request, user)


def unlink_account(request: RequestContext) -> Response:
    """Let go of an account at a provider: the next one with this person's mail address is linked anew."""
    user, identity = find_user(request), request.named(Identity, "identity_id")
    if identity.user_id != user.id or not arranges(request.session, request.user, user.participant_id):
        raise NotFound
    unlink(request.session, identity, request.now.instant)
    request.record(Action.ACCOUNT_UNLINKED, f"user {user.id}")
    return request.to(f"/beheer/mensen/{user.id}", done="losgemaakt")


def invite_by_mail(request: RequestContext, user: User) -> None:
    """Put the mail in the outbox, once a day. Raises Incomplete where it can reach nobody or went today."""
    if user.deactivated_at is not None:
        raise Incomplete("Deze persoon heeft geen toegang: geef die eerst.")
    mailer, now = open_mailer(request.site.settings, request.site.engine), request.now.instant
    context = {"to": user, "by": request.user, "link": mailer.links.page("/inloggen"), "role": Role(user.role).label}
    text, html = (request.site.render(f"people/invitation_mail.{kind}", context) for kind in ("txt", "html"))
    mail = Mail(
        f"{invitation_key(user)}{request.now.today}", MailKind.ALERT, user.id, user.email, SUBJECT,
        text, html, {"Reply-To": request.user.email}, now, now + INVITATION_LASTS, LANE,
    )  # fmt: skip
    if not put(request.session, [mail], mailer.key, mailer.domain):
        raise Incomplete("Deze persoon is vandaag al uitgenodigd.")
    request.record(Action.PERSON_INVITED, f"user {user.id}")
