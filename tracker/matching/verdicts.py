"""What people said changes the order of what comes after: like the rejected sinks, what anyone wants never does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from tracker.matching.reading import clean, sentences
from tracker.matching.texts import CallText, Embedder, Vectors

LASTING = frozenset({"off_topic", "not_eligible", "too_small", "too_large", "no_cofunding", "no_partners"})
# not among them: too_late, no_capacity and other say something of the day, nothing of the next call
ALIKE_FROM, ALIKE_FULLY = 0.45, 0.85  # cosines: unrelated calls stay below the first, rewritten ones reach the second
ENOUGH = 1.5  # so much likeness to rejections with one reason begins to count: two near ones, or three less near
DEEPEST = 0.6  # the largest share of a score that rejections of others' calls can take away
HALF_LIFE = timedelta(days=365)
WANTED = 0.95  # the least score of a pair that someone marked as relevant


@dataclass(frozen=True)
class Judged:
    """One standing verdict: `say` is yes, no or later, `reason` a code with no, `vector` the judged call's."""

    call_id: str
    challenge_id: str | None
    say: str
    reason: str | None
    at: datetime
    vector: Vectors | None = None


@dataclass(frozen=True)
class Ranked:
    """A pair to be ranked; `score` is what the matcher said, `because` tells in Dutch why it was moved."""

    call_id: str
    challenge_id: str
    score: float
    vector: Vectors | None = None
    because: str | None = None


def fingerprints(calls: Sequence[CallText], embedder: Embedder) -> Vectors:
    """One unit vector per call, of its title and first sentences; keep it with `embedder.name` beside it."""
    texts = [[clean(c.title, 400), *sentences(clean(c.text))[:3]] for c in calls]
    table = embedder.encode([t for ts in texts for t in ts])
    ends = np.cumsum([len(ts) for ts in texts])
    parts = np.split(table, ends[:-1]) if len(calls) else []
    found = np.array([part[0] + part.mean(axis=0) for part in parts], np.float32).reshape(len(calls), -1)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6), np.float32)


def after_verdicts(scored: Sequence[Ranked], verdicts: Sequence[Judged], now: datetime) -> list[Ranked]:
    """The same pairs with the scores that verdicts leave them, best first; nothing disappears but what was rejected.

    Hand in the verdicts that hold for the reader (own or team's, for `no`) and everyone's `yes`: what anyone marked as
    relevant is never lowered, whatever was rejected beside it.
    """
    moved = [_moved(pair, verdicts, now) for pair in scored]
    return sorted(moved, key=lambda pair: -pair.score)


def _moved(pair: Ranked, verdicts: Sequence[Judged], now: datetime) -> Ranked:
    own = [v for v in verdicts if v.call_id == pair.call_id and v.challenge_id in (None, pair.challenge_id)]
    if any(v.say == "yes" for v in own):
        return replace(pair, score=max(pair.score, WANTED), because="gemarkeerd als relevant")
    if any(v.say == "no" for v in own):
        return replace(pair, score=0.0, because="eerder beoordeeld als niet voor ons")
    taken, reason = _taken(pair, verdicts, now)
    if taken <= 0:
        return pair
    return replace(pair, score=pair.score * (1 - taken), because=f"lijkt op wat eerder werd afgewezen ({reason})")


def _taken(pair: Ranked, verdicts: Sequence[Judged], now: datetime) -> tuple[float, str]:
    """The share of the score that rejections take, and the reason they have in common."""
    others = [v for v in verdicts if v.call_id != pair.call_id and v.challenge_id in (None, pair.challenge_id)]
    wanted = max((_alike(pair, v, now) for v in others if v.say == "yes"), default=0.0)
    most, because = 0.0, ""
    for reason in sorted({v.reason for v in others if v.say == "no" and v.reason in LASTING and v.reason}):
        likeness = [_alike(pair, v, now) for v in others if v.say == "no" and v.reason == reason]
        if not likeness or max(likeness) <= wanted:
            continue
        taken = DEEPEST * min(max(sum(likeness) - ENOUGH + 1, 0.0), 1.0) * (sum(x > 0 for x in likeness) >= 2)
        if taken > most:
            most, because = taken, reason
    return most, because


def _alike(pair: Ranked, verdict: Judged, now: datetime) -> float:
    if pair.vector is None or verdict.vector is None or pair.vector.shape != verdict.vector.shape:
        return 0.0
    cosine = float(pair.vector @ verdict.vector)
    nearness = min(max((cosine - ALIKE_FROM) / (ALIKE_FULLY - ALIKE_FROM), 0.0), 1.0)
    age = max(now - verdict.at, timedelta(0))
    return nearness * float(0.5 ** (age / HALF_LIFE))
