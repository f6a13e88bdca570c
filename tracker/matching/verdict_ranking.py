"""What somebody said changes the order of what comes after: like the rejected sinks, like the wanted rises. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.vocabulary import LessonKind, NoReason, Say
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.likeness import Compared, likeness

LASTING = frozenset({"off_topic", "not_eligible", "too_small", "too_large", "no_cofunding", "no_partners"})
# not among them: too_late, no_capacity and other say something of the day, nothing of the next call
ENOUGH = 1.5  # so much likeness to rejections with one reason begins to count: two near ones, or three less near
NEAR = 0.5  # the likeness from which two rejections are of one kind
DEEPEST = 0.6  # the largest share of a score that rejections of others' calls can take away
NEVER_TAKES = 0.9  # the share that "nooit meer zoals deze" takes of what is wholly like it
MORE_GIVES = 0.5  # the share of what a score lacks that "meer zoals deze" gives
RELEVANT = "gemarkeerd als relevant"
REFUSED = "eerder beoordeeld als niet voor ons"
LIKE_MORE, LIKE_NEVER = "lijkt op wat u vaker wilt zien", "lijkt op wat u nooit meer wilt zien"
NEVER_AGAIN = "u wilt deze nooit meer zien"
HALF_LIFE = timedelta(days=365)  # after which a word says half as much of other calls
WANTED = 0.95  # the least score of a pair that someone marked as relevant


@dataclass(frozen=True)
class ActiveVerdict:
    """A word that stands: `say` is a verdict (yes, no, later) or a lesson (more, never), `reason` a code with no.

    `vector` is of the call it was said of, as it is stored; `challenge_id` none where it was said of the whole call.
    """

    call_id: str
    challenge_id: str | None
    say: str
    reason: str | None
    at: datetime
    vector: bytes | None = None


@dataclass(frozen=True)
class RankedPair:
    """A pair to be ranked; `score` is what the matcher said, `because` tells in Dutch why it was moved."""

    call_id: str
    challenge_id: str
    score: float
    vector: bytes | None = None
    because: str | None = None


def after_verdicts(scored: Sequence[RankedPair], verdicts: Sequence[ActiveVerdict], now: datetime) -> list[RankedPair]:
    """The same pairs with the scores that the words of one reader leave them, best first; nothing disappears.

    Hand in the words that hold for that reader, own or team's. What is marked as relevant is never lowered, whatever
    was rejected beside it.
    """
    if not verdicts:
        return sorted(scored, key=lambda pair: -pair.score)
    alike = alike_to(scored, verdicts, now)
    moved = [_moved(pair, verdicts, row) for pair, row in zip(scored, alike, strict=True)]
    return sorted(moved, key=lambda pair: -pair.score)


def alike_to(
    rows: "Sequence[RankedPair | ActiveVerdict]", verdicts: Sequence[ActiveVerdict], now: datetime
) -> list[Sequence[float]]:
    """How much the call of each row is like each judged call; its pairs share a row."""
    vectors = {row.call_id: row.vector for row in rows}
    half_lives = [max(now - verdict.at, timedelta(0)) / HALF_LIFE for verdict in verdicts]
    alike = likeness(Compared([*vectors.values()], [verdict.vector for verdict in verdicts], half_lives))
    of_call = dict(zip(vectors, alike, strict=True))
    return [of_call[row.call_id] for row in rows]


def _moved(pair: RankedPair, verdicts: Sequence[ActiveVerdict], alike: Iterable[float]) -> RankedPair:
    about = [v.challenge_id in (None, pair.challenge_id) for v in verdicts]
    own = {v.say for v, mine in zip(verdicts, about, strict=True) if mine and v.call_id == pair.call_id}
    if Say.YES in own:
        return _wanted(pair, verdicts)
    if LessonKind.NEVER in own:
        return replace(pair, score=pair.score * (1 - NEVER_TAKES), because=NEVER_AGAIN)
    if Say.NO in own:
        return replace(pair, score=pair.score * (1 - DEEPEST), because=REFUSED)
    others = [(v, a) for v, a, mine in zip(verdicts, alike, about, strict=True) if mine and a > 0]
    more, never = _nearest(others, LessonKind.MORE), _nearest(others, LessonKind.NEVER)
    taken, reason = _taken(others)
    if never > more and never * NEVER_TAKES >= taken:
        return replace(pair, score=pair.score * (1 - never * NEVER_TAKES), because=LIKE_NEVER)
    if more > 0 and more >= taken / DEEPEST:
        return replace(pair, score=pair.score + (1 - pair.score) * more * MORE_GIVES, because=LIKE_MORE)
    if taken <= 0:
        return pair
    because = f"lijkt op wat eerder werd afgewezen ({NoReason(reason).label})"
    return replace(pair, score=pair.score * (1 - taken), because=because)


def _nearest(others: Sequence[tuple[ActiveVerdict, float]], *says: str) -> float:
    """How much it is like the likest call of which one of these was said."""
    return max((alike for verdict, alike in others if verdict.say in says), default=0.0)


def _wanted(pair: RankedPair, verdicts: Sequence[ActiveVerdict]) -> RankedPair:
    """Said of the call as a whole, it is about the opgaven that the call matches; of the others it says nothing."""
    meant = any(v.call_id == pair.call_id and v.challenge_id == pair.challenge_id for v in verdicts if v.say == Say.YES)
    if not meant and pair.score < DIGEST_THRESHOLD:
        return pair
    return replace(pair, score=max(pair.score, WANTED), because=RELEVANT)


def _taken(others: Sequence[tuple[ActiveVerdict, float]]) -> tuple[float, str]:
    """The share of the score that rejections take, and the reason they have in common."""
    wanted = _nearest(others, Say.YES, LessonKind.MORE)
    most, because = 0.0, ""
    for reason in sorted({v.reason for v, _ in others if v.say == Say.NO and v.reason in LASTING and v.reason}):
        alike = [a for v, a in others if v.say == Say.NO and v.reason == reason]
        if max(alike) <= wanted or len(alike) < 2:
            continue
        taken = DEEPEST * min(max(sum(alike) - ENOUGH + 1, 0.0), 1.0)
        if taken > most:
            most, because = taken, reason
    return most, because


def kinds(verdicts: Sequence[ActiveVerdict], now: datetime) -> list[list[ActiveVerdict]]:
    """The rejections that together lower what is like them, a group each: one lasting reason, calls like each other.

    The largest first; inside a group the newest first.
    """
    groups = [group for reason in sorted(LASTING) for group in _groups_of(verdicts, reason, now)]
    return sorted(groups, key=lambda group: (-len(group), -group[0].at.timestamp()))


def _groups_of(verdicts: Sequence[ActiveVerdict], reason: str, now: datetime) -> list[list[ActiveVerdict]]:
    newest = {v.call_id: v for v in sorted(verdicts, key=lambda v: v.at) if v.say == Say.NO and v.reason == reason}
    left = sorted((v for v in newest.values() if v.vector is not None), key=lambda v: (v.at, v.call_id), reverse=True)
    near = _near(left, now)
    groups: list[list[ActiveVerdict]] = []
    while left:
        group = [left.pop(0)]
        for member in group:  # grows while it is walked
            group += [v for v in left if member.call_id in near[v.call_id]]
            left = [v for v in left if v not in group]
        if len(group) > 1:
            groups.append(group)
    return groups


def _near(words: Sequence[ActiveVerdict], now: datetime) -> dict[str, set[str]]:
    """Per call of a word the calls that it is more like than not."""
    rows = zip(words, alike_to(words, words, now), strict=True)
    return {word.call_id: {near.call_id for near, a in zip(words, row, strict=True) if a >= NEAR} for word, row in rows}
