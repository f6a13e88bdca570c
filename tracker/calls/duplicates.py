"""Which two calls may be one, and why. Pure; a person confirms with ``call join`` or says no with ``call dismiss``.

What names the same official reference joins by itself (linking.py). A yearly reopening or a next round is another call.
Titles differ over sources: the same name or acronym of a scheme, of bodies that can be one and in the same year, is
enough to ask.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from db.vocabulary import Nature
from tracker.calls.identity import same_address
from tracker.calls.linking import same_round
from tracker.calls.scheme_names import may_be_one

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
    NAME = "the same name or acronym of a scheme"


WEIGHT = {Sign.ADDRESS: 0, Sign.MOMENT: 0.2, Sign.PUBLISHER: 0.1, Sign.NAME: 0}
BY_PAGE, BY_NAME = 0.9, 0.7  # how likely that alone makes it
FEW = 6  # an acronym of more calls is that of a programme or a body
YEAR = re.compile(r"20\d\d")


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
    names: frozenset[str] = frozenset()  # the acronyms in its title

    @cached_property
    def telling(self) -> frozenset[str]:
        """The words without those of every title."""
        return self.words - EMPTY_WORDS

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Years, rounds and tranches; Roman ones too, as far as rounds go."""
        return frozenset(word for word in self.words if word in ROMAN_ROUND or any(map(str.isdigit, word)))

    @cached_property
    def years(self) -> frozenset[str]:
        """The years its title names, else that of its closing."""
        named = frozenset(filter(YEAR.fullmatch, self.numbers))
        return named or frozenset([str(self.closes_at.year)] if self.closes_at else [])

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
    bearers = Counter(name for call in calls for name in call.names)
    usual = {name for name, count in bearers.items() if count > FEW}
    calls = [replace(call, names=call.names - usual) if call.names & usual else call for call in calls]
    pairs = [proposal(call, other) for call, other in _pairs(calls)]
    asked = (p for p in pairs if p is not None and (p.first, p.second) not in dismissed)
    return sorted(asked, key=lambda p: (-p.score, p.first, p.second))


def proposal(call: LikelyDouble, other: LikelyDouble) -> Proposal | None:
    """What speaks for these two being one; none where anything speaks against it."""
    if call.sources & other.sources or call.nature != other.nature:
        return None
    same_page, same_name = call.page == other.page, _same_name(call, other)
    alike = _alike(call.telling, other.telling)
    by_title = (same_page or alike >= LIKE_ENOUGH) and call.numbers == other.numbers
    if not same_name and not (by_title and same_round(call.closes_at, other.closes_at)):
        return None
    signs = tuple(_signs(call, other, same_page, same_name))
    likely = max(alike, BY_PAGE * same_page, BY_NAME * same_name)
    score = min(round(likely + sum(WEIGHT[sign] for sign in signs), 2), 1.0)
    reasons = (f"{alike:.0%} of the words in their titles", *(sign.value for sign in signs))
    return Proposal(min(call.id, other.id), max(call.id, other.id), score, reasons, alike, signs)


def _same_name(call: LikelyDouble, other: LikelyDouble) -> bool:
    """Whether both name one scheme of one body and one year: by an acronym, or one title within the other."""
    if not may_be_one(call.publisher, other.publisher):
        return False
    if call.years and other.years and not call.years & other.years:
        return False
    if {n for n in call.numbers ^ other.numbers if not YEAR.fullmatch(n)}:
        return False
    shorter, longer = sorted((call.telling - call.numbers, other.telling - other.numbers), key=len)
    return bool(call.names & other.names) or (len(shorter) > 1 and shorter <= longer)


def _signs(call: LikelyDouble, other: LikelyDouble, same_page: bool, same_name: bool) -> Iterator[Sign]:
    if same_page:
        yield Sign.ADDRESS
    if same_name:
        yield Sign.NAME
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
        for word in {*call.telling, *call.names, call.page}:
            groups[word].append(call)
    seen = set()
    for group in groups.values():
        for one, other in combinations(group, 2) if len(group) <= COMMON else ():
            if (one.id, other.id) not in seen:
                seen.add((one.id, other.id))
                yield one, other
