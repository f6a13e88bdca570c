"""Links from mails: judge a call, say what is wrong, stop a mail. Opening shows a button; only the press acts."""

from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Literal

from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Challenge, Subscription, User
from db.queries import CallFilter, live_call
from db.vocabulary import LessonKind, NoReason, Say
from db.vocabulary_audit import Action
from notifications.links import ALL, DOUBT, REMINDERS, VERDICT, DecisionLink, LeavingLink, Links
from tracker.calls.answers import can_be_doubted, doubt
from tracker.errors import Refused
from tracker.mailing.keys import signing_keys
from tracker.matching.lessons import teach
from tracker.matching.verdicts import ReasonNeeded, judge
from tracker.people.subscriptions import leave as end
from tracker.people.subscriptions import leave_reminders, take_up, take_up_reminders
from tracker.rights import Deed
from tracker.web.calls.filter_form import in_words
from tracker.web.calls.head import head_of
from tracker.web.calls.questions import DoubtForm
from tracker.web.calls.statements import dates_of, eligible_fact, facts
from tracker.web.frame import forms
from tracker.web.frame.context import RequestContext
from tracker.web.frame.phrases import challenge_name

Page = Callable[[RequestContext], Response]
CallPage = Callable[[RequestContext, User, Call], Response]


class MailedVerdictForm(BaseModel):
    """What the form of a mail's link sends."""

    say: Say
    reason: NoReason | None = None


class MailedLessonForm(BaseModel):
    """More, or never more, like this call."""

    kind: Literal["more", "never"]


def _links(request: RequestContext) -> Links:
    return Links(request.site.settings.base_url, signing_keys(request.site.settings))


def _expired(request: RequestContext) -> Response:
    return request.page("mailing/mail_links_expired.html", 410)


def _by_link(purpose: str) -> Callable[[CallPage], Page]:
    """A page for the person and the call of a link, while both are there; the link is good for no other."""

    def decorate(page: CallPage) -> Page:
        @wraps(page)
        def answer(request: RequestContext) -> Response:
            read = _links(request).read_decision(request.params["token"], request.now.instant, purpose)
            user = request.session.get(User, read.user_id) if read else None
            call = live_call(request.session, read.call_id) if read else None
            if read is None or user is None or call is None or not _still_acts(user, read):
                return _expired(request)
            return page(request, user, call)

        return answer

    return decorate


def _still_acts(user: User, link: DecisionLink) -> bool:
    """Not for who has no access any more, nor for who reads a mailbox that was the person's before."""
    moved = user.address_since
    return user.deactivated_at is None and (moved is None or link.written >= moved.astimezone(UTC).date())


@_by_link(VERDICT)
def show_decision(request: RequestContext, user: User, call: Call) -> Response:
    """The call with three buttons; mail scanners that open the link change nothing."""
    return _form(request, user, call, str(request.query.get("zeg", "")), {})


def _form(
    request: RequestContext, user: User, call: Call, say: str, errors: dict[str, str], status: int = 200
) -> Response:
    chosen = say if say in set(Say) else Say.YES.value
    head = head_of(request, call, user.participant_id)
    return request.page(
        "mailing/mail_links_decide.html", status, call=call, person=user, head=head,
        token=request.params["token"], chosen=chosen, errors=errors,
    )  # fmt: skip


@_by_link(VERDICT)
def decide(request: RequestContext, user: User, call: Call) -> Response:
    """Record the verdict on the call as a whole, as the mail shows it; saying it twice leaves one."""
    form, errors = forms.filled(MailedVerdictForm, request.form)
    if form is None:
        return _form(request, user, call, str(request.form.get("say", "")), errors, 422)
    try:
        judge(request.session, user, call.id, None, form.say, request.now.instant, form.reason)
    except ReasonNeeded as error:
        return _form(request, user, call, form.say.value, {"reason": str(error)}, 422)
    request.record(Action.VERDICT_FROM_MAIL, f"call {call.id}", form.say.value, by=user)
    return request.page("mailing/mail_links_decided.html", call=call, person=user, say=form.say)


@_by_link(VERDICT)
def teach_from_mail(request: RequestContext, user: User, call: Call) -> Response:
    """More, or never more, like the call of the link; what was said before stays."""
    form, errors = forms.filled(MailedLessonForm, request.form)
    if form is None:
        return _form(request, user, call, "", errors, 422)
    teach(request.session, user, call.id, LessonKind(form.kind), request.now.instant)
    request.record(Action.LESSON_FROM_MAIL, f"call {call.id}", form.kind, by=user)
    return request.page("mailing/mail_links_taught.html", call=call, person=user, kind=LessonKind(form.kind))


