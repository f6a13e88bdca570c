"""What a program reads with somebody's key: verdicts, contacts, corrections and applications that the person may see.

``withdrawn`` tells of what this organisation took back; that another did is not told, since then it was perhaps never
to be seen. Who keeps a copy of those compares it with the whole list now and then.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from fastapi import HTTPException
from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.sql.expression import Select

from db.models import Application, ContactMoment, Correction, Dossier, LogEntry, LoggedChange, Stakeholder, Verdict
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import ApiScope
from db.vocabulary_lobby import ApplicationStage, DossierKind, LoggedDeed, LoggedKind
from tracker.applications.stages import DECIDED, MOVES
from tracker.calls.records import moment, number
from tracker.exchange.export_lobby import contact_record
from tracker.rights import may_change
from tracker.web.api import own_answers as told
from tracker.web.api.answers import WithdrawnAnswer
from tracker.web.api.caller import Caller, KeyReader
from tracker.web.api.questions import AList, ListQuestion, PlainQuery, RowNumber, Slice, number_in, sliced
from tracker.web.api.routing import OWN
from tracker.web.api.v1 import REFUSED, getting

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def own(path: str, name: str, summary: str, asks: type[Any] | None = None) -> Callable[[Endpoint], Endpoint]:
    """An address that is read with a key."""
    refused = {**REFUSED, 403: {**REFUSED[401], "description": f"De sleutel is niet voor: {ApiScope.READ.label}"}}
    missing = {} if "{" in path else {404: None}
    responses = {status: refusal for status, refusal in refused.items() if status not in missing}
    return getting(path, name, summary, asks, tags=[OWN], responses=responses)


@own("/oordelen", "oordelen", "Oordelen over regelingen", ListQuestion)
def verdicts(caller: KeyReader, query: AList) -> told.VerdictList:
    """The verdicts that stand."""
    rows = select(Verdict).where(visible(caller.viewer, Verdict))
    part = _rows(caller, rows, Verdict, query, _changed(query, Verdict.at, Verdict.undone_at), Verdict.undone_at)
    items = [verdict_answer(caller, row) for row in part.rows if row.undone_at is None]
    return told.VerdictList(items=items, withdrawn=_gone(part.rows, "undone_at"), next=part.next)


def verdict_answer(caller: Caller, row: Verdict) -> told.VerdictAnswer:
    """One verdict."""
    return told.VerdictAnswer(
        id=row.id,
        call=row.call_id,
        challenge=row.challenge_id,
        say=row.say,
        reason=row.reason,
        remark=row.remark,
        team=row.team,
        participant=row.participant_id,
        mine=row.user_id == caller.viewer.user_id,
        at=moment(row.at),
    )


@own("/oordelen/{verdict_id:id}", "oordeel", "Eén oordeel")
def verdict(caller: KeyReader, verdict_id: RowNumber, _: PlainQuery) -> told.VerdictAnswer:
    """One verdict that stands."""
    return verdict_answer(caller, _standing(caller, Verdict, verdict_id, Verdict.undone_at))


@own("/correcties", "correcties", "Correcties op regelingen", ListQuestion)
def corrections(caller: KeyReader, query: AList) -> told.CorrectionList:
    """The corrections that stand."""
    rows = select(Correction).where(visible(caller.viewer, Correction))
    changed = _changed(query, Correction.at, Correction.withdrawn_at)
    part = _rows(caller, rows, Correction, query, changed, Correction.withdrawn_at)
    items = [_correction(row) for row in part.rows if row.withdrawn_at is None]
    return told.CorrectionList(items=items, withdrawn=_gone(part.rows, "withdrawn_at"), next=part.next)


@own("/correcties/{correction_id:id}", "correctie", "Eén correctie")
def correction(caller: KeyReader, correction_id: RowNumber, _: PlainQuery) -> told.CorrectionAnswer:
    """One correction that stands."""
    return _correction(_standing(caller, Correction, correction_id, Correction.withdrawn_at))


def _correction(row: Correction) -> told.CorrectionAnswer:
    return told.CorrectionAnswer(
        id=row.id,
        call=row.call_id,
        field=row.field,
        value=row.value,
        reason=row.reason,
        participant=row.participant_id,
        at=moment(row.at),
    )


@own("/contacten", "contacten", "Contacten, met wie en waarover", ListQuestion)
def contacts(caller: KeyReader, query: AList) -> told.ContactList:
    """The contacts that the person may see."""
    rows = _contacts(caller).where(col(ContactMoment.id) > number_in(query.cursor))
    since = query.changed_since
    if since:
        corrected = select(LoggedChange.subject_id).where(
            LoggedChange.kind == LoggedKind.CONTACT, col(LoggedChange.at) >= since
        )
        rows = rows.where(or_(col(ContactMoment.logged_at) >= since, col(ContactMoment.id).in_(corrected)))
    found = caller.session.exec(rows.order_by(col(ContactMoment.id)).limit(query.limit + 1)).all()
    part = sliced([(row, of) for row, of in found], query.limit, lambda pair: pair[0].id)
    withdrawn = [] if query.cursor or not since else _withdrawn_contacts(caller, query)
    return told.ContactList(items=_contact_answers(caller, part.rows), withdrawn=withdrawn, next=part.next)


@own("/contacten/{contact_id:id}", "contact", "Eén contact")
def contact(caller: KeyReader, contact_id: RowNumber, _: PlainQuery) -> told.ContactAnswer:
    """One contact, as it stands."""
    pair = caller.session.exec(_contacts(caller).where(ContactMoment.id == contact_id)).first()
    if pair is None:
        raise HTTPException(404)
    return _contact_answers(caller, [(pair[0], pair[1])])[0]


def _contacts(caller: Caller) -> Select[ContactMoment, Stakeholder]:
    return select(ContactMoment, Stakeholder).where(
        ContactMoment.stakeholder_id == Stakeholder.id, visible(caller.viewer, ContactMoment)
    )


def _contact_answers(caller: Caller, pairs: Iterable[tuple[ContactMoment, Stakeholder]]) -> list[told.ContactAnswer]:
    seen = set(caller.session.exec(select(Dossier.id).where(visible(caller.viewer, Dossier))))
    records = ((row, contact_record(row, office, caller.viewer, seen)) for row, office in pairs)
    return [told.ContactAnswer(version=row.version, **record) for row, record in records]


def _withdrawn_contacts(caller: Caller, query: ListQuestion) -> list[WithdrawnAnswer]:
    taken = select(LoggedChange.subject_id).where(
        LoggedChange.kind == LoggedKind.CONTACT,
        LoggedChange.deed == LoggedDeed.WITHDRAWN,
        LoggedChange.participant_id == caller.viewer.participant_id,
        col(LoggedChange.at) >= query.changed_since,
    )
    return [WithdrawnAnswer(id=id_) for id_ in caller.session.exec(taken.order_by(col(LoggedChange.subject_id)))]


@own("/aanvragen", "aanvragen", "Aanvragen van signaal tot afrekening", ListQuestion)
def applications(caller: KeyReader, query: AList) -> told.ApplicationList:
    """The applications that the person may see."""
    rows, since = _applications(caller).where(col(Dossier.id) > number_in(query.cursor)), query.changed_since
    if since:
        moved = select(LogEntry.dossier_id).where(col(LogEntry.at) >= since)
        rows = rows.where(or_(col(Dossier.opened_at) >= since, col(Dossier.id).in_(moved)))
    found = caller.session.exec(rows.order_by(col(Dossier.id)).limit(query.limit + 1)).all()
    part = sliced([(row, of) for row, of in found], query.limit, lambda pair: pair[0].id)
    withdrawn = [] if query.cursor or not since else _deleted_applications(caller, query)
    items = [_application(caller.viewer, dossier, row) for dossier, row in part.rows]
    return told.ApplicationList(items=items, withdrawn=withdrawn, next=part.next)


@own("/aanvragen/{dossier_id:id}", "aanvraag", "Eén aanvraag")
def application(caller: KeyReader, dossier_id: RowNumber, _: PlainQuery) -> told.ApplicationAnswer:
    """One application, as it stands."""
    pair = caller.session.exec(_applications(caller).where(Dossier.id == dossier_id)).first()
    if pair is None:
        raise HTTPException(404)
    return _application(caller.viewer, pair[0], pair[1])


def _applications(caller: Caller) -> Select[Dossier, Application]:
    there = col(Dossier.deleted_at).is_(None), col(Dossier.merged_into_id).is_(None)
    return select(Dossier, Application).where(
        Application.dossier_id == Dossier.id,
        Dossier.kind == DossierKind.APPLICATION,
        visible(caller.viewer, Dossier),
        *there,
    )


def _deleted_applications(caller: Caller, query: ListQuestion) -> list[WithdrawnAnswer]:
    gone = select(Dossier.id, Dossier.merged_into_id).where(
        Dossier.kind == DossierKind.APPLICATION,
        Dossier.participant_id == caller.viewer.participant_id,
        or_(col(Dossier.deleted_at) >= query.changed_since, col(Dossier.merged_into_id).is_not(None)),
    )
    return [WithdrawnAnswer(id=id_, into=into) for id_, into in caller.session.exec(gone.order_by(col(Dossier.id)))]


def _next(viewer: Viewer, dossier: Dossier) -> list[str]:
    """Where the owner of the key may bring it: nowhere where it is another's, and what a funder decides is a page's."""
    after = MOVES[ApplicationStage(dossier.stage)] - DECIDED if may_change(viewer, dossier) else frozenset()
    return [stage.value for stage in ApplicationStage if stage in after]


def _application(viewer: Viewer, dossier: Dossier, row: Application) -> told.ApplicationAnswer:
    return told.ApplicationAnswer(
        next_stages=_next(viewer, dossier),
        id=dossier.id,
        version=dossier.version,
        title=dossier.title,
        stage=dossier.stage,
        participant=dossier.participant_id,
        visibility=dossier.visibility,
        call=row.call_id,
        programme=row.programme,
        lead=row.lead_id,
        requested=number(row.requested),
        total_cost=number(row.total_cost),
        go=row.go,
        submitted_on=_day(row.submitted_on),
        decided_on=_day(row.decided_on),
        granted=number(row.granted),
    )


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _rows(
    caller: Caller, rows: Any, model: Any, query: ListQuestion, changed: list[ColumnElement[bool]], ended: Any
) -> Slice[Any]:
    """A part of a table whose rows are ended and stay: those that stand, or all that changed since."""
    standing = changed or [col(ended).is_(None)]
    behind = rows.where(col(model.id) > number_in(query.cursor), *standing)
    found = caller.session.exec(behind.order_by(col(model.id)).limit(query.limit + 1)).all()
    return sliced(list(found), query.limit, lambda row: row.id)


def _standing(caller: Caller, model: Any, row_id: int, ended: Any) -> Any:
    row = caller.session.exec(
        select(model).where(model.id == row_id, visible(caller.viewer, model), col(ended).is_(None))
    ).first()
    if row is None:
        raise HTTPException(404)
    return row


def _changed(query: ListQuestion, *moments: Any) -> list[ColumnElement[bool]]:
    return [or_(*(col(moment) >= query.changed_since for moment in moments))] if query.changed_since else []


def _gone(rows: Iterable[Any], ended: str) -> list[WithdrawnAnswer]:
    return [WithdrawnAnswer(id=row.id) for row in rows if getattr(row, ended) is not None]
