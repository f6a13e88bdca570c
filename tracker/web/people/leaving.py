"""Beheer: somebody leaves in one go: what was theirs goes to a colleague, and access ends."""

from pydantic import BaseModel
from starlette.responses import Response

from db.models import User
from db.vocabulary_audit import Action
from tracker.errors import NotFound
from tracker.lobby.hand_over import hand_over, holdings
from tracker.people.participants import colleagues
from tracker.rights import Deed
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState
from tracker.web.people.people import find_user


class LeavingForm(BaseModel):
    """Who takes over; nobody where nothing needs to be somebody's."""

    heir: int | None = None


def _leaver(request: RequestContext) -> User:
    user = find_user(request)
    if user.id == request.viewer.user_id or user.deactivated_at is not None:
        raise NotFound
    return user


def _page(request: RequestContext, user: User, state: FormState) -> Response:
    others = [(c.id, c.name) for c in colleagues(request.session, user.participant_id) if c.id != user.id]
    held = holdings(request.session, user)
    return request.page("people/leaving.html", state=state, person=user, held=held, colleagues=others)


page = PageOf(_leaver, _page, lambda _: "/beheer")


@page.form(LeavingForm, done="vertrokken")
def say_goodbye(request: RequestContext, user: User, form: LeavingForm) -> str:
    """Hand over and end access, both or neither."""
    heir = request.session.get(User, form.heir) if form.heir is not None else None
    if form.heir is not None and heir is None:
        raise NotFound
    deed = Deed(request.session, request.user, request.now.instant)
    count = hand_over(deed, user, heir)
    to = f"user {heir.id}" if heir else "nobody"
    request.record(Action.ACCESS_ENDED, f"user {user.id}", f"{count} things to {to}")
    return "/beheer"
