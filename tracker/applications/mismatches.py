"""Where people and machine disagree, shown and not resolved: a closed call in preparation, a changed scheme."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import Select

from db.models import Call, Dossier, DossierCall
from db.queries import Viewer
from db.rights import visible
from db.status import NOW
from db.vocabulary import Status
from db.vocabulary_lobby import NOT_YET_IN, DossierKind
from notifications.wording import short_day
from tracker.lobby.dossiers import ENDED
from tracker.lobby.moment_days import last_day_before

TOLD: Any = (
    Call.id, Call.title, Call.source_word, Call.ends_at, Call.closes_at, Call.not_listed_since, Call.version,
)  # fmt: skip
KEPT = 128  # statements, one a person
CHANGED = "De gekoppelde regeling is gewijzigd sinds u haar bekeek."


@dataclass(frozen=True)
class Mismatch:
    """What people are at and what the source now says."""

    dossier: Dossier
    call: Call
    text: str

    @property
    def to_be_seen(self) -> bool:
        """Whether looking at the call settles it."""
        return self.text == CHANGED


def mismatch(dossier: Dossier, link: DossierCall, call: Call, now: datetime) -> str:
    """Why the dossier and its call do not agree any more, or nothing."""
    if dossier.stage in ENDED:
        return ""
    if dossier.kind == DossierKind.APPLICATION and dossier.stage in NOT_YET_IN:
        if call.source_word == Status.WITHDRAWN:
            return "De regeling is ingetrokken, de aanvraag loopt nog."
        ends_at = call.ends_at or call.closes_at  # who came in by a first stage has until the last
        if ends_at and ends_at <= now:
            closed_on = short_day(last_day_before(ends_at))
            return f"De regeling is gesloten op {closed_on}, de aanvraag is niet ingediend."
        if call.not_listed_since:
            return "De bron vermeldt de regeling niet meer, de aanvraag loopt nog."
    if link.seen_version < call.version:
        return CHANGED
    return ""


@lru_cache(maxsize=KEPT)
def _differing(viewer: Viewer) -> Select[Dossier, DossierCall, Call]:
    """What the viewer may see of it, said once for a person: the first page asks it each time."""
    rows = select(Dossier, DossierCall, Call).where(
        DossierCall.dossier_id == Dossier.id, DossierCall.call_id == Call.id, visible(viewer, Dossier),
        col(Dossier.stage).not_in(ENDED), _may_differ(),
    )  # fmt: skip
    return rows.order_by(col(Dossier.id)).options(load_only(*TOLD))


def _may_differ() -> ColumnElement[bool]:
    """Few of all: those whose call changed, or stands no more; what ``mismatch`` says of them decides."""
    over = func.coalesce(col(Call.ends_at), col(Call.closes_at)) <= NOW
    gone = or_(Call.source_word == Status.WITHDRAWN, over, col(Call.not_listed_since).is_not(None))
    return or_(col(DossierCall.seen_version) < col(Call.version), gone)


def mismatches(
    session: Session, viewer: Viewer, now: datetime, dossier: Dossier | None = None, participant: str | None = None
) -> list[Mismatch]:
    """Every contradiction in the dossiers the viewer may see, in one of them, or in those of one organisation."""
    rows = _differing(viewer)
    if dossier:
        rows = rows.where(Dossier.id == dossier.id)
    if participant is not None:
        rows = rows.where(Dossier.participant_id == participant)
    found = session.exec(rows, params={"now": now})
    return [
        Mismatch(of_viewer, call, text)
        for of_viewer, link, call in found
        if (text := mismatch(of_viewer, link, call, now))
    ]
