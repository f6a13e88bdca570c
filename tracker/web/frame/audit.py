"""The audit log: action, object, result, origin, actor and time; never a secret, never a name."""

from db.models import AuditEntry
from tracker.web.frame.context import RequestContext


def record(request: RequestContext, action: str, object_: str, result: str = "done") -> None:
    """Add one line for what the person of this request did. The object reads as ``user 4`` or ``call 71``."""
    actor = f"user {request.signed.user.id}" if request.signed else "anonymous"
    request.session.add(
        AuditEntry(
            at=request.now.instant, actor=actor, action=action, object=object_, result=result, origin=request.origin
        )
    )
