"""Calendar files say the right moment to every reader, and hold nothing that could break them."""

import logging
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from db.models import Call, Deadline
from db.vocabulary import DeadlineKind, Status
from notifications.ical import Event, calendar_file, deadline_event, event_text, line_of, plain, still_told

CHANGED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


def call(**fields: object) -> Call:
    return Call(
        **{"id": 7, "title": "Warmte in de wijk", "language": "nl", "url": "https://bron.example/7"}
        | {"first_seen": CHANGED, "last_seen": CHANGED}
        | fields
    )


def deadline(**fields: object) -> Deadline:
    return Deadline(
        **{"id": 12, "call_id": 7, "kind": DeadlineKind.CLOSES, "modified_at": CHANGED, "version": 3} | fields
    )


def brussels(day: date, hour: int = 17) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BRUSSELS).astimezone(UTC)


def told(row: Deadline, of: Call | None = None) -> Event:
    event = deadline_event(line_of(row, of or call()), "https://kansen.example")
    assert event is not None
    return event


def only(content: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def test_a_deadline_becomes_one_event_with_a_lasting_name() -> None:
    row = deadline(at=brussels(date(2026, 10, 27)), zone="Europe/Brussels", assumed=True, day=date(2026, 10, 27))
    event = only(calendar_file([told(row)], "Termijnen"))
    assert event["uid"] == "deadline-12@kansen.example"
    assert event["sequence"] == 3
    assert event["last-modified"].dt == event["dtstamp"].dt == CHANGED
    assert event["summary"] == "Sluit: Warmte in de wijk"
    assert event["dtstart"].dt == brussels(date(2026, 10, 27))
    assert "dinsdag 27 oktober 2026, 17:00 (gebruikelijk uur)" in event["description"]
    assert event["url"] == "https://kansen.example/regelingen/7"


def test_the_same_events_are_the_same_bytes() -> None:
    row = deadline(at=brussels(date(2026, 10, 27)))
    first = calendar_file([told(row)], "Termijnen")
    assert calendar_file([told(row)], "Termijnen") == first


def test_a_day_without_an_hour_is_a_whole_day_with_an_exclusive_end() -> None:
    event = only(calendar_file([told(deadline(day=date(2026, 10, 25)))], "T"))
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 10, 25), date(2026, 10, 26))
    assert event["dtstart"].params["VALUE"] == "DATE"


def test_a_cancelled_deadline_says_so_for_thirty_days() -> None:
    row = deadline(day=date(2026, 10, 25), cancelled_at=CHANGED)
    assert only(calendar_file([told(row)], "T"))["status"] == "CANCELLED"
    assert still_told(row, CHANGED + timedelta(days=29))
    assert not still_told(row, CHANGED + timedelta(days=30))


def test_the_deadlines_of_a_withdrawn_call_are_cancelled() -> None:
    assert told(deadline(day=date(2026, 10, 25)), call(source_word=Status.WITHDRAWN)).cancelled


@pytest.mark.parametrize("kind", [DeadlineKind.UNTIL_EXHAUSTED, DeadlineKind.ROLLING])
def test_a_call_without_an_end_date_is_no_event_and_no_error(
    kind: DeadlineKind, caplog: pytest.LogCaptureFixture
) -> None:
    assert deadline_event(line_of(deadline(kind=kind), call()), "https://k.example") is None
    assert caplog.records == []


