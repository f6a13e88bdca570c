"""Moves the wall clock of a process and its children, by as many seconds as stand in the file CLOCK_SHIFT names.

Python reads a module of this name as it starts, where its folder is on PYTHONPATH. The file is read five times a second,
so a test can let the clock jump. What counts seconds only (time.monotonic) and SQLite's own clock stay as they are.
"""

import datetime
import os
import threading
from pathlib import Path

import time_machine

FILE = Path(os.environ["CLOCK_SHIFT"])


def follow(traveller: time_machine.Traveller, shift: str) -> None:
    pause, real = threading.Event(), time_machine.escape_hatch.datetime.datetime
    while not pause.wait(0.2):
        if (now := FILE.read_text()) != shift:
            shift = now
            traveller.move_to(real.now(datetime.UTC) + datetime.timedelta(seconds=float(shift)))


first = FILE.read_text()
there = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(first))
traveller = time_machine.travel(there, tick=True).start()
threading.Thread(target=follow, args=(traveller, first), daemon=True).start()
