"""The hour behind or before a date, in whatever notation; that of another zone is none of ours."""

import re
from dataclasses import replace
from datetime import time

from scrapers.facts.spans import Moment, Span
from scrapers.facts.words import names, one_of
from scrapers.facts.written_dates import DAYNAME, EITHER, MONTH, WrittenDate

_UNIT = r"(?:uur|u|hrs|hours|hour|h)\b"
_HALF = r"(?:[ap]\.\s?m\b\.?|[ap]\s?m\b)"  # the point behind "5pm" ends the sentence
_SPOKEN_HOURS = names("hours")  # noon, midday, middernacht
_CLOCK = (
    r"(?:(?P<h>[01]?\d|2[0-4])(?:[.:]|u(?=\d\d\b)|h(?=\d\d\b))(?P<mi>[0-5]\d)(?:[:.][0-5]\d)?(?![\d%])(?![.,]\d)"
    rf"(?:\s{{0,2}}(?P<half>{_HALF}))?(?P<unit>\s{{0,2}}{_UNIT})?(?:,?\s\(?(?P<after>{one_of(_SPOKEN_HOURS)})\)?)?"
    rf"|(?P<h2>\d{{1,2}})\s{{0,2}}(?:(?P<half2>{_HALF})|{_UNIT}|o'clock)(?:,?\s\(?(?P<after2>{one_of(_SPOKEN_HOURS)})\)?)?"
    rf"|(?:12\s)?(?P<spoken>{one_of(_SPOKEN_HOURS)})\b)"
)
_DAYPART = r"(?:\s(?P<part>'s (?:na)?middags|'s avonds|'s ochtends|'s morgens))?"
_OURS = one_of(map(re.escape, names("our_zones")))
_OTHERS = one_of(names("other_zones"))
# An unknown name of a time in brackets or before "time" is another zone too: the hour is then unknown.
_ZONE = (
    rf"(?:\s{{0,2}},?\s?\(?(?:(?P<ours>{_OURS})(?!\s?[+-]\d)(?![a-z])"
    rf"|(?P<foreign>(?:{_OTHERS})(?:\s?[+-]\d{{1,2}}(?::?\d\d)?)?(?![a-z])|(?<=\()[a-z]{{2,4}}t(?=\))|[+-]\d\d:\d\d"
    r"|(?:(?!(?:any|first|same|the|this|that|last|on|in|at|which|what)\b)[a-z]+[ -]){1,3}(?:summer |winter )?time\b"
    r"|[a-z]+se tijd\b))\)?)?"
)
# "14:00 CEST (13:00 UK time) on": the same moment in another place.
_ELSEWHERE = (
    rf"(?:\s?\((?:ces?t|{one_of(_SPOKEN_HOURS)})\))?(?:\s?\(\d{{1,2}}(?:[.:]\d\d)?\s?(?:[ap]m)?\s?[a-z ]{{2,20}}\))?"
)
_LEAD = one_of(names("before_an_hour"))
_AFTER = re.compile(
    rf"(?P<lead>(?:[\s,(;-]{{1,4}}(?:{_LEAD}|@)?(?:\sklokslag)?\s{{0,2}}(?:ce(?:\(s\))?s?t\s)?))"
    + _CLOCK
    + _DAYPART
    + _ZONE
    + r"\)?"
)
_BEFORE = re.compile(
    r"(?<![\d.,])" + _CLOCK + _DAYPART + _ZONE + _ELSEWHERE + r"(?:,|\s|\bop\b|\bon\b|\bof\b|\bvan\b|\bthe\b|-){1,5}$"
)
_WEEKDAY = re.compile(rf"\b(?P<name>{DAYNAME})\b\.?,?\s{{1,3}}(?:de\s|the\s)?$")
_OF_NEXT = re.compile(rf"\s{{0,2}}(?:on|op|of|van)\s(?:the\s)?(?:{DAYNAME}\.?,?\s)?(?:\d{{1,2}}|(?:{MONTH})\b)")


