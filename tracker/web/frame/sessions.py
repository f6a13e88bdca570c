"""Who is signed in: sessions in the database, found by a hash of the cookie, gone the moment they are revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import User, WebSession
from db.queries import Viewer
from db.vocabulary import Role
from tracker.web.frame.context import Signed

LASTS = timedelta(days=7)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(secure: bool) -> str:
    """``__Host-`` binds the cookie to this host; browsers refuse it on plain HTTP, so there it is left off."""
    return "__Host-kansenradar" if secure else "kansenradar"


def start_session(session: Session, user: User, agent: str, now: datetime) -> str:
    """A new session for a person; gives the token for the cookie, which is stored nowhere."""
    assert user.id is not None
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(token_hash=hashed(token), user_id=user.id, created_at=now, expires_at=now + LASTS, agent=agent[:120])
    )
    return token


def find_signed(session: Session, token: str | None, now: datetime) -> Signed | None:
    """The person behind a cookie, as it stands in the database now: role and participant hold from this request on."""
    if not token:
        return None
    query = (
        select(WebSession, User)
        .join(User, col(User.id) == col(WebSession.user_id))
        .where(col(WebSession.token_hash) == hashed(token), col(WebSession.revoked_at).is_(None))
        .where(col(WebSession.expires_at) > now, col(User.deactivated_at).is_(None))
    )
    row = session.exec(query).first()
    if row is None or row[0].id is None:
        return None
    return Signed(user=row[1], session_id=row[0].id, csrf=hashed(f"form:{token}"))


def viewer_of(signed: Signed | None) -> Viewer:
    """The viewer that queries take; nobody signed in is the public."""
    if signed is None:
        return Viewer()
    user = signed.user
    return Viewer(user_id=user.id, role=Role(user.role), participant_id=user.participant_id)


def revoke_sessions(session: Session, user_id: int, now: datetime, only: int | None = None) -> None:
    """End one session of a person, or all of them."""
    query = select(WebSession).where(col(WebSession.user_id) == user_id, col(WebSession.revoked_at).is_(None))
    for row in session.exec(query if only is None else query.where(col(WebSession.id) == only)):
        row.revoked_at = now
