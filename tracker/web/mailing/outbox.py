"""Beheer: the mail queue with why and retry, and what is broken."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from db.models import Attempt, Delivery, User
from db.vocabulary import DeliveryState
from notifications.alerts import standing_alerts
from notifications.transport import SmtpStage
from tracker.mailing.mail_queue import NOT_YOURS, queued
from tracker.mailing.release import NothingToRelease, retry_delivery, unsuppress
from tracker.mailing.silence import came_back_lately, silences
from tracker.people.participants import arranges
from tracker.watch.kinds import kind_of, what_of
from tracker.web.frame.context import RequestContext

PER_PAGE = 50
LATELY = timedelta(days=14)
# A mail that failed is not sent again: what it told comes in the next digest. These two still have their turn.
RETRYABLE = (DeliveryState.DEFERRED, DeliveryState.HELD)
STAGES = {
    SmtpStage.CONNECT: "verbinding maken",
    SmtpStage.TLS: "verbinding beveiligen",
    SmtpStage.LOGIN: "aanmelden bij de mailserver",
    SmtpStage.MAIL: "afzender noemen",
    SmtpStage.RCPT: "ontvanger noemen",
    SmtpStage.DATA: "mail aankondigen",
    SmtpStage.BODY: "tekst overdragen",
    SmtpStage.DOT: "tekst afsluiten",
}


class QueueQuery(BaseModel):
    """The address of the mail queue."""

    state: DeliveryState | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def mail(request: RequestContext) -> Response:
    """The queue, newest first, with how many stand where."""
    query = request.read_query(QueueQuery)
    rows = select(Delivery)
    if query.state is not None:
        rows = rows.where(Delivery.state == query.state)
    page = rows.order_by(col(Delivery.id).desc()).limit(PER_PAGE + 1).offset((query.page - 1) * PER_PAGE)
    deliveries = list(request.session.exec(page))
    shown = queued(request.session, request.viewer, deliveries[:PER_PAGE])
    return request.page(
        "mailing/outbox.html",
        query=query,
        rows=[(mail, _may_release(request, mail.participant)) for mail in shown],
        not_yours=NOT_YOURS,
        more=len(deliveries) > PER_PAGE,
        counts=_counts(request.session),
        alerts=_alerts(request.session),
        silences=silences(request.session, request.now.instant),
        came_back=came_back_lately(request.session, request.now.instant - LATELY),
        retryable=RETRYABLE,
    )


def _alerts(session: Session) -> list[tuple[str, str, datetime]]:
    """What stands: what is wrong in Dutch, where that is known, its own line, and since when."""
    said = ((kind_of(alert.key), alert) for alert in standing_alerts(session))
    return [(k.began_with(what_of(a.key)) if k else "", a.line, a.since) for k, a in said]


def one_mail(request: RequestContext) -> Response:
    """One mail: its state and attempts. The content is the reader's and is not shown, of others nor is the subject."""
    delivery = request.named(Delivery, "delivery_id")
    attempts = request.session.exec(
        select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(col(Attempt.number).desc())
    ).all()
    (mine,) = queued(request.session, request.viewer, [delivery])
    return request.page(
        "mailing/outbox_mail.html",
        mail=mine,
        may_release=_may_release(request, mine.participant),
        delivery=delivery,
        attempts=attempts,
        retryable=RETRYABLE,
        not_yours=NOT_YOURS,
        stages=STAGES,
    )


def retry(request: RequestContext) -> Response:
    """Let a waiting mail go at the next round; another organisation's is for its own administrator."""
    delivery = request.named(Delivery, "delivery_id")
    (mine,) = queued(request.session, request.viewer, [delivery])
    if not _may_release(request, mine.participant):
        raise HTTPException(403)
    actor = f"user {request.user.id}"
    retry_delivery(request.session, delivery.id, request.now.instant, actor, request.origin)
    return request.to("/beheer/mail", done="opnieuw")


def _may_release(request: RequestContext, participant: str) -> bool:
    """Whether the viewer lets through what waits for a participant: the own one, or one without an administrator."""
    return not participant or arranges(request.session, request.user, participant)


def lift(request: RequestContext) -> Response:
    """Mail an address again that a relay once refused."""
    email, actor = str(request.form.get("email", "")), f"user {request.user.id}"
    person = request.session.exec(select(User).where(User.email == email.strip().casefold())).first()
    if person is not None and not _may_release(request, person.participant_id):
        raise HTTPException(403)
    try:
        unsuppress(request.session, email, request.now.instant, actor, request.origin)
    except NothingToRelease:
        return request.to("/beheer/mail", done="nietgeweigerd")
    return request.to("/beheer/mail", done="toegelaten")


def _counts(session: Session) -> list[tuple[str, int]]:
    counts = dict(session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all())
    return [(state.value, counts[state]) for state in DeliveryState if counts.get(state)]