def clock_of(text: str | None) -> time | None:
    """ "9:30" as an hour; none where there is none."""
    if not text:
        return None
    hour, minute = (int(part) for part in text.split(":")[:2])
    if hour == 24 and minute == 0:
        return time(23, 59)  # 24:00 is the end of that day; kept on that day, one minute early
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _spoken(hit: re.Match[str]) -> time | None:
    """The hour of a clock; none where there is no such hour, or where it is that of another zone."""
    clock = hit.groupdict()
    if clock["foreign"]:
        return None
    if clock["spoken"]:
        return clock_of(_SPOKEN_HOURS[clock["spoken"]])
    hour, minute = int(clock["h"] or clock["h2"]), int(clock["mi"] or 0)
    if (named := clock["after"] or clock["after2"]) and (hour, minute) in ((12, 0), (0, 0), (24, 0)):
        return clock_of(_SPOKEN_HOURS[named])  # "12.00 midnight" is no noon
    half = re.sub(r"[.\s]", "", clock["half"] or clock["half2"] or "")
    part = clock.get("part") or ""
    if half and hour > 12 and half != "pm":
        return None
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif hour < 12 and part.endswith(("middags", "avonds")):
        hour += 12
    return clock_of(f"{hour}:{minute:02d}") if hour <= 24 else None


OF_LABEL = "the hour of a label"  # it stands on the line above: whether it is of this date, the sentence tells
MIDNIGHT_ELSEWHERE = "midnight of another zone"  # that day, or the day before
UNREAD = "no such hour"  # an hour stands there and cannot be read: a person is asked
_NO_HOUR = re.compile(
    r"[ ,(;@-]{1,4}(?:(?!en\b|and\b|of\b|or\b)[a-z]{1,9}[ :.]{1,2}){0,3}"
    rf"(?:\d{{1,2}}(?:[.:]\d\d)?\s?(?:{_UNIT}|{_HALF}|o'clock|ces?t\b)|\d{{1,2}}:\d\d(?![\d:]))"
)


def with_clock(text: str, written: WrittenDate) -> WrittenDate:
    """Take in the hour behind or before the date, and the weekday before it."""
    if written.why not in ("", EITHER):
        return written
    after = _AFTER.match(text, written.end)
    if after and written.hour is None and _is_clock(after) and not _OF_NEXT.match(text, after.end()):
        hour = _spoken(after)
        if hour == time(0, 0) and after["lead"].strip(" ,(") in {"t/m", "tot en met"}:
            hour = None  # "tot en met 00:00 uur" is a slip: the hour is unknown
        elsewhere = MIDNIGHT_ELSEWHERE if _is_midnight(after) else "other zone"
        slip = elsewhere if after["foreign"] else "" if hour or _is_midnight(after) else UNREAD
        written = replace(written, end=after.end(), hour=hour, slip=slip)
    if written.hour is None and not written.slip and _NO_HOUR.match(text, written.end):
        written = replace(written, slip=UNREAD)
    name = _WEEKDAY.search(text[max(0, written.start - 14) : written.start])
    if name:
        written = replace(written, start=written.start - (len(name.string) - name.start()), weekday=name["name"])
    before = _BEFORE.search(text[max(0, written.start - 80) : written.start])
    if before and "\n" in before.group() and written.hour is None and _is_hour(before):
        return replace(written, slip=written.slip or OF_LABEL)
    if before and written.hour is None and not (after and after.end() == written.end) and _is_hour(before):
        start = written.start - (len(before.string) - before.start())
        written = replace(written, start=start, hour=_spoken(before), slip="other zone" if before["foreign"] else "")
    return written


_IN_LABEL = re.compile(r"(?<![\d.,])" + _CLOCK + _DAYPART + _ZONE)


