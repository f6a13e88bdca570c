"""Dates and hours in running Dutch or English text: every one, with what could not be read and why."""

import itertools
import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, time

from scrapers.facts.spans import MOST_SPANS, Moment, Span
from scrapers.facts.words import names, one_of

EARLIEST, LATEST = 1990, 2099  # outside these a year is a slip of the pen (9999, 0026), so unknown

EITHER = "day and month could be either"
MONTHS = names("months")
_MONTH = one_of(MONTHS)
_DAYNAME = rf"(?:{one_of(names('weekdays'))})"
_YEAR = r"(?:(?P<y{0}>\d{{4}})(?![\d]|[.,]\d)|'(?P<s{0}>\d\d)(?!\d))"
_TIME_INSIDE = r"(?:\(?(?P<inside>\d{1,2}[.:]\d\d)\s{0,2}(?:uur|u)\.?\)?\s{1,3})?"
_CORE = re.compile(
    r"(?<![\d/])(?<!\d[.,])(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})(?:t(?P<isotime>\d\d:\d\d)(?::\d\d(?:\.\d{1,6})?)?(?P<isozone>z|[+-]\d\d:?\d\d)?)?(?![\d/-])"
    rf"|(?P<d1>\d{{1,2}})(?:e|ste|de|\s?(?:st|nd|rd|th)|\.)?(?:\s{{1,4}}(?:of\s)?|-|)(?P<m1>{_MONTH})\b"
    rf"(?:\.?(?:[\s,]{{1,4}}|-|){_TIME_INSIDE}{_YEAR.format(1)})?"
    rf"|(?P<m2>{_MONTH})(?:\b\.?\s{{1,3}}|(?=\d{{1,2}}(?:st|nd|rd|th)))(?P<d2>\d{{1,2}})(?:\s?(?:st|nd|rd|th)\b)?(?:,?\s{{1,3}}{_YEAR.format(2)}|(?!\d|[.,:]\d))"
    r"|(?<!€)(?<!€ )(?<!eur )(?P<g1>\d{1,2})\.\s?(?P<g2>\d{1,2})\.?\s(?P<g3>20\d\d)(?![\d/]|[.,]\d)"
    r"|(?P<n1>\d{1,2})(?P<sep>[-/.])(?P<n2>\d{1,2})(?P=sep)(?P<n3>\d{4}|\d{2})(?![\d/]|[-.]\d)"
    r")"
)
_VAGUE = re.compile(
    r"\bq[1-4](?:[\s/-]{0,2}(?:of\s|van\s)?(?:20\d\d|'\d\d))?\b|\b20\d\d[\s/-]?q[1-4]\b"
    r"|\b(?:eerste|tweede|derde|vierde|laatste|1e|2e|3e|4e|first|second|third|fourth|last|1st|2nd|3rd|4th)\s"
    r"(?:kwartaal|helft|quarter|half)(?:\s(?:van\s|of\s)?(?:20\d\d|het jaar|the year))?\b"
    r"|\b(?:begin|medio|eind|einde|halverwege|voorjaar|zomer|najaar|herfst|winter|rond"
    r"|early|mid|late|spring|summer|autumn|end of)"
    rf"[\s-](?:van\s|of\s|de\s|in\s)?(?:(?:{_MONTH})\b\.?(?:\s20\d\d)?|20\d\d)\b"
    rf"|\b(?:{_MONTH})\b\.?\s(?:20\d\d)\b|\bweek\s\d{{1,2}}\b(?:\s(?:van\s)?20\d\d)?"
)
_UNIT = r"(?:uur|u|hrs|hours|hour|h)\b"
_HALF = r"[ap]\.?\s?m\b\.?"
_SPOKEN_HOURS = names("hours")  # noon, midday, middernacht
_CLOCK = (
    r"(?:(?P<h>[01]?\d|2[0-4])(?:[.:]|u(?=\d\d\b)|h(?=\d\d\b))(?P<mi>[0-5]\d)(?::[0-5]\d)?(?![\d%])(?![.,]\d)"
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
_WEEKDAY = re.compile(rf"\b(?P<name>{_DAYNAME})\b\.?,?\s{{1,3}}(?:de\s|the\s)?$")
_SHARED = re.compile(
    r"(?<![\d.,:/€])(?P<first>\d{1,2})(?:e|st|nd|rd|th)?\s{0,2}"
    rf"(?P<how>t/m|tot en met|tot|to|until|-|en|and|of|or|,|&)\s{{0,2}}(?:{_DAYNAME}\s)?$"
)
_OF_NEXT = re.compile(rf"\s{{0,2}}(?:on|op|of|van)\s(?:the\s)?(?:{_DAYNAME}\.?,?\s)?(?:\d{{1,2}}|(?:{_MONTH})\b)")
_GAP = re.compile(
    r"[\s,)]{0,4}(?P<how>t/m|tot\s{1,3}en\s{1,3}met|tot uiterlijk|tot|t\.e\.m\.|tm|-"
    r"|until|till|to|through|up to|en|and)\s{0,3}"
    rf"(?:and including|uiterlijk|einddatum|en met|:|the|op|om|{_DAYNAME})?[\s,]{{0,3}}"
)
_BETWEEN = re.compile(rf"\b(?:tussen|between)\s(?:de\s|the\s)?(?:{_DAYNAME}\s)?$")


@dataclass(frozen=True, slots=True)
class Partial:
    """A date as written: the year may be missing, the day may not exist."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    hour: time | None = None
    why: str = ""
    weekday: str = ""
    slip: str = ""
    pair: str = ""


def find_dates(text: str, day_first: bool, limit: int = MOST_SPANS) -> list[Span]:
    """Every date in the lower-cased text, in order; ``day_first`` decides what 12/11/2026 is."""
    day_first = day_first or _shows_day_first(text)
    partials: list[Partial] = []
    for hit in _CORE.finditer(text):
        partials += _with_shared_day(text, _with_clock(text, _core(hit, day_first)))
        if len(partials) >= limit:
            break
    partials = _with_shared_hour(text, _paired(text, _heal(text, partials)))
    return _add_vague(text, [_span(p) for p in partials], limit)


_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([-/])(\d{1,2})\2\d{4}(?![\d/-])")


def _shows_day_first(text: str) -> bool:
    """A text in which one date can only be read day first (27/01/2026) and none month first writes them all so."""
    written = [(int(hit[1]), int(hit[3])) for hit in itertools.islice(_NUMERIC.finditer(text), MOST_SPANS)]
    return any(first > 12 >= second for first, second in written) and all(second <= 12 for _, second in written)


def _core(hit: re.Match[str], day_first: bool) -> Partial:
    start, end = hit.span()
    if hit["iso"]:
        year, month, day = (int(part) for part in hit["iso"].split("-"))
        return _checked(Partial(start, end, day, month, year, _iso_hour(hit)))
    if hit["g1"]:  # "15.4 2027"
        return _checked(Partial(start, end, int(hit["g1"]), int(hit["g2"]), int(hit["g3"]), slip="odd notation"))
    if hit["n1"]:
        return _numeric(hit, day_first)
    which = "1" if hit["d1"] else "2"
    written = _year(hit[f"y{which}"], hit[f"s{which}"])
    end -= len(hit.group()) - len(hit.group().rstrip(" ,-\n"))
    inside = _clock((hit["inside"] or "").replace(".", ":")) if written else None
    return _checked(Partial(start, end, int(hit[f"d{which}"]), MONTHS[hit[f"m{which}"]], written, inside))


def _iso_hour(hit: re.Match[str]) -> time | None:
    """The hour of 2026-03-01T17:00; none where it is that of another place."""
    return None if hit["isozone"] else _clock(hit["isotime"])


def _year(four: str | None, two: str | None) -> int | None:
    return int(four) if four else 2000 + int(two) if two else None


def _numeric(hit: re.Match[str], day_first: bool) -> Partial:
    day, month, year = int(hit["n1"]), int(hit["n2"]), int(hit["n3"])
    short = len(hit["n3"]) == 2
    partial = Partial(*hit.span(), day, month, year := 2000 + year if short else year)
    if short and hit["sep"] == ".":
        return replace(partial, why="an article number or a date")
    if not day_first and hit["sep"] != ".":
        if 1 <= day <= 12 and 1 <= month <= 12 and day != month and EARLIEST <= year <= LATEST:
            return replace(partial, why=EITHER)
        if month > 12:
            partial = replace(partial, day=month, month=day)
    return _checked(partial)


def _checked(partial: Partial) -> Partial:
    if partial.year is not None and not EARLIEST <= partial.year <= LATEST:
        return replace(partial, why="no such year")
    leap = partial.year or 2024
    if not 1 <= partial.month <= 12 or not 1 <= partial.day <= monthrange(leap, partial.month)[1]:
        return replace(partial, why="no such day")
    return partial


def _clock(text: str | None) -> time | None:
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
        return _clock(_SPOKEN_HOURS[clock["spoken"]])
    hour, minute = int(clock["h"] or clock["h2"]), int(clock["mi"] or 0)
    if (named := clock["after"] or clock["after2"]) and (hour, minute) in ((12, 0), (0, 0), (24, 0)):
        return _clock(_SPOKEN_HOURS[named])  # "12.00 midnight" is no noon
    half = re.sub(r"[.\s]", "", clock["half"] or clock["half2"] or "")
    part = clock.get("part") or ""
    if half and hour > 12 and half != "pm":
        return None
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif hour < 12 and part.endswith(("middags", "avonds")):
        hour += 12
    return _clock(f"{hour}:{minute:02d}") if hour <= 24 else None


UNREAD = "no such hour"  # an hour stands there and cannot be read: a person is asked
_NO_HOUR = re.compile(
    r"[\s,(;@-]{1,4}(?:(?!en\b|and\b|of\b|or\b)[a-z]{1,9}[\s:.]{1,2}){0,3}"
    rf"(?:\d{{1,2}}(?:[.:]\d\d)?\s?(?:{_UNIT}|{_HALF}|o'clock|ces?t\b)|\d{{1,2}}:\d\d(?![\d:]))"
)


def _with_clock(text: str, partial: Partial) -> Partial:
    """Take in the hour behind or before the date, and the weekday before it."""
    if partial.why not in ("", EITHER):
        return partial
    after = _AFTER.match(text, partial.end)
    if after and partial.hour is None and _is_clock(after) and not _OF_NEXT.match(text, after.end()):
        hour = _spoken(after)
        if hour == time(0, 0) and after["lead"].strip(" ,(") in {"t/m", "tot en met"}:
            hour = None  # "tot en met 00:00 uur" is a slip: the hour is unknown
        slip = "other zone" if after["foreign"] else "" if hour or _is_midnight(after) else UNREAD
        partial = replace(partial, end=after.end(), hour=hour, slip=slip)
    if partial.hour is None and not partial.slip and _NO_HOUR.match(text, partial.end):
        partial = replace(partial, slip=UNREAD)
    name = _WEEKDAY.search(text[max(0, partial.start - 14) : partial.start])
    if name:
        partial = replace(partial, start=partial.start - (len(name.string) - name.start()), weekday=name["name"])
    before = _BEFORE.search(text[max(0, partial.start - 80) : partial.start])
    if before and partial.hour is None and not (after and after.end() == partial.end) and _is_hour(before):
        start = partial.start - (len(before.string) - before.start())
        partial = replace(partial, start=start, hour=_spoken(before), slip="other zone" if before["foreign"] else "")
    return partial


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
    unit = after["unit"] or after["ours"] or after["half"] or after["half2"] or after["spoken"] or after["after"]
    if "-" in after["lead"] and not unit:
        return ":" in after.group() and not re.match(r"\s?(?:-|tot|to)\s?\d", after.string[after.end() :][:8])
    return bool(
        unit or after["foreign"] or after["lead"].strip() or after["h2"] or re.search(r"[:uh]\d", after.group())
    )


_FOR_ALL = re.compile(
    r"\b(?:both|all|always|each(?: time)?|telkens|steeds|altijd|beide|allebei|alle(?:maal)?)\s"
    r"(?:(?:deadlines |dagen |keren )?(?:at|om|tot|before|by|vóór|voor) )?" + _CLOCK + _DAYPART + _ZONE
)


def _with_shared_hour(text: str, partials: list[Partial]) -> list[Partial]:
    """ "15 maart en 15 juni 2026, beide om 17.00 uur": the hour is that of every date of the sentence before it."""
    shared = list(partials)
    for hit in _FOR_ALL.finditer(text):
        hour, slip = _spoken(hit), "other zone" if hit["foreign"] else ""
        for i, partial in enumerate(shared):
            bare = partial.hour is None and not partial.why and partial.end <= hit.start()
            if (
                bare
                and hit.start() - partial.end < 200
                and not re.search(r"[.;]\s|\n", text[partial.end : hit.start()])
            ):
                shared[i] = replace(partial, hour=hour, slip=partial.slip or slip)
    return shared


def _with_shared_day(text: str, partial: Partial) -> list[Partial]:
    """ "van 1 t/m 30 april 2026", "1 en 15 maart 2026": the first day borrows month and year."""
    left = text[max(0, partial.start - 24) : partial.start]
    shared = _SHARED.search(left)
    if partial.why or not shared or not 0 < int(shared["first"]) < partial.day:
        return [partial]
    if re.search(
        r"\b(?:paragraaf|artikel(?:en)?|lid|hoofdstuk|onderdeel|bijlage|article|section|§)\s$", left[: shared.start()]
    ):
        return [partial]
    if shared["how"] in {"en", "and", "of", "or", ",", "&"} and not re.search(
        r"(?:\b(?:op|on|tussen|between|\w*data|\w*datum|deadlines?|per)|[:,])\s{0,2}$", left[: shared.start()]
    ):
        return [partial]
    start = partial.start - len(left) + shared.start()
    first = replace(
        partial, start=start, end=start + len(shared["first"]), day=int(shared["first"]), hour=None, weekday="", slip=""
    )
    return [first, partial]


_LIST = re.compile(
    r"\s{0,3}(?:,|en|and|of|or|&|, en|, and)\s{0,3}(?:op\s|on\s|uiterlijk\s)?$"
    r"|\s{1,3}(?:en|and) (?:will )?(?:sluit|eindigt|stopt|closes?|ends?)(?: \w+)? (?:op|om|tot|on)\s{1,3}$"
)


def _heal(text: str, partials: list[Partial]) -> list[Partial]:
    """A date without a year takes it from the other end of its window, or from the end of its list."""
    healed = list(partials)
    for i in range(len(healed) - 2, -1, -1):
        first, second = healed[i], healed[i + 1]
        gap = text[first.end : second.start] if second.start - first.end <= 40 else "....."
        if first.year or second.year is None or first.why or second.why:
            continue
        ranged = bool(_GAP.fullmatch(gap))
        if ranged or _LIST.fullmatch(gap):
            later = (first.month, first.day) > (second.month, second.day)
            if ranged or not later:
                healed[i] = _checked(replace(first, year=second.year - (1 if later else 0)))
    return [_forward(text, healed, i) for i in range(len(healed))]


def _forward(text: str, partials: list[Partial], i: int) -> Partial:
    """ "van 1 maart 2027 tot en met 30 april": the end is in the same year, if that is later."""
    second = partials[i]
    if i == 0 or second.year or second.why or not partials[i - 1].year:
        return second
    first = partials[i - 1]
    gap = text[first.end : second.start]
    later = (second.month, second.day) > (first.month, first.day)
    between = _BETWEEN.search(text[max(0, first.start - 26) : first.start])
    if len(gap) <= 40 and later and (joint := _GAP.fullmatch(gap)) and (between or joint["how"] not in {"en", "and"}):
        return _checked(replace(second, year=first.year))
    return second


def _paired(text: str, partials: list[Partial]) -> list[Partial]:
    """The two ends of a period, marked as such."""
    marked = list(partials)
    for i in range(len(partials) - 1):
        if marked[i].pair != "second" and _is_window(text, partials[i], partials[i + 1]):
            marked[i] = replace(marked[i], pair="first")
            marked[i + 1] = replace(marked[i + 1], pair="second")
    return marked


def _is_window(text: str, start: Partial, end: Partial) -> bool:
    if start.why or end.why or bool(start.year) != bool(end.year) or end.start - start.end > 40:
        return False
    gap = _GAP.fullmatch(text, start.end, end.start)
    if not gap or (start.year and end.year and (start.year, start.month, start.day) > (end.year, end.month, end.day)):
        return False
    return gap["how"] not in {"en", "and"} or bool(_BETWEEN.search(text[max(0, start.start - 26) : start.start]))


def _span(partial: Partial) -> Span:
    place = (partial.start, partial.end)
    if partial.why or partial.year is None:
        bare = None if partial.why else Moment(date(2000, partial.month, partial.day), partial.hour)
        why = partial.why or "no year"
        days = _either_way(partial) if why == EITHER else ()
        return Span("date", None, *place, why=why, pair=partial.pair, bare=bare, weekday=partial.weekday, either=days)
    moment = Moment(date(partial.year, partial.month, partial.day), partial.hour)
    return Span("date", moment, *place, pair=partial.pair, slip=_slip(partial))


def _either_way(partial: Partial) -> tuple[Moment, ...]:
    pairs = ((partial.month, partial.day), (partial.day, partial.month))
    return tuple(Moment(date(partial.year or EARLIEST, month, day), partial.hour) for month, day in pairs)


_WEEKDAYS = ("ma mo", "di tu", "wo we", "do th", "vr fr", "za sa", "zo su")


def _slip(partial: Partial) -> str:
    """A weekday that does not fit the date: the date is kept, a person is told."""
    if partial.slip or not partial.weekday or partial.year is None:
        return partial.slip
    day = date(partial.year, partial.month, partial.day)
    return "" if fits_weekday(partial.weekday, day) else "the weekday does not fit"


def fits_weekday(name: str, day: date) -> bool:
    """Whether the day has this name; no name fits every day."""
    return not name or name[:2] in _WEEKDAYS[day.weekday()].split()


def _add_vague(text: str, spans: list[Span], limit: int) -> list[Span]:
    taken = bytearray(len(text) + 1)
    for span in spans:
        taken[span.start : span.end] = b"\x01" * (span.end - span.start)
    for hit in _VAGUE.finditer(text):
        if len(spans) >= 2 * limit:
            break
        if not any(taken[hit.start() : hit.end()]):
            spans.append(Span("date", None, *hit.span(), why="no day"))
    return sorted(spans, key=lambda m: m.start)
