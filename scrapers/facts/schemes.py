"""Whether a text opens several schemes: names or paragraphs, each with a window or a pot of its own."""

import re

from scrapers.facts.meanings import Judged
from scrapers.facts.spans import plain

LIKELY = 0.6  # a date or a pot that is less likely one of a call says nothing about its scheme
FAR = 1500  # characters: what stands further below a heading need not be about it
KINDS = {"window": ("opens", "closes", "step"), "pot": ("budget",)}

# Words behind "regeling" that are no name: a verb, a preposition, a year.
_NO_NAME = (
    r"(?:is|zijn|was|wordt|worden|kan|kunnen|heeft|loopt|opent|sluit|gaat|biedt|staat|valt|geldt|richt|van|en|of|die|dat|als|in|op|per"
    r"|met|open|aanvragen|houdende|tot|ter|om|niet|wil|moet|vanaf|\d+)\b"
)
_DUTCH = re.compile(
    r"\b(?P<kind>\w*[Rr]egeling|[Ss]ubsidieverordening|Nadere [Rr]egels)\s"
    rf"(?:[Ss]ubsidies?\s)?(?:voor\s)?(?:(?:de|het|een)\s)?(?!{_NO_NAME})(?P<name>[A-Za-z][\w&-]+)"
)
_ENGLISH = re.compile(
    r"\b(?!The |This |Our |Total |Maximum |European |Cohesion |Just )(?P<name>(?:[A-Z][\w'-]+ ){1,4})"
    r"(?P<kind>Scheme|Fund|Facility|Grants?)\b(?! [A-Z])"
)
_ABOVE_ALL = re.compile(r"\b(?:[Aa]lgemene|[Kk]ader\w*|[Nn]ationale)\s?$|^(?:[Aa]lgemene|[Kk]ader)")
# Blanks but no line breaks: with those a page of empty lines was read anew from each of them (2026-11-29).
_LINE_START = r"(?:^|\n)[^\S\n]{0,20}(?:(?:\d+|[a-z])[.)]\s|[-•*·]\s)?"
_PARAGRAPH = re.compile(
    rf"(?:{_LINE_START}|\b[Vv]oor\s)(?:[Pp]aragraaf|Hoofdstuk|Chapter|Section|§)\s?"
    r"(?P<name>\d+(?:\.\d+)*)\b"
)
_STARTS_LINE = re.compile(rf"{_LINE_START}(?:(?:de|het|the)\s)?$", re.IGNORECASE)


def named_schemes(judged: list[Judged], text: str) -> set[str]:
    """The schemes that have a window or a pot of their own in the text; fewer than two where it is of one."""
    text = plain(text)
    likely = [
        (kind, mention) for mention in judged for kind, means in KINDS.items() if mention.chance(*means) >= LIKELY
    ]
    names = _names(text)
    schemes = {name for _, mention in likely if (name := _name_of(mention, names, text))}
    return schemes if len(schemes) > 1 else _paragraphs(likely, text)


def _names(text: str) -> list[tuple[int, str]]:
    hits = [hit for shape in (_DUTCH, _ENGLISH) for hit in shape.finditer(text)]
    names = []
    for hit in hits:
        capital = hit["kind"][0].isupper() or hit["name"][0].isupper()
        if (
            capital
            and not _ABOVE_ALL.search(text[max(0, hit.start() - 12) : hit.start()])
            and not _ABOVE_ALL.match(hit["kind"])
        ):
            names.append((hit.start(), hit["name"].strip().lower()))
    return sorted(names)


def _name_of(mention: Judged, names: list[tuple[int, str]], text: str) -> str:
    """The last name before it in its sentence, the first behind it there, or that of the line it stands below."""
    start, end, place = mention.sentence.start, mention.sentence.end, mention.span.start
    inside = [(at, name) for at, name in names if start <= at < end]
    before = [name for at, name in inside if at < place]
    if inside:
        return before[-1] if before else inside[0][1]
    above = [name for at, name in names if place - FAR < at < start and _STARTS_LINE.search(text[max(0, at - 20) : at])]
    return above[-1] if above else ""


def _paragraphs(likely: list[tuple[str, Judged]], text: str) -> set[str]:
    """Numbered paragraphs count where each has both, since one regulation has its window and its pot in two of them."""
    starts = [(hit.start(), hit["name"]) for hit in _PARAGRAPH.finditer(text)]
    kinds: dict[str, set[str]] = {}
    for kind, mention in likely:
        above = [name for at, name in starts if at < mention.span.start]
        if above:
            kinds.setdefault(above[-1], set()).add(kind)
    return {name for name, has in kinds.items() if len(has) == len(KINDS)}
