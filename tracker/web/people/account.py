"""One's own account: who I am here, and where I am signed in."""

from sqlmodel import col, select
from starlette.responses import Response

from db.models import Participant, WebSession
from db.vocabulary_audit import Action
from tracker.errors import NotFound
from tracker.mailing.silence import silence_of
from tracker.people.access import revoke_sessions
from tracker.web.frame.context import RequestContext


def show(request: RequestContext) -> Response:
    """Role, participant and sessions."""
    assert request.signed is not None
    sessions = request.session.exec(
        select(WebSession)
        .where(WebSession.user_id == request.viewer.user_id, col(WebSession.revoked_at).is_(None))
        .where(col(WebSession.expires_at) > request.now.instant)
        .order_by(col(WebSession.created_at).desc())
    ).all()
    participant = request.session.get(Participant, request.user.participant_id)
    return request.page(
        "people/account.html",
        sessions=sessions,
        participant=participant,
        this_session=request.signed.session_id,
        silence=silence_of(request.session, request.user.email, request.now.instant),
    )


def revoke(request: RequestContext) -> Response:
    """End one of one's own sessions."""
    assert request.viewer.user_id is not None
    row = request.named(WebSession, "session_id")
    if row.user_id != request.viewer.user_id:
        raise NotFound
    revoke_sessions(request.session, request.viewer.user_id, request.now.instant, only=row.id)
    request.record(Action.SESSION_ENDED, f"user {request.viewer.user_id}")
    return request.to("/account", done="sessie")
