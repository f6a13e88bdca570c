"""Beheer: the mail queue with why and retry, what is broken, and the audit log."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Attempt, AuditEntry, Delivery, User
from db.queries import Viewer
from db.vocabulary import DeliveryState
from notifications.alerts import standing_alerts
from tracker.mailing.release import NothingToRelease, retry_delivery, unsuppress
from tracker.web.frame import forms
from tracker.web.frame.context import Asked, NotThere

PER_PAGE = 50
# A mail that failed is not sent again: what it told comes in the next digest. These two still have their turn.
RETRYABLE = (DeliveryState.DEFERRED, DeliveryState.HELD)


class QueueQuery(BaseModel):
    """The address of the mail queue."""

    state: DeliveryState | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class AuditQuery(BaseModel):
    """The address of the audit log."""

    actor: str = Field(default="", max_length=60)
    action: str = Field(default="", max_length=60)
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def mail(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The queue, newest first, with how many stand where."""
    query, errors = forms.asked_for(QueueQuery, asked.query)
    if query is None:
        return asked.page("frame/refused.html", 422, errors=errors)
    rows = select(Delivery, User).join(User, col(User.id) == col(Delivery.user_id), isouter=True)
    if query.state is not None:
        rows = rows.where(Delivery.state == query.state)
    page = rows.order_by(col(Delivery.id).desc()).limit(PER_PAGE + 1).offset((query.page - 1) * PER_PAGE)
    found = list(session.exec(page).all())
    return asked.page(
        "mailing/outbox.html",
        query=query,
        rows=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        counts=_counts(session),
        alerts=standing_alerts(session),
        retryable=RETRYABLE,
    )


def one_mail(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """One mail: its state and attempts. The content is the reader's; it is not shown."""
    delivery = _delivery(session, asked)
    attempts = session.exec(
        select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(col(Attempt.number).desc())
    ).all()
    return asked.page("mailing/outbox_mail.html", delivery=delivery, attempts=attempts, retryable=RETRYABLE)


def retry(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Let a waiting mail go at the next round."""
    try:
        retry_delivery(session, asked.params["delivery_id"], now, f"user {asked.user.id}", asked.origin)
    except NothingToRelease as error:
        raise NotThere from error
    return asked.to("/beheer/mail", done="opnieuw")


def lift(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Mail an address again that a relay once refused."""
    try:
        unsuppress(session, str(asked.form.get("email", "")), now, f"user {asked.user.id}", asked.origin)
    except NothingToRelease:
        return asked.to("/beheer/mail", done="nietgeweigerd")
    return asked.to("/beheer/mail", done="toegelaten")


def log(asked: Asked, _viewer: Viewer, session: Session, _now: datetime) -> Response:
    """The audit log, newest first."""
    query, errors = forms.asked_for(AuditQuery, asked.query)
    if query is None:
        return asked.page("frame/refused.html", 422, errors=errors)
    rows = select(AuditEntry).order_by(col(AuditEntry.id).desc())
    if query.actor:
        rows = rows.where(AuditEntry.actor == query.actor)
    if query.action:
        rows = rows.where(AuditEntry.action == query.action)
    found = list(session.exec(rows.limit(PER_PAGE + 1).offset((query.page - 1) * PER_PAGE)))
    actions = session.exec(select(AuditEntry.action).distinct().order_by(col(AuditEntry.action))).all()
    return asked.page(
        "frame/audit.html", query=query, rows=found[:PER_PAGE], more=len(found) > PER_PAGE, actions=actions
    )


def _delivery(session: Session, asked: Asked) -> Delivery:
    delivery = session.get(Delivery, asked.params["delivery_id"])
    if delivery is None:
        raise NotThere
    return delivery


def _counts(session: Session) -> list[tuple[str, int]]:
    found = dict(session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all())
    return [(state.value, found[state]) for state in DeliveryState if found.get(state)]
