"""Which names of the register may be meant by one that is not in it. Pure."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from tracker.organisations.names import plain

# What many names have in common says nothing of which is meant: kinds, legal forms, articles and prepositions.
GENERIC = re.compile(
    r"(?:ministerie|min|gemeente|provincie|waterschap|hoogheemraadschap|stichting|vereniging|(?:metropool|vervoer)?regio"
    r"|rijksdienst|agentschap|bv|nv|en|de|het|een|van|der|den|voor|in|op|te|bij)"
)
SHORTEST = 4  # letters of a word that may be the beginning of another, unless nothing longer was typed
NEAR = 0.75  # of two words that differ by how they are spelled


def names_alike(typed: str, names: Sequence[str], most: int = 3) -> list[str]:
    """Names with a word that begins as what was typed come first, then those spelled nearly so."""
    wanted = _telling(typed)
    if not wanted or not any(len(word) >= SHORTEST for word in wanted):
        return []
    begins = _best(names, lambda name: _share(wanted, name, _begins))
    return (begins or _best(names, lambda name: _share(wanted, name, _near)))[:most]


def _telling(name: str) -> list[str]:
    return [word for word in plain(name).split() if not GENERIC.fullmatch(word)]


def _best(names: Sequence[str], likeness: Callable[[str], float]) -> list[str]:
    """Those that are like it, likest first; of two as like the one that comes first."""
    found = [(likeness(name), name) for name in names]
    return [name for like, name in sorted(found, key=lambda pair: -pair[0]) if like]


def _share(wanted: list[str], name: str, alike: Callable[[str, str], float]) -> float:
    """How much of what was typed the name has; nothing where any word of it is missing. One that begins so leads."""
    words = _telling(name)
    found = [max((alike(want, word) for word in words), default=0.0) for want in wanted]
    if not all(found):
        return 0.0
    return sum(found) / len(found) + (1.0 if words and alike(wanted[0], words[0]) else 0.0)


def _begins(want: str, word: str) -> float:
    return 1.0 if word.startswith(want) else 0.0


def _near(want: str, word: str) -> float:
    like = SequenceMatcher(None, want, word[: len(want) + 1]).ratio()
    return like if like >= NEAR else 0.0
