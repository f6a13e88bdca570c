"""The audit log as it is written where nobody is at a page: by a command, by the clock, by what a person brought in.

A page writes its line by ``RequestContext.record``, a program by tracker/web/api/deeds.py: they know the request, with
who asked and from where. The log is read by tracker/people/audit_log.py.
"""

from datetime import datetime

from sqlmodel import Session

from db.models import AuditEntry
from db.vocabulary_audit import Action

COMMAND_LINE = "command line"  # who acts where no person is named, and from where


def put_on_record(
    session: Session,
    now: datetime,
    action: Action,
    about: str,
    result: str = "done",
    actor: str = COMMAND_LINE,
    origin: str = "",
) -> None:
    """Add a line: ``about`` and ``actor`` read as ``user 4``, never a name. ``origin``: from where, else the actor."""
    session.add(AuditEntry(at=now, actor=actor, action=action, object=about, result=result, origin=origin or actor))
