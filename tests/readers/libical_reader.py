"""Reads a calendar file from standard input with libical, the C library of Evolution and KOrganizer, without a compiler.

Prints {uid: day or instant}, as the other readers do; ends with 3 where the library is not installed.
"""

import ctypes
import ctypes.util
import json
import sys
from datetime import UTC, date, datetime

VEVENT = 4  # ICAL_VEVENT_COMPONENT in icalenums.h of libical 3


class IcalTime(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [(name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "dst")]
    _fields_ += [("zone", ctypes.c_void_p)]


def library() -> ctypes.CDLL:
    """libical, its few functions declared."""
    name = ctypes.util.find_library("ical")
    if name is None:
        sys.exit(3)
    lib = ctypes.CDLL(name)
    pointer = ctypes.c_void_p
    for function, gives, *takes in (
        ("icalparser_parse_string", pointer, ctypes.c_char_p),
        ("icalcomponent_get_first_component", pointer, pointer, ctypes.c_int),
        ("icalcomponent_get_next_component", pointer, pointer, ctypes.c_int),
        ("icalcomponent_get_uid", ctypes.c_char_p, pointer),
        ("icalcomponent_get_dtstart", IcalTime, pointer),
        ("icaltime_as_timet_with_zone", ctypes.c_int64, IcalTime, pointer),
    ):
        declared = getattr(lib, function)
        declared.restype, declared.argtypes = gives, takes
    return lib


def shown(lib: ctypes.CDLL, start: IcalTime) -> str:
    """A day, or the instant; a time without a zone would be a floating one, and says so."""
    if start.is_date:
        return date(start.year, start.month, start.day).isoformat()
    if not start.zone:
        return "floating"
    at = datetime.fromtimestamp(lib.icaltime_as_timet_with_zone(start, start.zone), UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: bytes) -> dict[str, str]:
    """Every event of a calendar."""
    lib = library()
    calendar = lib.icalparser_parse_string(text)
    found, event = {}, lib.icalcomponent_get_first_component(calendar, VEVENT)
    while event:
        found[lib.icalcomponent_get_uid(event).decode()] = shown(lib, lib.icalcomponent_get_dtstart(event))
        event = lib.icalcomponent_get_next_component(calendar, VEVENT)
    return found


if __name__ == "__main__":
    print(json.dumps(read(sys.stdin.buffer.read())))
