"""Beheer: somebody leaves in one go: what was theirs goes to a colleague, and access ends."""

from pydantic import BaseModel
from starlette.responses import Response

from db.models import User
from db.vocabulary_audit import Action
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.lobby.hand_over import hand_over, holdings
from tracker.people.participants import arranges, colleagues
from tracker.rights import Deed
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState
from tracker.web.people.people import find_user

THEIRS = "Dit kan alleen een beheerder van de eigen organisatie."


class LeavingForm(BaseModel):
    """Who takes over; nobody where nothing needs to be somebody's."""

    heir: int | None = None


def _leaver(request: RequestContext) -> User:
    user = find_user(request)
    if user.id == request.viewer.user_id or user.deactivated_at is not None:
        raise NotFound
    return user


def _colleagues(request: RequestContext, user: User) -> list[tuple[int, str]]:
    return [(c.id, c.name) for c in colleagues(request.session, user.participant_id) if c.id != user.id]


def _page(request: RequestContext, user: User, state: FormState) -> Response:
    """How much is theirs is for the own organisation: files of another are not an administrator's to count."""
    others = _colleagues(request, user)
    held = holdings(request.session, user) if _counts(request, user) else None
    allowed = arranges(request.session, request.user, user.participant_id)
    return request.page(
        "people/leaving.html", state=state, person=user, held=held, colleagues=others, allowed=allowed, theirs=THEIRS
    )


def _counts(request: RequestContext, user: User) -> bool:
    return user.participant_id == request.viewer.participant_id


page = PageOf(_leaver, _page, lambda _: "/beheer")


@page.form(LeavingForm, done="vertrokken")
def say_goodbye(request: RequestContext, user: User, form: LeavingForm) -> str:
    """Hand over and end access, both or neither."""
    if not arranges(request.session, request.user, user.participant_id):
        raise NotAllowed(THEIRS)
    heir = request.session.get(User, form.heir) if form.heir is not None else None
    if form.heir is not None and heir is None:
        raise NotFound
    if heir is None and not _counts(request, user) and _colleagues(request, user):
        raise Incomplete("Kies een collega die het overneemt.", "heir")
    deed = Deed(request.session, request.user, request.now.instant)
    count = hand_over(deed, user, heir)
    to = f"user {heir.id}" if heir else "nobody"
    given = f"{count} things" if _counts(request, user) else "things"
    request.record(Action.ACCESS_ENDED, f"user {user.id}", f"{given} to {to}")
    return "/beheer"
