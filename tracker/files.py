"""What dossiers and applications share: who may see and change them, whose turn it is, and the log."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, update
from sqlmodel import Session

from db.models import Dossier, LogEntry, Participant, User
from db.queries import Viewer
from db.rights import has_role, may_see, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import DossierKind, LogKind
from notifications.wording import local_day, short_day
from tracker.agenda import takes_part
from tracker.refusals import ChangedMeanwhile, Incomplete, NotAllowed, NotAnAmount, NotThere, ParticipantGone

AMOUNT = re.compile(r"(?:€\s*|EUR\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}|-))?(?:\s*euro)?", re.IGNORECASE | re.ASCII)
MOST = Decimal(10**13)
PERCENTAGE = re.compile(r"(\d{1,3})(?:,(\d{1,2}))?\s*%?", re.ASCII)
POINT = re.compile(r"(?:€|EUR)?\s*(\d{1,13})\.(\d{1,13})\s*(?:%|euro)?", re.IGNORECASE | re.ASCII)
THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)


def viewer_of(user: User) -> Viewer:
    """Who this user is to the rules of who sees what."""
    return Viewer(user.id, Role(user.role), user.participant_id)


def may_change(viewer: Viewer, row: Any) -> bool:
    """Whether the viewer may change a row: the owner's own staff may, and coordinators where they may see it."""
    if not has_role(viewer, Role.FUNDRAISER) or not may_see(viewer, row.participant_id, row.visibility):
        return False
    return row.participant_id == viewer.participant_id or has_role(viewer, Role.COORDINATOR)


def must_change(by: User, row: Any) -> None:
    """Raises NotThere for who may not see the row, NotAllowed for who may see but not change it."""
    if not may_see(viewer_of(by), row.participant_id, row.visibility):
        raise NotThere("Dit bestaat niet.")
    if not may_change(viewer_of(by), row):
        raise NotAllowed("Dit mag alleen de organisatie die het dossier voert, of een coördinator.")


def must_add(by: User, dossier: Dossier) -> None:
    """Whoever sees a dossier and is more than a reader may add rows of the own organisation to it."""
    if not may_see(viewer_of(by), dossier.participant_id, dossier.visibility):
        raise NotThere("Dit bestaat niet.")
    if not has_role(viewer_of(by), Role.FUNDRAISER):
        raise NotAllowed("Met de rol lezer kunt u hier niets toevoegen.")


def must_fit(session: Session, dossier: Dossier, visibility: str) -> None:
    """Raises Incomplete where a row would be seen by more people than its dossier.

    The dossier is read again under a lock, so that it is not narrowed by somebody else before the row is there.
    """
    if visibility == Visibility.OWN:
        return
    session.refresh(dossier, with_for_update={"read": True})
    if wider(visibility, dossier.visibility):
        most = Visibility(dossier.visibility).label
        raise Incomplete(f"Dit mag niet ruimer zichtbaar zijn dan het dossier: {most}.", "visibility")


def dossier_for(session: Session, viewer: Viewer, dossier_id: int, kind: DossierKind | None = None) -> Dossier:
    """The dossier, or NotThere: whether it exists at all is not told."""
    dossier = session.get(Dossier, dossier_id)
    seen = dossier is not None and may_see(viewer, dossier.participant_id, dossier.visibility)
    if dossier is None or not seen or (kind and dossier.kind != kind):
        raise NotThere("Dit dossier bestaat niet.")
    return dossier


def claim(session: Session, row: Any, seen: int | None = None) -> None:
    """Count a change on a row, before making it; ``seen`` is the version the person had in front of them.

    Raises ChangedMeanwhile when somebody else was first. Rows of one dossier are claimed through the dossier, so that
    two people deciding at once wait for each other on both databases.
    """
    model = type(row)
    key = inspect(model).primary_key[0]
    version = row.version if seen is None else seen
    mine = key == getattr(row, key.name)
    statement = update(model).where(mine, model.version == version).values(version=model.version + 1)
    session.flush()
    done = session.connection().execute(statement)
    if done.rowcount != 1:
        raise ChangedMeanwhile("Iemand anders heeft dit net gewijzigd; bekijk de nieuwe stand en doe het opnieuw.")
    session.refresh(row)


