"""Dates that stand together: one borrows its month or year from the other, and two are the ends of a period."""

import re
from dataclasses import replace

from scrapers.facts.written_dates import DAYNAME, WrittenDate, checked

_SHARED = re.compile(
    r"(?<![\d.,:/€])(?P<first>\d{1,2})(?:e|st|nd|rd|th)?\s{0,2}"
    rf"(?P<how>t/m|tot en met|tot|to|until|-|en|and|of|or|,|&)\s{{0,2}}(?:{DAYNAME}\s)?$"
)
_GAP = re.compile(
    r"[\s,)]{0,4}(?P<how>t/m|tot\s{1,3}en\s{1,3}met|tot uiterlijk|tot|t\.e\.m\.|tm|-"
    r"|until|till|to|through|up to|en|and)\s{0,3}"
    rf"(?:and including|uiterlijk|einddatum|en met|:|the|op|om|{DAYNAME})?[\s,]{{0,3}}"
)
_BETWEEN = re.compile(rf"\b(?:tussen|between)\s(?:de\s|the\s)?(?:{DAYNAME}\s)?$")


def with_shared_day(text: str, written: WrittenDate) -> list[WrittenDate]:
    """ "van 1 t/m 30 april 2026", "1 en 15 maart 2026": the first day borrows month and year."""
    left = text[max(0, written.start - 24) : written.start]
    shared = _SHARED.search(left)
    if written.why or not shared or not 0 < int(shared["first"]) < written.day:
        return [written]
    if re.search(
        r"\b(?:paragraaf|artikel(?:en)?|lid|hoofdstuk|onderdeel|bijlage|article|section|§)\s$", left[: shared.start()]
    ):
        return [written]
    if shared["how"] in {"en", "and", "of", "or", ",", "&"} and not re.search(
        r"(?:\b(?:op|on|tussen|between|\w*data|\w*datum|deadlines?|per)|[:,])\s{0,2}$", left[: shared.start()]
    ):
        return [written]
    start = written.start - len(left) + shared.start()
    first = replace(
        written, start=start, end=start + len(shared["first"]), day=int(shared["first"]), hour=None, weekday="", slip=""
    )
    return [first, written]


_LIST = re.compile(
    r"\s{0,3}(?:,|en|and|of|or|&|, en|, and)\s{0,3}(?:op\s|on\s|uiterlijk\s)?$"
    r"|\s{1,3}(?:en|and) (?:will )?(?:sluit|eindigt|stopt|closes?|ends?)(?: \w+)? (?:op|om|tot|on)\s{1,3}$"
)


def with_years(text: str, dates: list[WrittenDate]) -> list[WrittenDate]:
    """A date without a year takes it from the other end of its window, or from the end of its list."""
    healed = list(dates)
    for i in range(len(healed) - 2, -1, -1):
        first, second = healed[i], healed[i + 1]
        gap = text[first.end : second.start] if second.start - first.end <= 40 else "....."
        if first.year or second.year is None or first.why or second.why:
            continue
        joint = _GAP.fullmatch(gap)
        ranged = joint is not None and not _is_item(joint)
        if ranged or _LIST.fullmatch(gap):
            later = (first.month, first.day) > (second.month, second.day)
            if ranged or not later:
                healed[i] = checked(replace(first, year=second.year - (1 if later else 0)))
    return [_forward(text, healed, i) for i in range(len(healed))]


def _forward(text: str, dates: list[WrittenDate], i: int) -> WrittenDate:
    """ "van 1 maart 2027 tot en met 30 april": the end is in the same year, if that is later."""
    second = dates[i]
    if i == 0 or second.year or second.why or not dates[i - 1].year:
        return second
    first = dates[i - 1]
    gap = text[first.end : second.start]
    later = (second.month, second.day) > (first.month, first.day)
    between = _BETWEEN.search(text[max(0, first.start - 26) : first.start])
    if len(gap) <= 40 and later and (joint := _GAP.fullmatch(gap)) and (between or joint["how"] not in {"en", "and"}):
        return checked(replace(second, year=first.year))
    return second


def paired(text: str, dates: list[WrittenDate]) -> list[WrittenDate]:
    """The two ends of a period, marked as such."""
    marked = list(dates)
    for i in range(len(dates) - 1):
        if marked[i].pair != "second" and _is_window(text, dates[i], dates[i + 1]):
            marked[i] = replace(marked[i], pair="first")
            marked[i + 1] = replace(marked[i + 1], pair="second")
    return marked


def _is_item(gap: re.Match[str]) -> bool:
    """A dash at the head of a line begins an item of a list."""
    return gap["how"] == "-" and "\n" in gap.string[gap.start() : gap.start("how")]


def _is_window(text: str, start: WrittenDate, end: WrittenDate) -> bool:
    if start.why or end.why or bool(start.year) != bool(end.year) or end.start - start.end > 40:
        return False
    gap = _GAP.fullmatch(text, start.end, end.start)
    if (
        not gap
        or _is_item(gap)
        or (start.year and end.year and (start.year, start.month, start.day) > (end.year, end.month, end.day))
    ):
        return False
    return gap["how"] not in {"en", "and"} or bool(_BETWEEN.search(text[max(0, start.start - 26) : start.start]))
