"""Calendar feeds on the web: the files themselves, and the page where people make, renew and end their addresses."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import CalendarFeed, Challenge, Deadline, Subscription
from db.queries import Viewer
from db.vocabulary_calendar import FeedScope
from notifications.ical import calendar_file
from tracker.calendar.events import deadline_events, deadline_lines
from tracker.calendar.feeds import feed_file, find_feed, open_feed, rotate, stamp
from tracker.web.frame import audit, forms
from tracker.web.frame.context import NotThere, RequestContext

ICS = "text/calendar; charset=utf-8"
# Private: no cache between us and the reader may keep it. An hour: readers that ask each minute get a 304 anyway.
PRIVATE = {"Cache-Control": "private, max-age=300, must-revalidate", "X-Robots-Tag": "noindex, nofollow"}
ALWAYS = timedelta(days=10_000)  # a single event may be saved long after it was


def read(request: RequestContext) -> Response:
    """The file. Calendar programs have no cookie: who has the address may read, as long as it stands."""
    found = find_feed(request.session, str(request.params["token"]))
    if found is None:
        raise NotThere
    feed, user = found
    base = request.site.settings.base_url
    mark = stamp(request.session, feed, request.now.instant, base)
    headers = {**PRIVATE, "ETag": f'W/"{mark}"'}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="kansenradar.ics"'
    return Response(
        feed_file(request.session, feed, user, request.now.instant, base, mark), media_type=ICS, headers=headers
    )


def one(request: RequestContext) -> Response:
    """One deadline of a call, to save in any calendar."""
    this = [col(Deadline.id) == request.params["deadline_id"]]
    events = deadline_events(
        deadline_lines(request.session, request.now.instant, this, ALWAYS),
        request.site.settings.base_url,
        request.now.instant,
    )
    if not events:
        raise NotThere
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="termijn-{request.params["deadline_id"]}.ics"'}
    return Response(calendar_file(events, "Kansenradar"), media_type=ICS, headers=headers)


class NewFeed(BaseModel):
    """What a new feed is about; a filter comes from one of one's own subscriptions."""

    scope: FeedScope
    name: Annotated[str, Field(max_length=100)] = ""
    challenge: str = ""
    subscription: int = 0


def show(request: RequestContext) -> Response:
    """One's own feeds, how to add one to Outlook, Google or Apple, and a form for another."""
    return _page(request)


def _page(request: RequestContext, status: int = 200, **more: Any) -> Response:
    feeds = request.session.exec(
        select(CalendarFeed)
        .where(CalendarFeed.user_id == request.viewer.user_id, col(CalendarFeed.revoked_at).is_(None))
        .order_by(col(CalendarFeed.id))
    ).all()
    challenges = request.session.exec(
        select(Challenge)
        .where(col(Challenge.name).is_not(None))
        .order_by(col(Challenge.agenda_id), col(Challenge.position))
    ).all()
    saved = request.session.exec(
        select(Subscription).where(Subscription.user_id == request.viewer.user_id, col(Subscription.ended_at).is_(None))
    ).all()
    given: dict[str, Any] = {"errors": {}, "typed": {}, "address": "", **more}
    return request.page(
        "calendar/feeds.html", status, feeds=feeds, challenges=challenges, saved=saved, FeedScope=FeedScope, **given
    )


def make(request: RequestContext) -> Response:
    """A new feed; its address is shown now and never again."""
    form, errors = forms.filled(NewFeed, request.form)
    name, wanted = "", dict[str, Any]()
    if form is not None:
        name, wanted, errors = _about(form, request.viewer, request.session)
    if form is None or errors:
        return _page(request, 422, errors=errors, typed=request.form)
    challenge = form.challenge if form.scope == FeedScope.CHALLENGE else None
    feed, token = open_feed(
        request.session, request.user, form.scope, form.name or name, request.now.instant, challenge, wanted
    )
    audit.record(request, "calendar feed made", f"feed {feed.id}")
    return _page(request, address=_address(request, token))


def _about(form: NewFeed, viewer: Viewer, session: Session) -> tuple[str, dict[str, Any], forms.Errors]:
    """The usual name of a feed, its filter, and what is wrong with the form."""
    if form.scope == FeedScope.CHALLENGE:
        challenge = session.get(Challenge, form.challenge)
        return (challenge.name or "", {}, {}) if challenge else ("", {}, {"challenge": "Kies een opgave."})
    if form.scope == FeedScope.FILTER:
        saved = session.get(Subscription, form.subscription)
        if saved is None or saved.user_id != viewer.user_id:
            return "", {}, {"subscription": "Kies een van uw abonnementen."}
        return saved.name or "mijn selectie", dict(saved.filter), {}
    return form.scope.label, {}, {}


def renew(request: RequestContext) -> Response:
    """A new address for a feed whose address leaked; the old one is gone at once."""
    feed = _own(request)
    token = rotate(feed, request.now.instant)
    request.session.add(feed)
    audit.record(request, "calendar feed renewed", f"feed {feed.id}")
    request.session.flush()
    return _page(request, address=_address(request, token))


def revoke(request: RequestContext) -> Response:
    """End a feed."""
    feed = _own(request)
    feed.revoked_at = request.now.instant
    request.session.add(feed)
    audit.record(request, "calendar feed ended", f"feed {feed.id}")
    return request.to("/kalender/abonneren", done="feed-gestopt")


def _own(request: RequestContext) -> CalendarFeed:
    feed = request.session.get(CalendarFeed, request.params["feed_id"])
    if feed is None or feed.user_id != request.viewer.user_id or feed.revoked_at is not None:
        raise NotThere
    return feed


def _address(request: RequestContext, token: str) -> str:
    return f"{request.site.settings.base_url.rstrip('/')}/kalender/feed/{token}.ics"