def test_a_deadline_that_lost_its_date_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert deadline_event(line_of(deadline(), call()), "https://k.example") is None
    assert "deadline 12 has no date" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        {"summary": " \x00 "},
        {"url": "https://e.example/\r\nATTENDEE:mailto:x@y.example"},
        {"start": CHANGED.replace(tzinfo=None)},
        {"start": date(2026, 1, 2), "end": date(2026, 1, 2)},
        {"start": date.max},
    ],
)
def test_one_impossible_event_leaves_the_file_whole(fault: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    good = Event("good@kansenradar", "Goed", date(2026, 1, 1), CHANGED)
    bad = Event(
        **{"uid": "bad@kansenradar", "summary": "Slecht", "start": date(2026, 1, 1), "modified_at": CHANGED} | fault
    )  # type: ignore[arg-type]
    assert only(calendar_file([bad, good], "T"))["uid"] == "good@kansenradar"
    assert "event bad@kansenradar is left out" in caplog.text


NASTY = [
    "komma, punt; schuin\\streep",
    "regel\nregel\r\nregel\rregel",
    "nul\x00 vt\x0b us\x1f del\x7f nel\x85 ls\u2028 ps\u2029",
    "kans 🚲 " + "ë" * 300,
    "x" * 3000,
    "BEGIN:VEVENT\r\nATTENDEE:mailto:x@y.example\r\nEND:VEVENT",
    "C:\\Nieuw en \\n en \\N",
    "\ud800 half teken",
    "{{7*7}} %s ${x}",
]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_the_file(text: str) -> None:
    content = calendar_file([Event("a@k", text, date(2026, 1, 1), CHANGED, description=text, category=text)], text)
    assert_sound(content)
    event = only(content)
    assert event["summary"].strip() == plain(text).replace("\n", " ")[:250].strip() or str(event["summary"]).endswith(
        "…"
    )
    assert vobject.readOne(content.decode()).vevent.uid.value == "a@k"


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_makes_a_sound_file(summary: str, description: str) -> None:
    content = calendar_file([Event("a@k", "x" + summary, date(2026, 1, 1), CHANGED, description=description)], "T")
    assert_sound(content)
    assert content.count(b"BEGIN:VEVENT") == 1 == content.count(b"\r\nUID:")


def by_the_library(event: Event) -> bytes:
    """The same event as icalendar writes it."""
    entry = icalendar.Event()
    for name, value in (
        ("uid", event.uid),
        ("sequence", event.sequence),
        ("dtstamp", event.modified_at),
        ("last-modified", event.modified_at),
        ("dtstart", event.start),
        ("summary", event.summary),
        ("status", "CANCELLED" if event.cancelled else "CONFIRMED"),
        ("transp", "TRANSPARENT"),
    ):
        entry.add(name, value)
    if not isinstance(event.start, datetime):
        entry.add("dtend", event.start + timedelta(days=1))
    for name in ("description", "url"):
        if getattr(event, name):
            entry.add(name, getattr(event, name))
    if event.category:
        entry.add("categories", [event.category])
    return bytes(entry.to_ical())


SAID = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=240).map(
    lambda text: " ".join(text.replace("\\N", "").split())
)


@given(SAID, SAID, SAID, st.sampled_from([date(2026, 5, 1), brussels(date(2026, 7, 1)).astimezone(BRUSSELS)]))
def test_an_event_is_the_bytes_the_library_would_write(
    summary: str, description: str, category: str, start: date
) -> None:
    event = Event("a@k", f"x{summary}", start, CHANGED, 3, zone="Europe/Brussels", description=description)
    event = event._replace(category=category, url=f"https://e.example/{'ë' * len(category)}")
    assert event_text(event).encode() == by_the_library(event)


def assert_sound(content: bytes) -> None:
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r(?!\n)", content)
    content.decode("utf-8")
    for line in lines[:-1]:
        assert re.match(rb"[A-Z-]+[:;]| ", line), line


def test_a_moment_in_a_zone_we_ship_no_rules_for_is_amsterdam_time() -> None:
    row = deadline(at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC), zone="Europe/London")
    event = only(calendar_file([told(row)], "T"))
    assert event["dtstart"].params["TZID"] == "Europe/Amsterdam"
    assert event["dtstart"].dt == datetime(2026, 7, 2, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_only_the_zones_in_use_are_described() -> None:
    content = calendar_file([told(deadline(day=date(2026, 1, 1)))], "T")
    assert b"VTIMEZONE" not in content
    content = calendar_file([told(deadline(at=brussels(date(2026, 1, 1)), zone="Europe/Brussels"))], "T")
    assert re.findall(rb"TZID:(\S+)", content) == [b"Europe/Brussels"]
    assert b"RDATE" not in content
