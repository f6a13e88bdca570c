"""What stands first on the page of a call, as in a mail: what it is, for whom, how much, when, what of ours runs."""

from dataclasses import dataclass

from sqlmodel import col, select

from db.models import Call, Deadline
from db.vocabulary import ToldKind
from db.vocabulary_lobby import DossierKind
from notifications.call_card import CallCard, call_card, gist_of
from notifications.catalogue import read_calls
from notifications.digest import Item
from notifications.gist import Gist
from notifications.places import NO_WINDOW
from notifications.wording import local_day
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.latest_go import is_in, window_in
from tracker.lobby.call_work import CallWork, read_call_work, seen_by
from tracker.matching import DIGEST_THRESHOLD
from tracker.web.frame.context import RequestContext


@dataclass(frozen=True)
class CallHead:
    """The card that a mail shows, what the call is, and what of our own runs on it."""

    card: CallCard
    gist: Gist
    work: list[CallWork]


def head_of(
    request: RequestContext, call: Call, decides: str | None = None, data: BodyCalendar | None = None
) -> CallHead | None:
    """For the page of a call; none for a moment, for which nothing is applied.

    ``decides``: the participant whose last day it is, where that is not who is signed in. ``data``: what is known of
    bodies, where it was read already.
    """
    now = request.now.instant
    known = read_calls(request.session, now, DIGEST_THRESHOLD, col(Call.id) == call.id).get(call.id)
    if known is None:
        return None
    work = seen_by(request.viewer, read_call_work(request.session, [call.id])[call.id])
    bodies, due = data or body_calendar(request.session), known.next_due
    closes = local_day(due.shown) if known.is_news and due and due.shown else None
    deciding = decides or request.viewer.participant_id
    window = window_in(request.reach, known, closes, deciding, bodies, request.now.today)
    if any(each.kind is DossierKind.APPLICATION and each.participant_id == deciding for each in work):
        dates = request.session.exec(
            select(Deadline).where(Deadline.call_id == call.id, col(Deadline.cancelled_at).is_(None))
        ).all()
        window = NO_WINDOW if is_in(request.session, call.id, deciding, dates, request.now) else window
    card = call_card(Item(known, ToldKind.REMINDER, window=window), now, f"/regelingen/{call.id}")
    return CallHead(card, gist_of(known), work)
