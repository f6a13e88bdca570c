"""What people said changes the order of what comes after: like the rejected sinks, what anyone wants never does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from db.vocabulary import NoReason
from tracker.matching.fit import Array
from tracker.matching.texts import Vectors

LASTING = frozenset({"off_topic", "not_eligible", "too_small", "too_large", "no_cofunding", "no_partners"})
# not among them: too_late, no_capacity and other say something of the day, nothing of the next call
ALIKE_FROM, ALIKE_FULLY = 0.45, 0.8  # cosines: unrelated calls stay below the first, rewritten ones reach the second
ENOUGH = 1.5  # so much likeness to rejections with one reason begins to count: two near ones, or three less near
DEEPEST = 0.6  # the largest share of a score that rejections of others' calls can take away
HALF_LIFE = timedelta(days=365)
RELEVANT = "gemarkeerd als relevant"
WANTED = 0.95  # the least score of a pair that someone marked as relevant


@dataclass(frozen=True)
class ActiveVerdict:
    """One standing verdict: `say` is yes, no or later, `reason` a code with no, `vector` the judged call's."""

    call_id: str
    challenge_id: str | None
    say: str
    reason: str | None
    at: datetime
    vector: Vectors | None = None


@dataclass(frozen=True)
class RankedPair:
    """A pair to be ranked; `score` is what the matcher said, `because` tells in Dutch why it was moved."""

    call_id: str
    challenge_id: str
    score: float
    vector: Vectors | None = None
    because: str | None = None


def after_verdicts(scored: Sequence[RankedPair], verdicts: Sequence[ActiveVerdict], now: datetime) -> list[RankedPair]:
    """The same pairs with the scores that verdicts leave them, best first; nothing disappears.

    Hand in the verdicts that hold for the reader (own or team's, for `no`) and everyone's `yes`: what anyone marked as
    relevant is never lowered, whatever was rejected beside it.
    """
    alike = _likeness(scored, verdicts, now)
    moved = [_moved(pair, verdicts, row) for pair, row in zip(scored, alike, strict=True)]
    return sorted(moved, key=lambda pair: -pair.score)


def _likeness(scored: Sequence[RankedPair], verdicts: Sequence[ActiveVerdict], now: datetime) -> Array:
    """How much each pair's call is like each judged call, 0 to 1, the less the longer ago it was judged."""
    calls, others = _stacked(scored), _stacked(verdicts)
    if calls.shape[1] != others.shape[1]:
        return np.zeros((len(scored), len(verdicts)))
    near = np.clip((calls @ others.T - ALIKE_FROM) / (ALIKE_FULLY - ALIKE_FROM), 0, 1)
    ages = [max(now - verdict.at, timedelta(0)) / HALF_LIFE for verdict in verdicts]
    return np.asarray(near * 0.5 ** np.array(ages), np.float64).reshape(len(scored), len(verdicts))


def _stacked(rows: Sequence[RankedPair] | Sequence[ActiveVerdict]) -> Array:
    size = max((len(row.vector) for row in rows if row.vector is not None), default=0)
    return np.array([np.zeros(size) if row.vector is None else row.vector for row in rows]).reshape(len(rows), size)


def _moved(pair: RankedPair, verdicts: Sequence[ActiveVerdict], alike: Array) -> RankedPair:
    about = [v.challenge_id in (None, pair.challenge_id) for v in verdicts]
    own = {v.say for v, mine in zip(verdicts, about, strict=True) if mine and v.call_id == pair.call_id}
    if "yes" in own:
        return replace(pair, score=max(pair.score, WANTED), because=RELEVANT)
    if "no" in own:
        return replace(pair, score=pair.score * (1 - DEEPEST), because="eerder beoordeeld als niet voor ons")
    others = [(v, float(a)) for v, a, mine in zip(verdicts, alike, about, strict=True) if mine and a > 0]
    taken, reason = _taken(others)
    if taken <= 0:
        return pair
    because = f"lijkt op wat eerder werd afgewezen ({NoReason(reason).label})"
    return replace(pair, score=pair.score * (1 - taken), because=because)


def _taken(others: Sequence[tuple[ActiveVerdict, float]]) -> tuple[float, str]:
    """The share of the score that rejections take, and the reason they have in common."""
    wanted = max((a for v, a in others if v.say == "yes"), default=0.0)
    most, because = 0.0, ""
    for reason in sorted({v.reason for v, _ in others if v.say == "no" and v.reason in LASTING and v.reason}):
        likeness = [a for v, a in others if v.say == "no" and v.reason == reason]
        if max(likeness) <= wanted or len(likeness) < 2:
            continue
        taken = DEEPEST * min(max(sum(likeness) - ENOUGH + 1, 0.0), 1.0)
        if taken > most:
            most, because = taken, reason
    return most, because