def log(
    session: Session,
    dossier: Dossier,
    kind: LogKind,
    text: str,
    by: User,
    now: datetime,
    day: date | None = None,
    subject: Any = None,
    stages: tuple[str | None, str | None] = (None, None),
) -> LogEntry:
    """Add a line to the dossier's log, seen by whoever may see its subject (or, without one, the dossier)."""
    owner = subject if subject is not None and hasattr(subject, "visibility") else dossier
    entry = LogEntry(
        dossier_id=dossier.id or 0,
        participant_id=owner.participant_id,
        visibility=owner.visibility,
        at=now,
        day=day or local_day(now),
        user_id=by.id or 0,
        kind=kind,
        text=text,
        from_stage=stages[0],
        to_stage=stages[1],
        subject_id=getattr(subject, "id", None),
    )
    session.add(entry)
    return entry


def standing_participant(session: Session, participant_id: str, day: date, field: str = "") -> Participant:
    """The participant, or ParticipantGone with the day it ended and what it merged into."""
    found = session.get(Participant, participant_id)
    if found is None:
        raise ParticipantGone(f"Er is geen deelnemer '{participant_id}'.", field)
    if takes_part(found, day):
        return found
    if found.valid_to and found.valid_to <= day:
        heir = session.get(Participant, found.merged_into) if found.merged_into else None
        into = f" en opgegaan in {heir.name}" if heir else ""
        raise ParticipantGone(f"{found.name} bestaat sinds {short_day(found.valid_to)} niet meer{into}.", field)
    raise ParticipantGone(f"{found.name} bestaat nog niet op {short_day(day)}.", field)


def euros(text: str, field: str = "") -> Decimal | None:
    """An amount as people type it in Dutch: '125000', '125.000', '€ 1.250.000,50'; empty is None.

    Raises NotAnAmount for anything else, so that '1.5' is asked again and never guessed.
    """
    plain = _one_reading(text, field)
    if not plain:
        return None
    found = AMOUNT.fullmatch(plain)
    if not found:
        raise NotAnAmount(f"'{plain[:40]}' is geen bedrag; schrijf bijvoorbeeld 125.000 of 125.000,50.", field)
    value = _number(found[1], (found[2] or "").strip("-"))
    if value >= MOST:
        raise NotAnAmount("Dit bedrag is groter dan wij kunnen bewaren.", field)
    return value


def percentage(text: str, field: str = "") -> Decimal | None:
    """A percentage as people type it in Dutch: '25', '2,5', '50%'; empty is None. Raises NotAnAmount for the rest."""
    plain = _one_reading(text, field)
    if not plain:
        return None
    found = PERCENTAGE.fullmatch(plain)
    if not found:
        raise NotAnAmount(f"'{plain[:40]}' is geen percentage; schrijf bijvoorbeeld 25 of 2,5.", field)
    value = _number(found[1], found[2] or "")
    if value > 100:
        raise NotAnAmount("Dit mag ten hoogste 100 zijn.", field)
    return value


def _number(whole: str, behind: str) -> Decimal:
    return Decimal(whole.replace(".", "") + (f".{behind}" if behind else ""))


def _one_reading(text: str, field: str) -> str:
    """The text with single blanks. Raises NotAnAmount, naming both, where its point may be a comma: '2.5', '0.500'."""
    plain = " ".join(text.split())
    found = POINT.fullmatch(plain)
    if found and not THOUSANDS.fullmatch(f"{found[1]}.{found[2]}"):
        behind = found[2].rstrip("0")
        point = _grouped(found[1]) + (f",{behind}" if behind else "")
        both = f"{point} of {_grouped(found[1] + found[2])}"
        raise NotAnAmount(f"'{plain[:40]}' is op twee manieren te lezen: schrijf {both}.", field)
    return plain


def _grouped(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".")


def required(text: str, field: str, sentence: str) -> str:
    """The text without blanks around it, or Incomplete with that sentence."""
    if not text.strip():
        raise Incomplete(sentence, field)
    return text.strip()
