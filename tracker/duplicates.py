"""Which two calls may be one, and why. Pure; a person confirms with ``call join`` or says no with ``call dismiss``.

What names the same official reference joins by itself (joining.py). A yearly reopening or a next round is another call.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from tracker.identity import same_address
from tracker.joining import same_round

LIKE_ENOUGH = 0.6
COMMON = 40  # a word in more titles than this says nothing about which call it is
EMPTY_WORDS = frozenset(
    {"de", "het", "een", "van", "voor", "en", "in", "op", "met", "aan", "bij", "subsidie", "regeling"}
    | {"of", "the", "for", "and", "on", "to", "a", "an", "call"}
)


@dataclass(frozen=True)
class Candidate:
    """A call as far as it decides what it may be the same as; ``words``: the stems of its title."""

    id: int
    words: frozenset[str]
    sources: frozenset[str]
    address: str
    closes_at: datetime | None = None
    publisher: str | None = None


@dataclass(frozen=True)
class Proposal:
    """Two calls that may be one: how alike, and the reasons to think so."""

    first: int
    second: int
    score: float
    reasons: tuple[str, ...] = field(default=())


def proposals(calls: Sequence[Candidate], dismissed: Container[tuple[int, int]] = frozenset()) -> list[Proposal]:
    """Pairs worth a person's look, the likeliest first; without those that a person said to be two."""
    found = [proposal(one, other) for one, other in _pairs(calls)]
    asked = (p for p in found if p is not None and (p.first, p.second) not in dismissed)
    return sorted(asked, key=lambda p: (-p.score, p.first, p.second))


def proposal(one: Candidate, other: Candidate) -> Proposal | None:
    """What speaks for these two being one; none where anything speaks against it."""
    if one.sources & other.sources or not same_round(one.closes_at, other.closes_at):
        return None
    if _numbers(one) != _numbers(other):
        return None
    same_page = same_address(one.address) == same_address(other.address)
    alike = _alike(one.words - EMPTY_WORDS, other.words - EMPTY_WORDS)
    if not same_page and alike < LIKE_ENOUGH:
        return None
    return Proposal(min(one.id, other.id), max(one.id, other.id), *_weigh(one, other, alike, same_page))


def _weigh(one: Candidate, other: Candidate, alike: float, same_page: bool) -> tuple[float, tuple[str, ...]]:
    reasons, score = [f"{alike:.0%} of the words in their titles"], alike
    if same_page:
        reasons, score = [*reasons, "the same address"], max(score, 0.9)
    if one.closes_at and one.closes_at == other.closes_at:
        reasons, score = [*reasons, "the same closing moment"], score + 0.2
    if one.publisher and one.publisher == other.publisher:
        reasons, score = [*reasons, "the same publisher"], score + 0.1
    return min(round(score, 2), 1.0), tuple(reasons)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    together = one | other
    return len(one & other) / len(together) if together else 0.0


def _numbers(call: Candidate) -> set[str]:
    """Years, rounds and tranches; Roman ones too, as far as rounds go."""
    return {word for word in call.words if any(c.isdigit() for c in word) or word in ("i", "ii", "iii", "iv", "v")}


def _pairs(calls: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Pairs that share a word few titles have, or an address: not every call with every other."""
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for call in calls:
        for word in {*(call.words - EMPTY_WORDS), same_address(call.address)}:
            groups[word].append(call)
    seen = set()
    for group in groups.values():
        for one, other in combinations(group, 2) if len(group) <= COMMON else ():
            if (one.id, other.id) not in seen:
                seen.add((one.id, other.id))
                yield one, other
