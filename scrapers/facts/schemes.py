"""Whether a text opens several schemes: names, paragraphs or rows, each with a window or a pot of its own."""

import re
from collections.abc import Iterable

from scrapers.facts.features import topics_of
from scrapers.facts.meanings import Judged
from scrapers.facts.spans import lower, plain
from scrapers.facts.words import any_of

LIKELY = 0.6  # a date or a pot that is less likely one of a call says nothing about its scheme
FAR = 1500  # characters: what stands further below a heading need not be about it
KINDS = {"window": ("opens", "closes", "step"), "pot": ("budget",)}
LISTED = 0.3  # in a row of a list of schemes this is enough: such a row has hardly a word to go by
COUNTED = 0.4  # and this in a text that says how many schemes it is about
IN_A_ROW = {"window": KINDS["window"], "pot": ("budget", "budget_part", "max", "cap_other")}

_NO_NAME = rf"(?:{any_of('no_name')}|\d+)\b"
_DUTCH = re.compile(
    r"\b(?P<kind>\w*[Rr]egeling|[Ss]ubsidieverordening|Nadere [Rr]egels)\s"
    rf"(?:[Ss]ubsidies?\s)?(?:voor\s)?(?:(?:de|het|een)\s)?(?!{_NO_NAME})(?P<name>[A-Za-z][\w&-]+)"
)
_ENGLISH = re.compile(
    r"\b(?!The |This |Our |Total |Maximum |European |Cohesion |Just )(?P<name>(?:[A-Z][\w'-]+ ){1,4})"
    r"(?P<kind>Scheme|Fund|Facility|Grants?)\b(?! [A-Z])"
)
_ABOVE_ALL = re.compile(rf"\b{any_of('of_all')}\s?$|^(?:[Aa]lgemene|[Kk]ader)")
# Blanks but no line breaks: with those a page of empty lines was read anew from each of them (2026-11-29).
_LINE_START = r"(?:^|\n)[^\S\n]{0,20}(?:(?:\d+|[a-z])[.)]\s|[-•*·]\s)?"
# With its title behind it: "Paragraaf 2.10 Wooninitiatieven", also in the middle of a line, as "§ 11 Zeldzame rassen".
_PARAGRAPH = re.compile(
    rf"(?:{_LINE_START}|\b[Vv]oor\s)(?:[Pp]aragraaf|Hoofdstuk|Chapter|Section|§)\s?(?P<name>\d+(?:\.\d+)*)\b"
    r"|(?:\bParagraaf|§)\s(?P<inline>\d+(?:\.\d+)*)(?=\.?\s[A-Z])"
)
_TITLE = re.compile(r"\.?\s{0,3}(?P<title>[A-Z][^\n]{0,60})")
_STARTS_LINE = re.compile(rf"{_LINE_START}(?:(?:de|het|the)\s)?$", re.IGNORECASE)
# What a paragraph or a row of one scheme is called: its steps, its rounds, its groups, its money.
_OF_ONE = {"applying", "receiving", "opening", "closing", "deciding", "reporting", "questions", "meeting", "force"} | {
    *("transition", "publication", "step_one", "step_two", "rounds", "parts", "pot", "project", "own", "costs"),
    *("advance", "threshold"),
}
_ROW = re.compile(
    r"(?m)^[^\S\n]{0,20}(?:(?:\d{1,2}|[a-z])[.)]\s|[-•*·]\s)?(?P<name>[A-Z][^\n|:\t;]{2,70}?)\s?(?:\||:|\t|\s-\s)"
)
_LIST = re.compile(rf"(?i)\b{any_of('schemes')}\b|(?:^|\n)\s{{0,3}}{any_of('list_head')}\s?(?:\||\t)")
_COUNTED = re.compile(
    rf"(?i)\b(?:{any_of('several')}|\d{{1,2}})\s(?:{any_of('counted_before')}\s)?{any_of('counted')}\b"
    rf"(?!\s{any_of('no_count')})"
)


def named_schemes(judged: list[Judged], text: str) -> set[str]:
    """The schemes that have a window or a pot of their own in the text; fewer than two where it is of one."""
    text = plain(text)
    likely = [
        (kind, mention) for mention in judged for kind, means in KINDS.items() if mention.chance(*means) >= LIKELY
    ]
    names = _names(text)
    ways: list[set[str]] = [
        {name for _, mention in likely if (name := _name_of(mention, names, text))},
        _paragraphs(likely, text),
        _rows(judged, text),
        _counted(judged, text),
    ]
    return max(ways, key=len)


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
    """Numbered paragraphs count where each has a window and a pot, since one regulation has them in two of its own.

    Those with the title of a scheme count also where each has a window, or each has a pot.
    """
    starts = [(hit.start(), hit["name"] or hit["inline"], _is_titled(hit, text)) for hit in _PARAGRAPH.finditer(text)]
    kinds: dict[str, set[str]] = {}
    titled: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, mention in likely:
        above = [(name, title) for at, name, title in starts if at < mention.span.start]
        if above:
            name, title = above[-1]
            kinds.setdefault(name, set()).add(kind)
            titled[kind] |= {name} if title else set()
    return max([{name for name, has in kinds.items() if len(has) == len(KINDS)}, *titled.values()], key=len)


def _is_titled(hit: re.Match[str], text: str) -> bool:
    title = _TITLE.match(text, hit.end())
    return title is not None and _may_be_scheme(title["title"].partition(" Artikel ")[0])


def _may_be_scheme(name: str) -> bool:
    """No word in it is about a step, a round, a group or the money of one scheme."""
    return not _OF_ONE & set(topics_of(lower(name)))


def _rows(judged: list[Judged], text: str) -> set[str]:
    """Rows or items that begin with a name and have a window or a pot, below words that say that schemes follow."""
    mentions = [mention for mention in judged if any(mention.chance(*means) >= LISTED for means in IN_A_ROW.values())]
    rows = [(hit.start(), hit["name"]) for hit in _ROW.finditer(text) if _may_be_scheme(hit["name"])]
    listed = [(at, name) for at, name in rows if _has_value(at, mentions, text)]
    lead = text[max(0, listed[0][0] - 300) : listed[0][0]] if listed else ""
    return {name.strip().lower() for _, name in listed} if _LIST.search(lead) else set()


def _has_value(start: int, mentions: Iterable[Judged], text: str) -> bool:
    end = text.find("\n", start)
    return any(start < mention.span.start < (end if end >= 0 else len(text)) for mention in mentions)


def _counted(judged: list[Judged], text: str) -> set[str]:
    """The text itself counts its schemes ("twee nieuwe regelingen"), and has more than one window or pot."""
    if not _COUNTED.search(text):
        return set()
    ends = {str(mention.span.value) for mention in judged if mention.chance("closes", "step") >= LIKELY}
    pots = {str(mention.span.value) for mention in judged if mention.chance("budget", "budget_part") >= COUNTED}
    return max(ends, pots, key=len)
