"""Where a call's money may land: fixed rules, because a model has no business guessing at borders."""

import re

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
ELSEWHERE = re.compile(
    r"\b(?:provincie )?(gelderland|limburg|noord-brabant|brabant|zeeland|overijssel|friesland|fryslân|drenthe"
    r"|zuid-holland|noord-nederland|oost-nederland|zuid-nederland|(?<=jtf )zuid|rijnland"
    r"|twente|achterhoek|harderwijk|teylingen|vlaanderen)\b",
    re.I,
)


def area(title: str, text: str, publisher: str | None, language: str) -> str | None:
    """The area in Dutch, or None where nothing in the call limits it."""
    heads = f"{title} | {publisher or ''}"
    if COHESION.search(f"{title} {text}"):
        return "niet voor Nederland (cohesiefonds)"
    if JTF.search(heads) and language == "nl":
        other = ELSEWHERE.search(heads)
        return f"{other[1]}, buiten de MRA" if other else "alleen IJmond (JTF)"
    if language != "nl":
        return "in de MRA alleen IJmond (JTF)" if JTF.search(heads) else None
    for pattern, name in PLACES:
        if pattern.search(heads):
            return name
    other = ELSEWHERE.search(heads)
    if other:
        return f"{other[1][0].upper()}{other[1][1:]}, buiten de MRA"
    return next((name for pattern, name in PLACES if pattern.search(text)), None)
