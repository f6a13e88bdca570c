"""Calendar files: events in, iCalendar bytes out, the same bytes for the same events (RFC 5545, RFC 7986)."""

import logging
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard

from db.models import Call, Deadline
from db.vocabulary import DeadlineKind, Nature, Status
from notifications.wording import AMSTERDAM, capitalize_first, day, full_moment

INSIDE = "voor wie al instapte"
ZONES = ("Europe/Amsterdam", "Europe/Brussels")
REFRESH = timedelta(hours=6)
CANCELLED_FOR = timedelta(days=30)
LONGEST_SUMMARY, LONGEST_DESCRIPTION = 250, 4000
LINE = 75  # octets of a line at most
# What a line of ASCII is cut into; each part but the first gets a space before it.
PARTS = re.compile(rf".{{{LINE - 2}}}[^\\^](?=.)|.{{{LINE - 2}}}(?=..)|.+")
ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\]")
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, halves of a character
KINDS = {kind.value: kind for kind in DeadlineKind}  # looked up faster than made
DATELESS = (DeadlineKind.UNTIL_EXHAUSTED, DeadlineKind.ROLLING)

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.-]+")

log = logging.getLogger(__name__)


class Event(NamedTuple):
    """One entry of a calendar. ``start`` is an aware moment, or a date for a whole day; ``end`` is exclusive.

    ``zone`` is the zone whose wall time the entry keeps; any other than those of ``ZONES`` is shown in Amsterdam's.
    """

    uid: str
    summary: str
    start: date | datetime
    modified_at: datetime
    sequence: int = 0
    end: date | None = None
    zone: str = ZONES[0]
    description: str = ""
    url: str = ""
    category: str = ""
    cancelled: bool = False


OPEN_TO_REACT = "reactie open"  # how a consultation opens: nobody applies


class DeadlineLine(NamedTuple):
    """What copies of a deadline tell of it: its own columns, and those of its call."""

    id: int
    kind: str
    day: date | None
    at: datetime | None
    zone: str
    assumed: bool
    text: str
    version: int
    modified_at: datetime
    cancelled_at: datetime | None
    call_id: int
    title: str
    url: str
    publisher: str | None
    source_word: str | None
    call_version: int = 1
    withdrawn_at: datetime | None = None
    inside: bool = False  # only who came in before can still hand something in by it
    of_moment: bool = False  # of a consultation or debate: nobody applies for anything


def line_of(deadline: Deadline, call: Call) -> DeadlineLine:
    """The line of two stored rows."""
    own = [getattr(deadline, name) for name in DeadlineLine._fields[:10]]
    about = (call.id, call.title, call.url, call.publisher, call.source_word, call.version, None, False)
    of_moment = call.nature == Nature.MOMENT
    return DeadlineLine._make([*own, *about, of_moment])


def deadline_event(line: DeadlineLine, base_url: str) -> Event | None:
    """A deadline as an entry; none where it has no date, which is logged when a date was due."""
    start = line.at or line.day
    if start is None:
        if line.kind not in DATELESS:
            log.warning("deadline %s has no date and is left out of the calendar", line.id)
        return None
    label, address = said_of(line), base_url.rstrip("/") + page_of(line)
    headed = capitalize_first(label) + (f" ({INSIDE})" if line.inside else "")
    publisher = f"{line.publisher}\n" if line.publisher else ""
    source = f"In de bron staat: {line.text}\n" if line.text else ""
    moment, places = deadline_moment(line), f"In Kansenradar: {address}\nBij de bron: {line.url}"
    return Event(
        uid=uid_of(f"deadline-{line.id}", base_url),
        summary=line.title if line.title.casefold().startswith(headed.casefold()) else f"{headed}: {line.title}",
        start=start,
        modified_at=max(line.modified_at, line.withdrawn_at or line.modified_at),
        sequence=line.version + line.call_version - 1,  # both only grow; a withdrawal is a change of the call
        zone=line.zone,
        description=f"{headed}: {moment}\n{publisher}{source}{places}",
        url=address,
        category=label,
        cancelled=is_off(line),
    )


