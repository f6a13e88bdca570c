"""Dubbele regelingen: two calls that may be one, side by side; a coordinator says whether they are."""

from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call, Sighting
from db.queries import Viewer
from db.rights import has_role
from db.vocabulary import Role
from notifications import wording
from tracker.calls.duplicate_pairs import dismiss
from tracker.calls.duplicates import Proposal, Sign
from tracker.calls.merge import CannotJoin, join, part
from tracker.errors import NotPossible
from tracker.web.calls.detail import dates_of, facts
from tracker.web.calls.rows import CallRow, find_call, rows_for
from tracker.web.frame import audit, forms
from tracker.web.frame.context import Asked, NotThere

PAGE = "/regelingen/dubbel"
MOST = 20  # pairs on a page; the next ones come when these are judged
SAID = {
    Sign.ADDRESS: "hetzelfde adres",
    Sign.MOMENT: "hetzelfde sluitingsmoment",
    Sign.PUBLISHER: "dezelfde verstrekker",
}


class Decided(BaseModel):
    """The form under a pair."""

    first: int = Field(ge=1)
    second: int = Field(ge=1)
    say: Literal["same", "two"]
    reason: str = Field(default="", max_length=500)


class Line(NamedTuple):
    """One thing that both calls say something of, in words."""

    name: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether they contradict each other; silence of one does not."""
        return bool(self.first and self.second) and self.first != self.second


class Pair(NamedTuple):
    """Two calls beside each other, and why they may be one."""

    first: CallRow
    second: CallRow
    sources: tuple[list[Sighting], list[Sighting]]
    lines: list[Line]
    why: list[str]


def show(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> Response:
    """The pairs, and a way back from the one that was joined last."""
    found = asked.site.alike.proposals(session, now)
    return asked.page(
        "calls/duplicates.html",
        pairs=[_pair(session, one, viewer, now) for one in found[:MOST]],
        more=max(0, len(found) - MOST),
        joined=_joined(session, asked.query.get("samen", "")),
    )


def decide(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Join the two, or keep that they are two; where somebody was first, say so."""
    form, _ = forms.filled(Decided, asked.form)
    if form is None:
        raise NotThere
    if form.say == "same":
        return _join(asked, session, form, now)
    try:
        dismiss(session, form.first, form.second, asked.user, form.reason, now)
    except NotPossible:
        return asked.to(PAGE, done="intussen-besloten")
    audit.record(session, asked, "calls told apart", f"call {form.first}", f"from call {form.second}")
    return asked.to(PAGE, done="twee")


def _join(asked: Asked, session: Session, form: Decided, now: datetime) -> Response:
    try:
        join(session, form.second, form.first, now, asked.user)
    except CannotJoin:
        return asked.to(PAGE, done="intussen-besloten")
    audit.record(session, asked, "calls joined", f"call {form.second}", f"into call {form.first}")
    return asked.to(f"{PAGE}?samen={form.second}", done="samengevoegd")


def undo(asked: Asked, _viewer: Viewer, session: Session, now: datetime) -> Response:
    """Part what was joined."""
    call = find_call(session, asked)
    try:
        kept = part(session, call.id, now, asked.user)
    except NotPossible:
        return asked.to(PAGE, done="intussen-besloten")
    audit.record(session, asked, "calls parted", f"call {call.id}", f"from call {kept}")
    return asked.to(PAGE, done="gescheiden")


def _pair(session: Session, found: Proposal, viewer: Viewer, now: datetime) -> Pair:
    calls = [session.get_one(Call, i) for i in (found.first, found.second)]
    first, second = rows_for(session, calls, viewer, now)
    sources = (_sightings(session, calls[0]), _sightings(session, calls[1]))
    return Pair(first, second, sources, _lines(*(_said(session, call, now) for call in calls)), _why(found))


def _sightings(session: Session, call: Call) -> list[Sighting]:
    return list(session.exec(select(Sighting).where(Sighting.call_id == call.id).order_by(col(Sighting.source))))


def _said(session: Session, call: Call, now: datetime) -> dict[str, str]:
    """Dates and facts of a call by name, in words."""
    dates: dict[str, list[str]] = {}
    for date in dates_of(session, call, now):
        moment = date.moment and wording.full_moment(date.moment, date.row.zone, date.row.assumed)
        dates.setdefault(date.kind, []).append(moment or "zonder datum")
    return {kind: "; ".join(moments) for kind, moments in dates.items()} | {f.name: f.value for f in facts(call)}


def _lines(one: dict[str, str], other: dict[str, str]) -> list[Line]:
    return [Line(name, one.get(name, ""), other.get(name, "")) for name in dict.fromkeys([*one, *other])]


def _why(found: Proposal) -> list[str]:
    words = f"{wording.percentage(round(found.alike * 100))} van de woorden in de titels"
    return [words, *(SAID[sign] for sign in found.signs)]


def _joined(session: Session, number: str) -> Call | None:
    """The call that was just joined into another, to undo."""
    call = session.get(Call, int(number)) if number.isdecimal() and len(number) <= 9 else None
    return call if call is not None and call.joined_into is not None else None


def waiting(asked: Asked, viewer: Viewer, session: Session, now: datetime) -> int:
    """How many pairs wait for this person: none, where it is not for them to say."""
    return len(asked.site.alike.proposals(session, now)) if has_role(viewer, Role.COORDINATOR) else 0