@_by_link(DOUBT)
def show_doubt(request: RequestContext, user: User, call: Call) -> Response:
    """What is shown of the call, each with a button; mail scanners that open the link change nothing."""
    return _doubt_form(request, user, call)


def _doubt_form(request: RequestContext, user: User, call: Call, error: str = "", status: int = 200) -> Response:
    now = request.now.instant
    return request.page(
        "mailing/mail_links_doubt.html",
        status,
        call=call,
        person=user,
        token=request.params["token"],
        dates=[value for value in dates_of(request.session, call, now) if can_be_doubted(value.row.kind)],
        facts=[value for value in (*facts(call), *eligible_fact(call)) if can_be_doubted(value.field)],
        errors={"field": error} if error else {},
    )


@_by_link(DOUBT)
def doubt_from_mail(request: RequestContext, user: User, call: Call) -> Response:
    """Mark the value and ask somebody; it stays where it is."""
    form, _ = forms.filled(DoubtForm, request.form)
    if form is None:
        return _doubt_form(request, user, call, "Kies wat er niet klopt.", 422)
    try:
        doubt(Deed(request.session, user, request.now.instant), call, form.field, form.remark)
    except Refused as error:
        return _doubt_form(request, user, call, str(error), 422)
    request.record(Action.VALUE_DOUBTED_FROM_MAIL, f"call {call.id}", form.field, by=user)
    return request.page("mailing/mail_links_doubted.html", call=call, person=user)


def show_leaving(request: RequestContext) -> Response:
    """What would end, with a button; opening ends nothing."""
    leaving = _links(request).read_leaving(request.params["token"])
    if leaving is None:
        return _expired(request)
    names = _named(request.session, _running(request.session, leaving))
    user = request.session.get(User, leaving.user_id)
    over = leaving.what != ALL and not names if leaving.what != REMINDERS else user is None or not user.reminders
    return request.page(
        "mailing/mail_links_leave.html", token=request.params["token"], what=leaving.what, names=names, over=over
    )


def leave(request: RequestContext) -> Response:
    """End it, at once and for queued mail too: the button, and a mail program's one click (RFC 8058)."""
    leaving = _links(request).read_leaving(request.params["token"])
    if leaving is None:
        return _expired(request)
    if leaving.what != REMINDERS:
        end(
            request.session,
            leaving.user_id,
            None if leaving.what == ALL else leaving.subscriptions,
            request.now.instant,
        )
    if leaving.what in (ALL, REMINDERS):
        leave_reminders(request.session, leaving.user_id, request.now.instant)
    user = request.session.get(User, leaving.user_id)
    request.record(Action.UNSUBSCRIBE_FROM_MAIL, f"user {leaving.user_id}", by=user)
    return request.page("mailing/mail_links_left.html", what=leaving.what, token=request.params["token"], again=False)


def take_up_again(request: RequestContext) -> Response:
    """What this link ended runs again: the person changed their mind."""
    leaving = _links(request).read_leaving(request.params["token"])
    user = request.session.get(User, leaving.user_id) if leaving else None
    if leaving is None or user is None or user.deactivated_at is not None:
        return _expired(request)
    if leaving.what != REMINDERS:
        take_up(request.session, leaving.user_id, None if leaving.what == ALL else leaving.subscriptions)
    if leaving.what in (ALL, REMINDERS):
        take_up_reminders(request.session, leaving.user_id)
    request.record(Action.SUBSCRIBE_AGAIN_FROM_MAIL, f"user {leaving.user_id}", by=user)
    return request.page("mailing/mail_links_left.html", what=leaving.what, token=request.params["token"], again=True)


def _named(session: Session, rows: list[Subscription]) -> list[str]:
    """Each by its name, or by what it is about."""
    names = {challenge.id: challenge_name(challenge) for challenge in session.exec(select(Challenge))}
    about = [in_words(CallFilter.model_validate(row.filter), names) for row in rows]
    return [
        row.name or "; ".join(text for _, text in words) or "alle opgaven"
        for row, words in zip(rows, about, strict=True)
    ]


def _running(session: Session, leaving: LeavingLink) -> list[Subscription]:
    query = select(Subscription).where(Subscription.user_id == leaving.user_id, col(Subscription.ended_at).is_(None))
    if leaving.what == REMINDERS:
        return []
    return list(session.exec(query if leaving.what else query.where(col(Subscription.id).in_(leaving.subscriptions))))