@lru_cache(maxsize=16)
def installation(base_url: str) -> str:
    """An installation's name in its UIDs, by its address: a trial one beside it must not overwrite its events."""
    return NOT_IN_A_NAME.sub("-", base_url.partition("://")[2]).strip("-") or "kansenradar"


def uid_of(name: str, base_url: str) -> str:
    """What calendar programs know an event by, here and nowhere else."""
    return f"{name}@{installation(base_url)}"


def said_of(line: DeadlineLine) -> str:
    """What a date is called: a debate by its own word, such as "commissiedebat", else by its kind."""
    if line.of_moment and line.kind == DeadlineKind.OPENS:
        return OPEN_TO_REACT
    if line.kind == DeadlineKind.CONSULTATION:
        own = line.text.strip()
        if own and not any(c.isdigit() for c in own):
            return own.lower()
    return KINDS[line.kind].label


def page_of(line: DeadlineLine | Deadline) -> str:
    """The path of the page of ours that a date is told on: a moment has another than a call."""
    return f"/momenten/bron-{line.call_id}" if line.kind == DeadlineKind.CONSULTATION else f"/regelingen/{line.call_id}"


def is_off(line: DeadlineLine) -> bool:
    """Whether it will not be: the date was dropped, or its source withdrew the whole."""
    return line.source_word == Status.WITHDRAWN or line.cancelled_at is not None


def deadline_moment(line: DeadlineLine | Deadline) -> str:
    """``dinsdag 27 oktober 2026, 17:00 (gebruikelijk uur)``; a bare day, or the kind's own words without one."""
    if line.at is not None:
        return full_moment(line.at, line.zone, line.assumed)
    return day(line.day) if line.day else DeadlineKind(line.kind).label


def still_told(line: DeadlineLine | Deadline, now: datetime) -> bool:
    """A cancelled deadline stays in calendars for 30 days, so that every copy learns of it."""
    return line.cancelled_at is None or now - line.cancelled_at < CANCELLED_FOR


def calendar_file(events: Iterable[Event], name: str) -> bytes:
    """An iCalendar file. One impossible event is dropped and logged: some readers refuse a whole file for it."""
    rendered, zones = (
        bytearray(),
        set(),
    )  # in one piece: ten thousand texts weigh twice while they are joined
    for event in events:
        try:
            rendered += event_text(event).encode()
        except (ValueError, OverflowError, LookupError, TypeError) as error:
            log.warning("event %s is left out of the calendar: %s", event.uid, error)
            continue
        if isinstance(event.start, datetime):
            zones.add(_shown_zone(event))
    if not rendered:
        zones.add(ZONES[0])  # a calendar holds at least one component, else some programs refuse it (RFC 5545, 3.6)
    rendered[:0] = _head(plain(name), tuple(sorted(zones))).encode()
    rendered += b"END:VCALENDAR\r\n"
    return bytes(rendered)


def event_text(event: Event) -> str:
    """One VEVENT, put together in one go: a feed of 2,000 must be there in 40 ms, and each step of each counts.

    The library takes 0.3 ms for one; a test holds this to its own bytes. Raises ValueError for what no calendar can
    hold.
    """
    summary = plain(event.summary).replace("\n", " ").strip()
    if not summary:
        raise ValueError("it has no title")
    if not event.url.isprintable() and ("\n" in event.url or UNSAFE.search(event.url)):  # the first is cheaper
        raise ValueError("its address has a line break")
    changed = _stamp(event.modified_at)
    address = f"{_folded(f'URL:{event.url}')}\r\n" if event.url else ""
    return (  # transparent: a deadline does not make anyone busy
        f"BEGIN:VEVENT\r\n{_folded(f'SUMMARY:{_escaped(shortened(summary, LONGEST_SUMMARY))}')}\r\n{_times(event)}\r\n"
        f"DTSTAMP:{changed}\r\nUID:{event.uid}\r\nSEQUENCE:{event.sequence}\r\n{_category(event.category)}"
        f"{_told('DESCRIPTION', event.description)}LAST-MODIFIED:{changed}\r\n"
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}\r\nTRANSP:TRANSPARENT\r\n{address}END:VEVENT\r\n"
    )


