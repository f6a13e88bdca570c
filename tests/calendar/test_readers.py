"""Five independent readers, in four local zones, see the instant that was meant, in every season; an empty file too."""

import ctypes.util
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.vocabulary_calendar import EntryKind
from notifications.ical import Event, calendar_file
from tracker.calendar.entries import Entry
from tracker.calendar.entry_events import entry_event
from tracker.clock import Now

ROOT = Path(__file__).parents[2]
READERS = Path(__file__).parents[1] / "readers"
CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Days around the four clock changes of 2026 and 2027, with the UTC hour that 17:00 in Brussels is on that day. Written
# out, not computed, so that no library is checked against itself.
SEVENTEEN_IN_BRUSSELS = {
    date(2026, 3, 27): 16, date(2026, 3, 28): 16, date(2026, 3, 29): 15, date(2026, 3, 30): 15,
    date(2026, 10, 23): 15, date(2026, 10, 24): 15, date(2026, 10, 25): 16, date(2026, 10, 26): 16,
    date(2027, 3, 26): 16, date(2027, 3, 27): 16, date(2027, 3, 28): 15, date(2027, 3, 29): 15,
    date(2027, 10, 29): 15, date(2027, 10, 30): 15, date(2027, 10, 31): 16, date(2027, 11, 1): 16,
    date(2026, 7, 1): 15, date(2026, 12, 31): 16,
}  # fmt: skip


def events() -> list[Event]:
    timed = [
        Event(f"{zone}-{day}", "Sluit", datetime(day.year, day.month, day.day, hour, tzinfo=UTC), CHANGED, zone=zone)
        for day, hour in SEVENTEEN_IN_BRUSSELS.items()
        for zone in ("Europe/Brussels", "Europe/Amsterdam")
    ]
    return timed + [Event(f"day-{day}", "Sluit", day, CHANGED) for day in SEVENTEEN_IN_BRUSSELS]


def expected() -> dict[str, str]:
    instants = {
        f"{zone}-{day}": f"{day}T{hour:02}:00:00.000Z"
        for day, hour in SEVENTEEN_IN_BRUSSELS.items()
        for zone in ("Europe/Brussels", "Europe/Amsterdam")
    }
    return instants | {f"day-{day}": str(day) for day in SEVENTEEN_IN_BRUSSELS}


def reader(name: str) -> list[str]:
    """The command that reads a calendar file from standard input."""
    if name in ("icalendar", "vobject"):
        return [sys.executable, str(READERS / "python_readers.py"), name]
    if name == "libical":
        if ctypes.util.find_library("ical") is None:
            pytest.skip("no libical: install libical3 to try it")
        return [sys.executable, str(READERS / "libical_reader.py")]
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "ical.js").exists():
        pytest.skip("no node or no node_modules: run 'npm ci' to try the readers in JavaScript")
    return [node, str(READERS / f"{name}.mjs")]


NAMES = ["icalendar", "vobject", "libical", "ical_js", "node_ical"]


def read_by(name: str, content: bytes, zone: str = "UTC") -> dict[str, str]:
    ran = subprocess.run(
        reader(name), input=content.decode(), capture_output=True, text=True, check=True,
        env={**os.environ, "TZ": zone},
    )  # fmt: skip
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Amsterdam", "Asia/Tokyo"])
@pytest.mark.parametrize("name", NAMES)
def test_every_reader_sees_the_same_instant_wherever_it_runs(name: str, zone: str) -> None:
    assert read_by(name, calendar_file(events(), "Termijnen"), zone) == expected()


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_takes_an_empty_calendar(name: str) -> None:
    assert read_by(name, calendar_file([], "Leeg")) == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_sees_what_people_plan_as_a_whole_day(name: str) -> None:
    now = Now(CHANGED)
    entries = [
        Entry(kind, date(2026, 3, 29), "wat; en, wie", f"Titel van {kind}", anchor=f"{kind}-1", who="Sanne")
        for kind in EntryKind
    ]
    content = calendar_file((entry_event(entry, "https://k.example", now) for entry in entries), "Kalender")
    assert read_by(name, content) == {f"{kind}-1@k.example": "2026-03-29" for kind in EntryKind}


def test_the_table_says_what_the_zone_database_says() -> None:
    for day, hour in SEVENTEEN_IN_BRUSSELS.items():
        local = datetime(day.year, day.month, day.day, 17, tzinfo=ZoneInfo("Europe/Brussels"))
        assert local.astimezone(UTC).hour == hour, day
