"""Our commands as processes whose clock a test sets, and lets jump while they run."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scrapers.sources import names
from tests.conftest import ROOT
from tests.make.nursery import Beside

# The second moves also the clock of SQLite and of whatever else a process loads; it takes as long again.
WAYS = ["in python", pytest.param("libfaketime", marks=pytest.mark.prove)]


def library() -> str:
    """The preloaded library that moves every clock of a process but the one that counts; empty where it is not."""
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), *Path("/usr").glob("l*/faketime/libfaketime.so.1")]
    return str(found[0]) if found else ""


@dataclass
class FakedClock:
    """The clock of a test's processes: ``shift`` is how far it is ahead of the real one."""

    folder: Path
    way: str

    def __post_init__(self) -> None:
        if self.way == "libfaketime" and not library():
            pytest.skip("no libfaketime on this machine (Debian: apt-get install faketime)")
        self.jump(timedelta())

    def jump(self, shift: timedelta) -> None:
        """Let the clock of every process of this test jump there."""
        part = self.folder / "shift.part"
        part.write_text(f"{shift.total_seconds():+.0f}")
        part.replace(self.folder / "shift")

    def stand_at(self, moment: datetime) -> None:
        """Let it be that late now; the clock goes on from there."""
        self.jump(moment - datetime.now(UTC))

    @property
    def settings(self) -> dict[str, str]:
        """What a process needs to go by this clock."""
        if self.way == "libfaketime":
            return {
                "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self.folder / "shift"), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONPATH": str(ROOT),
            }  # fmt: skip
        return {"CLOCK_SHIFT": str(self.folder / "shift"), "PYTHONPATH": f"{ROOT / 'tests/faked_clock'}:{ROOT}"}


def settings(database_url: str, folder: Path, *on: str, **more: str) -> dict[str, str]:
    """The environment of a process on a test's database; mail becomes files, and only the sources ``on`` are asked."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("KANSENRADAR_")}
    return {
        **mine, "PYTHONPATH": str(ROOT), "KANSENRADAR_DATABASE_URL": database_url,
        "KANSENRADAR_DATA_DIR": str(folder / "data"), "KANSENRADAR_MAIL_URL": f"file:{folder / 'mail'}",
        "KANSENRADAR_SOURCES_OFF": ",".join(name for name in names() if name not in on), **more,
    }  # fmt: skip


def start(
    environment: dict[str, str], *arguments: str, said: Path | None = None, module: str = "tests.make.quick_clock"
) -> "subprocess.Popen[bytes]":
    """A command that ticks every second instead of every minute; what it says goes into the file ``said``."""
    command = [sys.executable, "-m", module, *arguments]
    with (said or Path(os.devnull)).open("ab") as told:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)


def forked(environment: dict[str, str], *arguments: str, said: Path | None = None) -> Beside:
    """The same from a process that has loaded what it needs; its clock is the machine's, its zone its own."""
    with (said or Path(os.devnull)).open("ab") as told:
        return Beside("tests.make.quick_clock:quickly", *arguments, environment=environment, said=told)


def wait_for(what: Callable[[], object], seconds: float = 300) -> None:
    """Until it is so; the seconds are for a machine that is busy with other things."""
    last = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < last, "it never came to that"
        time.sleep(0.1)
