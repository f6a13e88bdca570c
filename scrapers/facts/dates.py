"""Dates and hours in running Dutch or English text: every one, with what could not be read and why."""

import itertools
import re
from dataclasses import replace
from datetime import date, time

from scrapers.facts.hours import clock_of, with_clock, with_shared_hour
from scrapers.facts.spans import MOST_SPANS, Moment, Span
from scrapers.facts.windows import paired, with_shared_day, with_years
from scrapers.facts.words import any_of
from scrapers.facts.written_dates import EARLIEST, EITHER, LATEST, MONTH, MONTHS, WrittenDate, checked

_YEAR = r"(?:(?P<y{0}>\d{{4}})(?![\d]|[.,]\d)|'(?P<s{0}>\d\d)(?!\d))"
_TIME_INSIDE = r"(?:\(?(?P<inside>\d{1,2}[.:]\d\d)\s{0,2}(?:uur|u)\.?\)?\s{1,3})?"
_CORE = re.compile(
    r"(?<![\d/])(?<!\d[.,])(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})(?:t(?P<isotime>\d\d:\d\d)(?::\d\d(?:\.\d{1,6})?)?(?P<isozone>z|[+-]\d\d:?\d\d)?)?(?![\d/-])"
    rf"|(?P<d1>\d{{1,2}})(?:e|ste|de|\s?(?:st|nd|rd|th)|\.)?(?:\s{{1,4}}(?:of\s)?|-|)(?P<m1>{MONTH})\b"
    rf"(?:\.?(?:[\s,]{{1,4}}|-|){_TIME_INSIDE}{_YEAR.format(1)}|-(?P<z1>\d\d)(?![\d:.]))?"
    rf"|(?P<m2>{MONTH})(?:\b\.?\s{{1,3}}|(?=\d{{1,2}}(?:st|nd|rd|th)))(?P<d2>\d{{1,2}})(?:\s?(?:st|nd|rd|th)\b)?(?:,?\s{{1,3}}{_YEAR.format(2)}|(?!\d|[.,:]\d))"
    r"|(?<!€)(?<!€ )(?<!eur )(?P<g1>\d{1,2})\.\s?(?P<g2>\d{1,2})\.?\s(?P<g3>20\d\d)(?![\d/]|[.,]\d)"
    r"|(?<![a-z])(?<![a-z]-)(?P<n1>\d{1,2})(?P<sep>[-/.])(?P<n2>\d{1,2})(?P=sep)(?P<n3>\d{4}|\d{2})(?![\d/]|[-.]\d)"
    r")"
)
_VAGUE = re.compile(
    r"\bq[1-4](?:[\s/-]{0,2}(?:of\s|van\s)?(?:20\d\d|'\d\d))?\b|\b20\d\d[\s/-]?q[1-4]\b"
    rf"|\b{any_of('nth')}\s{any_of('quarter')}(?:\s(?:van\s|of\s)?(?:20\d\d|het jaar|the year))?\b"
    rf"|\b{any_of('part_of_year')}"
    rf"[\s-](?:van\s|of\s|de\s|in\s)?(?:(?:{MONTH})\b\.?(?:\s20\d\d)?|20\d\d)\b"
    rf"|\b(?:{MONTH})\b\.?\s(?:20\d\d)\b|\bweek\s\d{{1,2}}\b(?:\s(?:van\s)?20\d\d)?"
)


def find_dates(text: str, day_first: bool) -> list[Span]:
    """Every date in the lower-cased text, in order; ``day_first`` decides what 12/11/2026 is."""
    day_first = day_first or _shows_day_first(text)
    dates: list[WrittenDate] = []
    for hit in _CORE.finditer(text):
        dates += with_shared_day(text, with_clock(text, _core(hit, day_first)))
        if len(dates) >= MOST_SPANS:
            break
    dates = with_shared_hour(text, paired(text, with_years(text, dates)))
    return _add_vague(text, [_span(written) for written in dates])


_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([-/])(\d{1,2})\2\d{4}(?![\d/-])")


