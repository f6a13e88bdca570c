"""Reads a calendar file from standard input with the library named on the command line; prints {uid: day or instant}."""

import json
import sys
from datetime import UTC, date, datetime


def shown(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_icalendar(text: str) -> dict[str, str]:
    import icalendar

    return {str(e["uid"]): shown(e["dtstart"].dt) for e in icalendar.Calendar.from_ical(text).walk("VEVENT")}


def with_vobject(text: str) -> dict[str, str]:
    import vobject

    return {e.uid.value: shown(e.dtstart.value) for e in vobject.readOne(text).contents.get("vevent", [])}


if __name__ == "__main__":
    print(json.dumps({"icalendar": with_icalendar, "vobject": with_vobject}[sys.argv[1]](sys.stdin.read())))
