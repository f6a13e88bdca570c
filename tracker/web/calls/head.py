"""What stands first on the page of a call, as in a mail: what it is, for whom, how much, when, what of ours runs."""

from dataclasses import dataclass

from db.models import Call
from db.vocabulary import ToldKind
from notifications.call_card import CallCard, call_card, gist_of
from notifications.catalogue import read_catalogue
from notifications.digest import Item
from notifications.gist import Gist
from tracker.lobby.call_work import CallWork, read_call_work, seen_by
from tracker.matching import DIGEST_THRESHOLD
from tracker.web.frame.context import RequestContext


@dataclass(frozen=True)
class CallHead:
    """The card that a mail shows, what the call is, and what of our own runs on it."""

    card: CallCard
    gist: Gist
    work: list[CallWork]


def head_of(request: RequestContext, call: Call) -> CallHead | None:
    """For the page of a call; none for a moment, for which nothing is applied."""
    now = request.now.instant
    known = read_catalogue(request.session, now, DIGEST_THRESHOLD, only=[call.id]).calls.get(call.id)
    if known is None:
        return None
    work = seen_by(request.viewer, read_call_work(request.session, [call.id])[call.id])
    card = call_card(Item(known, ToldKind.REMINDER), now, f"/regelingen/{call.id}")
    return CallHead(card, gist_of(known), work)
