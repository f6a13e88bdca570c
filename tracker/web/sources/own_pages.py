"""Bronnen: add a watched page by its address, look at any source, put it to rest, take it up again, give it up.

A look asks the site, so its page keeps nothing and holds up nobody who writes; LOOK_SECONDS bound each of its readings.
"""

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.vocabulary_audit import Action
from tracker.errors import NotFound, Refused
from tracker.sources.coverage import coverage
from tracker.sources.own_pages import LOOK_SECONDS, NO_LINK, described, give_up, keep, look, pause, take_up
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import REFUSED, FormState, InvalidForm, checked
from tracker.web.frame.site import PRACTICE_PATH


class SourceForm(BaseModel):
    """What is typed of a new source."""

    publisher: str = Field(max_length=120)
    start: str = Field(max_length=500)
    links: str = Field(default="", max_length=300)


class RestForm(BaseModel):
    """Why a source rests."""

    why: str = Field(max_length=200)


def _form(request: RequestContext, _subject: None, state: FormState) -> Response:
    practice = request.site.settings.base_url.rstrip("/") + PRACTICE_PATH
    return request.page("sources/own_pages.html", state=state, look=None, seconds=LOOK_SECONDS, practice=practice)


_new = PageOf(no_subject, _form, lambda _: "/bronnen")


def new(request: RequestContext) -> Response:
    """The empty form."""
    return _new(request)


def look_first(request: RequestContext) -> Response:
    """What the site shows and what would be read of it; nothing is kept."""
    try:
        form = checked(SourceForm, request.form)
        seen = look(form.publisher, form.start.strip(), form.links, request.site.settings, request.now.instant)
    except Refused as error:
        errors = error.errors if isinstance(error, InvalidForm) else {error.field or "form": str(error)}
        return _form(request, None, FormState(request.form, errors, REFUSED))
    chosen = "" if seen.watched.links == NO_LINK else seen.watched.links
    state = FormState(request.form, {})
    return request.page("sources/own_pages.html", state=state, look=seen, chosen=chosen, seconds=LOOK_SECONDS)


@_new.form(SourceForm, done="bron")
def add(request: RequestContext, _subject: None, form: SourceForm) -> str:
    """Keep what was looked at: the next round reads it."""
    watched = described(form.publisher, form.start, form.links or NO_LINK, request.site.settings)
    keep(watched, request.site.settings)
    request.record(Action.SOURCE_ADDED, f"source {watched.name}")
    return f"/bronnen/{watched.name}"


def _source(request: RequestContext) -> str:
    name = str(request.params["source"])
    rows = coverage(request.session, request.site.settings, request.now.instant)
    if name not in {row.name for row in rows}:
        raise NotFound
    return name


def _show_rest(request: RequestContext, name: str, state: FormState) -> Response:
    rows = coverage(request.session, request.site.settings, request.now.instant)
    source = next(row for row in rows if row.name == name)
    return request.page("sources/own_pages_rest.html", state=state, source=source)


_rest = PageOf(_source, _show_rest, lambda name: f"/bronnen/{name}")
rest = _rest.__call__


@_rest.form(RestForm, done="bron-stil")
def put_to_rest(request: RequestContext, name: str, form: RestForm) -> None:
    """The source is asked no more; what it said stays."""
    pause(name, form.why, request.site.settings)
    request.record(Action.SOURCE_PAUSED, f"source {name}")


@_rest.button(done="bron-weer")
def wake(request: RequestContext, name: str) -> None:
    """It is asked again from the next round on."""
    take_up(name, request.site.settings)
    request.record(Action.SOURCE_TAKEN_UP, f"source {name}")


@_rest.button(done="bron-weg")
def retire(request: RequestContext, name: str) -> str:
    """A page of our own is a source no more."""
    give_up(name, request.site.settings)
    request.record(Action.SOURCE_GIVEN_UP, f"source {name}")
    return "/bronnen"


def try_it(request: RequestContext) -> Response:
    """Ask a source for as little as possible, and show how that compares with what is expected; nothing is kept."""
    from tracker.sources.live_check import look_at  # with what reads pages, 25 MiB: only for who asks it

    name = _source(request)
    result, crawled = look_at(name, request.site.settings, request.now.instant, LOOK_SECONDS)
    return request.page("sources/own_pages_try.html", name=name, result=result, crawled=crawled)
