"""Until when a newcomer, who has done nothing yet, can come in by each date of a call. Pure.

A date is a gate when its kind, or its source, says that one can come in by it, unless an obligatory earlier step
shuts it: who did not come in by that step cannot come in by what follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.vocabulary import CLOSING_KINDS, DeadlineKind
from scrapers.listing import ListedDeadline

# The order of the steps towards an application; every other kind is the application itself.
STEPS = {DeadlineKind.PRE_REGISTRATION: 0, DeadlineKind.STAGE_1: 1, DeadlineKind.STAGE_2: 3}
APPLICATION = 2


@dataclass(frozen=True)
class Gates:
    """What a call's row keeps of them: the first, the last that closes, and the last moment of all.

    ``by_date``: the gate of each date, in their order.
    """

    first_at: datetime | None = None
    last_at: datetime | None = None
    ends_at: datetime | None = None
    by_date: tuple[datetime | None, ...] = ()


def gate_at(deadline: ListedDeadline, deadlines: Sequence[ListedDeadline]) -> datetime | None:
    """Until when a newcomer can come in by this date; none where it is no gate."""
    over_at = deadline.over_at if deadline.is_door else None
    if over_at is None or any(other.obligatory and _shuts(other, deadline, over_at) for other in deadlines):
        return None
    return over_at


def _shuts(earlier: ListedDeadline, later: ListedDeadline, over_at: datetime) -> bool:
    if _step(earlier) >= _step(later):
        return False
    return earlier.over_at is not None and earlier.over_at <= over_at


def _step(deadline: ListedDeadline) -> int:
    return STEPS.get(deadline.kind, APPLICATION)


def gates_of(deadlines: Sequence[ListedDeadline]) -> Gates:
    """A lone second stage counts as the end: what came before it is not known.

    A step that is not obligatory closes nothing while the closing itself is not known.
    """
    by_date = tuple(gate_at(deadline, deadlines) for deadline in deadlines)
    moments = [(deadline, moment) for deadline, moment in zip(deadlines, by_date, strict=True) if moment]
    ends = [over_at for d in deadlines if d.kind in CLOSING_KINDS and (over_at := d.over_at) is not None]
    closing = [moment for deadline, moment in moments if deadline.kind in CLOSING_KINDS or deadline.obligatory or ends]
    first = min([moment for _, moment in moments], default=None)
    last = max(closing) if closing else None if moments else max(ends, default=None)
    return Gates(first or last, last, max(ends, default=last), by_date)
