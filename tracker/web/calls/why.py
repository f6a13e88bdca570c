"""Waarom: what happened to a call, from its source to my mailbox: told, waiting or set aside, in which mail, where."""

from dataclasses import replace

from starlette.responses import Response

from db.models import Call
from db.vocabulary import Status
from notifications.source_names import source_name
from tracker.calendar.bodies import body_calendar
from tracker.mailing.trace import TraceStep, so_far, told_of
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.unjudged import my_challenges
from tracker.web.calls.rows import find_call, rows_for
from tracker.web.calls.why_first import why_here
from tracker.web.frame.context import RequestContext

STANDING = (Status.OPEN, Status.ANNOUNCED, Status.EXPECTED)


def show(request: RequestContext) -> Response:
    """Of the person who asks, and of nobody else; an administrator has ``kansenradar why`` for everybody."""
    call = find_call(request)
    if call.joined_into is not None:
        return request.to(f"/regelingen/{call.joined_into}/waarom")
    session, now = request.session, request.now.instant
    return request.page(
        "calls/why.html",
        call=call,
        mine=_one_a_mail(told_of(session, call, now, DIGEST_THRESHOLD, only=request.user.id)),
        before=[_as_called(step) for step in so_far(session, call, now, DIGEST_THRESHOLD)],
        address=request.user.email,
        order=_order(request, call),
    )


def _order(request: RequestContext, call: Call) -> str:
    """What its place goes by, while it can still have one."""
    row = rows_for(request, [call])[0]
    if row.status not in STANDING:
        return ""
    return why_here(request, row, my_challenges(request.session, request.viewer), body_calendar(request.session))


def _one_a_mail(steps: list[TraceStep]) -> list[TraceStep]:
    """A mail may tell several things of a call; that it named the call is said once."""
    return list({step.mail or -number: step for number, step in reversed(list(enumerate(steps)))}.values())[::-1]


def _as_called(step: TraceStep) -> TraceStep:
    """With the name that the source has on every page."""
    return replace(step, said=source_name(step.source) + step.said.removeprefix(step.source)) if step.source else step