@lru_cache(maxsize=2_000)
def _stamp(moment: datetime) -> str:
    """A moment in UTC; what a crawl stored has the same."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _told(name: str, text: str) -> str:
    return _folded(f"{name}:{_escaped(shortened(plain(text), LONGEST_DESCRIPTION))}") + "\r\n" if text else ""


@lru_cache(maxsize=64)
def _category(text: str) -> str:
    """Of a few words that stand in every event."""
    return _told("CATEGORIES", text)


def _times(event: Event) -> str:
    if isinstance(event.start, datetime):
        if event.start.tzinfo is None:
            raise ValueError("its moment has no zone")
        zone = _shown_zone(event)
        return f"DTSTART;TZID={zone}:{_wall_clock(event.start, zone)}"
    end = event.end or event.start + timedelta(days=1)
    if end <= event.start:
        raise ValueError("it ends before it begins")
    return f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}\r\nDTEND;VALUE=DATE:{end:%Y%m%d}"


@lru_cache(maxsize=4_096)
def _wall_clock(moment: datetime, zone: str) -> str:
    """Many calls end at the same moment. Put together by hand: ``strftime`` takes three times as long."""
    at = moment.astimezone(ZoneInfo(zone))
    return f"{at.year:04d}{at.month:02d}{at.day:02d}T{at.hour:02d}{at.minute:02d}{at.second:02d}"


def _shown_zone(event: Event) -> str:
    return event.zone if event.zone in ZONES else ZONES[0]


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A content line in parts of at most 75 octets, cut neither in a character nor in an escape (RFC 5545, 3.1)."""
    if line.isascii():
        return line if len(line) < LINE else "\r\n ".join(PARTS.findall(line))
    raw = line.encode()
    parts, start = [], 0
    while len(raw) - start >= LINE:
        end = start + LINE - 1  # room for the space that begins the next part
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        if raw[end - 1] in b"\\^":
            end -= 1
        parts.append(raw[start:end])
        start = end
    return b"\r\n ".join([*parts, raw[start:]]).decode()


def plain(text: str) -> str:
    """The text without what breaks a calendar: control characters go, every kind of line break becomes a newline."""
    if (text.replace("\n", "").isprintable() and "\\" not in text) or not ODD.search(text):  # the first is cheaper
        return text
    lines = BREAKS.sub("\n", text).replace("\t", " ")
    return UNSAFE.sub("", lines).replace("\\N", "\\ N")  # some readers take a literal \N for a line break


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


@cache
def _head(name: str, zones: tuple[str, ...]) -> str:
    calendar = Calendar()  # not Calendar.new(): that adds a random UID, so bytes and ETags would differ each time
    calendar.add("prodid", "-//Kansenradar//Kansenradar//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name.replace("\n", " "))
    calendar.add("x-wr-calname", name.replace("\n", " "))
    calendar.add("x-wr-timezone", str(AMSTERDAM))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(hours=1)}H")
    for zone in zones:
        calendar.add_component(_timezone(zone))
    return str(calendar.to_ical().decode()).removesuffix("END:VCALENDAR\r\n")


def _timezone(zone: str) -> Timezone:
    """The European rule as plain RRULEs: readers stumble over lists of separate transitions (seen 2026-11-23)."""
    timezone = Timezone()
    timezone.add("tzid", zone)
    timezone.add("x-lic-location", zone)
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    for part, name, before, after, start, month in (
        (summer, "CEST", 1, 2, datetime(1981, 3, 29, 2), 3),  # noqa: DTZ001  local by definition
        (winter, "CET", 2, 1, datetime(1996, 10, 27, 3), 10),  # noqa: DTZ001
    ):
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("dtstart", start)
        part.add("rrule", {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"})
        timezone.add_component(part)
    return timezone
