"""What lobby dossiers and applications share: finding one, bringing it to its next stage, and its log."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from db.models import Dossier, LogEntry
from db.queries import Viewer
from db.rights import may_see
from db.vocabulary_lobby import ApplicationStage, DossierKind, LogKind, Stage
from tracker.errors import MoveNotAllowed, NotFound
from tracker.rights import Deed
from tracker.versions import claim

AnyStage = TypeVar("AnyStage", Stage, ApplicationStage)


def dossier_for(session: Session, viewer: Viewer, dossier_id: int, kind: DossierKind | None = None) -> Dossier:
    """The dossier, or NotFound: whether it exists at all is not told."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is not None and dossier.merged_into_id is not None:  # its address leads on
        return dossier_for(session, viewer, dossier.merged_into_id, kind)
    seen = dossier is not None and dossier.deleted_at is None and may_see(session, viewer, dossier)
    if dossier is None or not seen or (kind and dossier.kind != kind):
        raise NotFound("Dit dossier bestaat niet.")
    return dossier


def log(
    deed: Deed,
    dossier: Dossier,
    kind: LogKind,
    text: str,
    day: date | None = None,
    subject: Any = None,
    stages: tuple[str | None, str | None] = (None, None),
    visibility: str | None = None,
) -> LogEntry:
    """Store what was done and add a line to the dossier's log.

    The line is seen by whoever may see its subject, or without one the dossier; with ``visibility`` it is a line of
    the own organisation. It cannot change any more: a trigger of the database keeps it.
    """
    deed.session.flush()  # gives a new subject its number
    owner = subject if subject is not None and hasattr(subject, "visibility") else dossier
    entry = LogEntry(
        dossier_id=dossier.id,
        participant_id=deed.by.participant_id if visibility else owner.participant_id,
        visibility=visibility or owner.visibility,
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
    deed.session.flush()
    return entry


def check_follows(moves: Mapping[AnyStage, frozenset[AnyStage]], stage: AnyStage, to: AnyStage, what: str) -> None:
    """Raises MoveNotAllowed unless ``to`` follows ``stage``, naming what does."""
    if to not in moves[stage]:
        allowed = ", ".join(f"'{s.label}'" for s in type(stage) if s in moves[stage]) or "niets meer"
        raise MoveNotAllowed(f"Van '{stage.label}' kan een {what} niet naar '{to.label}', wel naar {allowed}.", "to")


def bring_to_stage(
    deed: Deed, dossier: Dossier, to: Stage | ApplicationStage, seen: int, closed: bool, day: date | None = None
) -> None:
    """Put a dossier in its next stage; whether it may go there was checked before."""
    stages, before = type(to), dossier.stage
    claim(deed.session, dossier, seen)
    dossier.stage, dossier.closed_at = to, deed.now if closed else None
    text = f"Van '{stages(before).label}' naar '{to.label}'"
    log(deed, dossier, LogKind.MOVED, text, day=day, stages=(before, to))


def log_of(session: Session, dossier: Dossier) -> list[int]:
    """The dossiers whose log is this one's: itself and what was merged into it."""
    known, new = [dossier.id], [dossier.id]
    while new:
        new = list(session.exec(select(Dossier.id).where(col(Dossier.merged_into_id).in_(new))))
        known += new
    return known