def _shows_day_first(text: str) -> bool:
    """A text in which one date can only be read day first (27/01/2026) and none month first writes them all so."""
    written = [(int(hit[1]), int(hit[3])) for hit in itertools.islice(_NUMERIC.finditer(text), MOST_SPANS)]
    return any(first > 12 >= second for first, second in written) and all(second <= 12 for _, second in written)


def _core(hit: re.Match[str], day_first: bool) -> WrittenDate:
    start, end = hit.span()
    if hit["iso"]:
        year, month, day = (int(part) for part in hit["iso"].split("-"))
        return checked(WrittenDate(start, end, day, month, year, _iso_hour(hit)))
    if hit["g1"]:  # "15.4 2027"
        return checked(WrittenDate(start, end, int(hit["g1"]), int(hit["g2"]), int(hit["g3"]), slip="odd notation"))
    if hit["n1"]:
        return _numeric(hit, day_first)
    which = "1" if hit["d1"] else "2"
    written = _year(hit[f"y{which}"], hit[f"s{which}"] or (hit["z1"] if which == "1" else None))
    end -= len(hit.group()) - len(hit.group().rstrip(" ,-\n"))
    inside = clock_of((hit["inside"] or "").replace(".", ":")) if written else None
    return checked(WrittenDate(start, end, int(hit[f"d{which}"]), MONTHS[hit[f"m{which}"]], written, inside))


def _iso_hour(hit: re.Match[str]) -> time | None:
    """The hour of 2026-03-01T17:00; none where it is that of another place."""
    return None if hit["isozone"] else clock_of(hit["isotime"])


def _year(four: str | None, two: str | None) -> int | None:
    return int(four) if four else 2000 + int(two) if two else None


def _numeric(hit: re.Match[str], day_first: bool) -> WrittenDate:
    day, month, year = int(hit["n1"]), int(hit["n2"]), int(hit["n3"])
    short = len(hit["n3"]) == 2
    written = WrittenDate(*hit.span(), day, month, year := 2000 + year if short else year)
    if short and hit["sep"] == ".":
        return replace(written, why="an article number or a date")
    if not day_first and hit["sep"] != ".":
        if 1 <= day <= 12 and 1 <= month <= 12 and day != month and EARLIEST <= year <= LATEST:
            return replace(written, why=EITHER)
        if month > 12:
            written = replace(written, day=month, month=day)
    return checked(written)


def _span(written: WrittenDate) -> Span:
    place = (written.start, written.end)
    if written.why or written.year is None:
        bare = None if written.why else Moment(date(2000, written.month, written.day), written.hour)
        why = written.why or "no year"
        days = _either_way(written) if why == EITHER else ()
        return Span("date", None, *place, why=why, pair=written.pair, bare=bare, weekday=written.weekday, either=days)
    moment = Moment(date(written.year, written.month, written.day), written.hour)
    return Span("date", moment, *place, pair=written.pair, slip=_slip(written))


def _either_way(written: WrittenDate) -> tuple[Moment, ...]:
    pairs = ((written.month, written.day), (written.day, written.month))
    return tuple(Moment(date(written.year or EARLIEST, month, day), written.hour) for month, day in pairs)


_WEEKDAYS = ("ma mo", "di tu", "wo we", "do th", "vr fr", "za sa", "zo su")


def _slip(written: WrittenDate) -> str:
    """A weekday that does not fit the date: the date is kept, a person is told."""
    if written.slip or not written.weekday or written.year is None:
        return written.slip
    day = date(written.year, written.month, written.day)
    return "" if fits_weekday(written.weekday, day) else "the weekday does not fit"


def fits_weekday(name: str, day: date) -> bool:
    """Whether the day has this name; no name fits every day."""
    return not name or name[:2] in _WEEKDAYS[day.weekday()].split()


def _add_vague(text: str, spans: list[Span]) -> list[Span]:
    taken = bytearray(len(text) + 1)
    for span in spans:
        taken[span.start : span.end] = b"\x01" * (span.end - span.start)
    for hit in _VAGUE.finditer(text):
        if len(spans) >= 2 * MOST_SPANS:
            break
        if not any(taken[hit.start() : hit.end()]):
            spans.append(Span("date", None, *hit.span(), why="no day"))
    return sorted(spans, key=lambda m: m.start)
