"""In and out: a link by mail that works once, within ten minutes, and only after a press of its button."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel, EmailStr
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Delivery, MagicLink, MailText, User
from db.vocabulary import MailKind
from notifications.letter import sign_in
from tracker.people.subscriptions import folded
from tracker.web.frame import forms
from tracker.web.frame.context import RequestContext
from tracker.web.frame.safety import home_path
from tracker.web.frame.sessions import LASTS, cookie_name, hashed, revoke_sessions, start_session
from tracker.web.frame.site import Site

WORKS_FOR = timedelta(minutes=10)
MOST_PER_HOUR = 5


class SignInForm(BaseModel):
    email: EmailStr
    next: str = "/"


def ask(request: RequestContext) -> Response:
    """The form; who is signed in already goes on."""
    going = home_path(request.query.get("next"))
    if request.viewer.user_id is not None:
        return request.to(going)
    return request.page("people/login_ask.html", going=going, errors={}, typed=request.form)


def send_link(request: RequestContext) -> Response:
    """The same answer for a known and an unknown address, after the same work."""
    form, errors = forms.filled(SignInForm, request.form)
    if form is None:
        going = home_path(str(request.form.get("next", "/")))
        errors = {"email": "Vul een geldig e-mailadres in.", **{k: v for k, v in errors.items() if k != "email"}}
        return request.page("people/login_ask.html", 422, going=going, errors=errors, typed=request.form)
    address = folded(form.email)
    if _requests_lately(request.session, address, request.now.instant) < MOST_PER_HOUR:
        user = request.session.exec(
            select(User).where(User.email == address, col(User.deactivated_at).is_(None))
        ).first()
        token = new_link(request.session, user, address, home_path(form.next), request.now.instant)
        mail_link(request.session, request.site, user, token, request.now.instant)
        request.record("sign-in link asked", f"user {user.id}" if user else "nobody")
    return request.to("/inloggen/gevraagd")


def asked_for(request: RequestContext) -> Response:
    """What everybody reads after asking for a link."""
    return request.page("people/login_asked_for.html", minutes=WORKS_FOR.seconds // 60)


def show_button(request: RequestContext) -> Response:
    """Mail scanners open links before people do: opening changes nothing, the button signs in."""
    return request.page("people/login_button.html", token=request.params["token"])


def use_link(request: RequestContext) -> Response:
    """Sign in once; any older session of this browser ends."""
    link = request.session.exec(
        select(MagicLink)
        .where(MagicLink.token_hash == hashed(request.params["token"]), col(MagicLink.used_at).is_(None))
        .where(col(MagicLink.expires_at) > request.now.instant)
        .with_for_update()
    ).first()
    user = request.session.get(User, link.user_id) if link and link.user_id else None
    if link is None or user is None or user.deactivated_at is not None:
        request.record("sign in", "nobody", "refused")
        return request.page("people/login_expired.html", 410)
    link.used_at = request.now.instant
    if request.signed is not None:
        revoke_sessions(request.session, request.signed.user.id, request.now.instant, only=request.signed.session_id)
    token = start_session(request.session, user, request.headers.get("user-agent", ""), request.now.instant)
    request.record("sign in", f"user {user.id}")
    answer = request.to(home_path(link.next_path))
    set_cookie(answer, request, token)
    return answer


def leave(request: RequestContext) -> Response:
    """End this session, here and in the database."""
    assert request.signed is not None
    assert request.viewer.user_id is not None
    revoke_sessions(request.session, request.viewer.user_id, request.now.instant, only=request.signed.session_id)
    request.record("sign out", f"user {request.viewer.user_id}")
    answer = request.to("/inloggen", done="afgemeld")
    answer.delete_cookie(cookie_name(request.site.secure), secure=request.site.secure, httponly=True, samesite="lax")
    return answer


def new_link(session: Session, user: User | None, address: str, next_path: str, now: datetime) -> str:
    """A link that works once; gives its token. Links asked for earlier stop working."""
    token = secrets.token_urlsafe(32)
    for older in session.exec(
        select(MagicLink).where(MagicLink.address_hash == hashed(address), col(MagicLink.used_at).is_(None))
    ):
        older.used_at = now
    session.add(
        MagicLink(
            token_hash=hashed(token),
            address_hash=hashed(address),
            user_id=user.id if user else None,
            next_path=next_path,
            requested_at=now,
            expires_at=now + WORKS_FOR,
        )
    )
    return token


def set_cookie(answer: Response, request: RequestContext, token: str) -> None:
    """Lax, so that a link in a mail finds the person signed in; changes are guarded by origin and token."""
    answer.set_cookie(
        cookie_name(request.site.secure),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=request.site.secure,
        httponly=True,
        samesite="lax",
    )


def _requests_lately(session: Session, address: str, now: datetime) -> int:
    query = select(func.count()).select_from(MagicLink).where(MagicLink.address_hash == hashed(address))
    return session.exec(query.where(col(MagicLink.requested_at) > now - timedelta(hours=1))).one()


def mail_link(session: Session, site: Site, user: User | None, token: str, now: datetime) -> None:
    """Put the mail in the outbox. For an unknown address it is written too, and thrown away: both take as long."""
    link = link_address(site, token)
    letter = sign_in(link, user.name if user else "")
    request = secrets.token_hex(16)
    host = urlsplit(site.settings.base_url).hostname or "localhost"
    if user is None:
        return
    session.add(
        Delivery(
            key=f"login:{request}",
            message_id=f"<{request}@{host}>",
            kind=MailKind.SIGN_IN,
            lane=0,
            user_id=user.id,
            address=user.email,
            subject=letter.subject,
            written=MailText(text=letter.text, html=letter.html),
            sha256=hashlib.sha256((letter.text + letter.html).encode()).hexdigest(),
            planned_at=now,
            not_before=now,
            expires_at=now + timedelta(minutes=10),
            next_attempt_at=now,
        )
    )


def link_address(site: Site, token: str) -> str:
    """What stands in the mail; from the configured address, never from a request's Host header."""
    return f"{site.settings.base_url.rstrip('/')}/inloggen/link/{token}"
