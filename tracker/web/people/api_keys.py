"""Sleutels: the keys by which programs come in one's own name, made for a while and ended at any time."""

from datetime import date, timedelta

from pydantic import BaseModel
from starlette.responses import Response

from db.vocabulary import ApiScope
from db.vocabulary_audit import Action
from notifications.wording import start_of_day
from tracker.people import api_keys
from tracker.web.frame.actions import PageOf, attempt, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, REFUSED, FormState, Line, filled

USUAL = timedelta(days=180)


class KeyForm(BaseModel):
    """For which program, what it may, and until when."""

    name: Line = ""
    scopes: list[ApiScope] = []
    until: date


def _page(request: RequestContext, _: None, state: FormState) -> Response:
    return _shown(request, state)


def _shown(request: RequestContext, state: FormState, made: str = "") -> Response:
    show = request.told_once if made else request.page
    return show(
        "people/api_keys.html",
        state=state,
        made=made,
        keys=api_keys.keys_of(request.session, request.user, request.now.instant),
        scopes=[(scope.value, scope.label) for scope in ApiScope],
        usual=request.now.today + USUAL,
        latest=request.now.today + api_keys.LONGEST,
    )


page = PageOf(no_subject, _page, lambda _: "/account/sleutels")


def make(request: RequestContext) -> Response:
    """Make a key, and show it this once: the answer is the page itself, since no address may hold it."""
    form, errors = filled(KeyForm, request.form)
    if form is None:
        return _shown(request, FormState(request.form, errors, REFUSED))
    end = start_of_day(form.until + timedelta(days=1))
    made = attempt(request, lambda: api_keys.make_key(request.deed, form.name, form.scopes, end))
    if isinstance(made, FormState):
        return _shown(request, made)
    request.record(Action.API_KEY_MADE, f"user {request.user.id}", ", ".join(sorted(form.scopes)))
    return _shown(request, EMPTY_FORM, made)


@page.button(done="sleutel")
def end(request: RequestContext, _: None) -> None:
    """End one's own key: the program is refused from the next request on."""
    api_keys.end_key(request.deed, request.params["key_id"])
    request.record(Action.API_KEY_ENDED, f"user {request.user.id}")
