"""How much calls are like judged ones, by their vectors: what verdicts on some say of others. Pure; with numpy."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tracker.matching.fit import Array

if TYPE_CHECKING:
    from tracker.matching.verdict_ranking import ActiveVerdict, RankedPair

ALIKE_FROM, ALIKE_FULLY = 0.45, 0.8  # cosines: unrelated calls stay below the first, rewritten ones reach the second
HALF_LIFE = timedelta(days=365)


def likeness(
    scored: "Sequence[RankedPair | ActiveVerdict]", verdicts: "Sequence[ActiveVerdict]", now: datetime
) -> list[Array]:
    """How much the call of each row is like each judged call, 0 to 1, the less the longer ago it was judged.

    A call has a pair with many opgaven, and they share its row.
    """
    by_call = {row.call_id: row for row in scored}
    place = {call: n for n, call in enumerate(by_call)}
    calls, others = _stacked([*by_call.values()]), _stacked(verdicts)
    if calls.shape[1] != others.shape[1]:
        alike = np.zeros((len(calls), len(others)))
    else:
        near = np.clip((calls @ others.T - ALIKE_FROM) / (ALIKE_FULLY - ALIKE_FROM), 0, 1)
        ages = [max(now - verdict.at, timedelta(0)) / HALF_LIFE for verdict in verdicts]
        alike = np.asarray(near * 0.5 ** np.array(ages), np.float64).reshape(len(calls), len(others))
    return [alike[place[row.call_id]] for row in scored]


def _stacked(rows: "Sequence[RankedPair | ActiveVerdict]") -> Array:
    size = max((len(row.vector) for row in rows if row.vector is not None), default=0)
    none = np.zeros(size, np.float32)
    return np.array([none if row.vector is None else row.vector for row in rows]).reshape(len(rows), size)
