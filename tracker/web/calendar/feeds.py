"""Calendar feeds on the web: the files themselves, and the page where people make, renew and end their addresses."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import CalendarFeed, Challenge, Deadline, Subscription
from db.vocabulary_audit import Action
from db.vocabulary_calendar import FeedScope
from notifications.ical import calendar_file
from tracker.calendar.events import deadline_events, deadline_lines
from tracker.calendar.feeds import feed_file, find_feed, open_feed, rotate, stamp
from tracker.errors import Incomplete, NotFound
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, checked

ICS = "text/calendar; charset=utf-8"
# Private: no cache between us and the reader may keep it. An hour: readers that ask each minute get a 304 anyway.
PRIVATE = {"Cache-Control": "private, max-age=300, must-revalidate", "X-Robots-Tag": "noindex, nofollow"}
ALWAYS = timedelta(days=10_000)  # a single event may be saved long after it was


def read(request: RequestContext) -> Response:
    """The file. Calendar programs have no cookie: who has the address may read, as long as it stands."""
    owned = find_feed(request.session, str(request.params["token"]))
    if owned is None:
        raise NotFound
    feed, user = owned
    base = request.site.settings.base_url
    mark = stamp(request.session, feed, request.now, base)
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
    now, base = request.now.instant, request.site.settings.base_url
    events = list(deadline_events(deadline_lines(request.session, now, this, ALWAYS), base, now))
    if not events:
        raise NotFound
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="termijn-{request.params["deadline_id"]}.ics"'}
    return Response(calendar_file(events, "Kansenradar"), media_type=ICS, headers=headers)


class FeedForm(BaseModel):
    """What a new feed is about; a filter comes from one of one's own subscriptions."""

    scope: FeedScope
    name: Annotated[str, Field(max_length=100)] = ""
    challenge: str = ""
    subscription: int = 0


def show(request: RequestContext) -> Response:
    """One's own feeds, how to add one to Outlook, Google or Apple, and a form for another."""
    return _page(request)


def _page(request: RequestContext, state: FormState = EMPTY_FORM, token: str = "") -> Response:
    session, user_id = request.session, request.viewer.user_id
    feeds = select(CalendarFeed).where(CalendarFeed.user_id == user_id, col(CalendarFeed.revoked_at).is_(None))
    named = select(Challenge).where(col(Challenge.name).is_not(None))
    saved = select(Subscription).where(Subscription.user_id == user_id, col(Subscription.ended_at).is_(None))
    base = request.site.settings.base_url.rstrip("/")
    answer = request.told_once if token else request.page
    return answer(
        "calendar/feeds.html",
        state=state,
        feeds=session.exec(feeds.order_by(col(CalendarFeed.id))).all(),
        challenges=session.exec(named.order_by(col(Challenge.agenda_id), col(Challenge.position))).all(),
        saved=session.exec(saved).all(),
        address=f"{base}/kalender/feed/{token}.ics" if token else "",
    )


def make(request: RequestContext) -> Response:
    """A new feed; its address is shown now and never again."""
    token = attempt(request, lambda: _open(request, checked(FeedForm, request.form)))
    return _page(request, token) if isinstance(token, FormState) else _page(request, token=token)


def _open(request: RequestContext, form: FeedForm) -> str:
    name, wanted = _about(request, form)
    challenge = form.challenge if form.scope == FeedScope.CHALLENGE else None
    feed, token = open_feed(
        request.session, request.user, form.scope, form.name or name, request.now.instant, challenge, wanted
    )
    request.record(Action.CALENDAR_FEED_MADE, f"feed {feed.id}")
    return token


def _about(request: RequestContext, form: FeedForm) -> tuple[str, dict[str, Any]]:
    """The usual name of a feed, and its filter."""
    if form.scope == FeedScope.CHALLENGE:
        challenge = request.session.get(Challenge, form.challenge)
        if challenge is None:
            raise Incomplete("Kies een opgave.", "challenge")
        return challenge.name or "", {}
    if form.scope == FeedScope.FILTER:
        saved = request.session.get(Subscription, form.subscription)
        if saved is None or saved.user_id != request.viewer.user_id:
            raise Incomplete("Kies een van uw abonnementen.", "subscription")
        return saved.name or "mijn selectie", dict(saved.filter)
    return form.scope.label, {}


def renew(request: RequestContext) -> Response:
    """A new address for a feed whose address leaked; the old one is gone at once."""
    feed = _own(request)
    token = rotate(feed, request.now.instant)
    request.session.add(feed)
    request.record(Action.CALENDAR_FEED_RENEWED, f"feed {feed.id}")
    request.session.flush()
    return _page(request, token=token)


def revoke(request: RequestContext) -> Response:
    feed = _own(request)
    feed.revoked_at = request.now.instant
    request.session.add(feed)
    request.record(Action.CALENDAR_FEED_ENDED, f"feed {feed.id}")
    return request.to("/kalender/abonneren", done="feed-gestopt")


def _own(request: RequestContext) -> CalendarFeed:
    feed = request.named(CalendarFeed, "feed_id")
    if feed.user_id != request.viewer.user_id or feed.revoked_at is not None:
        raise NotFound
    return feed
