"""Who is signed in: sessions in the database, found by a hash of the cookie, gone the moment they are revoked."""

from datetime import datetime

from sqlmodel import Session, col, select

from db.models import User, WebSession
from db.queries import HASH, Viewer
from db.status import NOW
from db.vocabulary import Role
from tracker.people.access import hashed
from tracker.web.frame.context import Signed


def cookie_name(secure: bool, what: str = "") -> str:
    """``__Host-`` binds the cookie to this host; browsers refuse it on plain HTTP, so there it is left off."""
    return f"{'__Host-' if secure else ''}kansenradar{'-' + what if what else ''}"


def find_signed(session: Session, token: str | None, now: datetime) -> Signed | None:
    """The person behind a cookie, as it stands in the database now: role and participant hold from this request on."""
    if not token:
        return None
    row = session.exec(_SIGNED, params={"hash": hashed(token), "now": now}).first()
    if row is None or row[0].id is None:
        return None
    return Signed(user=row[1], session_id=row[0].id, csrf=hashed(f"form:{token}"))


# Said once: every request asks it.
_SIGNED = (
    select(WebSession, User)
    .join(User, col(User.id) == col(WebSession.user_id))
    .where(col(WebSession.token_hash) == HASH, col(WebSession.revoked_at).is_(None))
    .where(col(WebSession.expires_at) > NOW, col(User.deactivated_at).is_(None))
)


def viewer_of(signed: Signed | None) -> Viewer:
    """The viewer that queries take; nobody signed in is the public."""
    if signed is None:
        return Viewer()
    user = signed.user
    return Viewer(user_id=user.id, role=Role(user.role), participant_id=user.participant_id)
