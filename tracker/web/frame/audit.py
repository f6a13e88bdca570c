"""The audit log: action, object, result, origin, actor and time; never a secret, never a name."""

from sqlmodel import Session

from db.models import AuditEntry
from tracker.web.frame.context import Asked


def record(session: Session, asked: Asked, action: str, object_: str, result: str = "done") -> None:
    """Add one line for what the person of this request did. The object reads as ``user 4`` or ``call 71``."""
    actor = f"user {asked.signed.user.id}" if asked.signed else "anonymous"
    session.add(
        AuditEntry(at=asked.now, actor=actor, action=action, object=object_, result=result, origin=asked.origin)
    )
