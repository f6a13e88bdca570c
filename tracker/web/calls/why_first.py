"""Why a call stands where it does among those that wait and in a mail: what the order goes by, of this one call."""

from collections.abc import Collection

from sqlmodel import select

from db.models import Follow
from db.reach import Reach
from db.vocabulary import Status
from notifications import wording
from notifications.places import DecisionWindow
from tracker.calendar.bodies import BodyCalendar
from tracker.calendar.latest_go import next_closing, window_in
from tracker.web.calls.rows import CallRow, Why
from tracker.web.frame.context import RequestContext
from tracker.web.frame.phrases import challenge_name, who_if_known


def why_here(request: RequestContext, row: CallRow, mine: Collection[str], bodies: BodyCalendar) -> str:
    """The same of one row, for who looks at it."""
    mine_too = select(Follow.call_id).where(Follow.user_id == request.viewer.user_id, Follow.call_id == row.call.id)
    followed = request.session.exec(mine_too).first() is not None
    return why_first(row, mine, followed, window_of(request, row, bodies), request.reach)


def window_of(request: RequestContext, row: CallRow, bodies: BodyCalendar) -> DecisionWindow:
    """Until when the reader's organisation can decide on a row, as mail and the call's page say it."""
    closing = next_closing(row.dates, request.now)
    day = closing[0] if closing else None
    call, viewer = row.call, request.viewer
    return window_in(request.reach, call, day, viewer.participant_id, bodies, request.now.today)


def why_first(row: CallRow, mine: Collection[str], followed: bool, window: DecisionWindow, reach: Reach) -> str:
    """``past 99% bij Klimaatadaptatie; waarschijnlijk zelf aan te vragen; go/no-go uiterlijk 9 juni 2026``.

    ``mine``: the opgaven that count for this reader; none means all.
    """
    counting = [why for why in row.why if not mine or why.challenge.id in mine]
    best = max(counting, key=lambda why: why.score, default=None)
    parts = (
        row.unplaced or (_fit(best) if best else ""),
        "u volgt deze regeling" if followed else "",
        who_if_known(row.call, reach) or "niet bekend wie mag aanvragen",
        "" if row.status is Status.OPEN else "nog niet open",
        decision_line(window),
    )
    return "; ".join(filter(None, parts))


def _fit(why: Why) -> str:
    return f"past {wording.percentage(round(why.score * 100))} bij {challenge_name(why.challenge)}"


def decision_line(window: DecisionWindow) -> str:
    """``go/no-go uiterlijk 9 juni 2026, met eigen geld (aangenomen ritme)``, as the mail and the call's page say it."""
    if window.late or window.go_by is None:
        return window.late
    assumed = " (aangenomen ritme)" if window.assumed else ""
    return f"go/no-go uiterlijk {wording.moment(window.go_by)}, {window.route}{assumed}"
