"""Where a call's money may land: fixed rules, because a model has no business guessing at borders."""

import re
from dataclasses import dataclass
from functools import cache

from db.giver import giver_named
from db.region import NamedPlace
from db.region_served import region

JTF = re.compile(r"\bJTF\b|Just Transition Fund|rechtvaardige transitiefonds", re.I)
COHESION = re.compile(r"cohesion (?:fund|envelope|member states)|cohesiefonds", re.I)


def area(title: str, text: str, publisher: str | None, language: str) -> str | None:
    """The area in Dutch, or None where nothing in the call limits it."""
    heads = f"{title} | {publisher or ''}"
    if COHESION.search(f"{title} {text}"):
        return "niet voor Nederland (cohesiefonds)"
    if language != "nl":
        return _abroad() if JTF.search(heads) else None
    other = elsewhere(title, text, publisher)
    if other:
        return f"{other[0].upper()}{other[1:]}, buiten {region().called}"
    if JTF.search(heads):
        return _just_transition()
    for pattern, name in borders().named:
        if pattern.search(heads):
            return name
    return next((name for pattern, name in borders().named if pattern.search(text)), None)


def elsewhere(title: str, text: str, publisher: str | None) -> str | None:
    """The place elsewhere that a Dutch call is for: by its title, by the authority that gives it, or by "alleen".

    A publisher that only writes about a scheme (a news site of that region) says nothing of who may apply.
    """
    if any(pattern.search(title) for pattern, _ in borders().named):
        return None
    named = borders().elsewhere.search(title)
    if named:
        return named[1]
    giver = giver_named(publisher)
    if giver and _is_other(*giver):
        return " ".join(giver)
    only = borders().only_elsewhere.search(text)
    return only[1] if only else None


def _is_other(kind: str, name: str) -> bool:
    if kind in ("provincie", "gemeente"):
        return not any(re.search(rf"\b{re.escape(own)}\b", name.lower()) for own in region().governments)
    return bool(borders().elsewhere.search(name))


@dataclass(frozen=True)
class Borders:
    """The patterns of one region."""

    named: tuple[tuple[re.Pattern[str], str], ...]
    elsewhere: re.Pattern[str]
    only_elsewhere: re.Pattern[str]


def borders() -> Borders:
    """Those of the region in force."""
    here = region()
    return _borders(here.id, here.places.named, here.places.elsewhere)


@cache
def _borders(_: str, named: tuple[NamedPlace, ...], elsewhere: tuple[str, ...]) -> Borders:
    others = rf"({'|'.join(elsewhere) or '(?!)'})\b"
    return Borders(
        tuple((re.compile(place.pattern), place.area) for place in named),
        re.compile(r"\b(?:provincie )?" + others, re.I),
        re.compile(r"\b(?:alleen|uitsluitend|slechts)\b[^.]{0,60}\b" + others, re.I),
    )


def _just_transition() -> str:
    """Where its money may land in this region."""
    part = region().places.just_transition
    return f"alleen {part} (JTF)" if part else f"alleen JTF-gebieden, buiten {region().called}"


def _abroad() -> str:
    part = region().places.just_transition
    return f"in {region().called} {_just_transition()}" if part else _just_transition()
