"""One's own account: who I am here, and where I am signed in."""

from datetime import datetime

from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Participant, WebSession
from db.queries import Viewer
from tracker.web.frame import audit
from tracker.web.frame.context import Asked, NotThere
from tracker.web.frame.sessions import revoke_sessions


def show(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """Role, participant and sessions."""
    assert asked.signed is not None
    sessions = session.exec(
        select(WebSession)
        .where(WebSession.user_id == viewer.user_id, col(WebSession.revoked_at).is_(None))
        .where(col(WebSession.expires_at) > now)
        .order_by(col(WebSession.created_at).desc())
    ).all()
    participant = session.get(Participant, asked.user.participant_id)
    return asked.page(
        "people/account.html", sessions=sessions, participant=participant, this_session=asked.signed.session_id
    )


def revoke(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """End one of one's own sessions."""
    assert viewer.user_id is not None
    row = session.get(WebSession, asked.params["session_id"])
    if row is None or row.user_id != viewer.user_id:
        raise NotThere
    revoke_sessions(session, viewer.user_id, now, only=row.id)
    audit.record(session, asked, "session ended", f"user {viewer.user_id}")
    return asked.to("/account", done="sessie")
