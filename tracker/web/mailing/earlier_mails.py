"""Eerdere mails: what I was sent, each as it looked, with what it told; and the next one, as it would look now."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Delivery, Told, User
from db.vocabulary import MailKind, ToldKind
from tracker.errors import NotFound
from tracker.web.frame.context import RequestContext
from tracker.web.frame.safety import WITH_MAIL

PER_PAGE = 50


class MailsQuery(BaseModel):
    """The address of the list."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def index(request: RequestContext) -> Response:
    """My mails, newest first; links to sign in are none of them."""
    query = request.read_query(MailsQuery)
    mails = select(Delivery).where(*_mine(request.user))
    mails = mails.order_by(col(Delivery.planned_at).desc(), col(Delivery.id).desc())
    rows = list(request.session.exec(mails.limit(PER_PAGE + 1).offset((query.page - 1) * PER_PAGE)))
    return request.page(
        "mailing/earlier_mails_index.html", rows=rows[:PER_PAGE], more=len(rows) > PER_PAGE, page=query.page
    )


def _mine(user: User) -> list[ColumnElement[bool]]:
    """My mails but links to sign in, and those that came where I worked before."""
    mine = [col(Delivery.user_id) == user.id, col(Delivery.kind) != MailKind.SIGN_IN]
    return [*mine, col(Delivery.planned_at) >= user.participant_since] if user.participant_since else mine


def show(request: RequestContext) -> Response:
    """One mail of mine, as it was written, and which calls it told me of."""
    mail = request.session.exec(
        select(Delivery).where(Delivery.id == request.params["delivery_id"], *_mine(request.user))
    ).first()
    if mail is None:
        raise NotFound
    request.answer_headers.update(WITH_MAIL)
    return request.page("mailing/earlier_mails_show.html", mail=mail, told=_told(request.session, mail))


def _told(session: Session, mail: Delivery) -> list[tuple[Call, ToldKind]]:
    """The calls of a mail, each once, in its order."""
    query = select(Call, Told.kind).where(Told.call_id == Call.id, Told.delivery_id == mail.id)
    told: dict[int, tuple[Call, ToldKind]] = {}
    for call, kind in session.exec(query.order_by(col(Told.id))):
        told.setdefault(call.id, (call, ToldKind(kind)))
    return list(told.values())


def preview(request: RequestContext) -> Response:
    """The next mail, as it would look now, and whether one would leave at all."""
    from tracker.calls.duplicate_pairs import Alike
    from tracker.mailing.mailer import open_mailer
    from tracker.mailing.preview import preview as next_mail
    from tracker.matching import DIGEST_THRESHOLD

    mailer = open_mailer(request.site.settings, request.site.engine)
    now, alike = request.now.instant, request.site.part(Alike)
    mail = next_mail(request.session, mailer, request.user.id, now, DIGEST_THRESHOLD, alike)
    request.answer_headers.update(WITH_MAIL)
    return request.page("mailing/earlier_mails_next.html", mail=mail)