def with_label(span: Span, label: str) -> Span:
    """The date with the hour that its label names, the nearest of several, where the date itself has none."""
    if not isinstance(span.value, Moment) or span.value.hour is not None or span.slip not in ("", OF_LABEL):
        return span
    clock = next((hit for hit in reversed(list(_IN_LABEL.finditer(label))) if _is_hour(hit)), None)
    if clock is None:
        return replace(span, slip="")
    hour, foreign = _spoken(clock), bool(clock["foreign"])
    slip = "other zone" if foreign else "" if hour or _is_midnight(clock) else UNREAD
    return replace(span, value=Moment(span.value.day, hour), slip=slip)


def _is_midnight(clock: re.Match[str]) -> bool:
    return clock["h"] in ("0", "00", "24") and clock["mi"] == "00"


def _is_hour(before: re.Match[str]) -> bool:
    """ "17.00 uur op 1 mei" has an hour before the date; "artikel 3.10 van 1 mei" has not."""
    return bool(
        before["unit"]
        or before["half"]
        or before["h2"]
        or before["spoken"]
        or before["ours"]
        or before["foreign"]
        or ":" in before.group()
    )


def _is_clock(after: re.Match[str]) -> bool:
    """ "1 mei 2026 12.50" with a dot, no comma and no "uur" may be a price or an article; a bare "-" a range."""
    unit = after["unit"] or after["ours"] or after["half"] or after["h2"] or after["spoken"] or after["after"]
    if "-" in after["lead"] and not unit:
        return ":" in after.group() and not re.match(r"\s?(?:-|tot|to)\s?\d", after.string[after.end() :][:8])
    return bool(
        unit or after["foreign"] or after["lead"].strip() or after["h2"] or re.search(r"[:uh]\d", after.group())
    )


_FOR_ALL = re.compile(
    r"\b(?:both|all|always|each(?: time)?|telkens|steeds|altijd|beide|allebei|alle(?:maal)?)\s"
    r"(?:(?:deadlines |dagen |keren )?(?:at|om|tot|before|by|vóór|voor) )?" + _CLOCK + _DAYPART + _ZONE
)


_ON_THE_DAY = re.compile(
    r"\b(?:op de (?:dag van (?:de )?)?(?:deadline|sluiting|sluitingsdag|sluitingsdatum|dag zelf)"
    r"|on the (?:closing|deadline|day of the|closing day|deadline day) ?(?:day|date|deadline)?)"
    r"\s(?:(?:uiterlijk |no later than )?(?:at|om|tot|before|by|until|vóór|voor) )?" + _CLOCK + _DAYPART + _ZONE
)


def with_hour_of_the_day(text: str, dates: list[WrittenDate]) -> list[WrittenDate]:
    """ "The deadline is 11 April. Apply on the day of the deadline before 17:00": the hour of the date before it."""
    shared = list(dates)
    for hit in _ON_THE_DAY.finditer(text):
        near = [i for i, d in enumerate(shared) if d.end <= hit.start() and hit.start() - d.end < 200]
        if near and shared[near[-1]].hour is None and not shared[near[-1]].why:
            slip = "other zone" if hit["foreign"] else ""
            shared[near[-1]] = replace(shared[near[-1]], hour=_spoken(hit), slip=shared[near[-1]].slip or slip)
    return shared


def with_shared_hour(text: str, dates: list[WrittenDate]) -> list[WrittenDate]:
    """ "15 maart en 15 juni 2026, beide om 17.00 uur": the hour is that of every date of the sentence before it."""
    shared = with_hour_of_the_day(text, dates)
    for hit in _FOR_ALL.finditer(text):
        hour, slip = _spoken(hit), "other zone" if hit["foreign"] else ""
        for i, written in enumerate(shared):
            bare = written.hour is None and not written.why and written.end <= hit.start()
            if (
                bare
                and hit.start() - written.end < 200
                and not re.search(r"[.;]\s|\n", text[written.end : hit.start()])
            ):
                shared[i] = replace(written, hour=hour, slip=written.slip or slip)
    return shared
