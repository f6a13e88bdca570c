"""Judging: one key or one tap a call, with a reason where it is "no"; the queue moves on by itself; undo."""

from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from db.models import Call, Challenge, Verdict
from db.queries import Viewer
from db.vocabulary import NoReason, Say
from tracker.calendar.bodies import body_calendar
from tracker.calendar.latest_go import late_until
from tracker.errors import Incomplete, NotFound
from tracker.matching.lessons import kinds_of
from tracker.matching.unjudged import my_challenges, waiting_for
from tracker.matching.verdicts import judge, undo
from tracker.web.calls.head import head_of
from tracker.web.calls.rows import find_call, matches_of, rows_for
from tracker.web.calls.why_first import why_here
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState
from tracker.web.frame.safety import home_path

MOST_KINDS = 2  # that are told above the queue


class VerdictForm(BaseModel):
    """The form of a verdict; "no" comes with its reason in one tap: ``no:too_small``."""

    say: str = Field(pattern=r"^(yes|later|no(:[a-z_]+)?)$")
    challenge: str | None = Field(default=None, max_length=100)
    remark: str = Field(default="", max_length=2000)
    back: str = "/beoordelen"


def queue(request: RequestContext) -> Response:
    """The next call that waits for this person, and how many wait."""
    viewer = request.viewer
    bodies, mine = body_calendar(request.session), my_challenges(request.session, viewer)
    late = late_until(viewer.participant_id, bodies, request.now.today)
    waiting = waiting_for(request.session, viewer, request.now.instant, mine, late_until=late)
    last = _last(request.session, request.viewer, request.query.get("laatste", ""))
    kinds = kinds_of(request.session, request.user.id, request.now.instant)[:MOST_KINDS]
    if not waiting:
        return request.page("challenges/judge_empty.html", last=last, kinds=kinds)
    call = request.session.get_one(Call, waiting[0])
    row = rows_for(request, [call])[0]
    why = matches_of(request, [waiting[0]]).get(waiting[0], [])
    about = next((w for w in why if w.challenge.id in mine), why[0] if why else None)
    return request.page(
        "challenges/judge.html", row=row, head=head_of(request, call, data=bodies), about=about, last=last,
        waiting=len(waiting), kinds=kinds, first=why_here(request, row, mine, bodies),
    )  # fmt: skip


def _ask_reason(request: RequestContext, call: Call, state: FormState) -> Response:
    why = matches_of(request, [call.id]).get(call.id, [])
    about = next((w for w in why if w.challenge.id == request.form.get("challenge")), None)
    return request.page("challenges/judge_reason.html", state=state, row=rows_for(request, [call])[0], about=about)


@PageOf(find_call, _ask_reason, lambda _: "/beoordelen").form(VerdictForm, done="beoordeeld")
def say(request: RequestContext, call: Call, form: VerdictForm) -> str:
    """Record a verdict and go on to the next call, or back to the page it came from."""
    word, reason = Say(form.say.split(":")[0]), _reason(form.say)
    if word == Say.NO and reason is None:
        raise Incomplete("Kies een reden bij “niet voor ons”.", "say")
    challenge_id = _challenge_id(request.session, form.challenge)
    verdict = judge(
        request.session, request.user, call.id, challenge_id, word, request.now.instant, reason, form.remark
    )
    back = home_path(form.back)
    return f"{back}{'&' if '?' in back else '?'}laatste={verdict.id}"


def take_back(request: RequestContext) -> Response:
    """Undo one's own verdict: the call stands in the queue again."""
    verdict = request.named(Verdict, "verdict_id")
    if verdict.user_id != request.viewer.user_id or verdict.undone_at is not None:
        raise NotFound
    undo(request.session, request.user, verdict.call_id, verdict.challenge_id, request.now.instant)
    return request.to(home_path(str(request.form.get("back", "/beoordelen"))), done="ongedaan")


def _reason(answer: str) -> NoReason | None:
    word = answer.partition(":")[2]
    return NoReason(word) if word in set(NoReason) else None


def _challenge_id(session: Session, challenge_id: str | None) -> str | None:
    if challenge_id is None:
        return None
    if session.get(Challenge, challenge_id) is None:
        raise NotFound
    return challenge_id


def _last(session: Session, viewer: Viewer, number: str) -> tuple[Verdict, Call] | None:
    """The verdict just given, to undo."""
    if not number.isdecimal() or len(number) > 9:
        return None
    verdict = session.get(Verdict, int(number))
    if verdict is None or verdict.user_id != viewer.user_id or verdict.undone_at is not None:
        return None
    return verdict, session.get_one(Call, verdict.call_id)
