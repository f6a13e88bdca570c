"""Dossiers, positions, applications, moments and contacts as rows for others; nothing internal, no name of a person.

What leaves is what the viewer may see: with nobody named, only what was made public. Internal wording and red lines
leave for nobody, and a position only while its mandate holds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db.models import (
    Application,
    ApplicationPartner,
    Cofunding,
    ContactMoment,
    Dossier,
    DossierCall,
    DossierChallenge,
    Position,
    Stakeholder,
)
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import DossierKind
from notifications.wording import local_day
from tracker.calls.records import moment, number
from tracker.errors import PositionNotAllowed
from tracker.lobby.moments import upcoming
from tracker.lobby.positions import designation, dissenters, exportable, mandate_ends

Record = dict[str, Any]


def dossiers(session: Session, viewer: Viewer, _now: datetime) -> Iterator[Record]:
    """Lobby dossiers: what is asked, of whom, for which opgaven, and what came of it."""
    opgaven = _by_dossier(session.exec(select(DossierChallenge.dossier_id, DossierChallenge.challenge_id)))
    linked = _by_dossier(session.exec(select(DossierCall.dossier_id, DossierCall.call_id)))
    for row in _dossiers(session, viewer, DossierKind.LOBBY):
        yield {
            **_head(row),
            "level": row.level,
            "priority": row.priority,
            "goal": row.goal,
            "message_nl": row.message_nl,
            "message_en": row.message_en,
            "request": row.request,
            "requested_amount": number(row.requested_amount),
            "political_lead": row.political_lead,
            "opgaven": sorted(opgaven[row.id]),
            "calls": sorted(linked[row.id]),
            "result": row.result,
            "result_amount": number(row.result_amount),
            "result_text": row.result_text,
        }


def _dossiers(session: Session, viewer: Viewer, kind: DossierKind) -> list[Dossier]:
    rows = select(Dossier).where(Dossier.kind == kind, visible(viewer, Dossier))
    return list(session.exec(rows.order_by(col(Dossier.id))))


def _head(row: Dossier) -> Record:
    return {
        "id": row.id,
        "title": row.title,
        "stage": row.stage,
        "participant": row.participant_id,
        "visibility": row.visibility,
        "example": row.example,
        "opened": moment(row.opened_at),
        "closed": moment(row.closed_at) if row.closed_at else None,
    }


def _by_dossier(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    values: dict[int, list[Any]] = defaultdict(list)
    for dossier, value in pairs:
        values[dossier].append(value)
    return values


def positions(session: Session, viewer: Viewer, now: datetime) -> Iterator[Record]:
    """Positions that were adopted and hold today, in their public words."""
    today = local_day(now)
    rows = select(Position, Dossier.title).where(
        Position.dossier_id == Dossier.id, visible(viewer, Position), visible(viewer, Dossier)
    )
    for row, title in session.exec(rows.order_by(col(Position.dossier_id), col(Position.number))):
        try:
            words = exportable(row, today)
        except PositionNotAllowed:
            continue
        yield {
            "dossier": row.dossier_id,
            "title": title,
            "number": row.region_number,
            "designation": designation(row, today, row.participant_id),
            "participant": row.participant_id,
            "visibility": row.visibility,
            "gremium": row.gremium,
            "decision": row.decision,
            "adopted_on": _day(row.adopted_on),
            "valid_from": _day(row.valid_from),
            "valid_to": _day(mandate_ends(row)),
            "public_wording": words,
            "dissent": [participant.id for participant, _ in dissenters(session, row)],
        }


def applications(session: Session, viewer: Viewer, _now: datetime) -> Iterator[Record]:
    """Applications from signal to settlement, with who leads, who joins and what is asked, promised and granted."""
    details = {row.dossier_id: row for row in session.exec(select(Application))}
    partners = _by_dossier((p.dossier_id, p) for p in session.exec(select(ApplicationPartner)))
    money = _by_dossier((c.dossier_id, c) for c in session.exec(select(Cofunding)))
    for dossier in _dossiers(session, viewer, DossierKind.APPLICATION):
        row = details[dossier.id]
        joined = sorted(partners[row.dossier_id], key=lambda p: str(p.name))
        paid = sorted(money[row.dossier_id], key=lambda c: (c.year, c.participant_id))
        yield {
            **_head(dossier),
            "call": row.call_id,
            "programme": row.programme,
            "lead": row.lead_id,
            "partners": [p.name for p in joined],
            "requested": number(row.requested),
            "total_cost": number(row.total_cost),
            "chance": row.chance,
            "state_aid": row.state_aid,
            "go": row.go,
            "go_on": _day(row.go_on),
            "go_reasons": list(row.go_reasons),
            "submitted": _day(row.submitted_on),
            "decided_on": _day(row.decided_on),
            "granted": number(row.granted),
            "grant_number": row.grant_number,
            "own_money": [f"{c.participant_id} {c.year} {c.amount:.2f}" for c in paid],
        }


def moments(session: Session, viewer: Viewer, now: datetime) -> Iterator[Record]:
    """Outside moments of the coming year."""
    for row in upcoming(session, viewer, local_day(now)):
        yield {
            "ref": row.ref,
            "title": row.title,
            "kind": row.kind,
            "level": row.level,
            "body": row.body,
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "sure": row.sure,
            "act_before": _day(row.act_before),
            "use": row.use,
            "url": row.url,
        }


def contacts(session: Session, viewer: Viewer, _now: datetime) -> Iterator[Record]:
    """Contact moments, by office and organisation; the person who holds the office does not leave."""
    rows = select(ContactMoment, Stakeholder).where(
        ContactMoment.stakeholder_id == Stakeholder.id, visible(viewer, ContactMoment)
    )
    seen = set(session.exec(select(Dossier.id).where(visible(viewer, Dossier))))
    for row, office in session.exec(rows.order_by(col(ContactMoment.day), col(ContactMoment.id))):
        yield contact_record(row, office, viewer, seen)


def contact_record(row: ContactMoment, office: Stakeholder, viewer: Viewer, seen: set[int]) -> Record:
    """One contact as others get it; ``seen``: the dossiers that the viewer may know of."""
    return {
        "id": row.id,
        "dossier": row.dossier_id if row.dossier_id in seen else None,
        "day": _day(row.day),
        "kind": row.kind,
        "organisation": office.organisation,
        "office": office.office,
        "participant": row.participant_id,
        "visibility": row.visibility,
        "message": row.message,
        "reply": row.reply,
        "follow_up": row.follow_up if row.participant_id == viewer.participant_id else "",
        "follow_up_on": _day(row.follow_up_on),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


SHEETS = {
    "dossiers": "dossiers",
    "positions": "standpunten",
    "applications": "aanvragen",
    "moments": "momenten",
    "contacts": "contacten",
    "answers": "antwoorden",
}
KINDS: dict[str, Callable[[Session, Viewer, datetime], Iterator[Record]]] = {
    "dossiers": dossiers,
    "positions": positions,
    "applications": applications,
    "moments": moments,
    "contacts": contacts,
}
