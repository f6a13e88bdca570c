"""What dossiers and applications share: who may see and change them, whose turn it is, and the log."""

from datetime import date
from typing import Any

from sqlmodel import Session

from db.models import Dossier, LogEntry
from db.queries import Viewer
from db.rights import may_see
from db.vocabulary_lobby import DossierKind, LogKind
from tracker.errors import NotThere
from tracker.rights import Deed


def dossier_for(session: Session, viewer: Viewer, dossier_id: int, kind: DossierKind | None = None) -> Dossier:
    """The dossier, or NotThere: whether it exists at all is not told."""
    dossier = session.get(Dossier, dossier_id)
    seen = dossier is not None and may_see(viewer, dossier.participant_id, dossier.visibility)
    if dossier is None or not seen or (kind and dossier.kind != kind):
        raise NotThere("Dit dossier bestaat niet.")
    return dossier


def log(
    deed: Deed,
    dossier: Dossier,
    kind: LogKind,
    text: str,
    day: date | None = None,
    subject: Any = None,
    stages: tuple[str | None, str | None] = (None, None),
) -> LogEntry:
    """Add a line to the dossier's log, seen by whoever may see its subject (or, without one, the dossier)."""
    owner = subject if subject is not None and hasattr(subject, "visibility") else dossier
    entry = LogEntry(
        dossier_id=dossier.id,
        participant_id=owner.participant_id,
        visibility=owner.visibility,
        at=deed.now,
        day=day or deed.today,
        user_id=deed.by.id,
        kind=kind,
        text=text,
        from_stage=stages[0],
        to_stage=stages[1],
        subject_id=getattr(subject, "id", None),
    )
    deed.session.add(entry)
    return entry
