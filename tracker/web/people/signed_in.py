"""The moment somebody is in, by whatever way: a new session, the cookies of this browser, and on to where they went."""

import secrets
from datetime import timedelta

from starlette.responses import Response

from db.models import Identity, User
from tracker.people.access import KNOWN_FOR, LASTS, remember_browser, revoke_sessions, start_session
from tracker.web.frame.context import RequestContext
from tracker.web.frame.safety import home_path
from tracker.web.frame.sessions import cookie_name

KNOWN, VISIT, HINT = "bekend", "bezoek", "adres"  # cookies beside that of the session; none of them signs in
SHORTLY = timedelta(minutes=10)
LONGEST_TOKEN = 100  # characters


def sign_in(
    request: RequestContext, user: User, next_path: str, identity: Identity | None = None, sid: str = ""
) -> Response:
    """Sign in here; any older session of this browser ends, and its cookie is worth nothing."""
    now = request.now.instant
    if request.signed is not None and request.signed.user.id is not None:
        revoke_sessions(request.session, request.signed.user.id, now, only=request.signed.session_id)
    token = start_session(request.session, user, request.headers.get("user-agent", ""), now, identity, sid)
    answer = request.to(home_path(next_path))
    set_cookie(answer, request, "", token, LASTS)
    set_cookie(answer, request, KNOWN, remember_browser(request.session, user, cookie(request, KNOWN), now), KNOWN_FOR)
    return answer


def set_cookie(answer: Response, request: RequestContext, what: str, value: str, lasts: timedelta) -> None:
    """Lax, so that a link in a mail finds the person signed in; changes are guarded by origin and token."""
    answer.set_cookie(
        cookie_name(request.site.secure, what),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=request.site.secure,
        httponly=True,
        samesite="lax",
    )


def cookie(request: RequestContext, what: str) -> str:
    """What this browser keeps under this name; "" where there is nothing that could be ours."""
    value = request.cookies.get(cookie_name(request.site.secure, what), "")
    return value if len(value) <= LONGEST_TOKEN else ""


def visitor_token(request: RequestContext) -> str:
    """Names this browser for as long as somebody is on the way to a provider and back, in several tabs at once."""
    return cookie(request, VISIT) or secrets.token_urlsafe(32)
