"""Which two calls may be one, and why. Pure; a person confirms with ``call join`` or says no with ``call dismiss``.

What names the same official reference joins by itself (linking.py). A yearly reopening or a next round is another call.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from db.vocabulary import Nature
from tracker.calls.identity import same_address
from tracker.calls.linking import same_round

LIKE_ENOUGH = 0.6
ROMAN_ROUND = frozenset({"i", "ii", "iii", "iv", "v"})
COMMON = 40  # a word in more titles than this says nothing about which call it is
EMPTY_WORDS = frozenset(
    {"de", "het", "een", "van", "voor", "en", "in", "op", "met", "aan", "bij", "subsidie", "regeling"}
    | {"of", "the", "for", "and", "on", "to", "a", "an", "call"}
)


class Sign(StrEnum):
    """What two calls share beside the words of their titles."""

    ADDRESS = "the same address"
    MOMENT = "the same closing moment"
    PUBLISHER = "the same publisher"


WEIGHT = {Sign.ADDRESS: 0, Sign.MOMENT: 0.2, Sign.PUBLISHER: 0.1}


@dataclass(frozen=True)
class LikelyDouble:
    """A call as far as it decides what it may be the same as; ``words``: the stems of its title."""

    id: int
    words: frozenset[str]
    sources: frozenset[str]
    address: str
    closes_at: datetime | None = None
    publisher: str | None = None
    nature: str = Nature.CALL

    @cached_property
    def telling(self) -> frozenset[str]:
        """The words without those of every title."""
        return self.words - EMPTY_WORDS

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Years, rounds and tranches; Roman ones too, as far as rounds go."""
        return frozenset(word for word in self.words if word in ROMAN_ROUND or any(map(str.isdigit, word)))

    @cached_property
    def page(self) -> str:
        """Its address, however it is written."""
        return same_address(self.address)


@dataclass(frozen=True)
class Proposal:
    """Two calls that may be one: how alike, and the reasons to think so. ``alike``: 0 to 1, of their titles' words."""

    first: int
    second: int
    score: float
    reasons: tuple[str, ...] = field(default=())
    alike: float = 0
    signs: tuple[Sign, ...] = ()


def proposals(calls: Sequence[LikelyDouble], dismissed: Container[tuple[int, int]] = frozenset()) -> list[Proposal]:
    """Pairs worth a person's look, the likeliest first; without those that a person said to be two."""
    pairs = [proposal(call, other) for call, other in _pairs(calls)]
    asked = (p for p in pairs if p is not None and (p.first, p.second) not in dismissed)
    return sorted(asked, key=lambda p: (-p.score, p.first, p.second))


def proposal(call: LikelyDouble, other: LikelyDouble) -> Proposal | None:
    """What speaks for these two being one; none where anything speaks against it."""
    if call.sources & other.sources or call.nature != other.nature or not same_round(call.closes_at, other.closes_at):
        return None
    same_page = call.page == other.page
    alike = _alike(call.telling, other.telling)
    if call.numbers != other.numbers or (not same_page and alike < LIKE_ENOUGH):
        return None
    signs = tuple(_signs(call, other, same_page))
    score = min(round(max(alike, 0.9 * same_page) + sum(WEIGHT[sign] for sign in signs), 2), 1.0)
    reasons = (f"{alike:.0%} of the words in their titles", *(sign.value for sign in signs))
    return Proposal(min(call.id, other.id), max(call.id, other.id), score, reasons, alike, signs)


def _signs(call: LikelyDouble, other: LikelyDouble, same_page: bool) -> Iterator[Sign]:
    if same_page:
        yield Sign.ADDRESS
    if call.closes_at and call.closes_at == other.closes_at:
        yield Sign.MOMENT
    if call.publisher and call.publisher == other.publisher:
        yield Sign.PUBLISHER


def _alike(words: frozenset[str], others: frozenset[str]) -> float:
    together = words | others
    return len(words & others) / len(together) if together else 0.0


def _pairs(calls: Sequence[LikelyDouble]) -> Iterator[tuple[LikelyDouble, LikelyDouble]]:
    """Pairs that share a word few titles have, or an address: not every call with every other."""
    groups: dict[str, list[LikelyDouble]] = defaultdict(list)
    for call in calls:
        for word in {*call.telling, call.page}:
            groups[word].append(call)
    seen = set()
    for group in groups.values():
        for one, other in combinations(group, 2) if len(group) <= COMMON else ():
            if (one.id, other.id) not in seen:
                seen.add((one.id, other.id))
                yield one, other
