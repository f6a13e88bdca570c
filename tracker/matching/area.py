"""Where a call's money may land: fixed rules, because a model has no business guessing at borders."""

import re
from functools import cache
from pathlib import Path

import yaml

JTF = re.compile(r"\bJTF\b|Just Transition Fund|rechtvaardige transitiefonds", re.I)
COHESION = re.compile(r"cohesion (?:fund|envelope|member states)|cohesiefonds", re.I)
PLACES = (
    (re.compile(r"kansen voor west", re.I), "West-Nederland (Kansen voor West)"),
    (re.compile(r"metropoolregio amsterdam|\bMRA\b"), "Metropoolregio Amsterdam"),
    (re.compile(r"noord-holland", re.I), "provincie Noord-Holland"),
    (re.compile(r"flevoland", re.I), "provincie Flevoland"),
    (re.compile(r"stadsregio amsterdam|vervoerregio amsterdam", re.I), "Vervoerregio Amsterdam"),
    (re.compile(r"\bamsterdam(?:se)?\b", re.I), "Amsterdam"),
)
OTHERS = (
    r"(gelderland|limburg|noord-brabant|brabant|zeeland|overijssel|friesland|fryslân|drenthe|groningen"
    r"|zuid-holland|noord-nederland|oost-nederland|zuid-nederland|(?<=jtf )zuid|(?<=jtf\) )zuid"
    r"|rijnland|rijnmond|groot-rijnmond|(?<=provincie )utrecht|twente|achterhoek|harderwijk|teylingen|rotterdam"
    r"|den haag|eindhoven|vlaanderen)\b"
)
ELSEWHERE = re.compile(r"\b(?:provincie )?" + OTHERS, re.I)
ONLY_ELSEWHERE = re.compile(r"\b(?:alleen|uitsluitend|slechts)\b[^.]{0,60}\b" + OTHERS, re.I)
AUTHORITY = re.compile(
    r"(?:^|over regeling (?:van )?)(?:de )?(provincie|gemeente|waterschap|hoogheemraadschap)(?: van)? ([^(),;|]+)", re.I
)


def area(title: str, text: str, publisher: str | None, language: str) -> str | None:
    """The area in Dutch, or None where nothing in the call limits it."""
    heads = f"{title} | {publisher or ''}"
    if COHESION.search(f"{title} {text}"):
        return "niet voor Nederland (cohesiefonds)"
    if language != "nl":
        return "in de MRA alleen IJmond (JTF)" if JTF.search(heads) else None
    other = elsewhere(title, text, publisher)
    if other:
        return f"{other[0].upper()}{other[1:]}, buiten de MRA"
    if JTF.search(heads):
        return "alleen IJmond (JTF)"
    for pattern, name in PLACES:
        if pattern.search(heads):
            return name
    return next((name for pattern, name in PLACES if pattern.search(text)), None)


def elsewhere(title: str, text: str, publisher: str | None) -> str | None:
    """The place outside the MRA that a Dutch call is for: by its title, by the authority that gives it, or by "alleen".

    A publisher that only writes about a scheme (a news site of that region) says nothing of who may apply.
    """
    if any(pattern.search(title) for pattern, _ in PLACES):
        return None
    named = ELSEWHERE.search(title)
    if named:
        return named[1]
    giver = AUTHORITY.search(publisher or "")
    if giver and _is_other(giver[1].lower(), giver[2].strip()):
        return f"{giver[1].lower()} {giver[2].strip()}"
    only = ONLY_ELSEWHERE.search(text)
    return only[1] if only else None


def _is_other(kind: str, name: str) -> bool:
    if kind in ("provincie", "gemeente"):
        return not any(re.search(rf"\b{re.escape(own)}\b", name.lower()) for own in ours())
    return bool(ELSEWHERE.search(name))


@cache
def ours() -> frozenset[str]:
    """The names of the provinces and municipalities of the MRA, those that merged included, in small letters."""
    path = Path(__file__).parent.parent / "agendas" / "participants.yaml"
    known = yaml.safe_load(path.read_text("utf-8"))
    names = [name for some in known["subregions"].values() for name in some]
    return frozenset(n.lower() for n in [*names, *known["provinces"], *(m["from"] for m in known["mergers"])])
