"""Dubbele regelingen: two calls that may be one, side by side; a coordinator says whether they are."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Sighting
from db.rights import has_role
from db.vocabulary import Role
from db.vocabulary_audit import Action
from notifications import wording
from tracker.calendar.decision_clock import replan_moved
from tracker.calls.duplicate_pairs import Alike, dismiss
from tracker.calls.duplicates import Proposal, Sign
from tracker.calls.merge import CannotJoin, join, part
from tracker.errors import NotFound, NotPossible
from tracker.web.calls.rows import CallRow, find_call, rows_for
from tracker.web.calls.statements import Statement, beside, statements
from tracker.web.frame import forms
from tracker.web.frame.context import RequestContext

PAGE = "/regelingen/dubbel"
MOST = 20  # pairs on a page; the next ones come when these are judged
SIGNS = {
    Sign.ADDRESS: "hetzelfde adres",
    Sign.MOMENT: "hetzelfde sluitingsmoment",
    Sign.PUBLISHER: "dezelfde verstrekker",
    Sign.NAME: "dezelfde naam of afkorting van een regeling",
}


class PairForm(BaseModel):
    """The form under a pair."""

    first: int = Field(ge=1)
    second: int = Field(ge=1)
    say: Literal["same", "two"]
    reason: str = Field(default="", max_length=500)


class Pair(NamedTuple):
    """Two calls beside each other, and why they may be one."""

    first: CallRow
    second: CallRow
    sources: tuple[list[Sighting], list[Sighting]]
    lines: list[Statement]
    why: list[str]


def show(request: RequestContext) -> Response:
    """The pairs, and a way back from the one that was joined last."""
    proposals = _proposals(request)
    return request.page(
        "calls/duplicates.html",
        pairs=[_pair(request, proposal) for proposal in proposals[:MOST]],
        more=max(0, len(proposals) - MOST),
        joined=_joined(request.session, request.query.get("samen", "")),
    )


def decide(request: RequestContext) -> Response:
    """Join the two, or keep that they are two; where somebody was first, say so."""
    form, _ = forms.filled(PairForm, request.form)
    if form is None:
        raise NotFound
    if form.say == "same":
        return _join(request, form)
    try:
        dismiss(request.session, form.first, form.second, request.user, form.reason, request.now.instant)
    except NotPossible:
        return request.to(PAGE, done="intussen-besloten")
    request.record(Action.CALLS_TOLD_APART, f"call {form.first}", f"from call {form.second}")
    return request.to(PAGE, done="twee")


def _join(request: RequestContext, form: PairForm) -> Response:
    try:
        join(request.session, form.second, form.first, request.now.instant, request.user)
    except CannotJoin:
        return request.to(PAGE, done="intussen-besloten")
    replan_moved(request.session, request.now.instant)
    request.record(Action.CALLS_JOINED, f"call {form.second}", f"into call {form.first}")
    return request.to(f"{PAGE}?samen={form.second}", done="samengevoegd")


def undo(request: RequestContext) -> Response:
    """Part what was joined."""
    call = find_call(request)
    try:
        kept = part(request.session, call.id, request.now.instant, request.user)
    except NotPossible:
        return request.to(PAGE, done="intussen-besloten")
    replan_moved(request.session, request.now.instant)
    request.record(Action.CALLS_PARTED, f"call {call.id}", f"from call {kept}")
    return request.to(PAGE, done="gescheiden")


def _pair(request: RequestContext, proposal: Proposal) -> Pair:
    session, now = request.session, request.now.instant
    calls = [session.get_one(Call, call_id) for call_id in (proposal.first, proposal.second)]
    first, second = rows_for(request, calls)
    sources = (_sightings(session, calls[0]), _sightings(session, calls[1]))
    return Pair(first, second, sources, beside(*(statements(session, call, now) for call in calls)), _why(proposal))


def _sightings(session: Session, call: Call) -> list[Sighting]:
    return list(session.exec(select(Sighting).where(Sighting.call_id == call.id).order_by(col(Sighting.source))))


def _why(proposal: Proposal) -> list[str]:
    words = f"{wording.percentage(round(proposal.alike * 100))} van de woorden in de titels"
    return [words, *(SIGNS[sign] for sign in proposal.signs)]


def _joined(session: Session, number: str) -> Call | None:
    """The call that was just joined into another, to undo."""
    call = session.get(Call, int(number)) if number.isdecimal() and len(number) <= 9 else None
    return call if call is not None and call.joined_into is not None else None


def waiting(request: RequestContext) -> int:
    """How many pairs wait for this person: none, where it is not for them to say."""
    return len(_proposals(request)) if has_role(request.viewer, Role.COORDINATOR) else 0


def _proposals(request: RequestContext) -> list[Proposal]:
    return request.site.part(Alike).proposals(request.session, request.now.instant)
